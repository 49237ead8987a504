"""Several segments made one, without their dead. Pure.

Postings are copied by terms, not sorted singly: terms are few beside postings, and each part has its own in order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from recommender.topic.segments import Counted, Segment, laid_out

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CHUNK = 4_000_000  # postings copied at once: some 100 MB


class _Postings(NamedTuple):
    """Postings term after term."""

    keys: NDArray[np.uint64]  # (n_terms,), ascending
    sizes: NDArray[np.int64]  # (n_terms,): postings of each
    rows: NDArray[np.int32]
    counts: NDArray[np.uint8]


def merge(parts: Sequence[tuple[Segment, NDArray[np.bool_]]]) -> Segment:
    """One segment of several, articles in the order given, without those whose `alive` is false.

    Args:
        parts: each a segment and `alive`, shape (n_articles,).
    """
    import numpy as np

    ids = np.concatenate([part.ids[alive] for part, alive in parts])
    digests = np.concatenate([part.digests[alive] for part, alive in parts])
    sources, first = [], 0
    for part, alive in parts:
        sources += [_living(one, alive, first) for one in _both(part)]
        first += int(alive.sum())
    return laid_out(ids, digests, *_joined(sources))


def _both(segment: Segment) -> Iterator[_Postings]:
    """The postings of a segment, and those of its frequent terms."""
    import numpy as np

    yield _Postings(segment.keys, np.diff(segment.starts), segment.rows, segment.counts)
    if len(segment.frequent):
        table = np.ascontiguousarray(segment.table().T)
        terms, rows = np.nonzero(table)
        yield _Postings(segment.frequent, segment.held, rows.astype(np.int32), table[terms, rows])


def _living(postings: _Postings, alive: NDArray[np.bool_], first: int) -> _Postings:
    """Postings of the living only, their rows counted from `first`, and only terms that have any."""
    import numpy as np

    keys, sizes, rows, counts = postings
    if not alive.all():
        kept = alive[rows]
        ends = np.cumsum(sizes)
        total = np.concatenate([[0], np.cumsum(kept)])
        sizes = total[ends] - total[ends - sizes]
        rows, counts = (np.cumsum(alive, dtype=np.int32) - 1)[rows[kept]], counts[kept]
        keys, sizes = keys[sizes > 0], sizes[sizes > 0]
    return _Postings(keys, sizes, rows + np.int32(first), counts)


def _joined(sources: Sequence[_Postings]) -> Counted:
    """The postings of all; a term's in the order of the sources."""
    import numpy as np

    keys = np.concatenate([source.keys for source in sources])
    sizes = np.concatenate([source.sizes for source in sources])
    rows_of = np.concatenate([source.rows for source in sources])
    counts_of = np.concatenate([source.counts for source in sources])
    begin = np.cumsum(sizes) - sizes
    order = np.argsort(keys, kind="stable")
    keys, sizes, begin = keys[order], sizes[order], begin[order]
    ends = np.cumsum(sizes)
    rows, counts = np.empty_like(rows_of), np.empty_like(counts_of)
    borders = np.searchsorted(ends, np.arange(CHUNK, len(rows_of), CHUNK))
    for some in np.split(np.arange(len(keys)), borders):
        if some.size:
            done = int(ends[some[0]] - sizes[some[0]])
            size = sizes[some]
            where = np.repeat(begin[some] - np.cumsum(size) + size, size) + np.arange(int(size.sum()))
            rows[done : done + len(where)] = rows_of[where]
            counts[done : done + len(where)] = counts_of[where]
    if not keys.size:
        return Counted(keys, np.zeros(1, np.int64), rows, counts)
    new = np.flatnonzero(np.diff(keys, prepend=~keys[:1]) != 0)
    starts = np.append((ends - sizes)[new], len(rows)).astype(np.int64)
    return Counted(keys[new], starts, rows, counts)
