"""A question to the index: which articles are nearest, and which terms make it so. Pure.

title and text ─► terms ─► weights ─► the nearest articles ─► the terms that they share, with their shares
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from recommender.models import Hit, TermShare
from recommender.topic import nearest, weights
from recommender.topic import sums as numpy_sums
from recommender.topic.nearest import Near, Part, Scope, Sums
from recommender.topic.segments import common, counted
from recommender.topic.snapshot import Snapshot
from recommender.topic.sums import Vector, blocks
from recommender.topic.vectorizer import Analyzer, term_key


def answer(
    question: tuple[str, str],
    parts: Sequence[Part],
    snapshot: Snapshot,
    analyzer: Analyzer,
    scope: Scope,
    sums: Sums = numpy_sums,
) -> list[Hit]:
    """The articles nearest to a title and text."""
    if not parts or scope.limit <= 0:
        return []
    vector = weighed(question, snapshot, analyzer)
    found = nearest.nearest(parts, vector, scope, sums)
    if scope.terms == 0:
        return [Hit(near.article_id, min(1.0, near.score)) for near in found]
    shares = _shares(parts, vector, found)
    surfaces = {term_key(term): shown for term, shown in analyzer.surfaces(*question).items()}
    hits = []
    for near in found:
        terms = [TermShare(surfaces[key], share) for key, share in shares[near.place, near.row]]
        largest = sorted(terms, key=lambda term: (-term.share, term.term))[: scope.terms]
        hits.append(Hit(near.article_id, min(1.0, near.score), tuple(largest)))
    return hits


def weighed(question: tuple[str, str], snapshot: Snapshot, analyzer: Analyzer) -> Vector:
    """A question's terms, counted as an article's are, with their weights."""
    import numpy as np

    keys, _, _, counts = counted([question], analyzer)
    idf = snapshot.idf(keys)
    own = weights.tf(counts) * idf
    own /= max(float(np.sqrt((own**2).sum())), 1.0)  # below 1 only where there is no term
    return Vector(keys, own, own * idf)


def _shares(
    parts: Sequence[Part], vector: Vector, found: Sequence[Near]
) -> dict[tuple[int, int], list[tuple[int, float]]]:
    """Key and share of each term of the scores of some articles, by part and row."""
    shares: dict[tuple[int, int], list[tuple[int, float]]] = {(near.place, near.row): [] for near in found}
    keys = vector.keys.tolist()
    for place, part in enumerate(parts):
        rows = [near.row for near in found if near.place == place]
        if rows:
            for row, term, share in (*_rare(part, vector, rows), *_often(part, vector, rows)):
                shares[place, row].append((keys[term], share))
    return shares


def _rare(part: Part, vector: Vector, rows: Sequence[int]) -> Iterator[tuple[int, int, float]]:
    """Row, term's position in the question, and share."""
    import numpy as np

    wanted = np.zeros(len(part.norms), bool)
    wanted[list(rows)] = True
    for block in blocks(part.segment, vector):
        here = np.flatnonzero(wanted[block.rows])
        terms = np.repeat(block.terms, block.sizes)[here]
        shares = block.values[here] / part.norms[block.rows[here]]
        yield from zip(block.rows[here].tolist(), terms.tolist(), shares.tolist(), strict=True)


def _often(part: Part, vector: Vector, rows: Sequence[int]) -> Iterator[tuple[int, int, float]]:
    """The same of frequent terms."""
    import numpy as np

    asked, columns = common(vector.keys, part.segment.frequent)
    table, own = part.segment.table(), np.array(rows)
    shares = (
        weights.tf(table[own[:, np.newaxis], columns]) * vector.weight[asked] / part.norms[own, np.newaxis]
    )
    for place, column in zip(*np.nonzero(shares), strict=True):
        yield rows[place], int(asked[column]), float(shares[place, column])
