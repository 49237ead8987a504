"""One WARC file against its rows: every byte accounted for, in one pass, one record in memory.

    records in file order ─┐
                           ├─► side by side ─► Findings
    rows in file order ────┘

gzip's CRC and length, the record's length and both digests are checked in `warc_reader.records`. They cover
all of a member but its ten-byte header, which is therefore compared with what the writer writes. A flipped bit
that no reader can see (the unused bits that end a deflate stream, or a copy from twice as far back in text that
repeats itself) leaves every record what it was and is not looked for.

Bytes up to `applied` are in the tables, so they must be there. What lies behind them is of a run that was
killed, or, in a file that somebody holds locked, of one that is at work.
"""

from __future__ import annotations

import fcntl
import os
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from recommender.models import StoredCapture
from recommender.store.compare import difference, is_capture, same
from recommender.store.findings import Finding, Hit, Level
from recommender.store.warc_reader import RawRecord, records
from recommender.store.warc_records import GZIP_LEVEL, ORDER, PACKED, STORED, Damage

# RFC 1952: magic, deflate, no flags, no time, the level's flag, the system. zlib writes 3 on Unix, 19 on macOS,
# 10 or 11 on Windows (its zutil.h); one run writes one of them throughout.
_HEADERS = {
    level: zlib.compressobj(level, zlib.DEFLATED, 16 + zlib.MAX_WBITS).flush()[:9]
    for level in (STORED, GZIP_LEVEL)
}
_SYSTEMS = frozenset({3, 10, 11, 19})
_OUR_NAME = re.compile(r".+-\d{8}T\d{6}Z-\d+-[0-9a-f]{12}\.warc\.gz")  # as WarcWriter names its files
RESTORE = "put the file back from a copy"
REFETCH = f"{RESTORE}, or fetch the page again"
REBUILD = "`readmore rebuild` makes the tables anew from the WARC files"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of `captures`, and whether it is its article's best."""

    capture: StoredCapture
    best: bool

    @property
    def offset(self) -> int:
        """Where its record begins, in bytes."""
        return self.capture.record.offset

    def hit(self) -> Hit:
        """The row as findings name it."""
        return Hit(self.capture.id, self.capture.article_id, self.best, self.capture.url)


@dataclass(slots=True)
class Tally:
    """What was read of a file."""

    bytes: int = 0
    records: int = 0
    captures: int = 0  # rows compared
    order: int = 0  # the highest number of a unit that is in the tables
    writing: bool = False


def is_held(path: Path) -> bool:
    """Whether a living process is writing a WARC file."""
    with path.open("rb") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def check_file(
    path: Path,
    rows: Iterator[Row],
    applied: int | None,
    tally: Tally,
    tick: Callable[[int], None] = lambda _: None,
) -> Iterator[Finding]:
    """Every finding of one WARC file.

    Args:
        path: of the file, which exists.
        rows: its rows, by offset.
        applied: bytes from its start that are in the tables; None where there are no tables.
        tally: is filled; its `writing` says that a run holds the file, so what is behind `applied` is not read.
        tick: told of bytes as they are done.
    """
    yield from _FileCheck(path, rows, applied, tally, tick).run()


