"""A small HTTP/1.1 server on 127.0.0.1 around one pure function from a request to a reply."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOST = "127.0.0.1"  # the demo is never reachable from another machine
IDLE_SECONDS = 5.0  # a kept connection that says nothing is closed after this long


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asked for."""

    method: str  # GET or HEAD
    target: str  # path and query, as sent
    headers: Mapping[str, str]  # by name in small letters


@dataclass(frozen=True, slots=True)
class Reply:
    """What it gets. Content-Length and Date are added when it is sent."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


Answer = Callable[[Request], Reply]


class _Listener(ThreadingHTTPServer):
    daemon_threads = True  # a client that keeps its connection open does not hold up the end
    request_queue_size = 64  # waiting connections; the default of 5 drops some when a test asks in parallel

    def __init__(self, port: int) -> None:
        self.answer: Answer | None = None
        self.log: list[tuple[Request, int]] = []
        super().__init__((HOST, port), _Handler)

    def server_bind(self) -> None:
        # HTTPServer's own looks up the host's name, which can ask the network.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, self.server_address[1]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "readmore-demo"
    sys_version = ""
    timeout = IDLE_SECONDS
    wbufsize = -1  # head and body in one packet: apart they wait 40 ms for each other (Nagle, delayed ACK)
    server: _Listener

    def do_GET(self) -> None:
        answer = self.server.answer
        request = Request(
            self.command, self.path, {name.lower(): value for name, value in self.headers.items()}
        )
        reply = answer(request) if answer else Reply(503, b"not ready\n")
        self.server.log.append((request, reply.status))
        self.send_response(reply.status)
        for name, value in reply.headers:
            self.send_header(name, value)
        if reply.status != 304:
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if self.command == "GET" and reply.status != 304:
            self.wfile.write(reply.body)

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:
        """Stay quiet: what was asked is in `Server.log`."""


class Server:
    """One listening port. It is bound when made, answers after `start`, and is closed by `stop`.

    Args:
        port: 0 takes any free one.

    Raises:
        OSError: the port is taken.
    """

    def __init__(self, port: int = 0) -> None:
        self._listener = _Listener(port)
        self._thread: threading.Thread | None = None
        self.port: int = self._listener.server_port
        self.base = f"http://{HOST}:{self.port}"

    @property
    def log(self) -> list[tuple[Request, int]]:
        """Every request so far with the status it got, oldest first."""
        return self._listener.log

    def start(self, answer: Answer) -> None:
        """Answer requests with `answer`, in threads of their own."""
        self._listener.answer = answer
        poll_seconds = 0.05  # how long `stop` may take
        self._thread = threading.Thread(
            target=self._listener.serve_forever, args=(poll_seconds,), daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Stop answering and give the port back."""
        if self._thread:
            self._listener.shutdown()
            self._thread.join()
        self._listener.server_close()
