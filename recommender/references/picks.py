"""Which links of a page are further reading: the rules, from the surest to the least sure (pure, linear).

    heading   a heading governs the links after it: "Related stories" (sections)
    prefix    a cue stands before the link on its own line: "READ MORE: …", "[Read: …]" (blocks.prefixed)
    bare      a line within the article's prose that is one link and reads like a headline (blocks.bare)
    names     the template calls the box so: class="related-articles" (blocks.named)

A link governed by a heading that speaks against it ("Most read") is none, whatever its box is called.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from recommender.models import Kind
from recommender.references import cues, titles
from recommender.references.blocks import bare, named, prefixed
from recommender.references.cues import Cue
from recommender.references.names import Zone
from recommender.references.outline import Anchor, Line, squeeze
from recommender.references.sections import MOST, Section, sections
from recommender.references.view import View

RAILS = 8  # rails looked at for one address: pages show the same news in two or three


@dataclass(frozen=True, slots=True)
class Pick:
    """One link that is further reading, with the block it came from."""

    anchor: Anchor
    url: str
    title: str
    author: str | None  # where it stands beside the link
    kind: Kind
    heading: str | None
    block: int  # picks of one block share it


@dataclass(slots=True)
class _Picker:
    """Collects picks block by block."""

    page: View
    picks: dict[int, Pick] = field(default_factory=dict)  # by the anchor's index
    blocks: int = 0

    def add(self, anchors: list[Anchor], heading: str | None, *, boxed: bool) -> None:
        """Add the links of one block that no surer rule has added.

        Args:
            anchors: in page order.
            heading: the words that offer them.
            boxed: by a heading or a box, not by a cue on their own line.
        """
        chosen = [a for a in anchors if a.index not in self.picks and self.page.urls[a.index]]
        if not chosen:
            return
        single = len({self.page.urls[a.index] for a in anchors}) == 1
        lines = self.page.outline.lines
        for anchor in chosen:
            line = lines[min(anchor.line, len(lines) - 1)]
            listed = not boxed or self.page.in_text(line)
            self.picks[anchor.index] = Pick(
                anchor=anchor,
                url=self.page.urls[anchor.index] or "",
                title=self.page.headlines[anchor.index],
                author=titles.author_beside(line) if len(line.anchors) == 1 else None,
                kind=Kind.INLINE if single else Kind.LIST if listed else Kind.MODULE,
                heading=squeeze(heading) if heading else None,
                block=self.blocks,
            )
        self.blocks += 1


def picks_of(page: View) -> list[Pick]:
    """All links of a page that are further reading, in page order; one address may come twice."""
    found = list(sections(page))
    governed = {anchor.index: section for section in found for anchor in section.anchors}
    rails = _rails(page, found)
    picker = _Picker(page)
    refused: set[int] = set()  # under a heading that speaks against them
    plain: set[int] = set()  # under a heading that says nothing of the kind, in a list of two or more
    for section in found:
        kept = [a for a in section.anchors if governed[a.index] is section]
        if section.cue is None and not section.label.anchors:
            plain |= {a.index for a in kept if len(kept) > 1}
        elif section.cue in {Cue.IN, Cue.WEAK} and _accepted(page, section, kept, rails):
            picker.add(kept, section.label.text, boxed=True)
        elif section.cue is not None or not page.in_body(
            section.label
        ):  # or a rail headed by a link to its section
            refused |= {a.index for a in kept}
    _add_lines(picker, refused, plain)
    unwanted = {page.urls[index] for index in refused}
    for box, anchors in named(page):
        picker.add([a for a in anchors if page.urls[a.index] not in unwanted], box.label, boxed=True)
    return [picker.picks[index] for index in sorted(picker.picks)]


def _add_lines(picker: _Picker, refused: set[int], plain: set[int]) -> None:
    """The links that stand on a line of their own: after a cue, or alone; lone neighbours are one block."""
    page = picker.page
    alone: list[Anchor] = []
    for line in page.outline.lines:
        lone = bare(page, line)
        offered = [a for a in prefixed(page, line) if a.index not in refused]
        if offered:
            picker.add(offered, _cue_of(line), boxed=False)
        elif lone is not None and lone.index not in refused and lone.index not in plain:
            alone.append(lone)
            continue
        picker.add(alone, None, boxed=False)
        alone = []
    picker.add(alone, None, boxed=False)


def _cue_of(line: Line) -> str | None:
    """The words before the title that offer it."""
    cut = cues.prefix(line.text)
    return (line.text[:cut].strip(" []") if cut else line.before) or None


def _rails(page: View, found: list[Section]) -> dict[str, list[Section]]:
    """For each address, the first few sections that show it under a heading such as "Latest news"."""
    rails: dict[str, list[Section]] = {}
    for section in found:
        if section.cue is Cue.OUT:
            for url in {page.urls[a.index] for a in section.anchors}:
                shown = rails.setdefault(url or "", [])
                if len(shown) < RAILS:
                    shown.append(section)
    return rails


def _accepted(page: View, section: Section, anchors: list[Anchor], rails: dict[str, list[Section]]) -> bool:
    """Whether the links under a heading with a good word are further reading after all."""
    urls = {page.urls[a.index] or "" for a in anchors}
    if not 0 < len(urls) <= MOST or page.zone(section.label) & Zone.CHROME:
        return False
    headlines = {page.urls[a.index] for a in anchors if titles.is_headline(page.headlines[a.index])}
    if 2 * len(headlines) < len(urls):  # tags, names, sections
        return False
    if section.cue is Cue.WEAK and not _weak_accepted(page, section, len(urls)):
        return False
    shared = [{id(rail) for rail in rails.get(url, [])} for url in urls]
    return len(urls) == 1 or not set.intersection(*shared)  # else the page's latest news under another name


def _weak_accepted(page: View, section: Section, links: int) -> bool:
    around = page.zone(section.label)
    if around & Zone.OTHER:
        return False
    if cues.leads_on(section.label.text):
        return page.in_body(section.label) and links <= 2
    return page.in_text(section.label) or bool(around & Zone.RELATED)
