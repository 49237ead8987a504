"""What people already have, taken into the archive: articles, lists of addresses, other programs' web archives.

articles ─► a batch a record, and rows          list ─► a seed with pending references
WARC, WACZ ─► captures ─► readers ─► archivist  (recommender/imports/ reads the files)
"""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from recommender.crawl.twins import Twins, mark_of
from recommender.crawl.urls import url_key
from recommender.imports import files
from recommender.imports.kinds import Kind, Listing
from recommender.imports.reading import listing
from recommender.imports.warcs import Damaged, Item, LeftOut
from recommender.models import Article, Capture, Seed, Via
from recommender.seeds import slug
from recommender.store.database import Store
from recommender.store.imports import BadRow, read_articles
from recommender.store.rows import text_digest

if TYPE_CHECKING:
    from recommender.crawl.readers import Readers
    from recommender.crawl.reading_copies import Reading

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


def take_in(
    store: Store, path: Path, tick: Callable[[int], None] = lambda _: None, twins: Twins | None = None
) -> Intake:
    """Import a file of articles; those already there are left as they are.

    Args:
        store: the archive.
        path: .jsonl or .csv, gzipped or not (docs/archive.md names the fields).
        tick: told how many rows each batch had.
        twins: of whoever else writes to this archive in this process, so that they know of each other.

    Raises:
        ImportFileError: the file can't be read; the batches before are kept.
    """
    added = known = 0
    bad: list[BadRow] = []
    twins = twins or Twins(store.library)
    rows = read_articles(path)
    while batch := list(islice(rows, BATCH)):
        new: list[Article] = []
        now = datetime.now(UTC)
        with store.transaction():
            for row in batch:
                if isinstance(row, BadRow):
                    bad.append(row)
                elif _add(store, row, now, twins):
                    new.append(row)
                else:
                    known += 1
            if new:
                store.journal.articles(_lines(new), now)
        added += len(new)
        tick(len(batch))
    return Intake(added, known, tuple(bad))


def replay(store: Store, lines: bytes, at: datetime, twins: Twins) -> None:
    """Add the articles of a batch again, as its WARC record has them."""
    for line in lines.splitlines():
        row = json.loads(line)
        day = row.pop("published")
        _add(store, Article(**row, published=date.fromisoformat(day) if day else None), at, twins)


def _lines(articles: Sequence[Article]) -> bytes:
    names = ("url", "title", "text", "authors", "outlet", "published", "external_id")
    rows = ({name: getattr(article, name) for name in names} for article in articles)
    return "".join(json.dumps(row, default=str) + "\n" for row in rows).encode("ascii")


def _add(store: Store, article: Article, now: datetime, twins: Twins) -> bool:
    library = store.library
    key = url_key(article.url) if article.url else None
    if _known(store, article, key):
        return False
    mark = mark_of(article.text)
    article = replace(article, copy_of=twins.find(article, mark).first)
    article_id = library.add(article, origin=Via.IMPORT, now=now, fingerprint=mark)
    twins.add(article_id, mark)
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


# Lists


@dataclass(frozen=True, slots=True)
class ListIntake:
    """The account of a list: entries = added + known + bad + left out."""

    key: str  # of the seed that it has become
    listing: Listing
    added: int

    @property
    def left_out(self) -> int:
        """Entries that are no web pages by intent."""
        return sum(count for _, count in self.listing.left_out)

    @property
    def known(self) -> int:
        """Entries whose address is on the list already, or was earlier in the file."""
        return len(self.listing.references) - self.added

    @property
    def entries(self) -> int:
        """How many entries the file had."""
        return len(self.listing.references) + len(self.listing.bad) + self.left_out


def take_list(store: Store, path: Path, kind: Kind) -> ListIntake:
    """Make a list's addresses a seed's pending references; of a list that is there already, those that are new.

    Raises:
        ImportFileError: the file can't be read.
    """
    found = listing(path, kind)
    now = datetime.now(UTC)
    with store.transaction():
        key = _key(store, path)
        if not found.references:
            return ListIntake(key, found, 0)
        seed = store.lists.save(Seed(key, found.title or files.stem(path), str(path)), now)
        seen = {url_key(link.reference.url) for link in store.lists.links(seed.id) if link.reference.url}
        new = []
        for reference in found.references:
            address = url_key(reference.url or "")
            if address not in seen:
                seen.add(address)
                new.append((reference, address))
        store.lists.discover(seed.id, [one for one, _ in new], [address for _, address in new], now)
    return ListIntake(key, found, len(new))


