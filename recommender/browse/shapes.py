"""What the pages show: one frozen shape for each thing on them.

Every text here went through `text.clean`, every URL through `text.web_url`; it is fit to show, but not
yet escaped. Dates stay ISO until a template asks for words.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from recommender.claim_models import Attitude, Origin, Quote
from recommender.models import TermShare, Verdict


class Sort(StrEnum):
    """Orders of a reading list, as the URL names them."""

    RANK = "rank"
    TOPIC = "topic"
    STANCE = "stance"
    BLEND = "blend"


@dataclass(frozen=True, slots=True)
class Dot:
    """A piece's place on a small map: shares of its width and height."""

    x: float  # [0, 1]; 1 is nearest in topic
    y: float  # [0, 1]; 0 is the top, full agreement
    stance: Verdict


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
    dots: tuple[Dot, ...] = ()  # its map, small


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
class StandView:
    """Where one piece stands on a claim."""

    attitude: Attitude
    probability: float  # [0, 1]
    headline: bool  # the claim is its own headline
    quotes: tuple[Quote, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimView:
    """A claim, and where two pieces stand on it."""

    claim: str
    origin: Origin
    agreement: float | None  # [-1, 1]; None where one of them takes no position, or they were not ranked
    seed: StandView
    piece: StandView


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
    claims: tuple[ClaimView, ...] = ()
    why: str = ""  # why nothing can be told
    told_by: str = ""  # claims or names
    model: str = ""  # name and version


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


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text and how it is marked."""

    text: str
    mark: str = ""  # hit, evidence, in, out; "" for plain
    notes: tuple[str, ...] = ()  # what the mark says, where it says anything


@dataclass(frozen=True, slots=True)
class Hit:
    """A piece found by its words."""

    article_id: int
    title: str
    authors: str
    outlet: str
    published: str
    words: int
    passage: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Results:
    """What a search found."""

    asked: str
    hits: tuple[Hit, ...]
    count: int  # pieces with these words, counted up to `searching.MOST`
    more_than_counted: bool  # there are more than that, and they come newest first
    error: str = ""  # why nothing could be searched for


@dataclass(frozen=True, slots=True)
class News:
    """Something that happened to a piece lately."""

    article_id: int
    title: str
    outlet: str
    when: str  # ISO
    words_removed: int = 0
    words_added: int = 0


@dataclass(frozen=True, slots=True)
class Point:
    """A piece on the map of a seed."""

    article_id: int
    title: str
    authors: str
    outlet: str
    published: str
    rank: int
    topic: float  # [0, 1]
    stance: Verdict
    agreement: float  # [-1, 1]
    confidence: float  # [0, 1]
    listed: bool
    words: int = 0
    told_by: str = ""  # claims or names


@dataclass(frozen=True, slots=True)
class Said:
    """What one piece says of a target."""

    polarity: float  # [-1, 1]
    mentions: int  # 0 where it was not counted
    sentences: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class Common:
    """A target that both pieces speak of, with all sentences known."""

    name: str
    agreement: float | None  # [-1, 1]; None where the two were not ranked against each other
    left: Said
    right: Said


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an archived article, its text apart."""

    id: int
    title: str
    authors: str
    outlet: str
    published: str
    language: str
    words: int
    url: str | None
    copy: Copy
    first: int | None = None  # the first of its near copies, itself where it is; None where that is not known


@dataclass(frozen=True, slots=True)
class Version:
    """One capture of an article."""

    id: int
    via: str
    captured_at: str  # ISO
    fetched_at: str  # ISO
    status: int
    content_type: str
    size: int  # bytes
    verdict: str
    digest: str
    warc_file: str
    warc_offset: int  # bytes
    warc_length: int  # bytes
    refers_to: int | None  # the capture whose bytes it has
    url: str | None
    source_url: str | None  # the memento's address
    shown: bool = False  # the article's text was taken from it


@dataclass(frozen=True, slots=True)
class LastVisit:
    """What became of an article's address, when it was last looked at."""

    state: str  # alive, moved, changed, gone, blocked, unknown
    when: str  # ISO


@dataclass(frozen=True, slots=True)
class Edit:
    """What a newsroom changed between two captures."""

    id: int
    from_capture: int
    to_capture: int
    changed_at: str  # ISO
    title_before: str
    title_after: str
    words_removed: int
    words_added: int
    lines: tuple[tuple[Run, ...], ...]
    cut: bool  # the table has more of it


@dataclass(frozen=True, slots=True)
class Toward:
    """How a piece's author speaks of a target, where its sentences are marked."""

    name: str
    polarity: float  # [-1, 1]
    mentions: int


@dataclass(frozen=True, slots=True)
class OnClaim:
    """Where a piece stands on a claim, by itself."""

    claim: str
    model: str  # name and version
    stand: StandView


@dataclass(frozen=True, slots=True)
class Stands:
    """An article's place in the ranking of a seed."""

    key: str
    title: str
    topic: float  # [0, 1]
    stance: Verdict
    confidence: float  # [0, 1]


@dataclass(frozen=True, slots=True)
class First:
    """A piece to read first, and why."""

    point: Point
    why: str
