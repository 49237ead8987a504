"""The stand-in web archive answers as the Wayback Machine does."""

from __future__ import annotations

import re
from typing import Any

import pytest

from demo.newspaper import GONE, Newspaper
from demo.serving import Request
from demo.web_archive import Memento, WebArchive, urlkey


def test_cdx_is_an_array_of_arrays_whose_first_row_is_the_header(cdx: Any, dead: str) -> None:
    header, *rows = cdx(url=dead)
    assert header == ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]
    assert [row[1] for row in rows] == ["20240311070312", "20240325120000", "20240601083047"]
    assert [row[4] for row in rows] == ["200", "200", "404"]
    assert {row[2] for row in rows} == {dead}


def test_cdx_of_what_is_not_held_is_an_empty_array(paper: Newspaper, cdx: Any) -> None:
    assert cdx(url=paper.ledger.base + GONE) == []


def test_cdx_exact_ignores_scheme_www_case_and_the_last_slash(cdx: Any, dead: str) -> None:
    bare = dead.removeprefix("http://").rstrip("/")
    assert cdx(url=bare) == cdx(url=dead) != []
    assert urlkey("https://WWW.Example.org:443/A/?b=C") == "org,example)/a?b=c"


@pytest.mark.parametrize(
    ("kind", "path", "expected"),
    [
        ("exact", "/opinions/2024/", 0),
        ("prefix", "/opinions/2024/", 5),
        ("prefix", "/opinions/2024/03/10", 3),
        ("host", "/anything", 5),
        ("domain", "", 5),
    ],
)
def test_cdx_match_types(paper: Newspaper, cdx: Any, kind: str, path: str, expected: int) -> None:
    assert len(cdx(url=paper.ledger.base + path, matchType=kind)[1:]) == expected


def test_cdx_a_star_at_the_end_means_prefix(paper: Newspaper, cdx: Any) -> None:
    assert len(cdx(url=f"{paper.ledger.base}/opinions/*")[1:]) == 5


def test_cdx_filters_match_whole_values_and_can_be_turned_round(cdx: Any, dead: str) -> None:
    def statuses(*filters: str) -> list[str]:
        return [row[4] for row in cdx(url=dead, filter=filters)[1:]]

    assert statuses("statuscode:200") == ["200", "200"]
    assert statuses("!statuscode:200") == ["404"]
    assert statuses("statuscode:20") == []
    assert statuses("statuscode:[24]0.", "mimetype:text/html") == ["200", "200", "404"]


def test_cdx_from_and_to_take_part_of_a_date(cdx: Any, dead: str) -> None:
    times = [row[1] for row in cdx(url=dead, from_="202403", to="20240325")[1:]]
    assert times == ["20240311070312", "20240325120000"]


def test_cdx_fl_limit_and_collapse(cdx: Any, dead: str) -> None:
    url = dead
    first = [["timestamp"], ["20240311070312"]]
    assert cdx(url=url, fl="timestamp", limit=1) == first
    assert cdx(url=url, fl="timestamp", limit=-1) == [["timestamp"], ["20240601083047"]]
    assert cdx(url=url, fl="timestamp", collapse="digest") == [*first, ["20240601083047"]]
    assert cdx(url=url, fl="timestamp", collapse="urlkey") == first
    assert cdx(url=url, fl="timestamp", collapse="timestamp:6")[1:] == [
        ["20240311070312"],
        ["20240601083047"],
    ]


def test_cdx_resume_key_goes_on_where_the_page_ended(cdx: Any, dead: str) -> None:
    query = {"url": dead, "fl": "timestamp", "limit": 2, "showResumeKey": "true"}
    *_, gap, (key,) = cdx(**query)
    assert gap == []
    assert cdx(**query, resumeKey=key) == [["timestamp"], ["20240601083047"]]


def test_cdx_without_json_is_lines(paper: Newspaper, get: Any, dead: str) -> None:
    address = f"{paper.web_archive.base}/cdx/search/cdx?url={dead}&fl=timestamp,statuscode&limit=1"
    assert get(address).text == "20240311070312 200\n"


@pytest.mark.parametrize(
    "wrong", ["matchType=near", "filter=nothing:1", "filter=digest:[", "limit=x", "collapse=nothing"]
)
def test_cdx_refuses_a_wrong_question(paper: Newspaper, get: Any, dead: str, wrong: str) -> None:
    base = f"{paper.web_archive.base}/cdx/search/cdx"
    assert get(f"{base}?url={dead}&{wrong}").status_code == 400
    assert get(f"{base}?{wrong}").status_code == 400


