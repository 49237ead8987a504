"""The nearest archived copy of a page, and searches of a web archive's index: Memento and CDX over `Client`.

    nearest(url, when):  CDX rows of the URL ─► nearest good ones ─► raw body (`id_`) ─► Memento
                         no index            ─► TimeGate: ask for the moment, the archive names the capture
                         a broken index      ─► the availability API; a miss there proves nothing
                         none of these       ─► the moment itself, and the archive redirects to the nearest

Rules learned from real archives: a response is a memento only with `Memento-Datetime`; what the archive
redirects to may be months away, so the memento's own time counts; a captured redirect gives the original
Location, which is looked up again in the archive: nothing here ever leaves the archive's host.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import quote, urlencode

from recommender.crawl.asking import CDX_INTERVAL, ERROR_PAGE, REPLAY_INTERVAL, Asker, refusal
from recommender.crawl.body import decode
from recommender.crawl.cdx import CdxRow, format_timestamp
from recommender.crawl.cdx_client import Index, layouts
from recommender.crawl.http import REDIRECTS, Client
from recommender.crawl.memento import (
    Memento,
    by_nearness,
    closest,
    good,
    memento_datetime,
    moment_of,
    negotiated,
    original_headers,
    original_url,
    step,
    timegate,
)
from recommender.crawl.outcomes import Failure, Reason, Response, one_line
from recommender.crawl.urls import host_key

__all__ = ["BASE", "CDX_INTERVAL", "REPLAY_INTERVAL", "Memento", "Wayback"]

BASE = "https://web.archive.org"
# Where the availability API is; other archives have it, if at all, below their own host.
AVAILABLE = {BASE: "https://archive.org/wayback/available"}
MAX_STEPS = 10  # redirects inside the archive for one memento; recorded chains have up to four
SAFE = "%/:=&?~#+!$,;'@()*[]"  # what a URL may hold as it is; spaces and accents are escaped
CANDIDATES = 3  # captures tried before giving up: some are listed but can't be played back
EARLY = timedelta(days=30)  # a page captured earlier than this before its stated date is another page
BEGINNING = datetime(1996, 1, 1, tzinfo=UTC)  # no web archive has anything older

# What any other question to this archive would meet too.
_SAME_FOR_ALL = frozenset({Reason.ARCHIVE_BUSY, Reason.EXCLUDED})
# What says that there is no good copy; other failures may pass, and then there may be one.
_NONE = frozenset({Reason.NO_MEMENTO, Reason.FAR_MEMENTO, Reason.REDIRECTS})


class Wayback(Index):
    """A client of one web archive: its index (`search`) and its pages (`nearest`).

    Share it between threads: its rate limits are the archive's.

    Args:
        client: makes the requests.
        base: the archive's URL: a host (`https://web.archive.org`, `http://127.0.0.1:8080`) or a pywb
            collection (`http://127.0.0.1:8080/news`). Which layout it has is found out with the first search
            and remembered.
        cdx_url: its index, where that is elsewhere.
        replay_url: what comes before `/<timestamp>id_/<url>`, where that is elsewhere.
        cdx_interval: seconds between two index searches; 0 for an archive of one's own.
        replay_interval: seconds between two pages.
        sleep, clock: replaced in tests; the clock gives seconds and never goes back.
    """

    def __init__(
        self,
        client: Client,
        base: str = BASE,
        *,
        cdx_url: str | None = None,
        replay_url: str | None = None,
        cdx_interval: float = CDX_INTERVAL,
        replay_interval: float = REPLAY_INTERVAL,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.base = base.rstrip("/")
        self.host = host_key(base)
        asker = Asker(client, cdx_interval, replay_interval, sleep, clock)
        super().__init__(asker, layouts(self.base, cdx_url, replay_url and replay_url.rstrip("/")))

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
            `ARCHIVE_BUSY` (with `retry_after`), `ARCHIVE_ERROR`, or what the network said. One that may pass
            is told rather than one that won't.
        """
        moment = moment_of(when)
        rows = self._captures(url, moment)
        if isinstance(rows, Failure):
            return (
                rows if _ends(rows) else _first(self._without_index(url, moment, rows), url, moment, window)
            )
        listed = by_nearness(rows, moment)
        near = [row for row in listed if _near(row.captured_at, moment, window)]
        if listed and not near:
            return _far(url, listed[0].captured_at)
        return _first((self._play(row.url, row.timestamp) for row in near[:CANDIDATES]), url, moment, window)

    def copy(self, url: str, timestamp: str) -> Memento | Failure:
        """The capture of a URL at 14 digits, or the good one that the archive plays in its place."""
        return self._play(url, timestamp)

    def _captures(self, url: str, moment: datetime | None) -> list[CdxRow] | Failure:
        """Rows that may be good copies: from around the moment on, else all there are."""
        bad = ("!statuscode:[345]..",)  # an economy only; pywb reads it otherwise
        if moment is not None:
            rows = self.search(url, start=_days_before(moment, EARLY), filters=bad)
            if isinstance(rows, Failure) or good(rows):
                return rows
        return self.search(url, filters=bad)

    def _without_index(
        self, url: str, moment: datetime | None, no_rows: Failure
    ) -> Iterator[Memento | Failure]:
        """What can be asked where the index can't, likeliest first."""
        if no_rows.status == 404:
            yield self._negotiate(url, moment or BEGINNING)
        else:
            yield self._available(url, moment or BEGINNING)
        yield self._play(url, format_timestamp(moment) if moment else "1")

    def _negotiate(self, url: str, moment: datetime, gate: str | None = None) -> Memento | Failure:
        """Ask the TimeGate (RFC 7089) for a moment; where the page's own address is none, the one it names."""
        address = gate or f"{self.layout.replay}/{_quoted(url)}"
        headers = {"Accept-Datetime": format_datetime(moment.astimezone(UTC), usegmt=True)}
        answer = self._asker.ask(address, self._asker.pages, headers)
        if isinstance(answer, Failure):
            return answer
        chosen = negotiated(answer, address, moment)
        if chosen is not None:
            return self._play(*chosen)
        named = timegate(answer, address)
        if gate is None and named is not None and named != address:
            return self._negotiate(url, moment, named)
        return refusal(answer, url)

    def _available(self, url: str, moment: datetime) -> Memento | Failure:
        """Ask the availability API, which is cheap, for the good copy nearest to a moment."""
        query = urlencode({"url": url, "timestamp": format_timestamp(moment)}, errors="surrogatepass")
        api = AVAILABLE.get(self.base, f"{self.base}/wayback/available")
        answer = self._asker.ask(f"{api}?{query}", self._asker.index)
        if isinstance(answer, Failure):
            return answer
        body = decode(answer.body, answer.header("content-encoding") or "", ERROR_PAGE)
        place = closest(body) if answer.status == 200 and isinstance(body, bytes) else None
        return self._play(*place) if place else Failure(Reason.NO_MEMENTO, url)

    def _play(self, url: str, timestamp: str) -> Memento | Failure:
        """One capture's raw body, following redirects of every kind inside the archive."""
        seen: set[str] = set()
        while (address := self._address(url, timestamp)) not in seen and len(seen) < MAX_STEPS:
            seen.add(address)
            answer = self._asker.ask(address, self._asker.pages)
            if isinstance(answer, Failure):
                return answer
            captured = memento_datetime(answer)
            location = answer.header("location")
            if answer.status not in REDIRECTS or not location:
                return _memento(answer, url, captured)
            leads = step(location, address, url, captured)
            if leads is None and captured is None:
                return refusal(answer, url)
            if leads is None:
                return Failure(Reason.NO_MEMENTO, url, one_line(f"redirects to {location}"), answer.status)
            url, timestamp = leads
        return Failure(Reason.REDIRECTS, url, f"{len(seen)} inside the archive")

    def _address(self, url: str, timestamp: str) -> str:
        return f"{self.layout.replay}/{timestamp}id_/{_quoted(url)}"


