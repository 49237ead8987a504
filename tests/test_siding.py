"""Sides: chosen among the nearest, in turn, the surest first; what can't be told is on neither."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ran import Ran
from scripted_claims import ScriptedClaims, write

from recommender import siding
from recommender.choosing import Choice, Side
from recommender.models import Agreement, Article, Hit, Verdict
from recommender.ranking import Candidate, rank
from recommender.similar import similar
from recommender.store.database import Store

Readmore = Callable[..., Ran]


def candidate(number: int, verdict: Verdict, confidence: float, score: float) -> Candidate:
    sure = 0.0 if verdict is Verdict.CANT_TELL else confidence
    agreement = Agreement(verdict, 0.0, sure)
    return Candidate(
        Article(None, f"Piece {number}", "", id=number), Hit(number, score), agreement, listed=False
    )


@st.composite
def candidates(draw: st.DrawFn) -> list[Candidate]:
    """Some, in the order of their topic."""
    scores = sorted(draw(st.lists(st.floats(0.01, 1), max_size=12)), reverse=True)
    return [
        candidate(number, draw(st.sampled_from(list(Verdict))), draw(st.floats(0.5, 1)), score)
        for number, score in enumerate(scores)
    ]


@given(candidates())
def test_each_piece_is_on_one_side_or_untold(found: list[Candidate]) -> None:
    """The sides and what can't be told make up the whole; each keeps the order it came in."""
    sides = [siding.of_side(found, side) for side in (Side.AGREE, Side.OTHER)]
    untold = [item for item in found if item.agreement.verdict is Verdict.CANT_TELL]
    assert sorted(item.hit.article_id for part in (*sides, untold) for item in part) == list(
        range(len(found))
    )
    assert siding.of_side(found, Side.ANY) == found
    for part in sides:
        assert part == [item for item in found if item in part]


@given(candidates())
def test_balanced_takes_turns_until_a_side_runs_out(found: list[Candidate]) -> None:
    """No piece is lost; before a side runs out no two of one side follow each other, and each side's grow less sure."""
    ordered = siding.balanced(found)
    assert sorted(map(id, ordered)) == sorted(map(id, found))
    verdicts = [item.agreement.verdict for item in ordered]
    told = [verdict for verdict in verdicts if verdict in {Verdict.AGREES, Verdict.DISAGREES}]
    turns = 2 * min(told.count(Verdict.AGREES), told.count(Verdict.DISAGREES))
    assert all(a is not b for a, b in pairwise(told[:turns]))
    assert verdicts == told + [Verdict.MIXED] * verdicts.count(Verdict.MIXED) + [
        Verdict.CANT_TELL
    ] * verdicts.count(Verdict.CANT_TELL)
    for verdict in (Verdict.AGREES, Verdict.DISAGREES, Verdict.MIXED):
        sure = [item.agreement.confidence for item in ordered if item.agreement.verdict is verdict]
        assert sure == sorted(sure, reverse=True)
    untold = [item for item in ordered if item.agreement.verdict is Verdict.CANT_TELL]
    assert untold == [item for item in found if item in untold]


def test_the_surest_piece_of_all_begins() -> None:
    found = [
        candidate(1, Verdict.AGREES, 0.8, 0.9), candidate(2, Verdict.CANT_TELL, 0, 0.8),
        candidate(3, Verdict.DISAGREES, 0.9, 0.7), candidate(4, Verdict.DISAGREES, 0.95, 0.2),
        candidate(5, Verdict.MIXED, 0.9, 0.1),
    ]  # fmt: skip
    assert [item.article.id for item in rank(siding.balanced(found), None)] == [4, 1, 3, 5, 2]
    assert (
        siding.note(found) == "5 pieces near in topic: 1 agree, 1 mixed, 2 disagree, of 1 nothing can be told"
    )
    assert siding.note([]) == "0 pieces near in topic: none"


@pytest.fixture
def archive(tmp_path: Path, readmore: Readmore) -> Path:
    folder = tmp_path / "a"
    assert readmore("--archive", folder, "import", write(tmp_path)).code == 0
    return folder


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (Choice(side=Side.AGREE), [3]),
        (Choice(side=Side.OTHER), [2]),
        (Choice(side=Side.OTHER, diverse=0.7), [2]),
        (Choice(side=Side.AGREE, sites=("quay.example",)), [3]),
    ],
)
def test_only_one_side_is_shown(archive: Path, choice: Choice, expected: list[int]) -> None:
    """And how many of the nearest stand where is told."""
    with Store.open(archive) as store:
        subject, found = similar(store, "1", ScriptedClaims(), choice=choice)
    assert [item.article.id for item in found] == expected
    assert [item.rank for item in found] == [1]
    assert "1 agree, 1 disagree, of 2 nothing can be told" in subject.left_out[0]


def test_both_sides_in_turn(archive: Path) -> None:
    with Store.open(archive) as store:
        _, found = similar(store, "1", ScriptedClaims(), choice=Choice(balanced=True))
    assert {item.article.id for item in found[:2]} == {2, 3}
    assert len(found) == 4


def test_a_side_that_nobody_takes_is_one_line(archive: Path, readmore: Readmore) -> None:
    ran = readmore("--archive", archive, "similar", "1", "--side", "agree")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "Note: 4 pieces near in topic: of 4 nothing can be told.\n"
    assert readmore("--archive", archive, "similar", "1", "--side", "agree", "--format", "json").json() == []


@pytest.mark.parametrize("other", [["--sort", "stance"], ["--side", "agree"], ["--diverse"]])
def test_balanced_is_an_order_of_its_own(archive: Path, readmore: Readmore, other: list[str]) -> None:
    ran = readmore("--archive", archive, "similar", "1", "--balanced", *other)
    assert ran.code == 1
    assert "leave out --sort, --side and --diverse" in ran.err
