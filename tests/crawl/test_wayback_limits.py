"""Rate limits and outages of a web archive: each has its reason, and requests keep their number and spacing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import pytest
from archive_stand_in import PAGE, Clock, copy, failure, index, memento, rows
from servers import Reply, Request, Server

from recommender.crawl.asking import BLOCK, BUSY_WAIT
from recommender.crawl.frontier import RETRY_AFTER_CAP
from recommender.crawl.http import Client
from recommender.crawl.outcomes import Reason
from recommender.crawl.pace import Pace
from recommender.crawl.wayback import CANDIDATES, Wayback

CDX = "/cdx/search/cdx"
ROW = ("20200110000000", "200", "A")
WHEN = "Fri, 10 Jan 2020 00:00:00 GMT"


def replay(timestamp: str = ROW[0]) -> str:
    return f"/web/{timestamp}id_/{PAGE}"


def busy(value: str | None = None, status: int = 429) -> Reply:
    return Reply(status, headers=[("Retry-After", value)] if value is not None else [])


# ── what the index may answer ──────────────────────────────────────────────────────────────────────────

WHOLE = index(ROW).body
SEARCHES = {
    "429": (busy(), Reason.ARCHIVE_BUSY, 60.0),
    "429, seconds": (busy("7"), Reason.ARCHIVE_BUSY, 7.0),
    "429, no seconds": (busy("0"), Reason.ARCHIVE_BUSY, 1.0),
    "429, past": (busy("Wed, 01 Jan 2020 00:00:00 GMT"), Reason.ARCHIVE_BUSY, 1.0),
    "429, absurd": (busy("9" * 40), Reason.ARCHIVE_BUSY, RETRY_AFTER_CAP),
    "429, nonsense": (busy("soon"), Reason.ARCHIVE_BUSY, 60.0),
    "503": (busy(status=503), Reason.ARCHIVE_ERROR, None),
    "503, seconds": (busy("120", 503), Reason.ARCHIVE_BUSY, 120.0),
    "500": (Reply(500), Reason.ARCHIVE_ERROR, None),
    "504": (Reply(504, body=b"<h1>Gateway Time-out</h1>"), Reason.ARCHIVE_ERROR, None),
    "slow": (Reply(body=WHOLE, delay=5), Reason.TIMEOUT, None),
    "dripping": (Reply(body=WHOLE, drip=0.5), Reason.TIMEOUT, None),
    "cut off": (Reply(body=WHOLE, cut=40), Reason.TRUNCATED, None),
    "torn JSON": (Reply(body=WHOLE[:-12]), Reason.ARCHIVE_ERROR, None),
    "torn gzip": (Reply(body=b"\x1f\x8b\x08\x00", headers=[("Content-Encoding", "gzip")]),
                  Reason.ARCHIVE_ERROR, None),
    "HTML": (Reply(body=b"<html><body><p>We are moving some disks, please come back</p></body></html>"),
             Reason.ARCHIVE_ERROR, None),
    "JSON of something else": (Reply(body=b'{"message": "internal error"}'), Reason.ARCHIVE_ERROR, None),
    "nothing": (Reply(), Reason.ARCHIVE_ERROR, None),
    "a login page": (Reply(302, headers=[("Location", "http://portal.invalid/login")]), Reason.ARCHIVE_ERROR, None),
    "an exclusion": (Reply(403, body=b"AdministrativeAccessControlException"), Reason.EXCLUDED, None),
    "an exclusion with 200": (Reply(body=b"org.archive.AdministrativeAccessControlException: Blocked"),
                              Reason.EXCLUDED, None),
    "a bad question": (Reply(400, body=b"bad url"), Reason.NO_MEMENTO, None),
    "no HTTP": (Reply(raw=b"hello\r\n"), Reason.PROTOCOL, None),
    "hanging up": (Reply(raw=b""), Reason.PROTOCOL, None),
}  # fmt: skip


@pytest.mark.parametrize("name", SEARCHES)
def test_a_search_that_fails_says_why_and_asks_once(server: Server, wayback: Wayback, name: str) -> None:
    """None of them is "no captures", and none is asked twice."""
    answer, reason, wait = SEARCHES[name]
    server.add(CDX, answer)
    found = failure(wayback.search(PAGE))
    assert (found.reason, found.retry_after) == (reason, wait)
    assert len(server.requests) == 1


def test_a_retry_after_date_is_read_against_the_real_time(server: Server, wayback: Wayback) -> None:
    server.add(CDX, busy(format_datetime(datetime.now(UTC) + timedelta(seconds=600), usegmt=True)))
    wait = failure(wayback.search(PAGE)).retry_after
    assert wait is not None
    assert 590 < wait <= 600


# ── what a page may answer ─────────────────────────────────────────────────────────────────────────────

PAGES = {
    "429": (busy(), Reason.ARCHIVE_BUSY),
    "503, seconds": (busy("30", 503), Reason.ARCHIVE_BUSY),
    "503": (busy(status=503), Reason.ARCHIVE_ERROR),
    "slow": (Reply(delay=5), Reason.TIMEOUT),
    "cut off": (Reply(headers=[("Memento-Datetime", WHEN)], body=b"<p>half", length=500), Reason.TRUNCATED),
    "an archived 429": (copy(WHEN, status=429, Retry_After="3600"), Reason.NO_MEMENTO),
    "an archived 503": (copy(WHEN, status=503, Retry_After="3600"), Reason.NO_MEMENTO),
    "no Memento-Datetime": (Reply(body=b"<p>perhaps</p>"), Reason.NO_MEMENTO),
    "a Memento-Datetime that is none": (copy("long ago"), Reason.NO_MEMENTO),
    "a Memento-Datetime after all time": (copy("Fri, 31 Dec 9999 23:59:59 -2359"), Reason.NO_MEMENTO),
    "not found": (Reply(404, body=b"not archived"), Reason.NO_MEMENTO),
    "a login page": (Reply(302, headers=[("Location", "http://portal.invalid/")]), Reason.ARCHIVE_ERROR),
    "an archived way to a mailbox": (copy(WHEN, status=301, Location="mailto:desk@example.org"), Reason.NO_MEMENTO),
    "itself again": (Reply(302, headers=[("Location", replay())]), Reason.REDIRECTS),
    "excluded": (Reply(body=b"<p>This URL has been excluded from the Wayback Machine.</p>"), Reason.EXCLUDED),
    "hanging up": (Reply(raw=b""), Reason.PROTOCOL),
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_a_page_that_cannot_be_had_says_why(server: Server, wayback: Wayback, name: str) -> None:
    """One search, one page: no other capture is there to try."""
    answer, reason = PAGES[name]
    server.add(CDX, index(ROW))
    server.add(replay(), answer)
    found = failure(wayback.nearest(PAGE))
    assert found.reason is reason
    assert len(server.requests) == 2
    assert failure(wayback.nearest(PAGE)).reason is reason, "asked again, it says the same"


def test_a_failure_that_may_pass_is_told_before_one_that_will_not(server: Server, wayback: Wayback) -> None:
    """One capture answers 503, the next is a 404: there may be a copy yet."""
    server.add(CDX, index(ROW, ("20200111000000", "200", "B")))
    server.add(replay(), Reply(503))
    server.add(replay("20200111000000"), copy(WHEN, status=404))
    assert failure(wayback.nearest(PAGE)).reason is Reason.ARCHIVE_ERROR


def test_no_more_than_three_captures_are_tried(server: Server, wayback: Wayback) -> None:
    server.add(CDX, index(*((f"202001{day}000000", "200", str(day)) for day in range(10, 30))))
    server.otherwise(Reply(404))
    assert failure(wayback.nearest(PAGE)).reason is Reason.NO_MEMENTO
    assert len(server.requests) == 1 + CANDIDATES


# ── a wait holds everything, and a refusal after one is a block ────────────────────────────────────────


@pytest.mark.parametrize("where", [CDX, replay()])
def test_a_429_anywhere_stops_searches_and_pages(
    server: Server, wayback: Wayback, clock: Clock, where: str
) -> None:
    server.add(CDX, index(ROW))
    server.add(replay(), copy(WHEN))
    server.add(where, busy())
    assert failure(wayback.nearest(PAGE)).retry_after == BUSY_WAIT
    asked = len(server.requests)
    clock.now += BUSY_WAIT / 2 - 1
    assert failure(wayback.search(PAGE)).reason is Reason.ARCHIVE_BUSY
    assert failure(wayback.nearest(PAGE)).reason is Reason.ARCHIVE_BUSY
    assert len(server.requests) == asked, "nothing is sent while we are asked to wait"
    server.add(CDX, index(ROW))
    server.add(replay(), copy(WHEN))
    clock.now += BUSY_WAIT / 2 + 1
    memento(wayback.nearest(PAGE))


def test_refused_after_a_429_is_blocked_for_an_hour_that_doubles(client: Client, clock: Clock) -> None:
    """It counts as the web archive's wish, never as a machine without network; an answer ends it."""
    server = Server()
    wayback = Wayback(client, server.url(), sleep=clock.sleep, clock=clock)
    server.otherwise(busy())
    assert failure(wayback.search(PAGE)).status == 429
    server.close()
    clock.now += BUSY_WAIT
    for wait in (BLOCK, 2 * BLOCK, 4 * BLOCK):
        found = failure(wayback.nearest(PAGE))
        assert (found.reason, found.retry_after, found.offline) == (Reason.ARCHIVE_BUSY, wait, False)
        assert failure(wayback.search(PAGE)).retry_after == pytest.approx(wait), "held, without asking"
        clock.now += wait
    with Server(port=server.port) as again:
        again.add(CDX, index(ROW))
        assert len(rows(wayback.search(PAGE))) == 1
    assert failure(wayback.search(PAGE)).retry_after == BLOCK, "the doubling begins anew"


