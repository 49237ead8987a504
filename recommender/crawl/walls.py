"""Pages of a known kind, and paywall stubs: the rules that weigh phrases. Pure.

One phrase refuses a page only where hardly a word stands beside it; a longer text takes several signs.
"""

from __future__ import annotations

import re

from recommender.crawl.glance import declared_words, gated_words
from recommender.crawl.outcomes import Reason, one_line
from recommender.crawl.phrases import FAMILIES, PROMPTS, Family
from recommender.crawl.view import View

SHORT = 250  # words: a stub shows one to four paragraphs; 5 % of 8,005 real articles have under 358
BARE = 25  # words under which all that a page shows is read, not only what was extracted
LONGEST_WALL = 600  # words: a consent dialogue with every purpose written out, and some
# Words that may stand beside a known page's own sentences, by points (3 and more alike). A consent dialogue
# talks most; a page that calls itself an article, or has the expected title, must be hardly anything else.
BESIDE = (0, 20, 45, 100)
BESIDE_CONSENT = (0, 40, 60, 150)
BESIDE_CLAIM = 40

_SENTENCE = re.compile(r"[.!?]\s|\n")

Found = tuple[Reason, str]  # a verdict and what told it


def known_page(view: View) -> Found | None:
    """A page of a kind that is known by its phrases, its markup, or the address a redirect led to."""
    if view.words >= LONGEST_WALL:
        return None
    return next((found for family in FAMILIES if (found := _is(family, view))), None)


def _is(family: Family, view: View) -> Found | None:
    """Two points for a title, for markup and for an address of the family, one for each of its sentences."""
    told = _outer_signs(family, view)
    zone = view.visible if view.words < BARE else view.text
    hits = [phrase for phrase in family.sentences if phrase in zone]
    points = 2 * len(told) + sum(1 for phrase in hits if phrase not in view.titles)
    if not points:
        return None
    others = (line for line in _SENTENCE.split(view.text) if not any(phrase in line for phrase in hits))
    beside = sum(len(line.split()) for line in others)
    limit = (BESIDE_CONSENT if family.reason is Reason.CONSENT else BESIDE)[min(points, 3)]
    if beside >= limit or (beside >= BESIDE_CLAIM and view.claims):
        return None
    told += [f"“{phrase}” ({family.sentences[phrase]})" for phrase in hits]
    return family.reason, f"{', '.join(told[:3])} and {beside} other words"


def _outer_signs(family: Family, view: View) -> list[str]:
    told = []
    title = next((title for title in family.titles if title.strip(" .!?") in view.titles), None)
    if title:
        told.append(f"the title “{title}” ({family.titles[title]})")
    if view.words < SHORT:
        marker = next((marker for marker in family.markers if marker in view.lower), None)
        if marker:
            told.append(f"markup of {family.markers[marker]}")
    if view.moved and _lives_at(family, view):
        told.append(f"a redirect to {one_line(view.final_url, 80)}")
    return told


def _lives_at(family: Family, view: View) -> bool:
    """Whether a redirect led to where pages of this family live, from where they don't."""
    asked, came = view.asked, view.came
    paths, hosts = family.paths, family.hosts
    return bool(
        (paths and paths.search(came.path) and not paths.search(asked.path))
        or (hosts and hosts.match(came.netloc) and not hosts.match(asked.netloc))
    )


def paywall(view: View) -> Found | None:
    """A teaser: the page says that it is not free and holds little text, or less than it says it has.

    A page whose own count of words is what the text has, or whose part that is not free is there, is whole.
    """
    paid, words = view.page.paywalled, view.words
    if words >= SHORT and not paid:
        return None
    count = declared_words(view.source) if paid or any(word in view.lower for word in _COUNTS) else None
    if paid and count and count >= 2 * max(words, 1):
        return (
            Reason.PAYWALL,
            f"schema.org isAccessibleForFree is false, and the text has {words} of {count} words",
        )
    if words >= SHORT or (count and count <= words * 1.3):
        return None
    if paid:
        if gated_words(view.source) >= max(words // 3, 20):
            return None
        return Reason.PAYWALL, f"schema.org isAccessibleForFree is false and the text has {words} words"
    return _prompted(view)


_FREE = re.compile(rb'"isaccessibleforfree"\s*:\s*"?true')
_COUNTS = (b'"wordcount"', b'"articlebody"')
# Of each prompt the longest piece that any charset writes alike.
_PIECES = [max(re.split(r"[^\x20-\x7e]+", phrase), key=len).encode() for phrase in PROMPTS]


def _prompted(view: View) -> Found | None:
    """Two of the sentences that stand under a teaser; or one, and a text that breaks off or is very short."""
    if _FREE.search(view.lower):
        return None
    if not any(piece in view.lower for piece in _PIECES):  # spares most pages the making of `visible`
        return None
    prompts = [phrase for phrase in PROMPTS if phrase in view.visible]
    breaks_off = view.page.text.rstrip().endswith(("…", "..."))
    if not prompts or (len(prompts) + breaks_off < 2 and view.words >= SHORT // 2):
        return None
    said = ", ".join(f"“{phrase}” ({PROMPTS[phrase]})" for phrase in prompts[:2])
    return Reason.PAYWALL, f"{said} and the text has {view.words} words"
