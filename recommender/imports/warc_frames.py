"""The records of a WARC or ARC file of any program, with every place where there should be one and is none.

    bytes ─► a stream (plain, or gzip members inflated) ─► head, block ─► Frame
                └─ no record there ─► Broken, and on at the next place that looks like one

WARC/1.0 and 1.1, ARC 1, a gzip member a record, one member for all, or plain. Memory holds one block of at
most `KEEP` bytes; what is longer is read over, and a gzip bomb costs time only, up to `MAX_RECORD`.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Protocol

KEEP = 21_000_000  # bytes of a block: the fetcher's limit for a page, and room for a head
MAX_RECORD = 4 << 30  # bytes, inflated; a film of an hour is smaller, and reading over it takes seconds
MAX_HEAD = 64_000  # bytes of a WARC head; Heritrix cuts its addresses at 4,000
CHUNK = 1 << 16
GZIP = b"\x1f\x8b\x08"
_ARC = re.compile(
    rb"([a-z][a-z0-9+.-]*:\S{1,8000}) \S* ?(\d{12,17}) (.{0,200}?) ?(\d{1,12})\r?\n?\Z", re.IGNORECASE
)
_PLAIN_START = re.compile(
    rb"\n(?=WARC/[01]\.\d+\r?\n|[a-z]{3,8}://\S{1,2000} [0-9a-f.:]+ \d{14} \S+ \d{1,12}\n)"
)


class BrokenError(Exception):
    """Why no record can be read at a place; never leaves this room."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One record."""

    offset: int  # bytes: of the record, or of the gzip member it lies in
    place: int  # of the record in its member, from 0
    kind: str  # WARC-Type; ARC records are responses
    headers: dict[str, str]  # of the WARC head, names in lower case
    block: bytes = field(repr=False)  # at most KEEP bytes
    size: int  # bytes of the whole block
    zipped: bool  # its gzip member's own checksum was verified

    @property
    def whole(self) -> bool:
        """Whether all of the block is here."""
        return len(self.block) == self.size


@dataclass(frozen=True, slots=True)
class Broken:
    """A place that can't be read."""

    offset: int  # bytes
    reason: str


class _Stream(Protocol):
    def line(self) -> bytes:
        """Up to the next line end, at most `MAX_HEAD` bytes; empty at the end."""

    def take(self, size: int, keep: int) -> bytes:
        """The next bytes, of which at most `keep` are given."""


def frames(path: Path) -> Iterator[Frame | Broken]:
    """Every record of a file, in order.

    Raises:
        OSError: the file can't be read.
    """
    with path.open("rb") as handle:
        start = handle.read(3)
        # A first byte that was damaged must not make a zipped file a plain one.
        zipped = start == GZIP or (path.name.lower().endswith(".gz") and start not in {b"WAR", b"fil"})
        size = handle.seek(0, io.SEEK_END)
        yield from _zipped(handle, size) if zipped else _plain(handle, size)


def frame_at(path: Path, offset: int) -> Frame | None:
    """The first record at a place; None where there is none."""
    with path.open("rb") as handle, suppress(BrokenError):
        handle.seek(offset)
        if handle.read(3) == GZIP:
            stream = _Member(handle, offset)
            return _record(stream, offset, 0, zipped=True)
        handle.seek(offset)
        return _record(_Plain(handle), offset, 0, zipped=False)
    return None


# Gzip


class _Member:
    """One gzip member's content."""

    def __init__(self, handle: BinaryIO, offset: int) -> None:
        handle.seek(offset)
        self._handle, self._start, self._taken = handle, offset, 0
        self._engine = zlib.decompressobj(16 + zlib.MAX_WBITS)
        self._rest = b""
        self.damaged = False  # behind what can be read of it

    @property
    def end(self) -> int:
        """Where the next member begins; once this one is read to its end."""
        return self._start + self._taken - len(self._engine.unused_data)

    def line(self) -> bytes:
        while b"\n" not in self._rest and len(self._rest) < MAX_HEAD and (more := self._more()):
            self._rest += more
        cut = min(self._rest.find(b"\n") + 1 or len(self._rest), MAX_HEAD)
        line, self._rest = self._rest[:cut], self._rest[cut:]
        return line

    def take(self, size: int, keep: int) -> bytes:
        parts, kept, left = [], 0, size
        while left:
            piece = self._rest or self._more()
            if not piece:
                raise BrokenError("the record is shorter than it says")
            piece, self._rest = piece[:left], piece[left:]
            left -= len(piece)
            if kept < keep:
                parts.append(piece[: keep - kept])
                kept += len(parts[-1])
        return b"".join(parts)

    def _more(self) -> bytes:
        """More content; empty at the member's end, whose checksum is right then."""
        while not self._engine.eof:
            if self.damaged:
                raise BrokenError("the gzip data is damaged")
            data = self._engine.unconsumed_tail
            if not data:
                data = self._handle.read(CHUNK)
                self._taken += len(data)
            before = self._engine.copy()
            try:
                piece = self._engine.decompress(data, 4 * CHUNK)
            except zlib.error:
                piece, self.damaged = _salvaged(before, data), True
            if piece:
                return piece
            if not data and not self._engine.eof:
                raise BrokenError("the file ends inside a record")
        return b""