def test_a_block_never_lasts_longer_than_a_day(client: Client, clock: Clock) -> None:
    with Server() as server:
        wayback = Wayback(client, server.url(), cdx_interval=0, sleep=clock.sleep, clock=clock)
        server.otherwise(busy())
        failure(wayback.search(PAGE))
    clock.now += BUSY_WAIT
    waits = []
    for _ in range(8):
        waits.append(failure(wayback.search(PAGE)).retry_after or 0.0)
        clock.now += waits[-1]
    assert waits == [min(BLOCK * 2**n, RETRY_AFTER_CAP) for n in range(8)]


def test_refused_long_after_a_429_or_without_one_is_no_network(client: Client, clock: Clock) -> None:
    with Server() as server:
        wayback = Wayback(client, server.url(), cdx_interval=0, sleep=clock.sleep, clock=clock)
        server.otherwise(busy())
        failure(wayback.search(PAGE))
    clock.now += BUSY_WAIT + BLOCK + 1
    assert failure(wayback.search(PAGE)).offline
    fresh = Wayback(client, server.url(), cdx_interval=0, sleep=clock.sleep, clock=clock)
    assert failure(fresh.search(PAGE)).reason is Reason.REFUSED


def test_a_clock_set_back_holds_nothing_up(server: Server, client: Client) -> None:
    """By default waits are counted on a clock that never goes back."""
    import time

    wayback = Wayback(client, server.url())
    assert wayback._asker._clock is time.monotonic


