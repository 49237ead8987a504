"""A capture as WARC/1.1 records, one gzip member each. Bytes out, nothing written. (Reading: `warc_reader`.)

    metadata   application/warc-fields       \\  what HTTP does not say: asked-for URL, via, verdict, extras
    response   3xx, one for each redirect     |  one capture; WARC-Concurrent-To in the others names the last
    request    where the caller gives one     |
    response   or resource, for given text   /   or revisit, where an earlier capture has the bytes

    metadata   application/warc-fields, `urn:readmore:journal`: what happened to seeds and links
    resource   application/x-ndjson, `urn:readmore:import:…`: a batch of imported articles

Each of these three kinds of unit ends in a record with `Readmore-Order`, a number that rises over the whole
archive: by it the units of many files are put back into the order they happened in. The response comes last,
so a response that is whole has all its companions before it. The metadata is warc-fields and not JSON because
pywb indexes a metadata record of any other type as if it were a page. Records are made
explicitly and their blocks written byte for byte.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from recommender.models import Capture, Record, Via
from recommender.store.http_heads import (
    Headers,
    clean_value,
    head_of,
    request_path,
    response_head,
    safe_url,
    status_line,
)

GZIP_LEVEL = 6  # 9, warcio's own, takes twice the time of 6 for 1 % of size on real pages
STORED = 0  # of a body that came gzipped, as most pages do: packed again it is 2 % smaller with its heads
PACKED = b"\x1f\x8b"  # how such a body begins
CONFORMS_TO = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"
ORDER = "Readmore-Order"
JOURNAL = "urn:readmore:journal"
IMPORTS = "urn:readmore:import:"
SAME_BYTES = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
# of the metadata record
FACTS = ("via", "url", "final-url", "fetched-at", "verdict", "status", "source-url", "rule", "same-as")
_FIELD_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


@dataclass(frozen=True, slots=True)
class HopRecord:
    """One redirect on the way to a capture."""

    url: str
    status: int
    headers: Headers
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """A response as a WARC file holds it."""

    url: str  # ASCII: what RFC 3986 does not allow is percent-encoded
    status: int  # 200 for a given text
    headers: Headers  # control characters made spaces; one that no longer holds is named `ORIGINAL` + name
    body: bytes = field(repr=False)  # content-encoding intact
    captured_at: datetime  # UTC


@dataclass(frozen=True, slots=True)
class Earlier:
    """The capture whose bytes a revisit says it has too."""

    url: str
    captured_at: datetime
    record: Record


@dataclass(frozen=True, slots=True)
class StoredCapture:
    """A whole capture found in a file, with what a rebuild needs."""

    record: Record
    capture: Capture
    hops: tuple[HopRecord, ...] = ()
    extra: tuple[tuple[str, str], ...] = ()  # as given to `WarcWriter.write`, in that order
    order: int | None = None
    same_as: str | None = None  # a revisit's earlier capture, as `place` writes it


@dataclass(frozen=True, slots=True)
class StoredNotes:
    """What happened to seeds and links, in order; each event is JSON."""

    record: Record
    events: tuple[str, ...]
    order: int | None = None


@dataclass(frozen=True, slots=True)
class StoredArticles:
    """A batch of imported articles, as JSON lines."""

    record: Record
    lines: bytes = field(repr=False)
    at: datetime  # UTC
    order: int | None = None


Unit = StoredCapture | StoredNotes | StoredArticles


@dataclass(frozen=True, slots=True)
class Damage:
    """A place in a file that can't be read."""

    file: str
    offset: int  # bytes
    reason: str
    tail: bool  # nothing whole follows: what a killed run leaves, or a file that was cut


def warcinfo(identity: str, moment: datetime, filename: str, software: str) -> bytes:
    """The member a file begins with."""
    lines = {"software": software, "format": "WARC File Format 1.1", "conformsTo": CONFORMS_TO}
    block = "".join(f"{name}: {clean_value(value)}\r\n" for name, value in lines.items()).encode()
    headers = {"WARC-Date": stamp(moment), "WARC-Filename": filename}
    return _member("warcinfo", identity, None, headers, "application/warc-fields", block)


def facts(capture: Capture, extra: Mapping[str, str], same_as: Earlier | None = None) -> bytes:
    """A capture's metadata as warc-fields lines; a value that one line can't hold as it is, as a JSON string.

    Raises:
        ValueError: a naive time, or an extra's name that is not allowed or is one of `FACTS`.
    """
    for moment in (capture.captured_at, capture.fetched_at):
        if moment.tzinfo is None:
            raise ValueError("a capture's times must be aware")
    for name in extra:
        if name.lower() in FACTS or not _FIELD_NAME.fullmatch(name):
            raise ValueError(f"not a name for an extra field: {name!r}")
    fetched = capture.fetched_at.astimezone(UTC).isoformat()
    values = [capture.via, capture.url, capture.final_url, fetched, capture.verdict, str(capture.status)]
    lines = list(zip(FACTS, values, strict=False))
    optional = {"source-url": capture.source_url, "rule": capture.rule}
    lines += [(name, value) for name, value in optional.items() if value is not None]
    lines += [("same-as", place(same_as.record))] if same_as else []
    return _lines([*lines, *extra.items()])


def _lines(pairs: Iterable[tuple[str, str]]) -> bytes:
    return "".join(f"{name}: {_quoted(value)}\r\n" for name, value in pairs).encode("utf-8", "replace")


def place(record: Record) -> str:
    """A record's file and byte as one word: how events and revisits name a capture."""
    return f"{record.file}:{record.offset}"


