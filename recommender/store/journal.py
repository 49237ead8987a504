"""What goes into the WARCs before it goes into the tables, so that the tables can be made anew from them.

    begin ─► capture, articles, note … ─► commit: notes, sync ─► (the database commits)
                                      └─► rollback: the WARC file is cut back

A unit's number (`Readmore-Order`) is taken inside the database's write transaction, so numbers rise over all
processes and files whatever the clock says. A kill between sync and the database's commit leaves units that
no row knows; the next run takes them in (`recommender/rebuild.py`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from recommender.models import Capture, Record
from recommender.store.connection import Database
from recommender.store.warc import Earlier, HopRecord, WarcWriter

COUNTER = "journal"


class Journal:
    """One process's way into the WARCs. `Store.transaction` calls `begin`, `commit` and `rollback`.

    Attributes:
        muted: notes are dropped, as while the tables are made from the WARCs.
    """

    def __init__(self, db: Database, writer: WarcWriter) -> None:
        self.db = db
        self.muted = False
        self._writer = writer
        self._notes: list[str] = []
        self._order: int | None = None  # of the last unit of this transaction
        self._start = 0  # bytes: where this transaction's first unit goes

    def begin(self) -> None:
        """A transaction has the database's write lock."""
        self._writer.turn()
        self._notes, self._order, self._start = [], None, self._writer.end

    def capture(
        self,
        capture: Capture,
        *,
        hops: Sequence[HopRecord] = (),
        extra: Mapping[str, str] | None = None,
        same_as: Earlier | None = None,
    ) -> Record:
        """Append a capture.

        Raises:
            ArchiveError: the file can't be written.
        """
        return self._writer.append(capture, hops=hops, extra=extra, same_as=same_as, order=self._next())

    def articles(self, lines: bytes, at: datetime) -> Record:
        """Append a batch of imported articles, as JSON lines.

        Raises:
            ArchiveError: the file can't be written.
        """
        return self._writer.append_articles(lines, at, self._next())

    def note(self, event: Mapping[str, object]) -> None:
        """Keep an event for the end of the transaction. `Store.transaction` must be open."""
        if not self.muted:
            self._notes.append(json.dumps(event, ensure_ascii=True, separators=(",", ":")))

    def commit(self) -> None:
        """Write the notes, put all on disk, and say in the tables how far they go.

        Raises:
            ArchiveError: the file can't be written.
        """
        if self._notes:
            self._writer.append_notes(self._notes, self._next())
            self._notes = []
        if self._order is None:
            return
        self._writer.sync()
        assert self._writer.path is not None  # noqa: S101 - something was appended
        applied(self.db, self._writer.path.name, self._writer.end, self._order)

    def rollback(self) -> None:
        """Take back what this transaction appended."""
        self._notes = []
        if self._order is not None:
            self._writer.revert(self._start)

    def _next(self) -> int:
        if self._order is None:
            self._order = last_order(self.db)
        self._order += 1
        return self._order


def last_order(db: Database) -> int:
    """The number of the last unit that is in the tables."""
    row = db.execute("SELECT value FROM counters WHERE name = ?", [COUNTER]).fetchone()
    return int(row[0]) if row else 0


def applied(db: Database, file: str, end: int, order: int) -> None:
    """Note that a file is in the tables up to a byte, and the archive up to a unit. Neither goes back."""
    db.execute(
        "INSERT INTO warc_files (name, applied) VALUES (?, ?) "
        "ON CONFLICT (name) DO UPDATE SET applied = max(applied, excluded.applied)",
        [file, end],
    )
    db.execute(
        "INSERT INTO counters (name, value) VALUES (?, ?) "
        "ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)",
        [COUNTER, order],
    )
