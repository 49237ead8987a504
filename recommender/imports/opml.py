"""An OPML outline: its links become references, its feeds are listed. Pure.

    <outline xmlUrl=…>                     a feed: named, not fetched
    <outline type="link" url=…>            a reference, under the outlines it lies in
    <outline type="include" url=…>         another outline: left out and counted

Feeds are not followed: what they held when they were subscribed to is gone from them. Save a feed and import that.
"""

from __future__ import annotations

from recommender.errors import ImportFileError
from recommender.imports.entries import Entries, day_of, plain
from recommender.imports.kinds import Feed, Listing
from recommender.imports.markup import Element, children, name, parse, text


def read(data: bytes) -> Listing:
    """The links and feeds of an outline.

    Raises:
        ImportFileError: it is none.
    """
    root, broken = parse(data)
    if name(root) != "opml":
        raise ImportFileError(f"no OPML: its first element is <{name(root)[:40]}>")
    entries, feeds = Entries(), dict[str, Feed]()
    if broken:
        entries.bad(broken.line, broken.reason)
    number = 0
    for body in children(root, "body"):
        left = [(outline, "") for outline in reversed(list(children(body, "outline")))]
        while left:
            outline, heading = left.pop()
            number += 1
            _take(outline, heading, number, entries, feeds)
            label = plain(_label(outline))
            path = f"{heading} / {label}" if heading and label else heading or label
            left += [(child, plain(path)) for child in reversed(list(children(outline, "outline")))]
    head = next(children(root, "head"), None)
    title = text(next(children(head, "title"), None)) if head is not None else None
    return entries.listing(title, feeds.values())


def _take(outline: Element, heading: str, number: int, entries: Entries, feeds: dict[str, Feed]) -> None:
    attributes = {str(key).lower(): str(value) for key, value in outline.attrib.items()}
    kind = attributes.get("type", "").lower()
    feed = plain(attributes.get("xmlurl"))
    url = attributes.get("url") or attributes.get("htmlurl")
    if feed:
        feeds.setdefault(feed, Feed(plain(_label(outline)) or feed, feed))
    elif kind == "include":
        entries.leave_out("included outlines")
    elif url:
        day = day_of(attributes.get("created"))
        entries.add(url, title=_label(outline), heading=heading, published=day, place=number)


def _label(outline: Element) -> str:
    return outline.get("text") or outline.get("title") or ""
