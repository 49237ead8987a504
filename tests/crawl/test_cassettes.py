"""Every recorded exchange with the real Wayback Machine drives the client, and each has its stated end."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from archive_stand_in import index
from cassettes import Exchange, cassette
from servers import Reply, Request, Server

from recommender.crawl.cdx import MAX_ROWS, CdxRow
from recommender.crawl.memento import Memento
from recommender.crawl.wayback import Wayback

pytestmark = pytest.mark.data

ARCHIVE = "https://web.archive.org"
BIRDS = "20171124151315 https://www.fws.gov/birds/"
# What the client makes of each: the copy it takes, the captures it finds, or why there is none.
ENDS = {
    "get_memento": BIRDS,
    "get_memento_follow_redirects_does_not_follow_historical_redirects": "no archived copy",  # the rest is not on it
    "get_memento_follows_historical_redirects":
        "20200201024405 https://www.epa.gov/sites/production/files/signpost/cc.html",
    "get_memento_handles_non_utc_datetime": BIRDS,
    "get_memento_raises_blocked_error": "the web archive may not show it",
    "get_memento_raises_for_mementos_that_redirect_in_a_loop": "too many redirects: 4 inside the archive",
    "get_memento_raises_no_memento_error": "no archived copy",
    "get_memento_raises_when_memento_is_outside_target_window": "no archived copy",  # the target is not on it
    "get_memento_returns_memento_with_accurate_url": "20171124143728 https://www.fws.gov/",
    "get_memento_should_fail_for_non_playbackable_mementos": "no archived copy",  # the target is not on it
    "get_memento_target_window": BIRDS,
    "get_memento_with_archive_url": BIRDS,
    "get_memento_with_cdx_record": BIRDS,
    "get_memento_with_date_datetime": BIRDS,
    "get_memento_with_inexact_string_datetime": BIRDS,
    "get_memento_with_mode": BIRDS,
    "get_memento_with_mode_string": BIRDS,
    "get_memento_with_path_based_redirects": "no archived copy: the copy is a 404",
    "get_memento_with_redirect_in_view_mode": "no archived copy: HTTP 200 without Memento-Datetime",
    "get_memento_with_redirects":
        "20180808104500 https://www.epa.gov/ghgreporting/proposed-rule-fact-sheet-greenhouse-gas-reporting-program-addition-global-warming",
    "get_memento_with_schemeless_redirects": "no archived copy: the copy is a 404",
    "get_memento_with_string_datetime": BIRDS,
    "get_memento_works_on_archived_rate_limit_responses": "no archived copy: the copy is a 429",
    "memento_rate_limits": "captures",
    "search": "captures",
    "search_does_not_repeat_results": "captures",
    "search_multipage": "captures",
    "search_raises_for_blocked_urls": "the web archive may not show it",
    "search_rate_limits": "captures",
    "search_with_date": "captures",
    "search_with_filter": "captures",
    "search_with_filter_list": "captures",
    "search_with_filter_tuple": "captures",
    "search_with_timezone": "captures",
}  # fmt: skip


def test_the_table_names_every_cassette(shared: Path) -> None:
    names = {path.name.removesuffix(".yaml.gz") for path in (shared / "wayback_cassettes").glob("*.yaml.gz")}
    assert {f"test_{name}" for name in ENDS} == names
    assert len(names) == 34


@pytest.mark.parametrize("name", ENDS)
def test_a_cassette_ends_as_stated(server: Server, wayback: Wayback, shared: Path, name: str) -> None:
    """One that begins with a search is searched to its end; from the others, and after it, a page is played."""
    recorded = cassette(shared, f"test_{name}")
    ends = []
    if any("/cdx/" in one.url for one in recorded):
        ends.append(_search(server, wayback, recorded))
    if any("/web/2" in one.url or "/web/1" in one.url for one in recorded):
        ends.append(_play(server, wayback, recorded))
    if name == "memento_rate_limits":  # a search, and then twenty times the same page
        assert ends.pop() == "19970427191925 http://www.zew.de:80/"
    assert ends == [ENDS[name]]


def _search(server: Server, wayback: Wayback, recorded: tuple[Exchange, ...]) -> str:
    """Each recorded question, followed by its resume keys: every recorded row must come, once."""
    asked = {one.url: one for one in recorded if "/cdx/" in one.url}
    questions = [url for url in asked if "resumeKey=" not in url]
    for question in questions:
        url = parse_qs(urlsplit(question).query)["url"][0]
        parts = {key: one for key, one in _parts(asked) if key is None or _same_question(one.url, question)}
        parts[None] = asked[question]

        def answer(request: Request, parts: dict[str | None, Exchange] = parts) -> Reply:
            key = parse_qs(urlsplit(request.path).query).get("resumeKey", [None])[0]
            one = parts.get(key)
            return Reply(one.status, body=one.text.encode()) if one else Reply(body=b"")

        server.add("/cdx/search/cdx", answer)
        found = wayback.search(url, limit=MAX_ROWS)
        if not isinstance(found, list):
            return found.line()
        lines = [line for one in parts.values() for line in one.text.splitlines() if line.count(" ") >= 6]
        assert [_start(row) for row in found] == list(dict.fromkeys(_start_of(line) for line in lines))
        assert found or not lines
    return "captures"


def _parts(asked: dict[str, Exchange]) -> list[tuple[str | None, Exchange]]:
    return [(parse_qs(urlsplit(url).query).get("resumeKey", [None])[0], one) for url, one in asked.items()]


def _same_question(url: str, question: str) -> bool:
    return url.partition("&resumeKey=")[0] == question


def _start(row: CdxRow) -> str:
    return f"{row.urlkey} {row.timestamp} {row.url} {row.mime} {row.digest} {row.length}"


def _start_of(line: str) -> str:
    key, timestamp, url, mime, _, digest, length = line.split(" ")[:7]
    return f"{key} {timestamp} {url} {mime} {digest} {length}"


def _play(server: Server, wayback: Wayback, recorded: tuple[Exchange, ...]) -> str:
    """The pages as recorded, under an index that lists the first of them. Views count as raw copies."""
    dropped = {"transfer-encoding", "content-length", "connection"}
    here = server.url().removeprefix("http:")
    pages = {one.url: one for one in recorded if "/web/" in one.url}
    raw = [one for one in pages.values() if "id_/" in one.url]
    for one in raw or pages.values():
        path = one.url.removeprefix(ARCHIVE)
        path = path if "id_/" in path else path.replace("/http", "id_/http", 1)
        headers = [(name, value.replace(ARCHIVE, f"http:{here}").replace("//web.archive.org", here))
                   for name, value in one.headers if name.lower() not in dropped]  # fmt: skip
        server.add(path, Reply(one.status, headers=headers, body=one.body))
    first = (raw or list(pages.values()))[0].url.removeprefix(f"{ARCHIVE}/web/").replace("id_/", "/", 1)
    timestamp, _, page = first.partition("/")
    server.add("/cdx/search/cdx", index((timestamp, "200", "D"), url=page))
    found = wayback.nearest(page)
    if isinstance(found, Memento):
        return f"{found.captured_at:%Y%m%d%H%M%S} {found.url}"
    return found.line()
