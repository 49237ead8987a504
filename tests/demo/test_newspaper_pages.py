"""The newspaper's texts and pages: long enough to rank, and like those of a real newspaper."""

from __future__ import annotations

import json
import re
from typing import Any

import lxml.html
import pytest
import requests

from demo.newspaper import GONE, Newspaper
from demo.pieces import Piece, read_pieces

PIECES = read_pieces()
BY_KEY = {piece.key: piece for piece in PIECES}


@pytest.mark.parametrize("piece", PIECES, ids=lambda piece: piece.key)
def test_a_piece_has_between_500_and_900_words(piece: Piece) -> None:
    words = len(" ".join(piece.paragraphs).split())
    low, high = (700, 900) if piece.is_seed else (500, 750)
    assert low <= words <= high


def test_captions_are_not_counted_as_the_authors_paragraphs() -> None:
    seed = next(piece for piece in PIECES if piece.is_seed)
    assert len(seed.body) - len(seed.paragraphs) == 2  # a photo and a video


def test_the_people_of_the_dispute_appear_in_pieces_of_both_sides() -> None:
    for name in ("Marlowe", "Renn", "Corvane", "Port Ansel Water"):
        for key in ("tandy-one-thing", "wickham-mayor-mistakes", "rostad-dunmoor", "thole-pride"):
            assert name in " ".join(BY_KEY[key].paragraphs), (name, key)


def test_the_unrelated_pieces_share_nothing_with_the_dispute() -> None:
    unrelated = [piece for piece in PIECES if piece.unrelated]
    assert len(unrelated) == 2
    for piece in unrelated:
        assert not re.search("Marlowe|Renn|Corvane|sale|pipe", " ".join(piece.paragraphs))


def test_the_seed_page_lists_its_ten_references_as_author_and_title(paper: Newspaper, get: Any) -> None:
    page = lxml.html.fromstring(get(paper.seed_url).content)
    heading = page.xpath('//p[b[text()="Read more:"]]')[0]
    links = heading.xpath("following-sibling::p/a")
    assert [link.text for link in links] == [f"{line.author}: {line.title}" for line in paper.seed.more]
    assert [link.get("href") for link in links] == [
        paper.base(line.outlet) + line.path for line in paper.seed.more
    ]
    assert len(links) == 10


def test_the_explainer_follows_the_list_and_links_nothing(paper: Newspaper, get: Any) -> None:
    page = lxml.html.fromstring(get(paper.seed_url).content)
    (box,) = page.xpath('//p[b[text()="Read more:"]]/following-sibling::aside')
    assert not box.xpath(".//a")


def test_unrelated_pieces_are_linked_beside_the_seed_and_not_in_its_list(paper: Newspaper, get: Any) -> None:
    page = lxml.html.fromstring(get(paper.seed_url).content)
    for piece in (piece for piece in PIECES if piece.unrelated):
        address = paper.url(piece)
        assert page.xpath('//aside[@class="rail"]//a[@href=$address]', address=address)
        assert not page.xpath("//article//a[@href=$address]", address=address)


def test_every_reference_but_the_lost_ones_is_there(paper: Newspaper, web: requests.Session) -> None:
    statuses = [
        web.get(paper.base(line.outlet) + line.path, timeout=5).status_code for line in paper.seed.more
    ]
    assert statuses.count(200) == 8
    assert statuses[3] == 404  # Aldous
    assert statuses[9] == 410  # Marlowe


def test_an_articles_head_says_the_same_as_its_body(paper: Newspaper, get: Any) -> None:
    piece = BY_KEY["thole-pride"]
    page = lxml.html.fromstring(get(paper.url(piece)).content)
    facts = json.loads(page.xpath('//script[@type="application/ld+json"]/text()')[0])
    assert facts["@type"] == "NewsArticle"
    assert facts["headline"] == page.xpath("string(//h1)") == piece.title
    assert facts["author"]["name"] == page.xpath('string(//a[@rel="author"])')
    assert facts["datePublished"] == page.xpath("string(//article//time/@datetime)")
    assert page.xpath("string(//link[@rel='canonical']/@href)") == paper.url(piece)
    assert page.xpath("string(//meta[@property='og:url']/@content)") == paper.url(piece)
    assert page.xpath("//footer") and page.xpath("//header//nav") and page.xpath("//figure/figcaption")


def test_every_page_says_that_it_is_invented(paper: Newspaper, get: Any) -> None:
    for address in (paper.ledger.base, paper.weekly.base, paper.seed_url, f"{paper.ledger.base}/nowhere"):
        assert "invented newspaper" in get(address).text


def test_pages_run_no_script_and_name_no_other_host(paper: Newspaper, get: Any) -> None:
    own = {paper.ledger.base, paper.weekly.base}
    for piece in (piece for piece in PIECES if not piece.dead):
        text = get(paper.url(piece)).text
        assert re.findall(r"<script(?! type=.application/ld\+json)", text) == []
        hosts = set(re.findall(r"(?:href|src|content)=\"(https?://[^/\"]+)", text))
        assert hosts <= own


def test_no_link_of_a_page_leads_nowhere_but_the_two_lost_ones(paper: Newspaper, get: Any, dead: str) -> None:
    seen: dict[str, int] = {}
    todo = [paper.seed_url, f"{paper.ledger.base}/", f"{paper.weekly.base}/"]
    while todo:
        address = todo.pop()
        if address in seen:
            continue
        reply = get(address)
        seen[address] = reply.status_code
        if reply.status_code == 200 and "html" in reply.headers["Content-Type"]:
            page = lxml.html.fromstring(reply.content, base_url=address)
            page.make_links_absolute()
            todo += [link for _, _, link, _ in page.iterlinks() if link.startswith("http")]
    lost = {address: status for address, status in seen.items() if status not in {200, 301}}
    assert lost == {dead: 404, paper.ledger.base + GONE: 410}


@pytest.mark.parametrize("piece", PIECES, ids=lambda piece: piece.key)
def test_trafilatura_takes_every_paragraph_and_no_caption(piece: Piece, paper: Newspaper, get: Any) -> None:
    import trafilatura

    address = paper.url(piece)
    if piece.dead:
        address = f"{paper.web_archive.base}/web/20240311070312id_/{address}"
    text = trafilatura.extract(get(address).text, fast=True, include_comments=False) or ""
    for part in piece.paragraphs:
        assert re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", part) in text
    assert piece.caption not in text
    assert "Most read" not in text and "newsletter" not in text
