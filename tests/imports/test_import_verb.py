"""`import` end to end: what was in the file is in the archive once, and the account adds up."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from archives import HTML, capture, memento
from ran import Ran
from web_archives import SITE, Writer, mixed, page, rows

from recommender.crawl.archivist import Archivist
from recommender.crawl.reading_copies import read_copy
from recommender.imports.kinds import Kind
from recommender.intake import take_in, take_list
from recommender.rebuild import rebuild
from recommender.store.database import Store

Readmore = Callable[..., Ran]


@pytest.fixture
def words(tmp_path: Path) -> tuple[str, Path]:
    return ("--archive", tmp_path / "archive")


def test_a_list_becomes_a_seed_with_what_is_new(
    readmore: Readmore, words: tuple[str, Path], tmp_path: Path
) -> None:
    """Once imported, twice the same; a longer list adds its new addresses; a rebuild knows them all."""
    path = tmp_path / "Reading List.txt"
    path.write_text(f"{SITE}/a\n{SITE}/b\nhttp://quay.example/a/\n")
    ran = readmore(*words, "import", path)
    assert ran.code == 0
    assert ran.out == "3 addresses: 2 new references, 1 known. `readmore fetch reading-list` archives them.\n"
    assert "taken for a list of addresses" in ran.err.replace("\n", " ")
    path.write_text(f"[Another title]({SITE}/a)\n{SITE}/c\n")
    assert "2 addresses: 1 new references, 1 known." in readmore(*words, "import", path).out
    for _ in range(2):
        with Store.open(words[1]) as store:
            assert rows(store, "SELECT position, url, state FROM links ORDER BY position") == [
                (1, f"{SITE}/a", "pending"), (2, f"{SITE}/b", "pending"), (3, f"{SITE}/c", "pending"),
            ]  # fmt: skip
            assert rows(store, "SELECT key, title, state FROM seeds") == [
                ("reading-list", "Reading List", "pending")
            ]
        rebuild(words[1])


def test_lines_that_are_no_addresses_are_named(
    readmore: Readmore, words: tuple[str, Path], tmp_path: Path
) -> None:
    """File, line and reason; exit 2; the others are in."""
    path = tmp_path / "list.txt"
    path.write_text(f"{SITE}/a\nferry\n")
    ran = readmore(*words, "import", path)
    assert ran.code == 2
    assert f"{path}:2: left out: no web address: 'ferry'" in ran.err
    assert "2 addresses: 1 new references, 0 known, 1 left out." in ran.out


def test_lists_of_one_name_stay_apart(readmore: Readmore, words: tuple[str, Path], tmp_path: Path) -> None:
    """A list never becomes part of another file's seed."""
    (tmp_path / "quay.txt").write_text(f"{SITE}/a\n")
    (tmp_path / "quay.md").write_text(f"{SITE}/b\n")
    assert "fetch quay`" in readmore(*words, "import", tmp_path / "quay.txt").out
    assert "fetch quay-2`" in readmore(*words, "import", tmp_path / "quay.md").out
    assert "fetch quay-2`" in readmore(*words, "import", tmp_path / "quay.md").out


def test_fetch_goes_on_with_a_list_by_its_key(
    readmore: Readmore, words: tuple[str, Path], tmp_path: Path, offline: None
) -> None:
    """Without a network its references stay pending; an unknown name is the error it was."""
    (tmp_path / "list.txt").write_text("https://quay.invalid/a\nhttps://quay.invalid/b\n")
    readmore(*words, "import", tmp_path / "list.txt")
    ran = readmore(*words, "fetch", "list", "--no-wayback", "--allow-private")
    assert ran.code == 3
    with Store.open(words[1]) as store:
        assert rows(store, "SELECT attempts > 0 FROM links") == [(1,), (1,)]
        assert len(store.lists.all()) == 1
    ran = readmore(*words, "fetch", "lost")
    assert ran.code == 1
    assert "no such file" in ran.err


def test_a_warc_is_imported_once(readmore: Readmore, words: tuple[str, Path], tmp_path: Path) -> None:
    """Pages become captures and articles; the second time nothing is written; a rebuild gives the same."""
    path = mixed(tmp_path / "crawl.warc.gz")
    ran = readmore(*words, "import", path)
    assert ran.code == 0, ran.err
    assert ran.out.splitlines()[0] == "9 records: 4 pages added, 0 known, 5 not pages, 0 damaged."
    assert "Kept, but not as articles: 1 not found (404)." in ran.out
    before = sorted((file.name, file.stat().st_size) for file in (words[1] / "warc").iterdir())
    again = readmore(*words, "import", path)
    assert again.out.splitlines()[0] == "9 records: 0 pages added, 4 known, 5 not pages, 0 damaged."
    assert before == sorted((file.name, file.stat().st_size) for file in (words[1] / "warc").iterdir())
    sql = "SELECT url, via, status, captured_at, verdict FROM captures ORDER BY id"
    with Store.open(words[1]) as store:
        known = rows(store, sql)
        titles = rows(store, "SELECT title, url FROM articles ORDER BY id")
    assert known[0] == (f"{SITE}/ferry", "import", 200, "2019-05-06T07:08:09Z", "ok")
    assert len(titles) == 3
    rebuild(words[1])
    with Store.open(words[1]) as store:
        assert (rows(store, sql), rows(store, "SELECT title, url FROM articles ORDER BY id")) == (
            known,
            titles,
        )
    assert readmore(*words, "verify").code == 0


