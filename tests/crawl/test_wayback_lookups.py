"""Archives without an index, broken indexes, and lists too long for one answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from archive_stand_in import PAGE, copy, failure, index, memento, rows
from servers import Reply, Request, Server

from recommender.crawl.cdx_client import MAX_PAGES, PAGE_ROWS
from recommender.crawl.http import Client
from recommender.crawl.memento import closest
from recommender.crawl.outcomes import Reason
from recommender.crawl.wayback import Wayback

CDX = "/cdx/search/cdx"
KEPT = "/web/20200115000000id_/" + PAGE
THE_15TH = copy("Wed, 15 Jan 2020 00:00:00 GMT")


# ── TimeGate ───────────────────────────────────────────────────────────────────────────────────────────


def test_without_an_index_the_timegate_is_asked_for_the_day(server: Server, wayback: Wayback) -> None:
    """RFC 7089: Accept-Datetime goes out, a redirect to the memento comes back; its raw bytes are taken."""
    server.add(f"/web/{PAGE}", Reply(302, headers=[("Location", f"/web/20200115000000/{PAGE}")]))
    server.add(KEPT, THE_15TH)
    assert memento(wayback.nearest(PAGE, date(2020, 1, 11))).captured_at.day == 15
    asked = next(one for one in server.requests if one.path == f"/web/{PAGE}")
    assert asked.headers["accept-datetime"] == "Sat, 11 Jan 2020 12:00:00 GMT"


def test_without_a_date_the_timegate_is_asked_for_the_oldest(server: Server, wayback: Wayback) -> None:
    server.add(f"/web/{PAGE}", Reply(302, headers=[("Location", f"/web/20200115000000/{PAGE}")]))
    server.add(KEPT, THE_15TH)
    memento(wayback.nearest(PAGE))
    asked = next(one for one in server.requests if one.path == f"/web/{PAGE}")
    assert asked.headers["accept-datetime"] == "Mon, 01 Jan 1996 00:00:00 GMT"


def test_a_timegate_that_is_the_memento_names_itself(server: Server, wayback: Wayback) -> None:
    """Its own address is in its Link header: the bytes are asked for raw, not taken with the banner."""
    here = server.url()
    link = (
        f'<{PAGE}>; rel="original", <{here}/web/20190101000000/{PAGE}>; rel="first memento"; '
        f'datetime="Tue, 01 Jan 2019 00:00:00 GMT", <{here}/web/20200115000000/{PAGE}>; rel="memento"; '
        'datetime="Wed, 15 Jan 2020 00:00:00 GMT"'
    )
    server.add(f"/web/{PAGE}", copy("Wed, 15 Jan 2020 00:00:00 GMT", b"with a banner", Link=link))
    server.add(KEPT, THE_15TH)
    assert memento(wayback.nearest(PAGE, date(2020, 1, 11))).body == b"<p>kept</p>"


def test_the_nearer_of_first_and_last_is_taken_where_the_timegate_chooses_none(
    server: Server, wayback: Wayback
) -> None:
    here = server.url()
    link = (
        f'<{here}/web/20150101000000/{PAGE}>; rel="memento first"; datetime="Thu, 01 Jan 2015 00:00:00 GMT",'
        f'<{here}/web/20200115000000/{PAGE}>; datetime="Wed, 15 Jan 2020 00:00:00 GMT"; rel="last memento"'
    )
    server.add(f"/web/{PAGE}", Reply(404, headers=[("Link", link)]))
    server.add(KEPT, THE_15TH)
    assert memento(wayback.nearest(PAGE, date(2020, 1, 11))).captured_at.year == 2020


def test_a_timegate_elsewhere_on_the_archive_is_followed_once(server: Server, wayback: Wayback) -> None:
    gate = server.url(f"/gate/{PAGE}")
    server.add(f"/web/{PAGE}", Reply(200, headers=[("Link", f'<{gate}>; rel="timegate"')]))
    server.add(f"/gate/{PAGE}", Reply(302, headers=[("Location", f"/web/20200115000000/{PAGE}")]))
    server.add(KEPT, THE_15TH)
    assert memento(wayback.nearest(PAGE, date(2020, 1, 11))).captured_at.day == 15
    server.add(f"/gate/{PAGE}", Reply(200, headers=[("Link", f'<{server.url("/third")}>; rel="timegate"')]))
    server.add(KEPT, Reply(404))
    assert failure(wayback.nearest(PAGE, date(2020, 1, 11))).reason is Reason.NO_MEMENTO
    assert all("third" not in one.path for one in server.requests)


def test_no_timegate_leads_off_the_archive(server: Server, wayback: Wayback) -> None:
    with Server() as elsewhere:
        away = elsewhere.url(f"/web/20200115000000/{PAGE}")
        for reply in (
            Reply(302, headers=[("Location", away)]),
            Reply(200, headers=[("Link", f'<{away}>; rel="timegate"')]),
            Reply(
                200,
                headers=[
                    ("Link", f'<{away}>; rel="first memento"; datetime="Wed, 15 Jan 2020 00:00:00 GMT"')
                ],
            ),
        ):
            server.add(f"/web/{PAGE}", reply)
            failure(wayback.nearest(PAGE, date(2020, 1, 11)))
        assert elsewhere.requests == []


# ── the availability API ───────────────────────────────────────────────────────────────────────────────


def available(**changes: object) -> Reply:
    nearest = {"status": "200", "available": True, "timestamp": "20200115000000",
               "url": f"http://web.archive.org/web/20200115000000/{PAGE}"}  # fmt: skip
    return Reply(body=json.dumps({"archived_snapshots": {"closest": {**nearest, **changes}}}).encode())


@pytest.mark.parametrize("broken", [Reply(504), Reply(body=b'[["urlkey",')])
def test_a_broken_index_is_made_up_for_by_the_availability_api(
    server: Server, wayback: Wayback, broken: Reply
) -> None:
    """A gateway's time-out, or half an answer."""
    server.add(CDX, broken)
    server.add("/wayback/available", available())
    server.add(KEPT, THE_15TH)
    assert memento(wayback.nearest(PAGE, date(2020, 1, 11))).captured_at.day == 15
    (asked,) = [one.path for one in server.requests if "/available" in one.path]
    assert parse_qs(urlsplit(asked).query) == {"url": [PAGE], "timestamp": ["20200111120000"]}


