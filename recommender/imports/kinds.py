"""What a file may be taken for, and what reading a list gives. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from recommender.models import Reference
from recommender.store.imports import BadRow


class Kind(StrEnum):
    """The kinds of files that `import` takes; the words of `--as`."""

    ARTICLES = "articles"
    ADDRESSES = "addresses"
    BOOKMARKS = "bookmarks"
    READ_LATER = "read-later"
    FEED = "feed"
    OPML = "opml"
    WARC = "warc"
    WACZ = "wacz"


NAMES = {
    Kind.ARTICLES: "articles",
    Kind.ADDRESSES: "a list of addresses",
    Kind.BOOKMARKS: "a browser's bookmarks",
    Kind.READ_LATER: "a read-later service's list",
    Kind.FEED: "a feed",
    Kind.OPML: "an OPML outline",
    Kind.WARC: "a WARC file",
    Kind.WACZ: "a WACZ file",
}
ENTRIES = {  # what a list's entries are called in its account
    Kind.ADDRESSES: "addresses",
    Kind.BOOKMARKS: "bookmarks",
    Kind.READ_LATER: "entries",
    Kind.FEED: "items",
    Kind.OPML: "links",
}


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed that a list of feeds names."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list holds. Every entry is a reference, a bad row or counted as left out."""

    title: str | None  # as the file itself has it
    references: tuple[Reference, ...]
    bad: tuple[BadRow, ...] = ()  # damage: entries that should have been addresses
    left_out: tuple[tuple[str, int], ...] = ()  # not web pages by intent: ("javascript:", 3)
    feeds: tuple[Feed, ...] = ()  # not fetched
