"""Pages submitted to the web archive, and what became of each: a row a submission, brought up to date while open."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from recommender.store.connection import Database
from recommender.store.rows import Row, insert, stamp


class SaveState(StrEnum):
    """Where a submission stands."""

    SUBMITTED = "submitted"  # the web archive took it; nobody has seen a copy yet
    ARCHIVED = "archived"  # its copy was seen
    FAILED = "failed"  # it will not be had; named again, it is tried again
    PENDING = "pending"  # not now; the next run submits it


OPEN = (SaveState.SUBMITTED, SaveState.PENDING)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One page to be saved."""

    url: str
    article_id: int | None = None  # None: a page that is not archived here


@dataclass(frozen=True, slots=True)
class StoredSave:
    """One row of `saves`."""

    id: int
    article_id: int | None
    url: str
    job_id: str | None
    state: SaveState
    reason: str | None
    memento_url: str | None
    submitted_at: datetime  # where it was never submitted: since when it is wanted
    updated_at: datetime


class Saves:
    """Reads and writes of `saves`. Writers call it inside `Store.transaction()`."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def add(self, wanted: Wanted, state: SaveState, reason: str | None, now: datetime) -> int:
        """Insert a row, and give its id."""
        row = {
            "article_id": wanted.article_id,
            "url": wanted.url,
            "state": state,
            "reason": reason,
            "submitted_at": stamp(now),
            "updated_at": stamp(now),
        }
        return insert(self.db, "saves", row)

    def submitted(self, save_id: int, job_id: str, reason: str, now: datetime) -> None:
        """Note that the web archive took it, and under which job."""
        row = {
            "state": SaveState.SUBMITTED,
            "job_id": job_id,
            "reason": reason,
            "submitted_at": stamp(now),
            "updated_at": stamp(now),
        }
        self.db.table("saves").update(save_id, row)

    def settle(
        self,
        save_id: int,
        state: SaveState,
        reason: str | None,
        now: datetime,
        memento_url: str | None = None,
    ) -> None:
        """Note how it stands. Whatever is no longer submitted has no job."""
        row: dict[str, object] = {"state": state, "reason": reason, "updated_at": stamp(now)}
        if state is not SaveState.SUBMITTED:
            row["job_id"] = None
        if memento_url:
            row["memento_url"] = memento_url
        self.db.table("saves").update(save_id, row)

    def open(self) -> list[StoredSave]:
        """What is submitted or pending, oldest first."""
        sql = "SELECT * FROM saves WHERE state IN (?, ?) ORDER BY submitted_at, id"
        return [save_from(row) for row in self.db.query(sql, list(OPEN))]

    def many(self, save_ids: Iterable[int]) -> list[StoredSave]:
        """These rows, in the order of their ids."""
        sql = "SELECT * FROM saves WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"
        return [save_from(row) for row in self.db.query(sql, [json.dumps(sorted(set(save_ids)))])]

    def archived_since(self, wanted: Wanted, moment: datetime) -> StoredSave | None:
        """The newest submission of this page that was archived, and submitted after a moment."""
        sql = """
            SELECT * FROM saves WHERE state = ? AND submitted_at >= ? AND (url = ? OR article_id = ?)
            ORDER BY id DESC LIMIT 1"""
        rows = self.db.query(sql, [SaveState.ARCHIVED, stamp(moment), wanted.url, wanted.article_id])
        return next(map(save_from, rows), None)

    def wanted(self) -> list[Wanted]:
        """Articles whose live page was seen alive and of which no copy in a web archive is known.

        Those that were submitted before are left out (an open one is followed up, a failed one waits to be
        named), and those that the last check found gone.
        """
        sql = """
            SELECT a.id, a.url FROM articles a
            WHERE a.url LIKE 'http%'
              AND EXISTS (SELECT 1 FROM captures c WHERE c.article_id = a.id AND c.via = 'live'
                          AND c.verdict IN ('ok', 'unchanged'))
              AND NOT EXISTS (SELECT 1 FROM captures c WHERE c.article_id = a.id AND c.via = 'wayback'
                              AND c.verdict IN ('ok', 'unchanged'))
              AND NOT EXISTS (SELECT 1 FROM saves s WHERE s.article_id = a.id)
              AND coalesce((SELECT k.state FROM checks k WHERE k.article_id = a.id AND k.state != 'unknown'
                            ORDER BY k.id DESC LIMIT 1), '') != 'gone'
            ORDER BY a.id"""
        return [Wanted(row["url"], row["id"]) for row in self.db.query(sql)]


def save_from(row: Row) -> StoredSave:
    """A submission from a row of `saves`."""
    return StoredSave(
        id=row["id"],
        article_id=row["article_id"],
        url=row["url"],
        job_id=row["job_id"],
        state=SaveState(row["state"]),
        reason=row["reason"],
        memento_url=row["memento_url"],
        submitted_at=datetime.fromisoformat(row["submitted_at"]),
        updated_at=datetime.fromisoformat(row["updated_at"]),
    )
