"""One WARC or WACZ file ─► a part: chunks of its articles with their keys, and an account of every record.

    file (local or through fsspec) ─► records ─► read_copy ─► an article? ─► a chunk, by the hash of addresses
                                         └─ left out, damaged, refused: counted with the reason

Runs in a worker. A chunk appears whole or not at all, and one that is there is not read again: its records are passed
over, which takes a tenth of the time. So a worker that dies costs a chunk's time and nothing else. A page at which two
workers died, or that took them too long, is counted as unreadable and passed over (`guard.py`).
"""

from __future__ import annotations

import gc
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from recommender.cluster import deciding, layout, table
from recommender.cluster.guard import Guard
from recommender.crawl.outcomes import Reason
from recommender.errors import ArchiveError, ImportFileError, ReadmoreError
from recommender.models import Article, Capture

RECORDS = 2_000  # of a chunk: half a minute's work, with 650 pages among them as crawlers write records
TEXT = 32_000_000  # characters after which a chunk ends too: its rows are in memory until then
MOST_DAMAGED = 20  # damaged and unreadable records named in a chunk's account; the rest are counted


def read_part(source: str, folder: str, stance: str | None) -> dict[str, int]:
    """Read one file, as far as that is not done.

    Args:
        source: a path, or an address that fsspec opens.
        folder: the sharded archive, which all workers can reach.
        stance: the model whose profiles are wanted.

    Returns:
        what became of its records: counts by reason.

    Raises:
        ImportFileError: the file can't be read at all.
        ArchiveError: the archive can't be written.
    """
    part = layout.part_folder(Path(folder), source)
    if (part / layout.ACCOUNT).is_file():
        return dict(layout.account(part)["counts"])
    _warm()
    gc.set_threshold(50_000)  # as crawl/readers.py: a page makes many objects and few circles
    guard, done = Guard(part.with_suffix(".guard")), False
    try:
        part.mkdir(parents=True, exist_ok=True)
        with _local(source) as path:
            counts = _read(_Part(part, source.rstrip("/").rpartition("/")[2], stance), path, guard)
            said = {"source": source, "counts": counts, "size": path.stat().st_size}
        layout.write_json(part / layout.ACCOUNT, said)
        done = True
    except OSError as error:
        raise ArchiveError(f"can't be written: {error.strerror or error}", where=part) from error
    finally:
        guard.close(done=done)
    return counts


def _warm() -> None:
    """Load what the first page needs before a page is begun: a worker that is ended meanwhile died at none."""
    from importlib import import_module

    from recommender.crawl.readers import PRELOAD

    for name in PRELOAD:
        import_module(name)


@contextmanager
def _local(source: str) -> Iterator[Path]:
    """The file as one on this machine: a remote one is brought here first, since a WARC is read at its own places."""
    if "://" not in source:
        if not Path(source).is_file():
            raise ImportFileError("no such file", where=source)
        yield Path(source)
        return
    import fsspec

    with TemporaryDirectory(prefix="readmore-") as scratch:
        path = Path(scratch) / (source.rstrip("/").rpartition("/")[2] or "file.warc.gz")
        try:
            with fsspec.open(source, "rb") as remote, path.open("wb") as here:
                shutil.copyfileobj(remote, here, 1 << 20)
        except Exception as error:  # each file system has errors of its own
            raise ImportFileError(f"can't be fetched: {error}", where=source) from error
        yield path


def _read(part: _Part, path: Path, guard: Guard) -> dict[str, int]:
    """Every record, and what became of it."""
    total: Counter[str] = Counter()
    number, chunk = 0, part.next(0, 0)
    for number, item in enumerate(_items(path), 1):
        while chunk.written and number > chunk.last:
            total.update(chunk.counts)
            chunk = part.next(chunk.number + 1, number - 1)
        if chunk.written:
            continue
        chunk.take(item, number, guard)
        if number - chunk.before >= RECORDS or chunk.characters >= TEXT:
            chunk.write(number)
    if not chunk.written:
        chunk.write(number)
    total.update(chunk.counts)
    return dict(total)


def _items(path: Path) -> Iterator[Any]:
    from recommender.imports import wacz, warcs

    now = datetime.now(UTC)
    with path.open("rb") as stream:
        zipped = stream.read(4) == b"PK\x03\x04"
    yield from wacz.read(path, now) if zipped else warcs.read(path, now)


