"""Reading a web archive's replay answers: what is a memento, where its redirects lead, which capture is best.

Pure. Two kinds of server are read: the Wayback Machine, which puts the page's headers under
`X-Archive-Orig-`, and pywb, which gives them as they were.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

from recommender.crawl.cdx import CdxRow, format_timestamp
from recommender.crawl.link_header import links
from recommender.crawl.outcomes import Headers, Response, header
from recommender.crawl.urls import host_key, is_web, join


@dataclass(frozen=True, slots=True)
class Memento:
    """An archived copy, as its server first sent it."""

    url: str  # the page's own URL, as archived (after archived redirects)
    memento_url: str
    captured_at: datetime  # UTC, when the archive took it
    status: int
    headers: Headers  # of the page, as far as the archive tells
    body: bytes = field(repr=False)  # wire bytes; `headers` holds their content-encoding
    fetched_at: datetime  # UTC, when we got it


_REPLAY = re.compile(r"/([0-9]{1,14})(?:[a-z]{2}_)?/((?:https?:/|[^/]*\.).*)", re.DOTALL)
_ARCHIVE_PREFIX = "x-archive-orig-"
# Headers that describe the archive's sending or the archive itself, not the page.
_OF_SENDING = frozenset({"connection", "content-length", "keep-alive", "transfer-encoding"})
_OF_ARCHIVE = frozenset({"memento-datetime", "link", "preference-applied", "server-timing", "set-cookie"})


def step(location: str, address: str, url: str, captured: datetime | None) -> tuple[str, str] | None:
    """Where a redirect of the archive leads: (URL, timestamp) inside it; None where it leads nowhere.

    A Location inside the archive names both. One outside is a captured redirect's own: that page is looked
    up at the same moment. Where the answer is no capture, leaving the archive is refused.

    Args:
        location: the header, absolute or not.
        address: the replay URL that answered.
        url: the page it stands for.
        captured: the answer's `Memento-Datetime`.
    """
    inside = replayed(location, address)
    if inside is not None:
        return inside
    target = join(url, location)
    return (target, format_timestamp(captured)) if captured is not None and target is not None else None


def replayed(location: str, address: str) -> tuple[str, str] | None:
    """The (URL, timestamp) of a replay address on the archive's own host; None where it is another address."""
    inside = join(address, location)
    if inside is None or host_key(inside) != host_key(address):
        return None
    match = _REPLAY.search(inside)
    return (_repaired(match[2]), match[1]) if match else None


def _repaired(url: str) -> str:
    """A URL out of a replay path, where servers fold `//` into `/`."""
    repaired, known = re.subn(r"^(https?):/+", r"\1://", url)
    return repaired if known else f"http://{url}"


def moment_of(when: datetime | date | None) -> datetime | None:
    """A date as noon UTC, a naive datetime as UTC."""
    if when is None:
        return None
    if isinstance(when, datetime):
        return when if when.tzinfo is not None else when.replace(tzinfo=UTC)
    return datetime(when.year, when.month, when.day, 12, tzinfo=UTC)


def good(rows: Sequence[CdxRow]) -> list[CdxRow]:
    """Rows that are, or may be (revisits of an unknown capture), whole pages."""
    return [row for row in rows if row.status == 200 or (row.status is None and row.revisit)]


def by_nearness(rows: Sequence[CdxRow], moment: datetime | None) -> list[CdxRow]:
    """Certain pages before revisits of unknown ones, each nearest first; without a moment, oldest first."""

    def distance(row: CdxRow) -> tuple[bool, float]:
        seconds = abs((row.captured_at - moment).total_seconds()) if moment else row.captured_at.timestamp()
        return row.status is None, seconds

    return sorted(good(rows), key=distance)


def memento_datetime(answer: Response) -> datetime | None:
    """When a replayed page was captured, UTC; None where the answer is not a memento."""
    return http_date(answer.header("memento-datetime"))


def http_date(text: str | None) -> datetime | None:
    """An HTTP date as UTC; None where it is none."""
    try:
        moment = parsedate_to_datetime(text[:64]) if text else None
        if moment is None or moment.tzinfo is None:  # "-0000": UTC, and nothing known of the place
            return moment.replace(tzinfo=UTC) if moment is not None else None
        return moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def original_url(answer: Response, asked: str) -> str:
    """The URL that was captured, by the answer's Link header; the one asked for where that has none.

    They differ where an archive treats `http://example.org` and `https://www.example.org/` as one page.
    """
    for link in links(answer.headers):
        if "original" in link.rels and is_web(link.url):
            return link.url.replace("&amp;", "&")  # the Wayback Machine escapes these as if for HTML
    return asked


# ── archives without an index ──────────────────────────────────────────────────────────────────────────


def negotiated(answer: Response, address: str, moment: datetime) -> tuple[str, str] | None:
    """The (URL, timestamp) that a TimeGate's answer chooses (RFC 7089 4); None where it chooses none.

    It redirects to the memento, or is the memento and names itself. One that does neither may still name its
    first and last mementos: then the nearest of those.

    Args:
        answer: of the TimeGate.
        address: where it was asked.
        moment: the `Accept-Datetime` sent.
    """
    chosen = replayed(answer.header("location") or "", address)
    if chosen is not None:
        return chosen
    goal = memento_datetime(answer) or moment
    best: tuple[float, tuple[str, str]] | None = None
    for link in links(answer.headers):
        when, place = http_date(link.datetime), replayed(link.url, address)
        if "memento" in link.rels and when is not None and place is not None:
            distance = abs((when - goal).total_seconds())
            if best is None or distance < best[0]:
                best = distance, place
    return best[1] if best else None


def timegate(answer: Response, address: str) -> str | None:
    """The TimeGate that an answer names, on the archive's own host."""
    for link in links(answer.headers):
        target = join(address, link.url)
        if "timegate" in link.rels and target is not None and host_key(target) == host_key(address):
            return target
    return None


def closest(body: bytes) -> tuple[str, str] | None:
    """The (URL, timestamp) that the availability API names; None where it names none, which proves nothing."""
    try:
        found = json.loads(body)["archived_snapshots"]["closest"]
        good_one = str(found["status"]) == "200" and found["available"] is True
        match = _REPLAY.search(found["url"]) if good_one and isinstance(found["url"], str) else None
    except (ValueError, TypeError, KeyError, IndexError, RecursionError):
        return None
    return (_repaired(match[2]), match[1]) if match else None


# ── headers ────────────────────────────────────────────────────────────────────────────────────────────


def original_headers(answer: Response) -> Headers:
    """The page's own headers, with the content-encoding of the bytes that we hold."""
    prefixed = tuple(
        (name[len(_ARCHIVE_PREFIX) :], value)
        for name, value in answer.headers
        if name.lower().startswith(_ARCHIVE_PREFIX)
    )
    own = prefixed or tuple((n, v) for n, v in answer.headers if n.lower() not in _OF_ARCHIVE)
    kept = tuple((n, v) for n, v in own if n.lower() not in _OF_SENDING | {"content-encoding"})
    kind, encoding = answer.header("content-type"), answer.header("content-encoding")
    if kind is not None and header(kept, "content-type") is None:
        kept += (("Content-Type", kind),)
    if (
        encoding is None
        and answer.body.startswith(b"\x1f\x8b")
        and "gzip" in (header(own, "content-encoding") or "")
    ):
        encoding = "gzip"
    return kept + ((("Content-Encoding", encoding),) if encoding else ())
