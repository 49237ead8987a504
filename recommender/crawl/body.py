"""Undo a body's content-encoding, never giving more than a limit. Pure."""

from __future__ import annotations

import zlib

from recommender.crawl.outcomes import Failure, Reason, one_line

# Bytes of one decoded page. The longest real page measured (47 news pages) is under 2 MB; three of these
# at once stay below the 300 MB this program may use.
MAX_DECODED = 50_000_000
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
    out = bytearray()
    rest = body
    while rest.startswith(_MAGIC):
        member = zlib.decompressobj(wbits=31)
        failed = _pour(member, rest, out, limit, url)
        if failed is not None:
            return failed
        rest = member.unused_data
    return bytes(out)


def _inflate(body: bytes, limit: int, url: str) -> bytes | Failure:
    """Deflate with the zlib header the standard asks for, or bare as some servers send it."""
    result: bytes | Failure = b""
    for wbits in (15, -15):
        out = bytearray()
        failed = _pour(zlib.decompressobj(wbits=wbits), body, out, limit, url)
        result = failed or bytes(out)
        if not isinstance(result, Failure) or result.reason is Reason.TOO_LARGE:
            break
    return result if body else b""


def _pour(stream: zlib._Decompress, data: bytes, out: bytearray, limit: int, url: str) -> Failure | None:
    try:
        while not stream.eof:
            piece = stream.decompress(data, STEP)
            out += piece
            if len(out) > limit:
                return _too_large(limit, url)
            data = stream.unconsumed_tail
            if not data and not piece and not stream.eof:
                return Failure(Reason.CORRUPT, url, "compressed content is cut off")
    except zlib.error as error:
        return Failure(Reason.CORRUPT, url, one_line(str(error)))
    return None


def _too_large(limit: int, url: str) -> Failure:
    return Failure(Reason.TOO_LARGE, url, f"more than {limit:,} bytes when decompressed")
