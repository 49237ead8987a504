"""The sums of sums.py, compiled with numba: for a process that asks often. Needs the extra `fast`.

    rare   total[row] += tf(count) · weight[term]                       for each posting (row, count) of each term
    whole  score(row)  = Σ_R + Σ_j tf(table[row, column_j]) · weight[j] / norm(row)
           row is dropped as soon as  score so far + reach[j] · |d_F|  <  least

Terms are looked up by their place among keys that are hashes, so evenly spread: key · n / 2^64 is within some hundreds
of the right one, and doubling steps from there find it. The same sums in the same order of terms as with numpy, which
takes 10 ns a posting where this takes 1 to 2 (benchmarks/topic_speed.py). To import numba and read what it compiled
before takes .5 s, to compile it 3 s, once a machine: one question alone never gains.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

from recommender.topic import weights
from recommender.topic.segments import Segment
from recommender.topic.sums import STEP, Begun, Frequent, Vector

if TYPE_CHECKING:
    from numpy.typing import NDArray

_compiled: Any = njit(cache=True, error_model="numpy")  # IEEE arithmetic, in the order written


def rare(segment: Segment, vector: Vector) -> NDArray[np.float64]:
    """Σ_R of every article, times its norm; shape (n_articles,)."""
    total = np.zeros(len(segment.ids))
    postings = [np.asarray(one) for one in (segment.keys, segment.starts, segment.rows, segment.counts)]
    _add(*postings, vector.keys, vector.weight, weights.table(), total)
    return total


def whole(
    table: NDArray[np.uint8], frequent: Frequent, begun: Begun, least: float
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Rows and scores of the articles begun with that have at least `least`."""
    rows, found = begun.rows.copy(), begun.found.copy()
    terms = (frequent.columns, frequent.weight, frequent.reach)
    kept = _finish(np.asarray(table), terms, weights.table(), begun.norms, begun.often, rows, found, least)
    return rows[:kept], found[:kept]


@_compiled
def _add(
    keys: Any, starts: Any, rows: Any, counts: Any, asked: Any, weight: Any, tf: Any, total: Any
) -> None:  # pragma: no cover - compiled
    for i in range(len(asked)):
        place = _find(keys, asked[i])
        if place >= 0:
            own = weight[i]
            # Unsigned, so that no index can mean one from the end: a third of the time.
            for posting in range(np.uint64(starts[place]), np.uint64(starts[place + 1])):
                total[np.uint32(rows[posting])] += tf[counts[posting]] * own


@_compiled
def _find(keys: Any, key: Any) -> Any:  # pragma: no cover - compiled
    """Position of a key among ascending ones, -1 where it is not there."""
    size = len(keys)
    if size == 0:
        return -1
    low: Any = np.int64(np.float64(key) / 2.0**64 * size)
    if low >= size:
        low = size - 1
    high: Any = low + 1
    step: Any = np.int64(64)
    while low > 0 and keys[low] > key:
        high, low, step = low, max(low - step, 0), 2 * step
    while high < size and keys[high] <= key:
        low, high, step = high, min(high + step, size), 2 * step
    while high - low > 1:
        middle = (low + high) // 2
        if keys[middle] <= key:
            low = middle
        else:
            high = middle
    return low if keys[low] == key else -1


@_compiled
def _finish(
    table: Any, terms: Any, tf: Any, norms: Any, often: Any, rows: Any, found: Any, least: Any
) -> Any:  # pragma: no cover - compiled
    """Moves what is kept to the front of `rows` and `found`; how many."""
    columns, weight, reach = terms
    kept = 0
    for i in range(len(rows)):
        row, score, alive = rows[i], found[i], True
        for j in range(len(columns)):
            if j % STEP == 0 and score + reach[j] * often[i] < least:
                alive = False
                break
            score += tf[table[row, columns[j]]] * weight[j] / norms[i]
        if alive and score >= least:
            rows[kept], found[kept] = row, score
            kept += 1
    return kept
