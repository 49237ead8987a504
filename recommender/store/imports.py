"""Articles from a researcher's file: JSON lines, a JSON array or CSV, gzipped or not.

    path ─► bytes (gzip by its magic number) ─► rows (format by the first character) ─► Article or BadRow

Every row becomes an `Article` or a `BadRow` with its line and reason; a file that can't be read at all is
an `ImportFileError`. Rows of JSON lines and CSV come one by one, so memory does not grow with the file.

| field     | also read as       | what it may be                                                          |
|-----------|--------------------|-------------------------------------------------------------------------|
| title     | headline           | required                                                                |
| text      | body, content      | required; paragraphs separated by line breaks                           |
| url       |                    | http or https; empty is none                                            |
| date      | published          | 2014-05-06, with or without a time; RFC 2822; May 6, 2014; 6 May 2014;  |
|           |                    | 5/6/14 (month first, unless that is over 12); 6.5.2014 (day first)      |
| source    | outlet             |                                                                         |
| authors   | author, byline     | a string, or a list of strings                                          |
| id        | external_id        | kept as text                                                            |

Names of fields may be in any case. Of two names for one field the first in this table that is filled counts.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO, cast

from recommender.errors import ImportFileError
from recommender.models import Article
from recommender.store.days import read_day

MAX_ROW = 20_000_000  # characters of one row: the fetcher's limit for an unpacked page; longer is damage
MAX_ARRAY = 500_000_000  # bytes of a JSON array; it takes about four times that in memory
ALIASES = {
    "title": ("title", "headline"),
    "text": ("text", "body", "content"),
    "url": ("url",),
    "date": ("date", "published"),
    "source": ("source", "outlet"),
    "authors": ("authors", "author", "byline"),
    "id": ("id", "external_id"),
}
ENCODING = "not UTF-8: convert the file, for example with iconv -f WINDOWS-1252 -t UTF-8"
_ESCAPED = re.compile("[\udc80-\udcff]")  # what surrogateescape makes of a byte that is not UTF-8
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\ud800-\udfff]")
_DELIMITERS = ",;\t|"


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that gives no article."""

    line: int  # of the file, from 1, where the row begins; in a JSON array the number of the element
    reason: str


class _RowError(Exception):
    """Why one row is bad; never leaves this module."""


def read_articles(path: Path) -> Iterator[Article | BadRow]:
    """Every row of a file, in order.

    Raises:
        ImportFileError: the file is missing, empty, cut, or of another kind.
    """
    try:
        with _opened(path) as handle:
            yield from _rows(path, handle)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ImportFileError(
            "the gzip data is cut or damaged",
            where=path,
            hint="what came before it was read; get the file again",
        ) from error
    except OSError as error:
        raise ImportFileError(f"can't be read: {error.strerror or error}", where=path) from error


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """The file's bytes, unpacked where it is gzip, whatever its name is."""
    with path.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        if packed:
            with gzip.open(raw) as unpacked:
                yield cast(BinaryIO, unpacked)
        else:
            yield raw


def _rows(path: Path, handle: BinaryIO) -> Iterator[Article | BadRow]:
    first, number = b"", 0
    while not first.strip(b"\xef\xbb\xbf \t\r\n"):
        first, number = handle.readline(MAX_ROW), number + 1
        if not first:
            raise ImportFileError("the file is empty", where=path)
        if first.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise ImportFileError(
                "not UTF-8 but UTF-16", where=path, hint="convert it: iconv -f UTF-16 -t UTF-8"
            )
    start = first.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"{"):
        yield from _json_lines(handle, first, number)
    elif start.startswith(b"["):
        yield from _json_array(path, handle, first, number)
    elif b"\0" in first or path.suffix.lower() in {".jsonl", ".ndjson", ".json"}:
        raise ImportFileError(
            "neither JSON lines nor CSV", where=f"{path}:{number}", hint="each line should be one {…} object"
        )
    else:
        yield from _csv(path, handle, first, number)


# --- JSON


def _json_lines(handle: BinaryIO, first: bytes, number: int) -> Iterator[Article | BadRow]:
    line = first
    while line:
        if len(line) >= MAX_ROW and not line.endswith(b"\n"):
            yield BadRow(number, f"longer than {MAX_ROW // 1_000_000} MB")
            while line and not line.endswith(b"\n"):
                line = handle.readline(MAX_ROW)
        elif line.strip(b"\xef\xbb\xbf \t\r\n"):
            yield _from_json(line, number)
        line, number = handle.readline(MAX_ROW), number + 1


def _from_json(line: bytes, number: int) -> Article | BadRow:
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return BadRow(number, ENCODING)
    except json.JSONDecodeError as error:
        return BadRow(number, f"not JSON: {error.msg} at column {error.colno}")
    except (RecursionError, ValueError):  # ValueError: a number of thousands of digits
        return BadRow(number, "not JSON that can be read: nested too deep, or a number too long")
    return _from_object(row, number)


