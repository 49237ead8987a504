"""`check`: what became of archived pages is told with its evidence, and a silent network kills nobody."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from ran import Ran
from servers import Reply, Request, Server

from recommender.crawl import rot
from recommender.crawl.outcomes import Failure, Hop, Reason, Response
from recommender.models import Article, Via
from recommender.store.checks import Life
from recommender.store.database import Store

Readmore = Callable[..., Ran]
NOW = datetime(2026, 3, 1, tzinfo=UTC)
PIECES = (
    "alive", "same", "corrected", "rewritten", "moved", "lent", "renamed", "front", "lost", "removed", "closed",
    "busy", "wall", "stub", "broken", "hidden",
)  # fmt: skip
WORDS = (
    "ferry", "pier", "harbour", "crew", "mayor", "bridge", "toll", "island", "winter", "ledger", "captain",
    "rope", "engine", "school", "doctor", "mail", "night", "council", "price", "storm", "water", "lantern",
    "quay", "letter", "summer", "widow", "bakery", "oven", "clerk", "market",
)  # fmt: skip


def prose(piece: str, sentences: int = 40) -> str:
    """An invented text that is like no other piece's."""
    chance = random.Random(piece)
    return "</p><p>".join(
        f"The {' '.join(chance.choices(WORDS, k=12))} was late on day {n}." for n in range(sentences)
    )


def page(piece: str, text: str | None = None) -> bytes:
    return (
        f"<html><head><title>The {piece} ferry</title></head><body><article><h1>The {piece} ferry</h1>"
        f"<p>{text or prose(piece)}</p></article></body></html>"
    ).encode()


def live(piece: str) -> Callable[[Request], Reply]:
    """A page with an etag that it honours."""

    def answer(request: Request) -> Reply:
        fields = [("ETag", f'"{piece}"'), ("Content-Type", "text/html")]
        if request.headers.get("if-none-match") == f'"{piece}"':
            return Reply(304, headers=fields)
        return Reply(headers=fields, body=page(piece))

    return answer


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


@pytest.fixture
def archive(tmp_path: Path, server: Server, readmore: Readmore) -> tuple[object, ...]:
    """All pieces fetched while their pages were as they were."""
    seed = tmp_path / "ferries.toml"
    lines = ['title = "Ferries"']
    for piece in PIECES:
        url = server.add(f"/2026/{piece}", live(piece))
        lines.append(f'[[reference]]\ntitle = "The {piece} ferry"\nurl = "{url}"')
    seed.write_text("\n".join(lines))
    words = ("--archive", tmp_path / "a")
    ran = readmore(*words, "fetch", seed, "--no-wayback", "--allow-private", "--delay", "0", "--quiet")
    assert ran.code == 0, ran.out + ran.err
    return words


CHECK = ("check", "--allow-private", "--delay", "0")


def report(ran: Ran) -> dict[str, dict[str, Any]]:
    """Rows by piece."""
    assert ran.code == 0, ran.err
    return {row["url"].rpartition("/")[2]: row for row in ran.json()}


