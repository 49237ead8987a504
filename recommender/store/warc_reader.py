"""Reading back what `WarcWriter` wrote, trusting nothing: gzip trailers, lengths and digests are all checked.

A cut exactly between two captures leaves a valid shorter file: only the database's rows can show that loss.
"""

from __future__ import annotations

import io
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from recommender.errors import ArchiveError
from recommender.models import Capture, Record, Via
from recommender.store.warc_records import (
    FACTS,
    IMPORTS,
    JOURNAL,
    ORDER,
    Damage,
    HopRecord,
    StoredArticles,
    StoredCapture,
    StoredNotes,
    StoredResponse,
    Unit,
    digest,
)

MAX_RECORD = 256 << 20  # bytes inflated: over ten times the fetcher's default limit; more is a gzip bomb
CHUNK = 1 << 16  # bytes a read: most captured pages fit one
MAGIC = b"\x1f\x8b\x08"  # RFC 1952: gzip, deflate
HINT = "the file was damaged after it was written: put it back from a copy, or fetch the page again"
MAINS = frozenset({"response", "resource", "revisit"})  # the record that a capture ends in
_STATUS_LINE = re.compile(rb"HTTP/\d\.\d (\d+)(?: |$)")


class _DamagedError(Exception):
    """Why bytes are no record; never leaves this module."""


@dataclass(frozen=True, slots=True)
class RawRecord:
    """One record as it lies in a file."""

    offset: int  # bytes
    length: int  # bytes of its gzip member
    headers: tuple[tuple[str, str], ...]  # WARC headers, names in lower case
    block: bytes

    def get(self, name: str) -> str | None:
        """A WARC header's value."""
        return next((value for key, value in self.headers if key == name), None)


def read(folder: Path, record: Record) -> StoredResponse:
    """The response at a place in the archive, every checksum verified; a revisit has no body of its own.

    Raises:
        ArchiveError: the file is missing, damaged there, or holds something else there; names file and byte.
    """
    where = f"{folder / record.file} at byte {record.offset}"
    if Path(record.file).name != record.file or "\0" in record.file or record.offset < 0:
        raise ArchiveError("not a place in this archive", where=where, hint=HINT)
    try:
        with (folder / record.file).open("rb") as handle:
            parsed = _parse(handle, record.offset)
        if parsed.length != record.length:
            raise _DamagedError(f"the record is {parsed.length} bytes long and should be {record.length}")
        if parsed.get("warc-type") not in MAINS:
            raise _DamagedError("another kind of record lies there")
        if parsed.get("warc-payload-digest") != record.digest:
            raise _DamagedError("another response lies there")
        return _response(parsed)
    except OSError as error:
        raise ArchiveError(
            f"can't read the archive: {error.strerror or error}", where=where, hint=HINT
        ) from error
    except _DamagedError as error:
        raise ArchiveError(str(error), where=where, hint=HINT) from error


def scan(path: Path, start: int = 0) -> Iterator[Unit | Damage]:
    """Every capture and every other unit of one file, in order, and every damaged place in it.

    Args:
        path: the file.
        start: byte to begin at, the end of a unit.

    After damage the search goes on at the next gzip header, so later captures are found. Where only a
    capture's companions are damaged, it still comes, with what its response alone says. Memory holds one
    capture at a time.

    Raises:
        ArchiveError: the file can't be opened or read at all.
    """
    companions: list[RawRecord] = []
    try:
        for item in records(path, start):
            if isinstance(item, Damage):
                yield item
                continue
            if (other := _other_unit(path, item)) is not None:
                yield other
                continue
            main = item.get("warc-concurrent-to")
            belongs_to = main or item.get("warc-record-id")
            yield from _orphans(path, companions, belongs_to, tail=False)
            companions = [one for one in companions if one.get("warc-concurrent-to") == belongs_to]
            if main is not None:
                companions.append(item)
            elif item.get("warc-type") in MAINS:
                yield _checked(path, item, companions)
                companions = []
        yield from _orphans(path, companions, None, tail=True)
    except OSError as error:
        raise ArchiveError(f"can't read the archive: {error.strerror or error}", where=path) from error


