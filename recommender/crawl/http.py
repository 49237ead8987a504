"""The only socket. One GET, redirects followed by hand, ends in a `Response` or a `Failure`: never an error.

Every step is bounded: connecting, the TLS handshake, each read, all answers of one `get` together (a server
that drips a byte a second is cut off), bytes, headers, cookies, redirects. TLS is always verified. Cookies
live for one `get` only. docs/archive.md lists the bounds ("What a hostile page can do").
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from requests.cookies import RequestsCookieJar, extract_cookies_to_jar
from requests.utils import get_environ_proxies, select_proxy

from recommender.crawl.addresses import is_private_name
from recommender.crawl.answers import Bound, fields_of, message_of, misfit, read
from recommender.crawl.failures import failure
from recommender.crawl.outcomes import Failure, Hop, Outcome, Reason, Response, one_line
from recommender.crawl.transport import ALLOW_HINT, BoundedAdapter, deadline
from recommender.crawl.urls import is_web, join

CONNECT_TIMEOUT = 10.0  # seconds for one address: TCP's third SYN leaves after 7 s (RFC 6298: 1, 3, 7)
READ_TIMEOUT = 30.0  # seconds of silence: slower than any news page answers, shorter than a reader waits
TOTAL_TIMEOUT = 120.0  # seconds for one page, its redirects and their robots.txt: 10 MB at 85 kB/s
# Of a body on the wire: seven times the longest of 47 real news pages, were it not compressed. Eight of them
# at once stay below the 300 MB that this program may use.
MAX_BYTES = 10_000_000
MAX_REDIRECTS = 10  # the Fetch standard allows 20; a chain over 10 was always a loop or a cookie wall
REDIRECTS = frozenset({301, 302, 303, 307, 308})
MAX_URL = 8_000  # characters of a redirect's target: what RFC 9110 4.1 asks everybody to support at least
MAX_COOKIES = 50  # of one answer, of at most
MAX_COOKIE = 4_096  # characters: RFC 6265 6.1; longer ones cost its parser square time


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
        connect_timeout: seconds for each address of the host, and again for TLS.
        read_timeout: seconds without a byte.
        total_timeout: seconds of one `get`, from its first request to the last byte after its last redirect.
        max_bytes: of one body, before decompression.
        max_redirects: followed before giving up.
        allow_private: connect to loopback and private addresses too. Otherwise a name is looked up once, all
            its addresses must be public, and the connection goes to one that was checked. Behind a proxy, which
            does the looking up, only what is private by name is refused.
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
        self.allow_private = allow_private
        self._total = total_timeout
        self._timeout = (min(connect_timeout, total_timeout), min(read_timeout, total_timeout))
        self._adapter = BoundedAdapter(allow_private)

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
        cut: bool = False,
    ) -> Outcome:
        """Fetch one URL.

        Args:
            url: absolute, http or https.
            headers: sent besides our own, e.g. `If-None-Match`.
            allow: asked before each redirect is followed; the `Failure` it gives ends the fetch.
            max_redirects: instead of the client's; with 0 a redirect comes back as the response.
            max_bytes: instead of the client's.
            cut: the first `max_bytes` of a larger body will do.
        """
        limit = self.max_redirects if max_redirects is None else max_redirects
        bound = Bound(max_bytes or self.max_bytes, cut)
        with deadline(self._total):
            return self._follow(url, headers or {}, allow, limit, bound)

    def _follow(
        self, url: str, headers: Mapping[str, str], allow: Allow | None, limit: int, bound: Bound
    ) -> Outcome:
        """Ask, and go where redirects lead."""
        start = time.monotonic()
        cookies = RequestsCookieJar()
        hops: list[Hop] = []
        here = url
        while True:
            answer = self._one(here, headers, cookies, bound)
            if isinstance(answer, Failure):
                return answer
            status, fields, body = answer
            location = next((value for name, value in fields if name.lower() == "location"), None)
            if limit == 0 or status not in REDIRECTS or not location:
                elapsed = time.monotonic() - start
                return Response(url, here, tuple(hops), status, fields, body, elapsed, datetime.now(UTC))
            target = _target(here, location)
            if isinstance(target, Failure):
                return replace(target, status=status)
            if len(hops) >= limit:
                return Failure(Reason.REDIRECTS, here, f"more than {limit}", status)
            hops.append(Hop(here, status, target, fields))
            refusal = allow(target) if allow is not None else None
            if refusal is not None:
                return refusal
            here = target

    def post(self, url: str, form: Mapping[str, str], *, headers: Mapping[str, str] | None = None) -> Outcome:
        """Send a form, once. A redirect is the answer and never followed: `headers` reach this host only."""
        start = time.monotonic()
        with deadline(self._total):
            answer = self._one(url, headers or {}, RequestsCookieJar(), Bound(self.max_bytes, False), form)
        if isinstance(answer, Failure):
            return answer
        status, fields, body = answer
        return Response(url, url, (), status, fields, body, time.monotonic() - start, datetime.now(UTC))

    def _one(
        self,
        url: str,
        headers: Mapping[str, str],
        cookies: RequestsCookieJar,
        bound: Bound,
        form: Mapping[str, str] | None = None,
    ) -> tuple[int, tuple[tuple[str, str], ...], bytes] | Failure:
        """One request and its whole response: status, headers, wire body."""
        if not is_web(url):
            return Failure(Reason.BAD_URL, url, one_line(url))
        ours = {
            "User-Agent": self.user_agent,
            "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
            "Accept-Encoding": "gzip, deflate",  # what body.decode undoes
        }
        proxies = get_environ_proxies(url, no_proxy=None)
        refusal = self._behind_proxy(url, select_proxy(url, proxies))
        if refusal is not None:
            return refusal
        try:
            method = "GET" if form is None else "POST"
            sent = requests.Request(method, url, headers={**ours, **headers}, data=form, cookies=cookies)
            request = sent.prepare()
            response = self._adapter.send(
                request, stream=True, timeout=self._timeout, verify=_ca_bundle(), proxies=proxies
            )
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            return failure(error, url)
        with contextlib.closing(response):
            raw, status = response.raw, response.status_code
            wrong = misfit(raw, status, asked={name.lower() for name in headers})
            if wrong is not None:
                return replace(wrong, url=url, status=status)
            fields = fields_of(raw)
            if status in REDIRECTS:
                _keep_cookies(cookies, request, raw)
            body = read(raw, status, bound, url)
        return body if isinstance(body, Failure) else (status, fields, body)

    def _behind_proxy(self, url: str, proxy: str | None) -> Failure | None:
        """Why a URL can't be asked for through a proxy; None where it can, or where none is in between."""
        if not proxy:
            return None
        if proxy.lower().startswith("socks"):
            return Failure(Reason.PROXY, url, "SOCKS proxies are not supported")
        host = urlsplit(url).hostname or ""
        if not self.allow_private and is_private_name(host):
            return Failure(Reason.PRIVATE, url, f"{one_line(host, 80)}; {ALLOW_HINT}")
        return None


def _target(here: str, location: str) -> str | Failure:
    """Where a redirect leads. The user name and password it may hold are nobody's here, and go."""
    target = join(here, _utf8(location)) if len(location) <= MAX_URL else None
    if len(location) > MAX_URL:
        return Failure(Reason.BAD_URL, here, f"redirects to an address of {len(location):,} characters")
    if target is None:
        return Failure(Reason.SCHEME, here, one_line(f"to {location}"))
    parts = urlsplit(target)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl() if "@" in parts.netloc else target


def _keep_cookies(cookies: RequestsCookieJar, request: requests.PreparedRequest, raw: Any) -> None:
    """Take an answer's cookies, of a size and number that browsers take too."""
    message = message_of(raw)
    values = [str(value) for value in message.get_all("set-cookie") or ()]
    del message["set-cookie"]
    for value in [value for value in values if len(value) <= MAX_COOKIE][:MAX_COOKIES]:
        message["set-cookie"] = value
    extract_cookies_to_jar(cookies, request, raw)  # type: ignore[no-untyped-call]


def _utf8(value: str) -> str:
    """A header that http.client read as Latin-1, as the UTF-8 it was meant to be."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value


def _ca_bundle() -> str | bool:
    return os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True
