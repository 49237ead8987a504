"""WARC files of any program ─► captures, and for every other record what it was.

    frames ─► response, resource, revisit? ─► its HTTP head ─► HTML? ─► digests ─► Capture
                  └─ LeftOut                                    └─ LeftOut  └─ Damaged

A revisit record is resolved where its original came before it (in this file, or another one of the same WACZ):
the bytes are the original's, the time is its own. A 304 becomes a copy of what it says has not changed.
"""

from __future__ import annotations

import base64
import hashlib
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from recommender.crawl.urls import is_web
from recommender.errors import ImportFileError
from recommender.imports.entries import MAX_URL
from recommender.imports.http_heads import Message, message
from recommender.imports.warc_frames import Broken, BrokenError, Frame, frame_at, frames
from recommender.models import Capture, Via
from recommender.store.warc_records import IMPORTS, digest

FIRST = datetime(1991, 8, 6, tzinfo=UTC)  # the first web page; an earlier date is damage
HTML = frozenset({"text/html", "application/xhtml+xml"})
_LOOKS_HTML = re.compile(
    rb"\s{0,200}(?:<!--.{0,2000}?-->\s{0,200})?<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_ALGORITHMS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha-256": hashlib.sha256, "md5": hashlib.md5}
COMPANIONS = frozenset({"request", "metadata", "warcinfo", "conversion", "continuation"})
MAX_ORIGINALS = 1_000_000  # pages a revisit may name; 200 bytes each


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A record that is whole and no page."""

    why: str
    articles: bytes = field(default=b"", repr=False)  # JSON lines, where it is a batch that readmore imported


@dataclass(frozen=True, slots=True)
class Damaged:
    """A record that should have been there."""

    file: str
    offset: int | None  # bytes; None for a whole file
    reason: str


Item = Capture | LeftOut | Damaged


@dataclass(slots=True)
class Originals:
    """Where the pages lie that revisit records may name: by record, by address and date, by digest."""

    places: dict[str, tuple[Path, int]] = field(default_factory=dict)

    def note(self, path: Path, frame: Frame) -> None:
        """Remember a page."""
        if (
            frame.place == 0 and len(self.places) < MAX_ORIGINALS
        ):  # others would be read from their file's start
            for key in _names(frame.headers, "warc-record-id", "warc-target-uri", "warc-date"):
                self.places.setdefault(key, (path, frame.offset))

    def find(self, frame: Frame) -> Frame | None:
        """The record that a revisit names."""
        refers = ("warc-refers-to", "warc-refers-to-target-uri", "warc-refers-to-date")
        for key in _names(frame.headers, *refers):
            if key in self.places:
                return frame_at(*self.places[key])
        return None


def _names(headers: Mapping[str, str], record: str, target: str, when: str) -> list[str]:
    """What a page goes by, surest first."""
    named = [headers.get(record, "").lower()]
    if headers.get(target) and headers.get(when):
        named.append(f"{headers[target].strip('<> ')} {headers[when]}")
    return [name for name in [*named, headers.get("warc-payload-digest", "").lower()] if name]


def read(
    path: Path, now: datetime, originals: Originals | None = None, name: str | None = None
) -> Iterator[Item]:
    """Every record of a file, as what became of it.

    Args:
        path: WARC or ARC, gzipped or not.
        now: the time that captures are said to be fetched at.
        originals: what other files of the same collection hold.
        name: what to call the file.

    Raises:
        ImportFileError: the file can't be read.
    """
    originals = originals if originals is not None else Originals()
    try:
        for frame in frames(path):
            if isinstance(frame, Broken):
                yield Damaged(name or str(path), frame.offset, frame.reason)
                continue
            try:
                yield _item(path, frame, now, originals)
            except BrokenError as error:
                yield Damaged(name or str(path), frame.offset, str(error))
    except OSError as error:
        raise ImportFileError(f"can't be read: {error.strerror or error}", where=path) from error


def _item(path: Path, frame: Frame, now: datetime, originals: Originals) -> Item:
    url = frame.headers.get("warc-target-uri", "").strip("<> \t")
    if frame.kind not in {"response", "resource", "revisit"}:
        return LeftOut(frame.kind if frame.kind in COMPANIONS else "other")
    if url.startswith(IMPORTS) and frame.kind == "resource" and frame.whole:
        _check(frame)
        return LeftOut("imported articles", frame.block)
    if not is_web(url) or len(url) > MAX_URL:
        return LeftOut("other addresses")
    found = _revisited(frame, originals) if frame.kind == "revisit" else _message(frame)
    told = "revisits of what is not in it" if found is None else _no_page(found)
    if found is None or told:
        return LeftOut(told or "")
    _check_size(frame, found)
    _check(frame)
    if frame.kind != "revisit":
        originals.note(path, frame)
    when = _moment(frame.headers.get("warc-date", ""), now)
    body = found.body
    return Capture(url, url, when, now, Via.IMPORT, found.status, found.headers, body, digest=digest(body))


def _no_page(found: Message) -> str | None:
    """What a response is that is no page."""
    if 300 <= found.status < 400:
        return "redirects"
    return None if _is_html(found) else "other content"


def _message(frame: Frame) -> Message:
    """What a response or resource record says."""
    if frame.kind == "resource":
        return Message(200, (("Content-Type", frame.headers.get("content-type", "")),), frame.block)
    kind = frame.headers.get("content-type", "application/http")
    if "arc-content-type" not in frame.headers and "http" not in kind.lower():
        return Message(200, (("Content-Type", kind),), frame.block)
    if not frame.whole:  # never a page; the chunks of what is kept of it would not fit
        head = message(frame.block.replace(b"chunked", b"-------", 1))
        return replace(head, body=b"")
    return message(frame.block)


def _revisited(frame: Frame, originals: Originals) -> Message | None:
    """The page that a revisit says was met again; None where that is not at hand."""
    original = originals.find(frame)
    if original is None:
        return None
    page = _message(original)
    if not frame.block.strip():
        return page
    own = message(frame.block)
    # What says how the bytes are wrapped is the original's: they are its bytes.
    framing = {"content-encoding", "content-length", "transfer-encoding", "content-type"}
    kept = [pair for pair in own.headers if pair[0].lower() not in framing]
    kept += [pair for pair in page.headers if pair[0].lower() in framing]
    return Message(page.status if own.status == 304 else own.status, tuple(kept), page.body)


def _is_html(found: Message) -> bool:
    kind = found.get("content-type").partition(";")[0].strip().lower()
    return kind in HTML or (not kind and bool(_LOOKS_HTML.match(found.body)))


def _check_size(frame: Frame, found: Message) -> None:
    if not frame.whole:
        raise BrokenError("larger than the limit")
    declared = found.get("content-length")
    chunked = "chunked" in found.get("transfer-encoding").lower()
    short = (
        declared.isascii() and declared.isdigit() and len(declared) < 16 and int(declared) > len(found.body)
    )
    if frame.headers.get("warc-truncated") or (short and not chunked and frame.kind != "revisit"):
        raise BrokenError("cut off before its end, when it was captured")


def _check(frame: Frame) -> None:
    """See that a block is what its digests say.

    The gzip checksum and the block's digest cover every byte. A payload's digest is looked at only where there
    is neither, since programs disagree on what a payload is: any of three readings will do.
    """
    block = frame.headers.get("warc-block-digest", "")
    if block and _same(block, frame.block) is False:
        raise BrokenError("the record's block digest does not match")
    payload = frame.headers.get("warc-payload-digest", "")
    if block or frame.zipped or not payload or frame.kind == "revisit":
        return
    raw = frame.block.partition(b"\r\n\r\n")[2] if frame.kind == "response" else frame.block
    readings = [raw]
    if frame.kind == "response":
        found = message(frame.block)
        readings += [found.body, _unpacked(found.body)]
    if all(_same(payload, reading) is False for reading in readings):
        raise BrokenError("the record's payload digest does not match")


def _unpacked(body: bytes) -> bytes:
    try:
        return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(body, 50_000_000)
    except zlib.error:
        return body


def _same(label: str, data: bytes) -> bool | None:
    """Whether data has this digest; None where the digest is of a kind we don't know."""
    name, _, value = label.strip().partition(":")
    make = _ALGORITHMS.get(name.lower())
    if make is None or not value:
        return None
    raw = make(data, usedforsecurity=False).digest()
    if len(value) == 2 * len(raw):
        return value.lower() == raw.hex()
    try:
        return base64.b32decode(value.upper()) == raw
    except ValueError:
        return None


def _moment(text: str, now: datetime) -> datetime:
    try:
        moment = datetime.fromisoformat(text.strip())
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise BrokenError("the record has no readable date") from error
    if moment < FIRST or moment.year > now.year + 1:
        raise BrokenError("the record's date can't be")
    return moment
