"""A page's headline, author, outlet and date, as trafilatura finds them. Nothing else of its metadata is looked for.

Its `extract_metadata` also searches for categories, tags and a licence, which nobody here reads: a tenth of all the
time that a page takes. These are the same steps without them; a test holds both equal.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# What holds no text of an article. Each search through a tree takes time for all its elements, and these are a
# sixth of those of 47 real pages.
_MUTE = ("style", "svg", "source", "iframe", "canvas", "audio", "video", "link", "template", "input")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a page says of itself; None where it says nothing."""

    title: str | None = None
    author: str | None = None  # names separated by "; "
    sitename: str | None = None
    date: str | None = None  # ISO 8601


def facts(tree: HtmlElement, url: str) -> Facts:
    """The facts of a parsed page that lies at `url` ("" where not known). The tree loses what holds no text."""
    from htmldate import find_date
    from trafilatura import metadata as steps
    from trafilatura.settings import set_date_params

    found = steps.examine_meta(tree)
    if found.author and " " not in found.author:
        found.author = None
    with contextlib.suppress(Exception):  # linked data may hold anything; the page's other facts count
        found = steps.extract_meta_json(tree, found)
    found.title = found.title or steps.extract_title(tree)
    found.url = found.url or steps.extract_url(tree, url or None)
    found.date = find_date(tree, **set_date_params(True), url=found.url)
    found.sitename = _capital((found.sitename or steps.extract_sitename(tree) or "").lstrip("@"))
    lighten(tree)
    found.author = found.author or steps.extract_author(tree)
    found.clean_and_trim()
    return Facts(found.title, found.author, found.sitename, found.date)


def lighten(tree: HtmlElement) -> None:
    """Take out of a tree what holds no text, but for linked data."""
    from lxml.etree import strip_elements

    for element in tree.xpath("//script[not(contains(@type, 'ld+json'))]"):
        element.drop_tree()
    strip_elements(tree, *_MUTE, with_tail=False)


def _capital(name: str) -> str | None:
    """A site's name in title case, where it is neither an address nor has a capital of its own."""
    return name.title() if name and "." not in name and not name[0].isupper() else name or None
