"""The archive's database: opening, transactions, and the tables' rooms.

`Store` is the only way to the SQLite file, and this folder the only place that writes SQL.
A WARC record is on disk before the row that names it (see warc.py), never the other way round.
"""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database

from recommender.errors import ArchiveError
from recommender.store.furnish import furnish
from recommender.store.library import Library
from recommender.store.lists import Lists
from recommender.store.results import Results
from recommender.store.schema import migrations

FILENAME = "readmore.db"
LOCK = ".lock"
BUSY_SECONDS = 30.0  # a second writer waits this long; a commit takes milliseconds, so this is plenty


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
    """

    def __init__(self, folder: Path, db: Database) -> None:
        self.folder = folder
        self.db = db
        self.library = Library(db)
        self.lists = Lists(db)
        self.results = Results(db)

    @classmethod
    def open(cls, folder: Path, *, create: bool = False) -> Store:
        """Open an archive folder, bringing its tables up to date.

        Raises:
            ArchiveError: there is none and `create` is false, or it can't be opened or written.
        """
        path = folder / FILENAME
        if not create and not path.exists():
            raise ArchiveError("no archive here yet", where=folder, hint="run `fetch` or `import` first")
        try:
            if create:
                folder.mkdir(parents=True, exist_ok=True)
                furnish(folder)
            with _one_at_a_time(folder):
                db = Database(sqlite3.connect(path, timeout=BUSY_SECONDS))
                db.enable_wal()
                db.execute("PRAGMA foreign_keys = ON")
                migrations.apply(db)
        except (sqlite3.Error, OSError) as error:
            hint = "is it a readmore archive, writable, on a disk with space left?"
            raise ArchiveError(f"can't open the archive: {error}", where=path, hint=hint) from error
        return cls(folder, db)

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
        """All or nothing; an error rolls back.

        Raises:
            ArchiveError: the database can't be written.
        """
        connection = self.db.conn
        try:
            # The write lock is taken at once: a transaction that reads first and then wants to write is refused
            # without waiting where another process has written meanwhile.
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                connection.rollback()
                raise
            connection.commit()
        except sqlite3.OperationalError as error:
            hint = "free some space or wait for the other process"
            raise ArchiveError(f"can't write the archive: {error}", where=self.folder, hint=hint) from error

    def close(self) -> None:
        """Close the connection."""
        self.db.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
