"""URL keys merge spellings of one page and never two pages; nothing in here ever raises."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from recommender.crawl.urls import host_key, is_web, join, origin, outlet, slug_words, url_key

PIECES = st.sampled_from(
    ["http://", "https:", "//", "www.", "example.org", ":80", ":8080", "/", "?", "#", "#!", "&", "=", "%", "%2F",
     "%41", "%c3%a9", "é", "ü.example", "utm_x=1", "id=1", "a", "..", ".", "@", ":", "[::1]", " ", "\t", "\udcff",
     "\u2028", "//"]
)  # fmt: skip


@given(st.one_of(st.text(), st.lists(PIECES, max_size=12).map("".join)))
@example("%%34%31")
@example("http:// http://a")
@example("www.www.org")
def test_a_key_is_its_own_key(url: str) -> None:
    key = url_key(url)
    assert url_key(key) == key


@given(st.one_of(st.text(), st.lists(PIECES, max_size=12).map("".join)), st.text())
def test_no_text_makes_a_reader_of_urls_raise(url: str, href: str) -> None:
    joined = join(url, href)
    assert joined is None or is_web(joined)
    assert isinstance(host_key(url), str)
    assert isinstance(origin(url), str)
    assert isinstance(outlet(url), str)
    assert all(word == word.lower() and word for word in slug_words(url))


@pytest.mark.parametrize(
    "spelling",
    [
        "https://example.org/a/b?id=7&x=1",
        "http://www.example.org/a/b/?x=1&id=7",
        "HTTPS://WWW.Example.ORG:443/a/b?id=7&x=1#comments",
        "http://example.org:80/a/b?utm_source=mail&id=7&fbclid=abc&x=1",
        "https://user:secret@example.org/a/%62?id=7&&x=1",
    ],
)
def test_spellings_of_one_page_share_a_key(spelling: str) -> None:
    assert url_key(spelling) == "example.org/a/b?id=7&x=1"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/story?id=1", "https://example.org/story?id=2"),
        ("https://example.org/?p=1", "https://example.org/"),
        ("https://example.org/a", "https://example.org/A"),
        ("https://example.org/a%2Fb", "https://example.org/a/b"),
        ("https://example.org/a?q=%26x", "https://example.org/a?q=&x"),
        ("https://example.org/a?q=%FF", "https://example.org/a?q=%FE"),
        ("https://example.org/#!/article/1", "https://example.org/#!/article/2"),
        ("https://example.org:8080/a", "https://example.org/a"),
        ("https://news.example.org/a", "https://example.org/a"),
        ("https://example.org/a?ref=1", "https://example.org/a?ref=2"),
    ],
)
def test_different_pages_have_different_keys(one: str, other: str) -> None:
    assert url_key(one) != url_key(other)


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.sampled_from(["id", "p", "article", "story_id", "n"]))
def test_article_numbers_are_never_merged(one: int, other: int, name: str) -> None:
    for shape in (
        "https://a.org/s?{n}={i}",
        "https://a.org/s/{i}",
        "https://a.org/s-{i}.html",
        "https://a.org/#!{i}",
    ):
        same = url_key(shape.format(n=name, i=one)) == url_key(shape.format(n=name, i=other))
        assert same == (one == other)


def test_an_international_host_is_one_host() -> None:
    assert url_key("http://bücher.example/x") == url_key("http://xn--bcher-kva.example/x")


@pytest.mark.data
def test_real_articles_keep_their_own_keys(shared: Path) -> None:
    """8,005 real article URLs: two share a key only where they differ in scheme, www., slash or tracking."""
    with gzip.open(shared / "allsides.jsonl.gz", "rt", encoding="utf-8") as lines:
        urls = {json.loads(line)["url"] for line in lines}
    keys = {url_key(url) for url in urls}
    assert len(urls) - len(keys) < 10
    assert all(url_key(key) == key for key in keys)


def test_politeness_is_by_host_and_port() -> None:
    assert host_key("https://Example.org/a") == host_key("https://example.org:443/b") == "example.org:443"
    assert host_key("http://example.org/") != host_key("https://example.org/")
    assert host_key("nonsense") == ""


@pytest.mark.parametrize(
    "href", ["mailto:a@b.c", "javascript:alert(1)", "data:text/html,x", "ftp://a.b/", "http://", "http://[x"]
)
def test_only_web_pages_are_joined(href: str) -> None:
    assert join("https://example.org/a", href) is None


def test_relative_links_are_joined() -> None:
    assert join("https://example.org/a/b", " ../c ") == "https://example.org/c"
    assert join("https://example.org/a/b", "//other.org/x") == "https://other.org/x"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://a.org/opinions/2020/01/09/jo-doe-oped-rivers-mills/", "jo doe oped rivers mills"),
        ("https://a.org/2018/2/9/16993746/council-stays-open", "council stays open"),
        ("https://a.org/story/a-boss-can-2015/26324181/", "a boss can 2015"),
        ("https://a.org/columnists/doe/2016/10/25/the-mayor-is-out-n2236887", "the mayor is out"),
        ("https://a.org/article/us-x/why-cats-rule-idUSKCN1H90ZO", "why cats rule"),
        ("https://a.org/2013/12/29/if_memory_serves/", "if memory serves"),
        ("https://a.org/x/the-caf%C3%A9-war.html?x=1", "the café war"),
        ("https://a.org/2020/01/09/", ""),
    ],
)
def test_slug_words_leave_numbers_out(url: str, words: str) -> None:
    assert slug_words(url) == words.split()


def test_outlets_are_told_apart_by_what_they_registered() -> None:
    assert outlet("https://www.example.co.uk/a") == outlet("http://news.example.co.uk") == "example.co.uk"
    assert outlet("https://blogs.example.com/a") == "example.com"
    assert outlet("http://127.0.0.1:8000/") == "127.0.0.1"
