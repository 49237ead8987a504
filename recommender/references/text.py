"""References in a plain-text article (pure)."""

from __future__ import annotations

import re

from recommender.models import Kind, Reference
from recommender.references import cues, titles
from recommender.references.cues import Cue
from recommender.references.outline import squeeze

_BULLET = re.compile(r"^\s*(?:[•·*▪▸►→»›–—-]|\d{1,2}[.)])\s+")
_LONGEST = 200  # characters of a title; a longer line is prose
_GAP = 2  # empty lines between two items, at most


def from_text(text: str) -> list[Reference]:
    """The references a plain-text article lists under "Read more:" or the like.

    All items of one list look alike: "Author: Title" lines, or lines with a bullet, or plain titles with no
    empty line between them; empty lines may stand between items of the first two. The list ends at the first
    line of another make: the headline of an explainer box, a sentence.
    """
    found: list[Reference] = []
    lines = [squeeze(line) for line in text.splitlines()]
    for place, line in enumerate(lines):
        if is_heading(line):
            found += _list(lines, place)
    kept: dict[tuple[str | None, str], Reference] = {(r.author, r.title): r for r in reversed(found)}
    return list(reversed(kept.values()))


def is_heading(line: str) -> bool:
    """Whether a line stands alone as "Read more:", "Related stories" or the like."""
    cue = cues.label(line)
    return cue is Cue.IN or (cue is Cue.WEAK and line.endswith(":"))


def _make(line: str) -> str:
    """What an item looks like: "author", "bullet", "plain", or "" for no item."""
    bare = _BULLET.sub("", line)
    if not bare or len(bare) > _LONGEST or is_heading(line) or titles.words(bare) < 2:
        return ""
    author, title = titles.author_and_title(bare)
    if author and not _is_sentence(title):
        return "author"
    if _is_sentence(bare):
        return ""
    return "bullet" if bare != line else "plain"


def _is_sentence(line: str) -> bool:
    """Prose ends with a full stop; titles don't (an abbreviation's stop is part of a short word: "U.S.")."""
    last = line.rstrip("”\"'’)").rsplit(" ", 1)[-1]
    return last.endswith(".") and last.count(".") == 1 and line.count(" ") >= 3


def _list(lines: list[str], heading: int) -> list[Reference]:
    """The items after the line that is the heading."""
    items: list[Reference] = []
    make, gap = "", 0
    for place in range(heading + 1, len(lines)):
        line = lines[place]
        if not line:
            gap += 1
            continue
        found = _make(line)
        far = gap > _GAP or (found == "plain" and bool(items) and gap > 0)
        if not found or far or (make and found != make):
            break
        make, gap = found, 0
        author, title = titles.author_and_title(_BULLET.sub("", line))
        items.append(Reference(title=title, author=author, kind=Kind.LIST, heading=lines[heading]))
    return items
