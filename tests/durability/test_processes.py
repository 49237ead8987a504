"""Several fetches at once on one archive: no page is asked for twice, nothing is locked, the account adds up."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from checks import Witness, content, no_article_twice, rebuilds_equal, rows
from children import PATIENCE, descendants, ended, finish, outlive, start, words
from small_web import SmallWeb, kind

from recommender.store.database import FILENAME

PAGES = 70


@pytest.fixture
def web() -> Iterator[SmallWeb]:
    with SmallWeb(PAGES, 0.03) as web:
        yield web


class Reader:
    """Reads an archive all the time, as a browser would, and keeps what went wrong."""

    def __init__(self, archive: Path) -> None:
        self.archive, self.errors, self.looks = archive, [], 0  # type: tuple[Path, list[str], int]
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Reader:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(5)

    def _look(self) -> None:
        while not self._stop.wait(0.05):
            if not (self.archive / FILENAME).exists():
                continue
            try:
                with closing(sqlite3.connect(f"file:{self.archive / FILENAME}?mode=ro", uri=True)) as db:
                    db.execute("SELECT state, count(*) FROM links GROUP BY 1").fetchall()
                    db.execute("SELECT count(*) FROM article_texts WHERE text LIKE '%knew%'").fetchall()
                    self.looks += 1
            except sqlite3.Error as error:
                if "no such table" not in str(error):  # they are being made
                    self.errors.append(str(error))


def lists(web: SmallWeb, folder: Path, count: int) -> list[Path]:
    """Seeds that share half of their pages with the next one."""
    step = PAGES // (count + 1)
    made = []
    for n in range(count):
        made.append(folder / f"seed{n}.toml")
        made[-1].write_text(web.seed(range(n * step, (n + 2) * step), f"no. {n}"))
    return made


def together(archive: Path, runs: Sequence[Sequence[Path]]) -> list[subprocess.Popen[str]]:
    return [start(words(archive, seeds)) for seeds in runs]


def asked_twice(web: SmallWeb) -> dict[str, int]:
    """Pages that were asked for more often than one run does: once, and again where busy."""
    pages = {url: n for url, n in web.asked.items() if not url.endswith("robots.txt")}
    return {url: n for url, n in pages.items() if n > (2 if "/busy/" in url else 1)}


@pytest.mark.parametrize("count", [2, 4])
def test_overlapping_lists(count: int, web: SmallWeb, tmp_path: Path) -> None:
    """Each of the shared pages is fetched by one of the runs; every list ends as if it had been alone."""
    archive = tmp_path / "a"
    seeds = lists(web, tmp_path, count)
    with Reader(archive) as reader:
        ends = list(map(ended, together(archive, [[seed] for seed in seeds])))
    assert all(code in {0, 2} and not said for code, said in ends), ends
    assert reader.looks and not reader.errors
    assert not asked_twice(web)
    assert {row["n"] for row in rows(archive, "SELECT count(*) n FROM seeds")} == {count}
    check_fates(archive)
    alone = tmp_path / "alone"
    web.forget()
    assert finish(alone, *seeds) == (2, "")
    assert content(archive) == content(alone)
    rebuilds_equal(archive, tmp_path / "copy")


@pytest.mark.parametrize("count", [2, 4])
def test_the_same_list_at_once(count: int, web: SmallWeb, tmp_path: Path) -> None:
    """Runs over one seed share its pages."""
    archive, seed = tmp_path / "a", tmp_path / "seed.toml"
    seed.write_text(web.seed())
    with Reader(archive) as reader:
        for code, said in map(ended, together(archive, [[seed]] * count)):
            assert (code, said) == (2, "")
    assert not reader.errors
    assert not asked_twice(web)
    check_fates(archive)
    rebuilds_equal(archive, tmp_path / "copy")


@pytest.mark.parametrize("count", [2, 4])
def test_the_others_take_over_what_a_killed_run_had_claimed(
    count: int, web: SmallWeb, tmp_path: Path
) -> None:
    """One of the runs is killed among its captures: the others fetch its pages and end by themselves."""
    archive, seed = tmp_path / "a", tmp_path / "seed.toml"
    seed.write_text(web.seed())
    witness = Witness(archive)
    first = start(words(archive, [seed]))
    until(archive, "SELECT count(*) n FROM captures", 5, first)
    web.delay = 3.0  # so that the first has much left when the others have begun
    others = together(archive, [[seed]] * (count - 1))
    until(archive, "SELECT count(*) n FROM runs", count, first)
    family = descendants(first.pid)
    os.kill(first.pid, signal.SIGKILL)
    first.communicate()
    web.delay = 0.0
    claimed = rows(archive, "SELECT url_key FROM claims")
    assert claimed, "it was killed with nothing claimed"
    assert not outlive(family)
    for code, said in map(ended, others):
        assert (code, said) == (2, "")
    witness.look()
    check_fates(archive)
    # The killed run's requests under way are asked for again, and no others: one a host at most.
    again = asked_twice(web)
    assert len(again) <= 20 and set(again.values()) <= {2, 3}, again
    rebuilds_equal(archive, tmp_path / "copy")


def until(archive: Path, sql: str, many: int, child: subprocess.Popen[str]) -> None:
    """Wait until so many are there, while a run is at work."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and child.poll() is None:
        try:
            if rows(archive, sql)[0]["n"] >= many:
                return
        except sqlite3.Error:
            pass  # being made
        time.sleep(0.05)
    raise AssertionError(f"not {many} of {sql}: exit {child.poll()}")


def check_fates(archive: Path) -> None:
    """Every reference is what its page makes of it; twins are duplicates where their sibling is listed."""
    Witness(archive).look()
    no_article_twice(archive)
    fates = {"plain": {"archived"}, "redirect": {"archived"}, "busy": {"archived"}, "gone": {"failed"},
             "forbidden": {"skipped"}, "twin": {"archived", "duplicate"}}  # fmt: skip
    for row in rows(archive, "SELECT url, state, reason FROM links"):
        what = kind(int(row["url"].rpartition("/")[2]))
        assert row["state"].replace("unchanged", "archived") in fates[what], row
