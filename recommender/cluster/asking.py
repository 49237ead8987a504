"""A question to all shards: here, from mapped files, or on the cluster's workers; then merged.

question ─► each shard: what passes the filters, its index ─► ids and scores, or nothing in time ─► merge ─► the best
ones' rows and shared terms, which cost a small shard several times what its scores do

A shard that is broken or too slow leaves a gap that is told, and holds no answer up beyond the time that it has.
"""

from __future__ import annotations

import queue
import threading
import time
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from recommender.choosing import Choice, Passing, passing
from recommender.cluster import layout, table
from recommender.cluster.deciding import hash_of
from recommender.cluster.engine import Engine
from recommender.cluster.layout import Made, Shard
from recommender.cluster.merge import Merged, merged
from recommender.errors import ArchiveError
from recommender.models import Article, Hit, TermShare
from recommender.topic.index import TopicIndex

TIMEOUT = (
    30.0  # seconds for all shards; one of 100,000 articles answers in 20 ms once its files are in memory
)
FOR_HITS = (
    0.75  # of that time; of what is left half goes to the rows, and half of the rest where some don't come
)
OPEN = 256  # shards kept open: their files are mapped, so this costs addresses and the lengths of vectors


@dataclass(frozen=True, slots=True)
class Question:
    """What each shard is asked."""

    title: str
    text: str
    limit: int
    exclude: tuple[int, ...] = ()
    choice: Choice | None = None  # of which dates and sites count here
    published: date | None = None  # of what is compared with
    terms: int | None = 10  # largest shares that each hit of the merged answer carries; None for all


@dataclass(frozen=True, slots=True)
class Answer:
    """What one shard says."""

    hits: list[Hit]  # without terms
    passed: Passing | None = None  # how many it left out; without ids


def ask_shard(folder: str, snapshot: str, articles: int, question: Question) -> Answer:
    """One shard's nearest. Runs in a worker, or in a thread here.

    Raises:
        ArchiveError: the shard is damaged, gone, or not of this set.
    """
    index, passed, only = _opened(folder, snapshot, articles), None, None
    if question.choice is not None and question.choice.filters():
        found = passing(question.choice, facts(folder), question.published)
        only = found.ids
        passed = Passing(frozenset(), frozenset(), found.elsewhere, found.outside, found.undated)
    hits = index.query(
        question.title, question.text, limit=question.limit, exclude=question.exclude, only=only, terms=0
    )
    return Answer(hits, passed)


@lru_cache(maxsize=OPEN)
def _opened(folder: str, snapshot: str, articles: int) -> TopicIndex:
    index = TopicIndex.open(Path(folder) / "index")
    frozen = index.state.snapshot
    if frozen is None or frozen.name != snapshot or len(index) != articles:
        raise ArchiveError("not the shard that was built", where=folder, hint=layout.AGAIN)
    if not index.fresh:
        hint = "build it anew: this version of readmore weighs words with other figures"
        raise ArchiveError("weighed with another background", where=folder, hint=hint)
    return index


@lru_cache(maxsize=8)  # a filtered question often is followed by another; 100,000 articles take some 60 MB
def facts(folder: str) -> tuple[Article, ...]:
    """What filters look at, of every article of a shard.

    Raises:
        ArchiveError: its table can't be read.
    """
    try:
        return tuple(
            Article(
                row["url"], "", "", None, row["outlet"], row["published"], row["canonical_url"], id=row["id"]
            )
            for row in table.facts(Path(folder) / "articles.parquet")
        )
    except (OSError, ValueError) as error:
        raise ArchiveError(f"a damaged table: {error}", where=folder, hint=layout.AGAIN) from error


