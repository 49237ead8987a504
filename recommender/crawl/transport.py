"""Connections with bounds that requests does not have. Used by `crawl.http` alone.

A deadline for all of a fetch, however slowly bytes come; a bound on a head, and on what may stand before it;
public addresses only, each name looked up once; no bytes left over from one answer for the next.
"""

from __future__ import annotations

import http.client
import io
import math
import socket
import time
from collections.abc import Callable
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import urllib3
from requests.adapters import HTTPAdapter

from recommender.crawl.addresses import is_public, literal

if TYPE_CHECKING:
    from collections.abc import Iterator

STEP = 65_536  # bytes of a read buffer
POOL = 100  # hosts whose connections are kept open: a run asks few more in the time that servers keep them
SAME_HOST = 4  # connections a host kept open: the frontier asks one thing at a time
MAX_HEAD = 262_144  # bytes of status line and headers; the bound that browsers have (Chromium's, 256 KiB)
ALLOW_HINT = "--allow-private fetches from private addresses too"
MAX_INTERIM = 20  # answers of 100 to 199 before the real one; servers send one

_end: ContextVar[float] = ContextVar("_end")  # of the fetch under way in this thread, monotonic seconds


class PrivateAddressError(OSError):
    """The host's address is not one of the public internet."""


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """All that this thread fetches inside must be done by then; an earlier deadline outside still counts."""
    token = _end.set(min(time.monotonic() + seconds, _end.get(math.inf)))
    try:
        yield
    finally:
        _end.reset(token)


def _left() -> float:
    """Seconds until the deadline.

    Raises:
        TimeoutError: none.
    """
    left = _end.get() - time.monotonic()
    if left <= 0:
        raise TimeoutError("too slow: the whole answer took too long")
    return left


class _Wire(io.RawIOBase):
    """A socket's bytes until the deadline, and no more of them than `room` until that is lifted.

    http.client reads headers and chunk sizes line by line, and each byte starts a socket's timeout anew.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._silence = sock.gettimeout() or math.inf
        self.room: int | None = MAX_HEAD

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(min(_left(), self._silence))
        if self.room is None:
            return self._raw.readinto(buffer)
        if self.room <= 0:
            raise http.client.HTTPException(f"more than {MAX_HEAD:,} bytes of headers")
        count = self._raw.readinto(memoryview(buffer)[: self.room])
        if not count and self.room < MAX_HEAD:  # http.client takes the end for that of the headers
            raise http.client.HTTPException("the connection ended inside the headers")
        self.room -= count or 0
        return count

    def received(self, buffer: io.BufferedReader[Any]) -> bool:
        """Whether bytes lie in the buffer; asks the other side for none."""
        self.room = 0
        with suppress(http.client.HTTPException, OSError, ValueError):
            return bool(buffer.peek(1))
        return False

    def hang_up(self) -> None:
        """End the connection for both sides: urllib3 sees that, and makes another one for the next request."""
        with suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Answer(http.client.HTTPResponse):
    """An answer with a bounded head, and the last one of its connection where bytes came behind its end."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp.close()
        self._wire = _Wire(sock)
        self._buffer: io.BufferedReader[Any] = io.BufferedReader(self._wire, STEP)
        self.fp = self._buffer
        self._interim = 0

    def begin(self) -> None:
        super().begin()
        self._wire.room = None

    def _read_status(self) -> tuple[str, int, str]:
        """The next status line that is not one of 102 to 199, which http.client takes for the answer."""
        while True:
            version, status, reason = super()._read_status()  # type: ignore[misc]
            if not 100 <= status < 200 or status == 101:
                return version, status, reason
            self._interim += 1
            if self._interim > MAX_INTERIM:
                raise http.client.HTTPException(f"more than {MAX_INTERIM} interim answers")
            if status == 100:
                return version, status, reason  # http.client passes over this one
            while self.fp.readline(STEP).strip():
                pass

    def _close_conn(self) -> None:
        """Called at the answer's end. What came already behind it must not be taken for the next answer."""
        if self.fp is self._buffer and self._wire.received(self._buffer):
            self._wire.hang_up()
        super()._close_conn()  # type: ignore[misc]


def _bounded(base: type[Any], allow_private: bool) -> type[Any]:
    """A connection class that gives bounded answers and connects to addresses that were checked."""

    class Connection(base):  # type: ignore[misc]
        response_class = _Answer
        _dns_host: str
        timeout: float

        def _new_conn(self) -> socket.socket:
            name = self._dns_host  # urllib3 connects to this and verifies TLS against it
            check = None if allow_private or self.proxy is not None else is_public
            silence = self.timeout
            try:
                return self._first_of(_addresses(name, self.port, check))
            finally:
                self._dns_host, self.timeout = name, silence

        def _first_of(self, addresses: list[str]) -> socket.socket:
            """A connection to the first address that takes one; the last one's error where none does."""
            for address in addresses[:-1]:
                with suppress(urllib3.exceptions.HTTPError):
                    return self._connect(address)
            return self._connect(addresses[-1])

        def _connect(self, address: str) -> socket.socket:
            self._dns_host, silence = address, self.timeout
            self.timeout = min(_left(), silence)
            sock: socket.socket = super()._new_conn()
            sock.settimeout(min(_left(), silence))  # of the TLS handshake
            self.timeout = silence
            return sock

    return Connection


def _addresses(host: str, port: int, fit: Callable[[str], bool] | None) -> list[str]:
    """A host's addresses, in the resolver's order, once all of them are known to be fit.

    Raises:
        PrivateAddressError: where one is not.
        socket.gaierror: where the name does not resolve.
    """
    known = literal(host)
    _check([known] if known else [], host, fit)  # before the resolver, which may not know all spellings
    entries = socket.getaddrinfo(host.strip("[]"), port, 0, socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(_text(entry[4]) for entry in entries))
    _check(addresses, host, fit)
    return addresses


def _check(addresses: list[str], host: str, fit: Callable[[str], bool] | None) -> None:
    for address in addresses:
        if fit is not None and not fit(address):
            shown = host if host == address else f"{host} is {address}"
            raise PrivateAddressError(f"{shown}; {ALLOW_HINT}")


def _text(place: tuple[Any, ...]) -> str:
    """An address as text, with its zone where it is of one link only (`fe80::1%2`)."""
    return f"{place[0]}%{place[3]}" if len(place) > 3 and place[3] and "%" not in place[0] else str(place[0])


class BoundedAdapter(HTTPAdapter):
    """requests' transport with bounded connections and no retries of its own (retrying is the frontier's)."""

    def __init__(self, allow_private: bool) -> None:
        self._allow_private = allow_private
        super().__init__(pool_connections=POOL, pool_maxsize=SAME_HOST, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pools, each connection bounded."""
        super().init_poolmanager(*args, **kwargs)
        self._bound(self.poolmanager)

    def proxy_manager_for(self, proxy: Any, **proxy_kwargs: Any) -> Any:
        """The pools of one proxy, each connection bounded."""
        fresh = proxy not in self.proxy_manager
        manager = super().proxy_manager_for(proxy, **proxy_kwargs)
        if fresh:
            self._bound(manager)
        return manager

    def _bound(self, manager: Any) -> None:
        pools = (urllib3.HTTPConnectionPool, urllib3.HTTPSConnectionPool)
        manager.pool_classes_by_scheme = {
            pool.scheme: type(
                pool.__name__, (pool,), {"ConnectionCls": _bounded(pool.ConnectionCls, self._allow_private)}
            )
            for pool in pools
        }
