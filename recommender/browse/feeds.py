"""A seed's related pieces as an Atom feed (RFC 4287), the last archived first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

from lxml import etree
from lxml.builder import ElementMaker

from recommender.browse.shapes import SeedPage

ATOM = "http://www.w3.org/2005/Atom"
_TO_ATOM = ElementMaker(namespace=ATOM, nsmap={None: ATOM})


@dataclass(frozen=True, slots=True)
class Entry:
    """One piece of the feed."""

    name: str  # what it is known by, wherever the archive is served
    title: str
    url: str  # of our page about it, absolute
    author: str
    arrived: str  # ISO, UTC
    summary: str


def atom(seed: SeedPage, page: str, itself: str, entries: Sequence[Entry]) -> bytes:
    """The feed as XML.

    Args:
        seed: whose related pieces these are.
        page: absolute address of its reading list.
        itself: absolute address of the feed.
        entries: newest first.
    """
    make = _TO_ATOM
    newest = max((one.arrived for one in entries), default="1970-01-01T00:00:00+00:00")
    feed = make.feed(
        make.title(f"Read more after “{seed.title}”"),
        make.id(urn(seed)),
        make.updated(newest),
        make.link(rel="alternate", type="text/html", href=page),
        make.link(rel="self", type="application/atom+xml", href=itself),
        make.author(make.name("readmore")),
    )
    for one in entries:
        entry = make.entry(
            make.title(one.title),
            make.id(urn(seed, one.name)),
            make.updated(one.arrived),
            make.link(rel="alternate", type="text/html", href=one.url),
            make.summary(one.summary),
        )
        if one.author:
            entry.append(make.author(make.name(one.author)))
        feed.append(entry)
    return bytes(etree.tostring(feed, xml_declaration=True, encoding="utf-8", pretty_print=True))


def urn(seed: SeedPage, part: str = "") -> str:
    """A name that stays the same on every server and port, as RFC 4287 wants ids.

    Args:
        seed: whose list it is.
        part: of the list; "" names the list itself.
    """
    return uuid5(NAMESPACE_URL, f"readmore:{seed.key}:{seed.url or seed.title}:{part}").urn
