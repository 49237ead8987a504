"""`history`: every copy of an article, and what its newsroom changed."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from archives import capture, memento, page, prose
from ran import Ran
from servers import Reply, Server

from recommender.crawl.archivist import Archivist
from recommender.crawl.reading_copies import read_copy
from recommender.intake import take_in
from recommender.models import Capture, Seed
from recommender.store.database import FILENAME, Store

Readmore = Callable[..., Ran]
URL = "https://herald.example/ferry"
FIRST = page("The ferry is late", *prose("ferry", 12))
SECOND = FIRST.replace(b"pier 21", b"pier 22").replace(b"The ferry is late", b"The ferry is very late")


def fetch(store: Store, one: Capture) -> int | None:
    """Keep a copy as a run does, read by the real extractor."""
    return Archivist(store).keep(one, read_copy(one)).article_id


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An article of six copies: two versions, the same bytes twice, an error before and after, a given text."""
    folder = tmp_path / "a"
    with Store.open(folder, create=True) as store:
        fetch(store, capture(URL, b"<p>gone", 0, status=404))
        fetch(store, capture(URL, FIRST, 1))
        fetch(store, capture(URL, FIRST, 2))
        fetch(store, capture(URL, SECOND, 3))
        fetch(store, capture(URL, b"<p>gone", 4, status=404))
        fetch(store, memento("https://herald.example/lost", page("Lost", *prose("sloop", 12))))
    return folder


def rows(ran: Ran) -> list[dict[str, object]]:
    assert ran.code == 0, ran.err
    found: list[dict[str, object]] = json.loads(ran.out)
    return found


def test_every_copy_is_listed_oldest_first(folder: Path, readmore: Readmore) -> None:
    """By id and by address; also the error from before the article was one."""
    found = rows(readmore("--archive", folder, "history", URL, "--format", "json"))
    assert [row["number"] for row in found] == [1, 2, 3, 4, 5]
    assert [row["verdict"] for row in found][1:4] == ["ok", "unchanged", "ok"]
    assert found[0]["status"] == found[4]["status"] == 404
    assert [row["is_article"] for row in found] == [False, False, False, True, False]
    assert (found[2]["same_as"], found[2]["unchanged_since"]) == (2, found[1]["captured_at"])
    assert found == rows(readmore("--archive", folder, "history", "1", "--format", "json"))
    text = readmore("--archive", folder, "history", "1", "--format", "csv").out
    assert [row["verdict"] for row in csv.DictReader(io.StringIO(text))] == [row["verdict"] for row in found]


def test_the_table_fits_and_says_what_is_the_article(folder: Path, readmore: Readmore) -> None:
    ran = readmore("--archive", folder, "history", "1")
    assert ran.code == 0
    assert max(map(len, ran.out.splitlines())) <= 80
    flat = " ".join(ran.out.split())
    assert "unchanged since 2020-01-12" in flat
    assert "copy 2" in flat
    assert "ok: the article now" in ran.out
    assert ran.out.rstrip().endswith("5 copies, 2 versions. --diff shows what changed last.")
    other = readmore("--archive", folder, "history", "https://herald.example/lost")
    assert "memento" in other.out
    assert other.out.rstrip().endswith("1 copy, 1 version.")


def test_diff_shows_the_last_change(folder: Path, readmore: Readmore) -> None:
    """Headline first, read from the WARC records; no colours where there is no terminal."""
    ran = readmore("--archive", folder, "history", "1", "--diff")
    assert ran.code == 0
    account, *shown = [" ".join(part.split()) for part in ran.out.split("\n\n")]
    assert account == (
        "From copy 2 (2020-01-12 12:30) to copy 4 (2020-01-14 12:30); words: 1 removed, 2 added."
    )
    assert shown[0] == "Headline: The ferry is {+very+} late"
    assert len(shown) == 2
    assert "pier [-21-] {+22+} knew why." in " ".join(shown)
    assert "\x1b" not in ran.out
    assert max(map(len, ran.out.splitlines())) <= 80


def test_diff_takes_two_numbers_and_goes_both_ways(folder: Path, readmore: Readmore) -> None:
    told = json.loads(
        readmore("--archive", folder, "history", "1", "--diff", "4", "2", "--format", "json").out
    )
    assert (told["before"], told["after"]) == (4, 2)
    assert "pier [-22-] {+21+}" in told["change"]["diff"]
    same = readmore("--archive", folder, "history", "1", "--diff", "2", "3")
    assert same.out.startswith("Nothing changed from copy 2 ")
    text = readmore("--archive", folder, "history", "1", "--diff", "--format", "csv").out
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["title_after"] == "The ferry is very late"


