"""What people and programs read: tables that fit the terminal, JSON, CSV, Markdown.

Every text from outside goes through `clean`: a captured title can't move the cursor, recolour the
terminal, reverse the reading direction or break a table's row.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TextIO
from urllib.parse import quote

if TYPE_CHECKING:
    from rich.console import Console

Row = Mapping[str, object]

_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])?")
# C0 and C1 controls; bidirectional marks, embeddings, overrides and isolates; zero-width and other
# invisible characters; line and paragraph separators; lone surrogates, which no terminal can print.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)

_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_IN_LINKS = "%/:=&?~#+!$,;'@"  # what an address may hold bare inside a Markdown link


class Format(StrEnum):
    """How a verb prints its answer."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    MARKDOWN = "markdown"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: the row's key, its heading and how it gives way in a narrow terminal."""

    key: str
    heading: str
    right: bool = False
    wrap: bool = True  # false: cut with an ellipsis
    ratio: int | None = None  # share of the width that is left; None: as wide as needed
    link: str | None = None  # the row's key of an address: in Markdown the cell is a link to it


def clean(text: object) -> str:
    """A text as one line without anything a terminal would act on."""
    return " ".join(_UNSAFE.sub(" ", _ESCAPE.sub("", str(text))).split())


def wrapped(text: str) -> str:
    """Prose cut into lines of the terminal's width, between words."""
    import textwrap

    return textwrap.fill(text, shutil.get_terminal_size((80, 24)).columns, break_on_hyphens=False)


def console(stream: TextIO | None = None) -> Console:
    """A rich console as wide as the terminal (80 where there is none), colours only on a terminal."""
    from rich.console import Console

    width = shutil.get_terminal_size((80, 24)).columns
    return Console(file=stream or sys.stdout, width=width, highlight=False, markup=False, emoji=False)


def as_json(value: object) -> str:
    """JSON as people can read it, other scripts kept."""
    return json.dumps(value, ensure_ascii=False, indent=2)


def as_csv(rows: Sequence[Row], keys: Sequence[str]) -> str:
    """CSV with a header (RFC 4180 but for the line ends, which are newlines)."""
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(keys), extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: csv_cell(row[key]) for key in keys} for row in rows)
    return out.getvalue().rstrip("\n")


def csv_cell(value: object) -> str:
    """A value for a CSV cell: a text that a spreadsheet would run as a formula gets an apostrophe in front.

    The characters are OWASP's ("CSV Injection"), with the full-width forms that Excel takes too. Numbers stay.
    """
    if value is None:
        return ""
    text = clean(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text


def markdown_text(value: object) -> str:
    """A text as Markdown shows it, as one line, whatever it holds."""
    return "" if value is None else re.sub(r"([\\|<>\[\]`*_~]|&(?=#?\w+;))", r"\\\1", clean(value))


def markdown_link(value: object, url: str | None) -> str:
    """A text that links to a web address; the text alone where the address is none."""
    address = clean(url) if url else ""
    if not re.match(r"https?://", address, re.I):
        return markdown_text(value)
    return f"[{markdown_text(value)}]({quote(address, safe=_IN_LINKS)})"


def as_markdown(rows: Sequence[Row], columns: Sequence[Column]) -> str:
    """A Markdown table; a cell with a web address behind it is a link."""

    def cell(row: Row, column: Column) -> str:
        url = row[column.link] if column.link else None
        return markdown_link(row[column.key], str(url) if url else None)

    head = "| " + " | ".join(column.heading for column in columns) + " |"
    line = "|" + "|".join(" ---: " if column.right else " --- " for column in columns) + "|"
    body = ["| " + " | ".join(cell(row, column) for column in columns) + " |" for row in rows]
    return "\n".join([head, line, *body])


def print_table(rows: Sequence[Row], columns: Sequence[Column], *, title: str | None = None) -> None:
    """A table that fits the terminal. A cell may hold several lines, each cleaned by itself."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left", pad_edge=False, show_edge=False)
    for column in columns:
        table.add_column(
            column.heading,
            justify="right" if column.right else "left",
            no_wrap=not column.wrap,
            overflow="fold" if column.wrap else "ellipsis",
            ratio=column.ratio,
        )
    table.expand = any(column.ratio for column in columns)
    for row in rows:
        cells = []
        for column in columns:
            lines = [] if row[column.key] is None else str(row[column.key]).split("\n")
            cell = Text()
            for number, line in enumerate(lines):
                cell.append(("\n" if number else "") + clean(line), style="dim" if number else "")
            cells.append(cell)
        table.add_row(*cells)
    console().print(table)


def show(rows: Sequence[Row], columns: Sequence[Column], style: Format, *, keys: Sequence[str] = ()) -> None:
    """Print rows in the format asked for. JSON and CSV hold `keys` (default: the columns' own)."""
    names = list(keys) or [column.key for column in columns]
    if style is Format.TABLE:
        print_table(rows, columns)
        return
    if style is Format.JSON:
        text = as_json([{name: row[name] for name in names} for row in rows])
    elif style is Format.CSV:
        text = as_csv(rows, names)
    else:
        text = as_markdown(rows, columns)
    sys.stdout.write(text + "\n")
