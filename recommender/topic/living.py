"""Which articles an index holds: those of its segments that are not dead. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from recommender.topic.manifest import Entry
from recommender.topic.segments import Segment


def digests(
    entries: Sequence[Entry], segments: Sequence[Segment], among: Iterable[int] | None = None
) -> dict[int, int]:
    """The digest of each article held, or of each of these that is held, by id."""
    import numpy as np

    wanted = None if among is None else np.fromiter(among, np.int64)
    found: dict[int, int] = {}
    for entry, segment in zip(entries, segments, strict=True):
        rows = entry.alive()
        if wanted is not None:
            rows &= np.isin(segment.ids, wanted)
        found.update(zip(segment.ids[rows].tolist(), segment.digests[rows].tolist(), strict=True))
    return found


def without(entries: Sequence[Entry], segments: Sequence[Segment], gone: Collection[int]) -> list[Entry]:
    """The segments with these articles dead; those with nobody alive are left out."""
    import numpy as np

    ids = np.fromiter(gone, np.int64, len(gone))
    left = []
    for entry, segment in zip(entries, segments, strict=True):
        dead = ~entry.alive() | np.isin(segment.ids, ids)
        if not dead.all():
            left.append(replace(entry, dead=tuple(np.flatnonzero(dead).tolist())))
    return left
