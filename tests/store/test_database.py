"""The archive's tables: what is written can be read back, and nothing is half there."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from recommender.errors import ArchiveError
from recommender.models import Article, Capture, Kind, Method, Record, Reference, Seed, State, Via
from recommender.store.database import FILENAME, Store
from recommender.store.furnish import FILES
from recommender.store.results import RankingRow

NOW = datetime(2021, 3, 4, 12, tzinfo=UTC)
SEED = Seed(key="harbour", title="Stay open", source="harbour.toml", url="https://quay.example/a")
REFERENCES = (
    Reference("Close it", author="Olle Brandt"),
    Reference("What it costs", url="https://quay.example/costs", kind=Kind.MODULE, heading="Related"),
)
ARTICLE = Article(
    url="https://quay.example/costs",
    title="What it costs",
    text="The port costs a lot.\nIt always did.",
    authors="Maja Lind",
    published=date(2021, 3, 1),
)


def capture(verdict: str = "ok") -> Capture:
    headers = (("ETag", '"1"'), ("Last-Modified", "Mon, 01 Mar 2021 00:00:00 GMT"))
    return Capture(
        ARTICLE.url or "", ARTICLE.url or "", NOW, NOW, Via.LIVE, 200, headers, b"<p>", verdict=verdict
    )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "archive", create=True) as store:
        yield store


def test_opening_is_repeatable_and_tells_a_missing_archive(tmp_path: Path) -> None:
    """A second opening applies nothing; a folder without an archive is an error, not an empty one."""
    Store.open(tmp_path / "a", create=True).close()
    Store.open(tmp_path / "a").close()
    with pytest.raises(ArchiveError, match="no archive here"):
        Store.open(tmp_path / "b")
    assert not (tmp_path / "b").exists()


def test_a_file_that_is_no_database_is_said_to_be_none(tmp_path: Path) -> None:
    """And it is left as it was."""
    path = tmp_path / FILENAME
    path.write_bytes(b"not a database, whatever its name" * 50)
    with pytest.raises(ArchiveError, match="can't open"):
        Store.open(tmp_path)
    assert path.read_bytes().startswith(b"not a database")


def test_an_article_with_its_text_its_addresses_and_its_best_copy(store: Store) -> None:
    """What goes in comes out."""
    with store.transaction():
        article_id = store.library.add(ARTICLE, origin=Via.LIVE, now=NOW)
        record = Record("run.warc.gz", 100, 50, "sha1:A")
        capture_id = store.library.add_capture(capture(), record, article_id=article_id, version=ARTICLE)
        store.library.set_best(article_id, capture_id)
        store.library.name("quay.example/costs", ARTICLE.url or "", article_id)
    found = store.library.get(article_id)
    assert found is not None
    assert (found.title, found.text, found.published) == (ARTICLE.title, ARTICLE.text, ARTICLE.published)
    best = store.library.best_capture(article_id)
    assert best is not None
    assert (best.record, best.etag, best.captured_at) == (record, '"1"', NOW)
    assert store.library.by_key("quay.example/costs") == article_id


def test_search_finds_a_replaced_text_and_not_the_old_one(store: Store) -> None:
    """The full-text index follows the articles."""
    with store.transaction():
        article_id = store.library.add(ARTICLE, origin=Via.LIVE, now=NOW)
        new = Article(url=None, title="What it costs", text="The ferry is free.")
        store.library.replace(article_id, new, origin=Via.LIVE, now=NOW)

    def hits(word: str) -> int:
        sql = "SELECT count(*) FROM article_texts_fts WHERE article_texts_fts MATCH ?"
        return int(store.db.execute(sql, [word]).fetchone()[0])

    assert (hits("ferries"), hits("port")) == (1, 0)


def test_the_first_to_claim_an_address_keeps_it(store: Store) -> None:
    """A page can't take another's address by naming it as its own."""
    with store.transaction():
        first = store.library.add(ARTICLE, origin=Via.LIVE, now=NOW)
        second = store.library.add(ARTICLE, origin=Via.LIVE, now=NOW)
        store.library.name("quay.example/a", "https://quay.example/a", first)
        store.library.name("quay.example/a", "https://quay.example/a", second)
    assert store.library.by_key("quay.example/a") == first


def test_references_are_discovered_once_and_counted(store: Store) -> None:
    """A second look at the same list adds nothing; the account adds up."""
    keys = [None, "quay.example/costs"]
    with store.transaction():
        seed = store.lists.save(SEED, NOW)
        store.lists.discover(seed.id, REFERENCES, keys, NOW)
        store.lists.discover(seed.id, REFERENCES, keys, NOW)
    first, second = store.lists.links(seed.id)
    assert (first.position, first.reference.author, first.method) == (1, "Olle Brandt", Method.NONE)
    assert (second.reference.kind, second.reference.heading) == (Kind.MODULE, "Related")
    with store.transaction():
        store.lists.resolve(first.id, "https://quay.example/close", Method.PAGE, 0.9, NOW)
        store.lists.settle(first.id, State.FAILED, "not found (404)", NOW)
    counts = store.lists.counts([seed.id])
    assert (counts.discovered, counts.failed, counts.pending) == (2, 1, 1)
    again = store.lists.links(seed.id)[0]
    assert (again.reference.url, again.reason, again.attempts) == (
        "https://quay.example/close",
        "not found (404)",
        1,
    )


def test_a_seed_read_again_keeps_what_became_of_its_page(store: Store) -> None:
    """Facts are brought up to date; the page's state stays."""
    with store.transaction():
        seed = store.lists.save(SEED, NOW)
        store.lists.set_page(seed.id, State.FAILED, "gone (410)", None)
        again = store.lists.save(Seed(key="harbour", title="Stay open!", source="harbour.toml"), NOW)
    assert (again.title, again.url, again.reason) == ("Stay open!", SEED.url, "gone (410)")


