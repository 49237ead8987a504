"""One immutable part of the topic index: which terms stand how often in which articles.

A segment is a folder of .npy arrays, read through mmap. Most terms are in few articles and lie term after term
(an inverted index), so that a question reads only the postings of its own. The few hundred that are in more than
FREQUENT of the articles would make nine tenths of that reading; they lie article after article, a byte each, and
are read of the few articles only that can still be among the nearest (query.py):

    ids       (n_articles,)   int64    article ids
    digests   (n_articles,)   uint64   of each article's content
    keys      (n_terms,)      uint64   keys (vectorizer.term_key) of the terms that are not frequent, ascending
    starts    (n_terms + 1,)  int64    term i's postings are starts[i]:starts[i + 1]
    rows      (n_postings,)   int32    positions in `ids`, ascending within a term
    counts    (n_postings,)   uint8    how often the term stands in the article, at most 255
    frequent  (n_frequent,)   uint64   keys of the frequent terms, ascending
    held      (n_frequent,)   int64    how many of the articles hold each
    matrix    (n_articles * n_frequent,)  uint8  their counts, article after article; 0 where there is none
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from recommender.errors import ArchiveError
from recommender.topic.arrays import REBUILD, load_arrays, save_arrays
from recommender.topic.vectorizer import MARK, TITLE_WEIGHT, Analyzer, pair_keys, term_key

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_COUNT = 255  # of uint8: a word that stands 500 times in an article counts as if it stood 255 times
# Share of the articles beyond which a term is frequent: there a byte an article takes no more room than five a
# posting, and at half or twice of it questions take longer (benchmarks/topic_speed.py).
FREQUENT = 1 / 16
# Articles from which on terms are put apart: fewer have so few near ones that bounds leave out little, and all their
# postings are read in 3 ms (at 5,000 articles 1 ms, bounds take 3).
FREQUENT_FROM = 16_384
_KINDS = {
    "ids": "<i8", "digests": "<u8", "keys": "<u8", "starts": "<i8", "rows": "<i4", "counts": "|u1",
    "frequent": "<u8", "held": "<i8", "matrix": "|u1",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Document:
    """What the index takes of an article."""

    article_id: int
    title: str
    text: str
    digest: str  # changes when title or text do


@dataclass(frozen=True, slots=True)
class Segment:
    """The arrays of one segment; see the module's text for shapes."""

    ids: NDArray[np.int64]
    digests: NDArray[np.uint64]
    keys: NDArray[np.uint64]
    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    counts: NDArray[np.uint8]
    frequent: NDArray[np.uint64]
    held: NDArray[np.int64]
    matrix: NDArray[np.uint8]

    def table(self) -> NDArray[np.uint8]:
        """`matrix` as (n_articles, n_frequent)."""
        return self.matrix.reshape(len(self.ids), len(self.frequent))

    def postings(self) -> int:
        """How many terms its articles hold, each article's counted by themselves."""
        return len(self.rows) + int(self.held.sum())


class Counted(NamedTuple):
    """Postings term after term, as in a segment."""

    keys: NDArray[np.uint64]
    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    counts: NDArray[np.uint8]


def count(documents: Sequence[Document], analyzer: Analyzer) -> Segment:
    """The segment of some articles."""
    import numpy as np

    ids = np.array([document.article_id for document in documents], np.int64)
    digests = np.array([term_key(document.digest) for document in documents], np.uint64)
    return laid_out(ids, digests, *counted([(one.title, one.text) for one in documents], analyzer))


