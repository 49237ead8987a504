"""What to fetch next and when, and what to do with what came back. Pure: time and chance are arguments.

`now` and every other moment is seconds on one clock of the caller's choice (a monotonic one for the
frontier; Unix time where a `Retry-After` date must be read).
"""

from __future__ import annotations

import heapq
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Generic, TypeVar

from recommender.crawl.outcomes import Failure, Outcome, Reason

DELAY = 1.0  # seconds between two requests to a host; what wget's and Heritrix' manuals call polite
MAX_ATTEMPTS = 3  # a page that failed three times over ~10 s will most likely fail a fourth time
BACKOFF = 2.0  # seconds before the second attempt, doubled for each further one
MAX_BACKOFF = 60.0  # seconds
LONGEST_WAIT = 60.0  # seconds of Retry-After waited out in this run; more is left to a later run
RETRY_AFTER_CAP = 86_400.0  # seconds; a server that asks for more than a day is asked again after a day

T = TypeVar("T")


# ── what to fetch next ─────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Task(Generic[T]):
    """One URL to ask one host for; `item` is whatever the caller wants back with it."""

    url: str
    host: str  # `urls.host_key` of the server that is asked (for a memento: the archive's)
    item: T
    attempt: int = 1

    def again(self) -> Task[T]:
        """The same task, one attempt later."""
        return Task(self.url, self.host, self.item, self.attempt + 1)


@dataclass(slots=True)
class _Host(Generic[T]):
    """One host's queue: (not before, order of arrival, task), earliest first."""

    queue: list[tuple[float, int, Task[T]]] = field(default_factory=list)
    free_at: float = -math.inf  # no request before this
    busy: bool = False  # a request is under way
    delay: float | None = None

    def ready_at(self) -> float:
        """When its first task may go; infinity where there is none or one is under way."""
        return max(self.free_at, self.queue[0][0]) if self.queue and not self.busy else math.inf


class Frontier(Generic[T]):
    """Tasks by host: one request a host at a time, `delay` seconds apart, any number of hosts at once.

    Not safe to share between threads: one coordinator owns it and hands tasks out.

    Args:
        delay: seconds between the end of one request and the start of the next to the same host.
    """

    def __init__(self, delay: float = DELAY) -> None:
        self.delay = delay
        self._hosts: dict[str, _Host[T]] = {}
        self._ready: list[tuple[float, int, str]] = []  # a hint of hosts; stale entries are dropped when met
        self._count = 0
        self._waiting = 0

    def __len__(self) -> int:
        """Tasks waiting, those under way not counted."""
        return self._waiting

    @property
    def under_way(self) -> int:
        """Tasks handed out and not yet done."""
        return sum(host.busy for host in self._hosts.values())

    def add(self, task: Task[T], at: float = -math.inf) -> None:
        """Queue a task, not to start before `at`."""
        self._count += 1
        self._waiting += 1
        heapq.heappush(self._host(task.host).queue, (at, self._count, task))
        self._offer(task.host)

    def next(self, now: float) -> Task[T] | None:
        """Hand out the task ready for longest, None where none is. Its host is busy until `done`."""
        if self._soonest() > now:
            return None
        host = self._hosts[heapq.heappop(self._ready)[2]]
        host.busy = True
        self._waiting -= 1
        return heapq.heappop(host.queue)[2]

    def wait(self, now: float) -> float | None:
        """Seconds until `next` has something, 0 where it has; None where that takes a `done` or `add`."""
        soonest = self._soonest()
        return None if soonest == math.inf else max(0.0, soonest - now)

    def done(self, task: Task[T], now: float) -> None:
        """A task's request has ended: its host may be asked again after its delay."""
        host = self._host(task.host)
        host.busy = False
        host.free_at = max(host.free_at, now + (self.delay if host.delay is None else host.delay))
        self._offer(task.host)

    def retry(self, task: Task[T], at: float) -> None:
        """Queue a task's next attempt, not before `at`. (Call `done` as well.)"""
        self.add(task.again(), at)

    def hold(self, host: str, until: float) -> None:
        """Ask a host for nothing before `until`."""
        state = self._host(host)
        state.free_at = max(state.free_at, until)

    def slow_down(self, host: str, delay: float) -> None:
        """Give a host its own delay (seconds), e.g. its robots.txt's; never less than the common one."""
        self._host(host).delay = max(delay, self.delay)

    def drain(self) -> Iterator[Task[T]]:
        """Take every waiting task out, for a run that ends early."""
        for host in self._hosts.values():
            while host.queue:
                self._waiting -= 1
                yield heapq.heappop(host.queue)[2]

    def _host(self, name: str) -> _Host[T]:
        return self._hosts.setdefault(name, _Host())

    def _soonest(self) -> float:
        """When the first host is ready; stale entries are corrected or dropped on the way."""
        while self._ready:
            hinted, _, name = self._ready[0]
            ready = self._hosts[name].ready_at()
            if ready == hinted:
                return ready
            heapq.heappop(self._ready)
            self._offer(name)
        return math.inf

    def _offer(self, name: str) -> None:
        ready = self._hosts[name].ready_at()
        if ready < math.inf:
            self._count += 1
            heapq.heappush(self._ready, (ready, self._count, name))