@dataclass(frozen=True, slots=True)
class _Part:
    """The file that is read, and where to."""

    folder: Path
    name: str
    stance: str | None

    def next(self, number: int, before: int) -> _Chunk:
        """The chunk of that number, which may be written already."""
        chunk = _Chunk(self, number, before)
        final = layout.chunk_folder(self.folder, number)
        if final.is_dir():
            found = layout.account(final)
            chunk.written, chunk.last = True, int(found["last"])
            chunk.counts = Counter(found["counts"])
        return chunk


@dataclass(slots=True)
class _Chunk:
    """Some records that follow each other."""

    part: _Part
    number: int
    before: int  # records of the file before its first
    last: int = 0  # number of its last record, once it is written
    written: bool = False
    counts: Counter[str] = field(default_factory=Counter)
    damaged: list[dict[str, Any]] = field(default_factory=list)
    rows: list[tuple[tuple[int, ...], dict[str, Any]]] = field(default_factory=list)
    characters: int = 0

    def take(self, item: Any, number: int, guard: Guard) -> None:
        """One record."""
        from recommender.imports.warcs import Damaged, LeftOut

        self.counts["records"] += 1
        if isinstance(item, LeftOut):
            self.counts[f"left out: {item.why}"] += 1
        elif isinstance(item, Damaged):
            self.counts["damaged"] += 1
            self._note(offset=item.offset, reason=item.reason)
        else:
            refused, row = self._page(item, number, guard)
            self.counts[f"refused: {refused}" if row is None else "pages"] += 1
            if row is not None:
                self.rows.append(row)
                self.characters += len(row[1]["text"])

    def _note(self, **what: object) -> None:
        if len(self.damaged) < MOST_DAMAGED:
            self.damaged.append(what)

    def _page(
        self, capture: Capture, number: int, guard: Guard
    ) -> tuple[str, tuple[tuple[int, ...], dict[str, Any]] | None]:
        if guard.deadly(number):
            self._note(url=capture.url, reason="its reader died or hung")
            return Reason.UNREADABLE, None
        try:
            with guard.at(number):
                return _page(capture, self.part)
        except (
            ReadmoreError,
            ValueError,
            TypeError,
            LookupError,
            ArithmeticError,
            RecursionError,
            MemoryError,
        ) as error:
            self._note(url=capture.url, reason=f"{type(error).__name__}: {error}")
            return Reason.UNREADABLE, None

    def write(self, last: int) -> None:
        """It appears; its rows by the hash of their addresses, so that a shard's lie together."""
        import numpy as np

        self.rows.sort(key=lambda pair: pair[0][:2])
        places = [(*key, 0, self.number, row) for row, (key, _) in enumerate(self.rows)]
        columns = table.schema(without=["id"])
        with layout.appearing(layout.chunk_folder(self.part.folder, self.number)) as new:
            with table.writer(new / "articles.parquet", columns) as out:
                table.write(out, [row for _, row in self.rows], columns)
            np.save(new / "keys.npy", np.array(places, deciding.KEY))
            said = {"last": last, "counts": self.counts, "damaged": self.damaged}
            layout.write_json(new / layout.ACCOUNT, said)
        self.written, self.last, self.rows = True, last, []


def _page(capture: Capture, part: _Part) -> tuple[str, tuple[tuple[int, ...], dict[str, Any]] | None]:
    """Why a page is no article, or its key and row."""
    from recommender.crawl.reading_copies import read_copy
    from recommender.crawl.verdicts import OK

    reading = read_copy(capture)
    page = reading.page
    if reading.verdict != OK or page is None or not page.text.strip():
        return reading.verdict if reading.verdict != OK else str(Reason.EMPTY), None
    stance = _stance(page.title, page.text, part.stance) if part.stance else {}
    article = Article(capture.final_url, page.title, page.text, canonical_url=page.canonical_url)
    when = capture.captured_at.replace(microsecond=0)
    return OK, (deciding.key_of(article, reading.mark, int(when.timestamp())), {
        "url": capture.final_url, "canonical_url": page.canonical_url, "title": page.title, "text": page.text,
        "authors": page.authors, "outlet": page.outlet, "published": page.published, "language": page.language,
        "captured_at": when, "warc_file": part.name, **stance,
    })  # fmt: skip


def _stance(title: str, text: str, model: str) -> dict[str, str]:
    from recommender.stance.profile import profile, profile_to_json, stored_as
    from recommender.stance.scorer import load

    scorer = load(model)
    return {"stance": profile_to_json(profile(title, text, scorer)), "stance_model": stored_as(scorer)}