def test_a_profile_of_an_old_text_is_not_given(store: Store) -> None:
    """Profiles are kept by the text they were made from."""
    with store.transaction():
        article_id = store.library.add(ARTICLE, origin=Via.LIVE, now=NOW)
        store.results.save_profile(article_id, "linear", "{}")
    assert store.results.profiles([article_id], "linear") == {article_id: "{}"}
    assert store.results.profiles([article_id], "encoder") == {}
    with store.transaction():
        store.library.replace(article_id, Article(None, "New", "New."), origin=Via.LIVE, now=NOW)
    assert store.results.profiles([article_id], "linear") == {}


def test_rankings_are_put_in_each_others_place(store: Store) -> None:
    """A seed has one ranking."""
    with store.transaction():
        seed = store.lists.save(SEED, NOW)
        article_id = store.library.add(ARTICLE, origin=Via.LIVE, now=NOW)
        row = RankingRow(article_id, 1, 0.5, "mixed", 0.0, 0.2, 0.25, True, "[]", "[]")
        store.results.save_rankings(seed.id, [row], NOW)
        store.results.save_rankings(seed.id, [row], NOW)
    assert store.db.table("rankings").count == 1


def test_a_failed_transaction_leaves_nothing(store: Store) -> None:
    """All or nothing."""
    with pytest.raises(RuntimeError), store.transaction():
        store.library.add(ARTICLE, origin=Via.LIVE, now=NOW)
        raise RuntimeError
    assert store.library.count() == 0


def test_rows_point_at_rows_that_exist(store: Store) -> None:
    """Foreign keys are enforced, not only declared."""
    with pytest.raises(sqlite3.IntegrityError), store.transaction():
        store.library.name("k", "u", 999)


def test_a_second_process_waits_instead_of_failing(store: Store, tmp_path: Path) -> None:
    """Readers see the last commit while a writer is at work."""
    with Store.open(tmp_path / "archive") as other:
        with store.transaction():
            store.library.add(ARTICLE, origin=Via.LIVE, now=NOW)
            assert other.library.count() == 0
        assert other.library.count() == 1


def test_a_new_archive_is_a_datasette_folder_and_the_projects_own_is_the_same(
    root: Path, tmp_path: Path
) -> None:
    """`archive/` in the repository holds what every new archive gets; what a user changed stays."""
    for name in FILES:
        path = tmp_path / "a" / name
        Store.open(tmp_path / "a", create=True).close()
        assert path.read_bytes() == (root / "archive" / name).read_bytes()
        path.write_text("mine", encoding="utf-8")
        Store.open(tmp_path / "a", create=True).close()
        assert path.read_text(encoding="utf-8") == "mine"