def rows_of(folder: str, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """What is kept of some articles of a shard, by id. Runs where `ask_shard` does.

    Raises:
        ArchiveError: its table can't be read, or is another's.
    """
    import numpy as np

    try:
        held = np.load(Path(folder) / "ids.npy", mmap_mode="r")
        places = np.flatnonzero(np.isin(held, list(ids))).tolist()
        found = {row["id"]: row for row in table.at(Path(folder) / "articles.parquet", places)}
    except (OSError, ValueError) as error:
        raise ArchiveError(f"a damaged table: {error}", where=folder, hint=layout.AGAIN) from error
    if not set(found) <= set(ids):
        raise ArchiveError("a damaged table: other ids", where=folder, hint=layout.AGAIN)
    return found


@dataclass(frozen=True, slots=True)
class Shown:
    """What one shard says of some of its hits."""

    rows: dict[int, dict[str, Any]]
    terms: dict[int, tuple[TermShare, ...]]


def show_hits(folder: str, snapshot: str, articles: int, question: Question, ids: Sequence[int]) -> Shown:
    """What is kept of some of a shard's hits, and the terms that they share. Runs where `ask_shard` does.

    Raises:
        ArchiveError: as `ask_shard` and `rows_of`.
    """
    rows = rows_of(folder, ids)
    index = _opened(folder, snapshot, articles)
    hits = index.query(question.title, question.text, limit=len(ids), only=ids, terms=question.terms)
    terms = {hit.article_id: hit.terms for hit in hits}
    if not rows.keys() == terms.keys() == set(ids):
        raise ArchiveError("its table and its index differ", where=folder, hint=layout.AGAIN)
    return Shown(rows, terms)


@dataclass(frozen=True, slots=True)
class Reply:
    """The nearest of all shards that answered, with what is kept of them."""

    merged: Merged
    rows: Mapping[int, dict[str, Any]]
    passed: Passing  # how many articles the filters left out


class Sharded:
    """A finished sharded archive.

    Args:
        folder: of it.
        engine: the cluster to ask; None to ask the shards here.

    Raises:
        ArchiveError: it is unfinished or damaged.
    """

    def __init__(self, folder: Path, engine: Engine | None = None) -> None:
        self._folder, self._engine = folder.absolute(), engine
        made = layout.read(folder).made
        if made is None:
            raise ArchiveError("not finished", where=folder, hint=f"{layout.AGAIN}: it goes on")
        self.made: Made = made

    def path(self, shard: Shard) -> str:
        """Where a shard lies."""
        return str(self._folder / self.made.folder / shard.name)

    def ask(self, question: Question, timeout: float = TIMEOUT) -> Reply:
        """The nearest articles of all shards.

        Args:
            question: what to ask.
            timeout: seconds that all shards have together, for both their hits and the rows of these.
        """
        until = time.monotonic() + timeout
        rows: dict[int, dict[str, Any]] = {}
        terms: dict[int, tuple[TermShare, ...]] = {}
        calls = {
            one.name: (self.path(one), self.made.snapshot, one.articles, question) for one in self.made.shards
        }
        answers: dict[str, Answer] = self._within(ask_shard, calls, FOR_HITS * timeout)
        while True:
            hits = {name: answers[name].hits if name in answers else None for name in calls}
            found = merged(hits, question.limit)
            of = self._by_shard([hit.article_id for hit in found.hits if hit.article_id not in rows])
            left = max(0.0, until - time.monotonic()) / 2
            read = self._within(show_hits, {name: (*calls[name], ids) for name, ids in of.items()}, left)
            for shown in read.values():
                rows.update(shown.rows)
                terms.update(shown.terms)
            missing = of.keys() - read.keys()
            if not missing:
                break
            for name in missing:  # its hits can't be shown: it is as if it had not answered
                del answers[name]
        best = tuple(replace(hit, terms=terms[hit.article_id]) for hit in found.hits)
        return Reply(replace(found, hits=best), rows, _sum(answers.values()))

    def row(self, number: int, timeout: float = TIMEOUT) -> dict[str, Any] | None:
        """What is kept of one article; None where there is none, or its shard can't be read."""
        of = self._by_shard([number])
        calls = {one.name: (self.path(one), of[one.name]) for one in self.made.shards if one.name in of}
        found = self._within(rows_of, calls, timeout)
        return next((several[number] for several in found.values() if number in several), None)

    def at(self, url: str, timeout: float = TIMEOUT) -> int | None:
        """The article of an address."""
        from recommender.crawl.urls import url_key

        address = hash_of(url_key(url))
        calls = {one.name: (self.path(one), one.first, address) for one in self.made.shards}
        found = self._within(_at, calls, timeout)
        return next((number for number in found.values() if number), None)

    def _by_shard(self, ids: Sequence[int]) -> dict[str, list[int]]:
        firsts = [one.first for one in self.made.shards]
        of: dict[str, list[int]] = {}
        for number in ids:
            if number >= 1:
                of.setdefault(self.made.shards[bisect_right(firsts, number) - 1].name, []).append(number)
        return of

    def _within(
        self, run: Callable[..., Any], calls: Mapping[str, Sequence[Any]], seconds: float
    ) -> dict[str, Any]:
        if self._engine is not None:
            return self._engine.within(run, calls, seconds)
        return here(run, calls, seconds)


def _at(folder: str, first: int, address: int) -> int:
    """The id of an address, by its hash, in one shard; 0 where it is not there. Ids go by these hashes."""
    import numpy as np

    held = np.load(Path(folder) / "addresses.npy", mmap_mode="r")
    place = int(np.searchsorted(held, np.uint64(address)))
    return first + place if place < len(held) and int(held[place]) == address else 0


def _sum(answers: Any) -> Passing:
    passed = [one.passed for one in answers if one.passed]
    return Passing(
        elsewhere=sum(one.elsewhere for one in passed),
        outside=sum(one.outside for one in passed),
        undated=sum(one.undated for one in passed),
    )


def here(run: Callable[..., Any], calls: Mapping[str, Sequence[Any]], seconds: float) -> dict[str, Any]:
    """As `Engine.within`, in threads of this process: numpy lets go of Python's lock in most of a question's work.

    The threads are daemons: one that hangs on a disk holds up neither the answer nor the end of the program.
    """
    from recommender import workers

    todo: queue.SimpleQueue[tuple[str, Sequence[Any]]] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
    for call in calls.items():
        todo.put(call)
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            try:
                name, arguments = todo.get_nowait()
            except queue.Empty:
                return
            try:
                done.put((name, run(*arguments)))
            except Exception as error:  # noqa: BLE001 - whatever is wrong with a shard, the others answer
                done.put((name, error))

    for _ in range(min(len(calls), 2 * workers.cores())):
        threading.Thread(target=work, daemon=True).start()
    found, until = {}, time.monotonic() + seconds
    try:
        for _ in calls:
            name, answer = done.get(timeout=max(0.001, until - time.monotonic()))
            if not isinstance(answer, Exception):
                found[name] = answer
    except queue.Empty:
        pass
    finally:
        stop.set()
    return found
