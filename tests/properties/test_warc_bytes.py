"""Any bytes, headers and addresses come back out of the WARC as they went in."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from repeatable import FEW, anything

from recommender.models import Capture, Via
from recommender.store.warc import Earlier, StoredArticles, StoredCapture, StoredNotes, WarcWriter, read, scan

WHEN = datetime(2020, 1, 11, 12, tzinfo=UTC)
bodies = st.binary(max_size=300) | st.sampled_from([b"\r\n\r\n", b"WARC/1.1\r\n\r\n", b"\x1f\x8b\x08" * 9])
extras = st.dictionaries(st.from_regex(r"x-[a-z0-9]{1,5}", fullmatch=True), anything, max_size=3)


@FEW
@given(
    bodies,
    anything,
    st.lists(st.tuples(anything, anything), max_size=4),
    extras,
    st.lists(anything, max_size=3),
    bodies,
)
def test_a_units_bytes_come_back(
    body: bytes,
    url: str,
    headers: list[tuple[str, str]],
    extra: dict[str, str],
    events: list[str],
    lines: bytes,
) -> None:
    """A capture, a revisit of it, notes and articles, in their order, with any extra values."""
    capture = Capture(url, url, WHEN, WHEN, Via.LIVE, 200, tuple(headers), body)
    with tempfile.TemporaryDirectory() as folder, WarcWriter(Path(folder)) as writer:
        first = writer.append(capture, extra=extra, order=1)
        writer.append(capture, order=2, same_as=Earlier(url, WHEN, first))
        writer.append_notes(['{"e": 1}' for _ in events], 3)
        writer.append_articles(lines, WHEN, 4)
        writer.sync()
        assert read(Path(folder), first).body == body
        assert writer.path is not None
        found = list(scan(writer.path))
    whole, again, notes, articles = found
    assert isinstance(whole, StoredCapture)
    assert (whole.capture.body, whole.capture.url, dict(whole.extra)) == (body, url, extra)
    assert isinstance(again, StoredCapture)
    assert again.same_as is not None
    assert isinstance(notes, StoredNotes)
    assert notes.events == tuple('{"e": 1}' for _ in events)
    assert isinstance(articles, StoredArticles)
    assert articles.lines == lines
    assert [one.order for one in (whole, again, notes, articles)] == [1, 2, 3, 4]
