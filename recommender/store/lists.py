"""Seeds and their links: what was discovered, and what became of each.

Every writer notes its event in the journal, in words that mean the same in a database made anew: a seed by its
key, a link by its seed and position, a capture by its place in the WARCs. `replay` does an event again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from recommender.models import Counts, Kind, Method, Reference, Seed, State, StoredLink, StoredSeed
from recommender.store.connection import Database
from recommender.store.journal import Journal
from recommender.store.rows import insert, link_from, seed_from, stamp, update

if TYPE_CHECKING:
    from recommender.claim_models import WrittenClaim

_LINK = "SELECT l.*, c.via, c.captured_at FROM links l LEFT JOIN captures c ON c.id = l.capture_id"
LEFT = (State.PENDING, State.FAILED, State.SKIPPED)  # what a later run tries again


def identity(reference: Reference, url_key: str | None) -> str:
    """What makes a reference the same one next time: its title and author, else its address."""
    words = " ".join(f"{reference.author or ''} {reference.title}".casefold().split())
    return f"{words}|{url_key or ''}"


class Lists:
    """Reads and writes of seeds and links. Writers call it inside `Store.transaction()`."""

    def __init__(self, db: Database, journal: Journal) -> None:
        self.db = db
        self._journal = journal

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
            facts = {name: value for name, value in facts.items() if value is not None}
            changed = facts != self._facts(seed.key, facts)
            if changed:
                update(self.db, "seeds", known.id, facts)
        else:
            changed = True
            new = facts | {"key": seed.key, "state": State.PENDING, "added_at": stamp(now)}
            insert(self.db, "seeds", new)
        if changed:
            self._journal.note({"do": "save", "seed": seed.key, "at": now.isoformat(), **facts})
        saved = self.by_key(seed.key)
        assert saved is not None  # noqa: S101 - it was there, or was written some lines above
        if seed.claims is not None:
            self.set_claims(saved.id, seed.claims)
        return saved

    def set_page(self, seed_id: int, state: State, reason: str | None, capture_id: int | None) -> None:
        """Note what became of the seed's own page. An article it had stays unless a new capture is given."""
        row: dict[str, object] = {"state": state, "reason": reason}
        if capture_id is not None:
            row["article_id"] = self._article_of(capture_id)
        if row == self._facts(self._key(seed_id), row):
            return
        update(self.db, "seeds", seed_id, row)
        self._journal.note(
            {"do": "page", "seed": self._key(seed_id), "state": state, "reason": reason,
             "capture": self._place(capture_id)}
        )  # fmt: skip

    def claims(self, seed_id: int) -> tuple[WrittenClaim, ...]:
        """What the seed file says of claims, in its order."""
        from recommender.claim_models import WrittenClaim

        sql = "SELECT text, off, opposite FROM seed_claims WHERE seed_id = ? ORDER BY position"
        rows = self.db.execute(sql, [seed_id])
        return tuple(WrittenClaim(text, bool(off), opposite) for text, off, opposite in rows)

    def set_claims(self, seed_id: int, claims: Sequence[WrittenClaim]) -> None:
        """Put these in the place of what a seed file said of claims."""
        if tuple(claims) == self.claims(seed_id):
            return
        self.db.execute("DELETE FROM seed_claims WHERE seed_id = ?", [seed_id])
        for position, claim in enumerate(claims, 1):
            insert(self.db, "seed_claims", {"seed_id": seed_id, "position": position, **asdict(claim)})
        said = [[claim.text, claim.off, claim.opposite] for claim in claims]
        self._journal.note({"do": "claims", "seed": self._key(seed_id), "claims": said})

    def by_key(self, key: str) -> StoredSeed | None:
        """The seed of that key."""
        rows = list(self.db.query("SELECT * FROM seeds WHERE key = ?", [key]))
        return seed_from(rows[0]) if rows else None

    def by_url(self, url: str) -> StoredSeed | None:
        """The seed whose page is at that address."""
        return next(map(seed_from, self.db.query("SELECT * FROM seeds WHERE url = ? LIMIT 1", [url])), None)

    def all(self) -> list[StoredSeed]:
        """Every seed, oldest first."""
        return [seed_from(row) for row in self.db.query("SELECT * FROM seeds ORDER BY id")]

    def discover(
        self, seed_id: int, references: Sequence[Reference], keys: Sequence[str | None], now: datetime
    ) -> None:
        """Insert the references that are new, as pending, behind those already there."""
        added: list[dict[str, object]] = []
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
            insert(self.db, "links", row)
            facts = ("title", "author", "kind", "heading", "published", "url")
            added.append({name: row[name] for name in facts} | {"key": key})
        if added:
            self._journal.note(
                {"do": "discover", "seed": self._key(seed_id), "at": now.isoformat(), "references": added}
            )

    def links(self, seed_id: int) -> list[StoredLink]:
        """A seed's references, in the order of the list."""
        sql = f"{_LINK} WHERE l.seed_id = ? ORDER BY l.position"
        return [link_from(row) for row in self.db.query(sql, [seed_id])]

    def link(self, link_id: int) -> StoredLink | None:
        """The reference of that id."""
        return next(map(link_from, self.db.query(f"{_LINK} WHERE l.id = ?", [link_id])), None)

    def fate(self, url: str, since: datetime) -> StoredLink | None:
        """What a run has found of an address lately, on whichever list."""
        sql = f"{_LINK} WHERE l.url = ? AND l.updated_at >= ? AND l.state != 'pending' AND l.attempts > 0"
        rows = self.db.query(f"{sql} ORDER BY l.updated_at DESC LIMIT 1", [url, stamp(since)])
        return next(map(link_from, rows), None)

    def resolve(self, link_id: int, url: str, method: Method, confidence: float, now: datetime) -> None:
        """Note where a reference points and how that was found."""
        row = {"url": url, "resolved_by": method, "confidence": confidence}
        update(self.db, "links", link_id, {**row, "updated_at": stamp(now)})
        self._journal.note({"do": "resolve", **self._named(link_id), "at": now.isoformat(), **row})

    def settle(
        self,
        link_id: int,
        state: State,
        reason: str | None,
        now: datetime,
        *,
        capture_id: int | None = None,
        duplicate_of: int | None = None,
    ) -> None:
        """Note what became of a reference. An article and capture it had are kept unless a new one is given."""
        row: dict[str, object] = {"state": state, "reason": reason, "updated_at": stamp(now)}
        if capture_id is not None:
            row |= {"article_id": self._article_of(capture_id), "capture_id": capture_id}
        row["duplicate_of"] = duplicate_of
        update(self.db, "links", link_id, row)
        self.db.execute("UPDATE links SET attempts = attempts + 1 WHERE id = ?", [link_id])
        self._journal.note(
            {"do": "settle", **self._named(link_id), "at": now.isoformat(), "state": state, "reason": reason,
             "capture": self._place(capture_id),
             "duplicate_of": self._named(duplicate_of)["link"] if duplicate_of else None}
        )  # fmt: skip

    def replay(self, event: Mapping[str, Any], *, late: bool = False) -> None:
        """Do again what an event says.

        Args:
            event: as the journal has it.
            late: other things may have happened since: what became of a link later stands.

        Raises:
            KeyError, ValueError, TypeError: the event does not make sense, or what it is about is not there.
        """
        seed = self.by_key(event["seed"])
        at = datetime.fromisoformat(event["at"]) if "at" in event else None
        if event["do"] == "save" and at:
            self.save(_seed(event), at)
        elif seed is None:
            raise KeyError(event["seed"])
        elif event["do"] == "claims":
            self.set_claims(seed.id, _written(event))
        elif event["do"] == "page":
            self.set_page(seed.id, State(event["state"]), event["reason"], self._capture_at(event["capture"]))
        elif event["do"] == "discover" and at:
            references = [_reference(row) for row in event["references"]]
            self.discover(seed.id, references, [row["key"] for row in event["references"]], at)
        elif event["do"] == "resolve" and at:
            link = self._link_at(seed.id, event["link"])
            self.resolve(link, event["url"], Method(event["resolved_by"]), float(event["confidence"]), at)
        elif event["do"] == "settle" and at:
            original, link_id = event["duplicate_of"], self._link_at(seed.id, event["link"])
            known = self.db.execute("SELECT updated_at FROM links WHERE id = ?", [link_id]).fetchone()
            if late and known[0] > stamp(at):
                return
            self.settle(
                link_id, State(event["state"]), event["reason"], at,
                capture_id=self._capture_at(event["capture"]),
                duplicate_of=self._link_at(seed.id, original) if original else None,
            )  # fmt: skip
        else:
            raise ValueError(event["do"])

    def counts(self, seed_ids: Sequence[int]) -> Counts:
        """The account over these seeds' references."""
        sql = "SELECT state, count(*) FROM links WHERE seed_id IN (SELECT value FROM json_each(?)) GROUP BY state"
        found = dict(self.db.execute(sql, [json.dumps(list(seed_ids))]).fetchall())
        return Counts(
            discovered=sum(found.values()), **{state.value: found.get(state.value, 0) for state in State}
        )

    # How the journal names things

    def _facts(self, key: str, names: Iterable[str]) -> dict[str, Any]:
        row = next(iter(self.db.query("SELECT * FROM seeds WHERE key = ?", [key])))
        return {name: row[name] for name in names}

    def _key(self, seed_id: int) -> str:
        return str(self.db.execute("SELECT key FROM seeds WHERE id = ?", [seed_id]).fetchone()[0])

    def _named(self, link_id: int) -> dict[str, object]:
        sql = "SELECT s.key, l.position FROM links l JOIN seeds s ON s.id = l.seed_id WHERE l.id = ?"
        key, position = self.db.execute(sql, [link_id]).fetchone()
        return {"seed": key, "link": position}

    def _place(self, capture_id: int | None) -> str | None:
        sql = "SELECT warc_file || ':' || warc_offset FROM captures WHERE id = ?"
        return str(self.db.execute(sql, [capture_id]).fetchone()[0]) if capture_id else None

    def _article_of(self, capture_id: int) -> int | None:
        row = self.db.execute("SELECT article_id FROM captures WHERE id = ?", [capture_id]).fetchone()
        return row[0] if row else None

    def _link_at(self, seed_id: int, position: int) -> int:
        sql = "SELECT id FROM links WHERE seed_id = ? AND position = ?"
        row = self.db.execute(sql, [seed_id, position]).fetchone()
        if row is None:
            raise KeyError(position)
        return int(row[0])

    def _capture_at(self, place: str | None) -> int | None:
        if place is None:
            return None
        file, _, offset = place.rpartition(":")
        sql = "SELECT id FROM captures WHERE warc_file = ? AND warc_offset = ?"
        row = self.db.execute(sql, [file, int(offset)]).fetchone()
        if row is None:
            raise KeyError(place)
        return int(row[0])


def _seed(event: Mapping[str, Any]) -> Seed:
    return Seed(
        key=event["seed"],
        title=event["title"],
        source=event["source"],
        author=event.get("author"),
        outlet=event.get("outlet"),
        published=_day(event.get("published")),
        url=event.get("url"),
    )


def _written(event: Mapping[str, Any]) -> list[WrittenClaim]:
    from recommender.claim_models import WrittenClaim

    return [WrittenClaim(str(text), bool(off), *map(str, rest)) for text, off, *rest in event["claims"]]


def _reference(row: Mapping[str, Any]) -> Reference:
    return Reference(
        title=row["title"],
        url=row["url"],
        author=row["author"],
        kind=Kind(row["kind"]),
        heading=row["heading"],
        published=_day(row["published"]),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
