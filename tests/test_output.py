"""What is printed can't act on a terminal, break a table or a parser."""

from __future__ import annotations

import csv
import io
import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.output import Column, Format, as_csv, as_markdown, clean, show

COLUMNS = (Column("n", "#", right=True), Column("title", "Title", ratio=1))
EVIL = "\x1b[31mred\x1b]0;owned\x07 \u202ereversed\u200b\nnext | cell \x9b2J `code` <b>"


@given(st.text())
def test_clean_leaves_nothing_a_terminal_acts_on(text: str) -> None:
    """No controls, no bidirectional overrides, one line; and cleaning twice changes nothing."""
    line = clean(text)
    assert not [c for c in line if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"}]
    assert not set(line) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")
    assert clean(line) == line


def test_escape_sequences_go_with_their_arguments() -> None:
    """ "[31m" is not left behind as text."""
    assert clean(EVIL) == "red reversed next | cell 2J `code` <b>"


def test_a_table_fits_eighty_columns(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a title holds and however long it is, and nothing of it is lost."""
    monkeypatch.setenv("COLUMNS", "80")
    show([{"n": 1, "title": "harbour " * 40 + EVIL}], COLUMNS, Format.TABLE)
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 80
    assert out.count("harbour") == 40
    assert "\x1b" not in out


def test_csv_and_json_can_be_read_back(capsys: pytest.CaptureFixture[str]) -> None:
    """One object or row a piece, with every key."""
    rows = [{"n": 1, "title": 'a "quoted", title'}, {"n": 2, "title": None}]
    back = list(csv.DictReader(io.StringIO(as_csv(rows, ["n", "title"]))))
    assert back == [{"n": "1", "title": 'a "quoted", title'}, {"n": "2", "title": ""}]
    show(rows, COLUMNS, Format.JSON)
    assert json.loads(capsys.readouterr().out) == rows


def test_a_csv_cell_is_no_formula() -> None:
    """A text that a spreadsheet would run gets an apostrophe; numbers and other texts stay."""
    texts = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", "a=1", "'=1"]
    rows = [{"n": -1.5, "title": text} for text in texts]
    back = list(csv.DictReader(io.StringIO(as_csv(rows, ["n", "title"]))))
    assert [row["title"] for row in back] == ["'=1+1", "'+1", "'-1", "'@SUM(A1)", "'=1", "'＝1", "a=1", "'=1"]
    assert {row["n"] for row in back} == {"-1.5"}


def test_markdown_cells_stay_cells() -> None:
    """A bar in a title starts no column, a tag no element."""
    line = as_markdown([{"n": 1, "title": EVIL}], COLUMNS).splitlines()[2]
    assert line.replace("\\|", "").count("|") == 3
    assert "<b>" not in line.replace("\\<", "")


def test_a_markdown_link_leads_to_the_web_or_is_no_link() -> None:
    """An address can't break out of its link, and only http and https become one."""
    columns = (Column("title", "Title", link="url"),)

    def line(url: str | None) -> str:
        return as_markdown([{"title": "The [ferry]", "url": url}], columns).splitlines()[2]

    assert line("https://quay.example/a") == "| [The \\[ferry\\]](https://quay.example/a) |"
    assert (
        line("https://quay.example/a)|(b c") == "| [The \\[ferry\\]](https://quay.example/a%29%7C%28b%20c) |"
    )
    assert line("javascript:alert(1)") == line(None) == "| The \\[ferry\\] |"
