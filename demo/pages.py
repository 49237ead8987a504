"""Renders the newspaper's pages: HTML as a small real newspaper would publish it.

The texts come from the project's own `pieces/`, yet everything is escaped, as it should be anywhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

from demo.pieces import Listing, Outlet, Piece

NOTICE = "An invented newspaper: every person, place, company and event in it is made up."
CSS = Path(__file__).resolve().parent / "newspaper.css"
ICON = "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'/>"  # spares the server a /favicon.ico


@dataclass(frozen=True, slots=True)
class Site:
    """One outlet."""

    outlet: Outlet
    name: str
    motto: str
    ink: str  # CSS colour
    base: str  # its address, without a slash at the end
    sections: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """What a page needs to know beside its own words."""

    site: Site
    sites: Mapping[Outlet, Site]
    most_read: tuple[Piece, ...]

    def link(self, outlet: Outlet, path: str) -> str:
        """The absolute URL of a path."""
        return self.sites[outlet].base + path


def slug(words: str) -> str:
    """`"City council"` as `city-council`."""
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")


def article(piece: Piece, frame: Frame) -> bytes:
    """A piece's own page."""
    canonical = frame.link(*(piece.first or (piece.outlet, piece.path)))
    note = f'<p class="note">{escape(piece.note)}</p>' if piece.note else ""
    main = f"""<article class="story">
<p class="kicker"><a href="/section/{slug(piece.section)}/">{escape(piece.section)}</a></p>
<h1>{escape(piece.title)}</h1>
<p class="standfirst">{escape(piece.summary)}</p>
<div class="byline">{_byline(piece)}<br>
<time datetime="{piece.published.isoformat()}">{_day(piece)} at {piece.published:%H:%M}</time></div>
{_figure(piece.photo, f"{piece.caption} ({piece.credit})", "photo")}
{chr(10).join(_paragraph(part) for part in piece.body)}
{note}<footer class="bio">{escape(piece.bio)}</footer>
{_more(piece.more, frame)}{_explainer(piece)}</article>
<ul class="tags">{"".join(_tag(tag) for tag in piece.tags)}</ul>"""
    return _page(frame, piece.title, main, _facts(piece, canonical, frame.site))


def front(pieces: Iterable[Piece], frame: Frame, heading: str = "") -> bytes:
    """A list of pieces: the front page, a section or a topic."""
    cards = "\n".join(
        f'<article><p class="kicker">{escape(piece.section)}</p>'
        f'<h2><a href="{escape(piece.path)}">{escape(piece.title)}</a></h2>'
        f"<p>{escape(piece.summary)}</p><p>{_by(piece)}{escape(piece.author)}, {_day(piece)}</p></article>"
        for piece in pieces
    )
    title = heading or "Today’s paper"
    return _page(frame, title, f'<div class="cards"><h1>{escape(title)}</h1>\n{cards}</div>')


def message(frame: Frame, title: str, text: str) -> bytes:
    """A page that says why there is no other, for 404 and 410."""
    return _page(frame, title, f"<h1>{escape(title)}</h1>\n<p>{escape(text)}</p>")