def _orphans(
    path: Path, companions: Iterable[RawRecord], belongs_to: str | None, *, tail: bool
) -> Iterator[Damage]:
    """Companions whose response never came, one report a capture."""
    seen = {belongs_to}
    for one in companions:
        main = one.get("warc-concurrent-to")
        if main not in seen:
            seen.add(main)
            yield Damage(path.name, one.offset, "the capture breaks off before its response", tail)


def _other_unit(path: Path, item: RawRecord) -> StoredNotes | StoredArticles | Damage | None:
    """Notes or imported articles; None where the record is neither."""
    target, kind = item.get("warc-target-uri") or "", item.get("warc-type")
    record = Record(path.name, item.offset, item.length, digest(item.block))
    try:
        if kind == "metadata" and target == JOURNAL and item.get("warc-concurrent-to") is None:
            events = tuple(value for name, value in _fields(item.block) if name == "event")
            return StoredNotes(record, events, _order(item))
        if kind == "resource" and target.startswith(IMPORTS):
            return StoredArticles(record, item.block, _moment(item.get("warc-date")), _order(item))
    except _DamagedError as error:
        return Damage(path.name, item.offset, str(error), tail=False)
    return None


def _order(item: RawRecord) -> int | None:
    text = item.get(ORDER.lower()) or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _checked(path: Path, item: RawRecord, companions: list[RawRecord]) -> StoredCapture | Damage:
    try:
        return _assemble(path, item, companions)
    except _DamagedError as error:
        return Damage(path.name, item.offset, str(error), tail=False)


def _assemble(path: Path, item: RawRecord, companions: list[RawRecord]) -> StoredCapture:
    """A response and its companions as the capture they were made from."""
    response = _response(item)
    metadata = [one for one in companions if one.get("warc-type") == "metadata"]
    pairs = _fields(metadata[0].block) if metadata else []
    known = {name: value for name, value in pairs if name in FACTS}
    found = [_response(one) for one in companions if one.get("warc-type") == "response"]
    hops = tuple(HopRecord(hop.url, hop.status, hop.headers, hop.body) for hop in found)
    source = known.get("source-url", item.get("warc-source-uri"))
    fetched = known.get("fetched-at") or item.get("warc-creation-date") or item.get("warc-date")
    try:
        capture = Capture(
            url=known.get("url", hops[0].url if hops else response.url),
            final_url=known.get("final-url", response.url),
            captured_at=response.captured_at,
            fetched_at=_moment(fetched),
            via=Via(known.get("via", Via.LIVE if source is None else Via.WAYBACK)),
            status=int(known.get("status", response.status)),
            headers=response.headers,
            body=response.body,
            source_url=source,
            verdict=known.get("verdict", "ok"),
            rule=known.get("rule"),
        )
    except ValueError as error:
        raise _DamagedError("the capture's metadata does not make sense") from error
    payload = item.get("warc-payload-digest") or digest(response.body)
    record = Record(path.name, item.offset, item.length, payload)
    extra = tuple((name, value) for name, value in pairs if name not in FACTS)
    return StoredCapture(record, capture, hops, extra, _order(item), known.get("same-as"))


def _response(parsed: RawRecord) -> StoredResponse:
    """A response or resource record as what was captured."""
    url, when = parsed.get("warc-target-uri") or "", _moment(parsed.get("warc-date"))
    if parsed.get("warc-type") == "resource":
        kind = parsed.get("content-type") or ""
        return StoredResponse(url, 200, (("Content-Type", kind),), parsed.block, when)
    if parsed.get("warc-type") == "revisit" and not parsed.block:
        return StoredResponse(url, 304, (), b"", when)
    head, end, body = parsed.block.partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    match = _STATUS_LINE.match(first)
    if not end or match is None:
        raise _DamagedError("the response has no HTTP headers")
    split = [line.decode("latin-1").partition(":") for line in lines]
    headers = tuple((name, value.strip(" \t")) for name, _, value in split)
    return StoredResponse(url, int(match[1]), headers, body, when)


def _fields(block: bytes) -> list[tuple[str, str]]:
    """The lines of a warc-fields block."""
    pairs = []
    for line in block.decode("utf-8", "replace").split("\r\n"):
        name, colon, value = line.partition(": ")
        if not colon:
            continue
        try:
            pairs.append((name, str(json.loads(value)) if value.startswith('"') else value))
        except ValueError as error:
            raise _DamagedError("the capture's metadata does not make sense") from error
    return pairs


