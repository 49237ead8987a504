"""A browser's bookmarks.html, as Firefox, Chrome, Edge and Safari export them. Pure.

The format is Netscape's: folders are <H3> headings before a <DL>, bookmarks <A HREF ADD_DATE> in it. Nothing is
closed that need not be, so it is read as a stream of tags, not as a tree. Pocket's and Instapaper's HTML exports
are lists of links below headings, and read the same way. (lxml reads it: Python's own HTML parser takes three
times as long, and time that grows with the square of unclosed comments.)

A bookmark's heading is the path of its folders. The day it was saved stands for the day of publication: the
copy to look for in a web archive is the one its reader saw.
"""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from recommender.imports.entries import Entries, day_of
from recommender.imports.kinds import Listing
from recommender.reading.charset import decode

MAX_DEPTH = 100  # folders in folders; a browser's own menus end far before
_STEP = 1 << 20  # characters fed at a time
_HEADINGS = frozenset({"h1", "h2", "h3", "h4"})
_LISTS = frozenset({"dl", "ul", "ol"})
_DATES = ("add_date", "time_added")  # browsers; Pocket


def read(data: bytes) -> Listing:
    """The bookmarks of a file."""
    reader = _Reader()
    parser = etree.HTMLParser(
        target=reader, encoding="utf-8", huge_tree=True
    )  # no tree; an icon may be large
    text = decode(data).replace("\0", " ")
    try:
        for start in range(0, len(text), _STEP):
            parser.feed(text[start : start + _STEP].encode("utf-8", "replace"))
        parser.close()
    except etree.LxmlError as error:
        reader.entries.bad(reader.place, f"not read from here on: {str(error)[:80]}")
    reader.end_link()
    return reader.entries.listing(reader.title)


class _Reader:
    """The parser's target. Keeps the folders it is in, and one link or heading that is open."""

    def __init__(self) -> None:
        self.entries = Entries()
        self.title: str | None = None
        self._folders: list[str] = []
        self._depth = 0  # lists that are open
        self._at_top = False  # the heading was an <H1>
        self._heading = ""  # the last one; it names the list that opens next
        self._text: list[str] | None = None
        self._link: dict[str, str] | None = None
        self.place = 0  # number of the last link

    def start(self, tag: str, attrs: Mapping[str, str]) -> None:
        """A tag opens."""
        if tag == "a":
            self.end_link()
            self._link, self._text = dict(attrs), []
            self.place += 1
        elif tag in _HEADINGS or tag == "title":
            self.end_link()
            self._text = []
        elif tag in _LISTS:
            self.end_link()
            self._depth += 1
            if self._depth <= MAX_DEPTH:  # a browser's <H1> names the file, and is no folder
                self._folders.append("" if tag == "dl" and self._at_top else self._heading)
            self._heading = ""
        elif tag in {"dt", "dd", "li", "hr"}:
            self.end_link()

    def end(self, tag: str) -> None:
        """A tag closes."""
        if tag == "a":
            self.end_link()
        elif tag in _HEADINGS or tag == "title":
            words = " ".join("".join(self._text or ()).split())
            self._text = None
            if tag == "title":
                self.title = self.title or words
            else:
                self._heading, self._at_top = words, tag == "h1"
        elif tag in _LISTS:
            self.end_link()
            if 0 < self._depth <= MAX_DEPTH:
                self._folders.pop()
            self._depth = max(0, self._depth - 1)
            self._heading = ""

    def data(self, data: str) -> None:
        """Text."""
        if self._text is not None:
            self._text.append(data)

    def close(self) -> None:
        """The end of the file."""

    def end_link(self) -> None:
        """Hand on the link that is open."""
        link, self._link = self._link, None
        words, self._text = "".join(self._text or ()), None
        if link is None or "href" not in link:
            return
        folders = [name for name in self._folders if name]
        dates = (day_of(link[name]) for name in _DATES if link.get(name))
        self.entries.add(
            link["href"],
            title=words,
            heading=" / ".join(folders),
            published=next((day for day in dates if day), None),
            place=self.place,
        )
