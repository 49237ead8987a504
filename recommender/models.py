"""What passes between the rooms: one frozen dataclass for each arrow of the flow.

    seed ─► references ─► URLs ─► captures ─► articles ─► topic and stance ─► recommendations
    Seed    Reference    Resolution  Capture   Article     Hit, Profile        Recommendation

Nothing here imports another module of the package while it runs, opens a file or knows the time. What is said of claims
is in claim_models.py, which is loaded where claims are judged.
Times are aware datetimes in UTC; dates are plain; sizes are bytes; every score says its range.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from recommender.claim_models import SharedClaim, WrittenClaim


class Kind(StrEnum):
    """How a page offers a reference (the labels of the gold data)."""

    LIST = "list"  # a block in the body, two links or more
    MODULE = "module"  # a box of the page's template
    INLINE = "inline"  # one link that interrupts the body


class Via(StrEnum):
    """Where a copy came from."""

    LIVE = "live"
    WAYBACK = "wayback"
    IMPORT = "import"
    TEXT = "text"  # given by the user with --text, or as a plain-text seed


class State(StrEnum):
    """Where a reference stands. Every discovered reference is in exactly one of these."""

    PENDING = "pending"
    ARCHIVED = "archived"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"
    SKIPPED = "skipped"
    FAILED = "failed"


class Method(StrEnum):
    """How a reference got its URL, most certain first."""

    SEED_FILE = "seed file"
    PAGE = "page"  # a link on the seed's own live page
    MEMENTO = "memento"  # a link on an archived copy of the seed's page
    CDX = "cdx"  # a search of the web archive's index
    NONE = "unresolved"


class Verdict(StrEnum):
    """What a reader of two pieces may conclude about their sides."""

    AGREES = "agrees"
    MIXED = "mixed"
    DISAGREES = "disagrees"
    CANT_TELL = "can't tell"


class Ground(StrEnum):
    """What a verdict was told by."""

    CLAIMS = "claims"
    NAMES = "names"


@dataclass(frozen=True, slots=True)
class Reference:
    """One piece that an article's editors offer as further reading."""

    title: str
    url: str | None = None  # absolute, as published; None where the source gives no link
    author: str | None = None
    kind: Kind = Kind.LIST
    heading: str | None = None  # the words above the block, e.g. "Read more:"
    published: date | None = None


@dataclass(frozen=True, slots=True)
class Seed:
    """An article whose further reading is wanted."""

    key: str  # short, stable, [a-z0-9-]: the file's stem or a slug of the title
    title: str
    source: str  # the path or URL it was read from
    author: str | None = None
    outlet: str | None = None
    published: date | None = None
    url: str | None = None
    text: str | None = None  # body, where the source holds it
    html: bytes | None = field(default=None, repr=False)  # the page, where the source is a saved page
    references: tuple[Reference, ...] = ()
    claims: tuple[WrittenClaim, ...] | None = None  # of a seed file; None where the source can't hold any


@dataclass(frozen=True, slots=True)
class Resolution:
    """A reference's URL, how it was found and how sure that is."""

    reference: Reference
    url: str | None
    method: Method
    confidence: float  # [0, 1]; 0 where unresolved
    reason: str | None = None  # one sentence where there is no URL


@dataclass(frozen=True, slots=True)
class Capture:
    """One HTTP response kept for good, before or after it is written to a WARC."""

    url: str  # the URL asked for (of the page itself, never of the web archive)
    final_url: str  # after redirects
    captured_at: datetime  # when the bytes left the server that first gave them (memento time for Wayback)
    fetched_at: datetime  # when we got them
    via: Via
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(repr=False)  # as it came over the wire, content-encoding intact
    source_url: str | None = None  # the memento's URL where via is wayback
    verdict: str = "ok"  # "ok", "unchanged", or the reason it must not become the article
    rule: str | None = None  # what the verdict was told by, e.g. "schema.org isAccessibleForFree"
    digest: str = ""  # of the body, as WARC-Payload-Digest has it; "" where not made yet


@dataclass(frozen=True, slots=True)
class Record:
    """Where a capture lies: one gzip member of one WARC file."""

    file: str  # name inside archive/warc/
    offset: int  # bytes
    length: int  # bytes
    digest: str  # "sha1:" + base32 of the payload, as WARC-Payload-Digest has it


@dataclass(frozen=True, slots=True)
class Article:
    """Clean text and facts of one piece."""

    url: str | None
    title: str
    text: str = field(repr=False)  # paragraphs separated by "\n"
    authors: str | None = None  # "A. Writer, B. Reporter"
    outlet: str | None = None
    published: date | None = None
    canonical_url: str | None = None
    language: str | None = None  # ISO 639-1
    id: int | None = None  # row in the database, None before it is stored
    external_id: str | None = None  # the researcher's own id, for imports
    copy_of: int | None = None  # the row of the first near copy of it; None where this is the first


@dataclass(frozen=True, slots=True)
class Change:
    """What a newsroom changed between two versions of a piece."""

    title_before: str
    title_after: str
    words_removed: int
    words_added: int
    diff: str  # changed passages, "[-taken out-] {+put in+}" among a few words that stayed


