"""Mates are measured as described, and do not fall below their floors."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from recommender.errors import EvaluationError
from recommender.evaluation.mates import evaluate_mates

FLOORS = json.loads((Path(__file__).parent.parent / "floors" / "topic.json").read_text(encoding="utf-8"))[
    "mates"
]


def write(path: Path, *records: dict[str, Any]) -> Path:
    lines = "".join(json.dumps(record) + "\n" for record in records)
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(lines.encode()))
    else:
        path.write_text(lines, encoding="utf-8")
    return path


def piece(text: str, **group: str) -> dict[str, Any]:
    return {"title": "", "text": text, **group}


def test_a_mate_behind_one_other_article_counts_half(tmp_path: Path) -> None:
    """Each of two mates has the pool's article before the other; the third record has no mate: no question."""
    queries = write(
        tmp_path / "q.jsonl.gz",
        piece("harbor dockers strike", story="a"),
        piece("harbor lights orchestra", story="a"),
        piece("river bridge", story="b"),
    )
    pool = write(tmp_path / "p.jsonl", piece("dockers strike harbor"), piece("lights orchestra"))
    found = evaluate_mates([queries], [pool])
    assert found.n == 2
    assert found.measures == {"mrr": 0.5, "recall_at_5": 1.0, "precision_at_1": 0.0}
    assert found.intervals["mrr"] == (0.5, 0.5)


def test_a_mate_that_shares_no_term_counts_nothing(tmp_path: Path) -> None:
    queries = write(tmp_path / "q.jsonl", piece("harbor", triplet="a"), piece("bridge", triplet="a"))
    assert evaluate_mates([queries], []).measures == {"mrr": 0.0, "recall_at_5": 0.0, "precision_at_1": 0.0}


def test_recall_is_of_all_mates_but_of_five_at_most(tmp_path: Path) -> None:
    """Three mates, one of which shares no term, give 2/3, 2/3, 2/3 and 0; seven mates that all do give 1."""
    few = write(
        tmp_path / "few.jsonl",
        *(piece(text, story="a") for text in ("coal", "coal sea", "coal ship", "pear")),
    )
    assert evaluate_mates([few], []).measures["recall_at_5"] == pytest.approx((3 * 2 / 3 + 0) / 4)
    many = write(
        tmp_path / "many.jsonl",
        *(piece(f"coal {word}", story="a") for word in ["one", "two", "six", "ten"] * 2),
    )
    assert evaluate_mates([many], []).measures["recall_at_5"] == 1.0


def test_an_exact_copy_is_no_wrong_answer_and_a_near_one_is(tmp_path: Path) -> None:
    first, second = piece("harbor dockers strike", story="a"), piece("harbor talks", story="a")
    queries = write(tmp_path / "q.jsonl", first, second)
    exact = write(tmp_path / "exact.jsonl", piece("harbor dockers strike"))
    near = write(tmp_path / "near.jsonl", piece("harbor dockers strike!"))
    assert evaluate_mates([queries], [exact]).measures["mrr"] == 1.0
    assert evaluate_mates([queries], [near]).measures["mrr"] == 0.75  # the first finds its near copy first


def test_groups_of_two_files_are_apart(tmp_path: Path) -> None:
    one = write(tmp_path / "one.jsonl", piece("coal", story="1"), piece("coal ship", story="1"))
    two = write(tmp_path / "two.jsonl", piece("pear", story="1"), piece("pear tree", story="1"))
    found = evaluate_mates([one, two], [])
    assert (found.n, found.measures["mrr"]) == (4, 1.0)


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (b"{\n", ":1", "not JSON"),
        (b'{"title": "a", "text": "b", "story": "s"}\n[]\n', ":2", "no title or no text"),
        (b'{"title": "a", "text": 3, "story": "s"}\n', ":1", "no title or no text"),
        (b'{"title": "a", "text": "b"}\n', ":1", "no group"),
        (b'{"title": "a", "text": "b", "story": "s"}\n', "", "no article has a mate"),
        (b"\xff\xfe", "", "can't be read"),
        (b"", "", "no article has a mate"),
    ],
)
def test_bad_data_says_where(content: bytes, line: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_bytes(content)
    with pytest.raises(EvaluationError, match=message) as caught:
        evaluate_mates([path], [])
    assert caught.value.where == f"{path}{line}"
    assert caught.value.hint


@pytest.mark.parametrize("name", ["none.jsonl", "torn.jsonl.gz", "plain.jsonl.gz", "broken.jsonl.gz"])
def test_a_missing_or_torn_file_is_an_evaluation_error(name: str, tmp_path: Path) -> None:
    (tmp_path / "torn.jsonl.gz").write_bytes(gzip.compress(b'{"title": "a"}' * 99)[:-9])
    (tmp_path / "plain.jsonl.gz").write_bytes(b"{}")
    (tmp_path / "broken.jsonl.gz").write_bytes(gzip.compress(b"")[:10] + b"\xff" * 40)
    with pytest.raises(EvaluationError, match="can't be read"):
        evaluate_mates([], [tmp_path / name])


@pytest.mark.data
def test_mates_do_not_fall_below_their_floors(shared: Path) -> None:
    """On the very files the floors were measured on."""
    for name, digest in FLOORS["sha256"].items():
        assert hashlib.sha256((shared / name).read_bytes()).hexdigest() == digest, (
            f"other data: measure {name} anew"
        )
    queries = [shared / "basil.jsonl.gz", shared / "pac.jsonl.gz"]
    found = evaluate_mates(queries, [shared / "allsides.jsonl.gz"])
    assert found.n == 321
    below = {
        name: found.measures[name]
        for name, floor in FLOORS["at_least"].items()
        if found.measures[name] < floor
    }
    assert below == {}
