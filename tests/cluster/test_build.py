"""A build's accounts add up, and a build that is done again does nothing twice."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from crawl_files import Here, address, article, page, warc, words

from recommender.cluster import engine, layout, parts
from recommender.cluster.asking import Sharded
from recommender.cluster.build import Wanted, build
from recommender.errors import ArchiveError


def total(counts: dict[str, int]) -> int:
    """Of all records, by what became of them."""
    return sum(count for what, count in counts.items() if what != "records")


def titles(folder: Path) -> list[str]:
    """Of all articles, by id."""
    sharded = Sharded(folder)
    number, found = 1, []
    while (row := sharded.row(number)) is not None:
        found.append(row["title"])
        number += 1
    return found


def test_every_record_is_accounted_for(tmp_path: Path) -> None:
    """Articles, copies of four kinds, pages that are none, other records and damage."""
    pages = [
        article(1),
        article(2),
        (f"{address(2)}#again", article(2)[1]),
        ("https://wire.example/same", article(1)[1]),
        ("https://other.example/cut", page("Cut", words(2)[:27])),
        (
            "https://tidings1.example/amp",
            page("Amp", words(9), f'<link rel="canonical" href="{address(1)}">'),
        ),
        ("https://tidings0.example/", page("Front", ["Log in."])),
    ]
    file = warc(tmp_path / "a.warc.gz", pages)
    body = file.read_bytes()
    file.write_bytes(body[:-40])  # the last record is torn
    made = build(
        Here(), tmp_path / "out", Wanted((str(file), str(warc(tmp_path / "b.warc.gz", [article(3)]))))
    )
    assert made.counts["records"] == total(made.counts) == 8
    assert made.counts["articles"] == 3
    assert made.counts["duplicates: same address"] == 1
    assert made.counts["duplicates: same words"] == 1
    assert (
        made.counts["duplicates: near copies"] == 2
    )  # the cut one, and the one that names its canonical address
    assert made.counts["damaged"] == 1
    assert sorted(titles(tmp_path / "out")) == [
        "What number 1 said",
        "What number 2 said",
        "What number 3 said",
    ]


def test_a_bad_file_costs_itself_and_is_told(crawl: list[str], tmp_path: Path) -> None:
    """It is tried again by the next call, and what was read is not."""
    bad = tmp_path / "late.warc.gz"
    made = build(Here(), tmp_path / "out", Wanted((crawl[0], str(bad))))
    assert list(made.failed) == [str(bad)]
    assert "no such file" in made.failed[str(bad)]
    assert made.counts["articles"] == 40
    warc(bad, [article(900)])
    again = build(Here(), tmp_path / "out", Wanted((crawl[0],)))
    assert (again.failed, again.counts["articles"]) == ({}, 41)


def test_a_finished_build_is_left_alone(
    crawl: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same call again reads nothing and makes nothing."""
    first = build(Here(), tmp_path / "out", Wanted(tuple(crawl[:1])))
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out" / first.folder).rglob("*")}
    monkeypatch.setattr(parts, "_items", lambda _: pytest.fail("read again"))
    assert build(Here(), tmp_path / "out", Wanted(tuple(crawl[:1]))) == first
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "out" / first.folder).rglob("*")} == before


def test_a_stopped_file_goes_on_behind_its_last_chunk(
    crawl: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages of chunks that are there are not extracted again; the result is that of one go."""
    monkeypatch.setattr(parts, "RECORDS", 10)
    whole, stopped = tmp_path / "whole", tmp_path / "stopped"
    expected = parts.read_part(crawl[0], str(whole), None)
    real, read = parts._page, []

    def counted(capture, part):
        read.append(capture.url)
        if len(read) == 25:
            raise KeyboardInterrupt
        return real(capture, part)

    monkeypatch.setattr(parts, "_page", counted)
    with pytest.raises(KeyboardInterrupt):
        parts.read_part(crawl[0], str(stopped), None)
    assert parts.read_part(crawl[0], str(stopped), None) == expected
    assert Counter(Counter(read).values()) == {1: 35, 2: 5}  # of the chunk that was torn, five
    accounts = [json.loads(path.read_text()) for path in sorted(stopped.rglob("chunk*/account.json"))]
    assert [one["last"] for one in accounts] == [10, 20, 30, 40]


def test_the_number_of_workers_and_shards_changes_no_id(
    crawl: list[str], sharded: Path, tmp_path: Path
) -> None:
    """Nor does the order in which files are named."""
    build(Here(), tmp_path / "out", Wanted((crawl[2], crawl[0], crawl[1]), 2))
    assert titles(tmp_path / "out") == titles(sharded)


def test_files_may_be_added(crawl: list[str], tmp_path: Path) -> None:
    """Old shards give way at once; only one set is kept."""
    build(Here(), tmp_path / "out", Wanted((crawl[0],)))
    made = build(Here(), tmp_path / "out", Wanted((crawl[1],)))
    assert made.counts["articles"] == 80
    assert [path.name for path in (tmp_path / "out").glob("made-*")] == [made.folder]


def test_a_wacz_is_read_like_a_warc(tmp_path: Path) -> None:
    """Each WARC in it."""
    inner = warc(tmp_path / "data.warc.gz", [article(1), article(2)])
    with zipfile.ZipFile(tmp_path / "a.wacz", "w") as packed:
        packed.write(inner, "archive/data.warc.gz")
    made = build(Here(), tmp_path / "out", Wanted((str(tmp_path / "a.wacz"),)))
    assert made.counts["articles"] == 2


def test_what_is_no_shards_is_not_touched(crawl: list[str], tmp_path: Path) -> None:
    """Nor is a build with another stance model, nor one that is at work."""
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(ArchiveError, match="not empty"):
        build(Here(), tmp_path, Wanted((crawl[0],)))
    build(Here(), tmp_path / "out", Wanted((crawl[0],)))
    with pytest.raises(ArchiveError, match="another stance model"):
        build(Here(), tmp_path / "out", Wanted((crawl[0],), stance="linear"))
    with layout.locked(tmp_path / "out"), pytest.raises(ArchiveError, match="at work"):
        build(Here(), tmp_path / "out", Wanted((crawl[0],)))


def test_a_file_that_is_no_crawl_is_an_account_of_damage(tmp_path: Path) -> None:
    """Junk, an empty file and a folder: none is a traceback, no empty shard is a fault."""
    (tmp_path / "junk.warc").write_bytes(b"\x00junk" * 50)
    (tmp_path / "empty.warc.gz").write_bytes(b"")
    (tmp_path / "packed.warc.gz").write_bytes(gzip.compress(b"no record"))
    sources = tuple(str(tmp_path / name) for name in ("junk.warc", "empty.warc.gz", "packed.warc.gz"))
    made = build(Here(), tmp_path / "out", Wanted((*sources, str(tmp_path)), 3))
    assert list(made.failed) == [str(tmp_path)]
    assert made.counts["articles"] == 0
    assert made.counts["records"] == total(made.counts)


def test_a_full_disk_is_said_in_words() -> None:
    """Of whatever library's making."""
    told = engine._told(OSError(28, "Error writing bytes to file. Detail: …"), "shard-0003")
    assert isinstance(told, ArchiveError)
    assert told.line() == (
        "shard-0003: can't be written or read: No space left on device (run the same `build` again: it goes on)"
    )
