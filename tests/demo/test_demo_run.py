"""`make demo` takes care of other people's folders and ports."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from demo import run
from demo.newspaper import ANY_PORTS, Newspaper


def test_the_demo_deletes_only_a_folder_that_it_made(tmp_path: Path) -> None:
    theirs = tmp_path / "demo-archive"
    theirs.mkdir()
    (theirs / "mine.txt").write_text("keep")
    with pytest.raises(FileExistsError, match="not made by the demo"):
        run._fresh(theirs)
    assert (theirs / "mine.txt").read_text() == "keep"
    shutil.rmtree(theirs)
    run._fresh(theirs)
    (theirs / "old.db").write_text("from the last run")
    run._fresh(theirs)
    assert [path.name for path in theirs.iterdir()] == [run.MARKER]


def test_the_demo_follows_no_link_out_of_the_project(tmp_path: Path) -> None:
    made = tmp_path / "elsewhere"
    run._fresh(made)
    (tmp_path / "demo-archive").symlink_to(made)
    with pytest.raises(FileExistsError):
        run._fresh(tmp_path / "demo-archive")
    assert (made / run.MARKER).is_file()


def test_the_demo_takes_free_ports_where_its_own_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    with Newspaper(ANY_PORTS) as busy:
        monkeypatch.setattr(Newspaper.__init__, "__defaults__", ((busy.ledger.port, 0, 0),))
        with run._newspaper() as paper:
            assert paper.ledger.port != busy.ledger.port


def test_the_demo_runs_the_real_commands_to_the_expected_end(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run, "ARCHIVE", str(tmp_path / "archive"))
    monkeypatch.setattr(Newspaper.__init__, "__defaults__", (ANY_PORTS,))
    assert run.main() == 0
    out = capfd.readouterr().out
    assert "7 archived, 1 duplicate, 1 skipped, 1 failed" in out
    for what in ("fetch http://127.0.0.1:", "similar http://127.0.0.1:", "status\n", "Where to look next"):
        assert what in out
    assert (tmp_path / "archive" / run.MARKER).is_file()


def test_the_demo_fails_when_a_command_ends_otherwise_than_expected(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run, "ARCHIVE", str(tmp_path / "archive"))
    monkeypatch.setattr(Newspaper.__init__, "__defaults__", (ANY_PORTS,))
    monkeypatch.setattr(run, "steps", lambda _: (run.Step(("similar",)),))  # nothing is archived yet
    assert run.main() == 1
    assert "`similar` ended with exit code 1, not 0" in capfd.readouterr().err
