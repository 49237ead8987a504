"""One immutable part of the topic index: which terms stand how often in which articles.

A segment is a folder of .npy arrays, read through mmap, laid out by term (an inverted index), so that a
question reads only the postings of its own terms:

    ids      (n_articles,)   int64    article ids
    digests  (n_articles,)   uint64   of each article's content
    keys     (n_terms,)      uint64   term keys (vectorizer.term_key), ascending
    starts   (n_terms + 1,)  int64    term i's postings are starts[i]:starts[i + 1]
    rows     (n_postings,)   int32    positions in `ids`, ascending within a term
    counts   (n_postings,)   uint16   how often the term stands in the article, at most 65,535
"""

from __future__ import annotations

import mmap
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recommender.errors import ArchiveError
from recommender.topic.vectorizer import MARK, TITLE_WEIGHT, Analyzer, pair_keys, term_key

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_COUNT = 65_535  # of uint16; 1 + ln of it is 12, so nothing is lost that a score would show
# The head of a .npy file of version 1 with one dimension: the length of the rest of it, the kind, the size.
_HEAD = re.compile(
    rb"\x93NUMPY\x01\x00(..)\{'descr': '([<>|a-z0-9]+)', 'fortran_order': False, 'shape': \((\d+),\), \}",
    re.S,
)
REBUILD = "`index --rebuild` makes it anew from the archive"


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
    counts: NDArray[np.uint16]


