"""Stance is measured as it says, and does not fall below its floors."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from ran import Ran

from recommender.errors import EvaluationError
from recommender.evaluation.stance import TASKS, evaluate_pairs, evaluate_person, evaluate_targets
from recommender.stance.scorer import Mention, Polarity, load

FLOORS = json.loads((Path(__file__).parent.parent / "floors" / "stance.json").read_text(encoding="utf-8"))


class Words:
    """Knows two words: "good" is for, "bad" against."""

    name = "words-1"

    def polarity(self, items: Sequence[Mention]) -> list[Polarity]:
        return [(0.1, 0.1, 0.8) if "good" in i.sentence else (0.8, 0.1, 0.1) if "bad" in i.sentence else (0.1, 0.8, 0.1) for i in items]  # fmt: skip  # noqa: E501


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    with gzip.open(path, "wt", encoding="utf-8") as stream:
        stream.writelines(json.dumps(row) + "\n" for row in rows)
    return path


def sentence(text: str, polarity: int) -> dict[str, Any]:
    return {"sentence": text, "from": 0, "to": 5, "polarity": polarity}


def test_macro_f1_is_the_mean_over_the_three_classes(tmp_path: Path) -> None:
    rows = [
        sentence("Quill is good", 1),
        sentence("Quill is bad", -1),
        sentence("Quill sat", 0),
        sentence("Quill ran", 1),
    ]
    found = evaluate_targets(write(tmp_path / "rows.jsonl.gz", rows), Words())
    assert found.n == 4
    assert found.measures["accuracy"] == 0.75
    assert found.measures["f1_negative"] == 1
    assert found.measures["f1_neutral"] == pytest.approx(2 / 3)
    assert found.measures["f1_positive"] == pytest.approx(2 / 3)
    assert found.measures["macro_f1"] == pytest.approx(7 / 9)
    low, high = found.intervals["macro_f1"]
    assert 0 <= low <= found.measures["macro_f1"] <= high <= 1


def test_a_persons_piece_is_judged_by_the_authors_sentences(tmp_path: Path) -> None:
    row = {"title": "", "target": "Ada Quill"}
    rows = [
        {**row, "text": "We know Ada Quill is good.", "sentiment": "Positive"},
        {**row, "text": "We know Ada Quill is bad. “Quill is good,” she said.", "sentiment": "Negative"},
        {**row, "text": "Nobody came.", "sentiment": "Neutral"},
    ]
    found = evaluate_person(write(tmp_path / "rows.jsonl.gz", rows), Words())
    assert found.measures["macro_f1"] == 1
    assert found.measures["found"] == pytest.approx(2 / 3)


def test_pairs_count_what_is_decided_and_what_is_right(tmp_path: Path) -> None:
    good, bad = (
        "We know Ada Quill is good. We say Quill is good. " + "We should all say so. " * 4,
        "We know Ada Quill is bad. We say Quill is bad. " + "We should all say so. " * 4,
    )
    row = {"title": "", "target": "Ada Quill"}
    rows = [
        {**row, "id": "1", "text": good, "sentiment": "Positive"},
        {**row, "id": "2", "text": bad, "sentiment": "Negative"},
        {**row, "id": "3", "text": good, "sentiment": "Negative"},  # the scorer will be wrong
        {**row, "id": "4", "text": "Nobody came.", "sentiment": "Positive"},
    ]
    found = evaluate_pairs(write(tmp_path / "rows.jsonl.gz", rows), Words())
    assert found.n == 6
    assert found.measures["coverage"] == 0.5
    assert found.measures["precision"] == pytest.approx(1 / 3)  # 1-2 right, 1-3 and 2-3 wrong


def test_pairs_of_reports_are_not_decided_but_counted_as_if(tmp_path: Path) -> None:
    report = "At noon Mayor Ada Quill is {}. At night Mayor Quill is {}. " + "“So be it,” Ben Orr said. " * 6
    row = {"title": "", "target": "Ada Quill"}
    rows = [
        {**row, "id": "1", "text": report.replace("{}", "good"), "sentiment": "Positive"},
        {**row, "id": "2", "text": report.replace("{}", "bad"), "sentiment": "Negative"},
    ]
    found = evaluate_pairs(write(tmp_path / "rows.jsonl.gz", rows), Words())
    assert (found.measures["coverage"], found.measures["coverage_if_opinion"]) == (0, 1)
    assert found.measures["precision_if_opinion"] == 1


@pytest.mark.parametrize("content", ["", "no json\n", '{"sentence": "Quill"}\n'])
def test_data_that_cannot_be_used_is_said_with_its_path(tmp_path: Path, content: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(EvaluationError, match=r"rows\.jsonl"):
        evaluate_targets(path, Words())


def test_a_file_that_is_not_there_is_said_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"none\.jsonl\.gz"):
        evaluate_person(tmp_path / "none.jsonl.gz", Words())


@pytest.mark.data
@pytest.mark.parametrize("name", sorted(FLOORS))
def test_quality_stays_above_its_floor(shared: Path, name: str) -> None:
    """The data are those the floor was set on, and no measure is below it."""
    floor = dict(FLOORS[name])
    path = shared / floor.pop("file")
    assert hashlib.sha256(path.read_bytes()).hexdigest() == floor.pop("sha256")
    found = TASKS[floor.pop("task")](path, load(floor.pop("model")))
    assert {
        measure: found.measures[measure]
        for measure, least in floor.items()
        if found.measures[measure] < least
    } == {}


def test_the_verb_measures_each_file_by_its_task(tmp_path: Path, readmore: Callable[..., Ran]) -> None:
    """As a table, or one JSON object a file."""
    rows = [sentence("Quill is a liar and a fraud", -1), sentence("Quill sat", 0)]
    file = str(write(tmp_path / "rows.jsonl.gz", rows))
    ran = readmore("evaluate", "stance", "--task", "sentences", file, file, "--format", "json")
    assert ran.code == 0
    assert ran.out.count('"task": "stance sentences"') == 2
    assert readmore("evaluate", "stance", "--task", "persent", file).code == 1  # no such fields
    assert readmore("evaluate", "stance", file).code == 1  # which task?
    assert readmore("evaluate", "stance", "--task", "sentences", "--stance-model", "oracle", file).code == 1
