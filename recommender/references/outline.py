"""A page as its reader meets it: lines of text, the links in them, the boxes around them (pure, linear)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

_INLINE_TEXT = """
    a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark q ruby s samp
    small span strike strong sub sup time tt u var wbr picture source
"""
_INLINE = frozenset(_INLINE_TEXT.split())
_SKIPPED_TEXT = """
    script style noscript template svg head select option textarea object embed audio video canvas map
    math iframe
"""
_SKIPPED = frozenset(_SKIPPED_TEXT.split())
_BOLD = frozenset({"b", "strong"})
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_ATTRIBUTE = 120  # characters kept of one attribute: utility-class soup goes on for thousands
_HIDDEN = re.compile(
    r"\b(?:visually-?hidden|sr-only|screen-?reader|off-?screen|is-hidden-visually|vh)\b", re.IGNORECASE
)
_SPACES = re.compile(r"\s+")


@dataclass(slots=True, eq=False)
class Box:
    """One element that is not inline text, and which lines and links lie in it (half-open intervals)."""

    tag: str
    parent: Box | None
    depth: int
    names: str  # class, id, data-* values, aria-label, role: what the template calls it, lower case
    label: str  # aria-label, as written
    first_line: int
    first_link: int
    last_line: int = 0
    last_link: int = 0
    in_heading: int = 0  # 1 to 6 within <h1> to <h6>, else 0


@dataclass(slots=True, eq=False)
class Anchor:
    """One link: where it leads and what it says."""

    href: str
    box: Box
    line: int  # index of the line it starts in
    index: int
    names: str  # class, data-*, rel of the anchor itself
    label: str = ""  # aria-label or title attribute
    hidden: list[str] = field(default_factory=list)  # text for screen readers only
    heading: list[str] = field(default_factory=list)  # the part inside <h1> to <h6>
    blocks: list[str] = field(default_factory=list)  # its text, one entry a line
    image: bool = False

    @property
    def text(self) -> str:
        """What a reader sees of it, spaces collapsed."""
        return squeeze(" ".join(self.blocks)) or squeeze("".join(self.hidden))


@dataclass(slots=True, eq=False)
class Line:
    """A run of text that a browser would start on a new line."""

    index: int
    box: Box
    text: str
    plain: str  # the text outside links
    before: str  # the text before the first link; all of it where there is no link
    after: str  # the text after the last link
    anchors: tuple[Anchor, ...]
    bold: bool  # all text outside links is bold or in a heading

    @property
    def level(self) -> int:
        """1 to 6 in a heading element, else 0."""
        return self.box.in_heading

    @property
    def link_share(self) -> float:
        """Share of the characters that lie in links, [0, 1]."""
        return 1 - len(self.plain) / len(self.text) if self.text else 0.0


@dataclass(slots=True, eq=False)
class Outline:
    """All lines, links and boxes of a page in document order."""

    lines: list[Line] = field(default_factory=list)
    anchors: list[Anchor] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)


def squeeze(text: str) -> str:
    """Collapse white space."""
    return _SPACES.sub(" ", text).strip()


def _names(element: Any) -> str:
    parts = []
    for name, value in element.items():
        if name in {"class", "id", "role", "itemprop", "rel", "aria-label"} or name.startswith("data-"):
            parts.append(value[:_ATTRIBUTE])
    return " ".join(parts)


class _Builder:
    """Walks the tree once; every element costs constant time."""

    def __init__(self) -> None:
        self.out = Outline()
        self.box: Box | None = None
        self.anchor: Anchor | None = None
        self.bold = 0
        self.hidden = 0
        self.pieces: list[tuple[str, Anchor | None, bool]] = []

    def text(self, text: str | None) -> None:
        if not text:
            return
        if self.hidden and self.anchor is not None:
            self.anchor.hidden.append(text)
            return
        self.pieces.append((text, self.anchor, self.bold > 0))

    def flush(self) -> None:
        """End the line."""
        pieces, self.pieces = self.pieces, []
        box = self.box
        if box is None or not pieces:
            return
        text = squeeze("".join(piece for piece, _, _ in pieces))
        anchors = tuple(dict.fromkeys(owner for _, owner, _ in pieces if owner is not None))
        said: dict[Anchor, list[str]] = {anchor: [] for anchor in anchors}
        for piece, owner, _ in pieces:
            if owner is not None:
                said[owner].append(piece)
        for anchor, words in said.items():
            own = squeeze("".join(words))
            if own:
                anchor.blocks.append(own)
                if box.in_heading:
                    anchor.heading.append(own)
        if not text:
            return
        linked = [place for place, (_, owner, _) in enumerate(pieces) if owner is not None]
        plain = squeeze("".join(piece for piece, owner, _ in pieces if owner is None))
        before = pieces[: linked[0]] if linked else pieces
        after = pieces[linked[-1] + 1 :] if linked else []
        bold = bool(box.in_heading) or all(
            strong or owner is not None or not piece.strip() for piece, owner, strong in pieces
        )
        self.out.lines.append(
            Line(
                index=len(self.out.lines),
                box=box,
                text=text,
                plain=plain,
                before=squeeze("".join(piece for piece, _, _ in before)),
                after=squeeze("".join(piece for piece, _, _ in after)),
                anchors=anchors,
                bold=bold,
            )
        )

    def open(self, element: Any, tag: str) -> None:
        names = _names(element)
        if tag == "a":
            self.open_anchor(element, names)
        elif tag == "img" and self.anchor is not None:
            self.anchor.image = True
        self.bold += tag in _BOLD
        self.hidden += bool(names and _HIDDEN.search(names))
        if tag not in _INLINE:
            self.flush()
            parent = self.box
            level = _HEADINGS.get(tag) or (parent.in_heading if parent else 0)
            if element.get("role") == "heading":
                level = level or 3  # a level in the middle where only the role says it is a heading
            self.box = Box(
                tag=tag,
                parent=parent,
                depth=parent.depth + 1 if parent else 0,
                names=names,
                label=element.get("aria-label", ""),
                first_line=len(self.out.lines),
                first_link=len(self.out.anchors),
                in_heading=level,
            )
            self.out.boxes.append(self.box)
        self.text(element.text)

    def open_anchor(self, element: Any, names: str) -> None:
        href = element.get("href")
        if not href or self.box is None:
            return
        label = element.get("aria-label") or element.get("title") or ""
        self.anchor = Anchor(
            href=href,
            box=self.box,
            line=len(self.out.lines),
            index=len(self.out.anchors),
            names=names,
            label=squeeze(label),
        )
        self.out.anchors.append(self.anchor)

    def close(self, element: Any, tag: str) -> None:
        if tag not in _INLINE:
            self.flush()
            box = self.box
            if box is not None:
                box.last_line, box.last_link = len(self.out.lines), len(self.out.anchors)
                self.box = box.parent
        self.bold -= tag in _BOLD
        self.hidden -= bool(_HIDDEN.search(_names(element)))
        if tag == "a":
            self.anchor = None
        self.text(element.tail)


def outline(root: Any) -> Outline:
    """The outline of a parsed page (an lxml element)."""
    from lxml import etree

    builder = _Builder()
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        tag = element.tag
        if tag in _SKIPPED:
            if event == "start":
                walk.skip_subtree()
            else:
                builder.text(element.tail)
        elif event == "start":
            builder.open(element, tag)
        else:
            builder.close(element, tag)
    return builder.out
