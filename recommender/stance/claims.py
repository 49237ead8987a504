"""Headlines and a reader's own words ─► the claims of a reading list, and what was left out of them, with why.

the reader's [[claim]]s ─► the seed's headline ─► its references' headlines, in the order of the list
        └── off = true takes one out                └── reworded by headlines.py, or left out

Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from recommender.claim_models import Claim, Origin, WrittenClaim
from recommender.stance.headlines import Statement, statement

# A list's claims, the reader's first. Each costs every piece up to positions.PASSAGES passages: eight keep an op-ed
# under half a second of CPU; the first seed's list has five that state something.
MOST = 8
OFF = "switched off in the seed file"
TWICE = "said already"
TOO_MANY = f"a list has at most {MOST} claims"
PART = 3  # words: as long a part of a claim tells which one is meant


@dataclass(frozen=True, slots=True)
class Headline:
    """A headline that may be a claim."""

    text: str
    origin: Origin
    outlet: str | None = None
    author: str | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A headline or claim that is not judged, and why."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class ClaimList:
    """The claims of a reading list."""

    claims: tuple[Claim, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    unknown: tuple[str, ...] = ()  # what the seed file switches off and is not there


def claims_of(headlines: Iterable[Headline], written: Sequence[WrittenClaim] = ()) -> ClaimList:
    """The claims of a reading list, at most `MOST`.

    Args:
        headlines: the seed's, then those of its list.
        written: the seed file's `[[claim]]`s.
    """
    off = {claim.text: wording(claim.text) for claim in written if claim.off}
    candidates = [
        Claim(claim.text, Origin.READER, opposite=claim.opposite) for claim in written if not claim.off
    ]
    left_out, used = [], set()
    for headline in headlines:
        made = statement(headline.text, headline.outlet, headline.author)
        switched = [text for text, words in off.items() if _meant(words, headline.text, made)]
        used.update(switched)
        if switched or not made.text:
            left_out.append(LeftOut(headline.text, OFF if switched else made.reason))
        else:
            candidates.append(Claim(made.text, headline.origin, headline.text))
    kept: list[Claim] = []
    said: set[str] = set()  # wordings of what is kept, and of its opposites
    for claim in candidates:
        twice = wording(claim.text) in said
        if twice or len(kept) == MOST:
            left_out.append(LeftOut(claim.headline or claim.text, TWICE if twice else TOO_MANY))
        else:
            kept.append(claim)
            said.update(wording(one) for one in claim.asked if one)
    unknown = tuple(text for text in off if text not in used)
    return ClaimList(tuple(kept), tuple(dict.fromkeys(left_out)), unknown)


def wording(text: str) -> str:
    """A claim's words alone: what makes two of them one, whatever their marks and capitals.

    >>> wording("Trump’s “win”, again!")
    'trumps win again'
    """
    return " ".join(re.findall(r"\w+", re.sub(r"[’'‘]", "", text.casefold())))


def stated(title: str, outlet: str | None = None, author: str | None = None) -> str:
    """The wording of what a piece states by its headline; "" where it states nothing, or asks."""
    made = statement(title, outlet, author)
    return "" if made.asked else wording(made.text)


def _meant(words: str, headline: str, made: Statement) -> bool:
    """Whether a wording means this headline's claim: the same words, or a part of them that is long enough."""
    for other in (wording(headline), wording(made.text)):
        if words and words == other:
            return True
        if len(words.split()) >= PART and f" {words} " in f" {other} ":
            return True
    return False
