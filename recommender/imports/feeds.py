"""A feed's file: RSS 0.9 to 2.0, RDF (RSS 1.0), Atom, JSON Feed. Pure.

Each item becomes a reference: title, author, day and address. An item without an address of its own (a podcast's
sound, a status) is counted as left out. Elements are told by their local names: every program writes its own prefixes.
"""

from __future__ import annotations

import html
import json
import re
from datetime import date

from lxml import etree

from recommender.crawl.urls import join
from recommender.errors import ImportFileError
from recommender.imports.entries import Entries, day_of
from recommender.imports.kinds import Listing
from recommender.imports.markup import Element, children, name, parse, text
from recommender.reading.charset import decode

ROOTS = frozenset({"rss", "feed", "rdf", "channel"})
JSON_FEED = re.compile(rb'"version"\s*:\s*"https?:\\?/\\?/(?:www\.)?jsonfeed\.org', re.IGNORECASE)
_DATES = ("published", "pubdate", "issued", "date", "created", "updated", "modified")
_TAG = re.compile(r"<[a-zA-Z/!][^<>]{0,1000}>")
_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_NO_ADDRESS = "items without an address"


def read(data: bytes) -> Listing:
    """The items of a feed.

    Raises:
        ImportFileError: it is none.
    """
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")
    return _json(decode(data)) if start.startswith(b"{") else _xml(data)


def _xml(data: bytes) -> Listing:
    root, broken = parse(data)
    if name(root) not in ROOTS:
        raise ImportFileError(f"no feed: its first element is <{name(root)[:40]}>")
    head = next(children(root, "channel"), root)
    base = head.get(_BASE) or root.get(_BASE) or _address(head, "") or ""
    entries = Entries()
    if broken:
        entries.bad(broken.line, broken.reason)
    items = (item for item in root.iter(etree.Element) if name(item) in {"item", "entry"})
    for number, item in enumerate(items, 1):
        url = _address(item, base)
        if url is None:
            entries.leave_out(_NO_ADDRESS)
            continue
        entries.add(
            url, title=_words(next(children(item, "title"), None)), author=_author(item), published=_day(item),
            place=number,
        )  # fmt: skip
    return entries.listing(_words(next(children(head, "title"), None)))


def _address(item: Element, base: str) -> str | None:
    """An item's page: <link>, else a <guid> that is one."""
    base = join(base, item.get(_BASE) or "") or item.get(_BASE) or base
    found: list[str] = []
    for link in children(item, "link"):
        href = link.get("href")
        if href is None:
            found.append(text(link))
        elif (link.get("rel") or "alternate") == "alternate":  # RFC 4287, 4.2.7.2
            found.append(href)
    for guid in children(item, "guid"):
        if (guid.get("ispermalink") or guid.get("isPermaLink") or "true").lower() == "true":
            found += [value for value in [text(guid).strip()] if re.match(r"https?:", value, re.IGNORECASE)]
    addresses = [value.strip() for value in found if value.strip()]
    return next((join(base, value) or value for value in addresses), None)


def _author(item: Element) -> str | None:
    names = []
    for author in children(item, "author", "creator"):
        name_of = next(children(author, "name"), None)
        words = _words(author if name_of is None else name_of)
        mail = re.fullmatch(r"\S+@\S+\s*\((.{1,200})\)", words)  # RSS 2.0: mail@quay.example (Maja Lind)
        names.append(mail[1] if mail else words)
    return ", ".join(dict.fromkeys(one for one in names if one)) or None


def _day(item: Element) -> date | None:
    named = {name(child): text(child) for child in item}
    return next((day for key in _DATES if (day := day_of(named.get(key)))), None)


def _words(element: Element | None) -> str:
    """A title's words; feeds put HTML in it, written out or escaped."""
    words = text(element)
    return html.unescape(_TAG.sub(" ", words)) if "<" in words or "&" in words else words


def _json(data: str) -> Listing:
    try:
        feed = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ImportFileError(f"not JSON that can be read: {str(error)[:80]}") from error
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise ImportFileError("no feed: no items in it")
    entries = Entries()
    for number, item in enumerate(items, 1):
        if not isinstance(item, dict):
            entries.bad(number, "not an object with fields")
            continue
        url = _string(item, "url") or _string(item, "external_url")
        if not url:
            entries.leave_out(_NO_ADDRESS)
            continue
        url = join(_string(feed, "home_page_url"), url) or url
        day = day_of(item.get("date_published")) or day_of(item.get("date_modified"))
        entries.add(url, title=_string(item, "title"), author=_json_author(item), published=day, place=number)
    return entries.listing(_string(feed, "title"))


def _json_author(item: dict[str, object]) -> str | None:
    people = item.get("authors")
    people = people if isinstance(people, list) else [item.get("author")]  # version 1 has one
    return (
        ", ".join(words for one in people if isinstance(one, dict) and (words := _string(one, "name")))
        or None
    )


def _string(row: dict[str, object], key: str) -> str:
    value = row.get(key)
    return value.strip() if isinstance(value, str) else ""
