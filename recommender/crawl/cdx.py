"""Rows of a web archive's index (CDX), in any of the three shapes that servers send. Pure.

[["urlkey", "timestamp", …], ["org,example)/", "2020…", …]]     the Wayback Machine, output=json
{"urlkey": "org,example)/", "timestamp": "2020…", "url": …}     pywb, output=json: an object a line
org,example)/ 2020… https://example.org/ text/html 200 SHA 432  both without output=json
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

from recommender.crawl.dates import on_other_day, path_date

MAX_ROWS = 50_000  # rows read of one answer: no question of ours has more, and a row costs ~500 bytes here
COLUMNS = (
    "urlkey",
    "timestamp",
    "original",
    "mimetype",
    "statuscode",
    "digest",
    "length",
)  # plain text order
_NAMES = {"url": "original", "mime": "mimetype", "status": "statuscode"}  # pywb's names, as the Wayback's


@dataclass(frozen=True, slots=True)
class CdxRow:
    """One capture in a web archive. What the index leaves out (`-`, or no field) is None."""

    url: str  # as captured
    timestamp: str  # 14 digits, UTC, exactly as the archive wants it back
    captured_at: datetime
    status: int | None = None  # None for revisit records, unless another row tells
    mime: str | None = None
    digest: str | None = None
    length: int | None = None  # bytes of the compressed record
    urlkey: str | None = None

    @property
    def revisit(self) -> bool:
        """Whether the capture only says "the same as before"."""
        return self.mime == "warc/revisit"


def parse_timestamp(text: str) -> datetime | None:
    """A 14-digit timestamp (shorter ones are padded to their start) as UTC; None where it is no moment.

    >>> parse_timestamp("20200111")
    datetime.datetime(2020, 1, 11, 0, 0, tzinfo=datetime.timezone.utc)
    """
    if not (4 <= len(text) <= 14 and text.isascii() and text.isdigit()):
        return None
    full = text + "00000101000000"[len(text) :]
    try:
        return datetime.strptime(full, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def format_timestamp(moment: datetime) -> str:
    """14 digits in UTC; a naive datetime is taken as UTC."""
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).strftime("%Y%m%d%H%M%S").rjust(14, "0")


@dataclass(frozen=True, slots=True)
class Answer:
    """What an index said."""

    rows: tuple[CdxRow, ...]  # in its order
    resume: str | None = None  # where the next part begins, where there is one
    whole: bool = True  # false: broken off, or something else than an index answered


def read(body: bytes) -> Answer:
    """Every usable row of an answer. Anything that is neither a row nor a resume key makes it not `whole`.

    A revisit row gets the status of a row with the same digest and URL key, where there is one.
    """
    text = body.decode("utf-8", "replace").strip()
    shape = _array(text) if text.startswith("[") else None
    records, resume, whole = shape or _lines(text)
    rows = [row for record in records if (row := _row(record)) is not None]
    return Answer(tuple(with_revisit_statuses(rows)), resume, whole)


_NEEDED = {"timestamp", "original"}  # what tells a row from an error message that is JSON too
_Records = list[Mapping[str, object]]


def _array(text: str) -> tuple[_Records, str | None, bool] | None:
    """An array of arrays, whose resume key stands alone after an empty one; None where it is none."""
    try:
        table = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(table, list) or not all(isinstance(values, list) for values in table):
        return None
    resume = None
    if len(table) > 2 and not table[-2] and len(table[-1]) == 1:
        resume, table = str(table[-1][0]), table[:-2]
    names = [_name(str(name)) for name in table[0]] if table else []
    if table and not _NEEDED.issubset(names):
        return None
    return [dict(zip(names, values, strict=False)) for values in table[1 : MAX_ROWS + 1]], resume, True


def _lines(text: str) -> tuple[_Records, str | None, bool]:
    """An object, or fields between spaces, a line; the resume key stands alone after an empty line."""
    lines = [line.rstrip("\r") for line in text.split("\n")]
    resume = None
    if len(lines) > 2 and not lines[-2].strip() and len(lines[-1].split()) == 1 and lines[-1][0] != "{":
        resume, lines = lines[-1].strip(), lines[:-2]
    records: _Records = []
    whole = True
    for line in lines[:MAX_ROWS]:
        record = _record(line)
        if record is not None:
            records.append(record)
        elif line.strip():
            whole = False
    return records, resume, whole


def _record(line: str) -> Mapping[str, object] | None:
    if not line.startswith("{"):
        values = line.split(" ")
        is_row = len(values) >= len(COLUMNS) and values[1].isascii() and values[1].isdigit()
        return dict(zip(COLUMNS, values, strict=False)) if is_row else None
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    named = {_name(str(key)): value for key, value in record.items()}
    return named if _NEEDED.issubset(named) else None


def _name(name: str) -> str:
    return _NAMES.get(name, name)


def _row(record: Mapping[str, object]) -> CdxRow | None:
    def text(name: str) -> str | None:
        value = record.get(name)
        text = "" if value is None or isinstance(value, list | dict) else str(value)
        return None if text in {"", "-"} else text

    def number(name: str) -> int | None:
        value = text(name) or ""
        return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else None

    timestamp, url = text("timestamp"), text("original")
    if timestamp is None or url is None or len(timestamp) != 14:
        return None
    moment = parse_timestamp(timestamp)
    if moment is None:
        return None
    return CdxRow(
        url=url,
        timestamp=timestamp,
        captured_at=moment,
        status=number("statuscode"),
        mime=text("mimetype"),
        digest=text("digest"),
        length=number("length"),
        urlkey=text("urlkey"),
    )


def with_revisit_statuses(rows: Sequence[CdxRow]) -> list[CdxRow]:
    """Revisits of unknown status with that of a row of the same digest and URL key, where there is one."""
    known = {(row.urlkey, row.digest): row.status for row in rows if row.status is not None}
    return [
        replace(row, status=known.get((row.urlkey, row.digest)))
        if row.revisit and row.status is None
        else row
        for row in rows
    ]


# ── which parts of an index hold an outlet's pieces of some days ───────────────────────────────────────

# Days from a seed to the pieces its editors list with it, likeliest first: those are of the days before,
# now and then a little newer where the list was updated.
OFFSETS = (0, -1, -2, -3, 1, -4, -5, -6, -7, 2, -8, -9, -10, -11, -12, -13, -14, 3)
UNDATED_AFTER = timedelta(
    days=30
)  # an outlet's new page is captured within a month, if ever for its own sake
PREFIX_ROWS = 5_000  # a large outlet's section has ~60 pieces a day, each under a few dozen URLs


@dataclass(frozen=True, slots=True)
class IndexQuery:
    """A prefix search: URLs that start with `prefix`, captured between two days (None: any time)."""

    prefix: str
    start: date | None = None
    end: date | None = None
    limit: int = PREFIX_ROWS
    collapse: str = "urlkey"


def outlet_queries(seed_url: str, when: date | None = None) -> list[IndexQuery]:
    """The searches that find what an outlet published around a day, likeliest first. Stop when all is found.

    Where the seed's own URL shows its date, the same section on the days around; else the seed's section, by
    day of capture. None where neither a URL date nor `when` is known.

    Args:
        seed_url: a page of the outlet, whose path shows how it writes its URLs.
        when: the day wanted; the URL's own where it is None.
    """
    shown = path_date(seed_url)
    day = when or (shown.start() if shown else None)
    if day is None:
        return []
    if shown is not None:
        days = [day + timedelta(offset) for offset in OFFSETS]
        prefixes = [prefix for other in days for prefix in on_other_day(seed_url, other)]
        return [IndexQuery(prefix) for prefix in dict.fromkeys(prefixes)]
    parts = urlsplit(seed_url)
    section = parts.path.rstrip("/").rpartition("/")[0]
    prefix = f"{parts.scheme}://{parts.netloc}{section}/"
    return [IndexQuery(prefix, day - timedelta(days=-min(OFFSETS)), day + UNDATED_AFTER)]
