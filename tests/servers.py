"""A small HTTP server on 127.0.0.1 that says what a test tells it to, well-formed or not.

with Server() as server:
    server.add("/page", Reply(body=b"<html>…"))
    server.add("/flaky", Reply(503), Reply(body=b"at last"))   # one after the other; the last one stays
    server.add("/asked", lambda request: Reply(body=request.headers["user-agent"].encode()))
    client.get(server.url("/page"))
    assert server.requests[0].path == "/page"
"""

from __future__ import annotations

import gzip
import socketserver
import threading
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import TracebackType

Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked. `path` holds the query; header names are lower case; `at` is monotonic seconds."""

    path: str
    headers: dict[str, str]
    at: float
    method: str = "GET"
    body: bytes = b""  # as many bytes as Content-Length announced


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered.

    Content-Length is right unless `headers` holds one, `length` gives another, or the body is chunked.
    """

    status: int = 200
    headers: Headers = ()
    body: bytes = b""
    delay: float = 0.0  # seconds before the first byte
    encoding: str | None = None  # "gzip" or "deflate": the body is compressed so
    chunked: bool = False
    length: int | None = None  # announced instead of the true length
    cut: int | None = None  # bytes of the body sent before the connection is closed
    drip: float = 0.0  # seconds between single bytes of the body
    drip_headers: float = 0.0  # seconds between single bytes of the headers
    raw: bytes | None = None  # sent instead of all of this


Answer = Reply | Callable[[Request], Reply]


@dataclass
class _State:
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    fallback: Answer = field(default_factory=lambda: Reply(404, body=b"no such page"))
    greeting: bytes = b""
    closing: threading.Event = field(default_factory=threading.Event)

    def take(self, request: Request) -> Reply:
        with self.lock:
            self.requests.append(request)
            bare = request.path.partition("?")[0]
            answers = self.answers.get(request.path) or self.answers.get(bare) or [self.fallback]
            answer = answers.pop(0) if len(answers) > 1 else answers[0]
        return answer if isinstance(answer, Reply) else answer(request)


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        state: _State = self.server.state  # type: ignore[attr-defined]
        self.wfile.write(state.greeting)
        try:
            line = self.rfile.readline(65_536).decode("latin-1").split(" ")
            headers: dict[str, str] = {}
            while (text := self.rfile.readline(65_536).decode("latin-1").strip()) != "":
                name, _, value = text.partition(":")
                headers[name.strip().lower()] = value.strip()
            if len(line) >= 2:
                body = self.rfile.read(int(headers.get("content-length", "0")))
                self._send(state, state.take(Request(line[1], headers, time.monotonic(), line[0], body)))
        except OSError:
            pass  # the client hung up, as some tests want it to

    def _send(self, state: _State, reply: Reply) -> None:
        state.closing.wait(reply.delay)
        if reply.raw is not None:
            self.wfile.write(reply.raw)
            return
        body, headers = _encoded(reply)
        names = {name.lower() for name, _ in headers}
        if reply.chunked:
            headers.append(("Transfer-Encoding", "chunked"))
            half = max(1, len(body) // 2)
            pieces = [piece for piece in (body[:half], body[half:]) if piece]
            body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
        elif "content-length" not in names and reply.status not in {204, 304}:
            headers.append(("Content-Length", str(len(body) if reply.length is None else reply.length)))
        head = f"HTTP/1.1 {reply.status} Said So\r\nConnection: close\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in headers) + "\r\n"
        self._drip(state, head.encode("latin-1"), reply.drip_headers)
        self._drip(state, body if reply.cut is None else body[: reply.cut], reply.drip)

    def _drip(self, state: _State, data: bytes, pause: float) -> None:
        if not pause:
            self.wfile.write(data)
            return
        for index in range(len(data)):
            self.wfile.write(data[index : index + 1])
            if state.closing.wait(pause):
                return


def _encoded(reply: Reply) -> tuple[bytes, list[tuple[str, str]]]:
    headers = list(reply.headers)
    if reply.encoding is None:
        return reply.body, headers
    headers.append(("Content-Encoding", reply.encoding))
    return gzip.compress(reply.body) if reply.encoding == "gzip" else zlib.compress(reply.body), headers


class _TCPServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64


class Server:
    """Starts when made, on a free port or the one given; use it as a context manager, or call `close`.

    `greeting` is sent as soon as somebody connects, before anything is read.
    """

    def __init__(self, greeting: bytes = b"", port: int = 0) -> None:
        self._state = _State(greeting=greeting)
        self._tcp = _TCPServer(("127.0.0.1", port), _Handler)
        self._tcp.state = self._state  # type: ignore[attr-defined]
        self.port: int = self._tcp.server_address[1]
        self._thread = threading.Thread(target=self._tcp.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop answering; connections to its port are refused from here on."""
        self._state.closing.set()
        self._tcp.shutdown()
        self._tcp.server_close()
        self._thread.join(5)

    def add(self, path: str, *answers: Answer) -> str:
        """Answer a path (with its query, or for every query) and give its URL."""
        self._state.answers[path] = list(answers)
        return self.url(path)

    def otherwise(self, answer: Answer) -> None:
        """Answer every path that was not added."""
        self._state.fallback = answer

    def url(self, path: str = "", host: str = "127.0.0.1") -> str:
        """The absolute URL of a path; any name that resolves to loopback may be the host."""
        return f"http://{host}:{self.port}{path}"

    @property
    def requests(self) -> list[Request]:
        """What was asked so far, in order."""
        with self._state.lock:
            return list(self._state.requests)