def _salvaged(engine: zlib._Decompress, data: bytes) -> bytes:
    """What comes out before the byte that can't be taken: of one member for all, many whole records."""
    out = bytearray()
    with suppress(zlib.error):
        for at in range(len(data)):
            out += engine.decompress(data[at : at + 1])
    return bytes(out)


def _zipped(handle: BinaryIO, size: int) -> Iterator[Frame | Broken]:
    offset = 0
    while offset < size:
        member = _Member(handle, offset)
        try:
            yield from _of_member(member, offset)
            offset = member.end
        except BrokenError as error:
            yield Broken(offset, "the gzip data is damaged" if member.damaged else str(error))
            offset = _next_member(handle, offset + 1, size)


def _of_member(member: _Member, offset: int) -> Iterator[Frame]:
    """A member's records. One is held back until it is known that its member is whole, or has another."""
    place, held = 0, None
    while (frame := _record(member, offset, place, zipped=True)) is not None:
        if held is not None:
            yield held
        held, place = frame, place + 1
    if held is not None:
        yield held


def _next_member(handle: BinaryIO, offset: int, size: int) -> int:
    """Where the next member that begins like a record lies; the file's end where there is none."""
    before, start = b"", offset
    handle.seek(offset)
    while chunk := handle.read(CHUNK):
        window = before + chunk
        at = window.find(GZIP)
        while at >= 0:
            place = start - len(before) + at
            with suppress(BrokenError):
                line = _Member(handle, place).line()
                if line.startswith(b"WARC/") or _ARC.match(line):
                    return place
            at = window.find(GZIP, at + 1)
        start += len(chunk)
        handle.seek(start)
        before = window[-(len(GZIP) - 1) :]
    return size


# Plain


class _Plain:
    """A file's own bytes."""

    def __init__(self, handle: BinaryIO) -> None:
        self._handle = handle

    def line(self) -> bytes:
        return self._handle.readline(MAX_HEAD)

    def take(self, size: int, keep: int) -> bytes:
        start = self._handle.tell()
        block = self._handle.read(min(size, keep))
        if size > len(block):
            if self._handle.seek(0, io.SEEK_END) < start + size:
                raise BrokenError("the file ends inside a record")
            self._handle.seek(start + size)
        return block


def _plain(handle: BinaryIO, size: int) -> Iterator[Frame | Broken]:
    offset = 0
    while offset < size:
        handle.seek(offset)
        try:
            frame = _record(_Plain(handle), offset, 0, zipped=False)
        except BrokenError as error:
            yield Broken(offset, str(error))
            offset = _next_plain(handle, offset + 1, size)
            continue
        if frame is None:
            return
        yield frame
        offset = handle.tell()
        while (line := handle.readline(2)) in {b"\r\n", b"\n"}:
            offset += len(line)


def _next_plain(handle: BinaryIO, offset: int, size: int) -> int:
    """Where the next line that begins a record lies; the file's end where there is none."""
    step, overlap = 1 << 20, 3_000
    start = offset - 1
    while start < size:
        handle.seek(start)
        match = _PLAIN_START.search(handle.read(step + overlap))
        if match:
            return start + match.end()
        start += step
    return size


# One record


def _record(stream: _Stream, offset: int, place: int, *, zipped: bool) -> Frame | None:
    """The next record of a stream; None where only blank lines are left."""
    first = stream.line()
    while first in {b"\r\n", b"\n"}:
        first = stream.line()
    if not first:
        return None
    if re.match(rb"WARC/\d+\.\d+\s*\Z", first):
        headers = _head(stream)
        kind = headers.get("warc-type", "").lower()
        declared = headers.get("content-length", "")
        size = int(declared) if re.fullmatch(r"\d{1,15}", declared, re.ASCII) else -1
    elif arc := _ARC.match(first):
        headers, size = _arc_head(arc), int(arc[4])
        kind = "response" if first.lower().startswith((b"http:", b"https:")) else "other"
    else:
        raise BrokenError("no WARC record begins here")
    if size < 0:
        raise BrokenError("the record does not say how long it is")
    if size > MAX_RECORD:
        raise BrokenError(f"a record of more than {MAX_RECORD >> 30} GiB")
    block = stream.take(size, KEEP)
    if stream.line().strip():
        raise BrokenError("the record is longer than it says")
    return Frame(offset, place, kind, headers, block, size, zipped)


def _head(stream: _Stream) -> dict[str, str]:
    headers: dict[str, str] = {}
    last, total = "", 0
    while (line := stream.line()).strip():
        total += len(line)
        if total > MAX_HEAD:
            raise BrokenError("the record's head is too long")
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        if text[:1] in " \t" and last:  # a folded line
            headers[last] += " " + text.strip()
            continue
        name, colon, value = text.partition(":")
        if colon:
            last = name.strip().lower()
            headers.setdefault(last, value.strip())
    return headers


def _arc_head(match: re.Match[bytes]) -> dict[str, str]:
    url, when, kind = (match[n].decode("utf-8", "replace") for n in (1, 2, 3))
    day = f"{when[:4]}-{when[4:6]}-{when[6:8]}T{when[8:10]}:{when[10:12]}:{(when[12:14] or '00')}Z"
    return {"warc-target-uri": url, "warc-date": day, "arc-content-type": kind}
