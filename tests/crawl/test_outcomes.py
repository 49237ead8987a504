"""What comes from outside is one clean line by the time a user reads it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.crawl.frontier import reason_of
from recommender.crawl.outcomes import OFFLINE, Failure, Headers, Reason, header, one_line
from recommender.crawl.verdicts import BLOCK_WORDS, OK, STUB_WORDS, verdict

HTML: Headers = (("Content-Type", "text/html"),)


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


@pytest.mark.parametrize(
    ("status", "words", "extra", "expected"),
    [
        (200, 800, {}, OK),
        (404, 800, {}, Reason.NOT_FOUND),
        (200, 0, {}, Reason.EMPTY),
        (200, 20, {"page_title": "Just a moment..."}, Reason.BLOCK_PAGE),
        (200, 60, {"text": "Pardon Our Interruption. As you were browsing …"}, Reason.BLOCK_PAGE),
        (200, BLOCK_WORDS, {"text": "The mayor was denied: “Access denied”, said the door."}, OK),
        (200, 90, {"html": b'{"isAccessibleForFree": false}'}, Reason.PAYWALL),
        (200, 90, {"html": b'{"isAccessibleForFree":"False"}'}, Reason.PAYWALL),
        (200, 90, {"html": b'{"isAccessibleForFree": true}'}, OK),
        (200, STUB_WORDS, {"html": b'{"isAccessibleForFree": false}'}, OK),
    ],
)
def test_the_first_rule_that_fires_is_the_verdict(
    status: int, words: int, extra: dict[str, object], expected: str
) -> None:
    assert verdict(status, HTML, words, **extra) == expected  # type: ignore[arg-type]


def test_a_challenge_that_says_so_needs_no_phrase() -> None:
    assert verdict(200, (("CF-Mitigated", "challenge"),), 500) is Reason.BLOCK_PAGE
