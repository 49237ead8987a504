"""How near some articles are to one another: the index's own cosine, from their texts. Pure arithmetic.

The index is laid out by term, so that to collect the terms of fifty articles would read all of it; to count
them again in their texts takes milliseconds each, and gives the same numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from recommender.topic import weights
from recommender.topic.segments import MAX_COUNT
from recommender.topic.vectorizer import Analyzer, term_key

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
    counted = [Counter(analyzer.terms(*text)) for text in texts]
    names = sorted(set().union(*counted), key=term_key)
    place = {name: i for i, name in enumerate(names)}
    keys = np.fromiter((term_key(name) for name in names), np.uint64, len(names))
    idf = idf_of(keys)
    vectors = []
    for terms in counted:
        columns = np.fromiter((place[name] for name in terms), np.int64, len(terms))
        counts = np.fromiter((min(count, MAX_COUNT) for count in terms.values()), np.uint8, len(terms))
        weight = weights.tf(counts) * idf[columns]
        vectors.append((columns, weight / max(float(np.sqrt((weight**2).sum())), 1.0)))
    rows = np.repeat(np.arange(len(texts)), [len(columns) for columns, _ in vectors])
    every, weight = (np.concatenate([vector[i] for vector in vectors]) for i in (0, 1))
    result = np.zeros((len(texts), len(texts)))
    for i, (columns, own) in enumerate(vectors):
        dense = np.zeros(len(names))
        dense[columns] = own
        result[i] = np.bincount(rows, weight * dense[every], len(texts))
    return np.minimum(result, 1.0)
