"""Sides are measured as described, by debate."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from ran import Ran

from recommender.errors import EvaluationError
from recommender.evaluation.claims import evaluate_claims, evaluate_debates
from recommender.evaluation.lean import evaluate_lean
from recommender.evaluation.result import auc
from recommender.stance.scorer import Mention, Passage, Polarity, Position


class Nods:
    """Takes "aye" for for and "nay" for against, surely; "hm" is half a yes, too little for a verdict."""

    name = "nods-1"
    judges_claims = True

    def positions(self, items: Sequence[Passage]) -> list[Position]:
        known = {"aye": (0.1, 0.0, 0.9), "nay": (0.9, 0.0, 0.1), "hm": (0.45, 0.0, 0.55)}
        return [known[item.text.split()[0]] for item in items]


class Silent(Nods):
    judges_claims = False


def write(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def said(claim: str, text: str, side: str, source: str = "arc") -> dict[str, Any]:
    return {"claim": claim, "text": text, "side": side, "source": source}


def comment(debate: str, text: str, side: str) -> dict[str, Any]:
    return {"debate": debate, "stance1": f"{debate} is good", "text": text, "side": side}


def test_auc_is_the_share_of_rightly_ordered_pairs() -> None:
    assert auc([True, False], [0.9, 0.1]) == 1
    assert auc([True, True, False], [0.9, 0.1, 0.5]) == 0.5
    assert auc([True, False], [0.5, 0.5]) == 0.5
    assert auc([True, True], [0.1, 0.2]) == 0.5  # nothing to tell apart


def test_verdicts_are_counted_at_the_default_threshold_and_sources_apart(tmp_path: Path) -> None:
    rows = [
        said("Bridges are safe", "aye", "for"),
        said("Bridges are safe", "nay", "against"),
        said("Ferries are slow", "aye", "against", "debatewise"),
        said("Ferries are slow", "hm", "for", "debatewise"),
    ]
    found = evaluate_claims(write(tmp_path / "rows.jsonl", *rows), Nods())
    assert (found.n, found.measures["groups"]) == (4, 2)
    assert found.measures["coverage"] == 0.75
    assert found.measures["precision"] == pytest.approx(2 / 3)
    assert (found.measures["auc_arc"], found.measures["auc_debatewise"]) == (1, 0)
    low, high = found.intervals["auc"]
    assert low <= found.measures["auc"] <= high


def test_pairs_of_a_debate_are_on_one_side_where_both_lean_alike(tmp_path: Path) -> None:
    rows = [
        comment("a", "aye", "1"),
        comment("a", "nay", "2"),
        comment("a", "nay so", "2"),
        comment("b", "aye", "1"),
    ]
    found = evaluate_debates(write(tmp_path / "rows.jsonl", *rows), Nods())
    assert (found.n, found.measures["auc"], found.measures["precision"]) == (3, 1, 1)
    assert found.measures["same"] == pytest.approx(1 / 3)
    assert found.measures["groups"] == 1  # a debate of one comment has no pair


def test_a_debates_second_statement_is_asked_as_the_opposite_of_the_first(tmp_path: Path) -> None:
    """A model that agrees to whatever a text says of anything, as this one does, tells no side then."""
    rows = [
        {**comment("a", "aye", "1"), "stance2": "a is bad"},
        {**comment("a", "nay", "2"), "stance2": "a is bad"},
    ]
    found = evaluate_debates(write(tmp_path / "rows.jsonl", *rows), Nods())
    assert (found.n, found.measures["coverage"]) == (1, 0)
    claim = {**said("Bridges are safe", "aye", "for"), "opposite": "Bridges are dangerous"}
    assert evaluate_claims(write(tmp_path / "claims.jsonl", claim), Nods()).measures["coverage"] == 0


def test_a_model_that_judges_no_claims_is_said(tmp_path: Path) -> None:
    rows = write(tmp_path / "rows.jsonl", said("Bridges are safe", "aye", "for"))
    with pytest.raises(EvaluationError, match="judges no claims"):
        evaluate_claims(rows, Silent())


def test_a_side_that_is_none_is_said(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="not maybe"):
        evaluate_claims(write(tmp_path / "rows.jsonl", said("Bridges are safe", "aye", "maybe")), Nods())


def test_the_verb_says_what_is_wrong_with_a_file(tmp_path: Path, readmore: Callable[..., Ran]) -> None:
    rows = str(write(tmp_path / "rows.jsonl", {"claim": "Bridges are safe"}))
    ran = readmore("evaluate", "stance", "--task", "claims", rows)
    assert ran.code == 1
    assert "lacks text, side" in ran.err
    whole = str(write(tmp_path / "whole.jsonl", comment("a", "aye", "1")))
    linear = readmore("evaluate", "stance", "--task", "debates", whole, "--stance-model", "linear")
    assert linear.code == 1
    assert "judges no claims" in linear.err


def test_which_of_two_pieces_leans_right_is_counted_by_story(tmp_path: Path) -> None:
    class Fond:
        name = "fond-1"

        def polarity(self, items: Sequence[Mention]) -> list[Polarity]:
            return [(0.0, 0.0, 1.0) for _ in items]

    rows = [
        {"story": "1", "side": "Right", "text": "The Republicans sat."},
        {"story": "1", "side": "Left", "text": "The Democrats sat."},
        {"story": "2", "side": "Right", "text": "It rained."},
        {"story": "2", "side": "Left", "text": "It snowed."},  # neither is named: a tie, half right
        {"story": "3", "side": "Left", "text": "No other piece."},
    ]
    found = evaluate_lean(write(tmp_path / "rows.jsonl", *rows), Fond())  # type: ignore[arg-type]
    assert (found.n, found.measures["accuracy"], found.measures["told"]) == (2, 0.75, 0.5)
    for wrong in ({**rows[0], "side": "Up"}, rows[4]):
        with pytest.raises(EvaluationError):
            evaluate_lean(write(tmp_path / "wrong.jsonl", wrong), Fond())  # type: ignore[arg-type]