def _key(store: Store, path: Path) -> str:
    """The list's key: its file's name, numbered where a seed from another file has it."""
    stem = slug(files.stem(path))
    key, number = stem, 1
    while (known := store.lists.by_key(key)) and Path(known.source).name != path.name:
        number += 1
        key = f"{stem}-{number}"
    return key


# Web archives


@dataclass(slots=True)
class PageIntake:
    """The account of a web archive: records = added + known + left out + damaged."""

    added: int = 0
    refused: Counter[str] = field(default_factory=Counter)  # of the added: why they can't be the article
    known: int = 0  # the same bytes of that address, at that second
    left_out: Counter[str] = field(default_factory=Counter)  # what they are
    damaged: list[Damaged] = field(default_factory=list)
    articles: int = 0  # of batches that readmore imported once

    @property
    def records(self) -> int:
        """How many records there are, or should be."""
        return self.added + self.known + self.left_out.total() + len(self.damaged)


def take_pages(
    store: Store, path: Path, kind: Kind, tick: Callable[[int], None] = lambda _: None
) -> PageIntake:
    """Keep the pages of a WARC or WACZ as captures.

    Args:
        store: the archive.
        path: the file.
        kind: WARC or WACZ.
        tick: told of each record.

    Raises:
        ImportFileError: the file can't be read; the batches before are kept.
        ArchiveError: the archive can't be written; the batches before are kept.
    """
    from recommender.crawl.readers import Readers
    from recommender.imports import wacz, warcs

    now = datetime.now(UTC)
    items = wacz.read(path, now) if kind is Kind.WACZ else warcs.read(path, now)
    with Readers() as readers:
        return _Pages(store, readers).all(items, tick)


class _Pages:
    """Pages on their way: some with the readers, some read and not kept yet."""

    MOST = 50  # pages a transaction
    LARGEST = 50_000_000  # bytes of pages a transaction

    def __init__(self, store: Store, readers: Readers) -> None:
        from recommender.crawl.archivist import Archivist

        self._store, self._readers, self._archivist = store, readers, Archivist(store)
        self._ahead: deque[tuple[Capture, Future[Reading]]] = deque()
        self._read: list[tuple[Capture, Reading]] = []
        self._done = PageIntake()

    def all(self, items: Iterator[Item], tick: Callable[[int], None]) -> PageIntake:
        for item in items:
            tick(1)
            if isinstance(item, LeftOut):
                self._done.left_out[item.why] += 1
                self._done.articles += self._articles(item.articles) if item.articles else 0
            elif isinstance(item, Damaged):
                self._done.damaged.append(item)
            elif self._is_known(item):
                self._done.known += 1
            else:
                self._ahead.append((item, self._readers.submit(item)))
                self._keep(self._readers.backlog)
        self._keep(0)
        self._flush()
        return self._done

    def _is_known(self, capture: Capture) -> bool:
        """Whether the same bytes of that address are here, of that second."""
        known = self._store.library.moment(capture.url, capture.digest, capture.captured_at)
        return known is not None

    def _keep(self, ahead: int) -> None:
        """Take over what is read, all but so many."""
        while len(self._ahead) > ahead:
            capture, future = self._ahead.popleft()
            self._read.append((capture, self._readers.result(future, capture)))
            if len(self._read) >= self.MOST or sum(len(one.body) for one, _ in self._read) > self.LARGEST:
                self._flush()

    def _flush(self) -> None:
        with self._store.transaction():
            for capture, reading in self._read:
                if self._is_known(capture):
                    self._done.known += 1
                    continue
                kept = self._archivist.keep(capture, reading)
                self._done.added += 1
                if kept.verdict not in {"ok", "unchanged"}:
                    self._done.refused[kept.verdict] += 1
        self._read = []

    def _articles(self, lines: bytes) -> int:
        """Articles that another readmore archive took in."""
        with TemporaryDirectory(prefix="readmore-") as folder:
            path = Path(folder) / "articles.jsonl"
            path.write_bytes(lines)
            return take_in(self._store, path, twins=self._archivist.twins).added
