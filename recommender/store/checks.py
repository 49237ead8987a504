"""Visits to archived pages' live addresses: what was found, and what all of them say of a page's life."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from recommender.models import StoredCapture
from recommender.store.connection import Database
from recommender.store.rows import capture_from, moment, stamp


class Life(StrEnum):
    """What a visit found."""

    ALIVE = "alive"
    MOVED = "moved"  # alive under another address for good
    CHANGED = "changed"  # alive, with another text
    GONE = "gone"
    BLOCKED = "blocked"  # perhaps alive, but not shown to us
    UNKNOWN = "unknown"  # nobody could tell today


@dataclass(frozen=True, slots=True)
class Visit:
    """An article whose address is to be visited, and the copy we have."""

    article_id: int
    url: str
    title: str
    best: StoredCapture | None  # None: an imported text


@dataclass(frozen=True, slots=True)
class Dates:
    """When a page was seen alive, and since when it is dead; None where it never was."""

    first_alive: datetime | None
    last_alive: datetime | None
    dead_since: datetime | None  # of a page whose newest sighting is a dead one: the first since it was alive


# Sightings of one article, oldest first: fetched live pages and visits. What tells neither life nor death is null.
_SIGHTINGS = """
    SELECT fetched_at AS at, 0 AS part, id, CASE WHEN verdict IN ('ok', 'unchanged') THEN 'alive'
        WHEN verdict IN ('not found (404)', 'gone (410)', 'soft 404') THEN 'gone' END AS life
    FROM captures WHERE article_id = :id AND via = 'live'
    UNION ALL
    SELECT checked_at, 1, id, CASE WHEN state IN ('alive', 'moved', 'changed') THEN 'alive'
        WHEN state = 'gone' THEN 'gone' END
    FROM checks WHERE article_id = :id
    ORDER BY 1, 2, 3"""


class Checks:
    """Reads and writes of `checks`. Writers call it inside `Store.transaction()`."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def add(
        self,
        article_id: int,
        url: str,
        life: Life,
        now: datetime,
        *,
        reason: str | None = None,
        status: int | None = None,
        final_url: str | None = None,
    ) -> None:
        """Note what a visit found."""
        row = {
            "article_id": article_id,
            "url": url,
            "checked_at": stamp(now),
            "state": life,
            "reason": reason,
            "status": status,
            "final_url": final_url,
        }
        self.db.table("checks").insert(row)

    def due(self, among: Collection[int] | None = None, limit: int | None = None) -> list[Visit]:
        """Articles with a web address, those never visited first, then the longest ago.

        Args:
            among: only these articles.
            limit: how many at most.
        """
        sql = """
            SELECT a.id AS for_article, a.url AS for_url, a.title AS for_title, c.*
            FROM articles a LEFT JOIN captures c ON c.id = a.best_capture_id
            WHERE a.url LIKE 'http%' AND (:among IS NULL OR a.id IN (SELECT value FROM json_each(:among)))
            ORDER BY coalesce((SELECT max(k.checked_at) FROM checks k WHERE k.article_id = a.id), ''), a.id
            LIMIT :limit"""
        chosen = None if among is None else json.dumps(sorted(among))
        rows = self.db.query(sql, {"among": chosen, "limit": -1 if limit is None else limit})
        return [
            Visit(
                row["for_article"],
                row["for_url"],
                row["for_title"],
                capture_from(row) if row["id"] is not None else None,
            )
            for row in rows
        ]

    def dates(self, article_id: int) -> Dates:
        """When an article's page was seen alive, and since when it is dead."""
        seen = [row for row in self.db.query(_SIGHTINGS, {"id": article_id}) if row["life"]]
        alive = [number for number, row in enumerate(seen) if row["life"] == Life.ALIVE]
        dead = seen[alive[-1] + 1 :] if alive else seen
        return Dates(
            first_alive=moment(seen[alive[0]]["at"]) if alive else None,
            last_alive=moment(seen[alive[-1]]["at"]) if alive else None,
            dead_since=moment(dead[0]["at"]) if dead else None,
        )
