"""`verify`: is all that was archived still there, bit for bit? Reads everything, writes nothing.

    the tables by themselves ─► each WARC file against its rows ─► the count of units ─► Verified
        (verify_rows.py)            (verify_file.py)

A run may be at work meanwhile: a file that it holds is read as far as the tables go.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from recommender.store.database import FILENAME
from recommender.store.findings import NAMED, Finding, Level, Verified
from recommender.store.missing import no_archive
from recommender.store.verify_file import REBUILD, REFETCH, Tally, check_file, is_held
from recommender.store.verify_rows import Rows


def size_of(folder: Path) -> int:
    """Bytes of all WARC files: how much there is to read."""
    return sum(path.stat().st_size for path in _files(folder))


def verify(folder: Path, tick: Callable[[int], None] = lambda _: None) -> Verified:
    """Check an archive, every row and every byte.

    Args:
        folder: of the archive.
        tick: told of bytes as they are read.

    Raises:
        ArchiveError: there is no archive.
    """
    database = folder / FILENAME
    if not database.exists() and not _files(folder):
        raise no_archive(folder)
    done = Verified()
    if not database.exists():
        what = "the database is not there"
        done.findings.append(Finding(Level.DAMAGE, FILENAME, what, REBUILD))
        _without_rows(folder, done, tick)
        return done
    with Rows(database) as rows:
        try:
            done.findings.extend(rows.check())
            done.articles = rows.count("articles")
            _with_rows(folder, rows, done, tick)
        except sqlite3.Error as error:
            what = f"the database can't be read: {error}"
            done = Verified(findings=[*done.findings, Finding(Level.DAMAGE, FILENAME, what, REBUILD)])
            _without_rows(folder, done, tick)
    return done


def _with_rows(folder: Path, rows: Rows, done: Verified, tick: Callable[[int], None]) -> None:
    named = rows.file_names()
    order = 0
    for name in sorted(named | {path.name for path in _files(folder)}):
        path = folder / "warc" / name
        if Path(name).name != name or not path.is_file():
            done.findings.extend(_missing(name, rows))
            continue
        tally = Tally()
        try:
            tally.writing = is_held(path)
            applied = rows.applied(name)
            own = rows.of_file(name, applied if tally.writing else None)
            done.findings.extend(check_file(path, own, applied, tally, tick))
        except OSError as error:
            done.findings.append(_unreadable(name, error))
        _add(done, tally)
        order = max(order, tally.order)
    counted = rows.order()
    if order > counted:
        what = f"{counted} units are counted, and unit {order} is in the tables"
        done.findings.append(Finding(Level.DAMAGE, FILENAME, what, REBUILD))


def _without_rows(folder: Path, done: Verified, tick: Callable[[int], None]) -> None:
    """The WARC files by themselves: damage is found, that something is missing is not."""
    for path in _files(folder):
        tally = Tally()
        try:
            tally.writing = is_held(path)
            done.findings.extend(check_file(path, iter(()), None, tally, tick))
        except OSError as error:
            done.findings.append(_unreadable(path.name, error))
        _add(done, tally)


def _add(done: Verified, tally: Tally) -> None:
    done.files += 1
    done.bytes += tally.bytes
    done.records += tally.records
    done.captures += tally.captures
    done.writing += tally.writing


def _missing(name: str, rows: Rows) -> Iterator[Finding]:
    """A file that rows name and nobody has. A run that was undone takes its file back: no row, no loss."""
    own = rows.of_file(name)
    first = tuple(row.hit() for row in islice(own, NAMED))
    more = sum(1 for _ in own)
    if first or rows.applied(name):
        what = "the file is not there"
        yield Finding(Level.DAMAGE, f"warc/{name}", what, REFETCH, captures=first, more=more)


def _unreadable(name: str, error: OSError) -> Finding:
    return Finding(Level.DAMAGE, f"warc/{name}", f"can't be read: {error.strerror or error}", REFETCH)


def _files(folder: Path) -> list[Path]:
    """The WARC files, those of other programs too."""
    return sorted(path for path in (folder / "warc").glob("*.warc*") if path.is_file())
