"""The only socket. One GET, redirects followed by hand, ends in a `Response` or a `Failure`: never an error.

Every step is bounded: connecting, the TLS handshake, each read, headers and body together (a server that
drips a byte a second is cut off), bytes, redirects. TLS is always verified. Cookies live for one `get` only.
"""

from __future__ import annotations

import contextlib
import errno
import http.client
import os
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import requests
import urllib3
from requests.cookies import RequestsCookieJar, extract_cookies_to_jar
from requests.utils import get_environ_proxies

from recommender.crawl.outcomes import Failure, Hop, Outcome, Reason, Response, one_line
from recommender.crawl.transport import BoundedAdapter, PrivateAddressError
from recommender.crawl.urls import is_web, join

CONNECT_TIMEOUT = 10.0  # seconds for one address: TCP's third SYN leaves after 7 s (RFC 6298: 1, 3, 7)
READ_TIMEOUT = 30.0  # seconds of silence: slower than any news page answers, shorter than a reader waits
TOTAL_TIMEOUT = 120.0  # seconds for one response: 20 MB at 170 kB/s
MAX_BYTES = 20_000_000  # of a body on the wire; ten times the largest of 47 real news pages
MAX_REDIRECTS = 10  # the Fetch standard allows 20; a chain over 10 was always a loop or a cookie wall
REDIRECTS = frozenset({301, 302, 303, 307, 308})
BODILESS = frozenset({204, 304})
STEP = 65_536  # bytes asked for in one read

Allow = Callable[[str], Failure | None]


def agent_string(contact: str | None = None) -> str:
    """The User-Agent: name, version, what it does and whom to write to.

    Args:
        contact: a mail address or URL of the person who runs this; control characters are dropped.
    """
    clean = one_line(contact or "").encode("ascii", "ignore").decode().replace("(", "").replace(")", "")
    about = f"archives an article's further reading; {clean or 'no contact given'}"
    return f"readmore/{version('readmore')} ({about})"


class Client:
    """Fetches URLs. Safe to share between threads; close it, or use it as a context manager.

    Proxies and CA bundles are taken from the environment (`HTTPS_PROXY`, `REQUESTS_CA_BUNDLE` …);
    passwords from .netrc never are.

    Args:
        user_agent: see `agent_string`.
        connect_timeout: seconds for each address of the host.
        read_timeout: seconds without a byte.
        total_timeout: seconds from the request to the last byte of one response.
        max_bytes: of one body, before decompression.
        max_redirects: followed before giving up.
        allow_private: connect to loopback and private addresses too. Otherwise the name is resolved once and
            the connection goes to the address that was checked.
    """

    def __init__(
        self,
        user_agent: str,
        *,
        connect_timeout: float = CONNECT_TIMEOUT,
        read_timeout: float = READ_TIMEOUT,
        total_timeout: float = TOTAL_TIMEOUT,
        max_bytes: int = MAX_BYTES,
        max_redirects: int = MAX_REDIRECTS,
        allow_private: bool = False,
    ) -> None:
        self.user_agent = user_agent
        self.max_bytes = max_bytes
        self.max_redirects = max_redirects
        self._timeout = (connect_timeout, read_timeout)
        self._adapter = BoundedAdapter(total_timeout, allow_private)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every kept connection."""
        self._adapter.close()

    def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        allow: Allow | None = None,
        max_redirects: int | None = None,
        max_bytes: int | None = None,
    ) -> Outcome:
        """Fetch one URL.

        Args:
            url: absolute, http or https.
            headers: sent besides our own, e.g. `If-None-Match`.
            allow: asked before each redirect is followed; the `Failure` it gives ends the fetch.
            max_redirects: instead of the client's; with 0 a redirect comes back as the response.
            max_bytes: instead of the client's.
        """
        start = time.monotonic()
        limit = self.max_redirects if max_redirects is None else max_redirects
        cookies = RequestsCookieJar()
        hops: list[Hop] = []
        here = url
        while True:
            answer = self._one(here, headers or {}, cookies, max_bytes or self.max_bytes)
            if isinstance(answer, Failure):
                return answer
            status, fields, body = answer
            location = next((value for name, value in fields if name.lower() == "location"), None)
            if limit == 0 or status not in REDIRECTS or location is None:
                elapsed = time.monotonic() - start
                return Response(url, here, tuple(hops), status, fields, body, elapsed, datetime.now(UTC))
            target = join(here, _utf8(location))
            if target is None:
                return Failure(Reason.SCHEME, here, one_line(f"to {location}"), status)
            if len(hops) >= limit:
                return Failure(Reason.REDIRECTS, here, f"more than {limit}", status)
            hops.append(Hop(here, status, target, fields))
            refusal = allow(target) if allow is not None else None
            if refusal is not None:
                return refusal
            here = target

    def _one(
        self, url: str, headers: Mapping[str, str], cookies: RequestsCookieJar, max_bytes: int
    ) -> tuple[int, tuple[tuple[str, str], ...], bytes] | Failure:
        """One request and its whole response: status, headers, wire body."""
        if not is_web(url):
            return Failure(Reason.BAD_URL, url, one_line(url))
        ours = {
            "User-Agent": self.user_agent,
            "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
            "Accept-Encoding": "gzip, deflate",  # what body.decode undoes
        }
        try:
            request = requests.Request("GET", url, headers={**ours, **headers}, cookies=cookies).prepare()
            proxies = get_environ_proxies(url, no_proxy=None)
            response = self._adapter.send(
                request, stream=True, timeout=self._timeout, verify=_ca_bundle(), proxies=proxies
            )
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            return _failure(error, url)
        with contextlib.closing(response):
            extract_cookies_to_jar(cookies, request, response.raw)  # type: ignore[no-untyped-call]
            fields = _headers(response.raw)
            body = _read(response.raw, response.status_code, max_bytes, url)
        return body if isinstance(body, Failure) else (response.status_code, fields, body)


def _read(raw: Any, status: int, max_bytes: int, url: str) -> bytes | Failure:
    """The wire body, or why it can't be had whole. Reads what has arrived, so that the deadline holds."""
    expected = _content_length(raw.headers) if status not in BODILESS else None
    if expected is not None and expected > max_bytes:
        return Failure(Reason.TOO_LARGE, url, f"{expected:,} bytes announced, limit {max_bytes:,}", status)
    body = bytearray()
    try:
        while piece := raw.read1(STEP, decode_content=False):
            body += piece
            if len(body) > max_bytes:
                raw.close()
                return Failure(Reason.TOO_LARGE, url, f"more than {max_bytes:,} bytes", status)
    except (urllib3.exceptions.HTTPError, http.client.HTTPException, OSError, ValueError) as error:
        raw.close()
        return _failure(error, url, inside_body=True)
    if expected is not None and len(body) < expected:
        return Failure(Reason.TRUNCATED, url, f"{len(body):,} of {expected:,} bytes", status)
    raw.release_conn()
    return bytes(body)


