"""How much of a page is parsed: what no real page has, and what a hostile one kills a parser with, is left out. Pure.

page ─► too long, or a tag of too many attributes? ─► scripts and styles out ─► cut at the first bound ─► parsed

A cut page is still a page: what lies before the cut is read. Measured with libxml2 2.14; its time for one
tag grows with the square of the tag's attributes (40,000 of them: 2.2 s, 350,000: over 90 s), and its tree
takes about 200 bytes for an element and as many for an attribute.
"""

from __future__ import annotations

import re

MAX_BYTES = 2_000_000  # bytes parsed, scripts left out; the longest of 47 real pages has 1,439,246 with them
MAX_MARKS = 100_000  # "<" in them; 47 real pages have 6,242 at most
MAX_ATTRIBUTES = 500  # of one tag; 2 MB of such tags take .4 s to parse, of 5,000 each 2.5 s

# One attribute as the HTML standard splits a tag (13.2.5.32 to .40); nothing is ever tried twice.
_ATTRIBUTE = rb"""(?:[\s/]++(?:[^\s/>=]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s"'>][^\s>]*+)?+)?+)?+)"""
_FINE = re.compile(
    rb"(?:[^<]++|<(?![a-zA-Z])|<[a-zA-Z][^\s/>]*+%b{0,%d}+(?!%b))*+"
    % (_ATTRIBUTE, MAX_ATTRIBUTES, _ATTRIBUTE)
)
_SILENT = re.compile(rb"<(script|style)\b(?![^>]{0,200}ld\+json)", re.I)
_ENDS = {name: re.compile(rb"</%b\b[^>]*+>?" % name, re.I) for name in (b"script", b"style")}


def bounded(page: bytes) -> tuple[bytes, bool]:
    """A page in an encoding that holds ASCII, as far as it is safe to parse, and whether that is all its text.

    >>> bounded(b"<p>one</p>")
    (b'<p>one</p>', True)
    """
    fine = _fine_until(page) if len(page) <= MAX_BYTES else 0
    if fine < len(page):
        page, fine = without_scripts(page), 0
    cut = min(MAX_BYTES, _mark(page))
    end = fine if fine == cut else min(cut, _fine_until(page[:cut]))
    return page[:end], end >= len(page)


def without_scripts(page: bytes) -> bytes:
    """A page without its scripts and styles, but with its linked data; one that never ends goes with all after it."""
    kept: list[bytes] = []
    at = 0
    while start := _SILENT.search(page, at):
        kept.append(page[at : start.start()])
        end = _ENDS[start[1].lower()].search(page, start.end())
        at = end.end() if end else len(page)
    kept.append(page[at:])
    return b"".join(kept)


def _fine_until(page: bytes) -> int:
    """Where the first tag of too many attributes begins; the page's end where there is none."""
    found = _FINE.match(page)
    return found.end() if found else 0


def _mark(page: bytes) -> int:
    """Where the page's "<" number `MAX_MARKS` + 1 is; its end where it has no more than that."""
    if page.count(b"<") <= MAX_MARKS:
        return len(page)
    at = -1
    for _ in range(MAX_MARKS + 1):
        at = page.find(b"<", at + 1)
    return at
