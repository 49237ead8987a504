"""The archive client against recorded answers of the Wayback Machine and stand-ins of what else was seen."""

from __future__ import annotations

import json
import socket
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from archive_stand_in import PAGE, Clock, copy, failure, index, memento, rows
from cassettes import Exchange, cassette
from servers import Reply, Request, Server

from recommender.crawl.body import decode
from recommender.crawl.http import Client
from recommender.crawl.outcomes import Reason
from recommender.crawl.pace import PATIENCE, Pace
from recommender.crawl.wayback import Wayback

ARCHIVE = "https://web.archive.org"


# ── recorded answers ───────────────────────────────────────────────────────────────────────────────────


def play(server: Server, recorded: tuple[Exchange, ...]) -> str:
    """Serve a recording from loopback, with an index that lists its first capture; gives that page's URL."""
    dropped = {"transfer-encoding", "content-length", "connection"}
    for exchange in recorded:
        headers = [
            (
                name,
                value.replace("//web.archive.org", f"//127.0.0.1:{server.port}").replace(
                    "https://127", "http://127"
                ),
            )
            for name, value in exchange.headers
            if name.lower() not in dropped
        ]
        server.add(
            exchange.url.removeprefix(ARCHIVE), Reply(exchange.status, headers=headers, body=exchange.body)
        )
    first = next(exchange.url for exchange in recorded if "id_/" in exchange.url)
    timestamp, _, page = first.removeprefix(f"{ARCHIVE}/web/").partition("id_/")
    server.add("/cdx/search/cdx", index((timestamp, "200", "D"), url=page))
    return page


