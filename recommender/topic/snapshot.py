"""Document frequencies as they were at one moment: what weights are made of until the archive has outgrown them.

    taken ─► weights of every question, norms of every article ─► … ─► DRIFT of the articles changed ─► taken anew

An article that is added later is weighed with the snapshot's figures: once, when it is put in, at the cost of
its own size. Its terms that the snapshot doesn't know were in no article and not in the background either,
so their frequency is 0. While the snapshot is the archive itself (just built, just taken anew, or fewer than
ten articles), scores are those of TF-IDF over the archive as it is.

A snapshot is an immutable folder of .npy arrays:

    documents    (1,)        float64  articles counted, the background's share included (weights.py)
    keys         (n_terms,)  uint64   term keys, ascending
    frequencies  (n_terms,)  float64  articles that hold each, the background's share included
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from recommender.errors import ArchiveError
from recommender.topic import weights
from recommender.topic.arrays import REBUILD, load_arrays, save_arrays
from recommender.topic.background import Background
from recommender.topic.segments import Segment, common, frequencies

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Share of the snapshot's articles that may be added, replaced or removed before it is taken anew. Taking it reads
# every posting, so a growing archive pays for each article about ten times over its whole life, however large.
DRIFT = 0.1
BLOCK = 2_048  # articles weighed at once: some 20 MB


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Document frequencies; see the module's text for shapes."""

    documents: float
    keys: NDArray[np.uint64]
    frequencies: NDArray[np.float64]

    def idf(self, keys: NDArray[np.uint64]) -> NDArray[np.float64]:
        """idf of weights.py for ascending keys; shape of `keys`."""
        import numpy as np

        held = np.zeros(len(keys))
        here, there = common(keys, self.keys)
        held[here] = self.frequencies[there]
        return weights.idf(keys, held, self.documents)


def take(segments: Sequence[Segment], alive: Sequence[NDArray[np.bool_]], background: Background) -> Snapshot:
    """Count the living articles and add the background's share."""
    import numpy as np

    share = weights.BACKGROUND_WEIGHT
    known = share * background.frequencies.astype(np.float64)
    start = Snapshot(share * background.documents, background.keys, known)
    return added(start, segments, alive)


def added(before: Snapshot, segments: Sequence[Segment], alive: Sequence[NDArray[np.bool_]]) -> Snapshot:
    """A snapshot with the living articles of some more segments."""
    import numpy as np

    counted = [one for pair in zip(segments, alive, strict=True) for one in frequencies(*pair)]
    # np.unique would do, but its hash table takes eight times as long as merging what is in order already
    keys = np.sort(np.concatenate([before.keys, *(own for own, _ in counted)]), kind="stable")
    keys = keys[np.diff(keys, prepend=~keys[:1]) != 0]
    total = np.zeros(len(keys))
    here, there = common(keys, before.keys)
    total[here] += before.frequencies[there]
    for own, held in counted:
        here, there = common(keys, own)
        total[here] += held[there]
    return Snapshot(before.documents + sum(int(mask.sum()) for mask in alive), keys, total)


def lengths(segment: Segment, snapshot: Snapshot) -> NDArray[np.float64]:
    """How long each article's weight vector is, and how long the part of it in frequent terms; shape (2, n_articles).

    Reads every posting of the segment once.
    """
    import numpy as np

    weight = weights.tf(segment.counts) * np.repeat(snapshot.idf(segment.keys), np.diff(segment.starts))
    other = np.bincount(segment.rows, weight**2, len(segment.ids))
    idf, table = snapshot.idf(segment.frequent), segment.table()
    often = np.zeros(len(table))
    for start in range(0, len(table), BLOCK):
        often[start : start + BLOCK] = np.square(weights.tf(table[start : start + BLOCK]) * idf).sum(axis=1)
    return np.sqrt([other + often, often])


def save(snapshot: Snapshot, folder: Path) -> None:
    """Write a snapshot so that the folder appears whole or not at all.

    Raises:
        OSError: where it can't be written.
    """
    import numpy as np

    documents = np.array([snapshot.documents])
    arrays = {"documents": documents, "keys": snapshot.keys, "frequencies": snapshot.frequencies}
    save_arrays(arrays, folder)


def link(folder: Path, other: Path) -> None:
    """The same snapshot in another folder, on the same disk as the same files, which memory then holds once.

    Raises:
        OSError: where it can't be written.
    """
    if other.is_dir():
        return
    unfinished = other.with_name(f"{other.name}.tmp")
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        shutil.copytree(folder, unfinished, copy_function=os.link)
    except (shutil.Error, OSError):  # another file system, or one without links
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.copytree(folder, unfinished)
    unfinished.replace(other)


def load(folder: Path) -> Snapshot:
    """Open a snapshot's arrays without reading them.

    Raises:
        FileNotFoundError: a file is gone.
        ArchiveError: the arrays don't fit each other.
    """
    arrays = load_arrays(folder, {"documents": "<f8", "keys": "<u8", "frequencies": "<f8"})
    if len(arrays["documents"]) != 1 or len(arrays["keys"]) != len(arrays["frequencies"]):
        raise ArchiveError("damaged topic index: arrays of different lengths", where=folder, hint=REBUILD)
    return Snapshot(float(arrays["documents"][0]), arrays["keys"], arrays["frequencies"])
