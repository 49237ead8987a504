"""What the pages read: a few indexed queries over rows computed beforehand, made into shapes.

No query looks at article texts, scores anything, writes, or reads without a limit.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from recommender.browse.shapes import (
    Copy,
    Listed,
    Missing,
    Piece,
    Scores,
    SeedCard,
    SeedPage,
    SharedView,
    Side,
    Sort,
)
from recommender.browse.text import clean, number, web_url
from recommender.models import State, TermShare, Verdict

if TYPE_CHECKING:
    from datasette.database import Database

MOST_SEEDS = 200  # cards on one page; the seeds table has the rest, and a search
MOST_LINKS = 500  # references of one seed on one page; real lists have under 40
MOST_TERMS = 8  # shared terms shown; their shares fall off quickly


_SEEDS = """
    select s.*, count(l.id) as references_, count(distinct l.article_id) as archived,
      count(distinct case when a.origin = 'wayback' then a.id end) as wayback,
      coalesce(sum(l.article_id is null and l.state <> 'duplicate'), 0) as missing
    from (select * from seeds order by added_at desc, id desc limit :limit) s
    left join links l on l.seed_id = s.id left join articles a on a.id = l.article_id
    group by s.id order by s.added_at desc, s.id desc"""

_SEED = """
    select s.*, a.origin, c.id as capture_id, c.via, c.captured_at, a.added_at as kept_at
    from seeds s left join articles a on a.id = s.article_id
    left join captures c on c.id = a.best_capture_id where s.key = :key"""

_PIECE = """
    a.id as article_id, a.title as article_title, a.authors, a.outlet, a.words, a.origin,
    a.added_at as kept_at,
    coalesce(a.canonical_url, a.url) as article_url, a.published as article_published,
    c.id as capture_id, c.via, c.captured_at,
    r.rank, r.topic, r.stance, r.agreement, r.confidence as sure, r.blend, r.terms, r.targets"""

_LISTED = f"""
    select l.id as link_id, l.position, l.title, l.author, l.url, l.state, l.reason, l.resolved_by,
      l.confidence, l.attempts, o.title as same_as, {_PIECE}
    from links l left join articles a on a.id = l.article_id
    left join captures c on c.id = coalesce(a.best_capture_id, l.capture_id)
    left join rankings r on r.seed_id = l.seed_id and r.article_id = l.article_id
    left join links o on o.id = l.duplicate_of
    where l.seed_id = :seed order by l.position limit :limit"""  # noqa: S608 - constants only

# Ids first: sorting whole rows would drag their JSON along.
_FOUND = """
    select {piece} from rankings r join articles a on a.id = r.article_id
    left join captures c on c.id = a.best_capture_id
    where r.id in (select r.id from rankings r where r.seed_id = :seed {only} and r.article_id not in
      (select article_id from links where seed_id = :seed and article_id is not null)
      order by {order} limit :limit offset :offset)
    order by {order}"""

_BY_STANCE = (
    "case r.stance when 'agrees' then 0 when 'mixed' then 1 when 'disagrees' then 2 else 3 end, "
    "r.agreement desc, r.confidence desc, r.rank"
)
_ORDER = {
    Sort.RANK: "r.rank",
    Sort.TOPIC: "r.topic desc, r.rank",
    Sort.STANCE: _BY_STANCE,
    Sort.BLEND: "r.blend desc, r.rank",
}
_STANCES = tuple(Verdict)


def in_order(pieces: tuple[Piece, ...], sort: Sort) -> tuple[Piece, ...]:
    """The same order as `_ORDER`, for rows already read; what is not compared yet comes last."""

    def place(piece: Piece) -> tuple[float, ...]:
        scores = piece.scores
        if scores is None:
            return (9.0, float(piece.position or 0))
        by = {
            Sort.RANK: (0.0,),
            Sort.TOPIC: (-scores.topic,),
            Sort.STANCE: (float(_STANCES.index(scores.stance)), -scores.agreement, -scores.confidence),
            Sort.BLEND: (-scores.blend,),
        }
        return (0.0, *by[sort], float(scores.rank))

    return tuple(sorted(pieces, key=place))


async def seeds(db: Database, limit: int = MOST_SEEDS) -> tuple[SeedCard, ...]:
    """Seeds with their counts, newest first, at most `limit`."""
    found = []
    for row in (await db.execute(_SEEDS, {"limit": limit})).rows:
        found.append(
            SeedCard(
                **_seed_facts(row),
                state=clean(row["state"]),
                reason=clean(row["reason"]),
                references=row["references_"],
                archived=row["archived"],
                wayback=row["wayback"],
                duplicates=row["references_"] - row["archived"] - row["missing"],
                missing=row["missing"],
            )
        )
    return tuple(found)


async def seed(db: Database, key: str) -> SeedPage | None:
    """The seed of that key, or None where there is none."""
    row = (await db.execute(_SEED, {"key": key})).first()
    if row is None:
        return None
    return SeedPage(
        **_seed_facts(row),
        id=row["id"],
        url=web_url(row["url"]),
        state=clean(row["state"]),
        reason=clean(row["reason"]),
        article_id=row["article_id"],
        copy=_copy(row) if row["article_id"] is not None else None,
    )


async def listed(db: Database, seed_id: int) -> Listed:
    """Everything the editors name, in their order. A piece named twice is shown once."""
    rows = (await db.execute(_LISTED, {"seed": seed_id, "limit": MOST_LINKS + 1})).rows
    cut, rows = len(rows) > MOST_LINKS, rows[:MOST_LINKS]
    first: dict[int, int] = {}  # article to the link that stands for it: not a duplicate, where there is one
    for row in sorted(rows, key=lambda row: row["state"] == State.DUPLICATE):
        if row["article_id"] is not None:
            first.setdefault(row["article_id"], row["link_id"])
    stand = set(first.values())
    pieces = tuple(_piece(row, row["position"], row["reason"]) for row in rows if row["link_id"] in stand)
    missing = tuple(_missing(row) for row in rows if row["link_id"] not in stand)
    return Listed(pieces, missing, cut)


async def found(
    db: Database, seed_id: int, sort: Sort, stance: Verdict | None, limit: int, offset: int
) -> tuple[Piece, ...]:
    """Ranked pieces that the editors do not name, at most `limit` after `offset`."""
    only = "and r.stance = :stance" if stance else ""
    sql = _FOUND.format(piece=_PIECE, only=only, order=_ORDER[sort])
    values = {"seed": seed_id, "stance": str(stance or ""), "limit": limit, "offset": offset}
    return tuple(_piece(row, None, "") for row in (await db.execute(sql, values)).rows)


def _seed_facts(row: Mapping[str, Any]) -> dict[str, str]:
    return {name: clean(row[name]) for name in ("key", "title", "author", "outlet", "published")}


def _copy(row: Mapping[str, Any]) -> Copy:
    via, when = row["via"] or row["origin"], row["captured_at"] or row["kept_at"]
    return Copy(clean(via), clean(when), row["capture_id"])


def _piece(row: Mapping[str, Any], position: int | None, note: object) -> Piece:
    return Piece(
        article_id=row["article_id"],
        title=clean(row["article_title"]) or "Untitled",
        authors=clean(row["authors"]),
        outlet=clean(row["outlet"]),
        published=clean(row["article_published"]),
        words=row["words"],
        url=web_url(row["article_url"]),
        copy=_copy(row),
        position=position,
        note=clean(note),
        scores=_scores(row) if row["rank"] is not None else None,
    )


def _missing(row: Mapping[str, Any]) -> Missing:
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


def _scores(row: Mapping[str, Any]) -> Scores:
    terms, shared, readable = reasons(row["terms"], row["targets"])
    stance = row["stance"]
    return Scores(
        rank=row["rank"],
        topic=number(row["topic"], 0, 1),
        stance=Verdict(stance) if stance in _STANCES else Verdict.CANT_TELL,
        agreement=number(row["agreement"], -1, 1),
        confidence=number(row["sure"], 0, 1),
        blend=number(row["blend"], 0, 1),
        terms=terms,
        shared=shared,
        readable=readable,
    )


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


def _side(value: Mapping[str, Any]) -> Side:
    return Side(number(value["polarity"], -1, 1), clean(value["sentence"]), bool(value.get("quoted")))
