"""robots.txt by RFC 9309."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.crawl.robots import MAX_BYTES, MAX_DELAY, RobotsRules, product

AGENT = "readmore/1.0 (archives; me@example.org)"
URL = "https://example.org/opinions/piece"


@pytest.mark.parametrize(
    ("status", "allowed"),
    [(None, False), (500, False), (503, False), (599, False), (404, True), (401, True), (403, True), (410, True),
     (429, True), (302, True), (200, True), (204, True)],
)  # fmt: skip
def test_the_status_decides_where_there_is_no_file(status: int | None, allowed: bool) -> None:
    rules = RobotsRules.from_response(status, b"")
    assert rules.allows(URL, AGENT) is allowed
    assert rules.delay(AGENT) == 0


def test_the_body_of_an_error_is_not_read() -> None:
    assert RobotsRules.from_response(404, b"User-agent: *\nDisallow: /").allows(URL, AGENT)


def test_rules_for_us_come_before_rules_for_all() -> None:
    body = b"User-agent: *\nDisallow: /\n\nUser-agent: ReadMore\nDisallow: /private\nAllow: /\n"
    rules = RobotsRules.from_response(200, body)
    assert rules.allows(URL, AGENT)
    assert not rules.allows("https://example.org/private/x", AGENT)
    assert not rules.allows(URL, "other/1.0")


def test_a_contact_does_not_change_which_rules_hold() -> None:
    """Rules are matched by the product name, not by words of the comment."""
    rules = RobotsRules.from_response(200, b"User-agent: example\nDisallow: /\n")
    assert rules.allows(URL, "readmore/1.0 (mail to someone at example.org)")
    assert product(AGENT) == "readmore"


def test_the_longest_rule_wins_and_wildcards_match() -> None:
    rules = RobotsRules.from_response(200, b"User-agent: *\nDisallow: /opinions/\nAllow: /opinions/*piece$\n")
    assert rules.allows(URL, AGENT)
    assert not rules.allows("https://example.org/opinions/piece?x=1", AGENT)


@pytest.mark.parametrize(
    ("asked", "seconds"), [("2", 2.0), ("0.5", 0.5), ("99999", MAX_DELAY), ("-3", 0.0), ("x", 0.0)]
)
def test_a_crawl_delay_is_capped(asked: str, seconds: float) -> None:
    rules = RobotsRules.from_response(200, f"User-agent: *\nCrawl-delay: {asked}\n".encode())
    assert rules.delay(AGENT) == seconds


def test_only_the_first_500_kib_are_read() -> None:
    body = b"User-agent: *\n" + b"#" * MAX_BYTES + b"\nDisallow: /\n"
    assert RobotsRules.from_response(200, body).allows(URL, AGENT)


def test_a_byte_order_mark_hides_nothing() -> None:
    assert not RobotsRules.from_response(200, b"\xef\xbb\xbfUser-agent: *\nDisallow: /").allows(URL, AGENT)


def test_an_html_page_allows_everything() -> None:
    assert RobotsRules.from_response(200, b"<!doctype html><title>Home</title>").allows(URL, AGENT)


LINES = st.sampled_from(
    [b"User-agent: *", b"User-agent:", b"Disallow: /", b"Disallow: %", b"Allow: /*$", b"Crawl-delay: inf",
     b"Crawl-delay: nan", b"Crawl-delay: 1e999", b"Request-rate: 1/0",
     b"\x00", b"\xff\xfe", b"Disallow: http://[", b"Sitemap: x", b"#"]
)  # fmt: skip


@given(st.one_of(st.binary(), st.lists(LINES, max_size=12).map(b"\n".join)), st.integers(100, 599), st.text())
def test_no_file_makes_the_reader_raise_or_wait_beyond_the_cap(body: bytes, status: int, url: str) -> None:
    rules = RobotsRules.from_response(status, body)
    assert rules.allows(url, AGENT) in {True, False}
    assert 0 <= rules.delay(AGENT) <= MAX_DELAY