def counted(texts: Sequence[tuple[str, str]], analyzer: Analyzer) -> Counted:
    """Count the terms of titles and texts: what scikit-learn's CountVectorizer counts, a title's as often as it weighs.

    Words are numbered as they come; pairs are made of two neighbours' keys, and never as strings.
    """
    import numpy as np

    words, sizes, key_of = analyzer.numbered([part for text in texts for part in text])
    part_of = np.repeat(np.arange(len(sizes)), sizes)
    rows = (part_of // 2).astype(np.int32)
    weighs = np.where(part_of % 2 == 0, TITLE_WEIGHT, 1)
    single = words != MARK
    paired = single[:-1] & single[1:] & (part_of[:-1] == part_of[1:])
    keys = np.concatenate(
        [key_of[words[single]], pair_keys(key_of[words[:-1][paired]], key_of[words[1:][paired]])]
    )
    where = np.concatenate([np.flatnonzero(single), np.flatnonzero(paired)])
    return _summed(keys, rows[where], weighs[where])


def _summed(keys: NDArray[np.uint64], rows: NDArray[np.int32], weighs: NDArray[np.int64]) -> Counted:
    """Terms as they stand, an entry an occurrence, each key's rows ascending."""
    import numpy as np

    if not keys.size:
        return Counted(keys, np.zeros(1, np.int64), rows, np.empty(0, np.uint8))
    order = np.argsort(keys, kind="stable")  # stable: rows stay ascending within a term
    keys, rows = keys[order], rows[order]
    new_key = np.diff(keys, prepend=~keys[:1]) != 0
    first = np.flatnonzero(new_key | (np.diff(rows, prepend=-1) != 0))
    counts = np.minimum(np.add.reduceat(weighs[order], first), MAX_COUNT).astype(np.uint8)
    starts = np.append(np.flatnonzero(new_key[first]), len(first)).astype(np.int64)
    return Counted(keys[new_key], starts, rows[first], counts)


def laid_out(
    ids: NDArray[np.int64], digests: NDArray[np.uint64], keys: NDArray[np.uint64],
    starts: NDArray[np.int64], rows: NDArray[np.int32], counts: NDArray[np.uint8],
) -> Segment:  # fmt: skip
    """A segment of postings term after term, the frequent terms put apart."""
    import numpy as np

    sizes = np.diff(starts)
    often = sizes > FREQUENT * len(ids) if len(ids) >= FREQUENT_FROM else np.zeros(len(keys), bool)
    chosen = np.flatnonzero(often)
    table = np.zeros((len(ids), len(chosen)), np.uint8)
    for column, term in enumerate(chosen.tolist()):
        span = slice(starts[term], starts[term + 1])
        table[rows[span], column] = counts[span]
    if chosen.size:
        left = np.repeat(~often, sizes)
        rows, counts = rows[left], counts[left]
    begin = np.concatenate([[0], np.cumsum(sizes[~often])]).astype(np.int64)
    return Segment(
        ids, digests, keys[~often], begin, rows, counts, keys[chosen], sizes[chosen], table.reshape(-1)
    )


def frequencies(
    segment: Segment, alive: NDArray[np.bool_]
) -> Iterator[tuple[NDArray[np.uint64], NDArray[np.int64]]]:
    """How many living articles hold each term: keys, ascending, and numbers; of the other and the frequent terms."""
    import numpy as np

    if alive.all():
        yield segment.keys, np.diff(segment.starts)
        yield segment.frequent, segment.held
        return
    living = alive[segment.rows]
    none = np.zeros(0, np.int64)  # reduceat takes no empty list
    yield segment.keys, np.add.reduceat(living, segment.starts[:-1], dtype=np.int64) if living.size else none
    yield segment.frequent, np.count_nonzero(segment.table()[alive], axis=0)


def common(
    left: NDArray[np.uint64], right: NDArray[np.uint64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Positions of the keys that both hold, in one and in the other; both ascending."""
    import numpy as np

    if len(left) > len(right):  # look the few up among the many
        there, here = common(right, left)
        return here, there
    place = np.minimum(np.searchsorted(right, left), max(len(right) - 1, 0))
    here = np.flatnonzero(right[place] == left) if len(right) else place[:0]
    return here, place[here]


def save(segment: Segment, folder: Path) -> None:
    """Write a segment so that the folder appears whole or not at all.

    Raises:
        OSError: where it can't be written.
    """
    save_arrays({field.name: getattr(segment, field.name) for field in fields(Segment)}, folder)


def load(folder: Path) -> Segment:
    """Open a segment's arrays without reading them.

    Raises:
        FileNotFoundError: a file is gone.
        ArchiveError: the arrays don't fit each other, so somebody else wrote them or a disk lost a part.
    """
    segment = Segment(**load_arrays(folder, _KINDS))
    fits = (
        len(segment.ids) == len(segment.digests)
        and len(segment.starts) == len(segment.keys) + 1
        and len(segment.rows) == len(segment.counts) == segment.starts[-1]
        and len(segment.frequent) == len(segment.held)
        and len(segment.matrix) == len(segment.ids) * len(segment.frequent)
    )
    if not fits:
        raise ArchiveError("damaged topic index: arrays of different lengths", where=folder, hint=REBUILD)
    return segment