def _from_object(row: object, number: int) -> Article | BadRow:
    if not isinstance(row, dict):
        return BadRow(number, "not an object with fields")
    try:
        return _article({str(name).strip().lower(): value for name, value in row.items()})
    except _RowError as error:
        return BadRow(number, str(error))


def _json_array(path: Path, handle: BinaryIO, first: bytes, number: int) -> Iterator[Article | BadRow]:
    """The objects of a JSON array, which is read whole: its rows have no line ends to go by."""
    data = first + handle.read(MAX_ARRAY)
    if len(data) > MAX_ARRAY:
        raise ImportFileError(
            f"a JSON array of more than {MAX_ARRAY // 1_000_000} MB",
            where=path,
            hint="write it as JSON lines: jq -c '.[]'",
        )
    try:
        rows = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ImportFileError(ENCODING, where=f"{path}:{number + data[: error.start].count(10)}") from error
    except json.JSONDecodeError as error:
        where = f"{path}:{number + error.lineno - 1}"
        raise ImportFileError(f"not JSON: {error.msg}", where=where) from error
    except (RecursionError, ValueError) as error:
        raise ImportFileError("not JSON that can be read: nested too deep", where=path) from error
    for place, row in enumerate(rows, 1):
        yield _from_object(row, place)


# --- CSV


def _csv(path: Path, handle: BinaryIO, first: bytes, number: int) -> Iterator[Article | BadRow]:
    """The rows of a CSV file, whose first line names the fields."""
    before = csv.field_size_limit(MAX_ROW)  # the module's limit is the process's: put back below
    try:
        lines = _Lines(handle, first, number)
        heading = first.decode("utf-8", "replace")
        delimiter = max(_DELIMITERS, key=heading.count)
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        names = [name.strip().lower() for name in next(reader)]
        if missing := [field for field in ("title", "text") if not set(ALIASES[field]) & set(names)]:
            raise ImportFileError(
                f"no column for {' and '.join(missing)}",
                where=f"{path}:{number}",
                hint="the first line names the columns: title, text; maybe url, date, source, authors, id",
            )
        yield from _csv_rows(reader, lines, names)
    except csv.Error as error:
        raise ImportFileError(f"not CSV: {error}", where=f"{path}:{number}") from error
    finally:
        csv.field_size_limit(before)


class _Lines:
    """The decoded lines of a file, and how many were given out."""

    def __init__(self, handle: BinaryIO, first: bytes, number: int) -> None:
        self._handle, self._next, self.number = handle, first.removeprefix(b"\xef\xbb\xbf"), number - 1

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line, self._next = self._next or self._handle.readline(MAX_ROW), b""
        if not line:
            raise StopIteration
        self.number += 1
        return line.decode("utf-8", "surrogateescape").replace("\0", "")


def _csv_rows(reader: Iterator[list[str]], lines: _Lines, names: list[str]) -> Iterator[Article | BadRow]:
    while True:
        begins = lines.number + 1
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield BadRow(begins, f"not CSV: {error}")
            continue
        if not any(value.strip() for value in values):
            continue
        if len(values) > len(names):
            yield BadRow(begins, f"{len(values)} values for {len(names)} columns")
        elif any(_ESCAPED.search(value) for value in values):
            yield BadRow(begins, ENCODING)
        else:
            yield _from_object(dict(zip(names, values, strict=False)), begins)


# --- one row


def _article(row: Mapping[str, object]) -> Article:
    """A row's article; field names in lower case."""
    title, text = _text(row, "title"), _text(row, "text")
    if not title or not text:
        raise _RowError(f"no {' and no '.join(name for name in ('title', 'text') if not _text(row, name))}")
    url = _text(row, "url")
    if url and not re.match(r"https?://[^/\s]", url, re.IGNORECASE):
        raise _RowError(f"not a web address: {url[:80]!r}")
    return Article(
        url=url or None,
        title=" ".join(title.split()),
        text="\n".join(line for line in (line.strip() for line in text.splitlines()) if line),
        authors=_authors(row),
        outlet=_text(row, "source") or None,
        published=_day(_filled(row, "date")),
        external_id=_text(row, "id") or None,
    )


def _filled(row: Mapping[str, object], field: str) -> object:
    """The first value among a field's names that is there and not empty."""
    values = (row.get(name) for name in ALIASES[field])
    return next((value for value in values if value not in (None, "", [])), None)


def _text(row: Mapping[str, object], field: str) -> str:
    value = _filled(row, field)
    if value is None:
        return ""
    if isinstance(value, dict | list | bool):
        raise _RowError(f"{field} is not text")
    return _CONTROL.sub("", str(value)).strip()


def _authors(row: Mapping[str, object]) -> str | None:
    value = _filled(row, "authors")
    if isinstance(value, list):
        if not all(isinstance(one, str) for one in value):
            raise _RowError("authors is not a list of names")
        value = ", ".join(name for name in (str(one).strip() for one in value) if name)
    return " ".join(_text({"authors": value}, "authors").split()) or None


def _day(value: object) -> date | None:
    try:
        return read_day("" if value is None else str(value))
    except ValueError as error:
        raise _RowError(f"{error} (write it as 2014-05-06)") from error