def test_replay_gives_the_bytes_as_archived_with_memento_headers(paper: Newspaper, get: Any) -> None:
    reply = get(f"{paper.web_archive.base}/web/20240316181502id_/{paper.seed_url}")
    live = get(paper.seed_url)
    assert (reply.status_code, reply.content) == (200, live.content)
    assert reply.headers["Memento-Datetime"] == "Sat, 16 Mar 2024 18:15:02 GMT"
    assert reply.headers["x-archive-orig-etag"] == live.headers["ETag"]
    links = reply.headers["Link"]
    assert f'<{paper.seed_url}>; rel="original"' in links
    assert 'rel="first memento"; datetime="Sat, 16 Mar 2024 18:15:02 GMT"' in links
    assert 'rel="timegate"' in links and 'rel="timemap"' in links and 'rel="last memento"' in links


@pytest.mark.parametrize(
    ("asked", "nearest"),
    [
        ("20240310", "20240311070312"),
        ("20240316060000", "20240311070312"),
        ("20240324", "20240325120000"),
        ("2025", "20240601083047"),
    ],
)
def test_replay_redirects_to_the_nearest_copy_on_its_own_host(
    paper: Newspaper, get: Any, asked: str, nearest: str, dead: str
) -> None:
    reply = get(f"{paper.web_archive.base}/web/{asked}id_/{dead}")
    assert reply.status_code == 302
    assert reply.headers["Location"] == f"{paper.web_archive.base}/web/{nearest}id_/{dead}"
    assert "Memento-Datetime" not in reply.headers


def test_replay_of_an_archived_404_is_a_memento_and_a_miss_is_none(
    paper: Newspaper, get: Any, dead: str
) -> None:
    base = f"{paper.web_archive.base}/web/20240601083047id_/"
    archived, missed = get(base + dead), get(base + paper.ledger.base + GONE)
    assert archived.status_code == missed.status_code == 404
    assert archived.headers["Memento-Datetime"] == "Sat, 01 Jun 2024 08:30:47 GMT"
    assert "Memento-Datetime" not in missed.headers


def test_replay_without_id_adds_a_banner(paper: Newspaper, get: Any, dead: str) -> None:
    raw = get(f"{paper.web_archive.base}/web/20240311070312id_/{dead}").text
    shown = get(f"{paper.web_archive.base}/web/20240311070312/{dead}").text
    assert "stand-in web archive" in shown and "stand-in web archive" not in raw


def test_replay_without_a_time_leads_to_the_newest_and_a_false_time_is_refused(
    paper: Newspaper, get: Any
) -> None:
    newest = get(f"{paper.web_archive.base}/web/{paper.seed_url}")
    assert newest.headers["Location"].endswith(f"/web/20240402093011/{paper.seed_url}")
    assert get(f"{paper.web_archive.base}/web/20241399id_/{paper.seed_url}").status_code == 400


def test_replay_keeps_the_query_of_the_archived_url() -> None:
    url = "http://a.invalid/x?id=1&b=%20c"
    archive = WebArchive("http://w.invalid", [Memento(url, "20240101000000", 200, (), b"found")])
    assert archive.answer(Request("GET", f"/web/20240101000000id_/{url}", {})).body == b"found"
    assert archive.answer(Request("GET", f"/web/20240101000000id_/{url[:-1]}", {})).status == 404


def test_the_timemap_lists_every_copy(paper: Newspaper, get: Any, dead: str) -> None:
    reply = get(f"{paper.web_archive.base}/web/timemap/link/{dead}")
    assert reply.headers["Content-Type"] == "application/link-format"
    assert len(re.findall(r"memento\"", reply.text)) == 3


def test_availability_names_the_nearest_good_copy_or_none(paper: Newspaper, get: Any, dead: str) -> None:
    base = f"{paper.web_archive.base}/wayback/available"
    closest = get(f"{base}?url={dead}&timestamp=20250101").json()["archived_snapshots"]["closest"]
    assert closest == {
        "status": "200",
        "available": True,
        "url": f"{paper.web_archive.base}/web/20240325120000/{dead}",
        "timestamp": "20240325120000",
    }
    assert get(f"{base}?url={paper.ledger.base}{GONE}").json()["archived_snapshots"] == {}
