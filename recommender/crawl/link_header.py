"""The Link header (RFC 8288), in which Memento servers name a page's TimeGate and mementos. Pure.

Read character by character: no header, however made, takes more than one pass over its first `MAX` characters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from recommender.crawl.outcomes import Headers

MAX = 65_536  # characters read of one header; http.client takes no longer line
MAX_LINKS = 1_000  # links read of one answer; the Wayback Machine sends seven


@dataclass(frozen=True, slots=True)
class Link:
    """One link: where it leads, and what that is to the page (lower case)."""

    url: str
    rels: frozenset[str]
    datetime: str | None = None


def links(headers: Headers) -> list[Link]:
    """Every link of every Link header, in their order; what is none is skipped.

    >>> links((("Link", '<http://a/>; rel="first memento"; datetime="Sat, 11 Jan 2020 00:00:00 GMT"'),))[0].url
    'http://a/'
    """
    found: list[Link] = []
    for name, value in headers:
        if name.lower() == "link":
            for link in _links(value[:MAX]):
                found.append(link)
                if len(found) == MAX_LINKS:
                    return found
    return found


def _links(text: str) -> Iterator[Link]:
    at = text.find("<")
    while at >= 0:
        end = text.find(">", at)
        if end < 0:
            return
        url = text[at + 1 : end].strip()
        stop = _end_of_parameters(text, end + 1)
        rels: frozenset[str] = frozenset()
        when = None
        for name, value in _parameters(text[end + 1 : stop]):
            if name == "rel" and not rels:  # RFC 8288 3.3: the first counts
                rels = frozenset(value.lower().split())
            elif name == "datetime" and when is None:
                when = value
        yield Link(url, rels, when)
        at = text.find("<", stop)


def _end_of_parameters(text: str, start: int) -> int:
    """Where this link's parameters end: at the next comma outside quotation marks."""
    quoted = False
    for at in range(start, len(text)):
        if text[at] == '"' and text[at - 1] != "\\":
            quoted = not quoted
        elif text[at] == "," and not quoted:
            return at
    return len(text)


def _parameters(text: str) -> Iterator[tuple[str, str]]:
    for piece in _outside_quotes(text):
        name, equals, value = piece.partition("=")
        if equals:
            yield name.strip().lower(), value.strip().strip('"')


def _outside_quotes(text: str) -> Iterable[str]:
    """The pieces between semicolons; those inside quotation marks don't count."""
    start, quoted = 0, False
    for at, char in enumerate(text):
        if char == '"' and text[at - 1 : at] != "\\":
            quoted = not quoted
        elif char == ";" and not quoted:
            yield text[start:at]
            start = at + 1
    yield text[start:]
