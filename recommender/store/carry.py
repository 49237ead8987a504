"""What only the old database knows, carried into one made anew: accounts of runs, checks of links, saves."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from recommender.store.database import Store

TABLES = ("runs", "checks", "saves")
# An article may have another id now: it goes by an address that both know.
_ARTICLE = """
    SELECT n.article_id FROM urls o JOIN new_urls n ON n.url_key = o.url_key
    WHERE o.article_id = t.article_id LIMIT 1"""


def over(old: Path, store: Store) -> dict[str, int]:
    """Copy what can be copied, and tell how many rows of each table were.

    Args:
        old: the old database; nothing is copied where it is not there or can't be read.
        store: the new one, whose articles are complete.
    """
    if not old.exists():
        return {}
    copied: dict[str, int] = {}
    try:
        source = sqlite3.connect(f"file:{old}?mode=ro", uri=True)
        try:
            source.execute("CREATE TEMP TABLE new_urls (url_key TEXT PRIMARY KEY, article_id INTEGER)")
            pairs = store.db.execute("SELECT url_key, article_id FROM urls").fetchall()
            source.executemany("INSERT INTO new_urls VALUES (?, ?)", pairs)
            for table in TABLES:
                copied[table] = _copy(source, store, table)
        finally:
            source.close()
    except sqlite3.Error:  # damaged, which is why it is being made anew
        return copied
    return copied


def _copy(source: sqlite3.Connection, store: Store, table: str) -> int:
    """Copy one table; a row whose article is not there any more stays behind."""
    names = [row[1] for row in source.execute(f"PRAGMA table_info({table})")]
    columns = ", ".join(f"({_ARTICLE})" if name == "article_id" else f"t.{name}" for name in names)
    rows = source.execute(f"SELECT {columns} FROM {table} t ORDER BY t.id").fetchall()
    if "article_id" in names and table != "saves":
        rows = [row for row in rows if row[names.index("article_id")] is not None]
    with store.transaction():
        marks = ", ".join("?" * len(names))
        store.db.conn.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", rows)
    return len(rows)
