"""Seeds and their links: what was discovered, and what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlite_utils import Database

from recommender.models import Counts, Method, Reference, Seed, State, StoredLink, StoredSeed
from recommender.store.rows import link_from, seed_from, stamp

_LINK = "SELECT l.*, c.via, c.captured_at FROM links l LEFT JOIN captures c ON c.id = l.capture_id"
LEFT = (State.PENDING, State.FAILED, State.SKIPPED)  # what a later run tries again


def identity(reference: Reference, url_key: str | None) -> str:
    """What makes a reference the same one next time: its title and author, else its address."""
    words = " ".join(f"{reference.author or ''} {reference.title}".casefold().split())
    return f"{words}|{url_key or ''}"


class Lists:
    """Reads and writes of seeds and links. Writers call it inside `Store.transaction()`."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def save(self, seed: Seed, now: datetime) -> StoredSeed:
        """Insert a seed, or bring its facts up to date; what became of its page stays."""
        facts = {
            "title": seed.title,
            "author": seed.author,
            "outlet": seed.outlet,
            "published": seed.published.isoformat() if seed.published else None,
            "url": seed.url,
            "source": seed.source,
        }
        known = self.by_key(seed.key)
        if known:
            kept = {name: value for name, value in facts.items() if value is not None}
            self.db.table("seeds").update(known.id, kept)
        else:
            new = facts | {"key": seed.key, "state": State.PENDING, "added_at": stamp(now)}
            self.db.table("seeds").insert(new)
        saved = self.by_key(seed.key)
        assert saved is not None  # noqa: S101 - written three lines above
        return saved

    def set_page(self, seed_id: int, state: State, reason: str | None, article_id: int | None) -> None:
        """Note what became of the seed's own page."""
        row = {"state": state, "reason": reason, "article_id": article_id}
        self.db.table("seeds").update(seed_id, row)

    def by_key(self, key: str) -> StoredSeed | None:
        """The seed of that key."""
        rows = list(self.db.query("SELECT * FROM seeds WHERE key = ?", [key]))
        return seed_from(rows[0]) if rows else None

    def all(self) -> list[StoredSeed]:
        """Every seed, oldest first."""
        return [seed_from(row) for row in self.db.query("SELECT * FROM seeds ORDER BY id")]

    def discover(
        self, seed_id: int, references: Sequence[Reference], keys: Sequence[str | None], now: datetime
    ) -> None:
        """Insert the references that are new, as pending, behind those already there."""
        highest = self.db.execute("SELECT max(position) FROM links WHERE seed_id = ?", [seed_id]).fetchone()[
            0
        ]
        position = int(highest or 0)
        known = {
            row["identity"]
            for row in self.db.query("SELECT identity FROM links WHERE seed_id = ?", [seed_id])
        }
        for reference, key in zip(references, keys, strict=True):
            name = identity(reference, key)
            if name in known:
                continue
            known.add(name)
            position += 1
            row = {
                "seed_id": seed_id,
                "position": position,
                "title": reference.title,
                "author": reference.author,
                "kind": reference.kind,
                "heading": reference.heading,
                "published": reference.published.isoformat() if reference.published else None,
                "url": reference.url,
                "identity": name,
                "resolved_by": Method.NONE,
                "confidence": 0.0,
                "state": State.PENDING,
                "updated_at": stamp(now),
            }
            self.db.table("links").insert(row)

    def links(self, seed_id: int) -> list[StoredLink]:
        """A seed's references, in the order of the list."""
        sql = f"{_LINK} WHERE l.seed_id = ? ORDER BY l.position"
        return [link_from(row) for row in self.db.query(sql, [seed_id])]

    def resolve(self, link_id: int, url: str, method: Method, confidence: float, now: datetime) -> None:
        """Note where a reference points and how that was found."""
        row = {"url": url, "resolved_by": method, "confidence": confidence, "updated_at": stamp(now)}
        self.db.table("links").update(link_id, row)

    def settle(
        self,
        link_id: int,
        state: State,
        reason: str | None,
        now: datetime,
        *,
        article_id: int | None = None,
        capture_id: int | None = None,
        duplicate_of: int | None = None,
    ) -> None:
        """Note what became of a reference. An article or capture it had is kept unless a new one is given."""
        row: dict[str, object] = {"state": state, "reason": reason, "updated_at": stamp(now)}
        if article_id is not None:
            row["article_id"] = article_id
        if capture_id is not None:
            row["capture_id"] = capture_id
        row["duplicate_of"] = duplicate_of
        self.db.table("links").update(link_id, row)
        self.db.execute("UPDATE links SET attempts = attempts + 1 WHERE id = ?", [link_id])

    def counts(self, seed_ids: Sequence[int]) -> Counts:
        """The account over these seeds' references."""
        states = [link.state for seed_id in seed_ids for link in self.links(seed_id)]
        return Counts(discovered=len(states), **{state.value: states.count(state) for state in State})
