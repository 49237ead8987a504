"""A list of addresses in a text, one a line. Pure.

    # a comment                          - https://quay.example/a        (bullets, numbers, check boxes)
    https://quay.example/a               [A title](https://quay.example/a)
    <https://quay.example/a>             A title: https://quay.example/a
    https://quay.example/a  A title

A line without an address is a bad row.
"""

from __future__ import annotations

import re

from recommender.imports.entries import Entries, plain
from recommender.imports.kinds import Listing
from recommender.reading.charset import decode

_BULLET = re.compile(r"(?:(?:[-*+•·–—]|\d{1,4}[.)])\s+)?(?:\[[ xX]\]\s+)?")
_MARKDOWN = re.compile(
    r"\[([^\[\]]{0,2000})\]\(\s*<?((?:[^()\s<>]|\([^()\s<>]*\))+)>?(?:\s+[\"'(][^\n]{0,500})?\s*\)"
)
_ADDRESS = re.compile(r"https?:/\S+", re.IGNORECASE)
_SEPARATORS = " \t-–—|:;,<>\"'"


def read(data: bytes) -> Listing:
    """The addresses of a text."""
    entries = Entries()
    for number, line in enumerate(decode(data).splitlines(), 1):
        text = line.strip().lstrip("\ufeff")
        if not text or text.startswith("#"):
            continue
        text = text[_match_end(text) :]
        marked = list(_MARKDOWN.finditer(text))
        if marked:
            for match in marked:
                entries.add(match[2], title=match[1], place=number)
        else:
            _bare(entries, text, number)
    return entries.listing(None)


def has_address(text: str) -> bool:
    """Whether a line of a text names a web address."""
    return bool(_ADDRESS.search(text))


def _match_end(text: str) -> int:
    match = _BULLET.match(text)
    return match.end() if match else 0


def _bare(entries: Entries, text: str, number: int) -> None:
    """The addresses of a line that is no Markdown; the other words of a line with one address are its title."""
    found = list(_ADDRESS.finditer(text))
    if not found:
        entries.bad(number, f"no web address: {plain(text)[:60]!r}")
    for match in found:
        url = match[0].rstrip("\"'>,;")
        if "<" in url:  # HTML or a second bracket behind it
            url = url.partition("<")[0]
        words = (
            (text[: match.start()] + " " + text[match.end() :]).strip(_SEPARATORS)
            if len(found) == 1
            else None
        )
        entries.add(url, title=words, place=number)
