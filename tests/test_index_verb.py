"""`index`: up to date, anew, described."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from ran import Ran

Readmore = Callable[..., Ran]


@pytest.fixture
def archive(tmp_path: Path, readmore: Readmore) -> tuple[str, Path]:
    """Twenty invented articles, not yet indexed."""
    rows = [{"title": f"Piece {n}", "text": f"The ferry left pier{n} late."} for n in range(20)]
    path = tmp_path / "articles.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    words = ("--archive", tmp_path / "a")
    readmore(*words, "import", path)
    return words


def stats(readmore: Readmore, archive: tuple[str, Path]) -> dict[str, object]:
    found: dict[str, object] = readmore(*archive, "index", "--stats", "--format", "json").json()
    return found


def test_stats_describe_and_write_nothing(readmore: Readmore, archive: tuple[str, Path]) -> None:
    before = stats(readmore, archive)
    assert (before["articles"], before["archived"], before["up_to_date"]) == (0, 20, False)
    assert not (archive[1] / "index").exists()
    assert "Articles              0 of 20 archived" in readmore(*archive, "index", "--stats").out
    readmore(*archive, "similar", "1")
    after = stats(readmore, archive)
    assert (after["articles"], after["segments"], after["up_to_date"]) == (20, 1, True)
    assert (after["snapshot_articles"], after["changed"], after["drift"]) == (20, 0, 0.0)
    assert isinstance(after["bytes"], int)
    assert after["bytes"] > 1000
    out = readmore(*archive, "index", "--stats").out
    assert "Up to date" in out
    assert max(map(len, out.splitlines())) <= 80


def test_stats_tell_the_drift(readmore: Readmore, archive: tuple[str, Path], tmp_path: Path) -> None:
    readmore(*archive, "index")
    more = tmp_path / "more.jsonl"
    more.write_text(json.dumps({"title": "One more", "text": "The ferry stayed in the harbor."}))
    readmore(*archive, "import", more)
    assert stats(readmore, archive)["up_to_date"] is False
    assert readmore(*archive, "index").out.startswith("21 articles in the index (")
    found = stats(readmore, archive)
    assert (found["changed"], found["drift"], found["up_to_date"]) == (1, 0.05, True)
    assert readmore(*archive, "index", "--rebuild").out.startswith("21 articles in the index (")
    found = stats(readmore, archive)
    assert (found["changed"], found["snapshot_articles"], found["segments"]) == (0, 21, 1)


def test_rebuild_mends_a_damaged_index(readmore: Readmore, archive: tuple[str, Path]) -> None:
    readmore(*archive, "index")
    (archive[1] / "index" / "manifest.json").write_text("{")
    ran = readmore(*archive, "index", "--stats")
    assert ran.code == 1
    assert "damaged topic index" in ran.err
    assert len(ran.err.strip().splitlines()) == 1
    assert readmore(*archive, "index", "--rebuild", "--format", "json").json()["articles"] == 20
    assert stats(readmore, archive)["up_to_date"] is True


def test_two_questions_at_once_are_refused(readmore: Readmore, archive: tuple[str, Path]) -> None:
    ran = readmore(*archive, "index", "--rebuild", "--stats")
    assert ran.code == 1
    assert "ask one of them" in ran.err
