"""Articles, their texts, the addresses they go by, and their captures."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import date, datetime

from recommender.models import Article, Capture, Change, Record, StoredCapture, Via
from recommender.sites import host_of
from recommender.store.connection import Database
from recommender.store.http_heads import clean_value
from recommender.store.rows import article_from, capture_from, insert, stamp, text_digest, update

_ARTICLE = "SELECT a.*, t.text FROM articles a JOIN article_texts t ON t.id = a.id"


class Library:
    """Reads and writes of articles and captures. Writers call it inside `Store.transaction()`."""

    def __init__(self, db: Database) -> None:
        self.db = db

    # Articles

    def add(self, article: Article, *, origin: Via, now: datetime, fingerprint: str | None = None) -> int:
        """Insert an article with its text, and give its id."""
        row = self._columns(article, origin, now, fingerprint)
        row |= {"copy_of": article.copy_of, "added_at": stamp(now)}
        row |= {"host": host_of(article.url or ""), "canonical_host": host_of(article.canonical_url or "")}
        article_id = insert(self.db, "articles", row)
        self._write_text(article_id, article)
        return article_id

    def replace(
        self, article_id: int, article: Article, *, origin: Via, now: datetime, fingerprint: str | None = None
    ) -> None:
        """Put a better copy's text and facts in the place of an article's; whose copy it is stays."""
        update(self.db, "articles", article_id, self._columns(article, origin, now, fingerprint))
        self._write_text(article_id, article)

    def get(self, article_id: int) -> Article | None:
        """The article of that id, with its text."""
        rows = list(self.db.query(f"{_ARTICLE} WHERE a.id = ?", [article_id]))
        return article_from(rows[0]) if rows else None

    def many(self, article_ids: Iterable[int]) -> dict[int, Article]:
        """The articles of these ids, with their texts."""
        return {a.id: a for a in self.documents(article_ids) if a.id is not None}

    def documents(self, article_ids: Iterable[int] | None = None) -> Iterator[Article]:
        """Every article, or these, in the order of their ids."""
        if article_ids is None:
            yield from (article_from(row) for row in self.db.query(f"{_ARTICLE} ORDER BY a.id"))
            return
        sql = f"{_ARTICLE} WHERE a.id IN (SELECT value FROM json_each(?)) ORDER BY a.id"
        ids = json.dumps(sorted(set(article_ids)))
        yield from (article_from(row) for row in self.db.query(sql, [ids]))

    def facts(self, article_ids: Iterable[int] | None = None) -> Iterator[Article]:
        """Id, addresses, outlet and date of every article, or of these, in the order of their ids; no words."""
        sql, values = "SELECT id, url, canonical_url, outlet, published, copy_of FROM articles", []
        if article_ids is not None:
            sql += " WHERE id IN (SELECT value FROM json_each(?))"
            values.append(json.dumps(sorted(set(article_ids))))
        for number, url, canonical, outlet, day, first in self.db.execute(f"{sql} ORDER BY id", values):
            published = date.fromisoformat(day) if day else None
            yield Article(
                url,
                "",
                "",
                outlet=outlet,
                published=published,
                canonical_url=canonical,
                id=number,
                copy_of=first,
            )

    def headlines(self, article_ids: Iterable[int]) -> dict[int, Article]:
        """Title, authors and outlet of these articles, by id; no words."""
        sql = "SELECT id, title, authors, outlet FROM articles WHERE id IN (SELECT value FROM json_each(?))"
        rows = self.db.execute(sql, [json.dumps(sorted(set(article_ids)))])
        return {row[0]: Article(None, row[1], "", authors=row[2], outlet=row[3], id=row[0]) for row in rows}

    def digests(self, article_ids: Iterable[int] | None = None) -> dict[int, str]:
        """The text digest of every article that is nobody's copy, or of those of these, by id."""
        sql, values = "SELECT id, digest FROM articles WHERE copy_of IS NULL", []
        if article_ids is not None:
            sql += " AND id IN (SELECT value FROM json_each(?))"
            values = [json.dumps(sorted(article_ids))]
        return dict(self.db.execute(sql, values).fetchall())

    def last_change(self) -> tuple[int, int]:
        """Number and mark of the last change of any article's title, text or existence."""
        sql = "SELECT number, mark FROM article_changes ORDER BY number DESC LIMIT 1"
        number, mark = self.db.execute(sql).fetchone()
        return int(number), int(mark)

    def changed_since(self, change: tuple[int, int]) -> set[int] | None:
        """The ids of articles added, changed or gone after that change; None where it is none of this database's."""
        sql = "SELECT 1 FROM article_changes WHERE number = ? AND mark = ?"
        if not self.db.execute(sql, change).fetchone():
            return None
        sql = "SELECT DISTINCT article_id FROM article_changes WHERE number > ?"
        return {row[0] for row in self.db.execute(sql, change[:1])}

    def ids(self) -> list[int]:
        """The id of every article."""
        return [row[0] for row in self.db.execute("SELECT id FROM articles ORDER BY id")]

    def firsts(self, article_ids: Iterable[int]) -> set[int]:
        """The articles that these are copies of; themselves where they are nobody's."""
        sql = "SELECT coalesce(copy_of, id) FROM articles WHERE id IN (SELECT value FROM json_each(?))"
        return {row[0] for row in self.db.execute(sql, [json.dumps(sorted(set(article_ids)))])}

    def count(self) -> int:
        """How many articles there are."""
        return int(self.db.execute("SELECT count(*) FROM articles").fetchone()[0])

    # Finding

    def by_key(self, url_key: str) -> int | None:
        """The id of the article that goes by this address."""
        return self._one("SELECT article_id FROM urls WHERE url_key = ?", url_key)

    def by_digest(self, digest: str) -> int | None:
        """The id of the first article with this very title and text."""
        return self._one("SELECT id FROM articles WHERE digest = ? ORDER BY id", digest)

    def by_external_id(self, external_id: str) -> int | None:
        """The id of the article a researcher knows by this name."""
        return self._one("SELECT id FROM articles WHERE external_id = ? ORDER BY id", external_id)

    def external_id(self, article_id: int) -> str | None:
        """The name a researcher knows an article by, if it came with one."""
        row = self.db.execute("SELECT external_id FROM articles WHERE id = ?", [article_id]).fetchone()
        return str(row[0]) if row and row[0] is not None else None

    def fingerprints(self) -> Iterator[tuple[int, str]]:
        """Id and fingerprint of every article that has one, in the order of their ids."""
        sql = "SELECT id, fingerprint FROM articles WHERE fingerprint IS NOT NULL ORDER BY id"
        yield from self.db.execute(sql)

    # Copies

    def origin(self, article_id: int) -> Via | None:
        """Where an article came from first; None where there is none of that id."""
        row = self.db.execute("SELECT origin FROM articles WHERE id = ?", [article_id]).fetchone()
        return Via(row[0]) if row else None

    def first_copy(self, article_id: int) -> int:
        """The article that this one is a copy of; itself where it is nobody's."""
        return next(iter(self.firsts([article_id])), article_id)

    def count_copies(self) -> int:
        """How many articles are near copies of others."""
        return int(self.db.execute("SELECT count(*) FROM articles WHERE copy_of IS NOT NULL").fetchone()[0])

    def copies(self, firsts: Iterable[int]) -> dict[int, list[int]]:
        """The ids of the copies of these articles, by whose they are; only of those that have any."""
        sql = "SELECT copy_of, id FROM articles WHERE copy_of IN (SELECT value FROM json_each(?)) ORDER BY id"
        found: dict[int, list[int]] = {}
        for first, article_id in self.db.execute(sql, [json.dumps(sorted(set(firsts)))]):
            found.setdefault(first, []).append(article_id)
        return found

    def addresses(self, article_ids: Iterable[int]) -> dict[int, list[str]]:
        """The addresses at which good copies of these articles were found, by article, first one first."""
        sql = """
            SELECT article_id, final_url FROM captures
            WHERE article_id IN (SELECT value FROM json_each(?)) AND verdict = 'ok' AND via != 'text'
            ORDER BY id"""
        found: dict[int, list[str]] = {}
        for article_id, url in self.db.execute(sql, [json.dumps(sorted(set(article_ids)))]):
            if url not in found.setdefault(article_id, []):
                found[article_id].append(url)
        return found

    def data_version(self) -> int:
        """A number that changes when another connection has written (SQLite's own)."""
        return int(self.db.execute("PRAGMA data_version").fetchone()[0])

    def name(self, url_key: str, url: str, article_id: int) -> None:
        """Let an article go by this address too. The first article to claim an address keeps it."""
        sql = "INSERT OR IGNORE INTO urls (url_key, url, article_id) VALUES (?, ?, ?)"
        self.db.conn.execute(sql, [url_key, url, article_id])

    # Captures

    def add_capture(
        self,
        capture: Capture,
        record: Record,
        *,
        article_id: int | None,
        version: Article | None = None,
        same_as: StoredCapture | None = None,
    ) -> int:
        """Insert a capture whose record is in the WARC already, and give its id.

        Args:
            capture: with its verdict.
            record: where it lies.
            article_id: the article it is a copy of.
            version: what this copy says, where it could be read.
            same_as: the earlier capture with the same bytes.
        """
        headers: dict[str, str | None] = {name.lower(): clean_value(value) for name, value in capture.headers}
        unmodified = capture.status == 304
        if unmodified and same_as:  # what is known of the bytes that it speaks of
            known = {"content-type": same_as.content_type, "etag": same_as.etag}
            headers = {**known, "last-modified": same_as.last_modified}
        row = {
            "url": capture.url,
            "final_url": capture.final_url,
            "article_id": article_id,
            "captured_at": stamp(capture.captured_at),
            "fetched_at": stamp(capture.fetched_at),
            "via": capture.via,
            "source_url": capture.source_url,
            "status": capture.status,
            "content_type": headers.get("content-type"),
            "size": same_as.size if same_as and not unmodified else len(capture.body),
            "verdict": capture.verdict,
            "rule": capture.rule,
            "refers_to": same_as.id if same_as else None,
            "etag": headers.get("etag"),
            "last_modified": headers.get("last-modified"),
            "title": version.title if version else None,
            "words": len(version.text.split()) if version else None,
            "text_digest": text_digest(version) if version else None,
            "digest": record.digest,
            "warc_file": record.file,
            "warc_offset": record.offset,
            "warc_length": record.length,
        }
        return insert(self.db, "captures", row)

    def earlier(self, url: str, digest: str, status: int) -> StoredCapture | None:
        """The first capture of an address with this payload and status."""
        rows = self.db.query(
            "SELECT * FROM captures WHERE url = ? AND digest = ? AND status = ? AND refers_to IS NULL "
            "ORDER BY id LIMIT 1",
            [url, digest, status],
        )
        return next(map(capture_from, rows), None)

    def moment(self, url: str, digest: str, captured_at: datetime) -> StoredCapture | None:
        """The capture of an address with this payload at that second."""
        sql = "SELECT * FROM captures WHERE url = ? AND digest = ? AND captured_at = ? LIMIT 1"
        return next(map(capture_from, self.db.query(sql, [url, digest, stamp(captured_at)])), None)

    def at(self, file: str, offset: int) -> StoredCapture | None:
        """The capture at a place in the WARCs."""
        rows = self.db.query("SELECT * FROM captures WHERE warc_file = ? AND warc_offset = ?", [file, offset])
        return next(map(capture_from, rows), None)

    def add_change(
        self, article_id: int, before: int, after: int, change: Change, changed_at: datetime
    ) -> None:
        """Insert what a newsroom changed between two captures of an article."""
        row = {
            "article_id": article_id,
            "from_capture_id": before,
            "to_capture_id": after,
            "changed_at": stamp(changed_at),
            **asdict(change),
        }
        insert(self.db, "changes", row)

    def set_best(self, article_id: int, capture_id: int) -> None:
        """Point an article at its best capture."""
        update(self.db, "articles", article_id, {"best_capture_id": capture_id})

    def best_capture(self, article_id: int) -> StoredCapture | None:
        """The capture an article was made from; None for imports."""
        sql = "SELECT c.* FROM captures c JOIN articles a ON a.best_capture_id = c.id WHERE a.id = ?"
        return self._capture(sql, article_id)

    def capture(self, capture_id: int) -> StoredCapture | None:
        """The capture of that id."""
        return self._capture("SELECT * FROM captures WHERE id = ?", capture_id)

    def page_capture(self, url: str) -> StoredCapture | None:
        """The newest good capture of exactly this address."""
        sql = "SELECT * FROM captures WHERE url = ? AND verdict = 'ok' AND via != 'text' ORDER BY id DESC LIMIT 1"
        return self._capture(sql, url)

    def captures(self) -> Iterator[StoredCapture]:
        """Every capture, oldest first."""
        yield from (capture_from(row) for row in self.db.query("SELECT * FROM captures ORDER BY id"))

    def history(self, article_id: int) -> list[StoredCapture]:
        """Every capture of an article, oldest first; also those of its addresses from before it was one."""
        sql = """
            SELECT * FROM captures WHERE article_id = :id OR (
                article_id IS NULL AND url IN (SELECT url FROM urls WHERE article_id = :id))
            ORDER BY captured_at, id"""
        return [capture_from(row) for row in self.db.query(sql, {"id": article_id})]

    def _capture(self, sql: str, value: str | int) -> StoredCapture | None:
        rows = list(self.db.query(sql, [value]))
        return capture_from(rows[0]) if rows else None

    def _one(self, sql: str, value: str) -> int | None:
        row = self.db.execute(sql, [value]).fetchone()
        return int(row[0]) if row else None

    def _write_text(self, article_id: int, article: Article) -> None:
        self.db.conn.execute(
            "INSERT INTO article_texts (id, title, byline, text) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE "
            "SET title = excluded.title, byline = excluded.byline, text = excluded.text",
            [article_id, article.title, article.authors, article.text],
        )

    @staticmethod
    def _columns(
        article: Article, origin: Via, now: datetime, fingerprint: str | None
    ) -> dict[str, str | int | None]:
        return {
            "title": article.title,
            "authors": article.authors,
            "outlet": article.outlet,
            "published": article.published.isoformat() if article.published else None,
            "url": article.url,
            "canonical_url": article.canonical_url,
            "language": article.language,
            "words": len(article.text.split()),
            "origin": origin,
            "external_id": article.external_id,
            "digest": text_digest(article),
            "fingerprint": fingerprint,
            "updated_at": stamp(now),
        }
