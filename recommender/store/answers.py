"""Answers of language models, in a file of their own beside the database: they were paid for.

A rebuild makes the database anew, a new model or a changed text lets go of what was worked out with the old one; none
of these touches this file, and it can be deleted at any time. No text is in it: digests of questions, and what was
answered. It lies in a folder, since Datasette opens every database that lies in the archive's own.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from recommender.errors import ArchiveError

PLACE = Path("llm") / "answers.db"  # in the archive's folder
WAIT = 30.0  # seconds for another process that is writing: as long as one write of a batch can take, many times over
_TABLE = """CREATE TABLE IF NOT EXISTS answers (
    model TEXT NOT NULL,     -- with the version of the prompt
    question TEXT NOT NULL,  -- SHA-256 of what was asked
    answer TEXT NOT NULL,    -- JSON: side, sure, what was wrong with it
    answered TEXT NOT NULL,  -- UTC
    PRIMARY KEY (model, question)
) WITHOUT ROWID"""


@dataclass(frozen=True, slots=True)
class AnswerFile:
    """The kept answers of an archive."""

    path: Path

    @classmethod
    def of(cls, archive: Path) -> AnswerFile:
        """Those beside an archive's database."""
        return cls(archive / PLACE)

    def known(self, model: str, questions: Sequence[str]) -> dict[str, str]:
        """Kept answers by the digest of their question.

        Raises:
            ArchiveError: the file can't be read.
        """
        if not self.path.exists():
            return {}
        sql = """SELECT question, answer FROM answers
            WHERE model = ? AND question IN (SELECT value FROM json_each(?))"""
        with self._opened() as db:
            return dict(db.execute(sql, [model, json.dumps(list(questions))]).fetchall())

    def keep(self, model: str, answers: Mapping[str, str]) -> None:
        """Keep answers by the digest of their question: they are on the disk when this returns.

        Raises:
            ArchiveError: the file can't be written.
        """
        now = datetime.now(UTC).isoformat(timespec="seconds")
        rows = [(model, question, answer, now) for question, answer in answers.items()]
        with self._opened() as db, db:
            db.executemany("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?)", rows)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self.path, timeout=WAIT)) as db:
                db.execute(_TABLE)
                yield db
        except (sqlite3.Error, OSError) as error:
            hint = "it holds answers of language models only, and can be deleted"
            raise ArchiveError(f"can't be used: {error}", where=self.path, hint=hint) from error