class _FileCheck:
    def __init__(
        self, path: Path, rows: Iterator[Row], applied: int | None, tally: Tally, tick: Callable[[int], None]
    ) -> None:
        self._path, self._applied, self._tally, self._tick = path, applied or 0, tally, tick
        self._tables = applied is not None
        self._rows = rows
        self._next = next(rows, None)
        self._shift = 0  # bytes that records lie behind where rows say, after bytes were put in or taken out
        self._companion: RawRecord | None = None  # the last metadata record
        self._damage: Damage | None = None  # how far it goes shows at the next whole record
        self._order = 0
        self._late = 0  # units that are in no table yet
        self._systems: dict[int, tuple[int, int]] = {}  # header's last byte -> how many members, first offset

    def run(self) -> Iterator[Finding]:
        size = self._path.stat().st_size
        end = min(size, self._applied) if self._tally.writing else size
        at = 0
        try:
            with self._path.open("rb") as handle:
                for item in records(self._path):
                    if self._tally.writing and item.offset >= end:
                        break
                    if at == 0 and self._foreign(item):
                        yield self._finding(Level.NOTE, 0, "not written by readmore, and not checked")
                        return
                    if isinstance(item, Damage):
                        self._damage = item
                        continue
                    yield from self._record(item, os.pread(handle.fileno(), 10, item.offset))
                    at = item.offset + item.length
                    self._tick(item.length)
        except OSError as error:
            what = f"can't be read from here on: {error.strerror or error}"
            yield self._finding(Level.DAMAGE, at, what, todo=RESTORE, hits=self._rest())
            return
        self._tally.bytes = end
        yield from self._mixed_systems()
        yield from self._end(size, end)

    def _foreign(self, item: RawRecord | Damage) -> bool:
        """Whether the file is none of ours: told by its first record, its name, and what the tables say."""
        if self._applied or self._next is not None or _OUR_NAME.fullmatch(self._path.name):
            return False
        return not (
            isinstance(item, RawRecord)
            and item.get("warc-type") == "warcinfo"
            and b"software: readmore" in item.block
        )

    def _record(self, item: RawRecord, header: bytes) -> Iterator[Finding]:
        self._tally.records += 1
        main = is_capture(item)
        if item.get("warc-type") == "metadata":
            self._companion = item
        passed = self._passed(item, main)
        if self._damage is not None:
            yield self._damaged(self._damage, passed)
            self._damage = None
        else:
            for hit in passed:
                yield self._finding(
                    Level.DAMAGE, hit.offset, "no record begins here", todo=REFETCH, hits=[hit]
                )
        row = self._matching(item, main)
        if header[:9] != _HEADERS[_level(item)] or header[9] not in _SYSTEMS:
            what = "the gzip header is not as it was written"
            yield self._finding(Level.DAMAGE, item.offset, what, todo=REFETCH, hits=[row] if row else [])
        else:
            count, first = self._systems.get(header[9], (0, item.offset))
            self._systems[header[9]] = (count + 1, first)
        if row is not None:
            yield from self._compared(row, item)
        elif main and item.offset < self._applied:
            yield self._finding(Level.DAMAGE, item.offset, "a capture that has no row", todo=REBUILD)
        yield from self._numbered(item)

    def _passed(self, item: RawRecord, main: bool) -> list[Row]:
        """The rows whose records should lie before this one."""
        passed = []
        while self._next is not None and self._next.offset + self._shift < item.offset:
            if main and same(self._next.capture, item):  # bytes were put in before it
                break
            passed.append(self._pop())
        return passed

    def _matching(self, item: RawRecord, main: bool) -> Row | None:
        row = self._next
        if row is None or not (row.offset + self._shift == item.offset or (main and same(row.capture, item))):
            return None
        return self._pop()

    def _pop(self) -> Row:
        row = self._next
        assert row is not None  # noqa: S101 - callers looked
        self._next = next(self._rows, None)
        self._tally.captures += 1
        return row

    def _rest(self) -> list[Row]:
        rest = []
        while self._next is not None:
            rest.append(self._pop())
        return rest

    def _compared(self, row: Row, item: RawRecord) -> Iterator[Finding]:
        shift = item.offset - row.offset
        if shift != self._shift:
            moved = shift - self._shift
            what = f"{abs(moved)} bytes were {'put in' if moved > 0 else 'taken out'} before this record"
            what += ": no later row finds its own"
            self._shift = shift
            yield self._finding(Level.DAMAGE, item.offset, what, todo=f"{RESTORE}, or: {REBUILD}", hits=[row])
        wrong = difference(row.capture, item, self._companion)
        if wrong:
            yield self._finding(
                Level.DAMAGE,
                item.offset,
                f"the row does not fit its record: {wrong}",
                todo=REBUILD,
                hits=[row],
            )

    def _numbered(self, item: RawRecord) -> Iterator[Finding]:
        """Units are numbered upwards; those in the tables are counted there."""
        if item.offset >= self._applied:
            self._late += item.get("warc-concurrent-to") is None and item.get("warc-type") != "warcinfo"
            return
        text = item.get(ORDER.lower())
        if text is None:
            return
        number = int(text) if text.isdecimal() else 0
        if number <= self._order:
            what = f"{ORDER} {text} comes after {self._order}"
            yield self._finding(Level.DAMAGE, item.offset, what, todo=RESTORE)
        self._order = max(self._order, number)
        self._tally.order = self._order

    def _damaged(self, damage: Damage, hits: list[Row]) -> Finding:
        """A damaged place with whole records behind it."""
        if hits:
            return self._finding(Level.DAMAGE, damage.offset, damage.reason, todo=REFETCH, hits=hits)
        what = f"{damage.reason}; no capture's own record lies there, but a companion, redirect or note"
        return self._finding(Level.DAMAGE, damage.offset, what, todo=RESTORE)

    def _mixed_systems(self) -> Iterator[Finding]:
        usual = max(self._systems.values(), default=(0, 0))
        for count, first in self._systems.values():
            if (count, first) != usual:
                what = f"the gzip header names another system than others ({count} of them)"
                yield self._finding(Level.DAMAGE, first, what, todo=RESTORE)

    def _end(self, size: int, end: int) -> Iterator[Finding]:
        """What the file ends in, and what should come after its end."""
        damage, rest = self._damage, self._rest()
        place = damage.offset if damage else end
        if size < self._applied:
            what = f"the file ends at byte {size} and should have {self._applied} bytes"
            yield self._finding(Level.DAMAGE, place, what, todo=REFETCH, hits=rest)
        elif damage and (rest or place < self._applied):
            yield self._damaged(damage, rest)
        elif rest:
            what = "the file ends here, and rows name records behind it"
            yield self._finding(Level.DAMAGE, place, what, todo=REFETCH, hits=rest)
        elif damage:
            what = f"{damage.reason}: left by a run that was killed; nothing it had archived is in it"
            yield self._finding(Level.NOTE, place, what)
        if self._late and self._tables:
            what = f"{self._late} captures or notes are in no table yet: the next fetch takes them in"
            yield self._finding(Level.NOTE, self._applied, what)

    def _finding(
        self, level: Level, offset: int, what: str, *, todo: str | None = None, hits: list[Row] | None = None
    ) -> Finding:
        captures = tuple(row.hit() for row in hits or ())
        return Finding(level, f"warc/{self._path.name}", what, todo, offset, captures)


def _level(item: RawRecord) -> int:
    """At which level the writer packs such a record."""
    http = (item.get("content-type") or "").startswith("application/http")
    body = item.block.find(b"\r\n\r\n") + 4
    return STORED if http and item.block.startswith(PACKED, body) else GZIP_LEVEL
