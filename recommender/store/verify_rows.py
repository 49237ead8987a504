"""The tables' own soundness, read without writing a byte: not even SQLite's side files come into being.

SQLite's own checks ─► references ─► best copies ─► texts against their digests ─► Findings
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Self

from recommender.models import Article
from recommender.store.findings import Finding, Level
from recommender.store.rows import capture_from, text_digest
from recommender.store.verify_file import REBUILD, Row

BATCH = 500  # rows read at a time
SHOWN = 20  # findings of one kind; a broken index breaks thousands of rows in one way

# what is wrong -> the rows that are, as (id, more words)
_RULES = {
    "article {} points at capture {}, which is not a good one of it": """
        SELECT a.id, a.best_capture_id FROM articles a JOIN captures c ON c.id = a.best_capture_id
        WHERE c.verdict != 'ok' OR c.article_id IS NOT a.id""",
    "article {} has a good capture ({}) and points at none": """
        SELECT a.id, min(c.id) FROM articles a JOIN captures c ON c.article_id = a.id
        WHERE a.best_capture_id IS NULL AND c.verdict = 'ok' AND a.origin != 'import' GROUP BY a.id""",
    "article {} has no text{}": """
        SELECT a.id, '' FROM articles a LEFT JOIN article_texts t ON t.id = a.id WHERE t.id IS NULL""",
    "capture {} refers to capture {}, which has other bytes": """
        SELECT c.id, o.id FROM captures c JOIN captures o ON o.id = c.refers_to WHERE o.digest != c.digest""",
    "article {} can't be found by its words{}": """
        SELECT id, '' FROM article_texts WHERE id NOT IN (SELECT id FROM article_texts_fts_docsize)""",
    "the word index knows article {}, which is not there{}": """
        SELECT id, '' FROM article_texts_fts_docsize WHERE id NOT IN (SELECT id FROM article_texts)""",
}
_TEXTS = """
    SELECT a.id, a.title, a.digest, t.title AS own, t.text FROM articles a JOIN article_texts t ON t.id = a.id"""
_ROWS = """
    SELECT c.*, a.best_capture_id IS c.id AS best FROM captures c LEFT JOIN articles a ON a.id = c.article_id
    WHERE c.warc_file = ? AND c.warc_offset > ? ORDER BY c.warc_offset LIMIT ?"""


class Rows:
    """An archive's tables, for reading only.

    While nobody writes, there is no write-ahead log and the file is opened as one that can't change, because
    SQLite would put a log beside it otherwise. When a log appears, it is opened again, as one that can.

    Raises:
        sqlite3.Error: from any method; the database can't be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._log = path.with_name(f"{path.name}-wal")
        self._live = False
        self._connection: sqlite3.Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def file_names(self) -> set[str]:
        """Every WARC file the tables speak of."""
        return {
            row[0] for row in self._all("SELECT name FROM warc_files UNION SELECT warc_file FROM captures")
        }

    def applied(self, file: str) -> int:
        """How many bytes of a WARC file are in the tables."""
        rows = self._all("SELECT applied FROM warc_files WHERE name = ?", file)
        return int(rows[0][0]) if rows else 0

    def order(self) -> int:
        """The number of the last unit that is in the tables."""
        rows = self._all("SELECT value FROM counters WHERE name = 'journal'")
        return int(rows[0][0]) if rows else 0

    def of_file(self, file: str, before: int | None = None) -> Iterator[Row]:
        """A WARC file's rows, by offset, up to a byte."""
        after = -1
        while rows := self._all(_ROWS, file, after, BATCH):
            for row in rows:
                after = row["warc_offset"]
                if before is not None and after >= before:
                    return
                values = dict(row)
                best = bool(values.pop("best"))
                yield Row(capture_from(values), best)

    def count(self, table: str) -> int:
        """How many rows a table has."""
        return int(self._all(f"SELECT count(*) FROM {table}")[0][0])

    def check(self) -> Iterator[Finding]:
        """What is wrong in the tables themselves."""
        found = list(self._check())
        if found and not self._live and self._log.exists():  # somebody began to write meanwhile
            found = list(self._check())
        yield from found

    def _check(self) -> Iterator[Finding]:
        for (told,) in self._all(f"PRAGMA integrity_check({SHOWN})"):
            if told != "ok":
                yield self._finding(f"SQLite finds it broken: {told}")
        broken = self._all("PRAGMA foreign_key_check")
        for table, row_id, parent, _ in broken[:SHOWN]:
            yield self._finding(f"row {row_id} of {table} names a row of {parent} that is not there")
        if len(broken) > SHOWN:
            yield self._finding(f"{len(broken) - SHOWN} more rows name rows that are not there")
        for what, sql in _RULES.items():
            for row in self._all(f"{sql} LIMIT {SHOWN}"):
                yield self._finding(what.format(*row))
        yield from self._texts()

    def _texts(self) -> Iterator[Finding]:
        """Texts against the digests they were stored with."""
        shown = 0
        with closing(self._open().execute(_TEXTS)) as rows:
            for row in rows:
                article = Article(None, row["own"], row["text"])
                if text_digest(article) != row["digest"] or row["title"] != row["own"]:
                    shown += 1
                    yield self._finding(f"the text of article {row['id']} is not what its digest says")
                if shown >= SHOWN:
                    return

    def _finding(self, what: str) -> Finding:
        return Finding(Level.DAMAGE, self.path.name, what, REBUILD)

    def _all(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        return self._open().execute(sql, values).fetchall()

    def _open(self) -> sqlite3.Connection:
        """The connection, a new one where somebody has begun to write."""
        live = self._log.exists()
        if self._connection is None or (live and not self._live):
            self._close()
            quoted = self.path.absolute().as_uri()
            uri = f"{quoted}?mode=ro{'' if live else '&immutable=1'}"
            self._connection = sqlite3.connect(uri, uri=True, timeout=30.0)
            self._connection.row_factory = sqlite3.Row
            self._live = live
        return self._connection

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
