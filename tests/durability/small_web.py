"""A web of invented pages on many loopback hosts: plain ones, redirects, gone, busy at first, twins, forbidden.

    with SmallWeb(220) as web:
        seed.write_text(web.seed())
        web.asked        # how often each URL was asked for
        web.forget()     # as new: what was busy at first is so again

What a reference's number decides, and what must come of it, is in `kind` and `FATES`.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections import Counter
from collections.abc import Iterable
from types import TracebackType
from typing import Self

HOSTS = 20
# Two neighbours a host and kind: what a crawler must do is the same, whatever order the hosts answer in.
KINDS = {3: "redirect", 9: "gone", 14: "busy", 21: "twin", 27: "forbidden"}
CYCLE = 31
FATES = {"plain": "archived", "redirect": "archived", "gone": "failed", "busy": "archived",
         "twin": "duplicate", "forbidden": "skipped"}  # fmt: skip
WORDS = (
    "harbour",
    "lamp",
    "ferry",
    "pier",
    "rope",
    "anchor",
    "gull",
    "tide",
    "market",
    "baker",
    "tower",
    "bell",
)


def kind(number: int) -> str:
    """What becomes of a reference."""
    return KINDS.get(number % CYCLE, "plain")


def page(number: int) -> bytes:
    """A piece whose every third word is its own: no two are near copies."""
    title = f"Piece{number} of the {WORDS[number % len(WORDS)]}{number}"
    paragraphs = "".join(
        "<p>"
        + " ".join(f"The {word}{number}x{row} waited." for word in WORDS)
        + f" Nobody{number}x{row} knew why, and the day ended.</p>"
        for row in range(5)
    )
    html = f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{paragraphs}</article>"
    return f"{html}</body></html>".encode()


class SmallWeb:
    """Serves `pages` references from one port of 127.0.0.1 to 127.0.0.20.

    Args:
        pages: how many references `seed` names.
        delay: seconds before each answer.
    """

    def __init__(self, pages: int, delay: float = 0.0) -> None:
        self.pages, self.delay = pages, delay
        self.asked: Counter[str] = Counter()
        self._hosts = [f"127.0.0.{1 + n}" for n in range(HOSTS)]
        self._busy: set[str] = set()
        self._loop = asyncio.new_event_loop()
        self._sockets = self._listen()
        self.port: int = self._sockets[0].getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._ready = threading.Event()

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait(5)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def url(self, number: int) -> str:
        """The address that a list gives for a reference. Twins share their text, not their host."""
        return f"http://{self._hosts[number % HOSTS]}:{self.port}/{kind(number)}/{number}"

    def seed(self, numbers: Iterable[int] | None = None, name: str = "first") -> str:
        """A seed file that names these references, by default all."""
        lines = [f'title = "The {name} list of invented pieces"']
        for number in range(self.pages) if numbers is None else numbers:
            lines += ["[[reference]]", f'title = "Reference {number}"', f'url = "{self.url(number)}"']
        return "\n".join(lines)

    def forget(self) -> None:
        """Be as new."""
        self.asked.clear()
        self._busy.clear()

    def fate(self, number: int) -> str:
        """The state a reference must end in."""
        return FATES[kind(number)]

    # Serving

    def _listen(self) -> list[socket.socket]:
        """One port on every host."""
        while True:
            made: list[socket.socket] = []
            try:
                for host in self._hosts:
                    port = made[0].getsockname()[1] if made else 0
                    made.append(socket.create_server((host, port), backlog=64))
            except OSError:
                for each in made:
                    each.close()
                continue
            return made

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        servers = [
            self._loop.run_until_complete(asyncio.start_server(self._answer, sock=each))
            for each in self._sockets
        ]
        self._ready.set()
        self._loop.run_forever()
        for server in servers:
            server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            host = writer.get_extra_info("sockname")[0]
            path = head.split(" ")[1]
            self.asked[f"http://{host}:{self.port}{path}"] += 1
            await asyncio.sleep(0 if path == "/robots.txt" else self.delay)
            writer.write(self._reply(path))
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # a killed client
        finally:
            writer.close()

    def _reply(self, path: str) -> bytes:
        name, _, text = path.lstrip("/").partition("/")
        number = int(text) if text.isdecimal() else 0
        if name == "robots.txt":
            return _http("200 OK", b"User-agent: *\nDisallow: /forbidden/\n", "text/plain")
        if name == "redirect":
            return _http("301 Moved", b"", more=f"Location: /moved/{number}\r\n")
        if name == "gone":
            return _http("404 Not Found", b"<html><body><p>No such page.</p></body></html>")
        if name == "busy" and path not in self._busy:
            self._busy.add(path)
            return _http("503 Busy", b"later", more="Retry-After: 1\r\n")
        return _http("200 OK", page(number - 1 if name == "twin" else number))


def _http(status: str, body: bytes, kind: str = "text/html; charset=utf-8", more: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}"
    return f"{head}Connection: close\r\n\r\n".encode() + body
