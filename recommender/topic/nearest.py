"""The nearest articles, exactly, without reading most of what they share with a question. Pure arithmetic.

A question of 900 words has 400 terms. A third of them are frequent (segments.py) and make nine tenths of its
postings, but weigh little, and how much a frequent term can add is known beforehand. With the unit vectors q of the
question and d of an article, R the rare and F the frequent terms, Cauchy and Schwarz have

    q · d  =  Σ_R q_t d_t  +  Σ_F q_t d_t   ≤   Σ_R q_t d_t  +  |q_F| · |d_F|

    postings of R ─► Σ_R of every article ─► the most promising, exactly ─► what the last of the best has at least
                 ─► articles whose bound reaches that, exactly ─► the nearest

|d_F| is kept with each article. Nothing is left out that could be among the nearest: articles whose bound is below
the score that so many others are known to have. Of 100,000 articles some 50 to 5,000 are looked at to the end.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from recommender.topic import sums as numpy_sums
from recommender.topic.segments import Segment
from recommender.topic.sums import Begun, Frequent, Vector

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

GROUP = 64  # articles of which the most promising one stands for all when the first guess is made
SPARE = 2  # times as many are tried first as are wanted: two of the best may stand in one group
SLACK = 1e-9  # more than sums in another order, or the bound's rounding, can differ by
DIGITS = 12  # scores are told apart to so many: equal articles may be summed in another order


@dataclass(frozen=True, slots=True)
class Part:
    """A segment as a question sees it."""

    segment: Segment
    alive: NDArray[np.bool_] | None  # (n_articles,): False where one was removed or replaced; None: all live
    norms: NDArray[np.float64]  # (n_articles,): lengths of the weight vectors; 1 where there is no term
    often: NDArray[np.float32]  # (n_articles,): |d_F|, in [0, 1], rounded up

    @classmethod
    def of(cls, segment: Segment, alive: NDArray[np.bool_] | None, lengths: NDArray[np.float64]) -> Part:
        """From `snapshot.lengths`."""
        import numpy as np

        norms = np.where(lengths[0] > 0, lengths[0], 1.0)
        up = np.nextafter((lengths[1] / norms).astype(np.float32), np.float32(2))
        return cls(segment, alive, norms, up)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which answers are wanted; see `TopicIndex.query`."""

    limit: int
    among: Collection[int] | None
    exclude: Collection[int]
    terms: int | None
    only: Collection[int] | None = None


class Sums(Protocol):
    """What adds up: `sums.py` with numpy, `compiled.py` with numba, the same sums in the same order of terms."""

    def rare(self, segment: Segment, vector: Vector) -> NDArray[np.float64]:
        """Σ_R of every article, times its norm; shape (n_articles,)."""
        ...

    def whole(
        self, table: NDArray[np.uint8], frequent: Frequent, begun: Begun, least: float
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Rows and scores of the articles begun with that have at least `least`."""
        ...


class Near(NamedTuple):
    """An article near a question."""

    place: int  # of its part
    row: int
    article_id: int
    score: float


def nearest(parts: Sequence[Part], vector: Vector, scope: Scope, sums: Sums = numpy_sums) -> list[Near]:
    """The articles wanted, highest score first, equal ones by id."""
    import numpy as np

    asked = [_Asked(part, vector, sums) for part in parts]
    wanted = _Wanted(scope)
    if scope.among is None:
        for one in asked:
            wanted.mask(one)
        least = _least(asked, wanted, scope)
        scored = [one.scores(wanted.left(one, one.reaching(least)), least) for one in asked]
    else:
        scored = [one.scores(wanted.listed(one)) for one in asked]
    place = np.repeat(np.arange(len(parts)), [len(rows) for rows, _ in scored])
    row = np.concatenate([rows for rows, _ in scored])
    score = np.round(np.concatenate([found for _, found in scored]), DIGITS)
    ids = np.concatenate([part.segment.ids[rows] for part, (rows, _) in zip(parts, scored, strict=True)])
    order = np.lexsort((ids, -score))
    if scope.among is None:
        order = order[score[order] > 0]
    order = order[: scope.limit]
    found = zip(
        place[order].tolist(), row[order].tolist(), ids[order].tolist(), score[order].tolist(), strict=True
    )
    return [Near(*one) for one in found]


class _Asked:
    """A part with what the question's rare terms give each of its articles."""

    def __init__(self, part: Part, vector: Vector, sums: Sums) -> None:
        self.part, self._sums = part, sums
        self._frequent = Frequent.of(part.segment, vector)
        self.rare = (
            sums.rare(part.segment, vector) / part.norms
        )  # (n_articles,): Σ_R; -inf for what is not wanted

    def promising(self, count: int) -> NDArray[np.int64]:
        """About so many of the articles with the largest Σ_R."""
        import numpy as np

        groups = len(self.rare) // GROUP
        if groups <= count:
            return np.argpartition(-self.rare, min(count, len(self.rare)) - 1)[:count]
        grouped = self.rare[: groups * GROUP].reshape(groups, GROUP)
        best = np.argpartition(grouped.max(axis=1), -count)[-count:]
        found: NDArray[np.int64] = best * GROUP + grouped[best].argmax(axis=1)
        return found

    def reaching(self, least: float) -> NDArray[np.int64]:
        """The articles whose bound is at least so much."""
        import numpy as np

        bound = self.rare + self.part.often * self._frequent.reach[0]
        found: NDArray[np.int64] = np.flatnonzero(bound >= least)
        return found

    def scores(
        self, rows: NDArray[np.int64], least: float = -1.0
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Σ_R + Σ_F of those of some articles that have at least `least`; the others are dropped on the way."""
        part = self.part
        begun = Begun(rows, self.rare[rows], part.norms[rows], part.often[rows])
        return self._sums.whole(part.segment.table(), self._frequent, begun, least)


class _Wanted:
    """Which articles a scope lets pass."""

    def __init__(self, scope: Scope) -> None:
        import numpy as np

        def ids(some: Collection[int]) -> NDArray[np.int64]:
            return np.fromiter(some, np.int64, len(some))

        self._exclude = ids(scope.exclude)
        self._only = None if scope.only is None else ids(scope.only)
        self._among = ids(scope.among or ())

    def mask(self, asked: _Asked) -> None:
        """No bound of what is dead or not among `only` reaches anything; the few excluded are left out by `left`."""
        import numpy as np

        if asked.part.alive is not None:
            asked.rare[~asked.part.alive] = -np.inf
        if self._only is not None:
            asked.rare[~np.isin(asked.part.segment.ids, self._only)] = -np.inf

    def left(self, asked: _Asked, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Without those excluded or masked."""
        import numpy as np

        passing = (asked.rare[rows] >= 0) & ~np.isin(asked.part.segment.ids[rows], self._exclude)
        return rows[passing]

    def listed(self, asked: _Asked) -> NDArray[np.int64]:
        """Those of `among`."""
        import numpy as np

        self.mask(asked)
        return self.left(asked, np.flatnonzero(np.isin(asked.part.segment.ids, self._among)))


def _least(asked: Sequence[_Asked], wanted: _Wanted, scope: Scope) -> float:
    """A score that as many of the wanted articles have at least as are asked for."""
    import numpy as np

    limit, tried = scope.limit, SPARE * scope.limit + len(scope.exclude)
    rows = [wanted.left(one, one.promising(tried)) for one in asked]
    scores = np.concatenate([one.scores(own)[1] for one, own in zip(asked, rows, strict=True)])
    if len(scores) < limit:
        return 0.0
    return max(0.0, float(np.partition(scores, -limit)[-limit]) - SLACK)
