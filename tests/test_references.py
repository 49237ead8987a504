"""References from HTML and text: each rule shown on a small invented page."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommender.models import Kind, Reference
from recommender.references import Link, author_and_title, from_html, from_text, page_links

URL = "https://news.example/2019/03/05/ferry-line-approved"
PROSE = (
    "<p>The council met again on Tuesday to hear what the harbour master had to say about the new ferry line, "
    "and voted for it late at night.</p>"
)
TITLES = [
    "Ferry fares rise for the third time",
    "Islanders split over the new pier",
    "Why the harbour master resigned today",
    "What the ferry line means for schools",
]


def link(place: int, words: str | None = None) -> str:
    slug = TITLES[place].lower().replace(" ", "-")
    return f'<a href="/2019/02/0{place + 1}/{slug}">{words or TITLES[place]}</a>'


def items(*places: int) -> str:
    return "<ul>" + "".join(f"<li>{link(place)}</li>" for place in places) + "</ul>"


def article(*parts: str, head: str = "") -> str:
    return (
        f"<html><head><title>Ferry line approved</title>{head}</head><body>"
        '<nav><ul><li><a href="/sport">Sport</a></li><li><a href="/world">World news</a></li></ul></nav>'
        f"<article><h1>Ferry line approved</h1>{''.join(parts)}</article>"
        '<footer><a href="/about">About this paper</a></footer></body></html>'
    )


def found(*parts: str) -> list[str]:
    return [reference.title for reference in from_html(article(*parts), URL)]


OFFERED = {
    "heading and list": (PROSE, PROSE, "<h3>Related stories</h3>", items(0, 1)),
    "heading and list between paragraphs": (PROSE, "<h4>Related coverage:</h4>", items(0, 1), PROSE, PROSE),
    "paragraphs after a bold cue": (
        PROSE,
        PROSE,
        "<p><b>Read more:</b></p>",
        *(f"<p>{link(i)}</p>" for i in (0, 1)),
    ),
    "lines of one paragraph": (PROSE, PROSE, f"<p><b>RELATED</b><br>- {link(0)}<br>- {link(1)}</p>"),
    "cue and first link on one line": (PROSE, PROSE, f"<p>Read more: {link(0)}<br>{link(1)}</p>"),
    "two links after one cue": (PROSE, f"<p>ALSO READ: {link(0)} | {link(1)}</p>", PROSE),
    "definition list": (PROSE, PROSE, f"<dl><dt>See also</dt><dd>{link(0)}</dd><dd>{link(1)}</dd></dl>"),
    "table cells": (
        PROSE,
        f"<table><tr><td><b>RELATED</b></td></tr><tr><td>{link(0)}</td></tr><tr><td>{link(1)}</td></tr></table>",
        PROSE,
    ),
    "cards with pictures, dates and summaries": (
        PROSE,
        "<aside><h3>More on this story</h3>",
        *(
            f'<div class="card"><a href="/2019/02/0{i + 1}/{TITLES[i].lower().replace(" ", "-")}"><img src="x.jpg">'
            f"</a><h4>{link(i)}</h4><span>3 March 2019</span>{PROSE}</div>"
            for i in (0, 1)
        ),
        "</aside>",
        PROSE,
        PROSE,
        PROSE,
    ),
    "a box that only its class names": (PROSE, PROSE, f'<div class="related-articles">{items(0, 1)}</div>'),
    "a box that only its ARIA label names": (
        PROSE,
        PROSE,
        f'<section aria-label="Related articles">{items(0, 1)}</section>',
    ),
    "a sign-up form between two links": (
        PROSE,
        f"<p>RELATED STORIES</p><p>{link(0)}</p>",
        "<form><p>Subscribe to our daily newsletter</p><button>SIGN ME UP</button></form>",
        f"<p>{link(1)}</p>",
    ),
    "French": (
        PROSE,
        f"<p><strong>À lire aussi :</strong> {link(0)}</p>",
        PROSE,
        "<h3>Sur le même sujet</h3>",
        items(1),
    ),
    "Spanish": (PROSE, f"<p>Lee también: {link(0)}</p>", PROSE, "<h3>Noticias relacionadas</h3>", items(1)),
    "Portuguese": (PROSE, f"<p>LEIA TAMBÉM: {link(0)}</p>", PROSE, "<h3>Saiba mais</h3>", items(1)),
    "German": (PROSE, f"<p>Lesen Sie auch: {link(0)}</p>", PROSE, "<h3>Mehr zum Thema</h3>", items(1)),
    "Italian": (PROSE, f"<p>Leggi anche – {link(0)}</p>", PROSE, "<h3>Articoli correlati</h3>", items(1)),
    "Dutch": (PROSE, f"<p>Lees ook: {link(0)}</p>", PROSE, "<h3>Gerelateerde artikelen</h3>", items(1)),
    "Swedish and Polish": (PROSE, f"<p>Läs också: {link(0)}</p>", PROSE, "<h3>Zobacz także</h3>", items(1)),
    "Russian and Japanese": (PROSE, f"<p>Читайте также: {link(0)}</p>", PROSE, "<h3>関連記事</h3>", items(1)),
}


@pytest.mark.parametrize("case", OFFERED)
def test_further_reading_is_found(case: str) -> None:
    assert found(*OFFERED[case]) == TITLES[:2]


INLINE = {
    "a cue before the link": f"<p><b>READ MORE:</b> {link(0)}</p>",
    "a cue within the link": f"<p><em>{link(0, f'Read more: {TITLES[0]}')}</em></p>",
    "brackets within the link": f"<p>{link(0, f'[Read: {TITLES[0]}]')}</p>",
    "brackets around the link": f"<p>[ {link(0)} ]</p>",
    "a cue without a mark": f"<p><span>Read also</span> {link(0)}</p>",
    "a label of who may read it": f"<p><span>Read more</span> <span>Subscribers only</span> {link(0)}</p>",
    "a bullet that is one link": items(0),
    "a box with one link": f"<div><h4>Related</h4><p>{link(0)}</p></div>",
    "a named paragraph": f'<p class="interstitial-link"><i>{link(0)}</i></p>',
    "a note after the link": f"<p>RELATED: {link(0)} (May 3)</p>",
}


@pytest.mark.parametrize("case", INLINE)
def test_one_link_that_interrupts_the_text_is_inline(case: str) -> None:
    references = from_html(article(PROSE, INLINE[case], PROSE, PROSE), URL)
    assert [(r.title, r.kind) for r in references] == [(TITLES[0], Kind.INLINE)]


NOT_OFFERED = {
    "links in prose": (
        f"<p>As we wrote, {link(0)}, though the minutes of that meeting say little about it.</p>",
        PROSE,
    ),
    "prose that begins like a cue": (
        PROSE,
        f"<p>Read more about the plan in the minutes, or see {link(0)}.</p>",
        PROSE,
    ),
    "most read": (PROSE, PROSE, "<h3>Most read</h3>", items(0, 1)),
    "most read in a related box": (
        PROSE,
        PROSE,
        f'<div class="related"><h3>Most read</h3>{items(0, 1)}</div>',
    ),
    "latest": (PROSE, PROSE, "<h3>Latest news</h3>", items(0, 1)),
    "recommended by a machine": (PROSE, PROSE, "<h3>You may also like</h3>", items(0, 1)),
    "more from an author": (PROSE, PROSE, "<h3>More from Jane Poe</h3>", items(0, 1)),
    "read next": (PROSE, PROSE, '<div class="rail"><h2>Read next</h2>', items(0, 1, 2), "</div>"),
    "les plus lus": (PROSE, PROSE, "<h3>Les plus lus</h3>", items(0, 1)),
    "meistgelesen": (PROSE, PROSE, "<h3>Meistgelesen</h3>", items(0, 1)),
    "another heading": (PROSE, PROSE, "<h3>Harbour reviews</h3>", items(0, 1), PROSE),
    "tags": (
        PROSE,
        "<h3>Related</h3><ul><li><a href='/tag/a'>Ferry</a><li><a href='/tag/b'>New harbour</a></ul>",
    ),
    "tags after More": (
        PROSE,
        "<p>More: <a href='/tag/a'>Ferry lines</a> <a href='/tag/b'>New harbour</a></p>",
    ),
    "topics": (PROSE, PROSE, "<h3>Related topics</h3>", items(0, 1)),
    "shares and sponsors": (PROSE, f'<div class="taboola"><h3>Related</h3>{items(0, 1)}</div>'),
    "navigation": (PROSE, f'<nav class="related-links">{items(0, 1)}</nav>'),
    "a button that unfolds": (
        PROSE,
        '<p><a href="#all">Read more</a></p><p><a href="?full=1">Read the full story</a></p>',
    ),
    "a newsletter": (
        PROSE,
        "<p><a href='/letters/9999'>Sign up for our newsletter and never miss a ferry</a></p>",
        PROSE,
    ),
    "a promotion": (
        PROSE,
        "<p>MORE: <a href='/x/9999'>Watch the ferry race live with Boats (free trial)</a></p>",
        PROSE,
    ),
    "a video": (PROSE, f"<p>{link(0, 'Watch: ' + TITLES[0])}</p>", PROSE),
    "a caption": (PROSE, f"<figure><img src='x.jpg'><figcaption>{link(0)}</figcaption></figure>", PROSE),
    "a quoted post": (PROSE, f"<blockquote>{link(0)}</blockquote>", PROSE),
    "places on the page itself": (
        PROSE,
        "<p>Read more: <a href='#why'>What the council decided last night</a></p>",
    ),
    "the page itself": (
        PROSE,
        f"<p>Read more: <a href='{URL}?utm_source=x#top'>Ferry line approved at last</a></p>",
    ),
    "a section's front page": (
        PROSE,
        PROSE,
        "<h3>Related</h3><p><a href='/section/sea'>All stories about the sea</a></p>",
    ),
    "mail and scripts": (
        PROSE,
        "<p>Read more: <a href='mailto:a@b.example'>Write to the harbour master now</a></p>",
    ),
}


@pytest.mark.parametrize("case", NOT_OFFERED)
def test_everything_else_is_not(case: str) -> None:
    assert found(*NOT_OFFERED[case]) == []


def test_a_related_box_that_repeats_the_latest_news_is_out() -> None:
    repeated = ("<h3>Related</h3>", items(0, 1), "<h3>Just in</h3>", items(0, 1, 2))
    assert found(PROSE, PROSE, *repeated) == []
    assert found(PROSE, PROSE, "<h3>Related</h3>", items(0, 3), "<h3>Just in</h3>", items(0, 1, 2)) == [
        TITLES[0],
        TITLES[3],
    ]


def test_a_section_ends_where_prose_or_another_heading_begins() -> None:
    after = f"<p>{link(2)} is what the harbour master told us when we asked on Tuesday about the new ferry line.</p>"
    assert found(PROSE, "<p>Read more:</p>", f"<p>{link(0)}</p>", after, PROSE) == TITLES[:1]
    assert found(PROSE, PROSE, "<h3>Related</h3>", items(0), "<h3>Popular</h3>", items(1, 2)) == TITLES[:1]


def test_an_address_comes_once_with_its_best_title() -> None:
    picture = (
        f'<a href="/2019/02/01/{TITLES[0].lower().replace(" ", "-")}?utm_source=box"><img src="x.jpg"></a>'
    )
    references = from_html(
        article(PROSE, PROSE, "<h3>Related</h3><div>", picture, link(0), items(0), "</div>"), URL
    )
    assert [r.title for r in references] == [TITLES[0]]


def test_a_card_set_as_one_link_gives_its_headline() -> None:
    card = f'<a href="/2019/02/01/x-y-z"><div>Video</div><h4>{TITLES[0]}</h4><p>A summary.</p><p>3 May 2019</p></a>'
    assert found(PROSE, PROSE, "<h3>Related</h3>", f"<div>{card}</div>") == TITLES[:1]


def test_a_card_whose_label_is_a_heading_gives_its_title() -> None:
    card = f'<a href="/2019/02/01/x-y-z"><h4>Related article</h4><span>{TITLES[0]}</span></a>'
    assert found(PROSE, f'<div class="related-content">{card}</div>', PROSE) == TITLES[:1]


def test_a_rail_headed_by_a_link_to_its_section_is_out_even_in_a_related_box() -> None:
    rail = f'<div class="related"><h2><a href="/world">World news today</a></h2>{items(0, 1, 2)}</div>'
    assert found(PROSE, PROSE, rail) == []
    assert found(PROSE, PROSE, f'<div class="related">{items(0, 1, 2)}</div>') == TITLES[:3]


def test_a_weak_cue_counts_in_the_text_only() -> None:
    box = f"<h3>More:</h3>{items(0, 1)}"
    assert found(PROSE, PROSE, box) == TITLES[:2]
    assert [r.title for r in from_html(article(PROSE, PROSE) + f"<aside><div>{box}</div></aside>", URL)] == []


def test_kind_and_heading_are_told() -> None:
    page = article(PROSE, "<p>Read more:</p>", f"<p>{link(0)}</p><p>{link(1)}</p>", PROSE)
    page = page.replace("</article>", f"</article><section><h2>Related stories</h2>{items(2, 3)}</section>")
    assert [(r.kind, r.heading) for r in from_html(page, URL)] == [
        (Kind.LIST, "Read more:"),
        (Kind.LIST, "Read more:"),
        (Kind.MODULE, "Related stories"),
        (Kind.MODULE, "Related stories"),
    ]


def test_author_prefixes_are_split_off_in_a_list_of_authors() -> None:
    lines = f"<p>{link(0, 'Jane Poe: ' + TITLES[0])}</p><p>Omar N. Reyes: {link(1)}</p>"
    lines += f"<p>{link(2, 'The Gull’s View: Go')}</p>"
    references = from_html(article(PROSE, PROSE, "<p>Read more:</p>", lines), URL)
    assert [(r.author, r.title) for r in references] == [
        ("Jane Poe", TITLES[0]),
        ("Omar N. Reyes", TITLES[1]),
        ("The Gull’s View", "Go"),
    ]


def test_a_name_that_a_headline_begins_with_is_no_author() -> None:
    page = article(
        PROSE, PROSE, "<h3>Related</h3>", f"<p>{link(0, 'Jane Poe: Who is she?')}</p><p>{link(1)}</p>"
    )
    assert [(r.author, r.title) for r in from_html(page, URL)] == [
        (None, "Jane Poe: Who is she?"),
        (None, TITLES[1]),
    ]


def test_links_count_from_base_then_canonical_then_the_address_given() -> None:
    body = (
        PROSE,
        PROSE,
        "<h3>Related</h3><p><a href='next-year?id=7#top'>The ferry line one year on</a></p>",
    )
    canonical = '<link rel="canonical" href="https://www.news.example/a/b/story">'
    elsewhere = '<link rel="canonical" href="https://other.example/a/b/story">'
    base = '<base href="https://cdn.example/root/">'

    def url(head: str, given: str | None) -> str | None:
        return from_html(article(*body, head=head), given)[0].url

    assert url(base + canonical, URL) == "https://cdn.example/root/next-year?id=7"
    assert url(canonical, URL) == "https://www.news.example/a/b/next-year?id=7"
    assert url(canonical, None) == "https://www.news.example/a/b/next-year?id=7"
    assert url(elsewhere, URL) == "https://news.example/2019/03/05/next-year?id=7"
    assert url("", URL) == "https://news.example/2019/03/05/next-year?id=7"


def test_tracking_stays_in_the_address_as_published() -> None:
    page = article(
        PROSE,
        PROSE,
        "<p>Read more: <a href='/x/ferry-line-9999?utm_source=a&b=1#c'>The ferry line at sea</a></p>",
    )
    assert from_html(page, URL)[0].url == "https://news.example/x/ferry-line-9999?utm_source=a&b=1"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_encodings_are_read(encoding: str) -> None:
    page = article(PROSE, f"<p>À lire aussi : {link(0, 'Le maître du port a démissionné')}</p>", PROSE)
    declared = page.replace("<head>", f'<head><meta charset="{encoding}">')
    assert [r.title for r in from_html(declared.encode(encoding), URL)] == ["Le maître du port a démissionné"]


def test_utf8_wins_over_a_wrong_declaration() -> None:
    page = article(PROSE, f"<p>À lire aussi : {link(0, 'Le maître du port a démissionné')}</p>", PROSE)
    declared = page.replace("<head>", '<head><meta charset="iso-8859-1">').encode("utf-8")
    assert [r.title for r in from_html(declared, URL)] == ["Le maître du port a démissionné"]


def test_broken_html_still_gives_its_links() -> None:
    page = f"{PROSE}{PROSE}<h3>Related<ul><li>{link(0)}<li>{link(1)}</div></table><p>unclosed <b>"
    assert [r.title for r in from_html(page.replace("</p>", ""), URL)] == TITLES[:2]


@pytest.mark.parametrize(
    "page",
    [
        b"",
        b" \n",
        b"\x00\x01",
        b"\xff\xfe",
        b"<",
        b"<!---",
        "\ud800<p>",
        b"%PDF-1.4",
        "<a href='http://[::1'>x</a>",
    ],
)
def test_what_is_no_page_has_no_references(page: bytes | str) -> None:
    assert from_html(page, URL) == []
    assert page_links(page, URL) == []


SCRAPS = st.sampled_from(
    ["<p>", "</p>", "<div class='related'>", "</div>", "<h3>Related</h3>", "Read more: ", link(0), link(1),
     "<a href='//[x'>y", "</a>", PROSE, "<ul><li>", "\x00", "é", "\ud800", "<a href=':'>",
     "<![CDATA[", "<!--", "&#0;", "<base href='::'>", "<form>"]
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(st.lists(SCRAPS, max_size=30).map("".join), st.binary(max_size=300)),
    st.sampled_from([None, URL, "", "x:"]),
)
def test_no_page_raises(page: str | bytes, url: str | None) -> None:
    assert all(r.url and r.url.startswith("http") for r in from_html(page, url))


def heavy(times: int) -> str:
    box = f"<h3>Related</h3>{items(0, 1)}<p>Read more: {link(2)}</p><div class='related'>{link(3)}</div>"
    return article((PROSE + box) * times)


def cost(page: str) -> float:
    """The least CPU time of three runs, in seconds."""
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        from_html(page, URL)
        best = min(best, time.process_time() - start)
    return best


def test_a_page_of_two_megabytes_takes_time_in_proportion() -> None:
    """Twice the page takes about twice the time; four times it would show a quadratic step."""
    small, large = heavy(1700), heavy(3400)
    assert len(large) > 2_000_000
    assert cost(large) < 3.2 * cost(small)


def test_deep_nesting_is_no_trap() -> None:
    page = "<div>" * 20_000 + link(0)
    start = time.process_time()
    from_html(page, URL)
    assert time.process_time() - start < 2


def test_page_links_are_all_web_links_with_their_words() -> None:
    page = article(
        f"<p>{link(0)}, <a href='mailto:x@y.example'>mail</a>, <a href='//other.example/a#b'> two  words </a></p>"
    )
    links = page_links(page, URL)
    assert Link("two words", "https://other.example/a") in links
    assert Link(TITLES[0], "https://news.example/2019/02/01/ferry-fares-rise-for-the-third-time") in links
    assert Link("Sport", "https://news.example/sport") in links
    assert all(one.url.startswith("https://") for one in links)


OPINION = """The Harbour GullAll the news afloat

