"""Claims and positions, from rankings and of pieces, as shapes: every stranger's word cleaned. Pure.

a ranking's `claims` (JSON) ──────► ClaimViews, both pieces' stands side by side
`positions` of one piece or of two ─► where each stands; side by side without a judgement
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from recommender.browse.comparing import SENTENCE
from recommender.browse.shapes import ClaimView, OnClaim, StandView
from recommender.browse.text import clean, number
from recommender.claim_models import Attitude, Origin, Quote, Stand

MOST = 12  # claims shown of one piece or pair; a list has at most eight (stance/claims.py MOST)
MOST_QUOTES = 3  # sentences of one stand; a passage has as many (stance/positions.py SENTENCES)
LONGEST = 300  # characters of a claim
_ATTITUDES, _ORIGINS = tuple(Attitude), tuple(Origin)

Row = Mapping[str, Any]


def claims_of(stored: object) -> tuple[tuple[ClaimView, ...], bool]:
    """The stored claims of a ranking as shapes, and whether they could be read.

    Args:
        stored: JSON as `reasons.claim_view` makes it; None where the archive is older than claims.
    """
    if stored is None:
        return (), True
    try:
        return tuple(_claim(one) for one in json.loads(str(stored))[:MOST]), True
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return (), False


def stand_view(stand: Stand) -> StandView:
    """A kept stand as a page shows it."""
    quotes = tuple(_quote(one.sentence, one.start, one.end) for one in stand.evidence[:MOST_QUOTES])
    return StandView(stand.attitude, number(stand.probability, 0, 1), stand.headline, quotes)


def side_by_side(left: Iterable[OnClaim], right: Iterable[OnClaim]) -> tuple[ClaimView, ...]:
    """Where two pieces stand on the claims of which both were asked, where either takes a position."""
    others = {(one.claim, one.model): one.stand for one in right}
    pairs = [(one, others[one.claim, one.model]) for one in left if (one.claim, one.model) in others]
    return tuple(
        ClaimView(one.claim, Origin.REFERENCE, None, one.stand, other)
        for one, other in pairs
        if {one.stand.attitude, other.attitude} != {Attitude.NONE}
    )[:MOST]


def notes(stands: Iterable[OnClaim]) -> dict[str, list[str]]:
    """What to note beside which sentence of a text: for or against which claim it shows the author to be."""
    found: dict[str, list[str]] = {}
    for one in stands:
        for quote in one.stand.quotes:
            said = f"{one.stand.attitude}: {one.claim} ({one.stand.probability:.2f})"
            found.setdefault(quote.sentence, []).append(said)
    return found


def _claim(value: Row) -> ClaimView:
    seed, piece = _stand(value["seed"]), _stand(value["piece"])
    both = Attitude.NONE not in {seed.attitude, piece.attitude}
    origin = value["origin"]
    return ClaimView(
        claim=clean(value["claim"], LONGEST),
        origin=Origin(origin) if origin in _ORIGINS else Origin.REFERENCE,
        agreement=number(value["agreement"], -1, 1) if both else None,
        seed=seed,
        piece=piece,
    )


def _stand(value: Row) -> StandView:
    attitude = value["position"]
    return StandView(
        Attitude(attitude) if attitude in _ATTITUDES else Attitude.NONE,
        number(value["probability"], 0, 1),
        value["own_headline"] is True,
        tuple(_quote(one["text"], one["start"], one["end"]) for one in value["sentences"][:MOST_QUOTES]),
    )


def _quote(sentence: object, start: object, end: object) -> Quote:
    return Quote(clean(sentence, SENTENCE), int(number(start, 0, 1e9)), int(number(end, 0, 1e9)))
