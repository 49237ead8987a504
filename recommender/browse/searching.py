"""Search over all texts, answered in bounded time: best first, or newest first where very many match."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from datasette.database import QueryInterrupted
from datasette.utils import escape_fts
from datasette.utils.sqlite import sqlite3

from recommender.browse import marking
from recommender.browse.shapes import Hit, Results
from recommender.browse.text import clean

if TYPE_CHECKING:
    from datasette.database import Database

PAGE = 20  # hits on a page: as many as a reader looks through at one sitting
MOST = 2_000  # matches that are ordered by relevance; SQLite scores every one of them
TOKENS = 40  # of a passage shown, about three lines (SQLite allows 64)

_COUNT = """
    select count(*) as matches from
      (select 1 from article_texts_fts where article_texts_fts match :asked limit :most)"""
_IDS = """
    select rowid from article_texts_fts where article_texts_fts match :asked
    order by {order} limit :limit offset :offset"""
_SHOWN = """
    select a.id, a.title, a.authors, a.outlet, a.published, a.words,
      snippet(article_texts_fts, 2, :open, :close, '…', :tokens) as passage
    from article_texts_fts f join articles a on a.id = f.rowid
    where article_texts_fts match :asked and f.rowid in (select value from json_each(:ids)) limit :limit"""


async def search(db: Database, asked: str, page: int) -> Results:
    """The pieces that have all these words, a page of them.

    Args:
        db: the archive.
        asked: words; "in quotation marks" only together.
        page: from 1.
    """
    words = escape_fts(asked)
    if not words:
        return Results(asked, (), 0, False)
    try:
        matches = (await db.execute(_COUNT, {"asked": words, "most": MOST + 1})).first()["matches"]
        many = matches > MOST
        place = {"limit": PAGE, "offset": (page - 1) * PAGE}
        order = _IDS.format(order="rowid desc" if many else "rank")
        ids = [row["rowid"] for row in (await db.execute(order, {"asked": words, **place})).rows]
        marks = {"open": marking.HIT[0], "close": marking.HIT[1], "tokens": TOKENS}
        values = {"asked": words, "ids": json.dumps(ids), "limit": PAGE, **marks}
        rows = {row["id"]: row for row in (await db.execute(_SHOWN, values)).rows}
    except QueryInterrupted:
        return Results(asked, (), 0, False, "That took too long. Fewer or rarer words are found faster.")
    except sqlite3.OperationalError:  # quotation marks alone, and other words that hold no letter
        return Results(asked, (), 0, False, "These can’t be searched for. Try plain words.")
    hits = tuple(_hit(rows[number]) for number in ids if number in rows)
    return Results(asked, hits, min(matches, MOST), many)


def _hit(row: Any) -> Hit:
    return Hit(
        article_id=row["id"],
        title=clean(row["title"]) or "Untitled",
        authors=clean(row["authors"]),
        outlet=clean(row["outlet"]),
        published=clean(row["published"]),
        words=row["words"],
        passage=marking.passage(row["passage"] or ""),
    )
