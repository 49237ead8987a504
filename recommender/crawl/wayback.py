"""The nearest archived copy of a page, and searches of a web archive's index: Memento and CDX over `Client`.

    nearest(url, when):  CDX rows of the URL ─► nearest good one ─► raw body (`id_`) ─► Memento
                         no CDX              ─► TimeGate: ask for the moment, the archive redirects

Rules learned from real archives: a response is a memento only with `Memento-Datetime`; what the archive
redirects to may be months away, so the memento's own time counts; a captured redirect gives the original
Location, which is looked up again in the archive: nothing here ever leaves the archive's host.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import quote, urlencode, urlsplit

from recommender.crawl.cdx import CdxRow, format_timestamp, parse
from recommender.crawl.frontier import retry_after
from recommender.crawl.http import REDIRECTS, Client
from recommender.crawl.memento import (
    Memento,
    by_nearness,
    good,
    memento_datetime,
    moment_of,
    original_headers,
    original_url,
    step,
)
from recommender.crawl.outcomes import Failure, Outcome, Reason, Response, one_line
from recommender.crawl.pace import Pace
from recommender.crawl.urls import host_key

__all__ = ["BASE", "Memento", "Wayback"]

BASE = "https://web.archive.org"
CDX_INTERVAL = 60 / 24  # seconds between index searches: the archive allows about 24 a minute
REPLAY_INTERVAL = 1 / 8  # seconds between pages: about 8 a second
BUSY_WAIT = 60.0  # seconds after a 429 without Retry-After; ignored ones become an hour of refusals
MAX_STEPS = 10  # redirects inside the archive for one memento; recorded chains have up to four
SAFE = "%/:=&?~#+!$,;'@()*[]"  # what a URL may hold as it is; spaces and accents are escaped
CANDIDATES = 3  # captures tried before giving up: some are listed but can't be played back
ROWS = 200  # captures of one URL asked for; from publication on, the nearest ones come first
EARLY = timedelta(days=30)  # a page captured earlier than this before its stated date is another page

Match = str  # "exact", "prefix", "host" or "domain"
# Failures that the next capture would meet too.
_SAME_FOR_ALL = frozenset({Reason.ARCHIVE_BUSY, Reason.FAR_MEMENTO, Reason.EXCLUDED})


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where an archive keeps its index and its pages, below the base URL."""

    cdx: str
    replay: str


# Below a host: the Wayback Machine's layout, then pywb's with its usual collection name. Below a path that
# ends in a collection: pywb's, then a Wayback Machine behind a prefix.
_AT_HOST = (_Layout("/cdx/search/cdx", "/web"), _Layout("/web/cdx", "/web"))
_AT_PATH = (_Layout("/cdx", ""), _Layout("/cdx/search/cdx", "/web"))


