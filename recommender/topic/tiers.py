"""Which segments become one, so that there are few and each article is rewritten seldom. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from recommender.topic.manifest import Entry

FAN = 8  # segments of one size before they become one; 8 to 10 is usual (Lucene's tiers hold 10)
MAX_DEAD = 0.2  # share of a segment's articles that may be dead before it is rewritten without them
# Articles a merge makes at most. A question adds into one number an article: of so many they stay in a core's cache
# (1 MB), of a million each takes four times as long; and a merge's memory is bounded, at some 2 GB.
LARGEST = 131_072


def mergeable(entries: Sequence[Entry]) -> list[int]:
    """Positions of segments to make one of; empty where all is well. Those over half of LARGEST are left alone."""
    tiers: dict[int, list[int]] = defaultdict(list)
    for i, entry in enumerate(entries):
        living = entry.articles - len(entry.dead)
        if len(entry.dead) > MAX_DEAD * entry.articles:
            return [i]
        if living > LARGEST // 2:
            continue
        tier = 0
        while FAN ** (tier + 1) <= living:
            tier += 1
        tiers[tier].append(i)
    group = next((group for _, group in sorted(tiers.items()) if len(group) >= FAN), [])
    chosen, total = [], 0
    for i in group:
        total += entries[i].articles - len(entries[i].dead)
        if total <= LARGEST:
            chosen.append(i)
    return chosen
