"""Chunks ─► shards: each with its articles as Parquet and a topic index; then one count of terms for all of them.

TF-IDF comes apart exactly: a shard counts its own terms, the document frequencies of all shards are added up, and every
shard weighs with the sum. So each article has the weights that it has in one index over everything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recommender.cluster import layout, table
from recommender.models import Article
from recommender.store.rows import text_digest
from recommender.topic.index import Document, TopicIndex

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def chosen_path(made: Path, name: str) -> Path:
    """Which pages a shard is made of: (n, 5) int64, in the order of their places.

    Columns: part, chunk, row, id, and the hash of the address, whose 64 bits count without a sign.
    """
    return made / "chosen" / f"{name}.npy"


def make_shard(made: str, name: str, parts: Sequence[str]) -> int:
    """Write one shard, unless that is done. Runs in a worker.

    Args:
        made: folder of the set of shards.
        name: of the shard.
        parts: the folders of all parts, in the order that `chosen` numbers them in.

    Returns:
        how many articles it holds.
    """
    import numpy as np

    final = Path(made) / name
    chosen = np.load(chosen_path(Path(made), name))
    if final.is_dir():
        return len(chosen)
    columns = table.schema()
    with layout.appearing(final) as new:
        with table.writer(new / "articles.parquet", columns) as out:
            index = TopicIndex.open(new / "index")
            index.update((_document(row) for row in _kept(chosen, parts, out, columns)), cores=1)
        np.save(new / "ids.npy", chosen[:, 3])
        np.save(new / "addresses.npy", np.sort(chosen[:, 4].astype(np.uint64)))
    return len(chosen)


def _kept(
    chosen: NDArray[np.int64], parts: Sequence[str], out: Any, columns: Any
) -> Iterator[dict[str, Any]]:
    """The rows of a shard, with their ids, written on the way."""
    for (part, chunk), group in groupby(chosen.tolist(), key=lambda one: one[:2]):
        here = list(group)
        path = layout.chunk_folder(Path(parts[part]), chunk) / "articles.parquet"
        rows = table.at(path, [row for _, _, row, _, _ in here])
        made = [{"id": number, **row} for (_, _, _, number, _), row in zip(here, rows, strict=True)]
        table.write(out, made, columns)
        yield from made


def _document(row: dict[str, Any]) -> Document:
    return Document(
        row["id"], row["title"], row["text"], text_digest(Article(None, row["title"], row["text"]))
    )


def one_snapshot(made: Path, names: Sequence[str]) -> str:
    """Add up the document frequencies of all shards, a shard at a time; gives the snapshot's name."""
    from recommender.topic import background, manifest, snapshot

    total = snapshot.take([], [], background.shipped())
    for name in names:
        index = TopicIndex.open(made / name / "index")
        total = snapshot.added(total, index.segments, [entry.alive() for entry in index.state.entries])
    name = manifest.new_name("snapshot")
    snapshot.save(total, made / name)
    return name


def weigh_shard(made: str, name: str, snapshot: str) -> int:
    """Let a shard weigh with the snapshot of all. Runs in a worker; gives how many articles it holds."""
    index = TopicIndex.open(Path(made) / name / "index")
    index.adopt(Path(made) / snapshot)
    return len(index)
