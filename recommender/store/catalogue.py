"""Articles with all that is known of them, for exports: one pass, a few queries a batch, nothing written.

Everything is read inside one `snapshot`, so that a fetch which runs meanwhile can't show half of itself; every
capture in it is on disk already, because its WARC record was there before its row.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice

from recommender.models import Article, StoredCapture, Via
from recommender.store.connection import Database
from recommender.store.rows import Row, article_from, capture_from

BATCH = 500  # articles a round of queries: some ten megabytes of text at a time
_AMONG = "IN (SELECT value FROM json_each(?))"


@dataclass(frozen=True, slots=True)
class Entry:
    """One article and what an archivist would ask about it."""

    article: Article
    origin: Via
    addresses: tuple[str, ...]  # all it goes by
    captures: tuple[StoredCapture, ...]  # oldest first; none for imports
    best: StoredCapture | None  # the one it was made from
    listed: tuple[tuple[str, int], ...]  # key of a seed, and its position on that list
    gone: bool  # the last check of its page found it dead
    saved: str | None  # the memento that a web archive made of it for us


@contextmanager
def snapshot(db: Database) -> Iterator[None]:
    """Reads inside see one state of the database, whatever others commit meanwhile."""
    db.conn.execute("BEGIN")
    try:
        yield
    finally:
        db.conn.rollback()


def entries(db: Database, ids: Iterable[int] | None = None) -> Iterator[Entry]:
    """Every article, or these, in the order of their ids."""
    wanted = iter(_all_ids(db) if ids is None else sorted(set(ids)))
    while batch := list(islice(wanted, BATCH)):
        yield from _batch(db, json.dumps(batch))


def captures(db: Database, ids: Iterable[int] | None = None) -> Iterator[StoredCapture]:
    """Every capture, or these and those whose bytes they share, oldest first."""
    if ids is None:
        yield from (capture_from(row) for row in db.query("SELECT * FROM captures ORDER BY id"))
        return
    sql = """
        WITH RECURSIVE wanted(id) AS (
            SELECT value FROM json_each(?)
            UNION SELECT c.refers_to FROM captures c JOIN wanted w ON w.id = c.id WHERE c.refers_to IS NOT NULL)
        SELECT * FROM captures WHERE id IN (SELECT id FROM wanted) ORDER BY id"""
    yield from (capture_from(row) for row in db.query(sql, [json.dumps(sorted(set(ids)))]))


def capture_ids(db: Database, articles: Iterable[int], seeds: Iterable[int]) -> set[int]:
    """The captures of these articles; and of the pages that these seeds name, those that became no article."""
    sql = f"""
        SELECT id FROM captures WHERE article_id {_AMONG}
        UNION SELECT id FROM captures WHERE article_id IS NULL AND url IN (
            SELECT url FROM links WHERE seed_id {_AMONG} UNION SELECT url FROM seeds WHERE id {_AMONG})"""
    among = json.dumps(sorted(set(seeds)))
    found = db.query(sql, [json.dumps(sorted(set(articles))), among, among])
    return {row["id"] for row in found}


def _all_ids(db: Database) -> list[int]:
    return [row["id"] for row in db.query("SELECT id FROM articles ORDER BY id")]


def _batch(db: Database, ids: str) -> Iterator[Entry]:
    held = _grouped(db, f"SELECT * FROM captures WHERE article_id {_AMONG} ORDER BY id", ids)
    names = _grouped(db, f"SELECT article_id, url FROM urls WHERE article_id {_AMONG} ORDER BY rowid", ids)
    lists = _grouped(
        db,
        f"""SELECT l.article_id, s.key, l.position FROM links l JOIN seeds s ON s.id = l.seed_id
            WHERE l.article_id {_AMONG} ORDER BY s.id, l.position""",
        ids,
    )
    checked = _grouped(db, f"SELECT article_id, state FROM checks WHERE article_id {_AMONG} ORDER BY id", ids)
    saved = _grouped(
        db,
        f"""SELECT article_id, memento_url FROM saves
            WHERE article_id {_AMONG} AND state = 'archived' AND memento_url IS NOT NULL ORDER BY id""",
        ids,
    )
    articles = f"""SELECT a.*, t.text FROM articles a JOIN article_texts t ON t.id = a.id
                   WHERE a.id {_AMONG} ORDER BY a.id"""
    for row in db.query(articles, [ids]):
        key = row["id"]
        made = tuple(capture_from(one) for one in held[key])
        yield Entry(
            article=article_from(row),
            origin=Via(row["origin"]),
            addresses=tuple(one["url"] for one in names[key]),
            captures=made,
            best=next((one for one in made if one.id == row["best_capture_id"]), None),
            listed=tuple((one["key"], one["position"]) for one in lists[key]),
            gone=bool(checked[key]) and checked[key][-1]["state"] == "gone",
            saved=saved[key][-1]["memento_url"] if saved[key] else None,
        )


def _grouped(db: Database, sql: str, ids: str) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in db.query(sql, [ids]):
        found[row["article_id"]].append(row)
    return found
