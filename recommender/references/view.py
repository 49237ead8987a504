"""A page's outline with what the rules ask: where the article is, what boxes are called, what links are."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import accumulate

from recommender.references import addresses, titles
from recommender.references.names import Zone, zone
from recommender.references.outline import Box, Line, Outline

PROSE = 80  # characters outside links that make a line a paragraph: captions and kickers are shorter
BODY_SHARE = 0.6  # of a page's prose lies in the article; over one half, so that one chain of boxes has it


@dataclass(slots=True)
class View:
    """A page's outline with what the rules ask of it."""

    outline: Outline
    urls: list[str | None]  # one an anchor: absolute; None where it leads nowhere or to the page itself
    zones: dict[Box, Zone] = field(default_factory=dict)
    body: Box | None = None
    first: int = 0  # first and last line of the article's prose
    last: int = -1
    prose: list[int] = field(
        default_factory=list
    )  # characters of prose before each line; one more entry than lines
    headlines: list[str] = field(default_factory=list)  # one an anchor
    good: list[bool] = field(default_factory=list)  # one an anchor: may be an item under a heading
    next_good: list[int] = field(default_factory=list)  # the next good anchor from each place on

    def zone(self, line: Line) -> Zone:
        """What the boxes around a line are called."""
        return self.zones[line.box]

    def is_prose(self, line: Line) -> bool:
        """Whether a line is a paragraph."""
        return self.prose[line.index + 1] > self.prose[line.index]

    def in_body(self, line: Line) -> bool:
        """Whether a line stands between the article's first and last paragraph."""
        return self.first <= line.index <= self.last and self.holds(self.body, line)

    def in_text(self, line: Line) -> bool:
        """Whether a line stands between the article's paragraphs, or after the last one beside it."""
        if self.body is None:
            return False
        beside = self.outline.lines[self.last].box.parent
        near = (
            line.box.parent is beside or line.box is beside or line.box is self.outline.lines[self.last].box
        )
        return self.in_body(line) or (near and line.index > self.last)

    def holds(self, box: Box | None, line: Line) -> bool:
        """Whether a line lies in a box."""
        return box is not None and box.first_line <= line.index < box.last_line


def view(outline: Outline, urls: list[str | None]) -> View:
    """Find the body, name the zones and judge each link by itself."""
    page = View(outline, urls)
    lengths = [
        len(line.plain) if len(line.plain) >= PROSE and not line.level else 0 for line in outline.lines
    ]
    for _ in range(2):  # the second time without the prose of comments, footers and forms
        _find_body(page, lengths)
        _name_zones(page)
        lengths = [
            0 if page.zones[line.box] & Zone.CHROME else length
            for line, length in zip(outline.lines, lengths, strict=True)
        ]
    _judge(page)
    return page


def _find_body(page: View, lengths: list[int]) -> None:
    """The smallest box with most of the prose, and its first and last paragraph."""
    page.prose = [0, *accumulate(lengths)]
    page.body, page.first, page.last = None, 0, -1
    total = page.prose[-1]
    for box in page.outline.boxes:
        inside = page.prose[box.last_line] - page.prose[box.first_line]
        if total and inside >= BODY_SHARE * total and (page.body is None or box.depth > page.body.depth):
            page.body = box
    if page.body is not None:
        paragraphs = [i for i in range(page.body.first_line, page.body.last_line) if lengths[i]]
        page.first, page.last = paragraphs[0], paragraphs[-1]


def _name_zones(page: View) -> None:
    for box in page.outline.boxes:
        above = page.zones[box.parent] if box.parent else Zone.NOTHING
        own = zone(box.tag, box.names)
        if page.body is not None and box.first_line <= page.first and box.last_line > page.last:
            own &= Zone.BODY  # whatever else a wrapper of the whole article is called, it is not that
        page.zones[box] = above | own


def _judge(page: View) -> None:
    for anchor, url in zip(page.outline.anchors, page.urls, strict=True):
        title = titles.of_anchor(anchor)
        page.headlines.append(title)
        readable = url is not None and titles.is_title(title) and not addresses.is_listing(url)
        page.good.append(
            readable
            and not page.zones[anchor.box] & Zone.CHROME
            and (titles.is_headline(title) or addresses.looks_like_article(url or ""))
        )
    following = len(page.good)
    page.next_good = [following]
    for place in range(len(page.good) - 1, -1, -1):
        following = place if page.good[place] else following
        page.next_good.append(following)
    page.next_good.reverse()