def _moment(text: str | None) -> datetime:
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError as error:
        raise _DamagedError("the record has no readable date") from error
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def records(path: Path, start: int = 0) -> Iterator[RawRecord | Damage]:
    """Every whole record of a file from a byte on, and every damaged place, in order.

    After damage, only records that name the file's own warcinfo count: a page that is itself a WARC file
    must not put its records in the archive's mouth when the record around it breaks.
    """
    with path.open("rb") as handle:
        size = handle.seek(0, io.SEEK_END)
        if size == 0:
            yield Damage(path.name, 0, "the file is empty", tail=True)
        offset, info_id = start, None
        while offset < size:
            try:
                item = _parse(handle, offset)
            except _DamagedError as error:
                found = _next_whole(handle, offset + 1, info_id)
                yield Damage(path.name, offset, str(error), tail=found is None)
                offset = size if found is None else found
                continue
            info_id = _info_id(item)
            yield item
            offset += item.length


def _info_id(item: RawRecord) -> str | None:
    return item.get("warc-record-id" if item.get("warc-type") == "warcinfo" else "warc-warcinfo-id")


def _next_whole(handle: BinaryIO, offset: int, info_id: str | None) -> int | None:
    """Where the next whole record of this file begins, at `offset` or after it."""
    before = b""  # the end of the chunk before: a magic number may lie across two
    handle.seek(offset)
    start = offset
    while chunk := handle.read(CHUNK):
        window = before + chunk
        at = window.find(MAGIC)
        while at >= 0:
            try:
                item = _parse(handle, start - len(before) + at)
            except _DamagedError:
                pass
            else:
                if info_id is None or _info_id(item) == info_id:
                    return item.offset
            at = window.find(MAGIC, at + 1)
        start += len(chunk)
        handle.seek(start)
        before = window[-(len(MAGIC) - 1) :]
    return None


def _parse(handle: BinaryIO, offset: int) -> RawRecord:
    """The record whose gzip member begins at `offset`, with trailer, lengths and digests checked."""
    plain, length = _inflate(handle, offset)
    head, end, rest = plain.partition(b"\r\n\r\n")
    first, *lines = head.decode("utf-8", "replace").split("\r\n")
    if not end or first != "WARC/1.1":
        raise _DamagedError("no WARC record begins here")
    split = [line.partition(":") for line in lines]
    headers = tuple((name.lower(), value.strip()) for name, _, value in split)
    declared = dict(headers).get("content-length", "")
    size = int(declared) if declared.isascii() and declared.isdigit() else -1
    if size < 0 or rest[size:] != b"\r\n\r\n":
        raise _DamagedError("the record's length is not what it says")
    parsed = RawRecord(offset, length, headers, rest[:size])
    if parsed.get("warc-block-digest") != digest(parsed.block):
        raise _DamagedError("the record's block digest does not match")
    if parsed.get("warc-type") in {"response", "resource"}:
        body = parsed.block
        if parsed.get("warc-type") == "response":
            body = body.partition(b"\r\n\r\n")[2]
        if parsed.get("warc-payload-digest") != digest(body):
            raise _DamagedError("the record's payload digest does not match")
    return parsed


def _inflate(handle: BinaryIO, offset: int) -> tuple[bytes, int]:
    """One gzip member's content and its length in the file, in bytes; zlib checks CRC and size (RFC 1952)."""
    handle.seek(offset)
    engine = zlib.decompressobj(16 + zlib.MAX_WBITS)
    parts, inflated, length = [], 0, 0
    try:
        while not engine.eof:
            chunk = handle.read(CHUNK)
            if not chunk:
                raise _DamagedError("the file ends inside a record")
            part = engine.decompress(chunk, MAX_RECORD + 1 - inflated)
            parts.append(part)
            inflated, length = inflated + len(part), length + len(chunk)
            if inflated > MAX_RECORD:
                raise _DamagedError(f"a record of more than {MAX_RECORD >> 20} MiB")
    except zlib.error as error:
        raise _DamagedError("the gzip data is damaged") from error
    return b"".join(parts), length - len(engine.unused_data)
