"""What was worked out from the articles: stance profiles, positions, rankings; and the account of each run."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from recommender.models import Counts
from recommender.store.connection import Database
from recommender.store.rows import insert, stamp, update

if TYPE_CHECKING:
    from recommender.claim_models import AskedClaim


@dataclass(frozen=True, slots=True)
class RankingRow:
    """One row of `rankings`, its reasons already as JSON."""

    article_id: int
    rank: int
    topic: float
    stance: str
    agreement: float
    confidence: float
    blend: float
    listed: bool
    terms: str
    targets: str
    claims: str = "[]"
    reason: str | None = None  # why nothing can be told
    told_by: str | None = None  # what the verdict was told by
    model: str | None = None


class Results:
    """Reads and writes of derived tables. Writers call it inside `Store.transaction()`."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def profiles(self, article_ids: Iterable[int], model: str) -> dict[int, str]:
        """Kept profiles (JSON) of these articles by this model, where the text has not changed since."""
        sql = """
            SELECT p.article_id, p.profile FROM profiles p JOIN articles a ON a.id = p.article_id
            WHERE p.model = ? AND p.digest = a.digest AND p.article_id IN (SELECT value FROM json_each(?))"""
        rows = self.db.query(sql, [model, json.dumps(sorted(set(article_ids)))])
        return {row["article_id"]: row["profile"] for row in rows}

    def save_profile(self, article_id: int, model: str, profile: str) -> None:
        """Keep an article's profile beside the digest of the text it was made from."""
        self.db.execute(
            """INSERT OR REPLACE INTO profiles (article_id, model, digest, profile)
               SELECT id, ?, digest, ? FROM articles WHERE id = ?""",
            [model, profile, article_id],
        )

    def positions(
        self, article_ids: Iterable[int], claims: Iterable[AskedClaim], model: str
    ) -> dict[tuple[int, AskedClaim], str]:
        """Kept positions (JSON) of these articles on these claims, where the text has not changed since."""
        sql = """
            SELECT p.article_id, p.claim, p.opposite, p.position FROM positions p JOIN articles a ON a.id = p.article_id
            WHERE p.model = ? AND p.digest = a.digest AND p.article_id IN (SELECT value FROM json_each(?))
              AND (p.claim, p.opposite) IN
                  (SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?))"""
        among, wanted = json.dumps(sorted(set(article_ids))), json.dumps(sorted(set(claims)))
        rows = self.db.query(sql, [model, among, wanted])
        return {(row["article_id"], (row["claim"], row["opposite"])): row["position"] for row in rows}

    def save_positions(self, article_id: int, model: str, positions: Mapping[AskedClaim, str]) -> None:
        """Keep an article's positions by claim; those of another model or an older text go."""
        self.db.execute(
            """DELETE FROM positions WHERE article_id = ?1
               AND (model != ?2 OR digest != (SELECT digest FROM articles WHERE id = ?1))""",
            [article_id, model],
        )
        for (claim, opposite), position in positions.items():
            self.db.execute(
                """INSERT OR REPLACE INTO positions (article_id, claim, opposite, model, digest, position)
                   SELECT id, ?, ?, ?, digest, ? FROM articles WHERE id = ?""",
                [claim, opposite, model, position, article_id],
            )

    def save_rankings(self, seed_id: int, rows: Sequence[RankingRow], now: datetime) -> None:
        """Put these in the place of a seed's rankings."""
        self.db.execute("DELETE FROM rankings WHERE seed_id = ?", [seed_id])
        stamped = ({**asdict(row), "seed_id": seed_id, "computed_at": stamp(now)} for row in rows)
        self.db.table("rankings").insert_all(stamped)

    def start_run(self, now: datetime) -> int:
        """Note that a fetch began, and give the run's id."""
        return insert(self.db, "runs", {"started_at": stamp(now)})

    def finish_run(self, run_id: int, counts: Counts, now: datetime) -> None:
        """Note how a fetch ended."""
        update(self.db, "runs", run_id, {"finished_at": stamp(now), **asdict(counts)})
