"""Undo a body's content-encoding, never giving more than a limit. Pure."""

from __future__ import annotations

import io
import zlib

from recommender.crawl.outcomes import Failure, Reason, one_line

# Bytes of one decoded page, and of each layer on the way: fourteen times the longest of 47 real pages, and
# twice what may come over the wire.
MAX_DECODED = 20_000_000
MAX_MEMBERS = 1_000  # of one gzip body; servers send one, block-wise compressors one for 64 KB
MAX_LAYERS = 3  # encodings on top of each other; real servers send one, urllib3 stops at five
STEP = 65_536  # bytes decompressed at a time

_GZIP = frozenset({"gzip", "x-gzip"})
_MAGIC = b"\x1f\x8b"


def decode(body: bytes, content_encoding: str, limit: int = MAX_DECODED, url: str = "") -> bytes | Failure:
    """The content of a body: gzip and deflate undone, identity as it is.

    A body that claims gzip but does not start like one is taken as it is: web archives and misconfigured
    servers send such.

    Args:
        body: wire bytes.
        content_encoding: the header's value, "" where it was not sent.
        limit: bytes; more than that is a `TOO_LARGE` failure, found while decompressing.
        url: for the failure.

    Returns:
        The content, or a `Failure`: `TOO_LARGE`, or `CORRUPT` for broken, cut off or unknown encodings.
    """
    layers = [name for name in (part.strip().lower() for part in content_encoding.split(",")) if name]
    layers = [name for name in layers if name != "identity"]
    if len(layers) > MAX_LAYERS:
        return Failure(Reason.CORRUPT, url, "encoded more than three times over")
    for name in reversed(layers):
        if name in _GZIP:
            result = body if not body.startswith(_MAGIC) else _gunzip(body, limit, url)
        elif name == "deflate":
            result = _inflate(body, limit, url)
        else:
            return Failure(Reason.CORRUPT, url, one_line(f"unknown content-encoding {name}", 80))
        if isinstance(result, Failure):
            return result
        body = result
    if len(body) > limit:
        return _too_large(limit, url)
    return body


def _gunzip(body: bytes, limit: int, url: str) -> bytes | Failure:
    """Every member of a gzip body; bytes after the last member that start no other are ignored."""
    out = io.BytesIO()
    at = 0
    for _ in range(MAX_MEMBERS):
        end = _pour(31, body, at, out, limit, url)
        if isinstance(end, Failure):
            return end
        at = end
        if not body.startswith(_MAGIC, at):
            return out.getvalue()
    return Failure(Reason.CORRUPT, url, f"more than {MAX_MEMBERS:,} gzip members")


def _inflate(body: bytes, limit: int, url: str) -> bytes | Failure:
    """Deflate with the zlib header the standard asks for, or bare as some servers send it."""
    if not body:
        return b""
    end: int | Failure = 0
    for wbits in (15, -15):
        out = io.BytesIO()
        end = _pour(wbits, body, 0, out, limit, url)
        if not isinstance(end, Failure):
            return out.getvalue()
        if end.reason is Reason.TOO_LARGE:
            break
    return end if isinstance(end, Failure) else b""


def _pour(wbits: int, body: bytes, at: int, out: io.BytesIO, limit: int, url: str) -> int | Failure:
    """Decompress one stream that begins at `at`, a step at a time both ways; gives where it ends."""
    stream = zlib.decompressobj(wbits=wbits)
    data = b""
    try:
        while not stream.eof:
            if not data:
                data = body[at : at + STEP]
                at += len(data)
            piece = stream.decompress(data, STEP)
            out.write(piece)
            if out.tell() > limit:
                return _too_large(limit, url)
            data = stream.unconsumed_tail
            if not data and not piece and not stream.eof and at >= len(body):
                return Failure(Reason.CORRUPT, url, "compressed content is cut off")
    except zlib.error as error:
        return Failure(Reason.CORRUPT, url, one_line(str(error)))
    return at - len(stream.unused_data)


def _too_large(limit: int, url: str) -> Failure:
    return Failure(Reason.TOO_LARGE, url, f"more than {limit:,} bytes when decompressed")
