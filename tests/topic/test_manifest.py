"""The files of an index."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from recommender.errors import ArchiveError
from recommender.topic import manifest
from recommender.topic.manifest import Entry, Frozen, Manifest
from recommender.topic.vectorizer import VERSION


def test_what_is_written_is_read(tmp_path: Path) -> None:
    entries = (Entry("segment-a", 3, 9, (1,)), Entry("segment-b", 1, 0))
    frozen = Frozen("snapshot-a", 4, "none", "2026-01-02T03:04:05Z")
    for state in (Manifest(entries), Manifest(entries, frozen, 3, (7, -(2**63)))):
        manifest.write(tmp_path, state)
        assert manifest.read(tmp_path) == state
    assert entries[0].alive().tolist() == [True, False, True]


def test_no_manifest_is_an_empty_index(tmp_path: Path) -> None:
    assert manifest.read(tmp_path / "none") == Manifest()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b'{"format": "another", "analyzer": 1, "segments": []}',
        json.dumps({"format": manifest.FORMAT, "analyzer": -1, "segments": []}).encode(),
        json.dumps({"format": manifest.FORMAT, "analyzer": VERSION, "segments": [{}]}).encode(),
    ],
)
def test_a_foreign_or_damaged_manifest_is_an_archive_error(content: bytes, tmp_path: Path) -> None:
    (tmp_path / manifest.MANIFEST).write_bytes(content)
    with pytest.raises(ArchiveError) as caught:
        manifest.read(tmp_path)
    assert caught.value.hint
    assert caught.value.where == str(tmp_path / manifest.MANIFEST)


@pytest.mark.parametrize(
    "entry", [Entry("../segment-a", 1, 1), Entry("warc", 1, 1), Entry("segment-a", 1, 1, (1,))]
)
def test_a_manifest_cannot_point_outside(entry: Entry, tmp_path: Path) -> None:
    manifest.write(tmp_path, Manifest((entry,)))
    with pytest.raises(ArchiveError, match="damaged"):
        manifest.read(tmp_path)


def test_nor_can_its_snapshot(tmp_path: Path) -> None:
    manifest.write(tmp_path, Manifest(snapshot=Frozen("snapshot-/../../warc", 1, "none", "")))
    with pytest.raises(ArchiveError, match="damaged"):
        manifest.read(tmp_path)


def test_sweeping_leaves_what_is_not_the_indexs(tmp_path: Path) -> None:
    (tmp_path / "segment-a").mkdir()
    (tmp_path / "segment-b").mkdir()
    for name in ("lengths-1.npy", "lengths-2.npy", "manifest.json.1.tmp", "notes.txt"):
        (tmp_path / name).touch()
    manifest.sweep(tmp_path, {"segment-a", "lengths-1.npy"})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lengths-1.npy", "notes.txt", "segment-a"]


def test_a_second_writer_waits_and_then_says_so(tmp_path: Path) -> None:
    with (
        manifest.locked(tmp_path),
        pytest.raises(ArchiveError, match="another process is writing"),
        manifest.locked(tmp_path, wait=0.1),
    ):
        pytest.fail("two writers at once")
    with manifest.locked(tmp_path, wait=0):
        pass


def test_the_lock_of_a_killed_writer_is_free(tmp_path: Path) -> None:
    code = (
        "import os, sys, pathlib\n"
        "from recommender.topic import manifest\n"
        "with manifest.locked(pathlib.Path(sys.argv[1])):\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert killed.returncode == -9
    with manifest.locked(tmp_path, wait=0):
        pass


def test_a_folder_that_is_a_file_is_an_archive_error(tmp_path: Path) -> None:
    (tmp_path / "index").touch()
    with pytest.raises(ArchiveError, match="can't write"), manifest.locked(tmp_path / "index"):
        pytest.fail("no folder to lock")


def test_lengths_are_kept_and_missed_where_they_do_not_fit(tmp_path: Path) -> None:
    path = tmp_path / "lengths-1.npy"
    assert manifest.read_lengths(path, 2) is None
    manifest.write_lengths(path, np.array([[1.5, 2.0], [0.5, 1.0]]))
    found = manifest.read_lengths(path, 2)
    assert found is not None
    assert found.tolist() == [[1.5, 2.0], [0.5, 1.0]]
    assert manifest.read_lengths(path, 3) is None
    path.write_bytes(path.read_bytes()[:-1])
    assert manifest.read_lengths(path, 2) is None


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_lengths_need_not_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    manifest.write_lengths(tmp_path / "lengths-1.npy", np.zeros((2, 1)))
    assert list(tmp_path.iterdir()) == []
    tmp_path.chmod(0o700)


def test_lengths_are_named_after_all_they_depend_on() -> None:
    names = {manifest.lengths_name(f"segment-{a}", f"snapshot-{b}") for a in "ab" for b in "cd"}
    assert len(names) == 4
