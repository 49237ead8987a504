"""What holds for any input: readers of strangers' headers and rows, WARC records, and what is printed."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import re
import sys
import tempfile
import unicodedata
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from hypothesis import given, settings
from hypothesis import strategies as st

from recommender import seeds
from recommender.crawl import cdx, memento
from recommender.crawl.frontier import RETRY_AFTER_CAP, after, retry_after
from recommender.crawl.outcomes import Response
from recommender.crawl.urls import url_key
from recommender.errors import SeedError
from recommender.models import Capture, Via
from recommender.output import Column, Format, show
from recommender.store.journal import Journal
from recommender.store.warc import Earlier, StoredArticles, StoredCapture, StoredNotes, WarcWriter, read, scan

FIXED = settings(deadline=None, derandomize=True)  # a busy machine is no failure, and CI says the same twice
NOW = datetime(2021, 3, 2, 12, tzinfo=UTC)
TEXT = st.text(st.characters())  # lone surrogates too
WILD = st.text(st.characters() | st.sampled_from("\x1b[31m\u202e\u2066\n\r\t|\x9b\x07,\"'=+@-"), max_size=200)
HEADERS = st.lists(st.tuples(st.text(max_size=20), st.text(max_size=80)), max_size=6).map(tuple)
ALLOWED_CONTROL = {"\n"}


def response(headers: tuple[tuple[str, str], ...], body: bytes = b"", status: int = 200) -> Response:
    url = "http://archive.example/web/20210302120000id_/http://quay.example/a"
    return Response(url, url, (), status, headers, body, 0.1, NOW)


# Readers


@FIXED
@given(TEXT | st.from_regex(r"-?[0-9]{0,30}(\.[0-9]*)?", fullmatch=True) | st.datetimes().map(
    lambda one: one.strftime("%a, %d %b %Y %H:%M:%S GMT")), st.floats(0, 4e9))  # fmt: skip
def test_no_retry_after_makes_us_wait_beyond_the_cap(value: str, now: float) -> None:
    """Seconds, fractions, dates, past, absurd or garbage: between nothing and a day, or nothing said."""
    found = retry_after(value, now)
    assert found is None or 0 <= found <= RETRY_AFTER_CAP
    decision = after(response((("Retry-After", value),), status=429), 1, now)
    assert getattr(decision, "at", now) <= now + RETRY_AFTER_CAP


CELL = TEXT | st.integers() | st.none() | st.lists(st.integers(), max_size=2)
ROWS = st.lists(st.lists(CELL, max_size=9) | CELL | st.dictionaries(TEXT, CELL, max_size=4), max_size=6)
HEAD = st.just(["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"])


@FIXED
@given(st.binary(max_size=300) | TEXT.map(lambda one: one.encode("utf-8", "surrogatepass"))
       | st.builds(lambda head, rows: json.dumps([head, *rows]).encode(), HEAD, ROWS)
       | ROWS.map(lambda rows: "\n".join(map(json.dumps, rows)).encode()))  # fmt: skip
def test_no_index_answer_makes_the_reader_raise(body: bytes) -> None:
    """Bytes, JSON of the wrong shape, lines of three kinds: rows that are whole, or none."""
    for row in cdx.read(body).rows:
        assert re.fullmatch(r"[0-9]{14}", row.timestamp)
        assert row.captured_at.tzinfo is not None
        assert row.url


@FIXED
@given(WILD, WILD, WILD)
def test_no_memento_header_makes_the_reader_raise(link: str, when: str, location: str) -> None:
    """Link, Memento-Datetime and Location of any text; what comes out is a web address, or what was asked for."""
    links = f'<{link}>; rel=original, <http://quay.example/{link}>; rel="original"'
    answer = response((("Link", links), ("Memento-Datetime", when)), b"\x1f\x8b")
    assert memento.original_url(answer, "http://quay.example/a").startswith("http")
    found = memento.memento_datetime(answer)
    assert found is None or found.tzinfo is not None
    memento.original_headers(answer)
    step = memento.step(location, answer.url, "http://quay.example/a", NOW)
    assert step is None or re.fullmatch(r"[0-9]{1,14}", step[1])


@FIXED
@given(st.text(st.characters(categories=["L", "N", "P", "S"], max_codepoint=0x3000), min_size=1, max_size=30),
       st.sampled_from(["utm_source=x", "fbclid=1", "utm_campaign=%20"]))  # fmt: skip
def test_a_key_ignores_how_a_reader_came_and_nothing_else(name: str, tracking: str) -> None:
    """Scheme, www, port, tracking and fragment go; the path and every other parameter stay."""
    slug = "".join(char for char in name if char not in "?#/\\@:&%+") or "a"
    key = url_key(f"http://quay.example/{slug}?id=7")
    assert url_key(f"HTTPS://www.quay.example:443/{slug}?{tracking}&id=7#top") == key
    assert url_key(f"http://quay.example/{slug}?id=8") != key
    assert url_key(f"http://quay.example/{slug}x?id=7") != key
    assert url_key(key) == key


@given(st.binary(max_size=400) | TEXT.map(lambda one: one.encode("utf-8", "surrogatepass")),
       st.sampled_from([".toml", ".txt", ".html", ""]))  # fmt: skip
@settings(FIXED, max_examples=60)
def test_no_seed_file_raises_anything_but_a_seed_error(body: bytes, ending: str) -> None:
    """TOML, a page, a text, or bytes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"seed{ending}"
        path.write_bytes(body)
        with contextlib.suppress(SeedError):
            assert seeds.load(str(path)).title