def _page(frame: Frame, title: str, main: str, facts: str = "") -> bytes:
    site = frame.site
    nav = "".join(f'<a href="/section/{slug(name)}/">{escape(name)}</a>' for name in site.sections)
    page = f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)} | {escape(site.name)}</title>
{facts}<link rel="icon" href="{ICON}">
<style>:root{{--ink:{site.ink}}}
{_css()}</style>
</head>
<body class="{site.outlet}">
<div class="strip" role="note">{NOTICE}</div>
<header class="masthead"><a class="name" href="/">{escape(site.name)}</a>
<p class="motto">{escape(site.motto)}</p>
<nav aria-label="Sections"><a href="/">Home</a>{nav}</nav></header>
<div class="page">
<main>
{main}
</main>
{_rail(frame)}
</div>
<footer class="foot"><nav aria-label="About"><a href="/about/">About us</a><a href="/contact/">Contact</a>
<a href="/terms/">Terms</a></nav>© 2024 {escape(site.name)}. {NOTICE}</footer>
</body>
</html>
"""
    return page.encode()


def _facts(piece: Piece, canonical: str, site: Site) -> str:
    """The head's machine-readable part: canonical link, Open Graph, JSON-LD."""
    when = piece.published.isoformat()
    kind = "Organization" if piece.author.endswith("View") else "Person"
    story = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": piece.title,
        "description": piece.summary,
        "datePublished": when,
        "dateModified": when,
        "author": {"@type": kind, "name": piece.author},
        "publisher": {"@type": "NewsMediaOrganization", "name": site.name},
        "mainEntityOfPage": canonical,
        "articleSection": piece.section,
        "isAccessibleForFree": True,
    }
    properties = {
        "og:type": "article",
        "og:title": piece.title,
        "og:description": piece.summary,
        "og:url": canonical,
        "og:site_name": site.name,
        "og:image": f"{site.base}/images/{piece.photo}.svg",
        "article:published_time": when,
        "article:section": piece.section,
    }
    metas = "".join(
        f'<meta property="{name}" content="{escape(value)}">\n' for name, value in properties.items()
    )
    data = json.dumps(story, ensure_ascii=False).replace("<", "\\u003c")
    return (
        f'<link rel="canonical" href="{escape(canonical)}">\n'
        f'<meta name="description" content="{escape(piece.summary)}">\n'
        f'<meta name="author" content="{escape(piece.author)}">\n'
        f'{metas}<script type="application/ld+json">{data}</script>\n'
    )


def _paragraph(part: str) -> str:
    kind, _, rest = part.partition(" ")
    if kind in {"!photo", "!video"}:
        name, _, caption = rest.partition(" | ")
        return _figure(name, caption, kind.removeprefix("!"))
    words = re.sub(r"\[([^\]]+)\]\(([^)\s]+)\)", r'<a href="\2">\1</a>', escape(part))
    return f"<p>{words}</p>"


def _figure(name: str, caption: str, kind: str) -> str:
    image = f'<img src="/images/{name}.svg" alt="" width="1200" height="675">'
    still = f'<div class="still">{image}</div>' if kind == "video" else image
    return f'<figure class="{kind}">{still}<figcaption>{escape(caption)}</figcaption></figure>'


def _more(listings: Iterable[Listing], frame: Frame) -> str:
    lines = "\n".join(
        f'<p class="more"><a href="{escape(frame.link(line.outlet, line.path))}">'
        f"{escape(line.author)}: {escape(line.title)}</a></p>"
        for line in listings
    )
    return f'<p class="more"><b>Read more:</b></p>\n{lines}\n' if lines else ""


def _explainer(piece: Piece) -> str:
    box = piece.explainer
    if not box:
        return ""
    items = "\n".join(f"<p><b>{escape(label)}:</b> {escape(text)}</p>" for label, text in box.items)
    head = f"<h3>{escape(box.heading)}</h3>\n<p>{escape(box.intro)}</p>"
    return f'<aside class="explainer">{head}\n{items}</aside>\n'


def _tag(tag: str) -> str:
    return f'<li><a rel="tag" href="/topic/{slug(tag)}/">{escape(tag)}</a></li>'


def _rail(frame: Frame) -> str:
    """What stands beside every page and belongs to none: most read, and a newsletter."""
    lines = "\n".join(
        f'<li><a href="{escape(frame.link(piece.outlet, piece.path))}">{escape(piece.title)}</a></li>'
        for piece in frame.most_read
    )
    promo = frame.most_read[-1]
    return f"""<aside class="rail"><h2>Most read</h2>
<ol>
{lines}
</ol>
<div class="promo"><b>The Tide Table</b>
<p>Our newsletter, each Friday at high water. In this week’s:
<a href="{escape(frame.link(promo.outlet, promo.path))}">{escape(promo.summary)}</a></p>
<p><a href="/newsletters/">Sign up</a></p></div></aside>"""


def _byline(piece: Piece) -> str:
    link = f'<a rel="author" href="/author/{slug(piece.author)}/">{escape(piece.author)}</a>'
    return _by(piece) + link


def _by(piece: Piece) -> str:
    return "" if piece.author.endswith("View") else "By "  # an editorial has no byline


def _day(piece: Piece) -> str:
    return f"{piece.published:%B} {piece.published.day}, {piece.published.year}"


@cache
def _css() -> str:
    return CSS.read_text(encoding="utf-8")
