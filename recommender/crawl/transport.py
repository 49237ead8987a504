"""Connections with bounds that requests does not have: a deadline for a whole answer, public addresses only.

Used by `crawl.http` alone.
"""

from __future__ import annotations

import http.client
import io
import ipaddress
import socket
import time
from typing import Any

import urllib3
from requests.adapters import HTTPAdapter

STEP = 65_536  # bytes of a read buffer
POOL = 16  # hosts, and connections a host, kept open: more than the pipeline's threads


class PrivateAddressError(OSError):
    """The host's address is not one of the public internet."""


class _Deadline(io.RawIOBase):
    """A socket's bytes until a moment, however slowly they come.

    http.client reads headers and chunk sizes line by line, and each byte starts a socket's timeout anew.
    """

    def __init__(self, sock: socket.socket, limit: float) -> None:
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._silence = sock.gettimeout() or limit
        self._end = time.monotonic() + limit

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError("too slow: the whole answer took too long")
        self._sock.settimeout(min(left, self._silence))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


def _bounded(base: type[Any], total: float, allow_private: bool) -> type[Any]:
    """A connection class whose answers have a deadline and, if asked, whose addresses are public."""

    class Answer(http.client.HTTPResponse):
        def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
            super().__init__(sock, *args, **kwargs)
            self.fp.close()
            self.fp = io.BufferedReader(_Deadline(sock, total), STEP)

    class Connection(base):  # type: ignore[misc]
        response_class = Answer
        _dns_host: str

        def _new_conn(self) -> socket.socket:
            if allow_private or self.proxy is not None:
                return super()._new_conn()  # type: ignore[no-any-return]
            name = self._dns_host  # urllib3 connects to this and verifies TLS against it
            try:
                self._dns_host = _public_address(name, self.port)
                return super()._new_conn()  # type: ignore[no-any-return]
            finally:
                self._dns_host = name

    return Connection


def _public_address(host: str, port: int) -> str:
    """The first address of a host, once all of them are known to be public.

    Raises:
        PrivateAddressError: where one is not.
        socket.gaierror: where the name does not resolve.
    """
    addresses = [
        str(entry[4][0]) for entry in socket.getaddrinfo(host.strip("[]"), port, 0, socket.SOCK_STREAM)
    ]
    for address in addresses:
        if not is_public(address):
            raise PrivateAddressError(f"{host} is {address}")
    return addresses[0]


def is_public(text: str) -> bool:
    """Whether an IP address is one host of the public internet, also where IPv6 wraps an IPv4 one.

    >>> is_public("::ffff:10.0.0.1")
    False
    """
    address = ipaddress.ip_address(text.partition("%")[0])
    inner = [address]
    if isinstance(address, ipaddress.IPv6Address):
        nat64 = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None
        inner += [
            wrapped for wrapped in (address.ipv4_mapped, address.sixtofour, nat64) if wrapped is not None
        ]
    return all(one.is_global and not one.is_multicast for one in inner)


_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address


class BoundedAdapter(HTTPAdapter):
    """requests' transport with bounded connections and no retries of its own (retrying is the frontier's)."""

    def __init__(self, total: float, allow_private: bool) -> None:
        self._total = total
        self._allow_private = allow_private
        super().__init__(pool_connections=POOL, pool_maxsize=POOL, max_retries=0)

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
                pool.__name__,
                (pool,),
                {"ConnectionCls": _bounded(pool.ConnectionCls, self._total, self._allow_private)},
            )
            for pool in pools
        }
