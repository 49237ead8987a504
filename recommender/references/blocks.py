"""Further reading without a heading: a cue before the link, a lone line, a box's telling name (pure)."""

from __future__ import annotations

from collections.abc import Iterator

from recommender.references import addresses, cues, titles
from recommender.references.names import Zone, zone
from recommender.references.outline import Anchor, Box, Line
from recommender.references.sections import MOST
from recommender.references.view import View

ITEM_SHARE = (
    0.6  # of the characters after a cue lie in links: a source or a date may follow, a sentence may not
)


def prefixed(page: View, line: Line) -> list[Anchor]:
    """The links of a line that a cue on the same line offers."""
    around = page.zone(line)
    above = line.index < page.first or bool(around & Zone.OTHER)  # before the article, or in a rail
    if not line.anchors or around & Zone.CHROME or (above and not around & Zone.RELATED) or not _offers(line):
        return []
    offered = [
        anchor
        for anchor in line.anchors
        if anchor.line == line.index
        and page.good[anchor.index]
        and titles.words(page.headlines[anchor.index]) >= 3
    ]
    if not 0 < len(offered) <= MOST:
        return []
    return offered + ([] if line.after else _following(page, line))


def _offers(line: Line) -> bool:
    """Whether a line is a cue and what it offers, with little else."""
    cut = cues.prefix(line.text)
    between = line.before[cut:].strip(" |-–—:")
    if cut and not titles.is_media_label(between):  # words between cue and link: prose
        return False
    if not cut and not cues.is_whole_prefix(titles.without_media_label(line.before)):
        return False
    linked = len(line.text) - len(line.plain)
    words = line.anchors[0].text[0 if line.before else cut :]
    return linked >= ITEM_SHARE * (len(line.text) - len(line.before)) and not cues.is_call(words)


def _following(page: View, line: Line) -> list[Anchor]:
    """The links on the lines right below a cue and its link, each a line of its own of the same make."""
    found: list[Anchor] = []
    for below in page.outline.lines[line.index + 1 : line.index + MOST]:
        beside = below.box is line.box or (
            below.box.tag == line.box.tag and below.box.parent is line.box.parent
        )
        if not beside or below.link_share < 0.9 or len(below.anchors) != 1:
            break
        anchor = below.anchors[0]
        if (
            anchor.line != below.index
            or not page.good[anchor.index]
            or not titles.is_headline(page.headlines[anchor.index])
        ):
            break
        found.append(anchor)
    return found


def bare(page: View, line: Line) -> Anchor | None:
    """The one link that a line of the article's body consists of, where it reads like a headline."""
    if len(line.anchors) != 1 or line.link_share < 0.9 or line.level or not page.in_body(line):
        return None
    if page.zone(line) & (Zone.CHROME | Zone.OTHER | Zone.FIGURE | Zone.SIDE):
        return None
    anchor = line.anchors[0]
    url = page.urls[anchor.index]
    if url is None or anchor.line != line.index or line.box.tag in {"td", "th", "blockquote", "caption"}:
        return None
    title = page.headlines[anchor.index]
    if not page.good[anchor.index] or not titles.is_headline(title) or cues.is_call(anchor.text, lone=True):
        return None
    return anchor if addresses.looks_like_article(url) else None


def named(page: View) -> Iterator[tuple[Box, list[Anchor]]]:
    """The boxes whose names say further reading, outermost first, with their links."""
    done = -1
    for box in page.outline.boxes:
        if box.first_link < done or box.last_link == box.first_link:
            continue
        own = zone(box.tag, box.names)
        if not own & (Zone.RELATED | Zone.PROMO) or page.zones[box] & (Zone.CHROME | Zone.OTHER):
            continue
        if page.body is not None and box.first_line <= page.first and box.last_line > page.last:
            continue
        inside = page.body is not None and page.first <= box.first_line <= page.last + 1
        if not own & Zone.RELATED and not inside:
            continue
        if (
            box.last_link - box.first_link > 6 * MOST
        ):  # a card has some three links; look for smaller boxes inside
            continue
        anchors = page.outline.anchors[box.first_link : box.last_link]
        kept = [a for a in anchors if page.good[a.index] and titles.is_headline(page.headlines[a.index])]
        urls = {page.urls[a.index] for a in kept}
        if len(urls) > MOST:
            continue
        done = box.last_link
        if len(urls) > 1 or (kept and inside):
            yield box, kept
