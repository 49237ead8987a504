"""SIGKILL at random instants, a hundred times: nothing acknowledged is lost, and a resumed crawl ends the same."""

from __future__ import annotations

import random
import sqlite3
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from checks import Witness, content, no_article_twice, rebuilds_equal, rows
from children import PATIENCE, killed, start, words
from small_web import SmallWeb

PAGES = 220
KILLS = 100
LANES = 2  # archives killed side by side: one a core of a small machine
SOON = 0.12  # of the crawl, so that an archive bears a dozen kills or two
SEED = 20_240_316


def test_a_hundred_kills_lose_nothing(tmp_path: Path) -> None:
    """Over several archives killed until they are complete: each check after each kill, and the end is equal."""
    calm = Lane(tmp_path / "calm", 0)
    took = calm.undisturbed()
    phases: Counter[str] = Counter()
    with ThreadPoolExecutor(LANES) as pool:
        lanes = [Lane(tmp_path / f"lane{n}", n) for n in range(LANES)]
        for done in pool.map(lambda lane: lane.run(KILLS // LANES, content(calm.archive), took), lanes):
            phases += done
    told = f"{dict(phases)}; undisturbed: first row {took[0]:.1f} s, end {took[1]:.1f} s; seed {SEED}"
    (tmp_path / "kills.txt").write_text(told)
    assert sum(phases.values()) >= KILLS, told
    assert phases["among captures"] >= KILLS / 2, told


class Lane:
    """One archive after the other, each killed until it is whole."""

    def __init__(self, folder: Path, number: int) -> None:
        self.folder, self.number = folder, number
        self.archive = folder / "a0"
        folder.mkdir()
        self.seed = folder / "seed.toml"
        self.log = folder / "kills.txt"
        self.chance = random.Random(SEED + number)

    def undisturbed(self) -> tuple[float, float]:
        """A run that nobody kills: seconds to its first row, and to its end."""
        with SmallWeb(PAGES, 0.02) as web:
            self.seed.write_text(web.seed())
            began = time.monotonic()
            child = start(words(self.archive, [self.seed]))
            while not _captures(self.archive) and child.poll() is None:
                time.sleep(0.05)
            first = time.monotonic() - began
            assert not killed(child, 120)
        assert set(Counter(row["state"] for row in rows(self.archive, "SELECT state FROM links"))) >= {
            "archived", "failed", "skipped", "duplicate",
        }  # fmt: skip
        return first, time.monotonic() - began

    def run(self, kills: int, wanted: dict[str, object], took: tuple[float, float]) -> Counter[str]:
        """Kill as often as asked, and to the end of the last archive."""
        phases: Counter[str] = Counter()
        number = 0
        with SmallWeb(PAGES, 0.02) as web:
            self.seed.write_text(web.seed())
            while sum(phases.values()) < kills:
                web.forget()
                self.archive = self.folder / f"a{number}"
                self._until_whole(phases, took)
                assert content(self.archive) == wanted
                no_article_twice(self.archive)
                rebuilds_equal(self.archive, self.folder / "copy")
                number += 1
        return phases

    def _until_whole(self, phases: Counter[str], took: tuple[float, float]) -> None:
        """Killed runs, then one that ends. Of those with nothing left to fetch most are let end."""
        witness = Witness(self.archive)
        phase = ""
        while True:
            spared = sum(phases.values()) >= KILLS // LANES
            spared = spared or (phase == "after the last" and self.chance.random() < 0.7)
            how, seconds = ("spared", float(PATIENCE)) if spared else self._instant(took)
            known = _captures(self.archive)
            child = start(words(self.archive, [self.seed]))
            dead = killed(child, seconds, lambda: how != "soon" or _captures(self.archive) > known)  # noqa: B023
            try:
                new = witness.look()
            except Exception as error:
                told = f"seed {SEED}, lane {self.number}, {dict(phases)}; killed {how}, {seconds:.2f} s"
                error.add_note(told)
                raise
            if not dead:
                return
            phase = _phase(self.archive, new)
            phases[phase] += 1
            with self.log.open("a") as log:
                log.write(f"{self.archive.name} {how} {seconds:.3f} s: {new} new captures, {phase}\n")

    def _instant(self, took: tuple[float, float]) -> tuple[str, float]:
        """When to kill. A run that goes on has less to do: most are killed soon after its first row."""
        first, end = took
        early = ("early", self.chance.uniform(0, first))
        soon = ("soon", (end - first) * self.chance.uniform(0, SOON))
        whenever = ("whenever", self.chance.uniform(0, end))
        return self.chance.choices((early, soon, whenever), (15, 75, 10))[0]


def _phase(archive: Path, new: int) -> str:
    """How far a run had come, which has made so many captures."""
    if _captures(archive) and not rows(archive, "SELECT 1 FROM links WHERE state = 'pending'"):
        return "after the last"
    return "among captures" if new else "before the first row"


def _captures(archive: Path) -> int:
    """How many there are by now."""
    try:
        return int(rows(archive, "SELECT count(*) n FROM captures")[0]["n"])
    except sqlite3.Error:  # not made yet
        return 0
