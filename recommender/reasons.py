"""A recommendation's reasons as data: the shapes `--format json`, the database and the pages share. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from recommender.models import Elsewhere, Evidence, Recommendation, SharedTarget, Target
from recommender.sites import host_of
from recommender.store.results import RankingRow

if TYPE_CHECKING:
    from recommender.claim_models import SharedClaim, Stand

FAINT = 0.15  # below this the word is "neutral"; for the word only: the number always stands beside it


def ranking_row(item: Recommendation) -> RankingRow:
    """A recommendation as a row of `rankings`."""
    assert item.article.id is not None  # noqa: S101 - only stored articles are ranked
    return RankingRow(
        article_id=item.article.id,
        rank=item.rank,
        topic=round(item.topic, 4),
        stance=item.agreement.verdict.value,
        agreement=round(item.agreement.score, 4),
        confidence=round(item.agreement.confidence, 4),
        blend=round(item.blend, 4),
        listed=item.listed,
        terms=json.dumps([[share.term, round(share.share, 4)] for share in item.terms], ensure_ascii=False),
        targets=json.dumps([target_view(shared) for shared in item.agreement.shared], ensure_ascii=False),
        claims=json.dumps([claim_view(shared) for shared in item.agreement.claims], ensure_ascii=False),
        reason=item.agreement.reason or None,
        told_by=item.agreement.ground,
        model=item.agreement.model or None,
    )


def leaning(polarity: float) -> str:
    """A polarity in [-1, 1] as a word: `favourable`, `critical` or `neutral`."""
    if abs(polarity) < FAINT:
        return "neutral"
    return "favourable" if polarity > 0 else "critical"


def place_name(place: Elsewhere) -> str:
    """A place in a word or two: its outlet, else its host."""
    return place.outlet or host_of(place.url or "") or f"article {place.article_id}"


def view(item: Recommendation) -> dict[str, object]:
    """A recommendation as JSON and CSV show it."""
    article = item.article
    return {
        "rank": item.rank,
        "id": article.id,
        "title": article.title,
        "authors": article.authors,
        "outlet": article.outlet,
        "published": article.published.isoformat() if article.published else None,
        "url": article.url,
        "topic": round(item.topic, 4),
        "adjusted": round(item.topic if item.adjusted is None else item.adjusted, 4),
        "stance": item.agreement.verdict.value,
        "agreement": round(item.agreement.score, 4),
        "confidence": round(item.agreement.confidence, 4),
        "blend": round(item.blend, 4),
        "listed": item.listed,
        "terms": [{"term": share.term, "share": round(share.share, 4)} for share in item.terms],
        "targets": [target_view(shared) for shared in item.agreement.shared],
        "reason": item.agreement.reason or None,
        "claims": [claim_view(shared) for shared in item.agreement.claims],
        "told_by": item.agreement.ground,
        "model": item.agreement.model or None,
        "also_at": [{"id": one.article_id, "outlet": one.outlet, "url": one.url} for one in item.also_at],
    }


def target_view(shared: SharedTarget) -> dict[str, object]:
    """A shared target: what each piece's author says of it."""
    return {
        "name": max(shared.left.name, shared.right.name, key=len),
        "weight": round(shared.weight, 4),
        "agreement": round(shared.agreement, 4),
        "seed": _side(shared.left),
        "piece": _side(shared.right),
    }


def claim_view(shared: SharedClaim) -> dict[str, object]:
    """A claim: where each piece stands on it, and the sentences that show it."""
    return {
        "claim": shared.claim.text,
        "origin": shared.claim.origin.value,
        "headline": shared.claim.headline or None,
        "opposite": shared.claim.opposite or None,
        "weight": round(shared.weight, 4),
        "agreement": round(shared.agreement, 4),
        "seed": _stand(shared.left),
        "piece": _stand(shared.right),
    }


def _stand(stand: Stand) -> dict[str, object]:
    return {
        "position": stand.attitude.value,
        "probability": round(stand.probability, 4),
        "own_headline": stand.headline,
        "sentences": [{"text": one.sentence, "start": one.start, "end": one.end} for one in stand.evidence],
    }


def standing(stand: Stand) -> str:
    """A stand in a few words: `for (0.87)`, `for, its own headline`, `no position, rather against (0.55)`."""
    if stand.headline:
        return f"{stand.attitude}, its own headline"
    sure = max(stand.odds[0], stand.odds[2])
    if stand.taken:
        return f"{stand.attitude.value} ({sure:.2f})"
    return "no position" + ("" if stand.rather is stand.attitude else f", rather {stand.rather} ({sure:.2f})")


def claims_line(item: Recommendation) -> str:
    """The claims on which both pieces take a position, in one line: `The toll is fair: for / against; …`."""
    both = (one for one in item.agreement.claims if one.weight > 0)
    return "; ".join(f"{one.claim.text}: {one.left.attitude} / {one.right.attitude}" for one in both)


def _side(target: Target) -> dict[str, object]:
    best = strongest(target)
    return {
        "polarity": round(target.polarity, 4),
        "confidence": round(target.confidence, 4),
        "mentions": target.mentions,
        "sentence": best.sentence if best else None,
        "quoted": best.quoted if best else None,
    }


def strongest(target: Target) -> Evidence | None:
    """The sentence to show for a target: the author's own before a quoted one, strongest first."""
    own = [evidence for evidence in target.evidence if not evidence.quoted]
    return next(iter([*own, *target.evidence]), None)