# ── what to do with what came back ─────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Keep:
    """A response worth judging: it may become the article."""


@dataclass(frozen=True, slots=True)
class RetryAt:
    """Ask again at `at`; where `hold` is true, ask the whole host for nothing before."""

    at: float
    reason: Reason
    hold: bool = False


@dataclass(frozen=True, slots=True)
class Later:
    """Leave it pending: the server wants a longer wait than a run lasts. Not before `at`."""

    at: float
    reason: Reason


@dataclass(frozen=True, slots=True)
class FallBack:
    """The live web won't give it: ask the web archive."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class GiveUp:
    """No copy elsewhere would help, or none may be had."""

    reason: Reason


Decision = Keep | RetryAt | Later | FallBack | GiveUp

STATUS = {
    401: Reason.LOGIN,
    402: Reason.PAYMENT,
    403: Reason.FORBIDDEN,
    404: Reason.NOT_FOUND,
    410: Reason.GONE,
    429: Reason.BUSY,
    451: Reason.LEGAL,
}
# Failures that a second try often cures: congestion, a proxy's or server's restart, a lost connection.
PASSING = frozenset({Reason.TIMEOUT, Reason.TRUNCATED, Reason.PROTOCOL, Reason.BUSY, Reason.SERVER})
# Failures for which an archived copy is no answer: the site's wish, our own rules, or nothing to look up.
FINAL = frozenset({Reason.ROBOTS, Reason.PRIVATE, Reason.BAD_URL, Reason.TOO_LARGE})


def reason_of(status: int) -> Reason | None:
    """Why a response of this status can't be the page; None for 2xx and 304, which can.

    >>> str(reason_of(404))
    'not found (404)'
    """
    if 200 <= status < 300 or status == 304:
        return None
    if status in {408, 425}:  # "ask again": RFC 9110 15.5.9, RFC 8470
        return Reason.TIMEOUT
    if 300 <= status < 400:
        return Reason.NO_TARGET
    if 500 <= status < 600:
        return Reason.SERVER
    return STATUS.get(status, Reason.REJECTED if 400 <= status < 500 else Reason.PROTOCOL)


def after(
    outcome: Outcome, attempt: int, now: float, jitter: float = 1.0, max_attempts: int = MAX_ATTEMPTS
) -> Decision:
    """What to do with the outcome of a live request.

    Args:
        outcome: what `http.Client.get` gave.
        attempt: which try it was, from 1.
        now: seconds, Unix time (a `Retry-After` may be a date).
        jitter: a random number in [0, 1]; the wait is between half and all of the backoff, so that clients
            that failed together don't come back together.
        max_attempts: tries in all.
    """
    if isinstance(outcome, Failure):
        reason: Reason | None = outcome.reason
        asked = outcome.retry_after
    else:
        reason = reason_of(outcome.status)
        asked = retry_after(outcome.header("retry-after"), now)
    if reason is None:
        return Keep()
    if reason in FINAL:
        return GiveUp(reason)
    if reason not in PASSING:
        return FallBack(reason)
    if asked is not None and asked > LONGEST_WAIT:
        return Later(now + asked, reason)
    if attempt >= max_attempts:
        return FallBack(reason)
    wait = max(asked or 0.0, backoff(attempt, jitter))
    return RetryAt(now + wait, reason, hold=reason is Reason.BUSY or asked is not None)


def backoff(attempt: int, jitter: float) -> float:
    """Seconds to wait after attempt number `attempt` (from 1) failed: doubling, capped, half of it random."""
    full = min(BACKOFF * 2.0 ** min(attempt - 1, 30), MAX_BACKOFF)
    return full * (0.5 + 0.5 * min(max(jitter, 0.0), 1.0))


def retry_after(value: str | None, now: float) -> float | None:
    """Seconds that a `Retry-After` header asks for, in [0, `RETRY_AFTER_CAP`]; None where it says nothing.

    Reads seconds (also with a fraction, as some servers send) and HTTP dates (RFC 9110 10.2.3); a date that
    is past is 0.

    Args:
        value: the header, None where it was not sent.
        now: Unix time in seconds.
    """
    text = (value or "").strip()[:64]
    if re.fullmatch(r"[0-9]+(\.[0-9]*)?", text, re.ASCII):
        return min(float(text), RETRY_AFTER_CAP)
    try:
        moment = parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError, OSError):
        return None
    return min(max(moment - now, 0.0), RETRY_AFTER_CAP)
