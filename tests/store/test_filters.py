"""SQLite's indexes say what the pure decision says, article by article."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommender import choosing, selecting
from recommender.choosing import Choice, Passing
from recommender.models import Article, Via
from recommender.store import filters
from recommender.store.database import Store

NOW = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = [date(2020, 1, 1), date(2020, 1, 31), date(2020, 2, 1), date(1, 1, 1), date(9999, 12, 31)]
URLS = [
    "https://quay.example/a", "http://www.Quay.example:8443/b", "https://opinion.quay.example/c",
    "https://notquay.example/d", "https://else.example/?u=quay.example", "https://[broken/e", "urn:x:quay.example",
    "https://ex\u00e4mple.example/f", "https://qu\nay.example/g", "//quay.example.", "quay.example/h", "", "'; --",
]  # fmt: skip
OUTLETS = [
    "The Quay",
    "the  QUAY",
    "The Quay Weekly",
    "quay.example",
    "Stra\u00dfe",
    "STRASSE",
    "",
    " ",
    "%",
    "\U0001f600",
    "Nu\0ll",
    "Nu",
]
SITES = ["quay.example", "the quay", "https://www.quay.example/x", "opinion.quay.example", "example", "strasse", ".",
         "%", "else.example", "ex\u00e4mple.example", "nobody", "nu", "nu\0ll"]  # fmt: skip
ARTICLES = st.builds(
    Article, st.none() | st.sampled_from(URLS), st.just("A piece"), st.just(""),
    outlet=st.none() | st.sampled_from(OUTLETS), published=st.none() | st.sampled_from(DAYS),
    canonical_url=st.none() | st.sampled_from(URLS), copy_of=st.none() | st.integers(1, 4),
)  # fmt: skip
CHOICES = st.builds(
    Choice, st.none() | st.sampled_from(DAYS), st.none() | st.sampled_from(DAYS), st.booleans(),
    st.lists(st.sampled_from(SITES), max_size=2).map(tuple), st.lists(st.sampled_from(SITES), max_size=2).map(tuple),
)  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "archive", create=True) as opened:
        yield opened


def add(store: Store, *articles: Article) -> None:
    with store.transaction():
        for article in articles:
            store.library.add(article, origin=Via.IMPORT, now=NOW)


def oracle(store: Store, choice: Choice, subject: date | None, gone: frozenset[int]) -> Passing:
    others = (one for one in store.library.facts() if (one.copy_of or one.id) not in gone)
    return choosing.passing(choice, others, subject)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    articles=st.lists(ARTICLES, min_size=4, max_size=14),
    choices=st.lists(CHOICES, min_size=1, max_size=4),
    subject=st.none() | st.sampled_from(DAYS),
    gone=st.frozensets(st.integers(1, 4), max_size=2),
)
def test_the_same_pass_and_as_many_are_left_out(
    store: Store, articles: list[Article], choices: list[Choice], subject: date | None, gone: frozenset[int]
) -> None:
    """Dates at their edges, sites by outlet and by either address, odd hosts, copies, what belongs to the subject.

    A piece whose copy passes passes: its first is among `firsts`.
    """
    with store.transaction():
        store.db.conn.execute("DELETE FROM article_texts")
        store.db.conn.execute("PRAGMA defer_foreign_keys = ON")
        store.db.conn.execute("DELETE FROM articles")
        for place, article in enumerate(articles):
            number = store.library.add(article, origin=Via.IMPORT, now=NOW)
            if place < 4:  # first copies are nobody's copies
                store.db.conn.execute("UPDATE articles SET copy_of = NULL WHERE id = ?", [number])
            assert number == place + 1
    for choice in choices:
        if choice.filters():
            asked = selecting.ask(store, choice, "", "", subject, exclude=gone, among=None)
            assert asked.passed == oracle(store, choice, subject, asked.exclude)


def test_a_copy_that_passes_lets_its_piece_pass(store: Store) -> None:
    """The index holds the first copy alone; which copy to show is told by `ids`."""
    first = Article("https://quay.example/1", "A", "", published=date(2020, 1, 1))
    copy = Article("https://pier.example/1", "A", "", published=date(2020, 2, 1), copy_of=1)
    add(store, first, copy)
    choice = Choice(sites=("pier.example",))
    passed = selecting.ask(store, choice, "", "", None, exclude=(), among=None).passed
    assert passed == Passing(frozenset({2}), frozenset({1}), elsewhere=1)


def test_hosts_follow_an_address_whoever_changes_it(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """An archive made before knows none; a replaced article may have moved; a hand on the tables too."""
    monkeypatch.setattr(filters, "BATCH", 2)
    add(store, *(Article(f"https://quay.example/{number}", "A", "") for number in range(1, 5)))
    store.db.execute("UPDATE articles SET host = NULL, canonical_host = NULL WHERE id = 1")
    store.db.execute("UPDATE articles SET url = 'https://pier.example/2' WHERE id = 2")
    moved = Article("https://quay.example/3", "A", "", canonical_url="https://pier.example/3")
    with store.transaction():
        store.library.replace(3, moved, origin=Via.LIVE, now=NOW)
    columns = "(title, url, words, origin, digest, added_at, updated_at)"
    sql = f"INSERT INTO articles {columns} VALUES ('', ?, 0, '', '', '', '')"
    store.db.execute(sql, ["https://www.pier.example/5"])
    assert filters.unknown_hosts(store.db)
    for site, ids in (("quay.example", {1, 3, 4}), ("pier.example", {2, 3, 5})):
        passed = selecting.ask(store, Choice(sites=(site,)), "", "", None, exclude=(), among=None).passed
        assert passed
        assert passed.ids == ids
    assert not filters.unknown_hosts(store.db)


def test_no_row_of_the_table_is_read(store: Store) -> None:
    """Every step goes through an index that holds all it asks for: rows are long, and a million of them are slow."""
    add(store, *(Article(f"https://{n}.example/", "A", "", published=DAYS[0]) for n in range(30)))
    some = filters.Places({"The Quay"}, {"1.example"})
    steps: list[str] = []
    store.db.conn.set_trace_callback(steps.append)
    for on in (None, some):
        for off in (None, some):
            filters.within(store.db, filters.Bounds(True, *DAYS[:3], on, off))
    filters.outlets(store.db)
    filters.hosts(store.db)
    store.db.conn.set_trace_callback(None)
    assert len(steps) > 10
    for sql in steps:
        if sql.startswith("--"):
            continue
        for row in store.db.conn.execute(f"EXPLAIN QUERY PLAN {sql}"):
            if " articles" in row[3]:
                assert "COVERING INDEX" in row[3], f"{row[3]}: {sql}"


def test_an_archive_made_before_gets_its_indexes(tmp_path: Path) -> None:
    """At its first opening; the answer is the same."""
    with Store.open(tmp_path / "archive", create=True) as store:
        add(store, Article("https://quay.example/1", "A", ""))
    with sqlite3.connect(tmp_path / "archive" / "readmore.db") as db:
        db.executescript(
            "DROP INDEX articles_host; DROP INDEX articles_canonical_host; DROP TRIGGER article_moved;"
            "ALTER TABLE articles DROP COLUMN host; ALTER TABLE articles DROP COLUMN canonical_host;"
            "DELETE FROM _sqlite_migrations WHERE name = 'hosts'"
        )
    db.close()
    with Store.open(tmp_path / "archive") as store:
        passed = selecting.ask(
            store, Choice(sites=("quay.example",)), "", "", None, exclude=(), among=None
        ).passed
        assert passed == Passing(frozenset({1}), frozenset({1}))