def test_every_fate_is_told(
    archive: tuple[object, ...], server: Server, readmore: Readmore, tmp_path: Path
) -> None:
    """Sixteen pages, each with a life of its own; copies and articles are as they were."""

    def to(path: str, status: int = 301) -> Reply:
        return Reply(status, headers=[("Location", path)])

    def html(body: bytes, status: int = 200) -> Reply:
        return Reply(status, headers=[("Content-Type", "text/html")], body=body)

    server.add("/2026/same", html(page("same")))
    server.add("/2026/corrected", html(page("corrected", prose("corrected") + "</p><p>We got a name wrong.")))
    server.add("/2026/rewritten", html(page("rewritten", prose("rewritten", 20) + prose("tram", 20))))
    server.add("/2026/moved", to("/archive/moved"))
    server.add("/archive/moved", html(page("moved")))
    server.add("/2026/lent", to("/for-now/lent", 302))
    server.add("/for-now/lent", html(page("lent")))
    server.add("/2026/renamed", to("/renamed/", 302))
    server.add("/renamed/", html(page("tram")))
    server.add("/2026/front", to("/"))
    server.add("/", html(page("front page of all")))
    server.add("/2026/lost", html(b"<h1>Not here</h1>", 404))
    server.add("/2026/removed", Reply(410))
    server.add("/2026/closed", Reply(403))
    server.add("/2026/wall", html(b"<title>Just a moment...</title><p>Checking your browser."))
    server.add("/2026/stub", html(page("stub", prose("stub", 3)).replace(
        b"</head>", b'<script type="application/ld+json">{"isAccessibleForFree": false}</script></head>')))  # fmt: skip
    server.add("/2026/broken", Reply(503))
    server.add("/robots.txt", Reply(body=b"User-agent: *\nDisallow: /2026/hidden\n"))
    server.add("/2026/busy", Reply(429, headers=[("Retry-After", "0")]))
    with Store.open(tmp_path / "a") as store:
        before = [
            list(store.db.query(f"SELECT * FROM {table}")) for table in ("articles", "captures", "urls")
        ]
    asked = len(server.requests)
    rows = report(readmore(*archive, *CHECK, "--format", "json"))
    assert {piece: row["state"] for piece, row in rows.items()} == {
        "alive": "alive", "same": "alive", "corrected": "alive", "rewritten": "changed", "moved": "moved",
        "lent": "alive", "renamed": "unknown", "front": "gone", "lost": "gone", "removed": "gone",
        "closed": "blocked", "busy": "blocked", "wall": "blocked", "stub": "blocked", "broken": "unknown",
        "hidden": "blocked",
    }  # fmt: skip
    assert rows["moved"]["reason"] == f"to {server.url('/archive/moved')}"
    assert rows["rewritten"]["reason"].endswith("% of the text differs")
    assert rows["front"]["reason"].startswith("soft 404")
    assert rows["hidden"]["reason"] == "robots.txt forbids it"
    assert (rows["lost"]["status"], rows["alive"]["status"]) == (404, 304)
    assert rows["lost"]["dead_since"] == rows["lost"]["checked_at"]
    assert rows["alive"]["dead_since"] is None
    assert rows["lost"]["last_alive"] == rows["lost"]["first_alive"] <= rows["lost"]["kept_at"]
    conditions = [request for request in server.requests[asked:] if request.path == "/2026/alive"]
    assert conditions[0].headers["if-none-match"] == '"alive"'
    assert not [request for request in server.requests[asked:] if request.path == "/2026/hidden"]
    with Store.open(tmp_path / "a") as store:
        after = [list(store.db.query(f"SELECT * FROM {table}")) for table in ("articles", "captures", "urls")]
        assert store.db.table("checks").count == len(PIECES)
    assert after == before


def test_the_table_fits_and_sums_up(archive: tuple[object, ...], server: Server, readmore: Readmore) -> None:
    """80 columns; --rotten leaves out what is alive but counts it."""
    server.add("/2026/lost", Reply(404))
    ran = readmore(*archive, *CHECK, "--rotten")
    assert ran.code == 0
    assert "15 alive, 0 moved, 0 changed, 1 gone, 0 blocked, 0 unknown of 16." in ran.out
    assert all(len(line) <= 80 for line in ran.out.splitlines())
    assert "The lost ferry" in ran.out
    assert "kept copy of" in ran.out
    assert "The alive ferry" not in ran.out


def test_longest_unseen_first(archive: tuple[object, ...], readmore: Readmore, server: Server) -> None:
    """--limit takes the next ones each time, and a seed or an id only its own."""
    seen: list[str] = []
    for _ in range(4):
        rows = readmore(*archive, *CHECK, "--limit", "4", "--format", "json").json()
        seen += [row["url"].rpartition("/")[2] for row in rows]
    assert sorted(seen) == sorted(PIECES)
    assert [row["id"] for row in readmore(*archive, *CHECK, "3", "--format", "json").json()] == [3]
    assert list(report(readmore(*archive, *CHECK, server.url("/2026/wall"), "--format", "json"))) == ["wall"]
    assert len(report(readmore(*archive, *CHECK, "ferries", "--format", "json"))) == len(PIECES)
    ran = readmore(*archive, *CHECK, "https://nowhere.example/")
    assert ran.code == 1
    assert "no article goes by this address" in ran.err


