"""Which side a reader wants: pieces that agree, that do not, or both in turn. Pure.

candidates, near in topic ─► by verdict ─► those of one side, or both sides in turn, the surest first

Topic decides what is related: only the nearest are judged, and a side is looked for among those.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import chain, zip_longest

from recommender.choosing import Side, pieces
from recommender.models import Verdict
from recommender.ranking import Candidate

# "mixed" is on the other side: something in it is what the article would not say.
_VERDICTS = {
    Side.ANY: frozenset(Verdict),
    Side.AGREE: frozenset({Verdict.AGREES}),
    Side.OTHER: frozenset({Verdict.DISAGREES, Verdict.MIXED}),
}


def of_side(candidates: Sequence[Candidate], side: Side) -> list[Candidate]:
    """Those of one side, in the order they come in. What can't be told is on neither."""
    return [item for item in candidates if item.agreement.verdict in _VERDICTS[side]]


def balanced(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Both sides in turn, the surest of each first, then mixed pieces, then those that nothing is told of.

    The surer of both sides' first pieces begins; of equally sure ones the nearer goes first, and what nothing is told
    of stays in the order it comes in. Where one side has run out, the other goes on.
    """
    of: dict[Verdict, list[Candidate]] = {verdict: [] for verdict in Verdict}
    for item in candidates:
        of[item.agreement.verdict].append(item)
    for verdict in (Verdict.AGREES, Verdict.DISAGREES, Verdict.MIXED):
        of[verdict].sort(key=_surest)
    sides = sorted(
        filter(None, (of[Verdict.AGREES], of[Verdict.DISAGREES])), key=lambda side: _surest(side[0])
    )
    in_turn = [item for item in chain.from_iterable(zip_longest(*sides)) if item is not None]
    return [*in_turn, *of[Verdict.MIXED], *of[Verdict.CANT_TELL]]


def note(candidates: Sequence[Candidate]) -> str:
    """How many stand where, of those that were judged."""
    found = Counter(item.agreement.verdict for item in candidates)
    words = {Verdict.AGREES: "agree", Verdict.MIXED: "mixed", Verdict.DISAGREES: "disagree"}
    told = [f"{found[verdict]} {word}" for verdict, word in words.items() if found[verdict]]
    undecided = found[Verdict.CANT_TELL]
    rest = [f"of {undecided} nothing can be told"] if undecided else []
    return f"{pieces(len(candidates))} near in topic: {', '.join([*told, *rest]) or 'none'}"


def _surest(item: Candidate) -> tuple[float, float, int]:
    return -item.agreement.confidence, -item.score, item.hit.article_id