@dataclass(frozen=True, slots=True)
class TermShare:
    """One term's part of a topic score."""

    term: str  # as a reader would write it, not the stem
    share: float  # [0, 1]; all shares of a hit sum to its score


@dataclass(frozen=True, slots=True)
class Hit:
    """One article near a query in topic."""

    article_id: int
    score: float  # cosine, [0, 1]
    terms: tuple[TermShare, ...] = ()  # largest first


class TargetKind(StrEnum):
    """What a name stands for. Only persons and organisations are somebody an author can be for or against."""

    PERSON = "person"
    ORGANISATION = "organisation"
    PLACE = "place"  # a state, a city, a region
    THING = "thing"  # a law, a war, a programme
    UNKNOWN = "unknown"  # a single word that nothing tells


@dataclass(frozen=True, slots=True)
class Evidence:
    """One sentence about a target and what it shows."""

    sentence: str
    polarity: float  # [-1, 1]: P(positive) - P(negative) for the target in this sentence
    quoted: bool  # inside quotation marks or attributed to somebody else: not the author's own voice


@dataclass(frozen=True, slots=True)
class Target:
    """A person, organisation or policy a piece speaks of, and how its author does."""

    name: str  # the fullest form found
    key: str  # what two pieces' targets are matched by
    polarity: float  # [-1, 1], from the author's own sentences
    confidence: float  # [0, 1]
    mentions: int
    evidence: tuple[Evidence, ...] = ()  # strongest first
    kind: TargetKind = TargetKind.PERSON
    steady: float = 1.0  # [0, 1]: the confidence that is left without the strongest sentence


@dataclass(frozen=True, slots=True)
class Profile:
    """Toward whom an article leans, and how."""

    model: str  # the scorer that made it
    targets: tuple[Target, ...] = ()  # most mentioned first
    opinion: float = 1.0  # [0, 1]: how likely the piece argues a view of its author's, rather than reports


@dataclass(frozen=True, slots=True)
class SharedTarget:
    """A target both pieces discuss, seen from both."""

    left: Target
    right: Target
    weight: float  # [0, 1]; the weights of an agreement sum to 1
    agreement: float  # [-1, 1]: the product of both polarities, on the scorer's scale


@dataclass(frozen=True, slots=True)
class Agreement:
    """Do two pieces stand on one side?"""

    verdict: Verdict
    score: float  # [-1, 1]; 0 where nothing can be told
    confidence: float  # [0, 1]
    shared: tuple[SharedTarget, ...] = ()  # heaviest first
    reason: str = ""  # why nothing can be told; empty beside any other verdict
    claims: tuple[SharedClaim, ...] = ()  # those on which either takes a position, heaviest first
    ground: Ground | None = None  # None where nothing can be told
    model: str = ""  # name and version


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another place where the same piece is."""

    article_id: int  # the row of that copy; the piece's own where it is one row under two addresses
    outlet: str | None
    url: str | None


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One archived piece, placed for the reader of a seed."""

    article: Article
    rank: int  # 1 is first
    topic: float  # [0, 1]
    agreement: Agreement
    blend: float  # [0, 1]; used for ordering only on request
    terms: tuple[TermShare, ...] = ()
    listed: bool = False  # the seed's editors name it themselves
    adjusted: float | None = None  # [0, 1]: topic with the reader's prior on dates; None where none was asked
    also_at: tuple[Elsewhere, ...] = ()  # near copies, folded into this one


@dataclass(frozen=True, slots=True)
class StoredSeed:
    """A seed as the archive knows it."""

    id: int
    key: str
    title: str
    author: str | None
    outlet: str | None
    published: date | None
    url: str | None
    source: str
    article_id: int | None
    state: State  # of the seed's own page
    reason: str | None


@dataclass(frozen=True, slots=True)
class StoredLink:
    """A reference as the archive knows it: where it points and what became of it."""

    id: int
    seed_id: int
    position: int  # 1 is the first of the list
    reference: Reference  # its url is the resolved one
    method: Method
    confidence: float  # [0, 1]
    state: State
    reason: str | None = None
    attempts: int = 0
    article_id: int | None = None
    capture_id: int | None = None
    duplicate_of: int | None = None
    via: Via | None = None  # of its capture
    captured_at: datetime | None = None  # of its capture


@dataclass(frozen=True, slots=True)
class StoredCapture:
    """What is known of a capture without opening its WARC."""

    id: int
    url: str
    final_url: str
    article_id: int | None
    captured_at: datetime
    fetched_at: datetime
    via: Via
    status: int
    verdict: str
    etag: str | None
    last_modified: str | None
    record: Record
    size: int = 0  # bytes, as they came over the wire
    source_url: str | None = None  # the memento's address
    content_type: str | None = None
    rule: str | None = None  # what the verdict was told by
    refers_to: int | None = None  # unchanged: the capture with the same bytes
    title: str | None = None  # as this copy has it
    words: int | None = None
    text_digest: str | None = None  # of title and text: two captures that share it show one version


@dataclass(frozen=True, slots=True)
class Counts:
    """The account of a run: discovered is the sum of all others."""

    discovered: int = 0
    archived: int = 0
    unchanged: int = 0
    duplicate: int = 0
    skipped: int = 0
    failed: int = 0
    pending: int = 0
