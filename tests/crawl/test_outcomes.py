"""What comes from outside is one clean line by the time a user reads it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.crawl.frontier import reason_of
from recommender.crawl.outcomes import OFFLINE, Failure, Reason, header, one_line


@given(st.text(), st.integers(1, 300))
def test_no_text_breaks_the_line_or_moves_the_terminals_cursor(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert len(line) <= limit
    assert line.isprintable()
    assert line == line.strip()


def test_direction_marks_and_escapes_go() -> None:
    assert one_line("a\x1b[2Jb\u202ec\r\nd\udcffe\x9bf") == "a [2Jb c d e f"


def test_every_reason_is_one_printable_phrase_of_its_own() -> None:
    assert all(one_line(reason) == reason and not reason.endswith(".") for reason in Reason)
    assert len({str(reason) for reason in Reason}) == len(list(Reason))


def test_a_failure_reads_as_its_reason_and_detail() -> None:
    assert Failure(Reason.GONE, "u").line() == "gone (410)"
    assert Failure(Reason.TRUNCATED, "u", "3 of 9 bytes").line() == "cut off before its end: 3 of 9 bytes"
    assert {reason for reason in Reason if Failure(reason, "u").offline} == OFFLINE


def test_headers_are_found_by_any_case_and_the_first_counts() -> None:
    headers = (("ETag", '"a"'), ("etag", '"b"'))
    assert header(headers, "eTAG") == '"a"'
    assert header(headers, "x") is None


@pytest.mark.parametrize("status", range(100, 600))
def test_only_success_and_not_modified_have_no_reason(status: int) -> None:
    assert (reason_of(status) is None) == (200 <= status < 300 or status == 304)
