"""Agreement is symmetric, says "can't tell" on thin evidence, and tells two people of one name apart."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.models import Profile, Target, TargetKind, Verdict
from recommender.stance.agreement import (
    NOBODY_SHARED,
    PIECE_REPORTS,
    SEED_REPORTS,
    TOO_LITTLE,
    agree,
    same_name,
)
from recommender.stance.calibration import LINEAR


def target(
    name: str, polarity: float, confidence: float = 0.8, mentions: int = 5, key: str | None = None
) -> Target:
    return Target(name, key or name.rsplit(maxsplit=1)[-1].lower(), polarity, confidence, mentions)


def of(*targets: Target) -> Profile:
    return Profile("scripted-1", targets)


def test_two_pieces_for_the_same_people_agree() -> None:
    found = agree(
        of(target("Ada Quill", 0.8), target("Ben Orr", -0.9)),
        of(target("Quill", 0.7), target("Ben Orr", -0.8)),
    )
    assert found.verdict is Verdict.AGREES
    assert found.score > 0.6
    assert found.confidence == LINEAR.ceiling  # the formula says .98; no more is claimed than was measured
    assert sum(shared.weight for shared in found.shared) == pytest.approx(1)


def test_one_for_and_one_against_disagree() -> None:
    found = agree(of(target("Ada Quill", 0.8)), of(target("Ada Quill", -0.8)))
    assert found.verdict is Verdict.DISAGREES
    assert found.score < -0.6


def test_at_one_on_one_and_apart_on_another_is_mixed() -> None:
    seed = of(target("Ada Quill", 0.8), target("Ben Orr", 0.8))
    assert agree(seed, of(target("Ada Quill", 0.8), target("Ben Orr", -0.8))).verdict is Verdict.MIXED


@pytest.mark.parametrize(
    "other",
    [
        of(),
        of(target("Cleo Vane", 0.9)),  # nobody in common
        of(target("Ada Quill", 0.9, mentions=1)),  # in passing
        of(target("Ada Quill", 0.9, confidence=0.1)),  # hardly anything said
        of(target("Ada Quill", -0.2)),  # no side taken
        of(target("Bob Quill", 0.9)),  # somebody else
    ],
)
def test_thin_evidence_cannot_tell(other: Profile) -> None:
    found = agree(of(target("Ada Quill", 0.9)), other)
    assert (found.verdict, found.score, found.confidence) == (Verdict.CANT_TELL, 0, 0)


def test_a_piece_that_only_reports_has_no_side_and_says_which() -> None:
    """Its sentences are shown all the same."""
    column = of(target("Ada Quill", 0.8))
    report = replace(column, opinion=0.3)
    assert agree(column, column).verdict is Verdict.AGREES
    for seed, other, reason in [(column, report, PIECE_REPORTS), (report, column, SEED_REPORTS)]:
        found = agree(seed, other)
        assert (found.verdict, found.reason, len(found.shared)) == (Verdict.CANT_TELL, reason, 1)


def test_what_hangs_on_one_sentence_is_no_attitude() -> None:
    column = of(target("Ada Quill", 0.8))
    shaky = of(replace(column.targets[0], steady=0.1))
    assert agree(column, shaky).reason == agree(shaky, column).reason == TOO_LITTLE
    assert agree(column, column).verdict is Verdict.AGREES


def test_why_nothing_can_be_told_is_said() -> None:
    column = of(target("Ada Quill", 0.8))
    assert agree(column, of()).reason == NOBODY_SHARED
    assert agree(column, of(target("Ada Quill", -0.2))).reason == TOO_LITTLE
    assert agree(column, column).reason == ""


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        (TargetKind.PERSON, TargetKind.UNKNOWN, Verdict.AGREES),  # one of the pieces shows who it is
        (TargetKind.ORGANISATION, TargetKind.ORGANISATION, Verdict.AGREES),
        (TargetKind.UNKNOWN, TargetKind.UNKNOWN, Verdict.CANT_TELL),
        (TargetKind.PERSON, TargetKind.PLACE, Verdict.CANT_TELL),
    ],
)
def test_only_somebody_can_be_agreed_on(left: TargetKind, right: TargetKind, verdict: Verdict) -> None:
    one, two = (replace(target("Quill", 0.8), kind=kind) for kind in (left, right))
    assert agree(of(one), of(two)).verdict is verdict


def test_spellings_of_a_long_name_are_one_and_short_names_are_not() -> None:
    assert same_name(target("Qadir Harbormann", 0), target("Qadir Herbormann", 0))
    assert not same_name(target("Ann Barr", 0), target("Ann Carr", 0))
    assert not same_name(target("Donna Quill", 0), target("Dora Quill", 0))
    assert same_name(target("D. Quill", 0), target("Dora Quill", 0))


NAMES = ["Ada Quill", "Ben Orr", "Cleo Vane"]
POLARITIES = st.floats(-1, 1)
TARGETS = st.lists(
    st.builds(target, st.sampled_from(NAMES), POLARITIES, st.floats(0, 1), st.integers(1, 9)),
    unique_by=lambda one: one.key,
)  # fmt: skip


@given(TARGETS, TARGETS)
def test_order_does_not_matter_and_ranges_hold(left: list[Target], right: list[Target]) -> None:
    there, back = agree(of(*left), of(*right)), agree(of(*right), of(*left))
    assert there.verdict is back.verdict
    assert there.score == pytest.approx(back.score)
    assert there.confidence == pytest.approx(back.confidence)
    assert -1 <= there.score <= 1
    assert 0 <= there.confidence <= 1
