"""Behaviours of the connection: heads, framing, encodings."""

from __future__ import annotations

import gzip
import zlib
from functools import cache

from hostile.server import (
    CORRUPT,
    CUT,
    EMPTY,
    LARGE,
    PROTOCOL,
    ROBOTS_DOWN,
    TIMEOUT,
    Act,
    Case,
    Talk,
    page,
)

LIMIT = 2  # seconds: --timeout of the tests
SLOW = 3 * LIMIT + 3.0  # three attempts at a page that times out, and what ends late on a busy machine


def raw(data: bytes) -> Act:
    """These bytes and the end."""
    return lambda talk: talk.send(data)


def own(talk: Talk) -> bytes:
    return page(talk.case.name)


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


@cache
def bomb() -> bytes:
    """9 MB of gzip that hold 9 GB: one compressed block, nine thousand times."""
    start = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = zlib.compressobj(9, zlib.DEFLATED, -15)
    zeros = block.compress(bytes(1 << 20)) + block.flush(zlib.Z_FULL_FLUSH)
    return start.flush(zlib.Z_FULL_FLUSH) + zeros * 9_000


def silent(talk: Talk) -> None:
    talk.hold()


def half_head(talk: Talk) -> None:
    talk.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Le")


def reset_in_head(talk: Talk) -> None:
    talk.send(b"HTTP/1.1 200 OK\r\nContent-Type: te")
    talk.closing.wait(0.05)
    talk.reset()


def reset_in_body(talk: Talk) -> None:
    talk.reply(own(talk)[:500], length=5000)
    talk.closing.wait(0.05)
    talk.reset()


def endless_headers(talk: Talk) -> None:
    talk.send(b"HTTP/1.1 200 OK\r\n")
    talk.flood(b"X-More: and more\r\n" * 500)


def interim(status: str, count: int) -> Act:
    """Interim answers, then the page."""

    def act(talk: Talk) -> None:
        talk.send(f"HTTP/1.1 {status}\r\nLink: </a.css>\r\n\r\n".encode() * count)
        talk.page()

    return act


def status(line: str, *headers: str, body: bool = True) -> Act:
    return lambda talk: talk.reply(own(talk) if body else b"", *headers, status=line)


def header(*lines: str) -> Act:
    return lambda talk: talk.reply(own(talk), *lines)


def length(value: object, *, keep: bool = False) -> Act:
    """The page under a Content-Length of this value."""

    def act(talk: Talk) -> None:
        talk.reply(own(talk), length=value)
        if keep:
            talk.hold()

    return act


def too_short(talk: Talk) -> None:
    """The length leaves out what comes behind the article's end."""
    talk.reply(own(talk) + b"<p>left out</p>" * 50, length=len(own(talk)))


def two_lengths(talk: Talk) -> None:
    talk.reply(own(talk), "Content-Length: 10")


def chunks(*wrong: bytes, end: bytes = b"0\r\n\r\n") -> Act:
    """The page as one sound chunk, then these bytes."""
    return lambda talk: talk.chunked(chunk(own(talk)) + b"".join(wrong) + end)


def endless_chunks(talk: Talk) -> None:
    talk.chunked(b"")
    talk.flood(chunk(b"<p>and more</p>" * 1000))


def endless_trailer(talk: Talk) -> None:
    talk.chunked(chunk(own(talk)) + b"0\r\n")
    talk.flood(b"X-More: and more\r\n" * 500)


def length_and_chunks(talk: Talk) -> None:
    body = own(talk)
    talk.reply(chunk(body) + b"0\r\n\r\n", "Transfer-Encoding: chunked", length=7)


def megabytes(count: int, *, told: bool) -> Act:
    def act(talk: Talk) -> None:
        talk.reply(b"", length=count * 1_000_000 if told else "")
        for _ in range(count):
            talk.send(b"<p>words</p>" * 83_334)

    return act


def endless(talk: Talk) -> None:
    talk.reply(b"", length="")
    talk.flood(b"<p>words</p>" * 5000)


def encoded(name: str, body: bytes | None = None) -> Act:
    """The page, or a body, said to be encoded so."""
    return lambda talk: talk.reply(own(talk) if body is None else body, f"Content-Encoding: {name}")


def gzipped_wrong(talk: Talk) -> None:
    data = bytearray(gzip.compress(own(talk)))
    data[-6] ^= 0xFF  # its checksum
    talk.reply(bytes(data), "Content-Encoding: gzip")


def gzipped_torn(talk: Talk) -> None:
    talk.reply(gzip.compress(own(talk))[:-400], "Content-Encoding: gzip")


def nested_bomb(talk: Talk) -> None:
    talk.reply(gzip.compress(bomb()[:1_000_000]), "Content-Encoding: gzip, gzip")


def drip_chunk_sizes(talk: Talk) -> None:
    talk.chunked(b"")
    talk.drip(b"0" * 1000)


def close_unread(talk: Talk) -> None:
    talk.reset()