def test_death_and_resurrection_have_dates(
    archive: tuple[object, ...], server: Server, readmore: Readmore, tmp_path: Path
) -> None:
    """Dead since the first time, not the last; alive again, it is dead no more."""
    server.add("/2026/lost", Reply(404))
    words = (*archive, *CHECK, server.url("/2026/lost"), "--format", "json")
    first = report(readmore(*words))["lost"]
    with Store.open(tmp_path / "a") as store, store.transaction():
        store.db.execute("UPDATE captures SET fetched_at = '2026-01-01T00:00:00Z'")
        store.db.execute("UPDATE checks SET checked_at = '2026-02-01T00:00:00Z'")
    assert first["dead_since"]
    again = report(readmore(*words))["lost"]
    assert again["dead_since"].startswith("2026-02-01")
    assert again["last_alive"].startswith("2026-01-01")
    server.add("/2026/lost", live("lost"))
    back = report(readmore(*words))["lost"]
    assert (back["state"], back["dead_since"]) == ("alive", None)
    assert back["first_alive"].startswith("2026-01-01")
    assert back["last_alive"] == back["checked_at"]


# ── no network, no answer ──────────────────────────────────────────────────────────────────────────────


def imported(folder: Path, *urls: str) -> None:
    """Articles that somebody brought along."""
    with Store.open(folder, create=True) as store, store.transaction():
        for url in urls:
            article = Article(url=url, title=f"About {url}", text=prose("ferry").replace("</p><p>", "\n"))
            store.library.add(article, origin=Via.IMPORT, now=NOW)


def lives(folder: Path) -> list[str]:
    with Store.open(folder) as store:
        return [row["state"] for row in store.db.query("SELECT state FROM checks ORDER BY id")]


def test_without_network_nothing_is_dead(readmore: Readmore, tmp_path: Path, offline: None) -> None:
    """All unknown, one line, exit 3, and no row: the next run begins where this one did."""
    imported(tmp_path / "a", "https://quay.example/a", "https://pier.example/b")
    ran = readmore("--archive", tmp_path / "a", "check", "--format", "json")
    assert ran.code == 3
    assert [row["state"] for row in ran.json()] == ["unknown", "unknown"]
    assert len(ran.err.strip().splitlines()) == 1
    assert "Nothing could be reached" in ran.err
    assert lives(tmp_path / "a") == []


def test_a_host_that_is_gone_needs_a_witness(readmore: Readmore, tmp_path: Path, server: Server) -> None:
    """ "No such host" alone may be a resolver's lie; once somebody answers it is believed, before or after."""
    imported(tmp_path / "a", "http://paper.invalid/a", "http://daily.invalid/b")
    words = ("--archive", tmp_path / "a", *CHECK, "--format", "json")
    ran = readmore(*words)
    assert ran.code == 3
    assert [row["state"] for row in ran.json()] == ["unknown", "unknown"]
    imported(tmp_path / "a", server.add("/c", Reply(body=page("ferry"))))
    ran = readmore(*words)
    assert [row["state"] for row in ran.json()] == ["gone", "gone", "alive"]
    assert sorted(lives(tmp_path / "a")) == ["alive", "gone", "gone"]


