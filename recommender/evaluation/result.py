"""What every evaluation returns: measures by name, each with a bootstrap interval."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

SAMPLES = 1000  # bootstrap resamples: the usual figure; interval ends move by < .005 between seeds here


@dataclass(frozen=True, slots=True)
class Result:
    """Measures of one task on one set of data.

    `measures` and `intervals` share their keys; an interval is the 2.5 % and 97.5 % percentile of a
    bootstrap over the items (pages, queries, sentences) that `n` counts. Counts have no interval.
    """

    task: str
    n: int
    measures: dict[str, float]
    intervals: dict[str, tuple[float, float]] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """An object with `task`, `n`, each measure by name and the intervals under `intervals`."""
        return {"task": self.task, "n": self.n, **self.measures, "intervals": self.intervals}


def bootstrap(
    items: int, statistic: Callable[[Sequence[int]], float], *, samples: int = SAMPLES, seed: int = 0
) -> tuple[float, float]:
    """The 95 % percentile bootstrap interval of a statistic (Efron 1979).

    Args:
        items: how many items there are.
        statistic: takes indices in [0, items) drawn with replacement, gives the measure.
        samples: resamples.
        seed: of the random generator, so that a figure can be had again.
    """
    if items == 0:
        return (0.0, 0.0)
    generator = np.random.default_rng(seed)
    values = [statistic(generator.integers(0, items, items).tolist()) for _ in range(samples)]
    low, high = np.percentile(values, [2.5, 97.5])
    return (float(low), float(high))


def auc(positive: Sequence[bool], scores: Sequence[float]) -> float:
    """Area under the ROC curve by ranks (Mann & Whitney); .5 where all are of one kind."""
    from scipy.stats import rankdata

    yes = np.array(positive, dtype=bool)
    ours, theirs = int(yes.sum()), int((~yes).sum())
    if not ours or not theirs:
        return 0.5
    ranks = rankdata(scores)
    return float((ranks[yes].sum() - ours * (ours + 1) / 2) / (ours * theirs))
