"""The command line, run in a process that ends itself at the Nth passing of a named point, or whose clock is off.

    READMORE_TEST_POINT=write:7 python runner.py --archive A fetch …

    write    half of the Nth piece of a WARC file is written, then SIGKILL
    sync     the Nth sync of a WARC file is done, its transaction not committed yet
    commit   the Nth transaction of the database is committed
    create   the Nth WARC file exists, empty
    table    the Nth statement that makes a table, index or trigger is done
    index    the Nth file is about to be renamed into its place
READMORE_TEST_CLOCK=-31536000 sets the clock off by so many seconds.
"""

from __future__ import annotations

import datetime
import os
import signal
import sqlite3
import sys
import time
from pathlib import Path
from typing import Any

_left = 0


def _pass() -> bool:
    """Whether this passing is the one."""
    global _left  # noqa: PLW0603 - one counter a process
    _left -= 1
    return _left == 0


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _warc(descriptor: int) -> bool:
    return Path(f"/proc/self/fd/{descriptor}").readlink().name.endswith(".warc.gz")


def _write() -> None:
    real = os.write

    def write(descriptor: int, data: Any) -> int:
        if _warc(descriptor) and _pass():
            real(descriptor, bytes(data)[: len(data) // 2])
            _die()
        return real(descriptor, data)

    os.write = write


def _sync() -> None:
    real = os.fsync

    def fsync(descriptor: int) -> None:
        real(descriptor)
        if _warc(descriptor) and _pass():
            _die()

    os.fsync = fsync  # type: ignore[assignment]


def _create() -> None:
    real = os.open

    def opened(path: Any, flags: int, *more: Any, **named: Any) -> int:
        descriptor = real(path, flags, *more, **named)
        if str(path).endswith(".warc.gz") and flags & os.O_CREAT and _pass():
            _die()
        return descriptor

    os.open = opened


def _index() -> None:
    real = os.replace

    def replace(*given: Any, **named: Any) -> None:
        if _pass():
            _die()
        real(*given, **named)

    os.replace = replace


class _Connection(sqlite3.Connection):
    """Ends the process after a commit, or after a statement that makes a table."""

    point = ""

    def commit(self) -> None:
        was = self.in_transaction
        super().commit()
        if self.point == "commit" and was and _pass():
            _die()

    def execute(self, sql: str, *more: Any) -> sqlite3.Cursor:
        cursor = super().execute(sql, *more)
        if self.point == "table" and sql.split()[:1] == ["CREATE"] and _pass():
            _die()
        return cursor


def _database(point: str) -> None:
    real = sqlite3.connect
    _Connection.point = point

    def connect(*given: Any, **named: Any) -> sqlite3.Connection:
        return real(*given, factory=_Connection, **named)

    sqlite3.connect = connect  # type: ignore[assignment]


class _Off(datetime.datetime):
    """Tells another time. Worker processes get what it is based on: theirs is not patched."""

    @classmethod
    def now(cls, tz: Any = None) -> Any:
        return cls.fromtimestamp(time.time(), tz)

    def __reduce_ex__(self, protocol: Any) -> Any:
        return (_when, super().__reduce_ex__(protocol)[1])


def _when(*state: Any) -> datetime.datetime:
    return datetime.datetime(*state)


def _clock(off: float) -> None:
    real = time.time
    time.time = lambda: real() + off
    datetime.datetime = _Off  # type: ignore[misc]


def main() -> None:
    """Patch, then run."""
    global _left  # noqa: PLW0603
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    point, _, number = os.environ.pop("READMORE_TEST_POINT", "").partition(":")
    _left = int(number or 0)
    patches = {"write": _write, "sync": _sync, "create": _create, "index": _index}
    if point in patches:
        patches[point]()
    elif point:
        _database(point)
    off = os.environ.pop("READMORE_TEST_CLOCK", "")
    if off:
        _clock(float(off))
    from recommender.cli import main as run

    run()


if __name__ == "__main__":  # worker processes import this file again
    main()
