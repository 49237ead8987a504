"""The kept index follows the archive, and a question that finds it up to date looks at no article."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from recommender.models import Article, Via
from recommender.similar import current_index
from recommender.store.database import FILENAME, Store

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def article(number: int, word: str = "ferry") -> Article:
    """A made-up piece."""
    return Article(url=None, title=f"Piece {number}", text=f"The {word} number{number} left the island late.")


def add(store: Store, *numbers: int) -> list[int]:
    """Put pieces in, in one transaction."""
    with store.transaction():
        return [store.library.add(article(n), origin=Via.IMPORT, now=NOW) for n in numbers]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An archive of twenty pieces and its index."""
    with Store.open(tmp_path / "a", create=True) as store:
        add(store, *range(1, 21))
        current_index(store)
    return tmp_path / "a"


def asked(store: Store) -> list[str]:
    """The statements on articles that a call of `current_index` runs."""
    seen: list[str] = []
    store.db.conn.set_trace_callback(seen.append)
    current_index(store)
    store.db.conn.set_trace_callback(None)
    return [statement for statement in seen if "FROM articles" in statement]


def test_an_index_that_is_up_to_date_costs_one_look(folder: Path) -> None:
    with Store.open(folder) as store:
        assert asked(store) == []
        add(store, 21)
        statements = asked(store)
        assert len(statements) == 2
        assert all("json_each('[21]')" in statement for statement in statements)
        assert asked(store) == []
        assert current_index(store).known() == set(range(1, 22))


def test_what_changes_in_the_tables_changes_in_the_index(folder: Path) -> None:
    """Replaced and gone, also by a statement of somebody else's; a change of other facts is none."""
    with Store.open(folder) as store:
        with store.transaction():
            store.library.replace(3, article(3, "orchard"), origin=Via.IMPORT, now=NOW)
        assert [hit.article_id for hit in current_index(store).query("", "orchard", limit=5)] == [3]
        with store.transaction():
            store.db.execute("DELETE FROM article_texts WHERE id = 4")
            store.db.execute("DELETE FROM articles WHERE id = 4")
        assert current_index(store).known() == {*range(1, 21)} - {4}
        with store.transaction():
            store.db.execute("UPDATE articles SET outlet = 'The Quay', digest = digest")
        assert asked(store) == []


def test_a_change_that_is_rolled_back_is_none(folder: Path) -> None:
    with Store.open(folder) as store:
        before = store.library.last_change()
        with pytest.raises(RuntimeError), store.transaction():
            store.library.add(article(99), origin=Via.IMPORT, now=NOW)
            raise RuntimeError
        assert store.library.last_change() == before
        assert asked(store) == []


ADD = """
import pathlib, sys
sys.path.insert(0, "tests")
from test_freshness import add
from recommender.store.database import Store
with Store.open(pathlib.Path(sys.argv[1])) as store:
    add(store, 21, 22)
"""


def test_another_processs_articles_are_noticed(folder: Path, root: Path) -> None:
    with Store.open(folder) as store:
        current_index(store)
        subprocess.run([sys.executable, "-c", ADD, str(folder)], cwd=root, check=True)
        assert current_index(store).known() == set(range(1, 23))


KILL = """
import os, pathlib, signal, sys
sys.path.insert(0, "tests")
from test_freshness import add
from recommender.similar import current_index
from recommender.store.database import Store
from recommender.topic import manifest
write = manifest.write
def kill(directory, state):
    if state.seen != before or sys.argv[2] == "first":
        os.kill(os.getpid(), signal.SIGKILL)
    write(directory, state)
with Store.open(pathlib.Path(sys.argv[1])) as store:
    before = current_index(store).seen
    add(store, 21)
    manifest.write = kill
    current_index(store)
"""


@pytest.mark.parametrize("when", ["first", "last"])
def test_a_kill_before_the_index_has_caught_up_costs_another_look(
    folder: Path, root: Path, when: str
) -> None:
    """Before the new segment counts, or after it does and before the change is known to be in."""
    done = subprocess.run([sys.executable, "-c", KILL, str(folder), when], cwd=root, check=False)
    assert done.returncode == -signal.SIGKILL
    with Store.open(folder) as store:
        assert len(asked(store)) == 2
        assert asked(store) == []
        assert current_index(store).known() == set(range(1, 22))


def test_another_database_in_its_place_is_noticed(folder: Path, tmp_path: Path) -> None:
    """As many changes, other articles: a rebuild, or a backup put back."""
    with Store.open(tmp_path / "b", create=True) as other:
        add(other, *range(31, 51))
        assert other.library.last_change()[0] == 21
    (tmp_path / "b" / FILENAME).replace(folder / FILENAME)
    with Store.open(folder) as store:
        index = current_index(store)
        assert [hit.article_id for hit in index.query("", "number31", limit=5)] == [1]
        assert index.query("", "number1", limit=5) == []


def test_an_archive_from_before_keeps_its_articles(folder: Path) -> None:
    """The changes' table is made when the archive is opened; its articles are compared once."""
    with Store.open(folder) as store, store.transaction():
        for statement in ("TRIGGER article_added", "TRIGGER article_changed", "TRIGGER article_gone"):
            store.db.execute(f"DROP {statement}")
        store.db.execute("DROP TABLE article_changes")
        store.db.execute("DELETE FROM _sqlite_migrations WHERE name = 'article_changes'")
    with Store.open(folder) as store:
        assert store.library.changed_since(store.library.last_change()) == set()
        assert current_index(store).known() == set(range(1, 21))
        add(store, 21)
        assert len(current_index(store)) == 21