HEAD_CASES = [
    Case(
        "drip headers", lambda talk: talk.drip(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 999), TIMEOUT, seconds=SLOW
    ),
    Case("no answer", silent, TIMEOUT, seconds=SLOW),
    Case("no answer to a connection", silent, ROBOTS_DOWN, seconds=SLOW, greet=silent),
    Case("hangs up", raw(b""), PROTOCOL),
    Case("resets unread", close_unread, PROTOCOL),
    Case("half a head, half closed", half_head, PROTOCOL),
    Case("reset in the head", reset_in_head, PROTOCOL),
    Case("reset in the body", reset_in_body, CUT),
    Case("garbage", raw(bytes(range(256)) * 40), PROTOCOL),
    Case("another protocol", raw(b"SSH-2.0-OpenSSH_9.6\r\n"), PROTOCOL),
    Case("HTTP/0.9", lambda talk: talk.send(own(talk)), PROTOCOL),
    Case("HTTP/3.7", raw(b"HTTP/3.7 200 OK\r\n\r\nx"), PROTOCOL),
    Case("status 999", status("999 Denied"), PROTOCOL),
    Case("status 99", raw(b"HTTP/1.1 99 OK\r\n\r\n"), PROTOCOL),
    Case("10,000 headers", raw(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 10_000 + b"\r\n"), PROTOCOL),
    Case("a header of 1 MB", raw(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 1_000_000 + b"\r\n\r\n"), PROTOCOL),
    Case("endless headers", endless_headers, PROTOCOL),
    Case("a line that is no header", header("no colon here"), PROTOCOL),
    Case("a folded header", header("X-Folded: one", " two", "\tthree")),
    Case("NUL in a header", header("X-Nul: a\0b")),
    Case("a bare return in a header", header("X-Split: a\rX-Injected: b")),
    Case("a terminal escape in a header", header("X-Escape: \x1b]0;owned\x07")),
    Case("early hints", interim("103 Early Hints", 2)),
    Case("100 Continue", interim("100 Continue", 3)),
    Case("interim answers without end", interim("100 Continue", 10_000), PROTOCOL),
    Case("early hints without end", interim("103 Early Hints", 10_000), PROTOCOL),
    Case("101 unasked", status("101 Switching Protocols", "Upgrade: h2c"), PROTOCOL),
    Case("204", status("204 No Content", body=False), EMPTY),
    Case("205", status("205 Reset Content", body=False), EMPTY),
    Case("206 unasked", status("206 Partial Content", "Content-Range: bytes 0-99/100"), CUT),
    Case("304 unasked", status("304 Not Modified", body=False), PROTOCOL),
]

BODY_CASES = [
    Case("drip body", lambda talk: (talk.reply(length=900), talk.drip(b"y" * 900))[1], TIMEOUT, seconds=SLOW),
    Case("drip chunk sizes", drip_chunk_sizes, TIMEOUT, seconds=SLOW),
    Case("short body", length(99_999), CUT),
    Case("length too large, kept open", length(99_999, keep=True), TIMEOUT, seconds=SLOW),
    Case("length too small", too_short),
    Case("two lengths", two_lengths, PROTOCOL),
    Case("no length", length("")),
    Case("length -5", length(-5), PROTOCOL),
    Case("length +5", length("+5"), PROTOCOL),
    Case("length 1_000", length("1_000"), PROTOCOL),
    Case("length of 40 digits", length("9" * 40), LARGE),
    Case("length and chunks", length_and_chunks),
    Case("chunk size that is no number", chunks(b"zz\r\nhello\r\n"), CUT),
    Case("no last chunk", chunks(end=b""), CUT),
    Case("chunk shorter than its size", chunks(b"fff\r\nhello", end=b""), CUT),
    Case("chunk longer than its size", chunks(b"2\r\nhello\r\n"), CUT),
    Case("negative chunk size", chunks(b"-5\r\nhello\r\n"), CUT),
    Case("chunk size of 30 digits", chunks(b"f" * 30 + b"\r\nhello\r\n", end=b""), CUT),
    Case("chunk extension of 1 MB", chunks(b"5;" + b"x" * 1_000_000 + b"\r\nhello\r\n"), PROTOCOL),
    Case("endless chunks", endless_chunks, LARGE),
    Case("endless trailer", endless_trailer, TIMEOUT, seconds=SLOW),
    Case("50 MB, announced", megabytes(50, told=True), LARGE),
    Case("50 MB, unannounced", megabytes(50, told=False), LARGE),
    Case("endless body", endless, LARGE),
    Case("gzip bomb of 9 GB", lambda talk: talk.reply(bomb(), "Content-Encoding: gzip"), LARGE, seconds=5.0),
    Case("gzip bomb in gzip", nested_bomb, LARGE),
    Case("400,000 gzip members", encoded("gzip", gzip.compress(b"") * 400_000), CORRUPT),
    Case("gzip with a wrong checksum", gzipped_wrong, CORRUPT),
    Case("gzip cut off", gzipped_torn, CORRUPT),
    Case("said gzip, is plain", encoded("gzip")),
    Case("said deflate, is plain", encoded("deflate"), CORRUPT),
    Case("brotli unasked", encoded("br", b"\x0b\x02\x80hello\x03"), CORRUPT),
    Case("an encoding nobody knows", encoded("x-secret"), CORRUPT),
    Case("gzip nine times over", encoded(", ".join(["gzip"] * 9)), CORRUPT),
]
