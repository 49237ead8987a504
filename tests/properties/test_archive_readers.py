"""The readers of what servers and archives say take any bytes: they never raise and stay within bounds."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime

from hypothesis import example, given
from hypothesis import strategies as st
from repeatable import MANY, anything

from recommender.crawl.cdx import CdxRow, format_timestamp, parse_timestamp, read
from recommender.crawl.frontier import RETRY_AFTER_CAP, retry_after
from recommender.crawl.memento import memento_datetime, original_headers, original_url, step
from recommender.crawl.outcomes import Response
from recommender.crawl.robots import MAX_DELAY, RobotsRules

WHEN = datetime(2020, 1, 11, tzinfo=UTC)
NAMES = ("urlkey", "timestamp", "original", "url", "mimetype", "mime", "statuscode", "status", "digest")
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | anything | st.just("20200111000000"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6),
    max_leaves=12,
)


def answer(*headers: tuple[str, str], body: bytes = b"") -> Response:
    url = "https://archive.example/web/2020id_/https://a.example/"
    return Response(url, url, (), 200, headers, body, 0.1, WHEN)


def sound(rows: tuple[CdxRow, ...]) -> bool:
    return all(
        row.url and len(row.timestamp) == 14 and format_timestamp(row.captured_at) == row.timestamp
        for row in rows
    )


@MANY
@given(st.binary(max_size=300))
@example(b"[" * 100_000)
@example(b'{"a":' * 100_000)
@example(b"[" + b"9" * 10_000 + b"]")
def test_no_bytes_make_the_index_reader_raise(body: bytes) -> None:
    assert sound(read(body).rows)


@MANY
@given(st.lists(json_values, max_size=5))
@example([["timestamp", "original"], ["20200111000000", ["a"]]])
@example([["timestamp", "original", "mimetype"], ["20200111000000", "https://a.example/", {}]])
def test_no_json_makes_the_index_reader_raise(values: list[object]) -> None:
    """As an array of arrays, and as an object a line."""
    assert sound(read(json.dumps(values).encode()).rows)
    assert sound(read("\n".join(json.dumps(value) for value in values).encode()).rows)


@MANY
@given(st.datetimes(min_value=datetime(1000, 1, 1)))
def test_timestamps_come_back(moment: datetime) -> None:
    whole = moment.replace(microsecond=0, tzinfo=UTC)
    assert parse_timestamp(format_timestamp(whole)) == whole


@MANY
@given(anything)
@example("Sat, 11 Jan 2020 00:00:00 -0000")
@example("Fri, 31 Dec 9999 23:59:59 -2359")
@example("Mon, 01 Jan 0001 00:00:00 +2359")
@example("Sat, 11 Jan 2020 00:00:00 +99999999999")
def test_a_mementos_time_is_utc_or_nothing(text: str) -> None:
    moment = memento_datetime(answer(("Memento-Datetime", text)))
    assert moment is None or moment.utcoffset() == UTC.utcoffset(None)


@MANY
@given(anything, anything)
def test_link_and_location_are_read_or_left(link: str, location: str) -> None:
    found = answer(("Link", link), ("Location", location), ("X-Archive-Orig-A", link))
    assert original_url(found, "asked")
    assert original_headers(found) == (("A", link),)
    for where in (location, f"/web/20200111id_/{location}", f"/web/٢٠٢٠/{location}"):
        leads = step(where, found.url, "https://a.example/", WHEN)
        assert leads is None or (leads[1].isascii() and leads[1].isdigit())


@MANY
@given(st.text(st.sampled_from('<>;,=" rel=original https://a.example/'), max_size=200))
def test_a_link_header_out_of_its_own_pieces_is_read(link: str) -> None:
    assert original_url(answer(("Link", link)), "asked")


@MANY
@given(anything | st.integers().map(str) | st.floats().map(str), st.floats(0, 4e9))
@example("9" * 400, 0.0)
@example("Fri, 31 Dec 9999 23:59:59 -2359", 0.0)
@example("Mon, 01 Jan 0001 00:00:00 +2359", 0.0)
@example("٣", 0.0)
def test_retry_after_is_within_its_bounds(text: str, now: float) -> None:
    seconds = retry_after(text, now)
    assert seconds is None or 0 <= seconds <= RETRY_AFTER_CAP


@MANY
@given(
    st.binary(max_size=300)
    | st.tuples(st.just("User-agent: *\nCrawl-delay: "), anything | st.floats().map(str)).map(
        lambda parts: "".join(parts).encode("utf-8", "surrogatepass")
    ),
    anything,
)
@example(b"User-agent: *\nCrawl-delay: 1e999", "https://a.example/")
@example(b"User-agent: *\nDisallow: /" + b"*" * 2_000 + b"x$", "https://a.example/" + "a" * 2_000)
def test_any_robots_file_is_read(body: bytes, url: str) -> None:
    rules = RobotsRules.from_response(200, body)
    assert isinstance(rules.allows(url, "readmore/1"), bool)
    assert 0 <= rules.delay("readmore/1") <= MAX_DELAY
    assert not math.isnan(rules.delay("readmore/1"))
