"""A question to the index: which articles are nearest, and which terms make it so. Pure arithmetic.

terms of the question ─► weights ─► postings of those terms ─► scores ─► nearest ─► their terms
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from recommender.models import Hit, TermShare
from recommender.topic import weights
from recommender.topic.segments import MAX_COUNT, Segment, common, postings
from recommender.topic.snapshot import Snapshot
from recommender.topic.vectorizer import Analyzer, term_key

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Part:
    """A segment as a question sees it."""

    segment: Segment
    alive: NDArray[np.bool_]  # (n_articles,): False where an article was removed or replaced
    norms: NDArray[np.float64]  # (n_articles,): lengths of the weight vectors; 0 where there is no term


@dataclass(frozen=True, slots=True)
class Matches:
    """What the question and one segment's articles share, an entry a posting."""

    rows: NDArray[np.int32]  # position of the article
    terms: NDArray[np.int64]  # position of the term in the question
    shares: NDArray[np.float64]  # what the term adds to the article's score


@dataclass(frozen=True, slots=True)
class Scope:
    """Which answers are wanted; see `TopicIndex.query`."""

    limit: int
    among: Collection[int] | None
    exclude: Collection[int]
    terms: int | None
    only: Collection[int] | None = None


def nearest(
    question: tuple[str, str], parts: Sequence[Part], snapshot: Snapshot, analyzer: Analyzer, scope: Scope
) -> list[Hit]:
    """The articles nearest to a title and text."""
    import numpy as np

    if not parts or scope.limit <= 0:
        return []
    counted = Counter(analyzer.terms(*question))
    names = sorted(counted, key=term_key)
    keys = np.fromiter((term_key(name) for name in names), np.uint64, len(names))
    idf = snapshot.idf(keys)
    weight = weights.tf(np.array([min(counted[name], MAX_COUNT) for name in names], np.uint16)) * idf
    weight /= max(float(np.sqrt((weight**2).sum())), 1.0)  # below 1 only where there is no term
    matches = [_match(part, keys, weight, idf) for part in parts]
    scores = [
        np.bincount(match.rows, match.shares, len(part.segment.ids)).astype(np.float64, copy=False)
        for part, match in zip(parts, matches, strict=True)
    ]
    chosen = _choose(parts, scores, scope)
    if scope.terms == 0:
        return [Hit(int(parts[place].segment.ids[row]), min(1.0, score)) for place, row, score in chosen]
    surfaces = analyzer.surfaces(*question)
    return [
        Hit(
            int(parts[place].segment.ids[row]),
            min(1.0, score),
            _shares(matches[place], row, names, surfaces)[: scope.terms],
        )
        for place, row, score in chosen
    ]


def _match(
    part: Part, keys: NDArray[np.uint64], weight: NDArray[np.float64], idf: NDArray[np.float64]
) -> Matches:
    """Every posting of the question's terms in one segment, with its share of the article's score."""
    import numpy as np

    segment = part.segment
    asked, place = common(keys, segment.keys)
    where, size = postings(segment, place)
    rows, terms = segment.rows[where], np.repeat(asked, size)
    shares = weight[terms] * weights.tf(segment.counts[where]) * idf[terms] / part.norms[rows]
    return Matches(rows, terms, shares)


def _choose(
    parts: Sequence[Part], scores: Sequence[NDArray[np.float64]], scope: Scope
) -> list[tuple[int, int, float]]:
    """Part, row and score of the articles to return: highest score first, then lowest id."""
    import numpy as np

    ids = np.concatenate([part.segment.ids for part in parts])
    score = np.concatenate(scores)
    wanted = np.concatenate([part.alive for part in parts])
    if scope.among is None:
        wanted &= score > 0
    else:
        wanted &= _in(ids, scope.among)
    if scope.only is not None:
        wanted &= _in(ids, scope.only)
    wanted &= ~_in(ids, scope.exclude)
    rows = np.flatnonzero(wanted)
    rows = rows[np.lexsort((ids[rows], -score[rows]))][: scope.limit]
    first = np.cumsum([0, *(len(part.segment.ids) for part in parts)])
    place = np.searchsorted(first, rows, side="right") - 1
    return [(int(p), int(r - first[p]), float(score[r])) for p, r in zip(place, rows, strict=True)]


def _in(ids: NDArray[np.int64], some: Collection[int]) -> NDArray[np.bool_]:
    """Which of the ids are among some; shape of `ids`."""
    import numpy as np

    return np.isin(ids, np.fromiter(some, np.int64, len(some)))


def _shares(
    matches: Matches, row: int, names: Sequence[str], surfaces: Mapping[str, str]
) -> tuple[TermShare, ...]:
    """The terms of one article's score, largest first, then by name."""
    import numpy as np

    here = np.flatnonzero(matches.rows == row)
    found = zip(matches.terms[here].tolist(), matches.shares[here].tolist(), strict=True)
    shares = [TermShare(surfaces[names[term]], share) for term, share in found]
    return tuple(sorted(shares, key=lambda share: (-share.share, share.term)))
