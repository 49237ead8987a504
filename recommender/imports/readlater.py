"""A table with a column of addresses, or a JSON array of objects with one, as read-later services export it. Pure.

    Pocket       title,url,time_added,tags,status
    Instapaper   URL,Title,Selection,Folder,Timestamp
    Pinboard     [{"href": …, "description": …, "time": …}]
    Omnivore     [{"url": …, "title": …, "author": …, "savedAt": …}]
    and likes of them: any CSV or JSON array with addresses and no texts

The day a piece was saved stands for its day of publication where the table has no such column.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator

from recommender.errors import ImportFileError
from recommender.imports.entries import Entries, day_of
from recommender.imports.kinds import Listing
from recommender.reading.charset import decode

COLUMNS = {  # field -> names of its column, the first that is there and filled counts
    "url": ("url", "link", "href", "address", "resolved_url", "given_url"),
    "title": ("title", "resolved_title", "given_title", "name", "headline", "description"),
    "author": ("author", "authors", "byline", "creator"),
    "heading": ("folder", "tags", "collection", "list"),
    "published": (
        *(
            "published",
            "published_at",
            "publishedat",
            "date",
            "time_added",
            "timestamp",
            "created",
            "created_at",
        ),
        *("date_added", "date added", "saved_at", "savedat", "date saved", "saved date", "added_at", "time"),
    ),
}
TEXTS = frozenset({"text", "body", "content"})  # a table with one of these holds articles
MAX_FIELD = 20_000_000  # characters, as for articles
_DELIMITERS = ",;\t|"


def read(data: bytes) -> Listing:
    """The entries of a table or an array.

    Raises:
        ImportFileError: it has no column of addresses, or is no JSON.
    """
    text = decode(data).replace("\0", "").lstrip("\ufeff")
    entries = Entries()
    if text.lstrip()[:1] in {"[", "{"}:
        _read_json(text, entries)
    else:
        _read_csv(text, entries)
    return entries.listing(None)


def _read_json(text: str, entries: Entries) -> None:
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError) as error:  # ValueError: also a number of thousands of digits
        raise ImportFileError(f"not JSON that can be read: {str(error)[:80]}") from error
    if not isinstance(rows, list):
        raise ImportFileError("not a JSON array of entries")
    for place, row in enumerate(rows, 1):
        if isinstance(row, dict):
            _entry(entries, {str(name).lower(): str(value or "") for name, value in row.items()}, place)
        else:
            entries.bad(place, "not an object with fields")


def _read_csv(text: str, entries: Entries) -> None:
    names = columns(text)
    if not set(COLUMNS["url"]) & set(names):
        raise ImportFileError("no column of addresses", hint="the first line names it: url")
    before = csv.field_size_limit(MAX_FIELD)  # the module's limit is the process's: put back below
    try:
        for place, values in _rows(text, entries):
            _entry(entries, dict(zip(names, values, strict=False)), place)
    finally:
        csv.field_size_limit(before)


def _entry(entries: Entries, row: dict[str, str], place: int) -> None:
    found = {field: _filled(row, field) for field in COLUMNS}
    entries.add(
        found["url"],
        title=found["title"],
        author=found["author"],
        heading=found["heading"],
        published=day_of(found["published"]),
        place=place,
    )


def columns(text: str) -> list[str]:
    """The names in a table's first line, in lower case."""
    lines = (line for line in text.lstrip("\ufeff").splitlines() if line.strip())
    first = next(lines, "")[:10_000]
    try:
        row = next(csv.reader([first], delimiter=_delimiter(first)), [])
    except csv.Error:
        return []
    return [name.strip().lower() for name in row]


def has_addresses(names: list[str]) -> bool:
    """Whether these columns are a list of addresses."""
    return len(names) > 1 and bool(set(COLUMNS["url"]) & set(names)) and not TEXTS & set(names)


def _delimiter(first: str) -> str:
    return max(_DELIMITERS, key=first.count)


def _rows(text: str, entries: Entries) -> Iterator[tuple[int, list[str]]]:
    """Line and values of each row behind the first."""
    text = text.lstrip("\ufeff")
    first = next((line for line in text.splitlines() if line.strip()), "")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(first))
    headed = False
    while True:
        place = reader.line_num + 1
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            entries.bad(place, f"not CSV: {error}")
            continue
        if not any(value.strip() for value in values):
            continue
        if headed:
            yield place, values
        headed = True


def _filled(row: dict[str, str], field: str) -> str:
    values = (row.get(name, "").strip() for name in COLUMNS[field])
    return next((value for value in values if value), "")