def test_a_torn_warc_is_exit_2(readmore: Readmore, words: tuple[str, Path], tmp_path: Path) -> None:
    """The place is named, the rest is in."""
    out = Writer(tmp_path / "torn.warc.gz")
    out.add(f"{SITE}/ferry", page("ferry"))
    out.add(f"{SITE}/tram", page("tram"))
    path = out.close()
    path.write_bytes(path.read_bytes()[:-30])
    ran = readmore(*words, "import", path)
    assert ran.code == 2
    assert ran.out.splitlines()[0] == "2 records: 1 pages added, 0 known, 0 not pages, 1 damaged."
    assert f"{path} at byte {out.places[1]}: damaged: " in ran.err


def test_an_older_page_does_not_replace_a_newer_one(
    readmore: Readmore, words: tuple[str, Path], tmp_path: Path
) -> None:
    """Whichever is imported first, the article is the newest good copy, and a stub never is."""
    texts = []
    for name, order in (("one", (2018, 2020)), ("two", (2020, 2018))):
        archive = ("--archive", tmp_path / name)
        for year in order:
            out = Writer(tmp_path / f"{name}-{year}.warc.gz")
            body = page("ferry").replace(b" had a ", b" in %d had a " % year)
            out.add(f"{SITE}/ferry", body, when=f"{year}-01-01T00:00:00Z")
            out.add(f"{SITE}/ferry", b"<p>Please log in", when="2022-01-01T00:00:00Z")
            readmore(*archive, "import", out.close())
        with Store.open(archive[1]) as store:
            texts += rows(store, "SELECT text FROM article_texts")
    assert len(texts) == 2
    assert all("in 2020 had a" in text[0] for text in texts)


def test_an_archives_own_warcs_give_the_same_articles(
    readmore: Readmore, words: tuple[str, Path], tmp_path: Path
) -> None:
    """readmore's files are WARC files too: pages, mementos, versions and imported articles come over."""
    articles = tmp_path / "mine.jsonl"
    articles.write_text(
        "".join(json.dumps({"title": f"No. {n}", "text": f"Text {n}."}) + "\n" for n in range(30))
    )
    newer = page("tram").replace(b" had a ", b" now has a ", 3)
    copies = [
        capture(f"{SITE}/ferry", page("ferry")),
        capture(f"{SITE}/tram", page("tram")),
        capture(f"{SITE}/zip", gzip.compress(page("zip")), headers=(*HTML, ("Content-Encoding", "gzip"))),
        capture(f"{SITE}/gone", b"<p>gone", status=404),
        memento(f"{SITE}/lost", page("lost"), 2),
        capture(f"{SITE}/ferry", page("ferry"), 3),  # a revisit
        capture(f"{SITE}/tram", newer, 4),
    ]
    with Store.open(tmp_path / "old", create=True) as store:
        for one in copies:
            Archivist(store).keep(one, read_copy(one))
        take_in(store, articles)
    for path in (tmp_path / "old" / "warc").iterdir():
        ran = readmore(*words, "import", path)
        assert ran.code == 0, ran.err
        assert "7 pages added" in ran.out
        assert "30 articles added that another readmore archive had imported." in ran.out
    both = []
    for folder in (tmp_path / "old", words[1]):
        with Store.open(folder) as store:
            found = rows(
                store,
                "SELECT a.url, a.title, t.text FROM articles a JOIN article_texts t USING (id) ORDER BY 2",
            )
            copies_of = "SELECT url, captured_at, verdict, digest FROM captures ORDER BY id"
            both.append((found, rows(store, copies_of), rows(store, "SELECT diff FROM changes")))
    assert len(both[0][0]) == 34
    assert both[0] == both[1]


def test_twenty_thousand_bookmarks_take_seconds(words: tuple[str, Path], tmp_path: Path) -> None:
    """And as long again to see that all are known."""
    lines = (f'<DT><A HREF="{SITE}/{n}" ADD_DATE="1578736800">Piece {n}</A>\n' for n in range(20_000))
    path = tmp_path / "bookmarks.html"
    path.write_text("<!DOCTYPE NETSCAPE-Bookmark-file-1><DL><p>" + "".join(lines) + "</DL>")
    with Store.open(words[1], create=True) as store:
        begun = time.process_time()
        assert take_list(store, path, Kind.BOOKMARKS).added == 20_000
        assert take_list(store, path, Kind.BOOKMARKS).known == 20_000
        assert time.process_time() - begun < 20
