"""What must be true of an archive at any moment, and what of it must equal an undisturbed run's."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from importlib.resources import files
from pathlib import Path
from typing import Any

from recommender.models import Record
from recommender.rebuild import rebuild
from recommender.store.database import FILENAME
from recommender.store.furnish import FILES
from recommender.store.warc import read

# Equal after a rebuild, ids and all. The accounts of runs and what is worked out from articles are not in WARCs.
TABLES = ("articles", "article_texts", "urls", "captures", "changes", "seeds", "links")
Rows = dict[int, dict[str, Any]]


def rows(folder: Path, sql: str) -> list[dict[str, Any]]:
    """What the database says."""
    with closing(sqlite3.connect(f"file:{folder / FILENAME}?mode=ro", uri=True, timeout=30)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(sql)]


class Witness:
    """Remembers every capture that was ever seen in an archive, and that it must stay."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.captures: Rows = {}

    def look(self) -> int:
        """Check the archive as a kill has left it. Returns how many captures are new."""
        tables = {row["name"] for row in self._rows("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not {"captures", "links"} <= tables:
            assert not self.captures, "the tables are gone"
            return 0
        assert self._rows("PRAGMA quick_check") == [{"quick_check": "ok"}]
        assert not self._rows("PRAGMA foreign_key_check")
        now = {row["id"]: row for row in self._rows("SELECT * FROM captures")}
        for number, row in self.captures.items():
            assert now.get(number) == row, f"capture {number} was {row}, is {now.get(number)}"
        new = [row for number, row in now.items() if number not in self.captures]
        for row in new:
            record = Record(row["warc_file"], row["warc_offset"], row["warc_length"], row["digest"])
            assert read(self.folder / "warc", record).status == row["status"]
        accounted(self.folder)
        self.captures = now
        return len(new)

    def _rows(self, sql: str) -> list[dict[str, Any]]:
        return rows(self.folder, sql) if (self.folder / FILENAME).exists() else []


def accounted(folder: Path) -> None:
    """Every reference is in one of the states; what is archived has its capture and article."""
    states = ("pending", "archived", "unchanged", "duplicate", "skipped", "failed")
    counts = {
        row["state"]: row["n"] for row in rows(folder, "SELECT state, count(*) n FROM links GROUP BY 1")
    }
    assert set(counts) <= set(states), counts
    assert sum(counts.values()) == rows(folder, "SELECT count(*) n FROM links")[0]["n"]
    bare = "state IN ('archived', 'unchanged') AND (article_id IS NULL OR capture_id IS NULL)"
    assert not rows(folder, f"SELECT id FROM links WHERE {bare}")
    mute = "state IN ('duplicate', 'skipped', 'failed') AND reason IS NULL"
    assert not rows(folder, f"SELECT id FROM links WHERE {mute}")
    ended = rows(folder, "SELECT * FROM runs WHERE finished_at IS NOT NULL")
    assert all(run["discovered"] == sum(run[state] for state in states) for run in ended), ended


def content(folder: Path) -> dict[str, Any]:
    """What a reader of the archive finds, whatever was asked for again on the way to it."""
    fates = {
        (row["key"], row["position"]): (
            _portless(row["url"]),
            row["state"].replace("unchanged", "archived"),
            row["of"],
        )
        for row in rows(
            folder,
            "SELECT s.key, l.position, l.url, l.state, d.position AS of FROM links l "
            "JOIN seeds s ON s.id = l.seed_id LEFT JOIN links d ON d.id = l.duplicate_of",
        )
    }
    names: dict[int, set[str]] = {}
    for row in rows(folder, "SELECT article_id, url_key FROM urls"):
        names.setdefault(row["article_id"], set()).add(_portless(row["url_key"]))
    articles = sorted(
        (row["title"], row["text"], row["authors"] or "", *sorted(names.get(row["id"], ())))
        for row in rows(
            folder, "SELECT a.id, a.title, t.text, a.authors FROM articles a JOIN article_texts t USING (id)"
        )
    )
    return {"fates": fates, "articles": articles}


def _portless(url: str) -> str:
    """Two servers of the same pages differ in their port only."""
    return re.sub(r":\d+(?=/|$)", "", url)


def no_article_twice(folder: Path) -> None:
    """One row a text, each with a good best capture."""
    texts = [row["text"] for row in rows(folder, "SELECT text FROM article_texts")]
    assert len(texts) == len(set(texts))
    best = "SELECT a.id FROM articles a LEFT JOIN captures c ON c.id = a.best_capture_id"
    assert not rows(folder, f"{best} WHERE c.verdict IS NULL OR c.verdict != 'ok'")


def furnished(folder: Path) -> None:
    """Datasette's two files are whole: a torn one would stay, since what is there already is left alone."""
    for name in FILES:
        wanted = (files("recommender.store") / "folder" / name).read_bytes()
        size = (folder / name).stat().st_size
        assert (folder / name).read_bytes() == wanted, f"{name} is torn: {size} of {len(wanted)} bytes"


def rebuilds_equal(folder: Path, scratch: Path) -> None:
    """A copy whose database is made anew from the WARCs has the same rows."""
    shutil.rmtree(scratch, ignore_errors=True)
    shutil.copytree(folder, scratch)
    before = {name: rows(scratch, f"SELECT * FROM {name} ORDER BY 1") for name in TABLES}
    rebuild(scratch)
    for name in TABLES:
        after = rows(scratch, f"SELECT * FROM {name} ORDER BY 1")
        differ = [(one, two) for one, two in zip(before[name], after, strict=False) if one != two]
        assert len(after) == len(before[name]) and not differ, (
            name,
            len(before[name]),
            len(after),
            differ[:3],
        )
