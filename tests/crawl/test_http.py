"""The client against a real server: every way a request can end is a `Response` or a `Failure`."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest
from servers import Reply, Server

from recommender.crawl.addresses import is_public
from recommender.crawl.http import Client, agent_string
from recommender.crawl.outcomes import Failure, Outcome, Reason, Response


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


@pytest.fixture
def client() -> Iterator[Client]:
    made = Client(
        "readmore-test",
        connect_timeout=1,
        read_timeout=0.4,
        total_timeout=0.8,
        max_bytes=10_000,
        max_redirects=3,
        allow_private=True,
    )
    with made as open_client:
        yield open_client


def response(outcome: Outcome) -> Response:
    assert isinstance(outcome, Response), outcome
    return outcome


def failure(outcome: Outcome) -> Failure:
    assert isinstance(outcome, Failure), outcome
    return outcome


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_page_comes_back_whole_with_headers_in_order(server: Server, client: Client) -> None:
    url = server.add("/a", Reply(headers=[("X-B", "1"), ("X-A", "2"), ("X-B", "3")], body=b"hello"))
    answer = response(client.get(url))
    assert (answer.status, answer.body, answer.url, answer.final_url) == (200, b"hello", url, url)
    assert [pair for pair in answer.headers if pair[0].startswith("X-")] == [
        ("X-B", "1"),
        ("X-A", "2"),
        ("X-B", "3"),
    ]
    assert answer.header("x-b") == "1"
    assert answer.fetched_at.utcoffset() is not None
    assert 0 < answer.elapsed < 5


def test_an_error_status_is_a_response(server: Server, client: Client) -> None:
    assert response(client.get(server.url("/missing"))).status == 404


def test_the_request_says_who_asks_and_what_it_can_read(server: Server, client: Client) -> None:
    client.get(server.add("/a", Reply()), headers={"If-None-Match": '"v1"'})
    sent = server.requests[0].headers
    assert sent["user-agent"] == "readmore-test"
    assert sent["accept-encoding"] == "gzip, deflate"
    assert sent["if-none-match"] == '"v1"'


def test_agent_string_names_program_version_and_contact() -> None:
    text = agent_string("me@example.org\r\nX-Evil: 1 (é)")
    assert text.startswith("readmore/")
    assert "me@example.org" in text
    assert text.isascii()
    assert text.isprintable()
    assert text.count("(") == text.count(")") == 1


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_compressed_body_stays_compressed(
    server: Server, client: Client, encoding: str, chunked: bool
) -> None:
    """The wire bytes are what a WARC keeps; only the chunks are joined."""
    from recommender.crawl.body import decode

    url = server.add("/z", Reply(body=b"word " * 1000, encoding=encoding, chunked=chunked))
    answer = response(client.get(url))
    assert answer.header("content-encoding") == encoding
    assert len(answer.body) < 500
    assert decode(answer.body, encoding) == b"word " * 1000


def test_a_gzip_bomb_costs_its_wire_bytes_only(server: Server, client: Client) -> None:
    url = server.add("/bomb", Reply(body=bytes(5_000_000), encoding="gzip"))
    assert len(response(client.get(url)).body) < 10_000


def test_redirects_are_recorded_hop_by_hop(server: Server, client: Client) -> None:
    last = server.add("/c", Reply(body=b"end"))
    server.add("/b", Reply(301, headers=[("Location", last)]))
    first = server.add("/a?x=1", Reply(302, headers=[("Location", "b")]))
    answer = response(client.get(first))
    assert answer.url == first
    assert answer.final_url == last
    hops = [(hop.url, hop.status, hop.location) for hop in answer.hops]
    assert hops == [(first, 302, server.url("/b")), (server.url("/b"), 301, last)]


def test_cookies_live_through_the_redirects_of_one_get_only(server: Server, client: Client) -> None:
    server.add("/in", Reply(302, headers=[("Location", "/out"), ("Set-Cookie", "seen=1")]))
    server.add("/out", Reply(body=b"page"))
    client.get(server.url("/in"))
    client.get(server.url("/out"))
    assert [request.headers.get("cookie") for request in server.requests] == [None, "seen=1", None]


def test_a_redirect_is_followed_only_if_allowed(server: Server, client: Client) -> None:
    server.add("/a", Reply(302, headers=[("Location", "/secret")]))
    asked: list[str] = []

    def allow(url: str) -> Failure | None:
        asked.append(url)
        return Failure(Reason.ROBOTS, url)

    assert failure(client.get(server.url("/a"), allow=allow)).reason is Reason.ROBOTS
    assert asked == [server.url("/secret")]
    assert [request.path for request in server.requests] == ["/a"]


def test_without_redirects_the_redirect_is_the_response(server: Server, client: Client) -> None:
    url = server.add("/a", Reply(302, headers=[("Location", "/b")], body=b"moved"))
    answer = response(client.get(url, max_redirects=0))
    assert (answer.status, answer.body, answer.hops) == (302, b"moved", ())


def test_a_redirect_to_nowhere_is_a_response(server: Server, client: Client) -> None:
    assert response(client.get(server.add("/a", Reply(302)))).status == 302


def test_a_loop_ends(server: Server, client: Client) -> None:
    url = server.add("/a", Reply(302, headers=[("Location", "/a")]))
    assert failure(client.get(url)).reason is Reason.REDIRECTS
    assert len(server.requests) == 4


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "javascript:alert(1)", "ftp://127.0.0.1/", "http://[::1", "data:,x"]
)
def test_a_redirect_off_the_web_is_refused(server: Server, client: Client, location: str) -> None:
    url = server.add("/a", Reply(302, headers=[("Location", location)]))
    assert failure(client.get(url)).reason is Reason.SCHEME


def test_a_redirect_with_bare_utf8_is_followed(server: Server, client: Client) -> None:
    server.add("/caf%C3%A9", Reply(body=b"here"))
    url = server.add("/a", Reply(302, headers=[("Location", "/café".encode().decode("latin-1"))]))
    assert response(client.get(url)).body == b"here"


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(body=b"x" * 1000, cut=3), Reason.TRUNCATED),
        (Reply(body=b"x" * 1000, length=1001), Reason.TRUNCATED),
        (Reply(body=b"x" * 1000, chunked=True, cut=300), Reason.TRUNCATED),
        (
            Reply(raw=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n"),
            Reason.TRUNCATED,
        ),
        (Reply(body=b"x" * 10_001), Reason.TOO_LARGE),
        (Reply(body=b"x" * 10_001, chunked=True), Reason.TOO_LARGE),
        (Reply(length=10_001, delay=0.0), Reason.TOO_LARGE),
        (Reply(delay=1.0), Reason.TIMEOUT),
        (Reply(raw=b""), Reason.PROTOCOL),
        (Reply(raw=b"SSH-2.0-OpenSSH_9.6\r\n"), Reason.PROTOCOL),
        (Reply(raw=b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n"), Reason.PROTOCOL),
        (Reply(raw=b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000 + b"\r\n\r\n"), Reason.PROTOCOL),
        (
            Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 9\r\n\r\nbody"),
            Reason.PROTOCOL,
        ),
    ],
)
def test_every_broken_answer_has_its_reason(
    server: Server, client: Client, reply: Reply, reason: Reason
) -> None:
    found = failure(client.get(server.add("/x", reply)))
    assert found.reason is reason, found
    assert found.detail.isprintable()


@pytest.mark.parametrize("reply", [Reply(body=b"x" * 100, drip=0.1), Reply(body=b"x", drip_headers=0.1)])
def test_a_slow_drip_is_cut_off(server: Server, client: Client, reply: Reply) -> None:
    """Each byte comes within the read timeout; the whole does not come within the total."""
    start = time.monotonic()
    assert failure(client.get(server.add("/x", reply))).reason is Reason.TIMEOUT
    assert time.monotonic() - start < 1.6


def test_chunk_sizes_that_drip_are_cut_off(server: Server, client: Client) -> None:
    """The deadline holds inside a line of the chunked framing too."""

    def slow(_: object) -> Reply:
        return Reply(headers=[("Transfer-Encoding", "chunked")], body=b"0" * 100, drip=0.1, length=0)

    url = server.add("/x", slow)
    assert failure(client.get(url)).reason is Reason.TIMEOUT


def test_a_body_without_length_ends_with_the_connection(server: Server, client: Client) -> None:
    url = server.add("/x", Reply(raw=b"HTTP/1.0 200 OK\r\n\r\nold style"))
    assert response(client.get(url)).body == b"old style"


def test_a_304_may_announce_a_length(server: Server, client: Client) -> None:
    url = server.add("/x", Reply(304, headers=[("Content-Length", "999")]))
    assert response(client.get(url, headers={"If-None-Match": '"v1"'})).status == 304


def test_a_huge_redirect_body_is_not_swallowed(server: Server, client: Client) -> None:
    url = server.add("/a", Reply(302, headers=[("Location", "/b")], body=b"x" * 50_000))
    assert failure(client.get(url)).reason is Reason.TOO_LARGE


def test_refused_connections_and_unknown_hosts_look_offline(client: Client) -> None:
    refused = failure(client.get(f"http://127.0.0.1:{closed_port()}/"))
    unknown = failure(client.get("http://newspaper.invalid/"))
    assert (refused.reason, unknown.reason) == (Reason.REFUSED, Reason.DNS)
    assert refused.offline
    assert unknown.offline


def test_tls_that_is_none_is_not_retried_in_the_clear(client: Client) -> None:
    with Server(greeting=b"HTTP/1.1 400 Plain\r\n\r\n") as server:
        found = failure(client.get(server.url("/x").replace("http:", "https:")))
        assert found.reason is Reason.TLS
        assert not any(request.path == "/x" for request in server.requests)


@pytest.mark.parametrize(
    "url", ["", "x", "ftp://a/", "http://", "http://a b/", "http://[/", "http://a:99999/", "http://*/"]
)
def test_what_is_no_web_address_fails_without_a_socket(client: Client, url: str) -> None:
    assert failure(client.get(url)).reason is Reason.BAD_URL


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_private_addresses_are_refused_where_asked(server: Server, host: str) -> None:
    with Client("readmore-test", allow_private=False) as careful:
        assert failure(careful.get(server.url("/x", host))).reason is Reason.PRIVATE
    assert server.requests == []


def test_one_private_address_among_public_ones_is_enough_to_refuse(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name may give a public address first and a private one to the connection that follows."""
    found = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (text, server.port)) for text in ("8.8.8.8", "127.0.0.1")
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with Client("readmore-test", allow_private=False) as careful:
        assert failure(careful.get(server.url("/x", "rebinding.example"))).reason is Reason.PRIVATE
    assert server.requests == []


def test_addresses_are_judged_however_they_are_wrapped() -> None:
    private = "127.0.0.1 10.1.2.3 192.168.0.1 169.254.169.254 0.0.0.0 100.64.0.1 224.0.0.1 255.255.255.255"
    wrapped = (
        "::1 :: fe80::1%eth0 fd00::1 ::ffff:127.0.0.1 ::ffff:169.254.169.254 64:ff9b::7f00:1 2002:7f00:1::"
    )
    assert [text for text in f"{private} {wrapped}".split() if is_public(text)] == []
    assert [
        text for text in ["8.8.8.8", "2001:4860:4860::8888", "64:ff9b::808:808"] if not is_public(text)
    ] == []


def test_one_client_serves_many_threads(server: Server, client: Client) -> None:
    from concurrent.futures import ThreadPoolExecutor

    server.otherwise(lambda request: Reply(body=request.path.encode()))
    urls = [server.url(f"/{number}") for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        bodies = [response(answer).body for answer in pool.map(client.get, urls)]
    assert bodies == [f"/{number}".encode() for number in range(40)]
