"""What the shards found ─► the nearest of all, and which shards that is the answer of. Pure.

Each shard's own list is exact and as long as the answer, and an article lies in one shard: so the best of all lists
are what one index over everything would give, where all weigh terms with the same frequencies. Only as many hits are
looked at as are wanted, whatever the number of shards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import islice

from recommender.models import Hit


@dataclass(frozen=True, slots=True)
class Merged:
    """An answer of many shards."""

    hits: tuple[Hit, ...]  # best first, equal scores by id
    shards: int  # asked
    silent: tuple[str, ...] = ()  # shards that gave none, in the order in which they were asked

    @property
    def complete(self) -> bool:
        """Did every shard answer?"""
        return not self.silent

    def told(self) -> str:
        """How many shards this is the answer of.

        >>> Merged((), 32, ("shard-0007",)).told()
        '31 of 32 shards'
        """
        return f"{self.shards - len(self.silent)} of {self.shards} shards"


def merged(answers: Mapping[str, Sequence[Hit] | None], limit: int) -> Merged:
    """The best of several shards' answers.

    Args:
        answers: by shard: its hits, best first, equal scores by id; None where it gave none. Each shard must have
            been asked for `limit` hits or more.
        limit: hits at most, 0 or more.
    """
    held = [hits for hits in answers.values() if hits is not None]
    best = islice(merge(*held, key=_order), limit)
    silent = tuple(name for name, hits in answers.items() if hits is None)
    return Merged(tuple(best), len(answers), silent)


def _order(hit: Hit) -> tuple[float, int]:
    return -hit.score, hit.article_id
