"""A question to the index: which articles are nearest, and which terms make it so. Pure arithmetic.

terms of the question ─► weights ─► postings of those terms ─► scores ─► nearest ─► their terms
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from recommender.models import Hit, TermShare
from recommender.topic import weights
from recommender.topic.segments import MAX_COUNT, Segment, common
from recommender.topic.snapshot import Snapshot
from recommender.topic.vectorizer import Analyzer, term_key

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


BLOCK = 4_000_000  # postings looked at at once: some 100 MB


@dataclass(frozen=True, slots=True)
class Part:
    """A segment as a question sees it."""

    segment: Segment
    alive: NDArray[np.bool_]  # (n_articles,): False where an article was removed or replaced
    norms: NDArray[np.float64]  # (n_articles,): lengths of the weight vectors; 0 where there is no term


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
    key_of = {name: term_key(name) for name in counted}
    names = sorted(counted, key=key_of.__getitem__)
    keys = np.fromiter((key_of[name] for name in names), np.uint64, len(names))
    idf = snapshot.idf(keys)
    weight = weights.tf(np.array([min(counted[name], MAX_COUNT) for name in names], np.uint16)) * idf
    weight /= max(float(np.sqrt((weight**2).sum())), 1.0)  # below 1 only where there is no term
    weight *= idf  # once more, the articles' side
    scores = [_scores(part, keys, weight) for part in parts]
    chosen = _choose(parts, scores, scope)
    found = [(int(parts[place].segment.ids[row]), min(1.0, score)) for place, row, score in chosen]
    if scope.terms == 0:
        return [Hit(*one) for one in found]
    surfaces = analyzer.surfaces(*question)
    shown = [surfaces[name] for name in names]
    shares: dict[tuple[int, int], list[TermShare]] = {(place, row): [] for place, row, _ in chosen}
    for place, part in enumerate(parts):
        rows = [row for where, row, _ in chosen if where == place]
        for row, term, share in _shares(part, rows, keys, weight):
            shares[place, row].append(TermShare(shown[term], share))
    return [
        Hit(*one, _largest(shares[place, row])[: scope.terms])
        for one, (place, row, _) in zip(found, chosen, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Block:
    """Postings of some terms that the question and a segment share, term after term."""

    terms: NDArray[np.int64]  # (n_terms,): their positions in the question
    sizes: NDArray[np.int64]  # (n_terms,): how many postings each has here
    rows: NDArray[np.int32]  # (n_postings,): articles' positions
    counts: NDArray[np.uint16]  # (n_postings,)

    def values(self, weight: NDArray[np.float64]) -> NDArray[np.float64]:
        """What each posting adds to its article's score, times the article's norm; shape (n_postings,).

        Args:
            weight: of the question's terms, their idf in the article included.
        """
        import numpy as np

        return np.repeat(weight[self.terms], self.sizes) * weights.tf(self.counts)


def _blocks(part: Part, keys: NDArray[np.uint64]) -> Iterator[_Block]:
    """The postings of the question's terms in one segment, about `BLOCK` at a time.

    A term's postings lie together, so they are copied a slice each: a sixth of the time of picking them singly.
    """
    import numpy as np

    segment = part.segment
    asked, place = common(keys, segment.keys)
    begin, end = segment.starts[place], segment.starts[place + 1]
    borders = np.flatnonzero(np.diff(np.cumsum(end - begin) // BLOCK)) + 1
    for some in np.split(np.arange(len(place)), borders):
        spans = [slice(*span) for span in zip(begin[some].tolist(), end[some].tolist(), strict=True)]
        if spans:
            rows = np.concatenate([segment.rows[span] for span in spans])
            counts = np.concatenate([segment.counts[span] for span in spans])
            yield _Block(asked[some], end[some] - begin[some], rows, counts)


def _scores(part: Part, keys: NDArray[np.uint64], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """The cosine of every article of one segment; shape (n_articles,)."""
    import numpy as np

    total = np.zeros(len(part.segment.ids))
    for block in _blocks(part, keys):
        total += np.bincount(block.rows, block.values(weight), len(total))
    return np.divide(total, part.norms, out=total, where=part.norms > 0)


def _shares(
    part: Part, rows: Sequence[int], keys: NDArray[np.uint64], weight: NDArray[np.float64]
) -> Iterator[tuple[int, int, float]]:
    """Article's position, term's position in the question, and share, for each term of some articles' scores."""
    import numpy as np

    if not rows:
        return
    wanted = np.zeros(len(part.segment.ids), bool)
    wanted[list(rows)] = True
    for block in _blocks(part, keys):
        here = np.flatnonzero(wanted[block.rows])
        terms = np.repeat(block.terms, block.sizes)[here]
        shares = block.values(weight)[here] / part.norms[block.rows[here]]
        yield from zip(block.rows[here].tolist(), terms.tolist(), shares.tolist(), strict=True)


def _largest(shares: Sequence[TermShare]) -> tuple[TermShare, ...]:
    """Largest first, then by name."""
    return tuple(sorted(shares, key=lambda share: (-share.share, share.term)))


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
    if len(rows) > scope.limit:  # all that may be among the first: equal scores are told apart below
        least = np.partition(score[rows], -scope.limit)[-scope.limit]
        rows = rows[score[rows] >= least]
    rows = rows[np.lexsort((ids[rows], -score[rows]))][: scope.limit]
    first = np.cumsum([0, *(len(part.segment.ids) for part in parts)])
    place = np.searchsorted(first, rows, side="right") - 1
    return [(int(p), int(r - first[p]), float(score[r])) for p, r in zip(place, rows, strict=True)]


def _in(ids: NDArray[np.int64], some: Collection[int]) -> NDArray[np.bool_]:
    """Which of the ids are among some; shape of `ids`."""
    import numpy as np

    return np.isin(ids, np.fromiter(some, np.int64, len(some)))