def _headers(raw: Any) -> tuple[tuple[str, str], ...]:
    """Header pairs in the order sent; urllib3's own mapping groups them by name."""
    message = getattr(getattr(raw, "_original_response", None), "msg", None) or raw.headers
    return tuple((str(name), str(value)) for name, value in message.items())


def _content_length(headers: Mapping[str, str]) -> int | None:
    """Bytes announced; None where chunked, absent or no number."""
    if "chunked" in headers.get("transfer-encoding", "").lower():
        return None
    text = headers.get("content-length", "").split(",")[0].strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _utf8(value: str) -> str:
    """A header that http.client read as Latin-1, as the UTF-8 it was meant to be."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value


def _ca_bundle() -> str | bool:
    return os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True


# ── what went wrong ────────────────────────────────────────────────────────────────────────────────────


_UNREACHABLE = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL})
_LOOKUP_DOWN = frozenset({socket.EAI_AGAIN, socket.EAI_FAIL})


def _failure(error: Exception, url: str, *, inside_body: bool = False) -> Failure:
    """Name what went wrong by the innermost cause we know; the detail is that cause's own words."""
    for cause in _chain(error):
        reason = _reason(cause, inside_body)
        if reason is not None:
            return Failure(reason, url, one_line(str(cause)))
    reason = Reason.TRUNCATED if inside_body else Reason.PROTOCOL
    return Failure(reason, url, one_line(f"{type(error).__name__}: {error}"))


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An error and everything it wraps, innermost first."""
    seen: list[BaseException] = []
    todo: list[BaseException] = [error]
    while todo and len(seen) < 20:  # wrappers nest four deep here; a cycle must not hang
        current = todo.pop(0)
        if any(current is other for other in seen):
            continue
        seen.append(current)
        inner = [getattr(current, "reason", None), current.__cause__, current.__context__, *current.args]
        todo.extend(item for item in inner if isinstance(item, BaseException))
    return reversed(seen)


def _reason(cause: BaseException, inside_body: bool) -> Reason | None:
    known: tuple[tuple[type[BaseException], Reason], ...] = (
        (PrivateAddressError, Reason.PRIVATE),
        (ssl.SSLError, Reason.TLS),
        (urllib3.exceptions.SSLError, Reason.TLS),
        (urllib3.exceptions.ProxyError, Reason.PROXY),
        (ConnectionRefusedError, Reason.REFUSED),
        (urllib3.exceptions.InvalidChunkLength, Reason.TRUNCATED if inside_body else Reason.PROTOCOL),
        (http.client.IncompleteRead, Reason.TRUNCATED),
        (http.client.RemoteDisconnected, Reason.PROTOCOL),
        (TimeoutError, Reason.TIMEOUT),
        (urllib3.exceptions.TimeoutError, Reason.TIMEOUT),
        (ConnectionError, Reason.TRUNCATED if inside_body else Reason.PROTOCOL),
        (urllib3.exceptions.LocationParseError, Reason.BAD_URL),
        (requests.exceptions.InvalidURL, Reason.BAD_URL),
        (UnicodeError, Reason.BAD_URL),
        (http.client.HTTPException, Reason.PROTOCOL),
    )
    if isinstance(cause, socket.gaierror):
        return Reason.DNS_AGAIN if cause.errno in _LOOKUP_DOWN else Reason.DNS
    if isinstance(cause, OSError) and cause.errno in _UNREACHABLE:
        return Reason.UNREACHABLE
    if isinstance(cause, urllib3.exceptions.NewConnectionError):
        return None  # a timeout by inheritance, not by nature: its cause says more
    return next((reason for kind, reason in known if isinstance(cause, kind)), None)
