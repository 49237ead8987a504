"""One question to a web archive: its pace is kept, and where it asks for a wait, everything waits.

    turn ─► GET ─┬─► 429, or 503 with Retry-After      ─► hold what it asks, else a minute ─┐
                 ├─► refused in the hour after such    ─► hold an hour, then two, then four ─┴─► ARCHIVE_BUSY
                 └─► anything else, an archived 429 too ─► the answer

The Wayback Machine refuses connections for an hour to whoever goes on after a 429, and doubles that each
time. From here a refusal looks like a machine without network: only what went before tells them apart.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping

from recommender.crawl.body import decode
from recommender.crawl.frontier import RETRY_AFTER_CAP, retry_after
from recommender.crawl.http import REDIRECTS, Client
from recommender.crawl.memento import memento_datetime
from recommender.crawl.outcomes import Failure, Outcome, Reason, Response, one_line
from recommender.crawl.pace import Pace

CDX_INTERVAL = 60 / 24  # seconds between index searches: the archive allows about 24 a minute
REPLAY_INTERVAL = 1 / 8  # seconds between pages: about 8 a second
BUSY_WAIT = 60.0  # seconds after a 429 without Retry-After, which the archive often leaves out
LEAST_WAIT = 1.0  # seconds, also where Retry-After says 0: something was refused just now
ERROR_PAGE = 1_000_000  # bytes decoded of an error page; the Wayback Machine's have 40,000
BLOCK = 3600.0  # seconds that the archive refuses connections to whoever ignored a 429; doubled each time


class Asker:
    """Asks one web archive. Share it between threads: the limits are the archive's.

    Args:
        client: makes the requests.
        cdx_interval: seconds between two index searches.
        replay_interval: seconds between two pages.
        sleep, clock: seconds; the clock never goes back.
    """

    def __init__(
        self,
        client: Client,
        cdx_interval: float,
        replay_interval: float,
        sleep: Callable[[float], None],
        clock: Callable[[], float],
    ) -> None:
        self.index = Pace(cdx_interval, sleep, clock)
        self.pages = Pace(replay_interval, sleep, clock)
        self._client = client
        self._clock = clock
        self._lock = threading.Lock()
        self._suspect_until = -math.inf  # a refused connection before this means that we are blocked
        self._blocked_until = -math.inf
        self._block = BLOCK  # seconds of the next block

    def ask(self, address: str, pace: Pace, headers: Mapping[str, str] | None = None) -> Outcome:
        """One GET in its turn, redirects not followed; a wait asked for is a `Failure` and holds everything."""
        left = pace.wait()
        if left is not None:
            return Failure(Reason.ARCHIVE_BUSY, address, retry_after=left)
        answer = self._client.get(address, headers=headers, max_redirects=0)
        if isinstance(answer, Failure):
            blocked = self._refused() if answer.reason is Reason.REFUSED else None
            if blocked is None:
                return answer
            return Failure(Reason.ARCHIVE_BUSY, address, "it refuses connections", retry_after=blocked)
        wait = _asked_to_wait(answer)
        if wait is None:
            with self._lock:
                self._block = BLOCK
            return answer
        with self._lock:
            self._suspect_until = max(self._suspect_until, self._clock() + wait + BLOCK)
        self._hold(wait)
        return Failure(Reason.ARCHIVE_BUSY, address, status=answer.status, retry_after=wait)

    def _refused(self) -> float | None:
        """A connection was refused: the seconds that the archive blocks us, None where it does not."""
        with self._lock:
            now = self._clock()
            if now > self._suspect_until:
                return None
            if now >= self._blocked_until:  # several requests refused at once are one refusal
                self._blocked_until = now + self._block
                self._block = min(2 * self._block, RETRY_AFTER_CAP)
                self._suspect_until = self._blocked_until + BLOCK
            left = self._blocked_until - now
        self._hold(left)
        return left

    def _hold(self, seconds: float) -> None:
        self.index.hold(seconds)
        self.pages.hold(seconds)


def _asked_to_wait(answer: Response) -> float | None:
    """Seconds that the archive itself asks us to wait; None where it does not, or a page it keeps did."""
    if answer.status not in {429, 503} or memento_datetime(answer) is not None:
        return None
    asked = retry_after(answer.header("retry-after"), answer.fetched_at.timestamp())
    if asked is None:
        return BUSY_WAIT if answer.status == 429 else None
    return max(asked, LEAST_WAIT)


# How the Wayback Machine says that a site's owner had it excluded: in its index, and in its pages (with 200).
_EXCLUDED = (b"AdministrativeAccessControl", b"This URL has been excluded from the Wayback Machine")


def refusal(answer: Response, url: str) -> Failure:
    """Why an answer of the archive itself, not of a capture, gives no copy."""
    text = decode(answer.body, answer.header("content-encoding") or "", ERROR_PAGE)
    excluded = isinstance(text, bytes) and any(words in text for words in _EXCLUDED)
    if answer.status in {403, 451} or excluded:
        return Failure(Reason.EXCLUDED, url, status=answer.status)
    location = answer.header("location")
    if answer.status >= 500 or answer.status < 200 or (answer.status in REDIRECTS and location):
        to = f", redirects to {location}" if location else ""
        return Failure(Reason.ARCHIVE_ERROR, url, one_line(f"HTTP {answer.status}{to}"), answer.status)
    detail = "" if answer.status == 404 else f"HTTP {answer.status} without Memento-Datetime"
    return Failure(Reason.NO_MEMENTO, url, detail, answer.status)
