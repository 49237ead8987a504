"""Private addresses are refused unless asked for, however they are written, reached or looked up."""

from __future__ import annotations

import _socket
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ran import Ran
from servers import Reply, Server

from recommender.crawl.addresses import is_private_name, is_public
from recommender.crawl.http import Client
from recommender.crawl.outcomes import Failure, Reason, Response

Readmore = Callable[..., Ran]
PUBLIC = "93.184.215.14"  # any public address: nothing is ever sent there
_SPELLINGS = """
    127.0.0.1 127.1 127.0.1 2130706433 0x7f000001 0x7f.1 0177.0.0.1 017700000001 0x7F.0.0.0x1 127.8.8.8 127.0.0.1.
    0 0.0.0.0 0.1.2.3 10.1.2.3 172.16.0.1 172.31.255.255 192.168.1.1 100.64.0.1 100.127.0.1
    169.254.169.254 2852039166 0xa9fea9fe 0xa9.0xfe.0xa9.0xfe 0251.0376.0251.0376 169.254.43518
    192.0.0.8 192.0.2.1 192.88.99.1 198.18.0.1 198.51.100.7 203.0.113.7 224.0.0.1 239.1.1.1 240.0.0.1
    255.255.255.255 localhost LOCALHOST [::1] [::] [0:0:0:0:0:0:0:1] [::ffff:127.0.0.1] [::ffff:7f00:1]
    [::ffff:a9fe:a9fe] [::ffff:10.0.0.1] [::127.0.0.1] [::169.254.169.254] [64:ff9b::7f00:1]
    [64:ff9b::169.254.169.254] [64:ff9b:1::1] [2002:7f00:1::] [2002:a00:1::1] [fe80::1] [fe80::1%25lo]
    [fc00::1] [fd12:3456::1] [fec0::1] [ff02::1] [2001:db8::1] [3fff::1] [2001::1] [100::1] [5f00::1]
"""
SPELLINGS = _SPELLINGS.split()


