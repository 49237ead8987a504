"""Rows of the database as shapes: every stranger's word cleaned, every number within its range. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from recommender.browse.shapes import Copy, Missing, News, Piece, Point, Scores, SharedView, Side
from recommender.browse.standing import claims_of
from recommender.browse.text import clean, number, web_url
from recommender.models import TermShare, Verdict

MOST_TERMS = 8  # shared terms shown; their shares fall off quickly
_STANCES = tuple(Verdict)

Row = Mapping[str, Any]


def seed_facts(row: Row) -> dict[str, str]:
    """What a card and a page of a seed begin with."""
    return {name: clean(row[name]) for name in ("key", "title", "author", "outlet", "published")}


def copy_of(row: Row) -> Copy:
    """Where a piece's text comes from: its capture, or the import."""
    via, when = row["via"] or row["origin"], row["captured_at"] or row["kept_at"]
    return Copy(clean(via), clean(when), row["capture_id"])


def piece_of(row: Row, position: int | None, note: object) -> Piece:
    """An archived piece, with its scores where it is ranked."""
    return Piece(
        article_id=row["article_id"],
        title=clean(row["article_title"]) or "Untitled",
        authors=clean(row["authors"]),
        outlet=clean(row["outlet"]),
        published=clean(row["article_published"]),
        words=row["words"],
        url=web_url(row["article_url"]),
        copy=copy_of(row),
        position=position,
        note=clean(note),
        scores=scores_of(row) if row["rank"] is not None else None,
    )


def missing_of(row: Row) -> Missing:
    """A reference that has no copy."""
    return Missing(
        link_id=row["link_id"],
        position=row["position"],
        title=clean(row["title"]) or "Untitled",
        author=clean(row["author"]),
        url=web_url(row["url"]),
        state=clean(row["state"]),
        reason=clean(row["reason"]),
        resolved_by=clean(row["resolved_by"]),
        confidence=number(row["confidence"], 0, 1),
        attempts=row["attempts"],
        same_as=clean(row["same_as"] or row["article_title"]),
    )


def scores_of(row: Row) -> Scores:
    """A row of a ranking with its reasons."""
    terms, shared, readable = reasons(row["terms"], row["targets"])
    claims, claims_readable = claims_of(row["claims"])
    return Scores(
        rank=row["rank"],
        topic=number(row["topic"], 0, 1),
        stance=stance_of(row["stance"]),
        agreement=number(row["agreement"], -1, 1),
        confidence=number(row["sure"], 0, 1),
        blend=number(row["blend"], 0, 1),
        terms=terms,
        shared=shared,
        readable=readable and claims_readable,
        claims=claims,
        why=clean(row["why"]),
        told_by=clean(row["told_by"], 20),
        model=clean(row["model"], 80),
    )


def stance_of(value: object) -> Verdict:
    """A stored stance; what is none of ours is "can't tell"."""
    return Verdict(str(value)) if value in _STANCES else Verdict.CANT_TELL


def reasons(terms: object, targets: object) -> tuple[tuple[TermShare, ...], tuple[SharedView, ...], bool]:
    """The stored JSON of a ranking as shapes, and whether it could be read.

    Args:
        terms: `[[term, share], ...]`.
        targets: `[{name, weight, agreement, seed: SIDE, piece: SIDE}, ...]`, where SIDE is
            `{polarity, sentence}` and may say `quoted`; a sentence may be null.
    """
    try:
        pairs = [TermShare(clean(term, 60), number(share, 0, 1)) for term, share in json.loads(str(terms))]
        shared = [
            SharedView(
                name=clean(target["name"], 120),
                weight=number(target["weight"], 0, 1),
                agreement=number(target["agreement"], -1, 1),
                seed=_side(target["seed"]),
                piece=_side(target["piece"]),
            )
            for target in json.loads(str(targets))
        ]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return (), (), False
    return tuple(pairs[:MOST_TERMS]), tuple(shared), True


def _side(value: Row) -> Side:
    return Side(number(value["polarity"], -1, 1), clean(value["sentence"]), bool(value.get("quoted")))


def point_of(row: Row) -> Point:
    """A row of a ranking as a place on its map."""
    return Point(
        article_id=row["article_id"],
        title=clean(row["title"]) or "Untitled",
        authors=clean(row["authors"]),
        outlet=clean(row["outlet"]),
        published=clean(row["published"]),
        rank=row["rank"],
        topic=number(row["topic"], 0, 1),
        stance=stance_of(row["stance"]),
        agreement=number(row["agreement"], -1, 1),
        confidence=number(row["confidence"], 0, 1),
        listed=bool(row["listed"]),
        words=row["words"],
        told_by=clean(row["told_by"], 20),
    )


def news_of(row: Row) -> News:
    """Something that happened to an article."""
    return News(
        article_id=row["article_id"],
        title=clean(row["title"]) or "Untitled",
        outlet=clean(row["outlet"]),
        when=clean(row["happened"]),
        words_removed=row["words_removed"],
        words_added=row["words_added"],
    )
