"""What the home page reads: a page of seeds with their counts and small maps, and what is new."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from recommender.browse import seed_map
from recommender.browse.shaped import news_of, seed_facts, stance_of
from recommender.browse.shapes import News, SeedCard
from recommender.browse.text import clean, number
from recommender.models import Verdict

if TYPE_CHECKING:
    from datasette.database import Database

SEEDS = 24  # cards on a page: a screenful or three, and each has a map to read
LATEST = 6  # pieces and changes on the home page: what is new at a glance

_SEEDS = """
    select s.*, count(l.id) as references_, count(distinct l.article_id) as archived,
      count(distinct case when a.origin = 'wayback' then a.id end) as wayback,
      coalesce(sum(l.article_id is null and l.state <> 'duplicate'), 0) as missing
    from (select * from seeds order by id desc limit :limit offset :offset) s
    left join links l on l.seed_id = s.id left join articles a on a.id = l.article_id
    group by s.id order by s.id desc"""

_DOTS = """
    select s.key, r.topic, r.stance, r.agreement from seeds s join rankings r on r.seed_id = s.id
    where s.key in (select value from json_each(:keys)) and r.rank <= :most limit :limit"""

_ARRIVED = """
    select id as article_id, title, outlet, added_at as happened, 0 as words_removed, 0 as words_added
    from articles order by id desc limit :limit"""

_CHANGED = """
    select a.id as article_id, a.title, a.outlet, h.changed_at as happened, h.words_removed, h.words_added
    from (select * from changes order by id desc limit :limit) h join articles a on a.id = h.article_id
    order by h.id desc"""


async def seeds(db: Database, page: int = 1) -> tuple[tuple[SeedCard, ...], bool]:
    """A page of seeds with their counts and small maps, newest first, and whether there are more."""
    values = {"limit": SEEDS + 1, "offset": (page - 1) * SEEDS}
    rows = (await db.execute(_SEEDS, values)).rows
    keys = json.dumps([row["key"] for row in rows])
    dots: dict[str, list[tuple[float, Verdict, float]]] = {}
    asked = {"keys": keys, "most": seed_map.SMALL, "limit": seed_map.SMALL * SEEDS}
    for row in (await db.execute(_DOTS, asked)).rows:
        place = number(row["topic"], 0, 1), stance_of(row["stance"]), number(row["agreement"], -1, 1)
        dots.setdefault(row["key"], []).append(place)
    cards = tuple(
        SeedCard(
            **seed_facts(row),
            state=clean(row["state"]),
            reason=clean(row["reason"]),
            references=row["references_"],
            archived=row["archived"],
            wayback=row["wayback"],
            duplicates=row["references_"] - row["archived"] - row["missing"],
            missing=row["missing"],
            dots=seed_map.small(dots.get(row["key"], ())),
        )
        for row in rows[:SEEDS]
    )
    return cards, len(rows) > SEEDS


async def news(db: Database) -> tuple[tuple[News, ...], tuple[News, ...]]:
    """What arrived last, and what newsrooms changed last."""
    found = [(await db.execute(sql, {"limit": LATEST})).rows for sql in (_ARRIVED, _CHANGED)]
    arrived, changed = (tuple(news_of(row) for row in rows) for rows in found)
    return arrived, changed