class Resolver:
    """Literals as the C library reads them; names as the test says, one answer after the other."""

    def __init__(self, names: dict[str, list[list[str]]]) -> None:
        self.names = names
        self.asked: list[str] = []

    def __call__(self, host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else str(host)
        if name.rstrip(".").lower() == "localhost":
            name = "127.0.0.1"
        if name in self.names:
            self.asked.append(name)
            answers = self.names[name]
            found = answers.pop(0) if len(answers) > 1 else answers[0]
            return [entry for one in found for entry in self(one, port)]
        flags = socket.AI_NUMERICHOST
        return _socket.getaddrinfo(name, port, 0, socket.SOCK_STREAM, 0, flags)


class Wires:
    """Every connection that is tried; public addresses lead to a server on this machine, or refuse."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.tried: list[str] = []
        self.dead: set[str] = set()
        self.real: dict[str, int] = {}  # public address -> port on 127.0.0.1
        connect = socket.socket.connect

        def watched(sock: socket.socket, place: Any) -> None:
            self.tried.append(str(place[0]))
            if place[0] in self.dead:
                raise OSError(101, "Network is unreachable")
            if place[0] in self.real:
                place = ("127.0.0.1", self.real[place[0]])
            elif is_public(str(place[0])):
                raise ConnectionRefusedError(111, "Connection refused")
            connect(sock, place)

        monkeypatch.setattr(socket.socket, "connect", watched)


@pytest.fixture
def wires(monkeypatch: pytest.MonkeyPatch) -> Wires:
    return Wires(monkeypatch)


@pytest.fixture
def resolve(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Resolver]:
    def make(**names: list[list[str]]) -> Resolver:
        made = Resolver({name.replace("_", "."): answers for name, answers in names.items()})
        monkeypatch.setattr(socket, "getaddrinfo", made)
        return made

    return make


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


def fetch(readmore: Readmore, tmp_path: Path, urls: list[str], *words: str) -> list[dict[str, Any]]:
    """Fetch references with the real command line, private addresses not allowed."""
    seed = tmp_path / "seed.toml"
    entries = (f'[[reference]]\ntitle = "{at}"\nurl = "{url}"\n' for at, url in enumerate(urls))
    seed.write_text('title = "Seed"\n' + "".join(entries), encoding="utf-8")
    options = ("--no-wayback", "--delay", "0", "--format", "json", *words)
    rows: list[dict[str, Any]] = readmore("--archive", tmp_path / "a", "fetch", seed, *options).json()
    return rows


def test_every_spelling_of_a_private_address_is_refused(
    readmore: Readmore, tmp_path: Path, wires: Wires, resolve: Callable[..., Resolver]
) -> None:
    """Decimal, octal, hexadecimal, short, mapped, translated, with a zone: over 60 spellings, no connection at all."""
    resolve()
    assert len(SPELLINGS) >= 60
    rows = fetch(readmore, tmp_path, [f"http://{host}:8/page" for host in SPELLINGS])
    assert [
        (row["url"], row["state"], row["reason"]) for row in rows if row["reason"] != "address is private"
    ] == []
    assert len(rows) == len(SPELLINGS)
    assert {row["state"] for row in rows} == {"failed"}
    assert wires.tried == []


def test_the_account_says_how_to_allow_them(readmore: Readmore, tmp_path: Path) -> None:
    seed = tmp_path / "seed.toml"
    seed.write_text('title = "Seed"\n[[reference]]\ntitle = "A"\nurl = "http://127.0.0.1:8/a"\n')
    ran = readmore("--archive", tmp_path / "a", "fetch", seed, "--no-wayback")
    assert "--allow-private" in ran.out
    with Client("test") as client:
        found = client.get("http://127.0.0.1:8/a")
    assert isinstance(found, Failure)
    assert "--allow-private" in found.detail


def test_a_name_is_looked_up_once_and_connected_to_what_was_checked(
    readmore: Readmore, tmp_path: Path, wires: Wires, resolve: Callable[..., Resolver], server: Server
) -> None:
    """DNS rebinding: public when checked, 127.0.0.1 a moment later. Each connection uses the answer it checked."""
    names = resolve(rebinding_example=[[PUBLIC], ["127.0.0.1"]])
    rows = fetch(readmore, tmp_path, [server.url("/page", "rebinding.example")])
    assert server.requests == []
    assert PUBLIC in wires.tried
    assert "127.0.0.1" not in wires.tried
    assert len(names.asked) == len(wires.tried), "each lookup was for one connection"
    assert rows[0]["state"] != "archived"


def test_the_second_answer_is_checked_too(
    wires: Wires, resolve: Callable[..., Resolver], server: Server
) -> None:
    """A new connection is a new lookup, and a new check."""
    server.otherwise(Reply(body=b"fine"))
    wires.real[PUBLIC] = server.port
    resolve(rebinding_example=[[PUBLIC], ["127.0.0.1"]])
    with Client("test") as client:
        first = client.get(server.url("/a", "rebinding.example"))
        second = client.get(server.url("/b", "rebinding.example"))
    assert isinstance(first, Response)
    assert isinstance(second, Failure)
    assert second.reason is Reason.PRIVATE
    assert [request.path for request in server.requests] == ["/a"]


@pytest.mark.parametrize("answer", [[PUBLIC, "127.0.0.1"], ["::1", PUBLIC], [PUBLIC, "::ffff:10.0.0.1"]])
def test_one_private_address_in_an_answer_refuses_the_name(
    readmore: Readmore,
    tmp_path: Path,
    wires: Wires,
    resolve: Callable[..., Resolver],
    answer: list[str],
) -> None:
    resolve(mixed_example=[answer])
    rows = fetch(readmore, tmp_path, ["http://mixed.example:8/page"])
    assert rows[0]["reason"] == "address is private"
    assert wires.tried == []


@pytest.mark.parametrize("host", ["127.0.0.1", "169.254.169.254", "[::1]", "2130706433", "inside.example"])
def test_a_redirect_to_a_private_address_is_refused(
    readmore: Readmore,
    tmp_path: Path,
    wires: Wires,
    resolve: Callable[..., Resolver],
    server: Server,
    host: str,
) -> None:
    """A public page, and a public robots.txt, that lead inside."""
    wires.real[PUBLIC] = server.port
    resolve(public_example=[[PUBLIC]], robots_example=[[PUBLIC]], inside_example=[["10.0.0.7"]])
    inside = Reply(302, headers=[("Location", f"http://{host}:{server.port}/secret")])
    server.add("/page", inside)
    server.add("/robots.txt", lambda request: inside if "robots" in request.headers["host"] else Reply(404))
    urls = [server.url("/page", "public.example"), server.url("/other", "robots.example")]
    rows = fetch(readmore, tmp_path, urls)
    assert [row["reason"] for row in rows] == ["address is private"] * 2
    assert "/secret" not in [request.path for request in server.requests]
    assert set(wires.tried) == {PUBLIC}


def test_a_kept_connection_serves_no_other_host(
    wires: Wires, resolve: Callable[..., Resolver], server: Server
) -> None:
    """Same port, same server, one open connection: the other host's name is still looked up and refused."""
    server.otherwise(Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine"))
    wires.real[PUBLIC] = server.port
    resolve(public_example=[[PUBLIC]], inside_example=[["127.0.0.1"]])
    with Client("test") as client:
        assert isinstance(client.get(server.url("/a", "public.example")), Response)
        for host in ("inside.example", "127.0.0.1"):
            found = client.get(server.url("/b", host))
            assert isinstance(found, Failure)
            assert found.reason is Reason.PRIVATE
    assert [request.path for request in server.requests] == ["/a"]


def test_where_one_address_is_dead_the_next_is_tried(
    wires: Wires, resolve: Callable[..., Resolver], server: Server
) -> None:
    """A host with a broken IPv6 address, and one that refuses, is still reached; each address was checked."""
    server.otherwise(Reply(body=b"fine"))
    wires.real[PUBLIC] = server.port
    wires.dead.add("2606:2800:21f::1")
    resolve(dual_example=[["2606:2800:21f::1", "93.184.215.15", PUBLIC]])
    with Client("test") as client:
        found = client.get(server.url("/a", "dual.example"))
        assert isinstance(found, Response)
        assert wires.tried == ["2606:2800:21f::1", "93.184.215.15", PUBLIC]
        wires.dead |= {PUBLIC}
        failed = client.get(server.url("/b", "dual.example"))
    assert isinstance(failed, Failure)
    assert failed.reason is Reason.UNREACHABLE


@pytest.mark.parametrize(
    "host", [*SPELLINGS, "wiki", "printer.local", "db.internal", "nas.home.arpa", "a.localhost"]
)
def test_a_proxy_is_asked_for_no_private_host(
    monkeypatch: pytest.MonkeyPatch, server: Server, resolve: Callable[..., Resolver], host: str
) -> None:
    """Behind a proxy, which looks names up itself, what is private by name never leaves this machine."""
    resolve()
    server.otherwise(Reply(body=b"from inside"))
    monkeypatch.setenv("http_proxy", server.url())
    monkeypatch.setenv("no_proxy", "")
    with Client("test") as client:
        found = client.get(f"http://{host}/page")
    assert isinstance(found, Failure)
    assert found.reason is Reason.PRIVATE
    assert server.requests == []


def test_a_proxy_is_asked_for_public_hosts_and_with_leave_for_private_ones(
    monkeypatch: pytest.MonkeyPatch, server: Server
) -> None:
    """The proxy itself may be on this machine: the user's environment names it."""
    server.otherwise(Reply(body=b"page"))
    monkeypatch.setenv("http_proxy", server.url())
    monkeypatch.setenv("no_proxy", "")
    with Client("test") as client, Client("test", allow_private=True) as free:
        assert isinstance(client.get("http://paper.example/page"), Response)
        assert isinstance(free.get("http://wiki/page"), Response)
    assert [request.path for request in server.requests] == ["http://paper.example/page", "http://wiki/page"]


def test_a_socks_proxy_is_refused_and_not_passed_by(monkeypatch: pytest.MonkeyPatch, server: Server) -> None:
    monkeypatch.setenv("http_proxy", f"socks5://127.0.0.1:{server.port}")
    monkeypatch.setenv("no_proxy", "")
    with Client("test", allow_private=True) as client:
        found = client.get(server.url("/page"))
    assert isinstance(found, Failure)
    assert found.reason is Reason.PROXY
    assert server.requests == []


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:2800:21f::1", "2002:808:808::1", "64:ff9b::808:808"],
)
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)
    assert not is_private_name(address)
