"""Topic and stance become a ranking with its reasons. Pure.

    hits (topic) ┐
                 ├─► blend ─► order ─► Recommendations, numbered from 1
    profiles ────┘

Topic and stance stay apart: the order is by topic unless the reader asks for another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from recommender.models import Agreement, Article, Elsewhere, Hit, Recommendation, Verdict


class Sort(StrEnum):
    """What a ranking is ordered by."""

    TOPIC = "topic"
    STANCE = "stance"
    BLEND = "blend"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article that may be recommended: how near it is and whether it takes the seed's side."""

    article: Article
    hit: Hit
    agreement: Agreement
    listed: bool  # on the editors' own list
    adjusted: float | None = None  # [0, 1]: topic with the reader's prior on dates; None where there is none
    also_at: tuple[Elsewhere, ...] = ()

    @property
    def score(self) -> float:
        """What counts as nearness, in [0, 1]."""
        return self.hit.score if self.adjusted is None else self.adjusted


_SIDES = {Verdict.AGREES: 0, Verdict.MIXED: 1, Verdict.DISAGREES: 2, Verdict.CANT_TELL: 3}


def blend(topic: float, agreement: Agreement) -> float:
    """Topic raised or lowered by agreement: topic × (1 + confidence × agreement) / 2, in [0, 1].

    A piece of which nothing can be told keeps half its topic score; full, certain agreement keeps all
    of it, full, certain disagreement none. It orders a list on request and is no probability.
    """
    return topic * (1 + agreement.confidence * agreement.score) / 2


def rank(candidates: Sequence[Candidate], sort: Sort | None = Sort.TOPIC) -> list[Recommendation]:
    """Order candidates; ties go to the older row. With None they stay in the order they come in.

    With `Sort.STANCE`: agrees, mixed, disagrees, can't tell; the surer first, then the nearer.
    """
    orders: dict[Sort, Callable[[Candidate], tuple[float, ...]]] = {
        Sort.TOPIC: lambda c: (-c.score,),
        Sort.BLEND: lambda c: (-blend(c.score, c.agreement), -c.score),
        Sort.STANCE: lambda c: (_SIDES[c.agreement.verdict], -c.agreement.confidence, -c.score),
    }
    ordered = list(candidates)
    if sort is not None:
        order = orders[sort]
        ordered.sort(key=lambda c: (*order(c), c.hit.article_id))
    return [
        Recommendation(
            article=candidate.article,
            rank=number,
            topic=candidate.hit.score,
            agreement=candidate.agreement,
            blend=blend(candidate.score, candidate.agreement),
            terms=candidate.hit.terms,
            listed=candidate.listed,
            adjusted=candidate.adjusted,
            also_at=candidate.also_at,
        )
        for number, candidate in enumerate(ordered, 1)
    ]
