"""The archive's database: opening, transactions, and the tables' rooms.

`Store` is the only way to the SQLite file, and this folder the only place that writes SQL.
A transaction puts its WARC records on disk first and commits then (see journal.py), never the other way round.
"""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from recommender.errors import ArchiveError
from recommender.store.checks import Checks
from recommender.store.connection import Database
from recommender.store.furnish import furnish
from recommender.store.journal import Journal
from recommender.store.library import Library
from recommender.store.lists import Lists
from recommender.store.missing import no_archive
from recommender.store.results import Results
from recommender.store.saves import Saves
from recommender.store.schema import migrations
from recommender.store.warc import WarcWriter

FILENAME = "readmore.db"
LOCK = ".lock"
BUSY_SECONDS = 30.0  # a second writer waits this long; a commit takes milliseconds, so this is plenty


def _software() -> str:
    """This program with its version, as it signs WARC files."""
    from importlib.metadata import version

    return f"readmore/{version('readmore')}"


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Two processes that open a new archive at once make its tables one after the other."""
    with (folder / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class Store:
    """One archive folder: `readmore.db`, `warc/` and `index/`.

    Attributes:
        library: articles, their texts, addresses and captures.
        lists: seeds and their links.
        results: stance profiles, rankings, runs.
        journal: what goes into the WARCs with a transaction.
        checks, saves: visits to live pages; submissions to the web archive.
    """

    def __init__(self, folder: Path, db: Database) -> None:
        self.folder = folder
        self.db = db
        self._writer = WarcWriter(self.warc_folder, software=_software)
        self.journal = Journal(db, self._writer)
        self.library = Library(db)
        self.lists = Lists(db, self.journal)
        self.results = Results(db)
        self.checks = Checks(db)
        self.saves = Saves(db)

    @classmethod
    def open(cls, folder: Path, *, create: bool = False, filename: str = FILENAME) -> Store:
        """Open an archive folder, bringing its tables up to date.

        Args:
            folder: of the archive.
            create: make it where there is none.
            filename: of the database, while another one is being made.

        Raises:
            ArchiveError: there is none and `create` is false, or it can't be opened or written.
        """
        path = folder / filename
        if not create and not path.exists():
            raise no_archive(folder)
        try:
            if create:
                folder.mkdir(parents=True, exist_ok=True)
                furnish(folder)
            with _one_at_a_time(folder):
                db = Database(sqlite3.connect(path, timeout=BUSY_SECONDS))
                db.conn.execute("PRAGMA journal_mode = WAL")
                db.execute("PRAGMA foreign_keys = ON")
                migrations.apply(db)
        except (sqlite3.Error, OSError) as error:
            hint = "is it a readmore archive, writable, on a disk with space left?"
            raise ArchiveError(f"can't open the archive: {error}", where=path, hint=hint) from error
        return cls(folder, db)

    def applied(self, name: str) -> int:
        """How many bytes of a WARC file are in the tables."""
        row = self.db.execute("SELECT applied FROM warc_files WHERE name = ?", [name]).fetchone()
        return int(row[0]) if row else 0

    @property
    def warc_folder(self) -> Path:
        """Where the WARC files lie."""
        return self.folder / "warc"

    @property
    def index_folder(self) -> Path:
        """Where the topic index lies."""
        return self.folder / "index"

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, WARC records and rows; an error rolls both back. Inside another one: a part of it.

        Raises:
            ArchiveError: the archive can't be written.
        """
        connection = self.db.conn
        if connection.in_transaction:
            yield
            return
        try:
            # The write lock is taken at once: a transaction that reads first and then wants to write is refused
            # without waiting where another process has written meanwhile.
            connection.execute("BEGIN IMMEDIATE")
            try:
                self.journal.begin()
                yield
                self.journal.commit()
                connection.commit()
            except BaseException:
                connection.rollback()
                self.journal.rollback()
                raise
        except sqlite3.OperationalError as error:
            hint = "free some space or wait for the other process"
            raise ArchiveError(f"can't write the archive: {error}", where=self.folder, hint=hint) from error

    def close(self) -> None:
        """Close the connection and the WARC file, if one is open."""
        self._writer.close()
        self.db.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
