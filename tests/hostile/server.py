"""A server of bad manners: each behaviour has a port of its own on 127.0.0.1, and a fate that `fetch` must give it.

with Hostile(CASES) as hostile:
    hostile.url("silent")          # fetch this
    hostile.held("silent")         # seconds that its connections were open, all attempts together
"""

from __future__ import annotations

import random
import selectors
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType

# The words of the reasons, as `Reason` has them: written out, so that a change there is seen here.
CUT, PROTOCOL, TIMEOUT = "cut off before its end", "not a valid HTTP answer", "timed out"
LARGE, CORRUPT, TLS = "larger than the limit", "content can't be decoded", "certificate or TLS error"
REDIRECTS, EMPTY, BAD_URL = "too many redirects", "empty page", "not a usable web address"
SCHEME, NO_TARGET = "redirects to something that is not a web address", "redirects nowhere"
ROBOTS, ROBOTS_DOWN = "robots.txt forbids it", "robots.txt can't be had, so nothing may be fetched"
BUSY, SERVER, PRIVATE = "too many requests (429)", "server error (5xx)", "address is private"
OK = "archived"  # a fate without a reason

_WORDS = """
    harbour ferry council vote bridge winter engine lantern market river timber quarry signal mayor letter
    orchard tunnel captain garden museum railway baker meadow copper window station village lighthouse budget
"""
WORDS = _WORDS.split()


def article(name: str, sentences: int = 60) -> str:
    """Paragraphs that no other name's share: two pieces that read alike would count as one."""
    chance = random.Random(name)
    lines = [" ".join(chance.choices(WORDS, k=12)).capitalize() + "." for _ in range(sentences)]
    return "".join(f"<p>{line}</p>\n" for line in lines)


def page(name: str, *, before: str = "", after: str = "", head: str = "") -> bytes:
    """An article's page with something hostile around it."""
    top = f"<!doctype html><html><head><title>{name}</title>{head}</head><body>"
    return f"{top}{before}<article><h1>{name}</h1>{article(name)}</article>{after}</body></html>".encode()


@dataclass
class Talk:
    """One connection after its request was read."""

    sock: socket.socket
    case: Case
    path: str
    headers: dict[str, str]
    count: int  # how often this path was asked for, from 1
    port: int
    closing: threading.Event

    def send(self, *pieces: bytes) -> None:
        for piece in pieces:
            self.sock.sendall(piece)

    def reply(self, body: bytes = b"", *headers: str, status: str = "200 OK", length: object = None) -> None:
        """A sound answer but for what the arguments say; `length` "" sends none."""
        size = len(body) if length is None else length
        lines = [
            f"HTTP/1.1 {status}",
            "Content-Type: text/html; charset=utf-8",
            "Connection: close",
            *headers,
        ]
        lines += [f"Content-Length: {size}"] if size != "" else []
        self.send("".join(f"{line}\r\n" for line in lines).encode("latin-1") + b"\r\n" + body)

    def chunked(self, raw: bytes) -> None:
        """An answer whose chunks are sent as given."""
        self.reply(raw, "Transfer-Encoding: chunked", length="")

    def redirect(self, target: str, *headers: str, status: str = "302 Found") -> None:
        self.reply(b"", f"Location: {target}", *headers, status=status)

    def drip(self, data: bytes, pause: float = 0.1) -> None:
        for at in range(len(data)):
            self.send(data[at : at + 1])
            if self.closing.wait(pause):
                return

    def flood(self, piece: bytes) -> None:
        """The same bytes until the other side has had enough."""
        while not self.closing.is_set():
            self.send(piece)

    def hold(self) -> None:
        """Say nothing until the other side hangs up."""
        self.sock.settimeout(0.2)
        while not self.closing.is_set():
            try:
                if not self.sock.recv(4096):
                    return
            except TimeoutError:
                continue

    def reset(self) -> None:
        """End the connection with a RST: that is how a close after this error ends it."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise ConnectionResetError

    def page(self, **around: str) -> None:
        """The case's own article."""
        self.reply(page(self.case.name, **around))


