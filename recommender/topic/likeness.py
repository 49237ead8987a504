"""How near some articles are to one another: the index's own cosine, from their texts. Pure arithmetic.

The index is laid out by term, so that to collect the terms of fifty articles would read all of it; to count
them again in their texts takes milliseconds each, and gives the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from recommender.topic import weights
from recommender.topic.segments import counted
from recommender.topic.vectorizer import Analyzer

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Idf = Callable[[NDArray[np.uint64]], NDArray[np.float64]]


def cosines(texts: Sequence[tuple[str, str]], idf_of: Idf, analyzer: Analyzer) -> NDArray[np.float64]:
    """The score of each article for each other, as a question to the index would give it; shape (n, n).

    Args:
        texts: title and text of each.
        idf_of: the weights of ascending term keys, of the index.
    """
    import numpy as np

    if not texts:
        return np.empty((0, 0))
    keys, starts, rows, counts = counted(texts, analyzer)
    term = np.repeat(np.arange(len(keys)), np.diff(starts))
    weight = weights.tf(counts) * idf_of(keys)[term]
    weight /= np.sqrt(np.bincount(rows, weight**2, len(texts))).clip(1.0)[rows]  # below 1 only without a term
    result = np.zeros((len(texts), len(texts)))
    for i in range(len(texts)):
        own = rows == i
        dense = np.zeros(len(keys))
        dense[term[own]] = weight[own]
        result[i] = np.bincount(rows, weight * dense[term], len(texts))
    return np.minimum(result, 1.0)