def test_colours_only_on_a_terminal(
    folder: Path, readmore: Readmore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # what rich takes for a terminal
    monkeypatch.setenv("TERM", "xterm")
    out = readmore("--archive", folder, "history", "1", "--diff").out
    assert "\x1b[31m[-21-]\x1b[0m" in out
    assert "\x1b[32m{+22+}\x1b[0m" in out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("1", "--diff", "1", "9"), "no copy of that number"),
        (("1", "--diff", "1"), "two numbers"),
        (("1", "1", "2"), "two numbers"),
        (("https://herald.example/none",), "no article of that name"),
        (("4711",), "no article of that name"),
    ],
)
def test_what_is_not_there_is_one_clear_line(
    folder: Path, readmore: Readmore, words: tuple[str, ...], told: str
) -> None:
    ran = readmore("--archive", folder, "history", *words)
    assert ran.code == 1
    assert told in ran.err
    assert "Traceback" not in ran.err


def test_one_version_is_nothing_to_compare(folder: Path, readmore: Readmore) -> None:
    ran = readmore("--archive", folder, "history", "https://herald.example/lost", "--diff")
    assert ran.code == 0
    assert "one version only" in ran.out


def test_a_damaged_copy_is_named_with_its_place(folder: Path, readmore: Readmore) -> None:
    with Store.open(folder) as store:
        record = store.library.history(1)[3].record
    path = folder / "warc" / record.file
    data = bytearray(path.read_bytes())
    data[record.offset + record.length // 2] ^= 1
    path.write_bytes(data)
    ran = readmore("--archive", folder, "history", "1", "--diff")
    assert ran.code == 1
    assert f"{record.file} at byte {record.offset}" in ran.err


def test_imports_and_given_texts(folder: Path, readmore: Readmore, tmp_path: Path) -> None:
    """An import goes by its own name and has no copies; a given text is a copy that can be compared."""
    articles = tmp_path / "articles.jsonl"
    articles.write_text(json.dumps({"title": "Imported", "text": "A text.", "id": "desk-7"}))
    with Store.open(folder) as store:
        take_in(store, articles)
        seed = Seed("ferry", "The ferry is late", "ferry.toml", url=URL)
        Archivist(store).keep_text(seed, "\n".join(prose("ferry", 3)))
    ran = readmore("--archive", folder, "history", "desk-7")
    assert ran.code == 0
    assert "No copies" in ran.out
    found = rows(readmore("--archive", folder, "history", "1", "--format", "json"))
    assert found[-1]["via"] == "text"
    assert found[-1]["is_article"] is True
    ran = readmore("--archive", folder, "history", "1", "--diff", "2", "6")
    assert ran.code == 0
    assert "removed" in ran.out


def test_nothing_of_a_page_acts_on_the_terminal(tmp_path: Path, readmore: Readmore) -> None:
    folder = tmp_path / "a"
    evil = "&#27;[31m&#x202e; [-forged-]"
    with Store.open(folder, create=True) as store:
        fetch(store, capture(URL, page("Ferry", *prose("ferry", 12))))
        fetch(store, capture(URL, page(f"Ferry {evil}", f"Now {evil} and on", *prose("ferry", 12)), 1))
    for more in ((), ("--diff",), ("--format", "csv"), ("--diff", "--format", "csv")):
        ran = readmore("--archive", folder, "history", "1", *more)
        assert ran.code == 0, ran.err
        assert "\x1b" not in ran.out
        assert "\u202e" not in ran.out
        assert "[-forged-]" not in ran.out or "--diff" not in more


def test_fetching_again_keeps_what_changed(tmp_path: Path, readmore: Readmore) -> None:
    """End to end: the table that Datasette shows says what `history --diff` says."""
    folder, seed = tmp_path / "a", tmp_path / "harbour.toml"
    with Server() as server:
        server.add("/ferry", Reply(body=FIRST), Reply(body=SECOND))
        seed.write_text(
            f'title = "Harbour"\n[[reference]]\ntitle = "The ferry"\nurl = "{server.url("/ferry")}"\n'
        )
        for more in ((), ("--refresh",)):
            words = ("fetch", seed, "--delay", "0", "--allow-private", "--no-wayback", "--quiet", *more)
            assert readmore("--archive", folder, *words).code == 0
        shown = json.loads(
            readmore("--archive", folder, "history", server.url("/ferry"), "--diff", "--format", "json").out
        )
    assert readmore("--archive", folder, "verify").code == 0
    connection = sqlite3.connect(folder / FILENAME)
    kept = connection.execute(
        "SELECT title_before, title_after, words_removed, words_added, diff FROM changes"
    )
    (row,) = kept.fetchall()
    connection.close()
    assert row == tuple(shown["change"].values())
    assert "pier [-21-] {+22+}" in row[-1]
