"""Whatever a page's text holds, what is printed has one row a row and nothing that a terminal acts on."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from repeatable import MANY, anything

from recommender import output
from recommender.browse import text as browse
from recommender.crawl.outcomes import one_line

COLUMNS = (output.Column("a", "A"), output.Column("b", "B", link="url"))
ACTING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
tables = st.lists(
    st.fixed_dictionaries({"a": anything, "b": anything, "url": st.none() | anything}), max_size=4
)


@MANY
@given(anything)
@example("\x1b]8;;https://evil.example\x07here\x1b]8;;\x07")
@example("a\x1b\x1b[31mb")
@example("\x1b\u202e[31m")
@example("\x9b31m")
def test_a_cleaned_text_is_one_harmless_line(text: str) -> None:
    for shown in (output.clean(text), one_line(text), browse.clean(text)):
        assert not ACTING.search(shown)
        assert "\n" not in shown
    assert output.clean(output.clean(text)) == output.clean(text)


@MANY
@given(tables)
def test_csv_keeps_its_rows_and_runs_no_formula(rows: list[dict[str, object]]) -> None:
    shown = output.as_csv(rows, ["a", "b"])
    read = list(csv.reader(io.StringIO(shown)))
    assert len(read) == len(rows) + 1
    assert all(len(cells) == 2 for cells in read)
    assert not any(cell.startswith(("=", "+", "-", "@")) for cells in read for cell in cells)
    assert not ACTING.search(shown)


@MANY
@given(tables)
@example([{"a": "\\|", "b": "](https://evil.example)", "url": "https://a.example/)|x"}])
def test_markdown_keeps_its_rows_and_cells(rows: list[dict[str, object]]) -> None:
    lines = output.as_markdown(rows, COLUMNS).split("\n")
    assert len(lines) == len(rows) + 2
    for line in lines:
        bare = re.sub(r"\\.", "", line)
        assert bare.count("|") == 3
    assert not ACTING.search("".join(lines))


@MANY
@given(tables)
def test_json_stays_json(rows: list[dict[str, object]]) -> None:
    assert json.loads(output.as_json(rows)) == rows


@MANY
@given(rows=tables)
def test_a_table_acts_on_no_terminal(
    rows: list[dict[str, object]], capsys: pytest.CaptureFixture[str]
) -> None:
    output.print_table(rows, COLUMNS)
    assert not ACTING.search(capsys.readouterr().out)