Act = Callable[[Talk], None]


def not_found(talk: Talk) -> None:
    talk.reply(b"no such page", status="404 Not Found")


@dataclass(frozen=True)
class Case:
    """One behaviour and what must become of it."""

    name: str
    act: Act
    fate: str = OK  # the state, or the reason of one that failed
    state: str = ""  # archived or failed where not given
    seconds: float = 3.0  # its connections may be open for, in all attempts
    robots: Act = not_found
    path: str = "/page"
    tls: Callable[[], ssl.SSLContext] | None = None
    scheme: str = ""  # of its URL, where not that of what it speaks
    greet: Act | None = None  # acts before anything is read

    @property
    def wanted(self) -> str:
        return self.state or ("archived" if self.fate == OK else "failed")


@dataclass
class _Port:
    case: Case
    sock: socket.socket
    context: ssl.SSLContext | None
    counts: dict[str, int] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    held: float = 0.0


class Hostile:
    """Listens on one port a case until it is closed."""

    def __init__(self, cases: Iterable[Case]) -> None:
        self.closing = threading.Event()
        self.ports: dict[str, _Port] = {}
        self._lock = threading.Lock()
        self._ready = selectors.DefaultSelector()
        for case in cases:
            sock = socket.create_server(("127.0.0.1", 0), backlog=16)
            port = _Port(case, sock, case.tls() if case.tls else None)
            assert case.name not in self.ports, f"two cases are called {case.name}"
            self.ports[case.name] = port
            self._ready.register(sock, selectors.EVENT_READ, port)
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def __enter__(self) -> Hostile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        self._thread.join(5)
        for port in self.ports.values():
            port.sock.close()
        self._ready.close()

    def url(self, name: str, path: str | None = None) -> str:
        """Where a behaviour is met."""
        port = self.ports[name]
        scheme = port.case.scheme or ("https" if port.context else "http")
        return f"{scheme}://127.0.0.1:{port.sock.getsockname()[1]}{path or port.case.path}"

    def held(self, name: str) -> float:
        """Seconds that a behaviour's connections were open."""
        with self._lock:
            return self.ports[name].held

    def asked(self, name: str) -> Sequence[dict[str, str]]:
        """The headers of each request a behaviour got; ":path" is among them."""
        return list(self.ports[name].asked)

    def _accept(self) -> None:
        while not self.closing.is_set():
            for key, _ in self._ready.select(0.1):
                with suppress(OSError):
                    sock, _address = key.fileobj.accept()  # type: ignore[union-attr]
                    threading.Thread(target=self._talk, args=(key.data, sock), daemon=True).start()

    def _talk(self, port: _Port, sock: socket.socket) -> None:
        start = time.monotonic()
        try:
            with suppress(OSError, ValueError):
                self._serve(port, sock)
        finally:
            with suppress(OSError):
                sock.close()
            with self._lock:
                port.held += time.monotonic() - start

    def _serve(self, port: _Port, sock: socket.socket) -> None:
        sock.settimeout(30)
        number = sock.getsockname()[1]
        if port.case.greet:
            port.case.greet(Talk(sock, port.case, "", {}, 0, number, self.closing))
            return
        if port.context:
            sock = port.context.wrap_socket(sock, server_side=True)
        with sock, sock.makefile("rb") as lines:
            first = lines.readline(65_536).decode("latin-1").split(" ")
            headers: dict[str, str] = {}
            while line := lines.readline(65_536).decode("latin-1").strip():
                name, _, value = line.partition(":")
                headers[name.lower()] = value.strip()
            if len(first) < 2:
                return
            path = headers[":path"] = first[1]
            with self._lock:
                port.asked.append(headers)
                count = port.counts[path] = port.counts.get(path, 0) + 1
            act = port.case.robots if path == "/robots.txt" else port.case.act
            act(Talk(sock, port.case, path, headers, count, number, self.closing))
            with suppress(OSError):
                sock.shutdown(socket.SHUT_WR)
