"""A question's sums over a segment's articles, with numpy alone. Pure arithmetic.

    rare   Σ_R  of every article, from the postings of the question's rare terms
    whole  Σ_R + Σ_F of some articles, from their counts of its frequent terms, the weightiest first; an article whose
           bound falls below what is asked for is dropped on the way

`compiled.py` does the same with numba, for a process that asks often; nearest.py says what the sums are for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from recommender.topic import weights
from recommender.topic.segments import Segment, common

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BLOCK = 1 << 15  # postings, or counts of frequent terms, looked at at once: 1 MB, which a core's cache keeps
STEP = 8  # frequent terms looked at before the first look at who is left; twice as many each time after


@dataclass(frozen=True, slots=True)
class Vector:
    """A question's terms."""

    keys: NDArray[np.uint64]  # (n_terms,), ascending
    own: NDArray[np.float64]  # (n_terms,): q, of unit length
    weight: NDArray[np.float64]  # (n_terms,): times the idf; times tf / norm it is what a term adds


@dataclass(frozen=True, slots=True)
class Frequent:
    """The frequent terms that a question and a segment share, the weightiest first, so that bounds fall fast."""

    columns: NDArray[np.int64]  # (n_shared,), of the segment's table
    weight: NDArray[np.float64]  # (n_shared,), as `Vector.weight`
    reach: NDArray[np.float32]  # (n_shared + 1,): |q_F| of the terms from each on; 0 at the end

    @classmethod
    def of(cls, segment: Segment, vector: Vector) -> Frequent:
        """Look them up."""
        import numpy as np

        asked, columns = common(vector.keys, segment.frequent)
        order = np.argsort(-vector.own[asked], kind="stable")
        squares = vector.own[asked[order]] ** 2
        reach = np.sqrt(np.append(np.cumsum(squares[::-1])[::-1], 0.0))
        return cls(columns[order], vector.weight[asked[order]], reach.astype(np.float32))


class Begun(NamedTuple):
    """Articles whose rare terms are summed."""

    rows: NDArray[np.int64]  # (n,): their positions
    found: NDArray[np.float64]  # (n,): Σ_R
    norms: NDArray[np.float64]  # (n,)
    often: NDArray[np.float32]  # (n,): |d_F|


class Block(NamedTuple):
    """Postings of some rare terms that the question and a segment share, term after term."""

    terms: NDArray[np.int64]  # (n_terms,): their positions in the question
    sizes: NDArray[np.int64]  # (n_terms,): how many postings each has here
    rows: NDArray[np.int64]  # (n_postings,): articles' positions; as wide as sums are indexed with
    values: NDArray[np.float64]  # (n_postings,): what each adds to its article's score times norm


def blocks(segment: Segment, vector: Vector) -> Iterator[Block]:
    """The postings of the question's rare terms in one segment, about BLOCK at a time.

    A term's postings lie together, so they are copied a slice each: a sixth of the time of picking them singly.
    """
    import numpy as np

    asked, place = common(vector.keys, segment.keys)
    begin, end = segment.starts[place], segment.starts[place + 1]
    borders = np.flatnonzero(np.diff(np.cumsum(end - begin) // BLOCK)) + 1
    for some in np.split(np.arange(len(place)), borders):
        spans = [slice(*span) for span in zip(begin[some].tolist(), end[some].tolist(), strict=True)]
        if spans:
            rows = np.concatenate([segment.rows[span] for span in spans], dtype=np.int64)
            counts = np.concatenate([segment.counts[span] for span in spans])
            sizes = end[some] - begin[some]
            values = weights.tf(counts)
            values *= np.repeat(vector.weight[asked[some]], sizes)
            yield Block(asked[some], sizes, rows, values)


def rare(segment: Segment, vector: Vector) -> NDArray[np.float64]:
    """Σ_R of every article, times its norm; shape (n_articles,)."""
    import numpy as np

    total = np.zeros(len(segment.ids))
    for block in blocks(segment, vector):
        np.add.at(total, block.rows, block.values)
    return total


def whole(
    table: NDArray[np.uint8], frequent: Frequent, begun: Begun, least: float
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Rows and scores of the articles begun with that have at least `least`."""
    import numpy as np

    (rows, found, norms, often), start, step = begun, 0, STEP
    found = found.copy()
    while start < len(frequent.columns) and len(rows):
        some = slice(start, start + step)
        columns, weight = frequent.columns[some], frequent.weight[some]
        for begin in range(0, len(rows), BLOCK // step):
            few = slice(begin, begin + BLOCK // step)
            counts = weights.tf(table[rows[few, np.newaxis], columns])
            found[few] += counts @ weight / norms[few]
        start, step = start + step, 2 * step
        rest = frequent.reach[min(start, len(frequent.columns))]
        kept = found + rest * often >= least
        rows, found, norms, often = rows[kept], found[kept], norms[kept], often[kept]
    return rows, found
