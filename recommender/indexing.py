"""`index`: the topic index brought up to date, made anew, described."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from recommender.similar import current_index
from recommender.store.database import Store
from recommender.topic.index import TopicIndex


@dataclass(frozen=True, slots=True)
class Stats:
    """What an index is made of.

    Attributes:
        articles, archived: in the index; in the archive.
        terms: different ones, single words and pairs.
        postings: how often "this term stands in this article" is true.
        bytes: of all its files.
        snapshot_made, snapshot_articles: when its weights' frequencies were counted (ISO, UTC), among how many.
        changed: articles added, replaced or removed since.
        drift: `changed` as a share of `snapshot_articles`.
        up_to_date: nothing is left to do before a question.
    """

    articles: int
    archived: int
    segments: int
    terms: int
    postings: int
    bytes: int
    snapshot_made: str | None
    snapshot_articles: int
    changed: int
    drift: float
    up_to_date: bool


def bring_up_to_date(store: Store, tick: Callable[[int], None]) -> int:
    """Learn what is new or changed, forget what is gone; gives how many articles the index holds."""
    return len(current_index(store, tick))


def make_anew(store: Store, tick: Callable[[int], None]) -> int:
    """Throw the index away and build it from the archive; gives how many articles it holds."""
    TopicIndex.rebuild(store.index_folder)
    return bring_up_to_date(store, tick)


def stats(store: Store) -> Stats:
    """Describe the index as it lies there; nothing is written.

    Raises:
        ArchiveError: the index is damaged or of another version.
    """
    import numpy as np

    index = TopicIndex.open(store.index_folder)
    keys = [keys for segment in index.segments for keys in (segment.keys, segment.frequent)]
    frozen = index.state.snapshot
    files = store.index_folder.rglob("*")
    return Stats(
        articles=len(index),
        archived=store.library.count(),
        segments=len(index.segments),
        terms=len(np.unique(np.concatenate(keys))) if keys else 0,
        postings=sum(segment.postings() for segment in index.segments),
        bytes=sum(path.stat().st_size for path in files if path.is_file()),
        snapshot_made=frozen.made if frozen else None,
        snapshot_articles=frozen.articles if frozen else 0,
        changed=index.state.changed,
        drift=round(index.state.changed / frozen.articles, 4) if frozen and frozen.articles else 0.0,
        up_to_date=index.seen == store.library.last_change() and index.fresh,
    )
