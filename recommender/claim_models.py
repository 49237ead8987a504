"""What passes between the rooms about claims: loaded where claims are judged, written or shown, and nowhere else.

Nothing here imports another module of the package, opens a file or knows the time.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Attitude(StrEnum):
    """Where a piece stands on a claim."""

    FOR = "for"
    AGAINST = "against"
    NONE = "no position"


class Origin(StrEnum):
    """Whose a claim is."""

    SEED = "seed"  # the seed's headline
    REFERENCE = "reference"  # the headline of a piece on its list
    READER = "reader"  # written in the seed file


AskedClaim = tuple[str, str]  # a claim and its opposite; "" where there is none
LIKELY = 0.5  # P(for) or P(against), [0, 1], from which on a side is likelier than not


@dataclass(frozen=True, slots=True)
class WrittenClaim:
    """A `[[claim]]` of a seed file."""

    text: str
    off: bool = False  # the claim of this wording is not wanted
    opposite: str = ""  # what one says who is against it, in the reader's words


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement that a piece may be for or against."""

    text: str
    origin: Origin
    headline: str = ""  # as published, where the claim was made from one
    opposite: str = ""  # what one says who is against it, where a reader wrote that

    @property
    def asked(self) -> AskedClaim:
        """What a piece is asked about: a position on it holds for this alone."""
        return self.text, self.opposite


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence of an article: `article.text[start:end]`."""

    sentence: str
    start: int  # characters
    end: int  # characters, exclusive


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a piece stands on a claim."""

    attitude: Attitude
    odds: tuple[float, float, float] = (0.0, 1.0, 0.0)  # P(against), P(neither), P(for); they sum to 1
    quotes: tuple[Quote, ...] = ()  # the author's own words where they lean one way most clearly
    headline: bool = False  # the claim, or its opposite, is the piece's own headline
    said: int = 0  # passages that lean the way it does

    @property
    def probability(self) -> float:
        """Of the attitude, in [0, 1]."""
        against, neither, towards = self.odds
        return {Attitude.FOR: towards, Attitude.AGAINST: against, Attitude.NONE: neither}[self.attitude]

    @property
    def rather(self) -> Attitude:
        """The side it is likelier than not to be on, be that enough for a position or not."""
        return side_of(self.odds, LIKELY)

    @property
    def taken(self) -> bool:
        """Whether a position is taken at all."""
        return self.attitude is not Attitude.NONE

    @property
    def evidence(self) -> tuple[Quote, ...]:
        """The sentences that show the position; none where none is taken."""
        return self.quotes if self.taken else ()


def side_of(odds: tuple[float, float, float], least: float) -> Attitude:
    """The likelier of for and against where its probability is `least` or more, else no position."""
    against, _, towards = odds
    if max(against, towards) < least or against == towards:
        return Attitude.NONE
    return Attitude.FOR if towards > against else Attitude.AGAINST


@dataclass(frozen=True, slots=True)
class SharedClaim:
    """A claim, and where both pieces stand on it."""

    claim: Claim
    left: Stand
    right: Stand
    weight: float  # [0, 1]; the weights of an agreement sum to 1; 0 where one of them takes no position
    agreement: float  # [-1, 1]: the product of how far both are for it
