"""The tables made anew from the WARCs, and the tail of a killed run taken in: both do again what the WARCs say.

    files ─► units by their number (Readmore-Order) ─► read in workers ─► applied in order ─► a new database
                                                                                              in the old one's place

Captures, articles, addresses, changes, seeds and links come out equal. What no WARC holds is carried over from
the old database where that can be read: the accounts of runs, checks of links, and saves.
"""

from __future__ import annotations

import fcntl
import heapq
import json
import os
import sqlite3
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from recommender.crawl.archivist import Archivist
from recommender.crawl.readers import Readers
from recommender.crawl.reading_copies import Reading, without_reading
from recommender.errors import ArchiveError
from recommender.intake import replay as replay_articles
from recommender.store import carry
from recommender.store.claims import running
from recommender.store.database import FILENAME, Store
from recommender.store.journal import applied
from recommender.store.warc import Damage, StoredCapture, StoredNotes, Unit, scan

NEW = "readmore.db.new"  # no .db at its end: Datasette must not take it for an archive
OLD = "readmore.db.old"
BATCH = 200  # units a transaction
AHEAD = 16  # units read ahead of the one applied


@dataclass(slots=True)
class Rebuilt:
    """The account: what was done again, and what could not be."""

    captures: int = 0
    imports: int = 0  # batches of articles
    notes: int = 0
    articles: int = 0
    links: int = 0
    damage: list[Damage] = field(default_factory=list)
    carried: dict[str, int] = field(default_factory=dict)  # rows by table


def rebuild(folder: Path, tick: Callable[[int], None] = lambda _: None) -> Rebuilt:
    """Make an archive's database anew from its WARCs; the old one stays beside it as `readmore.db.old`.

    Args:
        folder: of the archive.
        tick: told of each unit that is done.

    Raises:
        ArchiveError: there are no WARCs, another process is at work, or the folder can't be written.
    """
    files = sorted((folder / "warc").glob("*.warc.gz"))
    if not files:
        raise ArchiveError("no WARC files to rebuild from", where=folder / "warc")
    if running(folder):
        raise ArchiveError("a fetch is at work here", where=folder, hint="rebuild when it has ended")
    try:
        for name in (NEW, f"{NEW}-wal", f"{NEW}-shm"):
            (folder / name).unlink(missing_ok=True)
        with Store.open(folder, create=True, filename=NEW) as store, Readers() as readers:
            done = Rebuilt()
            _replay(store, readers, _in_order(files, {}, done.damage), done, tick, late=False)
            done.articles = store.library.count()
            done.links = sum(len(store.lists.links(seed.id)) for seed in store.lists.all())
            done.carried = carry.over(folder / FILENAME, store)
        _swap(folder)
    except OSError as error:
        raise ArchiveError(f"can't rebuild: {error.strerror or error}", where=folder) from error
    return done


def recover(store: Store) -> Rebuilt:
    """Take in what a killed run has put into the WARCs and not into the tables. Cheap where there is none.

    Raises:
        ArchiveError: the archive can't be read or written.
    """
    done = Rebuilt()
    starts = {}
    for path in sorted(store.warc_folder.glob("*.warc.gz")):
        start = store.applied(path.name)
        if path.stat().st_size > start and not _held(path):
            starts[path] = start
    if starts:
        with Readers(1) as readers:
            units = _in_order(list(starts), starts, done.damage)
            _replay(store, readers, units, done, lambda _: None, late=True)
    return done


def _held(path: Path) -> bool:
    """Whether a living process is writing a WARC file."""
    with path.open("rb") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _in_order(
    files: Sequence[Path], starts: dict[Path, int], damage: list[Damage]
) -> Iterator[tuple[Path, Unit]]:
    """The units of all files by their numbers. A file is open from its first unit's turn to its last's."""
    heap: list[tuple[int, int, Path, Unit, Iterator[Unit]]] = []
    waiting = sorted((_first(path, starts.get(path, 0)), path) for path in files)
    place = 0
    while heap or waiting:
        while waiting and (not heap or waiting[0][0] <= heap[0][0]):
            _, path = waiting.pop(0)
            units = _units(path, starts.get(path, 0), damage)
            place = _push(heap, place, path, units)
        if heap:
            _, _, path, unit, units = heapq.heappop(heap)
            yield path, unit
            place = _push(heap, place, path, units)