class Wayback:
    """A client of one web archive. Share it between threads: its rate limits are the archive's.

    Args:
        client: makes the requests.
        base: the archive's URL: a host (`https://web.archive.org`, `http://127.0.0.1:8080`) or a pywb
            collection (`http://127.0.0.1:8080/news`). Which layout it has is found out with the first search
            and remembered.
        cdx_interval: seconds between two index searches; 0 for an archive of one's own.
        replay_interval: seconds between two pages.
        sleep, clock: replaced in tests; the clock gives Unix time in seconds.
    """

    def __init__(
        self,
        client: Client,
        base: str = BASE,
        *,
        cdx_interval: float = CDX_INTERVAL,
        replay_interval: float = REPLAY_INTERVAL,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.base = base.rstrip("/")
        self.host = host_key(base)
        self._client = client
        self._clock = clock
        self._layouts: tuple[_Layout, ...] = _AT_PATH if urlsplit(self.base).path else _AT_HOST
        self._cdx_pace = Pace(cdx_interval, sleep, clock)
        self._replay_pace = Pace(replay_interval, sleep, clock)

    # ── the index ──────────────────────────────────────────────────────────────────────────────────────

    def search(
        self,
        url: str,
        *,
        match: Match = "exact",
        start: date | None = None,
        end: date | None = None,
        limit: int = ROWS,
        collapse: str | None = None,
        filters: Sequence[str] = (),
    ) -> list[CdxRow] | Failure:
        """Captures of a URL, of everything below it, or of a host, oldest first within a URL.

        Args:
            url: the page, or with `match="prefix"` the start of URLs.
            match: exact, prefix, host or domain.
            start, end: days of capture, inclusive.
            limit: rows.
            collapse: a field of which one row each is wanted, e.g. `urlkey`; archives may ignore it.
            filters: `[!]field:regex`; archives differ in how they read them, so filter again what comes back.

        Returns:
            Rows, none where the archive has none, or a `Failure`; `NO_MEMENTO` with status 404 where the
            archive has no index.
        """
        query = [("url", url), ("matchType", match), ("output", "json"), ("limit", str(limit))]
        query += [("from", start.strftime("%Y%m%d"))] if start else []
        query += [("to", end.strftime("%Y%m%d"))] if end else []
        query += [("collapse", collapse)] if collapse else []
        query += [("filter", text) for text in filters]
        failure = Failure(Reason.NO_MEMENTO, url, "this archive has no index", 404)
        for layout in self._layouts:
            answer = self._ask(f"{self.base}{layout.cdx}?{urlencode(query)}", self._cdx_pace)
            if isinstance(answer, Failure):
                return answer
            if answer.status == 200:
                self._layouts = (layout,)
                return parse(_plain(answer))[:limit]
            if answer.status != 404:
                return self._refusal(answer, url)
        return failure

    # ── pages ──────────────────────────────────────────────────────────────────────────────────────────

    def nearest(
        self, url: str, when: datetime | date | None = None, window: timedelta | None = None
    ) -> Memento | Failure:
        """The good copy nearest to a moment.

        Args:
            url: the page.
            when: its date of publication; without one the oldest good copy is taken, which is the nearest
                to it that can be known.
            window: copies further away from `when` than this are not wanted.

        Returns:
            A memento with status 200, or a `Failure`: `NO_MEMENTO`, `FAR_MEMENTO`, `EXCLUDED`,
            `ARCHIVE_BUSY` (with `retry_after`), `ARCHIVE_ERROR`, or what the network said.
        """
        moment = moment_of(when)
        rows = self._captures(url, moment)
        if isinstance(rows, Failure):
            if rows.reason in {Reason.EXCLUDED, Reason.ARCHIVE_BUSY} or rows.offline:
                return rows
            asked = format_timestamp(moment) if moment else "1"
            return self._within(self._play(url, asked), moment, window)
        last: Memento | Failure = Failure(Reason.NO_MEMENTO, url)
        for row in by_nearness(rows, moment)[:CANDIDATES]:
            last = self._within(self._play(row.url, row.timestamp), moment, window)
            if (
                isinstance(last, Memento)
                or last.reason in {Reason.ARCHIVE_BUSY, Reason.FAR_MEMENTO}
                or last.offline
            ):
                return last
        return last

    def _captures(self, url: str, moment: datetime | None) -> list[CdxRow] | Failure:
        """Rows that may be good copies: from around the moment on, else all there are."""
        bad = ("!statuscode:[345]..",)  # an economy only; pywb reads it otherwise
        if moment is not None:
            rows = self.search(url, start=(moment - EARLY).date(), filters=bad)
            if isinstance(rows, Failure) or good(rows):
                return rows
        return self.search(url, filters=bad)

    def _play(self, url: str, timestamp: str) -> Memento | Failure:
        """One capture's raw body, following redirects of every kind inside the archive."""
        seen: set[str] = set()
        while (address := self._address(url, timestamp)) not in seen and len(seen) < MAX_STEPS:
            seen.add(address)
            answer = self._ask(address, self._replay_pace)
            if isinstance(answer, Failure):
                return answer
            captured = memento_datetime(answer)
            location = answer.header("location")
            if answer.status not in REDIRECTS or not location:
                return self._memento(answer, url, captured)
            leads = step(location, address, url, captured)
            if leads is None:
                return Failure(Reason.NO_MEMENTO, url, one_line(f"redirects to {location}"), answer.status)
            url, timestamp = leads
        return Failure(Reason.REDIRECTS, url, f"{len(seen)} inside the archive")

    def _memento(self, answer: Response, url: str, captured: datetime | None) -> Memento | Failure:
        """A final answer as a memento, if it is one and good."""
        if captured is None:
            return self._refusal(answer, url)
        if answer.status != 200:
            return Failure(Reason.NO_MEMENTO, url, f"the copy is a {answer.status}", answer.status)
        page, headers = original_url(answer, url), original_headers(answer)
        return Memento(page, answer.final_url, captured, 200, headers, answer.body, answer.fetched_at)

    def _address(self, url: str, timestamp: str) -> str:
        return f"{self.base}{self._layouts[0].replay}/{timestamp}id_/{quote(url, safe=SAFE)}"

    def _within(
        self, found: Memento | Failure, moment: datetime | None, window: timedelta | None
    ) -> Memento | Failure:
        if isinstance(found, Failure) or moment is None or window is None:
            return found
        if abs(found.captured_at - moment) > window:
            day = found.captured_at.date().isoformat()
            return Failure(Reason.FAR_MEMENTO, found.url, f"the nearest is of {day}")
        return found

    # ── one request ────────────────────────────────────────────────────────────────────────────────────

    def _ask(self, address: str, pace: Pace) -> Outcome:
        """One paced GET, redirects not followed; 429 becomes a `Failure` and stops further requests."""
        left = pace.wait()
        if left is not None:
            return Failure(Reason.ARCHIVE_BUSY, address, retry_after=left)
        answer = self._client.get(address, max_redirects=0)
        if isinstance(answer, Failure) or answer.status != 429 or memento_datetime(answer) is not None:
            return answer
        asked = retry_after(answer.header("retry-after"), self._clock())
        wait = BUSY_WAIT if asked is None else max(asked, 1.0)
        self._cdx_pace.hold(wait)
        self._replay_pace.hold(wait)
        return Failure(Reason.ARCHIVE_BUSY, address, status=429, retry_after=wait)

    def _refusal(self, answer: Response, url: str) -> Failure:
        """Why an answer of the archive itself, not of a capture, gives no copy."""
        if answer.status in {403, 451} or b"AdministrativeAccessControl" in answer.body[:500]:
            return Failure(Reason.EXCLUDED, url, status=answer.status)
        if answer.status >= 500:
            return Failure(Reason.ARCHIVE_ERROR, url, f"HTTP {answer.status}", answer.status)
        detail = "" if answer.status == 404 else f"HTTP {answer.status} without Memento-Datetime"
        return Failure(Reason.NO_MEMENTO, url, detail, answer.status)


def _plain(answer: Response) -> bytes:
    from recommender.crawl.body import decode

    body = decode(answer.body, answer.header("content-encoding") or "")
    return b"" if isinstance(body, Failure) else body
