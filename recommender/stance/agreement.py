"""Two profiles ─► do their authors feel alike about whom both discuss?

    shared targets ─► each as "how likely for" on both sides ─► weighted mean ─► a verdict, or can't tell
    claims both take a position on, where the model judges any: they decide (sides.py)

What a verdict means, and how far to trust it (measured, see `recommender.evaluation.stance`): it is about the
shared *names*, not about the pieces' politics. Toward one person both pieces discuss it is right more often
than chance; for "which side is the piece on" (two outlets on one topic, comments in one debate) it is a coin
flip at every threshold tried. So thresholds are high and "can't tell" is the usual answer. And only where
there is something to compare: two pieces that argue a view of their own (see `voice`), about a person or an
organisation (see `kinds`). Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import exp, sqrt
from typing import TYPE_CHECKING

from recommender.models import Agreement, Ground, Profile, SharedTarget, Target, TargetKind, Verdict
from recommender.stance import calibration
from recommender.stance.calibration import Calibration
from recommender.stance.voice import OPINION

if TYPE_CHECKING:
    from recommender.claim_models import SharedClaim

NOBODY_SHARED = "the two authors speak of no person or organisation in common"
SEED_REPORTS = (
    "the article you compare with reports what others say and do, rather than argue a view of its own"
)
PIECE_REPORTS = "this piece reports what others say and do, rather than argue a view of its own"
TOO_LITTLE = "both discuss these, but say too little of their own"
MIN_MENTIONS = 2  # of a target in either piece: one mention is a passing one
MIN_CONFIDENCE = 0.3  # of either profile's target: one clear sentence of the author's, or two faint ones
# Of the same without its strongest sentence: what hangs on one sentence is no attitude. Half, since two equal sentences
# that have MIN_CONFIDENCE together leave at least half of it apart.
MIN_STEADY = MIN_CONFIDENCE / 2
STRONG = 0.36  # of one target: both sides P >= .8
SPELLING = 88.0  # rapidfuzz ratio, [0, 100]: Soleimani and Suleimani score 89; 3 letters of 10 apart score 70
_SOMEBODY = frozenset({TargetKind.PERSON, TargetKind.ORGANISATION})
SPELLING_LENGTH = 7  # letters: shorter names differ by a letter and by a person (Barr, Carr)


def agree(seed: Profile, other: Profile, claims: Sequence[SharedClaim] | None = None) -> Agreement:
    """Compare two pieces; the verdict, score and confidence do not depend on their order.

    Args:
        seed: the profile of the one.
        other: the profile of the other.
        claims: where both stand on the claims of the list (`sides.compared`); None where none are judged.
    """
    found = replace(_by_names(seed, other), model=seed.model)
    if claims is None:
        return found
    if min(seed.opinion, other.opinion) < OPINION:
        return replace(found, reason=_which_reports(seed))
    from recommender.stance import sides

    return sides.judged(found, claims, seed.model)


def _by_names(seed: Profile, other: Profile) -> Agreement:
    """What the names that both discuss tell.

    A shared target's `agreement` is (2p - 1)(2q - 1) with p and q the probabilities that each author is for
    it. That is P(same) - P(different), where P(same) = pq + (1 - p)(1 - q): two guesses at .8 agree with .68.
    The score is their weighted mean over all shared targets; the confidence of a verdict is the mean
    P(same) or P(different) of the targets behind it, at most the model's ceiling, 0 where nothing can be told.
    """
    numbers = calibration.of(seed.model)
    pairs = [(left, right, _weight(left, right)) for left, right in _shared(seed, other)]
    total = sum(weight for _, _, weight in pairs)
    if not pairs or total <= 0:
        return Agreement(Verdict.CANT_TELL, 0.0, 0.0, reason=NOBODY_SHARED)
    shared = [
        SharedTarget(left, right, weight / total, _lean(left, numbers) * _lean(right, numbers))
        for left, right, weight in pairs
    ]
    shared.sort(key=lambda one: (-one.weight, one.left.key))
    if min(seed.opinion, other.opinion) < OPINION:
        return Agreement(Verdict.CANT_TELL, 0.0, 0.0, tuple(shared), _which_reports(seed))
    clear = [one for one in shared if _somebody(one) and _enough(one.left) and _enough(one.right)]
    verdict = _verdict(clear, numbers)
    score = _mean(clear)
    if verdict is Verdict.CANT_TELL:
        return Agreement(verdict, 0.0, 0.0, tuple(shared), TOO_LITTLE)
    confidence = _mixed_confidence(clear) if verdict is Verdict.MIXED else (1 + abs(score)) / 2
    return Agreement(verdict, score, min(confidence, numbers.ceiling), tuple(shared), ground=Ground.NAMES)


def _which_reports(seed: Profile) -> str:
    return SEED_REPORTS if seed.opinion < OPINION else PIECE_REPORTS


def probability_for(target: Target, numbers: Calibration) -> float:
    """P(the author is for this target), in [0, 1], given that they take a side at all."""
    return 1 / (1 + exp(-numbers.slope * (target.polarity - numbers.neutral)))


def same_name(left: Target, right: Target) -> bool:
    """Whether two targets are one: equal keys, or long keys a letter apart, and no two different first names."""
    if left.key != right.key and not _one_spelling(left.key, right.key):
        return False
    first, second = left.name.split(), right.name.split()
    if len(first) < 2 or len(second) < 2 or first[0] == second[0]:
        return True
    return first[0][0] == second[0][0] and min(len(first[0].rstrip(".")), len(second[0].rstrip("."))) == 1


def raw_score(seed: Profile, other: Profile) -> float:
    """The score before anything is held back as "can't tell", in [-1, 1]: for measuring only."""
    pairs = [(left, right, _weight(left, right)) for left, right in _shared(seed, other)]
    total = sum(weight for _, _, weight in pairs)
    numbers = calibration.of(seed.model)
    leans = (weight * _lean(left, numbers) * _lean(right, numbers) for left, right, weight in pairs)
    return sum(leans) / total if total else 0.0


def _shared(seed: Profile, other: Profile) -> Iterator[tuple[Target, Target]]:
    """Each target of the seed with its counterpart; an exact key goes before a spelling."""
    left_over = list(other.targets)
    for exact in (True, False):
        for left in seed.targets:
            for right in left_over:
                if (left.key == right.key) is exact and same_name(left, right):
                    left_over.remove(right)
                    yield left, right
                    break


def _one_spelling(left: str, right: str) -> bool:
    if min(len(left), len(right)) < SPELLING_LENGTH or left[0] != right[0] or " " in left + right:
        return False
    from rapidfuzz import fuzz

    return fuzz.ratio(left, right) >= SPELLING


def _lean(target: Target, numbers: Calibration) -> float:
    """2p - 1: how far the author is for (1) or against (-1) the target."""
    return 2 * probability_for(target, numbers) - 1


def _weight(left: Target, right: Target) -> float:
    """Zero where either piece has no sentence of its author's about the target."""
    return sqrt(left.confidence * right.confidence)


