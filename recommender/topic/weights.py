"""What a term weighs: scikit-learn's TF-IDF with document frequencies of two collections.

    df(t)     = df_archive(t) + BACKGROUND_WEIGHT · df_background(t)
    N         = N_archive     + BACKGROUND_WEIGHT · N_background
    idf(t)    = ln((1 + N) / (1 + df(t))) + 1                       TfidfTransformer's smooth_idf
    tf(t, d)  = 1 + ln(times t stands in d)                         TfidfTransformer's sublinear_tf (255 times at most)
    w(t, d)   = tf(t, d) · idf(t) · (PAIR_WEIGHT if t is a pair of words else 1)
    score     = Σ_t w(t, q) · w(t, d) / (|w(q)| · |w(d)|)           cosine, in [0, 1]

so a term's share of a score is its summand. With an empty archive idf is the background's; at 2,400
articles the archive weighs as much; at a million the background is noise. The archive's
frequencies are those of a snapshot (snapshot.py).

The functions are numpy alone: a question must not wait for the 1.1 s (CPU) that scikit-learn's text module
takes to import. A test holds them equal to scikit-learn's own.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from recommender.topic.vectorizer import PAIR_WEIGHT

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Ten articles of the background count as three of the archive's, so that an archive about one matter speaks
# for itself after some thousands. A tenth to three measure the same, none at all is worse on reading lists
# (`benchmarks/topic_choices.py`).
BACKGROUND_WEIGHT = 0.3


def idf(keys: NDArray[np.uint64], frequencies: NDArray[np.float64], documents: float) -> NDArray[np.float64]:
    """Inverse document frequency, times the pair weight where the key is a pair's; shape of `keys`."""
    import numpy as np

    smooth: NDArray[np.float64] = np.log((1.0 + documents) / (1.0 + frequencies)) + 1.0
    return np.where((keys & np.uint64(1)).astype(bool), smooth * PAIR_WEIGHT, smooth)


def tf(counts: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Sublinear term frequency of counts, 0 of none; shape of `counts`."""
    found: NDArray[np.float64] = table()[counts]  # np.take takes twice as long
    return found


@functools.cache
def table() -> NDArray[np.float64]:
    """tf of every count that uint8 holds, shape (256,): looked up in a seventh of the time of a logarithm."""
    import numpy as np

    table: NDArray[np.float64] = 1.0 + np.log(np.arange(256, dtype=np.float64).clip(1))
    table[0] = 0.0
    return table