@pytest.mark.data
def test_a_recorded_memento_is_read_with_its_own_time_headers_and_bytes(
    server: Server, wayback: Wayback, shared: Path
) -> None:
    page = play(server, cassette(shared, "test_get_memento"))
    found = memento(wayback.nearest(page, date(2017, 11, 20)))
    assert found.captured_at == datetime(2017, 11, 24, 15, 13, 15, tzinfo=UTC)
    assert found.url == page
    assert found.memento_url.startswith(server.url("/web/20171124151315id_/https://www.fws.gov/"))
    headers = {name.lower(): value for name, value in found.headers}
    assert headers["date"] == "Fri, 24 Nov 2017 15:13:14 GMT"
    assert headers["content-type"] == "text/html"
    assert not {"server-timing", "x-app-server", "memento-datetime", "transfer-encoding"} & set(headers)
    content = decode(found.body, headers["content-encoding"])
    assert isinstance(content, bytes)
    assert len(content) == 122_756


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "page", "captured"),
    [
        ("follows_historical_redirects", "https://www.epa.gov/sites/production/files/signpost/cc.html",
         datetime(2020, 2, 1, 2, 44, 5, tzinfo=UTC)),
        ("with_redirects",
         "https://www.epa.gov/ghgreporting/proposed-rule-fact-sheet-greenhouse-gas-reporting-program-addition-global-warming",
         datetime(2018, 8, 8, 10, 45, tzinfo=UTC)),
        ("returns_memento_with_accurate_url", "https://www.fws.gov/", datetime(2017, 11, 24, 14, 37, 28, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_recorded_redirects_end_at_the_page_that_was_captured(
    server: Server, wayback: Wayback, shared: Path, name: str, page: str, captured: datetime
) -> None:
    asked = play(server, cassette(shared, f"test_get_memento_{name}"))
    found = memento(wayback.nearest(asked))
    assert (found.url, found.captured_at) == (page, captured)


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "reason", "detail"),
    [
        ("raises_for_mementos_that_redirect_in_a_loop", Reason.REDIRECTS, "inside the archive"),
        ("raises_no_memento_error", Reason.NO_MEMENTO, ""),
        ("raises_blocked_error", Reason.EXCLUDED, ""),
        ("works_on_archived_rate_limit_responses", Reason.NO_MEMENTO, "the copy is a 429"),
        ("with_path_based_redirects", Reason.NO_MEMENTO, "the copy is a 404"),
        ("with_schemeless_redirects", Reason.NO_MEMENTO, "the copy is a 404"),
    ],
)
def test_recorded_failures_have_their_reason(
    server: Server, wayback: Wayback, shared: Path, name: str, reason: Reason, detail: str
) -> None:
    recorded = cassette(shared, f"test_get_memento_{name}")
    found = failure(wayback.nearest(play(server, recorded)))
    assert found.reason is reason
    assert detail in found.detail
    replayed = [request.path for request in server.requests if "/cdx/" not in request.path]
    assert replayed == [exchange.url.removeprefix(ARCHIVE) for exchange in recorded]


@pytest.mark.data
def test_a_recorded_redirect_to_another_day_counts_by_that_day(
    server: Server, wayback: Wayback, shared: Path
) -> None:
    """Asked for the 1st, the archive gives the 24th: near enough for a month, too far for two days."""
    page = play(server, cassette(shared, "test_get_memento_target_window"))
    asked = datetime(2017, 11, 1, tzinfo=UTC)
    assert memento(wayback.nearest(page, asked, timedelta(days=30))).captured_at.day == 24
    assert failure(wayback.nearest(page, asked, timedelta(days=2))).reason is Reason.FAR_MEMENTO


@pytest.mark.data
def test_a_recorded_refusal_of_the_index_is_an_exclusion(
    server: Server, wayback: Wayback, shared: Path
) -> None:
    (exchange,) = cassette(shared, "test_search_raises_for_blocked_urls")
    server.add("/cdx/search/cdx", Reply(exchange.status, body=exchange.body))
    assert failure(wayback.search("https://example.org/")).reason is Reason.EXCLUDED
    assert failure(wayback.nearest("https://example.org/")).reason is Reason.EXCLUDED
    assert all("/cdx/" in request.path for request in server.requests)


# ── which capture ──────────────────────────────────────────────────────────────────────────────────────


def test_the_good_copy_nearest_to_the_date_is_taken(server: Server, wayback: Wayback) -> None:
    captures = [
        ("20200105000000", "404", "A"),
        ("20200109000000", "200", "B"),
        ("20200112000000", "200", "C"),
    ]
    server.add("/cdx/search/cdx", index(*captures))
    server.add(f"/web/20200112000000id_/{PAGE}", copy("Sun, 12 Jan 2020 00:00:00 GMT"))
    found = memento(wayback.nearest(PAGE, date(2020, 1, 11)))
    assert found.captured_at == datetime(2020, 1, 12, tzinfo=UTC)
    assert found.body == b"<p>kept</p>"


def test_without_a_date_the_oldest_good_copy_is_taken(server: Server, wayback: Wayback) -> None:
    server.add(
        "/cdx/search/cdx",
        index(("20190101000000", "301", "A"), ("20200101000000", "200", "B"), ("20210101000000", "200", "C")),
    )
    server.add(f"/web/20200101000000id_/{PAGE}", copy("Wed, 01 Jan 2020 00:00:00 GMT"))
    assert memento(wayback.nearest(PAGE)).captured_at.year == 2020


def test_a_revisit_counts_as_what_it_repeats(server: Server, wayback: Wayback) -> None:
    """The nearest capture repeats a redirect, the next one a page: the page is taken."""
    captures = [
        ("20200101000000", "301", "R"),
        ("20200102000000", "200", "P"),
        ("20200110000000", "-", "R"),
        ("20200109000000", "-", "P"),
    ]
    server.add("/cdx/search/cdx", index(*captures))
    server.add(f"/web/20200109000000id_/{PAGE}", copy("Thu, 09 Jan 2020 00:00:00 GMT"))
    assert memento(wayback.nearest(PAGE, date(2020, 1, 11))).captured_at.day == 9


def test_a_capture_that_cannot_be_played_back_gives_way_to_the_next(server: Server, wayback: Wayback) -> None:
    server.add("/cdx/search/cdx", index(("20200110000000", "200", "A"), ("20200120000000", "200", "B")))
    server.add(f"/web/20200110000000id_/{PAGE}", Reply(503))
    server.add(f"/web/20200120000000id_/{PAGE}", copy("Mon, 20 Jan 2020 00:00:00 GMT"))
    assert memento(wayback.nearest(PAGE, date(2020, 1, 11))).captured_at.day == 20


def test_copies_of_before_are_asked_for_only_where_there_is_none_since(
    server: Server, wayback: Wayback
) -> None:
    def answer(request: Request) -> Reply:
        return Reply(body=b"[]") if "from=" in request.path else index(("20190501000000", "200", "A"))

    server.add("/cdx/search/cdx", answer)
    server.add(f"/web/20190501000000id_/{PAGE}", copy("Wed, 01 May 2019 00:00:00 GMT"))
    assert memento(wayback.nearest(PAGE, date(2020, 1, 11))).captured_at.year == 2019
    assert "from=20191212" in server.requests[0].path


def test_no_capture_is_no_memento(server: Server, wayback: Wayback) -> None:
    server.add("/cdx/search/cdx", Reply(body=b"[]"))
    assert failure(wayback.nearest(PAGE, date(2020, 1, 11))).reason is Reason.NO_MEMENTO
    assert rows(wayback.search(PAGE)) == []


def test_an_error_page_of_the_archive_is_not_a_memento(server: Server, wayback: Wayback) -> None:
    server.add("/cdx/search/cdx", index(("20200110000000", "200", "A")))
    server.add(f"/web/20200110000000id_/{PAGE}", Reply(200, body=b"<h1>Something went wrong</h1>"))
    assert failure(wayback.nearest(PAGE)).reason is Reason.NO_MEMENTO


# ── redirects stay inside ──────────────────────────────────────────────────────────────────────────────


def test_a_captured_redirect_is_looked_up_in_the_archive(server: Server, wayback: Wayback) -> None:
    """pywb gives the original Location: its target is asked of the archive, never of its own host."""
    server.add("/cdx/search/cdx", index(("20200110000000", "200", "A")))
    moved = copy("Fri, 10 Jan 2020 00:00:00 GMT", b"", 301, Location="/b?x=1")
    server.add(f"/web/20200110000000id_/{PAGE}", moved)
    server.add(
        "/web/20200110000000id_/https://example.org/b?x=1", copy("Fri, 10 Jan 2020 00:00:05 GMT", b"target")
    )
    found = memento(wayback.nearest(PAGE))
    assert (found.url, found.body) == ("https://example.org/b?x=1", b"target")


def test_a_redirect_off_the_archive_is_not_followed(server: Server, wayback: Wayback) -> None:
    with Server() as elsewhere:
        server.add("/cdx/search/cdx", index(("20200110000000", "200", "A")))
        server.add(f"/web/20200110000000id_/{PAGE}", Reply(302, headers=[("Location", elsewhere.url("/x"))]))
        found = failure(wayback.nearest(PAGE))
        assert found.reason is Reason.ARCHIVE_ERROR
        assert elsewhere.url("/x") in found.detail
        assert elsewhere.requests == []


def test_endless_archived_redirects_end(server: Server, wayback: Wayback) -> None:
    server.add("/cdx/search/cdx", index(("20200110000000", "200", "A")))
    server.otherwise(
        lambda request: copy("Fri, 10 Jan 2020 00:00:00 GMT", b"", 302, Location=f"{PAGE}{len(request.path)}")
    )
    assert failure(wayback.nearest(PAGE)).reason is Reason.REDIRECTS
    assert len(server.requests) < 15


# ── headers ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_copy_sent_as_captured_keeps_its_encoding(server: Server, wayback: Wayback) -> None:
    """The page's own gzip, sent without a Content-Encoding, is named again so that it can be read."""
    import gzip

    server.add("/cdx/search/cdx", index(("20200110000000", "200", "A")))
    kept = copy(
        "Fri, 10 Jan 2020 00:00:00 GMT", gzip.compress(b"page"), X_Archive_Orig_Content_Encoding="gzip"
    )
    server.add(f"/web/20200110000000id_/{PAGE}", kept)
    found = memento(wayback.nearest(PAGE))
    assert ("Content-Encoding", "gzip") in found.headers
    assert decode(found.body, "gzip") == b"page"


def test_an_encoding_that_was_undone_is_not_claimed(server: Server, wayback: Wayback) -> None:
    server.add("/cdx/search/cdx", index(("20200110000000", "200", "A")))
    kept = copy(
        "Fri, 10 Jan 2020 00:00:00 GMT",
        b"page",
        X_Archive_Orig_Content_Encoding="gzip",
        X_Archive_Orig_ETag='"v1"',
    )
    server.add(f"/web/20200110000000id_/{PAGE}", kept)
    assert {name.lower() for name, _ in memento(wayback.nearest(PAGE)).headers} == {"etag", "content-type"}


# ── other archives ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("below", "collection"), [("", "web"), ("/web", "web"), ("/news", "news")])
def test_a_pywb_is_found_by_its_host_or_by_its_collection(
    server: Server, client: Client, below: str, collection: str
) -> None:
    line = {"urlkey": "k", "timestamp": "20200110000000", "url": PAGE, "mime": "text/html", "status": "200"}
    server.add(f"/{collection}/cdx", Reply(body=json.dumps(line).encode()))
    server.add(f"/{collection}/20200110000000id_/{PAGE}", copy("Fri, 10 Jan 2020 00:00:00 GMT"))
    wayback = Wayback(client, server.url(below), cdx_interval=0, replay_interval=0)
    assert memento(wayback.nearest(PAGE, date(2020, 1, 9))).captured_at.day == 10
    before = len(server.requests)
    assert len(rows(wayback.search(PAGE))) == 1
    assert len(server.requests) == before + 1, "the layout that worked is remembered"


def test_without_an_index_the_archive_is_asked_for_the_moment(server: Server, wayback: Wayback) -> None:
    server.add(
        f"/web/20200111120000id_/{PAGE}", Reply(302, headers=[("Location", f"/web/20200115000000id_/{PAGE}")])
    )
    server.add(f"/web/20200115000000id_/{PAGE}", copy("Wed, 15 Jan 2020 00:00:00 GMT"))
    assert failure(wayback.search(PAGE)).status == 404
    assert memento(wayback.nearest(PAGE, date(2020, 1, 11))).captured_at.day == 15


def test_a_search_asks_for_what_it_was_told(server: Server, wayback: Wayback) -> None:
    server.add("/cdx/search/cdx", index(*(("20200110000000", "200", str(n)) for n in range(9))))
    found = wayback.search(
        "https://example.org/opinions/2020/",
        match="prefix",
        start=date(2020, 1, 1),
        end=date(2020, 2, 1),
        limit=5,
        collapse="urlkey",
        filters=["!statuscode:404"],
    )
    assert len(rows(found)) == 5
    query = server.requests[0].path.partition("?")[2]
    assert query == (
        "url=https%3A%2F%2Fexample.org%2Fopinions%2F2020%2F&matchType=prefix&output=json"
        "&from=20200101&to=20200201&collapse=urlkey&filter=%21statuscode%3A404&limit=5"
    )


# ── limits and outages ─────────────────────────────────────────────────────────────────────────────────


def test_searches_and_pages_keep_their_own_pace(server: Server, client: Client, clock: Clock) -> None:
    wayback = Wayback(client, server.url(), sleep=clock.sleep, clock=clock)
    server.add("/cdx/search/cdx", index(("20200110000000", "200", "A")))
    server.add(f"/web/20200110000000id_/{PAGE}", copy("Fri, 10 Jan 2020 00:00:00 GMT"))
    for _ in range(3):
        memento(wayback.nearest(PAGE))
    assert clock.slept == pytest.approx([2.5, 2.5])


@pytest.mark.parametrize(
    ("headers", "seconds"), [([], 60.0), ([("Retry-After", "7")], 7.0), ([("Retry-After", "0")], 1.0)]
)
def test_a_429_is_a_wait_and_stops_further_requests(
    server: Server, wayback: Wayback, headers: list[tuple[str, str]], seconds: float
) -> None:
    """A wait is handed to the queue; until it is over nothing more is sent."""
    server.otherwise(Reply(429, headers=headers))
    found = failure(wayback.nearest(PAGE))
    assert (found.reason, found.retry_after) == (Reason.ARCHIVE_BUSY, seconds)
    assert len(server.requests) == 1


def test_during_a_long_wait_nothing_is_sent(server: Server, wayback: Wayback, clock: Clock) -> None:
    server.otherwise(Reply(429))
    failure(wayback.search(PAGE))
    clock.now += 10
    again = failure(wayback.nearest(PAGE))
    assert (again.reason, again.retry_after) == (Reason.ARCHIVE_BUSY, pytest.approx(50.0))
    assert len(server.requests) == 1
    clock.now += 50
    server.otherwise(index())
    assert rows(wayback.search(PAGE)) == []


def test_a_broken_index_falls_back_to_the_moment(server: Server, wayback: Wayback) -> None:
    server.add("/cdx/search/cdx", Reply(504))
    server.add(f"/web/20200111120000id_/{PAGE}", copy("Sat, 11 Jan 2020 12:00:00 GMT"))
    assert failure(wayback.search(PAGE)).reason is Reason.ARCHIVE_ERROR
    assert memento(wayback.nearest(PAGE, date(2020, 1, 11))).captured_at.day == 11


def test_an_archive_that_fails_is_not_an_archive_without_a_copy(server: Server, wayback: Wayback) -> None:
    server.otherwise(Reply(503))
    assert failure(wayback.nearest(PAGE)).reason is Reason.ARCHIVE_ERROR


def test_a_refused_connection_looks_offline(client: Client) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    found = failure(Wayback(client, f"http://127.0.0.1:{port}").nearest(PAGE))
    assert found.offline


def test_a_pace_tells_who_would_wait_too_long_without_taking_a_turn(clock: Clock) -> None:
    pace = Pace(1.0, clock.sleep, clock)
    assert pace.wait() is None
    assert pace.wait() is None
    assert clock.slept == [1.0]
    pace.hold(PATIENCE + 5)
    assert pace.wait() == pytest.approx(PATIENCE + 5)
    clock.now += 10
    assert pace.wait() is None
    assert clock.slept[-1] == pytest.approx(PATIENCE - 5)
