"""One answer off the wire: does its head fit what was asked, its headers as pairs, its body whole. Opens nothing."""

from __future__ import annotations

import http.client
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import urllib3

from recommender.crawl.failures import failure
from recommender.crawl.outcomes import Failure, Reason

STEP = 65_536  # bytes asked for in one read
BODILESS = frozenset({204, 304})
MAX_DIGITS = 30  # of a Content-Length; a number that long is over every limit, however it goes on
_LENGTH = re.compile(r"\s*[0-9]+\s*(?:,\s*[0-9]+\s*)*", re.ASCII)  # RFC 9110 8.6: digits, maybe said twice
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]+[ \t]*")


@dataclass(frozen=True, slots=True)
class Bound:
    """How much of a body is read."""

    size: int  # bytes, before decompression
    cut: bool = False  # more than that is left unread, and no failure


def misfit(raw: Any, status: int, asked: set[str]) -> Failure | None:
    """Why an answer's head can't be that of an answer to our request; None where it can."""
    if status < 200:
        return Failure(Reason.PROTOCOL, "", "an interim answer as the last one")
    if status == 206:
        return Failure(Reason.TRUNCATED, "", "a part (206), though the whole was asked for")
    if status == 304 and not asked & {"if-none-match", "if-modified-since"}:
        return Failure(Reason.PROTOCOL, "", "not modified (304), though nothing was said to be known")
    if getattr(message_of(raw), "defects", ()):
        return Failure(Reason.PROTOCOL, "", "broken headers")
    if status not in BODILESS and not _LENGTH.fullmatch(raw.headers.get("content-length", "0")):
        return Failure(Reason.PROTOCOL, "", "broken Content-Length")
    return None


def read(raw: Any, status: int, bound: Bound, url: str) -> bytes | Failure:
    """The wire body, or why it can't be had whole. Reads what has arrived, so that the deadline holds."""
    expected = _content_length(raw.headers) if status not in BODILESS else None
    if expected is not None and expected > bound.size and not bound.cut:
        return Failure(
            Reason.TOO_LARGE, url, f"{_number(expected)} bytes announced, limit {bound.size:,}", status
        )
    body = io.BytesIO()  # gives its bytes without a copy
    try:
        while piece := raw.read1(STEP, decode_content=False):
            body.write(piece)
            if body.tell() > bound.size:
                raw.close()
                if bound.cut:
                    body.truncate(bound.size)
                    return body.getvalue()
                return Failure(Reason.TOO_LARGE, url, f"more than {bound.size:,} bytes", status)
    except (urllib3.exceptions.HTTPError, http.client.HTTPException, OSError, ValueError) as error:
        raw.close()
        return failure(error, url, inside_body=True)
    if expected is not None and body.tell() < expected:
        return Failure(Reason.TRUNCATED, url, f"{body.tell():,} of {_number(expected)} bytes", status)
    raw.release_conn()
    return body.getvalue()


def message_of(raw: Any) -> Any:
    """The headers as http.client read them; urllib3's own mapping groups them by name."""
    return getattr(getattr(raw, "_original_response", None), "msg", None) or raw.headers


def fields_of(raw: Any) -> tuple[tuple[str, str], ...]:
    """Header pairs in the order sent. Folded lines are joined, and control characters become spaces (RFC 9112 5.2,
    RFC 9110 5.5): in a WARC they would be lines of their own."""
    return tuple((str(name), _CONTROL.sub(" ", str(value))) for name, value in message_of(raw).items())


def _content_length(headers: Mapping[str, str]) -> int | None:
    """Bytes announced; None where chunked or absent."""
    text = headers.get("content-length", "")
    if "chunked" in headers.get("transfer-encoding", "").lower() or not text:
        return None
    return int(text.split(",")[0].strip()[:MAX_DIGITS])


def _number(count: int) -> str:
    return f"{count:,}" if count < 10**15 else "very many"
