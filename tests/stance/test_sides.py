"""Agreement over claims: they decide where both take a position; names decide where no claim does."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.claim_models import Attitude, Claim, Origin, Stand
from recommender.models import Agreement, Ground, Profile, Target, Verdict
from recommender.stance.agreement import NOBODY_SHARED, PIECE_REPORTS, agree
from recommender.stance.calibration import UNMEASURED
from recommender.stance.positions import HEADLINE, SILENT, attitude_of
from recommender.stance.sides import CLAIMS_LEAN_OTHERWISE, NO_CLAIM_SHARED, TOO_UNSURE, compared

CLAIMS = [Claim(f"The toll is {word}", Origin.REFERENCE) for word in ("fair", "dear", "old")]
ALIKE = Profile("marker-1", (Target("Ada Quill", "quill", 0.8, 0.8, 5),))
OTHERWISE = Profile("marker-1", (Target("Ada Quill", "quill", -0.8, 0.8, 5),))
NOBODY = Profile("marker-1")


def at(towards: float) -> Stand:
    odds = (0.95 - towards, 0.05, towards)
    return Stand(attitude_of(odds, 1, UNMEASURED), odds, said=1)


FOR, AGAINST = at(0.9), at(0.05)


def told(left: list[Stand], right: list[Stand], one: Profile = NOBODY, two: Profile = NOBODY) -> Agreement:
    return agree(one, two, compared(CLAIMS[: len(left)], left, right))


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        ([FOR], [FOR], Verdict.AGREES),
        ([AGAINST], [AGAINST], Verdict.AGREES),
        ([HEADLINE], [AGAINST], Verdict.DISAGREES),
        ([FOR, FOR], [FOR, AGAINST], Verdict.MIXED),
        ([FOR, SILENT], [FOR, AGAINST], Verdict.AGREES),  # what only one speaks of does not count
    ],
)
def test_claims_on_which_both_take_a_position_decide(
    left: list[Stand], right: list[Stand], verdict: Verdict
) -> None:
    found = told(left, right)
    assert (found.verdict, found.ground, found.reason) == (verdict, Ground.CLAIMS, "")
    assert found.confidence <= UNMEASURED.ceiling
    assert found.model == "marker-1"


def test_names_give_no_verdict_that_a_claim_rather_speaks_against() -> None:
    """Short of a position, but likelier than not."""
    towards, against, faint = at(0.57), at(0.38), Stand(Attitude.NONE, (0.4, 0.4, 0.2))
    assert not towards.taken and not against.taken
    assert told([HEADLINE], [SILENT], ALIKE, ALIKE).ground is Ground.NAMES
    assert told([HEADLINE], [towards], ALIKE, ALIKE).verdict is Verdict.AGREES
    assert told([HEADLINE], [faint], ALIKE, ALIKE).verdict is Verdict.AGREES
    found = told([HEADLINE], [against], ALIKE, ALIKE)
    assert (found.verdict, found.reason, found.ground) == (Verdict.CANT_TELL, CLAIMS_LEAN_OTHERWISE, None)
    assert found.claims and found.shared  # shown all the same
    assert told([HEADLINE], [towards], ALIKE, OTHERWISE).reason == CLAIMS_LEAN_OTHERWISE
    assert told([HEADLINE], [against], ALIKE, OTHERWISE).verdict is Verdict.DISAGREES


def test_claims_go_before_names() -> None:
    """Two who feel alike about the mayor may stand on two sides of her toll."""
    assert told([FOR], [AGAINST], ALIKE, ALIKE).verdict is Verdict.DISAGREES
    assert told([FOR], [FOR], ALIKE, OTHERWISE).verdict is Verdict.AGREES
    assert told([FOR], [FOR], ALIKE, OTHERWISE).shared  # shown beside it


def test_where_no_claim_is_shared_names_decide_as_they_do_without_claims() -> None:
    for one, two in ((ALIKE, ALIKE), (ALIKE, OTHERWISE)):
        plain, found = agree(one, two), told([FOR], [SILENT], one, two)
        assert (found.verdict, found.score, found.confidence) == (
            plain.verdict,
            plain.score,
            plain.confidence,
        )
        assert found.ground is plain.ground is Ground.NAMES
        assert len(found.claims) == 1


def test_why_nothing_can_be_told_names_the_claims_too() -> None:
    assert told([FOR], [SILENT]).reason == f"{NO_CLAIM_SHARED}, and {NOBODY_SHARED}"
    faint = at(0.68)
    found = told([faint], [faint], ALIKE, ALIKE)
    assert (found.verdict, found.reason, found.score) == (Verdict.CANT_TELL, TOO_UNSURE, 0)
    assert told([SILENT], [SILENT]).claims == ()


def test_a_report_takes_no_side_by_claims_either() -> None:
    report = replace(ALIKE, opinion=0.2)
    found = agree(ALIKE, report, compared(CLAIMS[:1], [FOR], [FOR]))
    assert (found.verdict, found.reason, found.claims) == (Verdict.CANT_TELL, PIECE_REPORTS, ())


STANDS = st.builds(at, st.floats(0, 0.95)) | st.just(SILENT) | st.just(HEADLINE)


@given(st.lists(st.tuples(STANDS, STANDS), max_size=3))
def test_order_does_not_matter_and_ranges_hold(rows: list[tuple[Stand, Stand]]) -> None:
    left, right = [row[0] for row in rows], [row[1] for row in rows]
    there, back = told(left, right), told(right, left)
    assert (there.verdict, there.ground) == (back.verdict, back.ground)
    assert there.score == pytest.approx(back.score)
    assert -1 <= there.score <= 1
    assert 0 <= there.confidence <= 1
    both = [one for one in there.claims if one.weight > 0]
    assert sum(one.weight for one in both) == pytest.approx(1 if both else 0)
    assert all(one.left.attitude is not Attitude.NONE for one in both)
