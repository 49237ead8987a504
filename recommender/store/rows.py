"""Rows to dataclasses and back: dates as ISO text, times in UTC to the second."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from recommender.models import (
    Article,
    Kind,
    Method,
    Record,
    Reference,
    State,
    StoredCapture,
    StoredLink,
    StoredSeed,
    Via,
)
from recommender.store.connection import Database

Row = dict[str, Any]


def insert(db: Database, table: str, row: Mapping[str, Any]) -> int:
    """Insert one row and give its id. One statement: the library's own way asks the schema anew for each row."""
    names, marks = ", ".join(row), ", ".join(f":{name}" for name in row)
    cursor = db.conn.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", dict(row))
    return int(cursor.lastrowid or 0)


def update(db: Database, table: str, row_id: int, row: Mapping[str, Any]) -> None:
    """Change columns of one row."""
    changes = ", ".join(f"{name} = :{name}" for name in row)
    db.conn.execute(f"UPDATE {table} SET {changes} WHERE id = :row_id", {**row, "row_id": row_id})


def stamp(moment: datetime) -> str:
    """A time as stored: ISO 8601, UTC, seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text: str | None) -> datetime | None:
    """The time that `stamp` wrote."""
    return datetime.fromisoformat(text) if text else None


def day(text: str | None) -> date | None:
    """A stored ISO date."""
    return date.fromisoformat(text) if text else None


def text_digest(article: Article) -> str:
    """Sixteen hex digits that change when the title or the text does (BLAKE2b)."""
    joined = f"{article.title}\n\n{article.text}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(joined, digest_size=8).hexdigest()


def article_from(row: Row) -> Article:
    """An article from a row of `articles` joined with its text."""
    return Article(
        url=row["url"],
        title=row["title"],
        text=row["text"],
        authors=row["authors"],
        outlet=row["outlet"],
        published=day(row["published"]),
        canonical_url=row["canonical_url"],
        language=row["language"],
        id=row["id"],
        external_id=row["external_id"],
        copy_of=row["copy_of"],
    )


def capture_from(row: Row) -> StoredCapture:
    """A capture from a row of `captures`."""
    return StoredCapture(
        id=row["id"],
        url=row["url"],
        final_url=row["final_url"],
        article_id=row["article_id"],
        captured_at=datetime.fromisoformat(row["captured_at"]),
        fetched_at=datetime.fromisoformat(row["fetched_at"]),
        via=Via(row["via"]),
        status=row["status"],
        verdict=row["verdict"],
        etag=row["etag"],
        last_modified=row["last_modified"],
        record=Record(row["warc_file"], row["warc_offset"], row["warc_length"], row["digest"]),
        size=row["size"],
        source_url=row["source_url"],
        content_type=row["content_type"],
        rule=row["rule"],
        refers_to=row["refers_to"],
        title=row["title"],
        words=row["words"],
        text_digest=row["text_digest"],
    )


def seed_from(row: Row) -> StoredSeed:
    """A seed from a row of `seeds`."""
    return StoredSeed(
        id=row["id"],
        key=row["key"],
        title=row["title"],
        author=row["author"],
        outlet=row["outlet"],
        published=day(row["published"]),
        url=row["url"],
        source=row["source"],
        article_id=row["article_id"],
        state=State(row["state"]),
        reason=row["reason"],
    )


def link_from(row: Row) -> StoredLink:
    """A link from a row of `links` joined with `via` and `captured_at` of its capture."""
    reference = Reference(
        title=row["title"],
        url=row["url"],
        author=row["author"],
        kind=Kind(row["kind"]),
        heading=row["heading"],
        published=day(row["published"]),
    )
    return StoredLink(
        id=row["id"],
        seed_id=row["seed_id"],
        position=row["position"],
        reference=reference,
        method=Method(row["resolved_by"]),
        confidence=row["confidence"],
        state=State(row["state"]),
        reason=row["reason"],
        attempts=row["attempts"],
        article_id=row["article_id"],
        capture_id=row["capture_id"],
        duplicate_of=row["duplicate_of"],
        via=Via(row["via"]) if row["via"] else None,
        captured_at=moment(row["captured_at"]),
    )
