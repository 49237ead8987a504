"""Parquet, read back with pyarrow."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from export.conftest import HOSTILE
from pyarrow import parquet as reader
from ran import Ran

from recommender.export import parquet
from recommender.models import Article, Via
from recommender.store.catalogue import Entry, entries
from recommender.store.database import Store

Readmore = Callable[..., Ran]
NASTY = "A line\nand \u2028 another, a null \0, \u202e, half a character \ud83d"
ENTRY = Entry(
    Article("https://courier.example/a", NASTY, NASTY, published=date(1789, 7, 14), id=2**40, copy_of=3),
    Via.IMPORT, ("https://courier.example/\udc00",), (), None, (("morning", 1), ("morning", 4)), False, None,
)  # fmt: skip


def written(path: Path, *found: Entry) -> Any:
    with path.open("wb") as out:
        assert parquet.write(out, found, parquet.schema()) == len(found)
    return reader.ParquetFile(path)


def test_every_fact_comes_back(made: Path, tmp_path: Path, readmore: Readmore) -> None:
    """Articles with captures and without; the record can be found by its place."""
    ran = readmore("--archive", made, "export", "--parquet", tmp_path / "all.parquet")
    assert (ran.code, ran.err) == (0, f"5 articles: {tmp_path / 'all.parquet'}\n")
    table = reader.read_table(tmp_path / "all.parquet")
    assert table.schema.equals(parquet.schema())
    rows = table.to_pylist()
    with Store.open(made) as store:
        for row, entry in zip(rows, entries(store.db), strict=True):
            article, best = entry.article, entry.best
            for name in ("id", "url", "title", "text", "authors", "outlet", "published", "language", "external_id",
                         "canonical_url", "copy_of"):  # fmt: skip
                assert row[name] == getattr(article, name)
            assert (row["warc_file"], row["warc_offset"]) == (
                (best.record.file, best.record.offset) if best else (None, None)
            )
            assert row["captured_at"] == (best.captured_at if best else None)
    assert rows[0]["lists"] == ["morning"]
    assert [row["captures"] for row in rows] == [1, 1, 0, 0, 0]
    assert rows[2]["title"] == HOSTILE


def test_a_selection_without_texts(made: Path, tmp_path: Path, readmore: Readmore) -> None:
    """The column is left out, the words are counted all the same."""
    out = tmp_path / "one.parquet"
    assert readmore("--archive", made, "export", "--parquet", out, "r-2", "--no-text", "--quiet").err == ""
    table = reader.read_table(out)
    assert "text" not in table.column_names
    assert table.column("words").to_pylist() == [2]


def test_hostile_text_is_kept_and_what_is_no_text_is_marked(tmp_path: Path) -> None:
    """Line ends, separators and nulls stay; half a character becomes U+FFFD; a date before 1970, a large id."""
    (row,) = written(tmp_path / "a", ENTRY).read().to_pylist()
    assert row["text"] == row["title"] == NASTY.replace("\ud83d", "\ufffd")
    assert row["addresses"] == ["https://courier.example/\ufffd"]
    assert (row["id"], row["copy_of"], row["published"]) == (2**40, 3, date(1789, 7, 14))
    assert row["lists"] == ["morning"]


def test_row_groups_are_bounded_in_rows_and_in_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever comes first; nothing is lost or repeated at their edges, and no articles make an empty table."""
    monkeypatch.setattr(parquet, "ROWS", 3)
    monkeypatch.setattr(parquet, "BYTES", 1000)
    texts = [10, 10, 10, 10, 990, 10, 5000, 10]
    found = [replace(ENTRY, article=Article(None, "", "x" * size, id=n)) for n, size in enumerate(texts, 1)]
    file = written(tmp_path / "a", *found)
    assert [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)] == [3, 2, 2, 1]
    assert file.read(["id"]).column(0).to_pylist() == list(range(1, 9))
    assert written(tmp_path / "b").read().num_rows == 0


def test_each_column_is_documented(root: Path) -> None:
    """In the file itself, and in docs/archive.md, word for word."""
    text = (root / "docs" / "archive.md").read_text(encoding="utf-8")
    for field, column in zip(parquet.schema(), parquet.COLUMNS, strict=True):
        assert field.metadata[b"description"].decode() == column.what
        assert f"| `{column.name}` | {column.kind} | {column.what} |" in text


def test_without_pyarrow_it_says_what_to_install(
    made: Path, tmp_path: Path, readmore: Readmore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    ran = readmore("--archive", made, "export", "--parquet", tmp_path / "a.parquet")
    assert (ran.code, ran.out) == (1, "")
    assert "Parquet files need pyarrow (pip install 'readmore[parquet]')" in ran.err
    assert not list(tmp_path.iterdir())
