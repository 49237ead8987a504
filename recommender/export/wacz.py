"""An archive as one WACZ 1.1.1 file, which ReplayWeb.page, pywb and other replay tools open.

    archive/*.warc.gz            our WARC files as they are, or one with the records of a selection; stored
    indexes/index.cdx.gz, .idx   where each record lies (cdxj)
    pages/pages.jsonl            a page for each article: its best capture, with title and text
    pages/extraPages.jsonl       the other copies: older versions, and those that were refused, with their verdict
    datapackage.json             every file with its size and SHA-256; datapackage-digest.json has its own

Written with zipfile: py-wacz would bring 35 packages, one of them AGPL (surt), and index every record anew.
Its `wacz validate` checks ours in the tests. Specification: https://specs.webrecorder.net/wacz/1.1.1/
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from recommender.errors import ExportError
from recommender.export.cdxj import META, blocks, digits
from recommender.export.packing import Packed, Packing, Place, Sink, pack
from recommender.models import Record, StoredCapture
from recommender.store.catalogue import Entry
from recommender.store.warc_records import Damage

VERSION = "1.1.1"
SELECTION = "selection.warc.gz"
UNCHANGED = "unchanged"  # a capture that shows what another does: no page of its own


@dataclass(frozen=True, slots=True)
class Contents:
    """What is to go in."""

    title: str
    software: str
    warcs: Path  # the folder
    captures: Collection[StoredCapture]
    everything: bool  # every record of every file, or these captures only
    main_page: int | None = None  # the article to open first
    text: bool = True  # the pages' text, for searching


@dataclass(frozen=True, slots=True)
class Packaged:
    """What went in, and what could not."""

    captures: int
    pages: int
    without_page: int  # articles that have no capture: imports
    missing: tuple[StoredCapture, ...]  # whose record is damaged or gone
    damage: tuple[Damage, ...]


@dataclass
class _Package:
    """The zip file and the manifest of what it holds."""

    file: zipfile.ZipFile
    now: datetime
    resources: list[Mapping[str, str | int]] = field(default_factory=list)

    @contextmanager
    def member(self, path: str, *, deflate: bool = False, most: int | None = None) -> Iterator[Sink]:
        """A new file in it. `most`: bytes it won't exceed, where known: larger files need another header."""
        info = zipfile.ZipInfo(path, self.now.timetuple()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED if deflate else zipfile.ZIP_STORED
        info.external_attr = 0o644 << 16
        large = most is None or most >= zipfile.ZIP64_LIMIT // 2  # a run that writes just now may add to it
        with self.file.open(info, "w", force_zip64=large) as stream:
            sink = Sink(stream)
            yield sink
        self.resources.append(sink.resource(path))


@dataclass
class _PageList:
    """The articles' pages as they are written."""

    shown: set[int] = field(default_factory=set)  # captures that are an article's page
    without: int = 0
    main: Packed | None = None


def write(out: BinaryIO, contents: Contents, entries: Iterable[Entry], now: datetime) -> Packaged:
    """Write a WACZ file.

    Args:
        out: can be written and sought in.
        contents: what goes in.
        entries: the articles, for the page list.
        now: the time of creation.

    Raises:
        ExportError: there is no capture to put in.
        ArchiveError: a WARC file can't be read.
    """
    with zipfile.ZipFile(out, "w", allowZip64=True) as file:
        package = _Package(file, now.astimezone(UTC))
        packing = _archive(package, contents)
        missing = [one for one in contents.captures if _place(one.record) not in packing.mains]
        if len(missing) == len(contents.captures):
            hint = "imported articles have no copy of a page: the other formats hold them"
            raise ExportError("no copy of a page is among these", hint=hint)
        _index(package, packing.lines)
        pages = _PageList()
        with package.member("pages/pages.jsonl", deflate=True) as sink:
            head = _head("pages", contents.title, contents.text)
            _fill(sink, head, _pages(entries, packing, pages, contents))
        with package.member("pages/extraPages.jsonl", deflate=True) as sink:
            _fill(
                sink, _head("extra-pages", "Other copies"), _others(contents.captures, packing, pages.shown)
            )
        _datapackage(package, contents, pages.main)
    kept = len(contents.captures) - len(missing)
    return Packaged(kept, len(pages.shown), pages.without, tuple(missing), tuple(packing.damage))


def _place(record: Record) -> Place:
    return record.file, record.offset


def _archive(package: _Package, contents: Contents) -> Packing:
    """The WARC files, and what they hold."""
    packing = Packing()
    if contents.everything:
        for path in sorted(contents.warcs.glob("*.warc.gz")):
            with package.member(f"archive/{path.name}", most=path.stat().st_size) as sink:
                pack(path, path.name, sink, packing, None)
        return packing
    wanted: dict[str, set[int]] = defaultdict(set)
    for capture in contents.captures:
        wanted[capture.record.file].add(capture.record.offset)
    paths = [path for path in (contents.warcs / Path(name).name for name in sorted(wanted)) if path.is_file()]
    most = sum(path.stat().st_size for path in paths)
    with package.member(f"archive/{SELECTION}", most=most) as sink:
        for path in paths:
            pack(path, SELECTION, sink, packing, wanted[path.name])
    return packing


def _index(package: _Package, lines: Iterable[str]) -> None:
    places = [META]
    with package.member("indexes/index.cdx.gz") as sink:
        for member, place in blocks(lines):
            sink.write(member)
            places.append(place)
    with package.member("indexes/index.idx", deflate=True) as sink:
        sink.write("".join(places).encode("ascii"))


def _head(name: str, title: str, text: bool = False) -> dict[str, object]:
    return {"format": "json-pages-1.0", "id": name, "title": title} | ({"hasText": True} if text else {})


def _pages(
    entries: Iterable[Entry], packing: Packing, pages: _PageList, contents: Contents
) -> Iterator[dict[str, object]]:
    for entry in entries:
        packed = packing.mains.get(_place(entry.best.record)) if entry.best else None
        if entry.best is None or packed is None:
            pages.without += entry.best is None
            continue
        pages.shown.add(entry.best.id)
        if contents.main_page is not None and entry.article.id == contents.main_page:
            pages.main = packed
        page = _page(f"article-{entry.article.id}", packed, entry.article.title)
        yield page | ({"text": entry.article.text} if contents.text else {})


def _others(
    captures: Iterable[StoredCapture], packing: Packing, shown: Collection[int]
) -> Iterator[dict[str, object]]:
    for capture in captures:
        packed = packing.mains.get(_place(capture.record))
        if packed and capture.id not in shown and capture.verdict != UNCHANGED:
            title = capture.title or capture.final_url
            yield _page(f"capture-{capture.id}", packed, title) | {"verdict": capture.verdict}


def _page(identity: str, packed: Packed, title: str) -> dict[str, object]:
    # To the second, as the index has it: a reader turns `ts` into the 14 digits it looks up.
    moment = datetime.strptime(digits(packed.moment), "%Y%m%d%H%M%S")
    return {"id": identity, "url": packed.url, "ts": f"{moment.isoformat()}Z", "title": title}


def _fill(sink: Sink, head: Mapping[str, object], rows: Iterable[Mapping[str, object]]) -> None:
    for row in chain([head], rows):
        sink.write(json.dumps(row).encode("ascii") + b"\n")


def _datapackage(package: _Package, contents: Contents, main: Packed | None) -> None:
    described: dict[str, object] = {
        "profile": "data-package",
        "wacz_version": VERSION,
        "title": contents.title,
        "created": package.now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "software": contents.software,
    }
    if main:
        described |= {"mainPageUrl": main.url, "mainPageDate": _page("", main, "")["ts"]}
    data = json.dumps(described | {"resources": list(package.resources)}, indent=2).encode("ascii")
    digest = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(data).hexdigest()}"}
    with package.member("datapackage.json", deflate=True) as sink:
        sink.write(data)
    with package.member("datapackage-digest.json", deflate=True) as sink:
        sink.write(json.dumps(digest, indent=2).encode("ascii"))