def _memento(answer: Response, url: str, captured: datetime | None) -> Memento | Failure:
    """A final answer as a memento, if it is one and good."""
    if captured is None:
        return refusal(answer, url)
    if answer.status != 200:
        return Failure(Reason.NO_MEMENTO, url, f"the copy is a {answer.status}", answer.status)
    page, headers = original_url(answer, url), original_headers(answer)
    return Memento(page, answer.final_url, captured, 200, headers, answer.body, answer.fetched_at)


def _first(
    found: Iterable[Memento | Failure], url: str, moment: datetime | None, window: timedelta | None
) -> Memento | Failure:
    """The first memento near enough; else the failure that says most: one that may pass, then one too far."""
    best = Failure(Reason.NO_MEMENTO, url)
    for one in found:
        if isinstance(one, Memento) and _near(one.captured_at, moment, window):
            return one
        failure = one if isinstance(one, Failure) else _far(url, one.captured_at)
        if _ends(failure):
            return failure
        if _weight(failure) >= _weight(best):
            best = failure
    return best


def _ends(failure: Failure) -> bool:
    """Whether any other question to this archive would end the same."""
    return failure.offline or failure.reason in _SAME_FOR_ALL


def _weight(failure: Failure) -> int:
    if failure.reason not in _NONE:
        return 2
    return 1 if failure.reason is Reason.FAR_MEMENTO else 0


def _near(captured: datetime, moment: datetime | None, window: timedelta | None) -> bool:
    return moment is None or window is None or abs(captured - moment) <= window


def _far(url: str, captured: datetime) -> Failure:
    return Failure(Reason.FAR_MEMENTO, url, f"the nearest is of {captured.date().isoformat()}")


def _days_before(moment: datetime, days: timedelta) -> date:
    return max(moment, BEGINNING).date() - days


def _quoted(url: str) -> str:
    return quote(url, safe=SAFE, errors="surrogatepass")