def count(documents: Sequence[Document], analyzer: Analyzer) -> Segment:
    """Count the terms of articles: what scikit-learn's CountVectorizer counts, a title's as often as it weighs.

    Words are numbered as they come; pairs are made of two neighbours' keys, and never as strings.
    """
    import numpy as np

    ids = np.array([document.article_id for document in documents], np.int64)
    digests = np.array([term_key(document.digest) for document in documents], np.uint64)
    parts, key_of = analyzer.numbered([part for one in documents for part in (one.title, one.text)])
    sizes = [len(part) for part in parts]
    words = np.concatenate([*parts, np.empty(0, np.int32)])
    part_of = np.repeat(np.arange(len(parts)), sizes)
    rows = (part_of // 2).astype(np.int32)
    weighs = np.where(part_of % 2 == 0, TITLE_WEIGHT, 1)
    single = words != MARK
    paired = single[:-1] & single[1:] & (part_of[:-1] == part_of[1:])
    keys = np.concatenate(
        [key_of[words[single]], pair_keys(key_of[words[:-1][paired]], key_of[words[1:][paired]])]
    )
    where = np.concatenate([np.flatnonzero(single), np.flatnonzero(paired)])
    return _counted(ids, digests, keys, rows[where], weighs[where])


def _counted(
    ids: NDArray[np.int64], digests: NDArray[np.uint64], keys: NDArray[np.uint64],
    rows: NDArray[np.int32], weighs: NDArray[np.int64],
) -> Segment:  # fmt: skip
    """A segment of terms as they stand, an entry an occurrence, each key's rows ascending."""
    import numpy as np

    if not keys.size:
        return _empty(ids, digests)
    order = np.argsort(keys, kind="stable")  # stable: rows stay ascending within a term
    keys, rows = keys[order], rows[order]
    new_key = np.diff(keys, prepend=~keys[:1]) != 0
    first = np.flatnonzero(new_key | (np.diff(rows, prepend=-1) != 0))
    counts = np.add.reduceat(weighs[order], first)
    starts = np.append(np.flatnonzero(new_key[first]), len(first)).astype(np.int64)
    return Segment(
        ids, digests, keys[new_key], starts, rows[first], np.minimum(counts, MAX_COUNT).astype(np.uint16)
    )


def merge(parts: Sequence[tuple[Segment, NDArray[np.bool_]]]) -> Segment:
    """One segment of several, articles in the order given, without those whose `alive` is false.

    Args:
        parts: each a segment and `alive`, shape (n_articles,).
    """
    import numpy as np

    ids = np.concatenate([part.ids[alive] for part, alive in parts])
    digests = np.concatenate([part.digests[alive] for part, alive in parts])
    keys, rows, counts, first = [], [], [], 0
    for part, alive in parts:
        kept = alive[part.rows]
        place = np.cumsum(alive, dtype=np.int64) - 1 + first
        keys.append(np.repeat(part.keys, np.diff(part.starts))[kept])
        rows.append(place[part.rows[kept]])
        counts.append(part.counts[kept])
        first += int(alive.sum())
    key_of = np.concatenate(keys)
    if not key_of.size:
        return _empty(ids, digests)
    order = np.argsort(key_of, kind="stable")  # stable: rows stay ascending within a term
    unique, begin = np.unique(key_of[order], return_index=True)
    starts = np.append(begin, key_of.size).astype(np.int64)
    return Segment(
        ids,
        digests,
        unique,
        starts,
        np.concatenate(rows)[order].astype(np.int32),
        np.concatenate(counts)[order],
    )


def postings(segment: Segment, terms: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where the postings of some terms lie, term after term, and how many each has.

    Args:
        terms: positions in `keys`, shape (n,).
    """
    import numpy as np

    begin = segment.starts[terms]
    size = segment.starts[terms + 1] - begin
    where = np.repeat(begin - np.cumsum(size) + size, size) + np.arange(int(size.sum()))
    return where, size


def frequencies(segment: Segment, alive: NDArray[np.bool_], terms: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many living articles hold each of some terms (positions in `keys`); shape of `terms`."""
    import numpy as np

    if alive.all() or not terms.size:
        return segment.starts[terms + 1] - segment.starts[terms]
    where, size = postings(segment, terms)
    living = np.add.reduceat(alive[segment.rows[where]], np.cumsum(size) - size, dtype=np.int64)
    return np.asarray(living)


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


def save_arrays(arrays: Mapping[str, NDArray[Any]], folder: Path) -> None:
    """Write arrays, each a file, so that the folder appears whole or not at all.

    Raises:
        OSError: where they can't be written.
    """
    import numpy as np

    unfinished = folder.with_name(f"{folder.name}.tmp")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    for name, values in arrays.items():
        with (unfinished / f"{name}.npy").open("wb") as file:
            np.save(file, values)
            file.flush()
            os.fsync(file.fileno())
    unfinished.replace(folder)


def load(folder: Path) -> Segment:
    """Open a segment's arrays without reading them.

    Raises:
        FileNotFoundError: a file is gone.
        ArchiveError: the arrays don't fit each other, so somebody else wrote them or a disk lost a part.
    """
    kinds = {"ids": "<i8", "digests": "<u8", "keys": "<u8", "starts": "<i8", "rows": "<i4", "counts": "<u2"}
    segment = Segment(**load_arrays(folder, kinds))
    fits = (
        len(segment.ids) == len(segment.digests)
        and len(segment.starts) == len(segment.keys) + 1
        and len(segment.rows) == len(segment.counts) == segment.starts[-1]
    )
    if not fits:
        raise ArchiveError("damaged topic index: arrays of different lengths", where=folder, hint=REBUILD)
    return segment


def load_arrays(folder: Path, kinds: Mapping[str, str]) -> dict[str, NDArray[Any]]:
    """Open one-dimensional arrays of these kinds without reading them. Raises as `load`."""
    arrays = {}
    for name, kind in kinds.items():
        try:
            arrays[name] = _mapped(folder / f"{name}.npy", kind)
        except ValueError as error:
            raise ArchiveError(f"damaged topic index: {error}", where=folder, hint=REBUILD) from error
    return arrays


def _mapped(path: Path, kind: str) -> NDArray[Any]:
    """A file of `save_arrays`, mapped. np.load does it too, in six times the time: a question opens a hundred.

    Raises:
        FileNotFoundError: it is gone.
        ValueError: it is no such file, or shorter than it says.
    """
    import numpy as np

    with path.open("rb") as file:
        head = _HEAD.match(file.read(128))
        if not head or head[2].decode() != kind:
            raise ValueError("wrong kind of array")
        memory = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return np.frombuffer(memory, kind, int(head[3]), 10 + int.from_bytes(head[1], "little"))


def _empty(ids: NDArray[np.int64], digests: NDArray[np.uint64]) -> Segment:
    """Articles without a term."""
    import numpy as np

    no_keys, starts = np.empty(0, np.uint64), np.zeros(1, np.int64)
    return Segment(ids, digests, no_keys, starts, np.empty(0, np.int32), np.empty(0, np.uint16))
