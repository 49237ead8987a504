"""Rows of a web archive's index (CDX), in any of the three shapes that servers send. Pure.

[["urlkey", "timestamp", …], ["org,example)/", "2020…", …]]     the Wayback Machine, output=json
{"urlkey": "org,example)/", "timestamp": "2020…", "url": …}     pywb, output=json: an object a line
org,example)/ 2020… https://example.org/ text/html 200 SHA 432  both without output=json
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
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


def parse(body: bytes) -> list[CdxRow]:
    """Every usable row of an answer, in its order; lines that are none are left out (also resume keys).

    A revisit row gets the status of a row with the same digest and URL key, where there is one.
    """
    text = body.decode("utf-8", "replace").strip()
    records = _array(text) if text.startswith("[") else _lines(text)
    rows = [row for record in records if (row := _row(record)) is not None]
    return _with_revisit_statuses(rows[:MAX_ROWS])


def _array(text: str) -> Iterator[Mapping[str, object]]:
    try:
        table = json.loads(text)
    except (ValueError, RecursionError):
        return
    if not table or not isinstance(table[0], list):
        return
    names = [_name(str(name)) for name in table[0]]
    for values in table[1 : MAX_ROWS + 1]:
        if isinstance(values, list):
            yield dict(zip(names, values, strict=False))


def _lines(text: str) -> Iterator[Mapping[str, object]]:
    for line in text.splitlines()[:MAX_ROWS]:
        if line.startswith("{"):
            try:
                record = json.loads(line)
            except (ValueError, RecursionError):
                continue
            yield {_name(str(key)): value for key, value in record.items()}
        else:
            values: Sequence[str] = line.split(" ")
            if len(values) >= len(COLUMNS):
                yield dict(zip(COLUMNS, values, strict=False))


def _name(name: str) -> str:
    return _NAMES.get(name, name)


def _row(record: Mapping[str, object]) -> CdxRow | None:
    def text(name: str) -> str | None:
        value = record.get(name)
        return None if value is None or value in {"", "-"} else str(value)

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


def _with_revisit_statuses(rows: Sequence[CdxRow]) -> list[CdxRow]:
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