@pytest.mark.parametrize(
    "miss",
    [Reply(body=b'{"archived_snapshots": {}}'), Reply(404), Reply(body=b"<html>"), available(status="404"),
     available(available=False), available(url=7)],
)  # fmt: skip
def test_a_miss_of_the_availability_api_proves_nothing(server: Server, wayback: Wayback, miss: Reply) -> None:
    """The moment itself is asked for all the same."""
    server.add(CDX, Reply(504))
    server.add("/wayback/available", miss)
    server.add(f"/web/20200111120000id_/{PAGE}", copy("Sat, 11 Jan 2020 12:00:00 GMT"))
    assert memento(wayback.nearest(PAGE, date(2020, 1, 11))).captured_at.day == 11


def test_the_availability_answer_is_read_as_documented() -> None:
    assert closest(available().body) == (PAGE, "20200115000000")
    assert closest(b'{"archived_snapshots":{}}') is None
    assert closest(b"[" * 100_000) is None


def test_an_index_that_works_is_not_second_guessed(server: Server, wayback: Wayback) -> None:
    server.add(CDX, Reply(body=b"[]"))
    assert failure(wayback.nearest(PAGE)).reason is Reason.NO_MEMENTO
    assert [one.path.partition("?")[0] for one in server.requests] == [CDX]


# ── far-off copies ─────────────────────────────────────────────────────────────────────────────────────


def test_a_capture_that_leads_far_off_gives_way_to_one_that_does_not(
    server: Server, wayback: Wayback
) -> None:
    """The first redirects to another year; the copy's own time counts, so the next is tried."""
    server.add(CDX, index(("20200111000000", "200", "A"), ("20200115000000", "200", "B")))
    server.add(
        f"/web/20200111000000id_/{PAGE}",
        Reply(302, headers=[("Location", f"/web/20230101000000id_/{PAGE}")]),
    )
    server.add(f"/web/20230101000000id_/{PAGE}", copy("Sun, 01 Jan 2023 00:00:00 GMT"))
    server.add(KEPT, THE_15TH)
    month = timedelta(days=30)
    assert memento(wayback.nearest(PAGE, date(2020, 1, 11), month)).captured_at.day == 15
    server.add(KEPT, Reply(404))
    found = failure(wayback.nearest(PAGE, date(2020, 1, 11), month))
    assert (found.reason, found.detail) == (Reason.FAR_MEMENTO, "the nearest is of 2023-01-01")


def test_captures_listed_too_far_off_are_not_even_asked_for(server: Server, wayback: Wayback) -> None:
    server.add(CDX, index(("20230101000000", "200", "A")))
    found = failure(wayback.nearest(PAGE, date(2020, 1, 11), timedelta(days=30)))
    assert found.reason is Reason.FAR_MEMENTO
    assert all(CDX in one.path for one in server.requests)


# ── long lists ─────────────────────────────────────────────────────────────────────────────────────────


