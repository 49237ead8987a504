"""Headings and the links they govern (pure, linear).

A heading ("Related stories", "Most read", "Markets") governs the links after it, until prose, another
heading or the end of its box.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from recommender.references import cues, titles
from recommender.references.cues import Cue
from recommender.references.names import Zone
from recommender.references.outline import Anchor, Box, Line
from recommender.references.view import View

REACH = 8  # lines from a heading to its first link: pictures, kickers, a form between
GAP = 3  # lines without a link between two items in running text (a byline, a date); forms don't count
CLIMB = 8  # boxes from a heading up to the one that also holds its links
MOST = 16  # links under one heading; longer ones are rivers of everything


@dataclass(slots=True)
class Section:
    """The links a heading governs."""

    label: Line
    cue: Cue | None  # None: a heading that says nothing of the kind
    anchors: list[Anchor]
    strict: bool  # in running text
    root: Box | None = None  # the list of its items, or the latest item's card, where it has its own box


def sections(page: View) -> Iterator[Section]:
    """Each heading and the links after it that it speaks of."""
    for line in page.outline.lines:
        cue = label_of(line)
        if (
            cue is not None or (line.level and not any(page.good[a.index] for a in line.anchors))
        ) and not page.zone(line) & Zone.CHROME:
            found = _govern(page, line, cue)
            if found.anchors:
                yield found


def label_of(line: Line) -> Cue | None:
    """The cue of a line that is a heading and not itself an item."""
    if line.anchors and line.link_share > 0.3:
        headline = len(line.anchors) == 1 and titles.is_headline(line.text)
        return cues.label(line.text) if line.level and not headline else None
    cue = cues.label(line.before if line.anchors else line.text)
    if cue is Cue.OUT and not line.bold and len(line.text.split()) > 5:  # words of a caption or a byline
        return None
    return cue


def _scope(page: View, label: Line) -> Box | None:
    """The smallest box around a heading that also holds a link which may be an item, near enough after it."""
    start = _first_anchor_after(page, label)
    following = page.next_good[start]
    if following == len(page.good):
        return None
    line = page.outline.anchors[following].line
    if line - label.index > REACH:
        return None
    box: Box | None = label.box
    for _ in range(CLIMB):
        if box is None or box.last_link > following:
            return box
        box = box.parent
    return None


def _first_anchor_after(page: View, label: Line) -> int:
    """The index of the first link after a heading's own."""
    if label.anchors and label.link_share > 0.3:
        return label.anchors[-1].index + 1
    low, high = label.box.first_link, len(page.outline.anchors)
    while low < high:
        middle = (low + high) // 2
        if page.outline.anchors[middle].line < label.index:
            low = middle + 1
        else:
            high = middle
    return low


def _govern(page: View, label: Line, cue: Cue | None) -> Section:
    scope = _scope(page, label)
    section = Section(label, cue, [], strict=False)
    if scope is None:
        return section
    holds_prose = page.prose[scope.last_line] - page.prose[scope.first_line] > 0
    section.strict = holds_prose and (scope.first_line <= page.last and scope.last_line > page.first)
    gap = 0
    lines = page.outline.lines
    for index in range(label.index + 1, len(lines)):
        line = lines[index]
        if index >= scope.last_line and not _continues(page, section, scope, line):
            break
        if len(section.anchors) > 4 * MOST or _ends(page, section, line):
            break
        items = [anchor for anchor in line.anchors if anchor.line == index and page.good[anchor.index]]
        if items and (not section.strict or _is_item(line)):
            section.anchors += items
            section.root = _root(page, label, items[0])
            gap = 0
        elif section.strict and not page.zone(line) & Zone.CHROME and not page.holds(section.root, line):
            gap += 1
            if gap > GAP:
                break
    return section


def _root(page: View, label: Line, anchor: Anchor) -> Box | None:
    """The largest box around a section's item that does not hold its heading: the list or the card.

    None where that box holds much of the article itself.
    """
    box, root = anchor.box, None
    for _ in range(CLIMB):
        if box.first_line <= label.index or box.parent is None:
            break
        root, box = box, box.parent
    if root is None or 2 * (page.prose[root.last_line] - page.prose[root.first_line]) > page.prose[-1]:
        return None
    return root


def _continues(page: View, section: Section, scope: Box, line: Line) -> bool:
    """Whether a line beyond the scope is one more item of the same make, beside the others."""
    if not section.anchors or scope.parent is None or not page.holds(scope.parent, line):
        return False
    own, other = section.anchors[-1], line.anchors
    return bool(other) and _make(own) == _make(other[0]) and not page.is_prose(line)


def _make(anchor: Anchor) -> tuple[str, ...]:
    """What a link is built of: the tags and names of the three boxes around it."""
    made, box = [anchor.names], anchor.box
    for _ in range(2):
        made += [box.tag, box.names]
        if box.parent is None:
            break
        box = box.parent
    return tuple(made)


def _ends(page: View, section: Section, line: Line) -> bool:
    """Whether a line ends a heading's section."""
    if page.zone(line) & Zone.CHROME:  # a sign-up form between two items is passed over
        return False
    if label_of(line) is not None and not (line.anchors and not line.level):
        return True
    if (
        line.level
        and not line.anchors
        and (section.strict or not section.label.level or line.level <= section.label.level)
    ):
        return True
    if page.holds(section.root, line):  # a card's summary
        return False
    return section.strict and page.is_prose(line) and line.link_share < 0.5


def _is_item(line: Line) -> bool:
    return line.link_share >= 0.5
