"""Which segments become one, so that there are few and each article is rewritten seldom. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from recommender.topic.manifest import Entry

FAN = 8  # segments of one size before they become one; 8 to 10 is usual (Lucene's tiers hold 10)
MAX_DEAD = 0.2  # share of a segment's articles that may be dead before it is rewritten without them


def mergeable(entries: Sequence[Entry]) -> list[int]:
    """Positions of segments to make one of; empty where all is well."""
    tiers: dict[int, list[int]] = defaultdict(list)
    for i, entry in enumerate(entries):
        if len(entry.dead) > MAX_DEAD * entry.articles:
            return [i]
        tier = 0
        while FAN ** (tier + 1) <= entry.articles - len(entry.dead):
            tier += 1
        tiers[tier].append(i)
    return next((group for _, group in sorted(tiers.items()) if len(group) >= FAN), [])
