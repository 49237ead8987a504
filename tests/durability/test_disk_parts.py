"""One part of an archive finds no room and the others do; and a browser on an archive nobody may write to."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from checks import Witness, content, furnished, no_article_twice, rebuilds_equal
from children import PATIENCE, ROOT, ended, finish, start
from test_disk import Disk, one_line

KB = 1024
ROOM = "size=64m"


@pytest.fixture
def disks(tmp_path: Path) -> Iterator[tuple[Disk, Disk]]:
    """An archive's disk, and another one for its WARC files."""
    outer = Disk(tmp_path / "disk")
    outer.mount("-t", "tmpfs", "-o", ROOM, "none")
    (outer.folder / "a").mkdir()
    inner = Disk(outer.folder / "a" / "warc")
    inner.mount("-t", "tmpfs", "-o", ROOM, "none")
    yield outer, inner
    subprocess.run(["umount", "-l", str(inner.folder), str(outer.folder)], check=True)


def whole(archive: Path, seed: Path, calm: dict[str, object], witness: Witness, scratch: Path) -> None:
    """The next run ends, and nothing is missing."""
    assert finish(archive, seed) == (2, "")
    witness.look()
    assert content(archive) == calm
    furnished(archive)
    no_article_twice(archive)
    rebuilds_equal(archive, scratch)


def test_no_room_for_the_warc_alone(
    disks: tuple[Disk, Disk], seed: Path, calm: dict[str, object], tmp_path: Path
) -> None:
    """The database has room, so a row without its record would be easy to write: there is none."""
    archive, witness = disks[0].folder / "a", Witness(disks[0].folder / "a")
    for size in (4, 12, 20, 32):
        disks[1].options(f"size={size}k")
        code, said = finish(archive, seed)
        assert code == 1 and one_line(said), (size, code, said)
        assert "warc" in said, f"which disk is full is not said: {said}"
        witness.look()
    assert witness.captures, "no headway with more room"
    disks[1].options(ROOM)
    whole(archive, seed, calm, witness, tmp_path / "copy")


def test_no_room_for_the_database_alone(
    disks: tuple[Disk, Disk], seed: Path, calm: dict[str, object], tmp_path: Path
) -> None:
    """Records without rows are left behind, and the next run takes them in."""
    archive, witness = disks[0].folder / "a", Witness(disks[0].folder / "a")
    for size in (600, 900, 1200):
        disks[0].options(f"size={size}k")
        code, said = finish(archive, seed)
        assert code == 1 and one_line(said), (size, code, said)
        disks[0].options(ROOM)
        witness.look()
    whole(archive, seed, calm, witness, tmp_path / "copy")


@pytest.mark.parametrize("left", [0, 64])
def test_no_room_for_index_and_rankings(
    left: int, disks: tuple[Disk, Disk], seed: Path, calm: dict[str, object], tmp_path: Path
) -> None:
    """All is archived; what is made from it finds no room, which is said, and is made once there is."""
    archive, witness = disks[0].folder / "a", Witness(disks[0].folder / "a")
    whole(archive, seed, calm, witness, tmp_path / "copy")
    shutil.rmtree(archive / "index")
    state, filler = os.statvfs(disks[0].folder), disks[0].folder / "filler"
    filler.write_bytes(bytes(state.f_bavail * state.f_frsize - left * KB))
    code, said = finish(archive, seed)
    assert code == 1 and one_line(said), (code, said)
    filler.unlink()
    witness.look()
    whole(archive, seed, calm, witness, tmp_path / "copy")
    assert (archive / "index" / "manifest.json").exists()


def test_browsing_a_read_only_archive(disks: tuple[Disk, Disk], seed: Path) -> None:
    """Datasette shows it, or one line says why it can't: no traceback."""
    archive = disks[0].folder / "a"
    assert finish(archive, seed) == (2, "")
    disks[0].options("ro")
    child = start([sys.executable, str(ROOT / "cli.py"), "--archive", str(archive), "browse", "--port", "0"])
    try:
        assert child.stderr
        said = ""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and (line := child.stderr.readline()):
            said += line
            if found := re.search(r"running on (http://127\.0\.0\.1:\d+)", line):
                answer = httpx.get(found[1] + "/-/readmore", trust_env=False, timeout=PATIENCE)
                assert answer.status_code == 200 and "list of invented pieces" in answer.text, answer.text[
                    :300
                ]
                return
        assert child.wait(PATIENCE) == 1 and one_line(said), said[-1500:]
    finally:
        child.kill()
        ended(child)
        disks[0].options("rw")
