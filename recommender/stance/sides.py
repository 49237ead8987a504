"""Two rows of positions over the same claims ─► do the two pieces stand on one side?

    claims on which both take a position ─► each as how far both are for it ─► weighted mean ─► a verdict
    no such claim ─► the names both discuss decide (agreement.py), as they do where no claim is judged,
                     but for what a claim, short of a position, rather speaks against

Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import sqrt

from recommender.claim_models import Attitude, Claim, SharedClaim, Stand
from recommender.models import Agreement, Ground, Verdict
from recommender.stance import calibration
from recommender.stance.calibration import ClaimCalibration

NO_CLAIM_SHARED = "there is no claim on which both take a position"
CLAIMS_LEAN_OTHERWISE = (
    "by the names alone it would be another side than by the claims, which are too unsure to tell"
)
TOO_UNSURE = "both take positions on these claims, but too unsurely to say more"


def compared(
    claims: Sequence[Claim], left: Sequence[Stand], right: Sequence[Stand]
) -> tuple[SharedClaim, ...]:
    """Each claim on which either piece takes a position, with both; those on which both do first, surest first.

    A claim's `agreement` is (2p - 1)(2q - 1) with p and q the probabilities that each piece is for it, given that it
    takes a side. That is P(same side) - P(different). Its weight is the geometric mean of both probabilities.

    Args:
        claims: of the reading list.
        left, right: one stand a claim, in the same order.
    """
    rows = [row for row in zip(claims, left, right, strict=True) if row[1].taken or row[2].taken]
    weights = [
        sqrt(one.probability * two.probability) if one.taken and two.taken else 0.0 for _, one, two in rows
    ]
    total = sum(weights)
    shared = [
        SharedClaim(
            claim, one, two, weight / total if total else 0.0, lean(one) * lean(two) if weight else 0.0
        )
        for (claim, one, two), weight in zip(rows, weights, strict=True)
    ]
    return tuple(sorted(shared, key=lambda one: -one.weight))


def judged(by_names: Agreement, claims: Sequence[SharedClaim], model: str) -> Agreement:
    """What is told of two pieces that both argue: by the claims both take a position on, else by names.

    Args:
        by_names: what the names both discuss tell.
        claims: as `compared` gives them.
        model: that judged the claims.
    """
    known = replace(by_names, claims=tuple(claims))
    both = [one for one in claims if one.weight > 0]
    if not both:
        if by_names.verdict is Verdict.CANT_TELL:
            return replace(known, reason=f"{NO_CLAIM_SHARED}, and {by_names.reason}")
        if any(_contradicts(one, by_names.verdict) for one in claims):
            return _untold(known, CLAIMS_LEAN_OTHERWISE)
        return known
    numbers = calibration.of_claims(model)
    verdict, score = _verdict(both, numbers)
    if verdict is Verdict.CANT_TELL:
        return _untold(known, TOO_UNSURE)
    sure = _mixed(both) if verdict is Verdict.MIXED else (1 + abs(score)) / 2
    confidence = min(sure, numbers.ceiling)
    return replace(
        known, verdict=verdict, score=score, confidence=confidence, reason="", ground=Ground.CLAIMS
    )


def lean(stand: Stand) -> float:
    """2p - 1, p the probability that a piece which takes a side is for the claim: from -1, against, to 1, for."""
    against, _, towards = stand.odds
    return (towards - against) / (towards + against) if towards + against > 0 else 0.0


def _untold(known: Agreement, reason: str) -> Agreement:
    return replace(known, verdict=Verdict.CANT_TELL, score=0.0, confidence=0.0, reason=reason, ground=None)


def _contradicts(claim: SharedClaim, by_names: Verdict) -> bool:
    """Whether both likely take sides on a claim, and not as the names say."""
    sides = {claim.left.rather, claim.right.rather}
    if Attitude.NONE in sides:
        return False
    return by_names is (Verdict.AGREES if len(sides) == 2 else Verdict.DISAGREES)


def _verdict(both: Sequence[SharedClaim], numbers: ClaimCalibration) -> tuple[Verdict, float]:
    alike = any(one.agreement >= numbers.same for one in both)
    apart = any(one.agreement <= -numbers.same for one in both)
    score = sum(one.weight * one.agreement for one in both)
    if alike and apart:
        return Verdict.MIXED, score
    if score >= numbers.same:
        return Verdict.AGREES, score
    return (Verdict.DISAGREES if score <= -numbers.same else Verdict.CANT_TELL), score


def _mixed(both: Sequence[SharedClaim]) -> float:
    """Both kinds must be real: P of the surest alike and of the surest apart, the smaller of the two."""
    alike = max(one.agreement for one in both)
    apart = -min(one.agreement for one in both)
    return (1 + min(alike, apart)) / 2