def _somebody(shared: SharedTarget) -> bool:
    """Whether one of the pieces shows that the name is a person's or an organisation's, and neither another's."""
    kinds = {shared.left.kind, shared.right.kind}
    return bool(kinds & _SOMEBODY) and kinds <= _SOMEBODY | {TargetKind.UNKNOWN}


def _enough(target: Target) -> bool:
    sure = target.confidence >= MIN_CONFIDENCE and target.steady >= MIN_STEADY
    return sure and target.mentions >= MIN_MENTIONS


def _verdict(clear: list[SharedTarget], numbers: Calibration) -> Verdict:
    alike = any(one.agreement >= STRONG for one in clear)
    apart = any(one.agreement <= -STRONG for one in clear)
    if alike and apart:
        return Verdict.MIXED
    score = _mean(clear)
    if score >= numbers.same:
        return Verdict.AGREES
    return Verdict.DISAGREES if score <= -numbers.same else Verdict.CANT_TELL


def _mean(clear: list[SharedTarget]) -> float:
    total = sum(one.weight for one in clear)
    return sum(one.weight * one.agreement for one in clear) / total if total else 0.0


def _mixed_confidence(clear: list[SharedTarget]) -> float:
    """Both kinds must be real: P of the surest alike and of the surest apart, the smaller of the two."""
    alike = max(one.agreement for one in clear)
    apart = -min(one.agreement for one in clear)
    return (1 + min(alike, apart)) / 2
