"""Claims: a page is one living run's at a time, and nobody's once that run is gone, however it went."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from recommender.store.claims import FOLDER, Claims, alive, running
from recommender.store.database import Store

NOW = datetime(2021, 3, 2, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path, create=True) as store:
        yield store


def begin(store: Store) -> Claims:
    with store.transaction():
        return Claims(store.db, store.folder, store.results.start_run(NOW))


def take(claims: Claims, store: Store, *keys: str) -> set[str]:
    with store.transaction():
        return claims.take(keys)


def test_a_page_is_one_runs_until_it_gives_it_back(store: Store) -> None:
    """The second run gets what the first has not, and the rest when the first lets go."""
    one, two = begin(store), begin(store)
    assert take(one, store, "a", "b") == {"a", "b"}
    assert take(two, store, "b", "c") == {"c"}
    assert two.taken(["a", "b", "c"]) == {"a", "b"}
    assert take(one, store, "a") == {"a"}
    with store.transaction():
        one.release(["b"])
    assert take(two, store, "b") == {"b"}
    one.close()
    two.close()


def test_a_dead_runs_claims_are_nobodys(store: Store) -> None:
    """SIGKILL in another process: its lock is free, so its pages are to be had, and its traces go."""
    script = (
        "import sys, os, signal; from pathlib import Path; from datetime import datetime, UTC\n"
        "from recommender.store.database import Store; from recommender.store.claims import Claims\n"
        "store = Store.open(Path(sys.argv[1]))\n"
        "with store.transaction():\n"
        "    claims = Claims(store.db, store.folder, store.results.start_run(datetime.now(UTC)))\n"
        "    claims.take(['a'])\n"
        "print(claims.run_id, flush=True); sys.stdin.read(1)\n"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", script, store.folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    run_id = int(other.stdout.readline())
    ours = begin(store)
    assert alive(store.folder, run_id)
    assert take(ours, store, "a") == set()
    other.kill()
    other.communicate(timeout=10)
    assert not alive(store.folder, run_id)
    assert take(ours, store, "a") == {"a"}
    later = begin(store)
    assert {path.name for path in (store.folder / FOLDER).iterdir()} == {str(ours.run_id), str(later.run_id)}
    assert running(store.folder) == [ours.run_id, later.run_id]
    ours.close()
    later.close()
    assert running(store.folder) == []
