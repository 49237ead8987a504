"""References and links of an HTML page (pure, never raises)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from recommender.models import Reference
from recommender.references import addresses, titles
from recommender.references.document import absolute, base_url, page_url, parse
from recommender.references.outline import outline
from recommender.references.picks import Pick, picks_of
from recommender.references.view import view

# In opinion pages a name before a colon is the writer's; elsewhere it may be whom the piece is about.
_OPINION = re.compile(
    r"/(?:opinions?|comment(?:ary|isfree)?|columns?|columnists?|op-?eds?|voices|meinung|tribunes?)\b"
)


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a page."""

    title: str  # its words, spaces collapsed; may be empty
    url: str  # absolute http(s), without fragment


def page_links(page: bytes | str, url: str) -> list[Link]:
    """Every http(s) link of a page with its words, in page order: for finding an address by its title.

    Args:
        page: HTML; may be broken or in any encoding.
        url: where it was had from.
    """
    root = parse(page)
    if root is None:
        return []
    base = base_url(root, url)
    found = ((anchor, absolute(base, anchor.href)) for anchor in outline(root).anchors)
    return [Link(anchor.text or anchor.label, target) for anchor, target in found if target]


def from_html(page: bytes | str, url: str | None = None) -> list[Reference]:
    """The pieces that an article's page offers as further reading, in page order, each address once.

    Args:
        page: HTML; may be broken or in any encoding.
        url: where it was had from. Without it, links count from the page's canonical address.

    Returns:
        References with absolute http(s) addresses as published, fragments dropped.
    """
    root = parse(page)
    if root is None:
        return []
    base, own = base_url(root, url), page_url(root, url)
    itself = {addresses.key(address) for address in (own, url) if address}
    out = outline(root)
    targets = [absolute(base, anchor.href) for anchor in out.anchors]
    urls = [None if target and addresses.key(target) in itself else target for target in targets]
    return _references(picks_of(view(out, urls)))


def _references(picks: list[Pick]) -> list[Reference]:
    best: dict[str, Pick] = {}
    for pick in picks:
        key = addresses.key(pick.url)
        if key not in best or (len(best[key].title) < titles.HEADLINE_LENGTH < len(pick.title)):
            best[key] = pick
    blocks: dict[int, list[str]] = {}
    for pick in best.values():
        blocks.setdefault(pick.block, []).append(pick.title)
    split = {block: titles.have_authors(said) for block, said in blocks.items()}
    references = []
    for pick in best.values():
        author, title = pick.author, pick.title
        if author is None and (split[pick.block] or _OPINION.search(pick.url)):
            author, title = titles.author_and_title(pick.title)
        references.append(
            Reference(title=title, url=pick.url, author=author, kind=pick.kind, heading=pick.heading)
        )
    return references