def notes_member(events: Sequence[str], identity: str, moment: datetime, order: int, info_id: str) -> bytes:
    """Events of one transaction as a member."""
    headers = {"WARC-Date": stamp(moment), "WARC-Warcinfo-ID": info_id, ORDER: str(order)}
    block = _lines(("event", event) for event in events)
    return _member("metadata", identity, JOURNAL, headers, "application/warc-fields", block)


def articles_member(lines: bytes, identity: str, moment: datetime, order: int, info_id: str) -> bytes:
    """A batch of imported articles as a member."""
    headers = {"WARC-Date": stamp(moment), "WARC-Warcinfo-ID": info_id, ORDER: str(order)}
    headers["WARC-Payload-Digest"] = digest(lines)
    target = IMPORTS + identity.removeprefix("<urn:uuid:").removesuffix(">")
    return _member("resource", identity, target, headers, "application/x-ndjson", lines)


def capture_members(
    capture: Capture,
    *,
    facts: bytes,
    hops: Sequence[HopRecord],
    request: Headers | None,
    info_id: str,
    new_id: Callable[[], str],
    order: int | None = None,
    same_as: Earlier | None = None,
) -> Iterator[bytes]:
    """The gzip members of one capture, whose digest is made, in file order."""
    target = capture.url if capture.final_url == capture.source_url else capture.final_url
    main = new_id()
    common = {"WARC-Date": stamp(capture.captured_at), "WARC-Warcinfo-ID": info_id}
    if capture.source_url is not None:  # pywb's convention for records made from a web archive
        common["WARC-Source-URI"] = safe_url(capture.source_url)
        common["WARC-Creation-Date"] = stamp(capture.fetched_at)
    companion = {**common, "WARC-Concurrent-To": main}
    yield _member("metadata", new_id(), target, companion, "application/warc-fields", facts)
    for hop in hops:
        head = response_head(hop.status, hop.headers, len(hop.body))
        yield _http_member("response", new_id(), hop.url, companion, head, hop.body, digest(hop.body))
    if request is not None:
        head = head_of(f"GET {request_path(target)} HTTP/1.1", request)
        yield _http_member("request", new_id(), target, companion, head, b"", digest(b""))
    last = common if order is None else {**common, ORDER: str(order)}
    if same_as is not None:
        profile = NOT_MODIFIED if capture.status == 304 else SAME_BYTES
        last = {**last, "WARC-Profile": profile, "WARC-Payload-Digest": same_as.record.digest}
        last["WARC-Refers-To-Target-URI"] = safe_url(same_as.url)
        last["WARC-Refers-To-Date"] = stamp(same_as.captured_at)
        # A 304's head would be replayed as an empty 304; without one the page is shown as of then (seen in pywb).
        head = b"" if capture.status == 304 else head_of(status_line(capture.status), capture.headers)
        yield _member("revisit", main, target, last, "application/http; msgtype=response", head)
    elif is_resource(capture.via, target):
        kinds = [clean_value(value) for name, value in capture.headers if name.lower() == "content-type"]
        kind = kinds[0] if kinds and kinds[0] else "text/plain; charset=utf-8"
        headers = {**last, "WARC-Payload-Digest": capture.digest}
        yield _member("resource", main, target, headers, kind, capture.body)
    else:
        head = response_head(capture.status, capture.headers, len(capture.body))
        yield _http_member("response", main, target, last, head, capture.body, capture.digest)


def is_resource(via: Via, target: str) -> bool:
    """Whether a capture is a given text and not an HTTP response."""
    return via is Via.TEXT or not target.lower().startswith(("http://", "https://"))


def stamp(moment: datetime) -> str:
    """A time as WARC-Date has it: UTC, to the microsecond where there is one."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def digest(data: bytes) -> str:
    """A digest as WARC-Payload-Digest has it: `sha1:` and base32."""
    return "sha1:" + base64.b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode("ascii")


def with_digest(capture: Capture) -> Capture:
    """The capture with its body's digest, made where nobody has made it yet."""
    return capture if capture.digest else replace(capture, digest=digest(capture.body))


def _quoted(value: str) -> str:
    plain = value == value.strip() and value.isprintable() and not value.startswith('"')
    return str(value) if plain else json.dumps(value)


def _http_member(
    kind: str,
    identity: str,
    url: str,
    headers: Mapping[str, str],
    head: bytes,
    body: bytes,
    payload: str,
) -> bytes:
    with_payload = {**headers, "WARC-Payload-Digest": payload}
    content_type = f"application/http; msgtype={kind}"
    return _member(
        kind, identity, url, with_payload, content_type, head + body, packed=body.startswith(PACKED)
    )


def _member(
    kind: str,
    identity: str,
    url: str | None,
    headers: Mapping[str, str],
    content_type: str,
    block: bytes,
    *,
    packed: bool = False,
) -> bytes:
    """One record as one gzip member."""
    from warcio.statusandheaders import StatusAndHeaders

    named = [("WARC-Type", kind), ("WARC-Record-ID", identity)]
    if url is not None:
        named.append(("WARC-Target-URI", safe_url(url)))
    named += [*headers.items(), ("WARC-Block-Digest", digest(block))]
    named += [("Content-Type", content_type), ("Content-Length", str(len(block)))]
    head = StatusAndHeaders("", named, protocol="WARC/1.1").to_bytes(encoding="utf-8")
    packer = zlib.compressobj(STORED if packed else GZIP_LEVEL, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    parts = (head, block, b"\r\n\r\n")
    return b"".join(map(packer.compress, parts)) + packer.flush()
