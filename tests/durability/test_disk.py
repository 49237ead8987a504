"""No room, no right to write, a clock set back: said in one line, and nothing acknowledged is lost."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from checks import Witness, content, furnished, no_article_twice, rebuilds_equal, rows
from children import ROOT, RUNNER, ended, finish, start, words
from small_web import SmallWeb

YEAR = 365 * 86_400


class Disk:
    """A small file system in memory; only root can have one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def mount(self, *words: str) -> None:
        done = subprocess.run(
            ["mount", *words, str(self.folder)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            pytest.skip(f"can't mount here: {done.stderr.strip()}")

    def options(self, options: str) -> None:
        """Remount it so; that must go where a mount went, or a test would be skipped unseen."""
        words = ["mount", "-o", f"remount,{options}", str(self.folder)]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    disk = Disk(tmp_path / "disk")
    disk.mount("-t", "tmpfs", "-o", "size=1m", "none")
    yield disk
    subprocess.run(["umount", "-l", str(disk.folder)], check=True)


def one_line(said: str) -> bool:
    return said.startswith("readmore: ") and said.count("\n") == 1 and "Traceback" not in said


@pytest.mark.parametrize("size", ["8k", "100k", "500k", "900k", "1500k"])
def test_a_full_disk(size: str, disk: Disk, seed: Path, calm: dict[str, object], tmp_path: Path) -> None:
    """One line, exit 1, rows and records whole; with more room the next run goes on to the end."""
    disk.options(f"size={size}")
    archive = disk.folder / "a"
    witness = Witness(archive)
    for _ in range(2):  # the second run meets a disk that is full from the start
        code, said = finish(archive, seed)
        assert code == 1 and one_line(said), (code, said)
        disk.options("size=64m")  # SQLite reads nothing without room for its index of the log
        witness.look()
        disk.options(f"size={size}")
    disk.options("size=64m")
    assert finish(archive, seed) == (2, "")
    witness.look()
    assert content(archive) == calm
    furnished(archive)
    no_article_twice(archive)
    rebuilds_equal(archive, tmp_path / "copy")


LIMITED = "import resource, sys, runpy; resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2); "
LIMITED += "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); sys.argv = sys.argv[2:]; "
LIMITED += "runpy.run_path(sys.argv[0], run_name='__main__')"


@pytest.mark.parametrize("size", [4_000, 20_000, 60_000, 200_000, 400_000])
def test_a_file_that_may_not_grow(size: int, seed: Path, calm: dict[str, object], tmp_path: Path) -> None:
    """The same where no file may be larger than so many bytes, which every user can try."""
    archive = tmp_path / "a"
    witness = Witness(archive)
    command = words(archive, [seed])
    code, said = ended(start([command[0], "-c", LIMITED, str(size), *command[1:]]))
    assert code == 1 and one_line(said), (code, said)
    witness.look()
    assert finish(archive, seed) == (2, "")
    witness.look()
    assert content(archive) == calm
    furnished(archive)
    rebuilds_equal(archive, tmp_path / "copy")


def test_a_read_only_archive(disk: Disk, seed: Path, calm: dict[str, object]) -> None:
    """`fetch` says so in one line; what only reads answers, or says so too; nothing changes."""
    disk.options("size=64m")
    archive = disk.folder / "a"
    assert finish(archive, seed) == (2, "")
    before = content(archive)
    disk.options("ro")
    try:
        code, said = finish(archive, seed)
        assert code == 1 and one_line(said), (code, said)
        for verb in (["status"], ["links"], ["similar"], ["history", "1"]):
            code, said = readmore(archive, verb)
            assert "Traceback" not in said, (verb, said)
            assert code in {0, 2} or one_line(said), (verb, code, said)
    finally:
        disk.options("rw")
    assert content(archive) == before == calm
    assert finish(archive, seed) == (2, "")


def readmore(archive: Path, verb: Sequence[str]) -> tuple[int, str]:
    return ended(start([words(archive, [])[0], str(ROOT / "cli.py"), "--archive", str(archive), *verb]))


def test_a_clock_set_back(web: SmallWeb, seed: Path, calm: dict[str, object], tmp_path: Path) -> None:
    """Half of a list is fetched today, all of it a year ago: nothing is lost, and a rebuild has the same order."""
    archive, half = tmp_path / "a", tmp_path / "half.toml"
    half.write_text(web.seed(range(web.pages // 2)))
    assert finish(archive, half) == (2, "")
    witness = Witness(archive)
    witness.look()
    back = {"READMORE_TEST_CLOCK": str(-YEAR)}
    for options in ([], ["--refresh"]):
        command = [*words(archive, [seed], RUNNER), *options]
        assert ended(start(command, back)) == (2, "")
        witness.look()
    years = {row["year"] for row in rows(archive, "SELECT substr(fetched_at, 1, 4) AS year FROM captures")}
    assert len(years) == 2, years
    assert finish(archive, seed) == (2, "")
    witness.look()
    found = content(archive)
    assert {key: fate for key, fate in found["fates"].items() if key[0] == "seed"} == calm["fates"]
    assert found["articles"] == calm["articles"]
    no_article_twice(archive)
    rebuilds_equal(archive, tmp_path / "copy")


def test_a_killed_run_then_a_clock_set_back(seed: Path, calm: dict[str, object], tmp_path: Path) -> None:
    """Units without rows are taken in by a run whose clock is a year behind."""
    archive = tmp_path / "a"
    child = start(words(archive, [seed], RUNNER), {"READMORE_TEST_POINT": "sync:8"})
    assert ended(child)[0] < 0
    back = {"READMORE_TEST_CLOCK": str(-YEAR)}
    assert ended(start(words(archive, [seed], RUNNER), back)) == (2, "")
    Witness(archive).look()
    assert content(archive) == calm
    rebuilds_equal(archive, tmp_path / "copy")
