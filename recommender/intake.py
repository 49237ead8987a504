"""Articles a researcher already has, taken into the archive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from recommender.crawl.urls import url_key
from recommender.models import Article, Via
from recommender.store.database import Store
from recommender.store.imports import BadRow, read_articles
from recommender.store.rows import text_digest

BATCH = 500  # rows a transaction: a kill loses at most these, and 8,005 articles need 17 commits


@dataclass(frozen=True, slots=True)
class Intake:
    """The account of one import: rows = added + known + bad."""

    added: int
    known: int  # the same address, id or text was there already
    bad: tuple[BadRow, ...]

    @property
    def rows(self) -> int:
        """How many rows the file had."""
        return self.added + self.known + len(self.bad)


def take_in(store: Store, path: Path, tick: Callable[[int], None] = lambda _: None) -> Intake:
    """Import a file of articles; those already there are left as they are.

    Args:
        store: the archive.
        path: .jsonl or .csv, gzipped or not (docs/archive.md names the fields).
        tick: told how many rows each batch had.

    Raises:
        ImportFileError: the file can't be read; the batches before are kept.
    """
    added = known = 0
    bad: list[BadRow] = []
    rows = read_articles(path)
    while batch := list(islice(rows, BATCH)):
        with store.transaction():
            for row in batch:
                if isinstance(row, BadRow):
                    bad.append(row)
                elif _add(store, row):
                    added += 1
                else:
                    known += 1
        tick(len(batch))
    return Intake(added, known, tuple(bad))


def _add(store: Store, article: Article) -> bool:
    library = store.library
    key = url_key(article.url) if article.url else None
    if _known(store, article, key):
        return False
    article_id = library.add(article, origin=Via.IMPORT, now=datetime.now(UTC))
    if key and article.url:
        library.name(key, article.url, article_id)
    return True


def _known(store: Store, article: Article, key: str | None) -> bool:
    """Whether it is there by its id, or by address or text under no other id: two ids are two articles."""
    library = store.library
    if article.external_id and library.by_external_id(article.external_id) is not None:
        return True
    found = [library.by_key(key) if key else None, library.by_digest(text_digest(article))]
    others = [library.external_id(other) for other in found if other is not None]
    return any(not article.external_id or not other or other == article.external_id for other in others)
