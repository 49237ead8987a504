"""One answer's bytes are never another's."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from hostile.child import fetch
from hostile.server import Case, Hostile, Talk, page

from recommender.crawl.http import Client
from recommender.crawl.outcomes import Response
from recommender.store.database import Store

SMUGGLED = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%b"


def answer(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", "Content-Type: text/html", *headers]
    return "".join(f"{line}\r\n" for line in lines).encode() + b"\r\n" + body


def with_length(body: bytes, length: int | None = None) -> bytes:
    return answer(body, f"Content-Length: {len(body) if length is None else length}")


def in_chunks(body: bytes) -> bytes:
    return answer(b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body), "Transfer-Encoding: chunked")


SPLITS: dict[str, Callable[[bytes, bytes], bytes]] = {
    "behind its length": lambda first, evil: with_length(first) + evil,
    "behind its chunks": lambda first, evil: in_chunks(first) + evil,
    "behind a 204": lambda _first, evil: answer(b"", status="204 No Content") + evil,
    "behind a 304": lambda _first, evil: answer(b"", status="304 Not Modified") + evil,
    "behind early hints": lambda first, evil: (
        answer(b"", status="103 Early Hints") + with_length(first) + evil
    ),
    "in a length too small": lambda first, evil: with_length(first + evil, len(first)),
    "behind length and chunks": lambda first, evil: (
        in_chunks(first).replace(b"\r\nTransfer", b"\r\nContent-Length: 5\r\nTransfer") + evil
    ),
}


def test_a_second_answer_behind_the_first_is_not_the_next_pages(tmp_path: Path) -> None:
    """Each server says on one connection what two pages are, though it was asked for one."""
    evil = SMUGGLED % (len(page("poison")), page("poison"))
    reused: list[str] = []

    def act(talk: Talk) -> None:
        title = f"{talk.case.name}, {talk.path[1:]}"
        if talk.path == "/first":
            talk.send(SPLITS[talk.case.name](page(title), evil))
            with suppress(OSError):
                reused.extend([talk.case.name] if talk.sock.recv(4096) else [])
        else:
            talk.reply(page(title))

    with Hostile([Case(split, act) for split in SPLITS]) as hostile:
        urls = {
            f"{split}, {at}": hostile.url(split, f"/{at}")
            for at in ("other", "first", "second")
            for split in SPLITS
        }
        found = fetch(tmp_path / "a", urls, "--allow-private", "--timeout", "5", limit=90)
        asked = {split: [headers[":path"] for headers in hostile.asked(split)] for split in SPLITS}
    assert reused == [], "a request on a connection that had said too much"
    for split in SPLITS:
        assert found.rows[f"{split}, second"]["state"] == "archived", split
        assert asked[split].index("/first") < asked[split].index("/second"), split
    with Store.open(tmp_path / "a") as store:
        titles = [one.title for one in store.library.documents()]
    assert len([title for title in titles if title.endswith("second")]) == len(SPLITS)
    assert not [title for title in titles if "poison" in title]


def test_one_connection_serves_two_pages_where_all_is_well() -> None:
    """The other side of it: kept connections are used again, or the tests above would prove nothing."""
    listener = socket.create_server(("127.0.0.1", 0))
    served: list[int] = []

    def serve() -> None:
        sock, _ = listener.accept()
        with sock, sock.makefile("rb") as lines:
            while lines.readline().strip():
                while lines.readline().strip():
                    pass
                served.append(sock.fileno())
                sock.sendall(with_length(b"page"))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    with listener, Client("test", allow_private=True) as client:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        answers = [client.get(f"{url}/{at}") for at in range(3)]
    thread.join(5)
    assert [isinstance(one, Response) for one in answers] == [True] * 3
    assert len(served) == 3, "on the one connection that was accepted"