def _push(
    heap: list[tuple[int, int, Path, Unit, Iterator[Unit]]], place: int, path: Path, units: Iterator[Unit]
) -> int:
    unit = next(units, None)
    if unit is not None:
        heapq.heappush(heap, (unit.order or 0, place, path, unit, units))
    return place + 1


def _units(path: Path, start: int, damage: list[Damage]) -> Iterator[Unit]:
    for item in scan(path, start):
        if isinstance(item, Damage):
            damage.append(item)
        elif item.order is None:
            told = "not written by readmore from here on: `readmore import` takes other WARC files"
            damage.append(Damage(path.name, item.record.offset, told, tail=True))
            return
        else:
            yield item


def _first(path: Path, start: int) -> int:
    """The number of a file's first unit."""
    unit = next(_units(path, start, []), None)
    return (unit.order or 0) if unit else 0


def _replay(
    store: Store, readers: Readers, units: Iterator[tuple[Path, Unit]], done: Rebuilt,
    tick: Callable[[int], None], *, late: bool,
) -> None:  # fmt: skip
    """Apply units in order, captures being read by workers a little ahead."""
    archivist = Archivist(store)
    ahead: deque[tuple[Path, Unit, Future[Reading] | Reading | None]] = deque()
    store.journal.muted = True
    try:
        while True:
            while len(ahead) < AHEAD and (item := next(units, None)) is not None:
                ahead.append((*item, _begin(readers, item[1])))
            if not ahead:
                return
            with store.transaction():
                for _ in range(min(BATCH, len(ahead))):
                    path, unit, reading = ahead.popleft()
                    if store.library.at(path.name, unit.record.offset) is None:
                        _apply(store, archivist, readers, unit, reading, done, late=late)
                    end = unit.record.offset + unit.record.length
                    applied(store.db, path.name, end, unit.order or 0)
                    tick(1)
    finally:
        store.journal.muted = False


def _begin(readers: Readers, unit: Unit) -> Future[Reading] | Reading | None:
    if not isinstance(unit, StoredCapture) or unit.same_as is not None:
        return None
    return without_reading(unit.capture) or readers.submit(
        unit.capture, dict(unit.extra).get("expected-title")
    )


def _apply(
    store: Store, archivist: Archivist, readers: Readers, unit: Unit,
    reading: Future[Reading] | Reading | None, done: Rebuilt, *, late: bool,
) -> None:  # fmt: skip
    """Do again what one unit says."""
    if isinstance(unit, StoredCapture):
        if isinstance(reading, Future):
            reading = readers.result(reading, unit.capture, dict(unit.extra).get("expected-title"))
        archivist.replay(unit, reading or Reading(unit.capture.verdict))
        done.captures += 1
    elif isinstance(unit, StoredNotes):
        for event in unit.events:
            try:
                store.lists.replay(json.loads(event), late=late)
            except (KeyError, ValueError, TypeError) as error:
                told = f"an event can't be done again: {type(error).__name__}: {error}"
                done.damage.append(Damage(unit.record.file, unit.record.offset, told, tail=False))
        done.notes += 1
    else:
        replay_articles(store, unit.lines, unit.at, archivist.twins)
        done.imports += 1


def _swap(folder: Path) -> None:
    """Put the new database in the old one's place. A kill in between leaves none: rebuild again."""
    with suppress(sqlite3.Error), sqlite3.connect(folder / NEW) as new:
        new.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for end in ("-wal", "-shm"):
        (folder / f"{NEW}{end}").unlink(missing_ok=True)
        if (folder / f"{FILENAME}{end}").exists():
            (folder / f"{FILENAME}{end}").replace(folder / f"{OLD}{end}")
    if (folder / FILENAME).exists():
        (folder / FILENAME).replace(folder / OLD)
    (folder / NEW).replace(folder / FILENAME)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
