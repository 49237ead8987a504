"""An HTTP response as a WARC record holds it ─► status, headers, body with its chunks joined. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from recommender.imports.warc_frames import BrokenError

Headers = tuple[tuple[str, str], ...]
_STATUS = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})(?:[ \t]|\r?$|\r?\n)", re.IGNORECASE)
_END = re.compile(rb"\r?\n\r?\n")
_CHUNK = re.compile(rb"[ \t]*([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]{0,200})?\r?\n")
MAX_HEAD = 256_000  # bytes; servers' own limits are 8,000 to 64,000


@dataclass(frozen=True, slots=True)
class Message:
    """A response."""

    status: int
    headers: Headers  # as they came, folded lines joined
    body: bytes = field(repr=False)  # content-encoding intact, chunks joined

    def get(self, name: str) -> str:
        """The first value of a header; empty where it is not there."""
        return next((value for key, value in self.headers if key.lower() == name), "")


def message(block: bytes) -> Message:
    """A record's block as a response.

    Raises:
        BrokenError: it has no HTTP head, or its chunks do not fit.
    """
    end = _END.search(block, 0, MAX_HEAD)
    status = _STATUS.match(block)
    if status is None or (end is None and len(block) > MAX_HEAD):
        raise BrokenError("the response has no HTTP head")
    head, body = (block[: end.start()], block[end.end() :]) if end else (block.rstrip(b"\r\n"), b"")
    pairs: list[tuple[str, str]] = []
    for line in head.split(b"\n")[1:]:
        text = line.decode("latin-1").rstrip("\r")
        if text[:1] in {" ", "\t"} and pairs:
            pairs[-1] = (pairs[-1][0], f"{pairs[-1][1]} {text.strip()}")
        elif ":" in text:
            name, _, value = text.partition(":")
            pairs.append((name.strip(), value.strip(" \t")))
    found = Message(int(status[1]), tuple(pairs), body)
    if "chunked" in found.get("transfer-encoding").lower():
        found = Message(found.status, found.headers, unchunked(body))
    return found


def unchunked(body: bytes) -> bytes:
    """A body without its chunks' frames; as it is where it has none (many programs leave the header only).

    Raises:
        BrokenError: it begins in chunks and breaks off.
    """
    parts: list[bytes] = []
    at = 0
    while match := _CHUNK.match(body, at):
        size, at = int(match[1], 16), match.end()
        if size == 0:
            return b"".join(parts)
        if at + size > len(body) or body[at + size : at + size + 2].rstrip(b"\r\n"):
            if not parts:
                return body
            break
        parts.append(body[at : at + size])
        at += size
        at += 2 if body[at : at + 2] == b"\r\n" else 1
    if not parts:
        return body
    raise BrokenError("the page is cut off inside its chunks")
