"""What one request comes back as: a `Response`, or a `Failure` with its `Reason`.

`Reason` is the closed list of everything that can keep a page out of the archive, in the words a user
reads. Nothing here opens a socket or knows the time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Reason(StrEnum):
    """Why a page is not (yet) archived, or why a copy must not become the article."""

    # nothing answered
    DNS = "no such host"
    DNS_AGAIN = "host names can't be looked up just now"
    UNREACHABLE = "network is unreachable"
    REFUSED = "connection refused"
    TIMEOUT = "timed out"
    # something answered, but not with a page
    TLS = "certificate or TLS error"
    TRUNCATED = "cut off before its end"
    TOO_LARGE = "larger than the limit"
    REDIRECTS = "too many redirects"
    SCHEME = "redirects to something that is not a web address"
    NO_TARGET = "redirects nowhere"
    BAD_URL = "not a usable web address"
    PROTOCOL = "not a valid HTTP answer"
    CORRUPT = "content can't be decoded"
    PRIVATE = "address is private"
    PROXY = "the proxy failed"
    # the server said no
    LOGIN = "login required (401)"
    PAYMENT = "payment required (402)"
    FORBIDDEN = "forbidden (403)"
    NOT_FOUND = "not found (404)"
    GONE = "gone (410)"
    LEGAL = "unavailable for legal reasons (451)"
    BUSY = "too many requests (429)"
    SERVER = "server error (5xx)"
    REJECTED = "rejected by the server (4xx)"
    ROBOTS = "robots.txt forbids it"
    ROBOTS_DOWN = "robots.txt can't be had, so nothing may be fetched"
    # the page is not the article
    EMPTY = "empty page"
    NO_PAGE = "not a web page"
    PAYWALL = "paywall stub"
    BLOCK_PAGE = "block page"
    UNREADABLE = "a page that can't be read"
    CONSENT = "consent wall"
    LOGIN_PAGE = "login page"
    REGION = "not shown in this region"
    SHELL = "needs a browser that runs scripts"
    PLACEHOLDER = "placeholder page"
    SOFT_404 = "soft 404"
    GARBLED = "garbled text"
    # the page is not the article whose good copy we hold
    ANOTHER = "another page in its place"
    LANGUAGE = "another language than our copy"
    SHORTER = "much shorter than our copy"
    # the web archive
    NO_MEMENTO = "no archived copy"
    FAR_MEMENTO = "no archived copy near the date"
    EXCLUDED = "the web archive may not show it"
    ARCHIVE_BUSY = "the web archive asks to wait"
    ARCHIVE_ERROR = "the web archive failed"
    # a reference without a URL
    NO_CANDIDATE = "no link or archived page matches the title"


# Failures of a network that is down look like these from here. A run in which every failure is of this
# family and nothing answered had no network, so its rows stay pending.
OFFLINE = frozenset({Reason.DNS, Reason.DNS_AGAIN, Reason.UNREACHABLE, Reason.REFUSED})

LINE = 200  # characters of a detail: two lines of an 80-column terminal and a bit


def one_line(text: str, limit: int = LINE) -> str:
    """Text from outside as one line without control characters, at most `limit` characters.

    Everything that is not printable goes (also bidirectional overrides and lone surrogates): the line may
    end up in a terminal.

    >>> one_line("a" + chr(27) + "[31m  b")
    'a [31m b'
    """
    clean = " ".join("".join(char if char.isprintable() else " " for char in text[: 4 * limit]).split())
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"


@dataclass(frozen=True, slots=True)
class Failure:
    """A request, or a lookup, that gave nothing to keep.

    `detail` is one clean line for a log, `retry_after` the seconds the other side asked us to wait
    (None where it did not say), `status` the HTTP status where there was one.
    """

    reason: Reason
    url: str
    detail: str = ""
    status: int | None = None
    retry_after: float | None = None

    @property
    def offline(self) -> bool:
        """Whether this is how a machine without network fails."""
        return self.reason in OFFLINE

    def line(self) -> str:
        """The failure as a user reads it: the reason, then the detail."""
        return f"{self.reason}: {self.detail}" if self.detail else str(self.reason)


Headers = tuple[tuple[str, str], ...]  # in the order received; a name may come twice


def header(headers: Headers, name: str) -> str | None:
    """The first value of a header, by any case; None where it was not sent."""
    wanted = name.lower()
    return next((value for key, value in headers if key.lower() == wanted), None)


@dataclass(frozen=True, slots=True)
class Hop:
    """One redirect on the way: the URL asked, what it said, and the absolute URL it sent us to."""

    url: str
    status: int
    location: str
    headers: Headers = ()


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP response of any status, whole.

    `body` is as it came over the wire: content-encoding intact, chunks joined. `elapsed` counts seconds
    from the first request to the last byte, redirects included; `fetched_at` is UTC.
    """

    url: str
    final_url: str
    hops: tuple[Hop, ...]
    status: int
    headers: Headers
    body: bytes = field(repr=False)
    elapsed: float
    fetched_at: datetime

    def header(self, name: str) -> str | None:
        """The first value of a header, by any case; None where it was not sent."""
        return header(self.headers, name)


Outcome = Response | Failure