def test_a_dead_network_is_noticed_early(
    readmore: Readmore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sixteen hosts that can't be reached are enough: the others are not asked."""
    import socket

    asked: set[str] = set()

    def no_names(host: Any, *_: Any, **__: Any) -> Any:
        asked.add(str(host))
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", no_names)
    imported(tmp_path / "a", *(f"https://paper{number}.example/" for number in range(60)))
    ran = readmore("--archive", tmp_path / "a", "check")
    assert ran.code == 3
    assert "60 unknown of 60" in ran.out
    assert 16 <= len(asked) <= 30


def test_a_server_that_is_down_or_slow_is_unknown(readmore: Readmore, tmp_path: Path, server: Server) -> None:
    """Refused connections and server errors are asked again next time, and no robots.txt is no page's death."""
    with Server() as closed:
        url = closed.url("/a")
    with Server() as failing:
        failing.otherwise(Reply(500))
        imported(
            tmp_path / "a", url, failing.url("/b"), server.add("/c", Reply(502)),
            server.add("/d", Reply(body=b"x" * 100, cut=10)),
        )  # fmt: skip
        rows = readmore("--archive", tmp_path / "a", *CHECK, "--format", "json").json()
    assert [row["state"] for row in rows] == ["unknown"] * 4
    assert [row["reason"].split(":")[0] for row in rows] == [
        "connection refused", "robots.txt can't be had, so nothing may be fetched", "server error (5xx)",
        "cut off before its end",
    ]  # fmt: skip


def test_a_host_that_wants_to_be_left_alone_is(readmore: Readmore, tmp_path: Path, server: Server) -> None:
    """One 429 that names no time, or a long one, is enough for this run; what was not asked is unknown."""
    pages = [server.add(f"/{number}", Reply(429, headers=[("Retry-After", "9999")])) for number in range(4)]
    imported(tmp_path / "a", *pages)
    rows = readmore("--archive", tmp_path / "a", *CHECK, "--format", "json").json()
    assert sorted(row["state"] for row in rows) == ["blocked", "unknown", "unknown", "unknown"]
    assert len([request for request in server.requests if request.path != "/robots.txt"]) == 1


def test_hosts_are_asked_side_by_side_and_each_one_gently(
    readmore: Readmore, tmp_path: Path, server: Server
) -> None:
    """Two requests to one host are --delay apart; two hosts don't wait for each other."""
    with Server() as other:
        for one in (server, other):
            one.otherwise(Reply(body=page("ferry")))
            one.add("/robots.txt", Reply(404))
            imported(tmp_path / "a", *(one.url(f"/{number}") for number in range(3)))
        words = ("--archive", tmp_path / "a", "check", "--allow-private", "--delay", "0.3", "--quiet")
        assert readmore(*words).code == 0
        times = [
            [request.at for request in one.requests if request.path != "/robots.txt"]
            for one in (server, other)
        ]
    for at in times:
        assert all(later - earlier >= 0.3 for earlier, later in itertools.pairwise(at))
    assert max(at[0] for at in times) < min(at[-1] for at in times)


# ── the decision alone ─────────────────────────────────────────────────────────────────────────────────

ASKED = "https://quay.example/news/2020/ferry"


def answer(*hops: tuple[int, str], status: int = 200) -> Response:
    """A response after these redirects."""
    path = [ASKED, *(target for _, target in hops)]
    way = tuple(Hop(path[number], code, target) for number, (code, target) in enumerate(hops))
    return Response(ASKED, path[-1], way, status, (), b"", 0.1, NOW)


@pytest.mark.parametrize(
    ("found", "likeness", "life"),
    [
        (answer(), 1.0, Life.ALIVE),
        (answer(), 0.8, Life.ALIVE),
        (answer(), 0.79, Life.CHANGED),
        (answer(), 0.0, Life.CHANGED),
        (answer(), None, Life.ALIVE),
        (answer((301, "https://www.quay.example/news/2020/ferry/")), 1.0, Life.ALIVE),  # the same page's key
        (answer((301, "https://harbour.example/ferry")), 1.0, Life.MOVED),
        (answer((308, "https://harbour.example/ferry")), 0.6, Life.MOVED),
        (answer((302, "https://harbour.example/ferry")), 1.0, Life.ALIVE),
        (answer((301, "https://a.example/x"), (302, "https://b.example/y")), 1.0, Life.ALIVE),
        (answer((301, "https://harbour.example/ferry")), 0.1, Life.MOVED),
        (answer((302, "https://quay.example/login")), 0.0, Life.UNKNOWN),  # perhaps a wall: not a death
        (answer((302, "https://quay.example/")), 0.0, Life.GONE),
        (answer((301, "https://quay.example/news/")), 0.0, Life.GONE),
        (answer((302, "https://quay.example/errors/404.html")), 0.0, Life.GONE),
        (answer((301, "https://quay.example/")), None, Life.GONE),
    ],
)
def test_what_an_answer_means(found: Response, likeness: float | None, life: Life) -> None:
    """By where it ended, for good or for now, and by its likeness to the kept text."""
    assert rot.with_page(found, "ok", likeness).life is life


def test_every_reason_has_its_life() -> None:
    """Only three reasons are a death; no network, no time and no server are none."""
    found = {reason: rot.without_page(Failure(reason, ASKED)).life for reason in Reason}
    assert {reason for reason, life in found.items() if life is Life.GONE} >= {
        Reason.NOT_FOUND, Reason.GONE, Reason.DNS,
    }  # fmt: skip
    alive_or_not = {
        Reason.TIMEOUT,
        Reason.SERVER,
        Reason.REFUSED,
        Reason.UNREACHABLE,
        Reason.DNS_AGAIN,
        Reason.TLS,
    }
    assert all(found[reason] is Life.UNKNOWN for reason in alive_or_not)
    assert found[Reason.ROBOTS] is found[Reason.BLOCK_PAGE] is found[Reason.PAYWALL] is Life.BLOCKED