def long_index(count: int, *, keys: bool = True, lines: bool = False) -> Callable[[Request], Reply]:
    """An index of `count` captures that keeps `limit` and, with `keys`, gives resume keys."""
    moments = [datetime(2001, 1, 1, tzinfo=UTC) + timedelta(hours=n) for n in range(count)]
    table = [["k", f"{when:%Y%m%d%H%M%S}", PAGE, "text/html", "200", str(when), "9"] for when in moments]
    head = ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]

    def answer(request: Request) -> Reply:
        query = parse_qs(urlsplit(request.path).query)
        start = int(query.get("resumeKey", ["0"])[0]) if keys else 0
        end = start + int(query["limit"][0])
        resume = str(end) if keys and end < count and query.get("showResumeKey") == ["true"] else None
        part = table[start:end]
        if lines:
            return Reply(
                body="\n".join(json.dumps(dict(zip(head, row, strict=True))) for row in part).encode()
            )
        return Reply(
            body=json.dumps([head, *part, *([[], [resume]] if resume else [])] if part else []).encode()
        )

    return answer


@pytest.mark.parametrize(
    ("count", "limit", "requests"),
    [(PAGE_ROWS, PAGE_ROWS, 1), (PAGE_ROWS + 1, 2 * PAGE_ROWS, 2), (12_000, 12_000, 3), (12_000, 11_000, 3),
     (300, 50_000, 1)],
)  # fmt: skip
def test_a_long_list_comes_whole_and_in_order(
    server: Server, wayback: Wayback, count: int, limit: int, requests: int
) -> None:
    server.add(CDX, long_index(count))
    found = rows(wayback.search(PAGE, limit=limit))
    assert len(found) == min(count, limit)
    assert [row.timestamp for row in found] == sorted({row.timestamp for row in found})
    assert len(server.requests) == requests


def test_an_archive_without_resume_keys_is_asked_for_all_at_once(server: Server, client: Client) -> None:
    server.add("/news/cdx", long_index(7_000, keys=False, lines=True))
    found = rows(Wayback(client, server.url("/news"), cdx_interval=0).search(PAGE, limit=8_000))
    assert len(found) == 7_000
    assert len(server.requests) == 2


def test_a_part_that_fails_is_no_whole_list(server: Server, wayback: Wayback) -> None:
    whole = long_index(12_000)
    server.add(CDX, whole, whole, Reply(502))
    assert failure(wayback.search(PAGE, limit=12_000)).reason is Reason.ARCHIVE_ERROR


def test_resume_keys_that_never_end_do(server: Server, wayback: Wayback) -> None:
    """The same key again, or ever new keys without new rows."""
    table = json.loads(index(("20200110000000", "200", "A")).body)
    server.add(CDX, Reply(body=json.dumps([*table, [], ["again"]]).encode()))
    assert len(rows(wayback.search(PAGE, limit=9_000))) == 1
    assert len(server.requests) == 2
    server.add(
        CDX, lambda request: Reply(body=json.dumps([*table, [], [f"key{len(server.requests)}"]]).encode())
    )
    assert len(rows(wayback.search(PAGE, limit=9_000))) == 1
    assert len(server.requests) == 2 + MAX_PAGES


def test_a_revisit_is_resolved_across_parts(server: Server, wayback: Wayback) -> None:
    first = [*json.loads(index(("20200110000000", "200", "A")).body), [], ["next"]]
    server.add(CDX, Reply(body=json.dumps(first).encode()), index(("20200111000000", "-", "A")))
    assert [row.status for row in rows(wayback.search(PAGE, limit=9_000))] == [200, 200]


# ── elsewhere ──────────────────────────────────────────────────────────────────────────────────────────


def test_an_index_and_pages_may_be_anywhere(server: Server, client: Client) -> None:
    server.add("/some/index", index(("20200115000000", "200", "A")))
    server.add(f"/kept/20200115000000id_/{PAGE}", THE_15TH)
    wayback = Wayback(
        client,
        server.url(),
        cdx_url=server.url("/some/index"),
        replay_url=server.url("/kept/"),
        cdx_interval=0,
    )
    assert memento(wayback.nearest(PAGE, date(2020, 1, 11))).captured_at.day == 15
    assert len(server.requests) == 2


@pytest.mark.parametrize("url", ["https://example.org/\ud800", "https://example.org/é b\n", "https://[", ""])
def test_no_address_makes_the_client_raise(server: Server, wayback: Wayback, url: str) -> None:
    assert failure(wayback.nearest(url, datetime(1, 1, 1))).reason in {Reason.NO_MEMENTO, Reason.BAD_URL}