# ── spacing ────────────────────────────────────────────────────────────────────────────────────────────


def timed(clock: Clock, log: list[float], reply: Reply) -> Callable[[Request], Reply]:
    def answer(_: Request) -> Reply:
        log.append(clock.now)
        return reply

    return answer


def test_searches_and_pages_keep_the_archives_limits(server: Server, client: Client, clock: Clock) -> None:
    """Forty pages, three captures each to try: never over 24 searches a minute, nor 8 pages a second."""
    searches: list[float] = []
    pages: list[float] = []
    wayback = Wayback(client, server.url(), sleep=clock.sleep, clock=clock)
    days = [(f"2020011{n}000000", "200", str(n)) for n in range(3)]
    server.add(CDX, timed(clock, searches, index(*days)))
    server.otherwise(timed(clock, pages, Reply(404)))
    for _ in range(40):
        failure(wayback.nearest(PAGE, date(2020, 1, 11)))
    assert (len(searches), len(pages)) == (40, 120)
    assert min(after - before for before, after in pairwise(searches)) >= 2.5 - 1e-6
    assert min(after - before for before, after in pairwise(pages)) >= 0.125 - 1e-6


def test_the_limits_are_settings(server: Server, client: Client, clock: Clock) -> None:
    wayback = Wayback(
        client, server.url(), cdx_interval=10, replay_interval=4, sleep=clock.sleep, clock=clock
    )
    searches: list[float] = []
    server.add(CDX, timed(clock, searches, index(ROW)))
    server.add(replay(), copy(WHEN))
    for _ in range(3):
        memento(wayback.nearest(PAGE))
    assert [round(at - searches[0]) for at in searches] == [0, 10, 20]


def test_a_hold_that_begins_during_a_sleep_is_kept(clock: Clock) -> None:
    """One thread sleeps until its turn while another is told to wait: both wait."""
    pace = Pace(5.0, lambda seconds: (clock.sleep(seconds), pace.hold(20.0) if len(clock.slept) == 1 else None)[0],
                clock)  # fmt: skip
    assert pace.wait() is None
    start = clock.now
    assert pace.wait() is None
    assert clock.now - start == pytest.approx(25.0)


def test_a_torn_line_of_a_pywb_is_no_end_of_the_list(server: Server, client: Client) -> None:
    line = json.dumps({"urlkey": "k", "timestamp": ROW[0], "url": PAGE, "status": "200"})
    server.add("/news/cdx", Reply(body=f"{line}\n{line[:30]}".encode()))
    wayback = Wayback(client, server.url("/news"), cdx_interval=0)
    assert failure(wayback.search(PAGE)).reason is Reason.ARCHIVE_ERROR
    server.add("/news/cdx", Reply())
    assert rows(wayback.search(PAGE)) == [], "but no line at all is no capture"
