"""What the reading list and the map read: a few indexed queries over rows computed beforehand, made into shapes.

No query looks at article texts, scores anything, writes, or reads without a limit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from recommender.browse.shaped import copy_of, missing_of, piece_of, point_of, seed_facts
from recommender.browse.shapes import Listed, Piece, Point, SeedPage, Sort
from recommender.browse.text import clean, web_url
from recommender.browse.views import View
from recommender.models import State, Verdict

if TYPE_CHECKING:
    from datasette.database import Database

MOST_POINTS = 100  # pieces of one map: as many as `similar` keeps; 120 kB of page
MOST_OUTLETS = 40  # to choose from; a ranking of 100 pieces rarely has more
MOST_LINKS = 500  # references of one seed on one page; real lists have under 40


_POINTS = """
    select a.id as article_id, a.title, a.authors, a.outlet, a.published, a.words, r.rank, r.topic, r.stance,
      r.agreement, r.confidence, r.listed, r.told_by
    from (select id, rank, topic, stance, agreement, confidence, listed, article_id, {told_by} from rankings
      where seed_id = :seed order by rank limit :limit) r join articles a on a.id = r.article_id
    order by r.rank"""

_OUTLETS = """
    select a.outlet, count(*) from rankings r join articles a on a.id = r.article_id
    where r.seed_id = :seed and a.outlet > '' group by 1 order by 2 desc, 1 limit :limit"""

_SEED = """
    select s.*, a.origin, c.id as capture_id, c.via, c.captured_at, a.added_at as kept_at
    from seeds s left join articles a on a.id = s.article_id
    left join captures c on c.id = a.best_capture_id where s.key = :key"""

_PIECE = """
    a.id as article_id, a.title as article_title, a.authors, a.outlet, a.words, a.origin,
    a.added_at as kept_at,
    coalesce(a.canonical_url, a.url) as article_url, a.published as article_published,
    c.id as capture_id, c.via, c.captured_at,
    r.rank, r.topic, r.stance, r.agreement, r.confidence as sure, r.blend, r.terms, r.targets, {told}"""

_LISTED = f"""
    select l.id as link_id, l.position, l.title, l.author, l.url, l.state, l.reason, l.resolved_by,
      l.confidence, l.attempts, o.title as same_as, {_PIECE}
    from links l left join articles a on a.id = l.article_id
    left join captures c on c.id = coalesce(a.best_capture_id, l.capture_id)
    left join rankings r on r.seed_id = l.seed_id and r.article_id = l.article_id
    left join links o on o.id = l.duplicate_of
    where l.seed_id = :seed order by l.position limit :limit"""  # noqa: S608 - constants only

_HAS_CLAIMS = "select 1 from pragma_table_info('rankings') where name = 'claims' limit 1"
_TOLD = "r.claims, r.reason as why, r.told_by, r.model"
_NOT_TOLD = "null as claims, null as why, null as told_by, null as model"

# Ids first: sorting whole rows would drag their JSON along.
_FOUND = """
    select {piece} from rankings r join articles a on a.id = r.article_id
    left join captures c on c.id = a.best_capture_id
    where r.id in (select r.id from rankings r join articles a on a.id = r.article_id
      where r.seed_id = :seed {only} and r.article_id not in
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


async def told(db: Database) -> str:
    """What to select of a ranking `r` beside its figures: nothing where no newer version has written to the archive."""
    return _TOLD if await _has_claims(db) else _NOT_TOLD


async def told_by(db: Database) -> str:
    """What to select for what a verdict was told by, as `told`."""
    return "told_by" if await _has_claims(db) else "null as told_by"


async def _has_claims(db: Database) -> bool:
    return bool((await db.execute(_HAS_CLAIMS)).first())


async def points(db: Database, seed_id: int) -> tuple[Point, ...]:
    """The ranking of a seed, nearest first, at most `MOST_POINTS`."""
    sql = _POINTS.format(told_by=await told_by(db))
    rows = (await db.execute(sql, {"seed": seed_id, "limit": MOST_POINTS})).rows
    return tuple(point_of(row) for row in rows)


async def outlets(db: Database, seed_id: int) -> tuple[str, ...]:
    """The outlets of a seed's ranking, those with most pieces first."""
    rows = (await db.execute(_OUTLETS, {"seed": seed_id, "limit": MOST_OUTLETS})).rows
    return tuple(clean(row["outlet"], 120) for row in rows)


async def seed(db: Database, key: str) -> SeedPage | None:
    """The seed of that key, or None where there is none."""
    row = (await db.execute(_SEED, {"key": key})).first()
    if row is None:
        return None
    return SeedPage(
        **seed_facts(row),
        id=row["id"],
        url=web_url(row["url"]),
        state=clean(row["state"]),
        reason=clean(row["reason"]),
        article_id=row["article_id"],
        copy=copy_of(row) if row["article_id"] is not None else None,
    )


async def listed(db: Database, seed_id: int) -> Listed:
    """Everything the editors name, in their order. A piece named twice is shown once."""
    sql = _LISTED.format(told=await told(db))
    rows = (await db.execute(sql, {"seed": seed_id, "limit": MOST_LINKS + 1})).rows
    cut, rows = len(rows) > MOST_LINKS, rows[:MOST_LINKS]
    first: dict[int, int] = {}  # article to the link that stands for it: not a duplicate, where there is one
    for row in sorted(rows, key=lambda row: row["state"] == State.DUPLICATE):
        if row["article_id"] is not None:
            first.setdefault(row["article_id"], row["link_id"])
    stand = set(first.values())
    pieces = tuple(piece_of(row, row["position"], row["reason"]) for row in rows if row["link_id"] in stand)
    missing = tuple(missing_of(row) for row in rows if row["link_id"] not in stand)
    return Listed(pieces, missing, cut)


async def found(db: Database, seed_id: int, view: View, limit: int) -> tuple[Piece, ...]:
    """Ranked pieces that the editors do not name and that pass the view's filters: `limit`, and one to tell of more."""
    asked = {
        "stance": ("r.stance = :stance", str(view.stance or "")),
        "outlet": ("a.outlet = :outlet", view.outlet),
        "since": ("a.published >= :since", view.since),
        "until": ("substr(a.published, 1, 10) <= :until and a.published > ''", view.until),
    }
    only = "".join(f" and {sql}" for sql, value in asked.values() if value)
    sql = _FOUND.format(piece=_PIECE.format(told=await told(db)), only=only, order=_ORDER[view.sort])
    values = {name: value for name, (_, value) in asked.items()}
    page = {"seed": seed_id, "limit": limit + 1, "offset": (view.page - 1) * limit}
    return tuple(piece_of(row, None, "") for row in (await db.execute(sql, values | page)).rows)