Opinion Why the ferry line is a gift to the islands

The harbour at dawn. (A. Painter/The Gull)

The council voted late at night. It was close: nobody had thought it would be.

Read more about it in the minutes, said the harbour master: he had kept them himself.

Read more:

Jane Poe: This is what a real ferry plan would look like

Omar N. Reyes: The islands’ ferry plan is still a failure

The Gull’s View: Calling the vote a triumph is premature

Ana de la Cruz: If you think the dispute is over, think again

J.P. O’Neill: The harbour master wins

The ferry dispute: What you need to read

Here’s what you need to know to understand this moment in the dispute.

What happened: The council voted for a ferry line, ending a dispute of many years.
"""


def test_a_text_gives_the_author_and_title_lines_under_its_cue_and_nothing_after() -> None:
    heading = "Read more:"
    assert from_text(OPINION) == [
        Reference("This is what a real ferry plan would look like", author="Jane Poe", heading=heading),
        Reference("The islands’ ferry plan is still a failure", author="Omar N. Reyes", heading=heading),
        Reference("Calling the vote a triumph is premature", author="The Gull’s View", heading=heading),
        Reference("If you think the dispute is over, think again", author="Ana de la Cruz", heading=heading),
        Reference("The harbour master wins", author="J.P. O’Neill", heading=heading),
    ]


def test_a_text_may_list_titles_without_authors() -> None:
    bullets = (
        "It ended.\nRelated stories\n• Ferry fares rise again\n\n• Islanders split over pier\nIt was close."
    )
    plain = "It ended.\n\nREAD MORE:\nFerry fares rise again\nIslanders split over pier\n\nThe dispute"
    for text in (bullets, plain):
        assert [r.title for r in from_text(text)] == ["Ferry fares rise again", "Islanders split over pier"]


@pytest.mark.parametrize(
    "text",
    ["", "Jane Poe: a list without a cue", "Read more:\n\nThe vote was close, said the harbour master on Tuesday.",
     "Most read\n\nJane Poe: The case for ferries", "Read more:"],
)  # fmt: skip
def test_a_text_without_such_a_list_has_no_references(text: str) -> None:
    assert from_text(text) == []


@pytest.mark.data
def test_the_first_seed_gives_its_five(shared: Path) -> None:
    text = (shared.parent / "seed" / "ross-op-ed.txt").read_text(encoding="utf-8")
    authors = [reference.author for reference in from_text(text)]
    assert authors == ["David Ignatius", "Max Boot", "The Post’s View", "Andrew McCabe", "Marc A. Thiessen"]


@pytest.mark.parametrize(
    ("line", "author", "title"),
    [
        ("Jane Poe: The case for ferries", "Jane Poe", "The case for ferries"),
        ("Marc A. Reyes:  Trade wins: a story", "Marc A. Reyes", "Trade wins: a story"),
        ("The Gull’s View: Go", "The Gull’s View", "Go"),
        ("Ludwig van der Meer: Boats", "Ludwig van der Meer", "Boats"),
        ("Foundation for Boats: Boats", None, "Foundation for Boats: Boats"),
        ("The ferry dispute: What you need to read", None, "The ferry dispute: What you need to read"),
        ("What happened: The council voted", None, "What happened: The council voted"),
        ("Opinion: Boats", None, "Opinion: Boats"),
        ("No colon here", None, "No colon here"),
        ("", None, ""),
    ],
)
def test_author_and_title_are_split_where_a_name_leads(line: str, author: str | None, title: str) -> None:
    assert author_and_title(line) == (author, title)
