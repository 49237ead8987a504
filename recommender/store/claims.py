"""Who fetches what, among the processes that share an archive: no page is asked for twice at once.

A run holds a lock on a file of its own as long as it lives; the system lets go of it however the run ends. A
claim of a run whose lock is free is nobody's.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from recommender.store.connection import Database

FOLDER = ".runs"


class Claims:
    """The claims of one run, and a look at those of others. Writers call it inside `Store.transaction()`.

    Args:
        db: the archive's.
        folder: of the archive.
        run_id: of this run, whose row is not committed yet: nobody may see a run without its lock.

    Raises:
        OSError: the lock can't be made.
    """

    def __init__(self, db: Database, folder: Path, run_id: int) -> None:
        self.db = db
        self.run_id = run_id
        self._folder = folder / FOLDER
        self._folder.mkdir(exist_ok=True)
        self._forget_the_dead()
        self._lock = os.open(self._folder / str(run_id), os.O_CREAT | os.O_WRONLY, 0o666)
        fcntl.flock(self._lock, fcntl.LOCK_EX)

    def take(self, keys: Iterable[str]) -> set[str]:
        """Claim pages, and tell which are ours now: those that no living run has claimed."""
        ours = set()
        for key in keys:
            owner = self._owner(key)
            if owner is None:
                self.db.execute("INSERT OR REPLACE INTO claims VALUES (?, ?)", [key, self.run_id])
            if owner in {None, self.run_id}:
                ours.add(key)
        return ours

    def release(self, keys: Sequence[str]) -> None:
        """Give claims back: what became of the pages is in the tables."""
        sql = "DELETE FROM claims WHERE url_key = ? AND run_id = ?"
        self.db.conn.executemany(sql, [(key, self.run_id) for key in keys])

    def taken(self, keys: Iterable[str]) -> set[str]:
        """Those that another living run has claimed."""
        return {key for key in keys if self._owner(key) not in {None, self.run_id}}

    def end(self) -> None:
        """Give all claims back."""
        self.db.execute("DELETE FROM claims WHERE run_id = ?", [self.run_id])

    def close(self) -> None:
        """Let go of the lock."""
        with contextlib.suppress(OSError):
            (self._folder / str(self.run_id)).unlink(missing_ok=True)
        os.close(self._lock)

    def _forget_the_dead(self) -> None:
        """Drop the locks and claims of runs that were killed. No run is half begun: we have the write lock."""
        living = running(self._folder.parent)
        for path in self._folder.iterdir():
            if path.name.isdecimal() and int(path.name) not in living:
                path.unlink(missing_ok=True)
        marks = ", ".join("?" * len(living))
        self.db.execute(f"DELETE FROM claims WHERE run_id NOT IN ({marks})", living)

    def _owner(self, key: str) -> int | None:
        """The living run that has claimed a page."""
        row = self.db.execute("SELECT run_id FROM claims WHERE url_key = ?", [key]).fetchone()
        return int(row[0]) if row and (row[0] == self.run_id or alive(self._folder.parent, row[0])) else None


def alive(folder: Path, run_id: int) -> bool:
    """Whether a run is still at work."""
    try:
        descriptor = os.open(folder / FOLDER / str(run_id), os.O_WRONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def running(folder: Path) -> list[int]:
    """The runs that are at work just now."""
    names = [path.name for path in (folder / FOLDER).glob("*")] if (folder / FOLDER).is_dir() else []
    return sorted(int(name) for name in names if name.isdecimal() and alive(folder, int(name)))