# WARC


@given(
    st.binary(max_size=500),
    HEADERS,
    WILD,
    st.dictionaries(st.from_regex(r"[a-z]{1,8}", fullmatch=True), WILD),
)
@settings(FIXED, max_examples=60)
def test_whatever_goes_into_a_warc_comes_out_of_it(
    body: bytes, headers: tuple[tuple[str, str], ...], wild: str, extra: dict[str, str]
) -> None:
    """Bodies byte for byte; addresses, verdict, rule and extras as they were; a revisit names its original."""
    extra = {f"x-{name}": value for name, value in extra.items()}
    url = f"https://quay.example/{wild}"
    capture = Capture(url, url, NOW, NOW, Via.LIVE, 200, headers, body, verdict=wild or "ok", rule=wild)
    events = [json.dumps({"do": "save", "title": wild})]
    lines = json.dumps({"title": wild}).encode()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with WarcWriter(folder) as writer:
            record = writer.append(capture, extra=extra, order=1)
            again = writer.append(capture, order=2, same_as=Earlier(url, NOW, record))
            writer.append_notes(events, 3)
            writer.append_articles(lines, NOW, 4)
            writer.sync()
        found = list(scan(folder / record.file))
        assert read(folder, record).body == body
        assert read(folder, again).body == b""
    first, second, notes, articles = found
    assert isinstance(first, StoredCapture)
    assert isinstance(second, StoredCapture)
    kept = first.capture
    assert (kept.body, kept.url, kept.final_url, kept.verdict, kept.rule) == (
        body,
        url,
        url,
        wild or "ok",
        wild,
    )
    assert dict(first.extra) == extra
    assert second.same_as == f"{record.file}:{record.offset}"
    assert second.record.digest == record.digest
    assert cast(StoredNotes, notes).events == tuple(events)
    assert cast(StoredArticles, articles).lines == lines
    assert [unit.order for unit in (first, second, notes, articles)] == [1, 2, 3, 4]  # type: ignore[union-attr]


@given(st.lists(st.sampled_from(["capture", "note", "fail"]), max_size=8))
@settings(FIXED, max_examples=40)
def test_what_a_transaction_takes_back_is_in_no_file(steps: list[str]) -> None:
    """Units of transactions that failed are cut away, those of the others stay, in rising order."""
    from recommender.store.database import Store

    with tempfile.TemporaryDirectory() as name:
        wanted = 0
        with Store.open(Path(name), create=True) as store:
            for step in steps:
                with contextlib.suppress(ZeroDivisionError), store.transaction():
                    _put(store.journal, step)
                    wanted += step != "fail"
        units = [unit for path in (Path(name) / "warc").glob("*") for unit in scan(path)]
        orders = sorted(unit.order for unit in units)  # type: ignore[union-attr]
        assert orders == list(range(1, wanted + 1))


def _put(journal: Journal, step: str) -> None:
    if step != "note":
        url = "https://quay.example/a"
        journal.capture(Capture(url, url, NOW, NOW, Via.LIVE, 200, (), step.encode()))
    if step != "capture":
        journal.note({"do": step})
    if step == "fail":
        raise ZeroDivisionError


# What is printed


def printed(rows: list[dict[str, object]], style: Format) -> str:
    columns = (Column("title", "Title", ratio=1), Column("note", "Note", wrap=False))
    out, sys.stdout = sys.stdout, io.StringIO()
    try:
        show(rows, columns, style)
        return cast(io.StringIO, sys.stdout).getvalue()
    finally:
        sys.stdout = out


@FIXED
@given(st.lists(st.tuples(WILD, WILD), min_size=1, max_size=4))
def test_no_text_reaches_the_terminal_as_anything_but_text(texts: list[tuple[str, str]]) -> None:
    """No escape sequence, no control character, no change of direction, in any format; no row or cell forged."""
    rows: list[dict[str, object]] = [{"title": title, "note": note} for title, note in texts]
    for style in (Format.TABLE, Format.CSV, Format.MARKDOWN):
        text = printed(rows, style)
        bad = {char for char in text if unicodedata.category(char) == "Cc"} - ALLOWED_CONTROL
        assert not bad
        assert not re.search("[\u202a-\u202e\u2066-\u2069]", text)
        if style is Format.MARKDOWN:
            assert len(text.splitlines()) == 2 + len(rows)
            assert all(len(re.findall(r"(?<!\\)\|", line)) == 3 for line in text.splitlines())
    table = list(csv.reader(io.StringIO(printed(rows, Format.CSV))))
    assert [len(row) for row in table] == [2] * (1 + len(rows))
    assert [row["title"] for row in json.loads(printed(rows, Format.JSON))] == [title for title, _ in texts]
