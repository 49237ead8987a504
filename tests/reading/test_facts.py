"""A page's facts are trafilatura's own, and what is taken out of the tree for speed holds no text of the article."""

from __future__ import annotations

import gzip
from copy import deepcopy
from pathlib import Path

import pytest
from lxml.html import HtmlElement, document_fromstring
from trafilatura import bare_extraction
from trafilatura.metadata import extract_metadata

from recommender.reading.facts import facts, lighten

PAGE = """<html><head><title>Ferry stops - The Example Sun</title>
<meta property="og:site_name" content="the example sun"><link rel="canonical" href="https://sun.example/ferry">
<script>var pushed = "{other}";</script><style>.a {{ color: red }}</style></head><body>
<script type="application/ld+json">{data}</script><svg><title>A gull</title><path d="M0"/></svg>
<h1>Ferry stops for the winter</h1>{byline}<time datetime="2020-01-03">3 January</time>
{paragraphs}<script>document.write("no text")</script>after the script
<iframe>no text either</iframe></body></html>"""
PARAGRAPHS = "".join(
    f"<p>Paragraph {n} says what the {n}th councillor said of the ferry and its winter.</p>" for n in range(9)
)
PAGES = {
    "linked data": (
        '{"@context": "https://schema.org", "@type": "NewsArticle",'
        '"author": {"@type": "Person", "name": "Ann Example"}}',
        "",
    ),
    "broken linked data": ('{"@type": "NewsArticle", "author": [{]}', '<p class="byline">By Bo Sample</p>'),
    "byline": ("{}", '<span class="author-name">By Cy Specimen</span>'),
    "one word": ("{}", '<meta name="author" content="Staff"><p class="author">Di Instance</p>'),
}


def said(tree: HtmlElement) -> tuple[str | None, ...]:
    found = facts(deepcopy(tree), "https://sun.example/ferry")
    return found.title, found.author, found.sitename, found.date


def trafilatura_says(tree: HtmlElement) -> tuple[str | None, ...]:
    found = extract_metadata(deepcopy(tree), "https://sun.example/ferry")
    return found.title, found.author, found.sitename, found.date


@pytest.mark.parametrize("name", PAGES)
def test_facts_are_those_that_trafilatura_finds(name: str) -> None:
    data, byline = PAGES[name]
    page = PAGE.format(other="x", data=data, byline=byline, paragraphs=PARAGRAPHS)
    tree = document_fromstring(page)
    assert said(tree) == trafilatura_says(tree)
    _, author, outlet, day = said(tree)
    assert author
    assert (outlet, day) == ("The Example Sun", "2020-01-03")


def test_a_page_that_names_no_site_has_none() -> None:
    """trafilatura gives the host then; the reader of a page knows better which address it has."""
    tree = document_fromstring(f"<html><body><h1>Ferry</h1>{PARAGRAPHS}</body></html>")
    assert said(tree)[2] is None


def test_what_is_taken_out_holds_no_text_and_linked_data_stays() -> None:
    tree = document_fromstring(PAGE.format(other="x", data="{}", byline="", paragraphs=PARAGRAPHS))
    lighten(tree)
    text = tree.text_content()
    assert "no text" not in text
    assert "A gull" not in text
    assert "after the script" in text
    assert len(tree.xpath("//script")) == 1


@pytest.mark.data
def test_real_pages_give_the_same_facts_and_text_as_all_of_trafilatura(shared: Path) -> None:
    """All 47, but for the outlet, where trafilatura falls back on the host."""
    pages = sorted((shared / "readmore" / "pages").glob("*.gz"))
    assert len(pages) == 47
    for path in pages:
        tree = document_fromstring(gzip.decompress(path.read_bytes()))
        ours, theirs = said(tree), trafilatura_says(tree)
        assert (ours[0], ours[1], ours[3]) == (theirs[0], theirs[1], theirs[3]), path.name
        light = deepcopy(tree)
        lighten(light)
        whole, less = (bare_extraction(one, fast=True, include_comments=False) for one in (tree, light))
        assert (whole and whole.text) == (less and less.text), path.name
