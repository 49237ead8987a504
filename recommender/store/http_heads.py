"""HTTP heads as a WARC record holds them: no name or value can end its line. Pure; bytes out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from http import HTTPStatus
from urllib.parse import quote

ORIGINAL = "X-Archive-Orig-"  # pywb's and the Wayback Machine's prefix for a header that no longer holds
URL_SAFE = "!#$%&'()*+,/:;=?@[]~"  # RFC 3986's reserved characters and %: what requests leaves as they are
_NOT_TOKEN = re.compile(r"[^!#$%&'*+.^_`|~0-9A-Za-z-]")  # RFC 9110, 5.6.2
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")

Headers = tuple[tuple[str, str], ...]


def safe_url(url: str) -> str:
    """A URL with whatever RFC 3986 forbids percent-encoded; what is encoded already stays."""
    return quote(url.encode("utf-8", "surrogatepass"), safe=URL_SAFE)


def clean_value(value: str) -> str:
    """One header line's value: no control characters, so that it can't end its line."""
    return _CONTROL.sub(" ", value).strip(" \t")


def request_path(url: str) -> str:
    """The path and query that a request for a URL names."""
    path = re.sub(r"^[a-z]+://[^/?#]*", "", safe_url(url), flags=re.IGNORECASE).partition("#")[0]
    return path if path.startswith("/") else f"/{path}"


def head_of(first: str, headers: Iterable[tuple[str, str]]) -> bytes:
    """An HTTP head that no name or value can break out of."""
    lines = [clean_value(first)]
    lines += (f"{_NOT_TOKEN.sub('_', name) or '_'}: {clean_value(value)}" for name, value in headers)
    text = "\r\n".join(lines) + "\r\n\r\n"
    try:
        return text.encode("latin-1")  # as it came: HTTP clients give header bytes as Latin-1
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def response_head(status: int, headers: Headers, size: int) -> bytes:
    """A response's head over `size` bytes of body that are no longer chunked: untrue framing is renamed."""
    kept = []
    for given, value in headers:
        name = given.strip()
        untrue = name.lower() == "transfer-encoding" or (
            name.lower() == "content-length" and value.strip() != str(size)
        )
        kept.append((f"{ORIGINAL}{name}" if untrue else name, value))
    return head_of(status_line(status), kept)


def status_line(status: int) -> str:
    """The first line of a response."""
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "Unknown"
    return f"HTTP/1.1 {status} {phrase}"
