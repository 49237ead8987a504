"""The index of a web archive: three shapes of answers, and the searches that cover an outlet's days."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from cassettes import exchanges
from hypothesis import given
from hypothesis import strategies as st

from recommender.crawl import cdx
from recommender.crawl.cdx import CdxRow, format_timestamp, outlet_queries, parse_timestamp, read
from recommender.crawl.dates import on_other_day, path_date

ARRAY = [
    ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"],
    ["org,example)/a", "20200111101112", "https://example.org/a", "text/html", "200", "SHA", "432"],
    ["org,example)/a", "20200112101112", "https://example.org/a", "warc/revisit", "-", "SHA", "-"],
    ["org,example)/a", "20200113101112", "https://example.org/a", "warc/revisit", "-", "OTHER", "-"],
]
WANTED = [
    CdxRow("https://example.org/a", "20200111101112", datetime(2020, 1, 11, 10, 11, 12, tzinfo=UTC), 200,
           "text/html", "SHA", 432, "org,example)/a"),
    CdxRow("https://example.org/a", "20200112101112", datetime(2020, 1, 12, 10, 11, 12, tzinfo=UTC), 200,
           "warc/revisit", "SHA", None, "org,example)/a"),
    CdxRow("https://example.org/a", "20200113101112", datetime(2020, 1, 13, 10, 11, 12, tzinfo=UTC), None,
           "warc/revisit", "OTHER", None, "org,example)/a"),
]  # fmt: skip


def parse(body: bytes) -> list[CdxRow]:
    return list(read(body).rows)


def test_the_wayback_machines_array_is_read() -> None:
    """A revisit has the status of the capture it repeats, where that is known."""
    assert parse(json.dumps(ARRAY).encode()) == WANTED


def test_pywbs_object_a_line_is_read() -> None:
    names = ["urlkey", "timestamp", "url", "mime", "status", "digest", "length"]
    lines = [json.dumps({k: v for k, v in zip(names, row, strict=True) if v != "-"}) for row in ARRAY[1:]]
    assert parse("\n".join(lines).encode()) == WANTED


def test_plain_lines_are_read_and_the_resume_key_is_not_a_row() -> None:
    lines = [" ".join(row) for row in ARRAY[1:]]
    assert parse("\n".join([*lines, "", "org%2Cexample%29%2F+20200114"]).encode()) == WANTED


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"[[]]", b"\n", b"{}", b'[["urlkey","timestamp"]]', b"<html>no</html>"]
)
def test_an_answer_without_rows_is_no_rows(body: bytes) -> None:
    assert parse(body) == []


def test_columns_may_come_in_any_order_and_be_few() -> None:
    rows = parse(b'[["original","timestamp"],["http://a.org/","20200111000000"]]')
    assert rows == [CdxRow("http://a.org/", "20200111000000", datetime(2020, 1, 11, tzinfo=UTC))]


@pytest.mark.parametrize(
    ("body", "whole"),
    [
        (b"[]", True),
        (b"", True),
        (json.dumps(ARRAY).encode(), True),
        (json.dumps(ARRAY).encode()[:-9], False),
        (b'{"urlkey": "k", "timestamp": "20200111101112", "url": "http://a/"}\n{"urlkey": "k', False),
        (b"<html><body>We are moving some very large disks</body></html>", False),
        (b'{"error": "busy"}', False),
        (b'["busy"]', False),
        (b'[["error"], ["busy"]]', False),
        (b"null", False),
        (b"Too many requests", False),
    ],
)
def test_an_answer_that_is_no_list_of_captures_says_so(body: bytes, whole: bool) -> None:
    """ "No captures" and "something went wrong" are told apart."""
    assert read(body).whole is whole


def test_resume_keys_are_found_in_both_shapes() -> None:
    key = "org%2Cexample%29%2F+20200114"
    assert read(json.dumps([*ARRAY, [], [key]]).encode()).resume == key
    assert read("\n".join([*(" ".join(row) for row in ARRAY[1:]), "", key, ""]).encode()).resume == key
    assert read(json.dumps(ARRAY).encode()).resume is None


VALUES = st.one_of(
    st.none(),
    st.text(max_size=15),
    st.integers(),
    st.lists(st.none(), max_size=1),
    st.sampled_from(["20200111101112", "-", "200", "http://a/"]),
)
RECORDS = st.dictionaries(
    st.sampled_from(["urlkey", "timestamp", "url", "original", "status", "length"]), VALUES
)


@given(
    st.one_of(
        st.binary(),
        st.lists(st.lists(VALUES, max_size=8), max_size=6).map(lambda table: json.dumps(table).encode()),
        st.lists(RECORDS, max_size=5).map(lambda rows: "\n".join(map(json.dumps, rows)).encode()),
        st.just(b"[" * 100_000),
    )
)
def test_no_answer_makes_the_reader_raise(body: bytes) -> None:
    for row in parse(body):
        assert row.url
        assert len(row.timestamp) == 14
        assert row.captured_at.tzinfo is UTC


def test_an_endless_answer_is_read_to_the_cap_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cdx, "MAX_ROWS", 50)
    line = " ".join(ARRAY[1]).encode() + b"\n"
    assert len(parse(line * 60)) == 50
    assert len(parse(json.dumps([ARRAY[0], *[ARRAY[1]] * 60]).encode())) == 50


@given(st.datetimes(min_value=datetime(1000, 1, 1), max_value=datetime(9999, 12, 31)))
def test_timestamps_round_trip_to_the_second(moment: datetime) -> None:
    whole = moment.replace(microsecond=0, tzinfo=UTC)
    assert parse_timestamp(format_timestamp(whole)) == whole


@given(st.text(alphabet="0123456789²x", max_size=16))
def test_no_text_makes_the_timestamp_reader_raise(text: str) -> None:
    moment = parse_timestamp(text)
    assert moment is None or moment.tzinfo is UTC


@pytest.mark.data
def test_recorded_answers_of_the_wayback_machine_are_read_whole(shared: Path) -> None:
    """Each recorded answer has as many rows as lines of seven fields; resume keys and gaps are no rows."""
    seen = 0
    for exchange in exchanges(shared):
        if "/cdx/" not in exchange.url or exchange.status != 200:
            continue
        lines = [line for line in exchange.text.splitlines() if line.count(" ") >= 6]
        rows = parse(exchange.text.encode())
        assert len(rows) == len(lines)
        seen += len(rows)
        for line, row in zip(lines, rows, strict=True):
            assert (row.urlkey, row.timestamp, row.url) == tuple(line.split(" ")[:3])
    assert seen > 6_000


@pytest.mark.parametrize(
    ("url", "day", "prefixes"),
    [
        ("https://a.org/opinions/2020/01/11/x-y/", (2020, 1, 11), ["https://a.org/opinions/2019/05/03/"]),
        ("http://a.org/2018/2/9/16993746/x-y", (2018, 2, 9), ["http://a.org/2019/5/3/"]),
        (
            "https://a.org/news/2018/mar/27/x/",
            (2018, 3, 27),
            ["https://a.org/news/2019/may/03/", "https://a.org/news/2019/may/3/"],
        ),
        ("https://a.org/us/2019/september/x", (2019, 9, None), ["https://a.org/us/2019/may/"]),
        ("https://a.org/USA/2016/0427/X-y", (2016, 4, 27), ["https://a.org/USA/2019/0503/"]),
        ("https://a.org/20200111/x", (2020, 1, 11), ["https://a.org/20190503/"]),
        ("https://a.org/2018/04/x-1", (2018, 4, None), ["https://a.org/2019/05/"]),
        ("https://a.org/x-2020-01-11-y.html", (2020, 1, 11), ["https://a.org/x-2019-05-03"]),
    ],
)
def test_a_date_in_a_path_is_read_and_written_for_another_day(
    url: str, day: tuple[int, int, int | None], prefixes: list[str]
) -> None:
    shown = path_date(url)
    assert shown is not None
    assert (shown.year, shown.month, shown.day) == day
    assert on_other_day(url, date(2019, 5, 3)) == prefixes


@pytest.mark.parametrize(
    "url",
    ["https://a.org/news/world-43280890", "https://a.org/x/200422094829029.html", "https://a.org/story/20121",
     "https://2020.01.11.a.org/x", "https://a.org/x?d=2020/01/11/", "https://a.org/2020/02/31/x", "https://a.org/1/2/3",
     ""],
)  # fmt: skip
def test_other_numbers_are_no_dates(url: str) -> None:
    assert path_date(url) is None
    assert on_other_day(url, date(2019, 5, 3)) == []


@given(st.text(), st.dates(min_value=date(1900, 1, 1)))
def test_no_text_makes_the_reader_of_dates_raise(url: str, day: date) -> None:
    shown = path_date(url)
    assert shown is None or shown.near(shown.start(), 0)
    on_other_day(url, day)


@given(
    st.dates(min_value=date(1990, 1, 1), max_value=date(2090, 1, 1)),
    st.dates(min_value=date(1990, 1, 1), max_value=date(2090, 1, 1)),
)
def test_what_is_written_for_a_day_is_read_as_that_day(shown: date, other: date) -> None:
    for pattern in ("%Y/%m/%d", "%Y-%m-%d", "%Y%m%d", "%Y/%b/%d"):
        prefixes = on_other_day(f"https://a.org/{shown.strftime(pattern).lower()}/x", other)
        assert prefixes
        for prefix in prefixes:
            read = path_date(prefix)
            assert read is not None
            assert (read.year, read.month, read.day) == (other.year, other.month, other.day)


def test_an_outlets_days_are_searched_from_the_seeds_own_day_backwards() -> None:
    queries = outlet_queries("https://a.org/opinions/2020/01/11/x-y/")
    assert [query.prefix[-11:] for query in queries[:3]] == ["2020/01/11/", "2020/01/10/", "2020/01/09/"]
    assert len(queries) <= 20
    assert all(query.start is None and query.end is None for query in queries)


def test_an_outlet_without_dates_is_searched_by_day_of_capture() -> None:
    (query,) = outlet_queries("https://a.org/news/world-43280890", date(2018, 3, 14))
    assert (query.prefix, query.start, query.end) == (
        "https://a.org/news/",
        date(2018, 2, 28),
        date(2018, 4, 13),
    )
    assert outlet_queries("https://a.org/news/world-43280890") == []


@pytest.mark.data
def test_most_dated_urls_of_real_articles_show_the_articles_date(shared: Path) -> None:
    """Of 8,005 articles, the date in the URL is within two days of the stated one 19 times of 20."""
    near = dated = 0
    with gzip.open(shared / "allsides.jsonl.gz", "rt", encoding="utf-8") as lines:
        for record in map(json.loads, lines):
            shown = path_date(record["url"])
            if shown is None or not record["date"] or len(record["date"]) != 10:
                continue
            dated += 1
            near += shown.near(date.fromisoformat(record["date"]), 2)
    assert dated > 3_000
    assert near / dated > 0.95
