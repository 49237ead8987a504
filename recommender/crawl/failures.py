"""What went wrong, from the errors of four libraries to one `Failure`. Opens nothing."""

from __future__ import annotations

import errno
import http.client
import socket
import ssl
from collections.abc import Iterator

import requests
import urllib3

from recommender.crawl.outcomes import Failure, Reason, one_line
from recommender.crawl.transport import PrivateAddressError

_UNREACHABLE = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL})
_LOOKUP_DOWN = frozenset({socket.EAI_AGAIN, socket.EAI_FAIL})


def failure(error: Exception, url: str, *, inside_body: bool = False) -> Failure:
    """Name what went wrong by the innermost cause we know; the detail is that cause's own words.

    Args:
        error: as the libraries gave it.
        url: that was asked.
        inside_body: the head had come already, so what is broken is torn.
    """
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
        (requests.exceptions.InvalidProxyURL, Reason.PROXY),
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
