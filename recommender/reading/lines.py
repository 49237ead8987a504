"""Lines of a page's text: made plain, and without those that are only a link to another piece. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MIN_LINK_WORDS = 4  # a linked line of fewer words may be a sentence's end or a heading of the author's
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]")
_BIDI = re.compile(r"[\u202a-\u202e\u2066-\u2069]")  # can make a title read backwards in a terminal
_LEAD_IN = re.compile(r"^(?:[-–—•*»›|]\s*|[\w ,'’]{2,30}:\s+)")  # "- ", "Read more: "


def plain_line(text: str) -> str:
    """One line without control characters, spaces made plain."""
    return " ".join(_BIDI.sub("", _CONTROL.sub(" ", text)).split())


def linked_lines(tree: HtmlElement) -> set[str]:
    """The texts of the page's links, where long enough to be headlines."""
    texts = {str(element.text_content()) for element in tree.iter("a")}
    return {plain_line(text) for text in texts if len(text.split()) >= MIN_LINK_WORDS}


def without_links(text: str, links: set[str]) -> str:
    """The paragraphs that are more than a link, and no heading ("Read more:") over links or nothing."""
    kept: list[str] = []
    over_link = True
    for line in reversed(text.split("\n")):
        plain = plain_line(line)
        link = _is_link(plain, links)
        heading = over_link and plain.endswith(":") and plain.count(" ") < MIN_LINK_WORDS
        if not link and not heading:
            kept.append(line)
        over_link = link
    return "\n".join(reversed(kept))


def _is_link(line: str, links: set[str]) -> bool:
    """Whether a line is one link's text, maybe in brackets or behind words such as "Related:"."""
    bare = line.strip(" []()")
    for _ in range(3):
        if line in links or bare in links:
            return True
        bare = _LEAD_IN.sub("", bare, count=1)
    return False
