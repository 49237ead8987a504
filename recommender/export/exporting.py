"""An export from the command line's words to a file or stream.

words ─► select ─► one snapshot of the database ─► entries ─► a format's lines ─► file or stdout
                                                          └► parquet, opensearch, wacz ─► files
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO

from recommender.export import bibtex, jsonl, opensearch, parquet, reading_list, table, wacz
from recommender.export.selection import Selection, select
from recommender.export.target import together, writing
from recommender.export.wacz import Contents, Packaged
from recommender.store.catalogue import Entry, capture_ids, captures, entries, snapshot
from recommender.store.database import Store

Told = Callable[[Iterable[Entry]], Iterator[Entry]]  # lets entries through and takes note of them


class Style(StrEnum):
    """A format of lines."""

    JSONL = "jsonl"
    CSV = "csv"
    MARKDOWN = "markdown"
    BIBTEX = "bibtex"


@dataclass(frozen=True, slots=True)
class Where:
    """Where an export goes."""

    path: Path | None = None  # None: standard output
    force: bool = False  # an existing file may be replaced


def export(
    store: Store,
    words: Sequence[str],
    style: Style,
    where: Where,
    *,
    text: bool = True,
    tick: Callable[[int], None] = lambda _: None,
) -> int:
    """Write articles in a format of lines, as UTF-8.

    Args:
        store: the archive.
        words: seeds, addresses or ids; none for everything.
        style: the format.
        where: the file.
        text: JSON lines with the articles' texts.
        tick: told of each article.

    Returns:
        How many articles.

    Raises:
        NotFoundError: nothing goes by a word.
        ExportError: the file is there already or can't be written.
    """
    seen: set[int] = set()

    def told(found: Iterable[Entry]) -> Iterator[Entry]:
        for entry in _ticked(found, tick):
            seen.add(entry.article.id or 0)
            yield entry

    with snapshot(store.db), _opened(where) as out:
        for line in _lines(store, select(store, words), style, told, text=text):
            out.write(line.encode())
    return len(seen)


def export_parquet(
    store: Store,
    words: Sequence[str],
    where: Path,
    *,
    force: bool = False,
    text: bool = True,
    tick: Callable[[int], None] = lambda _: None,
) -> int:
    """Write a Parquet file of everything, or of the articles that the words name.

    Returns:
        How many articles.

    Raises:
        NotFoundError: nothing goes by a word.
        ExportError: pyarrow is missing, or the file is there already or can't be written.
    """
    columns = parquet.schema(text=text)
    with snapshot(store.db):
        chosen = select(store, words)
        with writing(where, force=force) as out:
            return parquet.write(out, _ticked(entries(store.db, chosen.articles), tick), columns)


def export_opensearch(
    store: Store,
    words: Sequence[str],
    where: Path,
    *,
    force: bool = False,
    text: bool = True,
    tick: Callable[[int], None] = lambda _: None,
) -> opensearch.Written:
    """Write bulk requests and the mapping of everything, or of the articles that the words name.

    Raises:
        NotFoundError: nothing goes by a word.
        ExportError: a file, or a part of an earlier export, is there already, or one can't be written.
    """
    if not force:
        opensearch.refuse_others(where)
    with snapshot(store.db):
        chosen = select(store, words)
        with together(force=force) as files:
            found = _ticked(entries(store.db, chosen.articles), tick)
            written = opensearch.write(files, where, found, text=text)
    for left in opensearch.further(where, max(1, written.parts)):
        left.unlink(missing_ok=True)  # of a longer export, which this one replaced
    return written


def export_wacz(
    store: Store,
    words: Sequence[str],
    where: Path,
    *,
    force: bool = False,
    text: bool = True,
    tick: Callable[[int], None] = lambda _: None,
) -> Packaged:
    """Write a WACZ file of everything, or of the copies of the articles that the words name.

    Raises:
        NotFoundError: nothing goes by a word.
        ExportError: there is nothing to put in, or the file is there already or can't be written.
        ArchiveError: a WARC file can't be read.
    """

    with snapshot(store.db):
        chosen = select(store, words)
        ids = None
        if chosen.articles is not None:
            ids = capture_ids(store.db, chosen.articles, [seed.id for seed in chosen.seeds])
        only = chosen.seeds[0] if len(chosen.seeds) == 1 else None
        contents = Contents(
            title=only.title if only else "Articles and their further reading",
            software=f"readmore {version('readmore')}",
            warcs=store.warc_folder,
            captures=list(captures(store.db, ids)),
            everything=chosen.everything,
            main_page=only.article_id if only else None,
            text=text,
        )
        with writing(where, force=force) as out:
            found = _ticked(entries(store.db, chosen.articles), tick)
            return wacz.write(out, contents, found, datetime.now(UTC))


def _ticked(found: Iterable[Entry], tick: Callable[[int], None]) -> Iterator[Entry]:
    for entry in found:
        tick(1)
        yield entry


def _lines(store: Store, chosen: Selection, style: Style, told: Told, *, text: bool) -> Iterator[str]:
    if style is Style.MARKDOWN:
        return _sections(store, chosen, told)
    found = told(entries(store.db, chosen.articles))
    if style is Style.JSONL:
        return jsonl.lines(found, text=text)
    return table.lines(found) if style is Style.CSV else bibtex.lines(found)


def _sections(store: Store, chosen: Selection, told: Told) -> Iterator[str]:
    """The chosen seeds' lists, then the pieces on none of them."""
    shown: set[int] = set()
    for number, seed in enumerate(chosen.seeds):
        links = store.lists.links(seed.id)
        ids = {link.article_id for link in links if link.article_id}
        held = {entry.article.id: entry for entry in told(entries(store.db, ids)) if entry.article.id}
        yield from reading_list.section(seed, links, held, first=number == 0)
        shown |= ids | ({seed.article_id} if seed.article_id else set())
    others: Iterable[int] = chosen.single
    if chosen.everything:
        others = store.library.ids()
    yield from reading_list.rest(told(entries(store.db, set(others) - shown)), first=not chosen.seeds)


@contextmanager
def _opened(where: Where) -> Iterator[BinaryIO]:
    if where.path is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with writing(where.path, force=where.force) as out:
        yield out
