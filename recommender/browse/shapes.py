"""What the pages show: one frozen shape for each thing on them.

Every text here went through `text.clean`, every URL through `text.web_url`; it is fit to show, but not
yet escaped. Dates stay ISO until a template asks for words.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from recommender.models import TermShare, Verdict


class Sort(StrEnum):
    """Orders of a reading list, as the URL names them."""

    RANK = "rank"
    TOPIC = "topic"
    STANCE = "stance"
    BLEND = "blend"


@dataclass(frozen=True, slots=True)
class SeedCard:
    """One seed and how its references fared."""

    key: str
    title: str
    author: str
    outlet: str
    published: str
    state: str  # of its own page
    reason: str
    references: int
    archived: int  # all copies, from wherever
    wayback: int  # of these, from the web archive
    duplicates: int
    missing: int


@dataclass(frozen=True, slots=True)
class Copy:
    """Where the archived text of a piece comes from."""

    via: str  # live, wayback, import, text
    when: str  # ISO; when the page was as kept
    capture_id: int | None


@dataclass(frozen=True, slots=True)
class SeedPage:
    """A seed, and what became of its own page."""

    id: int
    key: str
    title: str
    author: str
    outlet: str
    published: str
    url: str | None
    state: str
    reason: str
    article_id: int | None
    copy: Copy | None


@dataclass(frozen=True, slots=True)
class Side:
    """What one piece says of a target."""

    polarity: float  # [-1, 1]
    sentence: str  # "" where none stands out
    quoted: bool  # the sentence is somebody else's, quoted by the author


@dataclass(frozen=True, slots=True)
class SharedView:
    """A target that both pieces speak of, one sentence from each."""

    name: str
    weight: float  # [0, 1]
    agreement: float  # [-1, 1]
    seed: Side
    piece: Side


@dataclass(frozen=True, slots=True)
class Scores:
    """One row of `rankings`."""

    rank: int
    topic: float  # [0, 1]
    stance: Verdict
    agreement: float  # [-1, 1]
    confidence: float  # [0, 1]
    blend: float  # [0, 1]
    terms: tuple[TermShare, ...]
    shared: tuple[SharedView, ...]
    readable: bool  # False: the stored reasons are not the JSON they should be


@dataclass(frozen=True, slots=True)
class Piece:
    """An archived piece of a reading list."""

    article_id: int
    title: str
    authors: str
    outlet: str
    published: str
    words: int
    url: str | None
    copy: Copy
    position: int | None = None  # on the editors' list; None where they do not name it
    note: str = ""  # what went wrong at the last attempt, where an older copy stands in
    scores: Scores | None = None  # None: archived, not compared yet


@dataclass(frozen=True, slots=True)
class Missing:
    """A reference without a copy of its own, and why."""

    link_id: int
    position: int
    title: str
    author: str
    url: str | None
    state: str
    reason: str
    resolved_by: str
    confidence: float  # [0, 1]
    attempts: int
    same_as: str = ""  # the title it repeats, for duplicates


@dataclass(frozen=True, slots=True)
class Listed:
    """The editors' list, split into what is there and what is not. Nothing falls between."""

    pieces: tuple[Piece, ...]
    missing: tuple[Missing, ...]
    cut: bool  # more than one page takes
