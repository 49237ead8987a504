"""The loop that fetches pages: decisions are the frontier's, bytes the client's, keeping the caller's.

    page ─► robots.txt ─► live ─┬─► keep ─► ok
                                └─► web archive ─► keep ─► ok, else the reason of each

Workers only fetch; one thread owns the frontier, calls `keep` and yields results: neither needs a lock.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from datetime import time as day_time
from enum import StrEnum

from recommender.crawl import frontier
from recommender.crawl.body import decode
from recommender.crawl.frontier import FallBack, Frontier, GiveUp, Keep, Later, RetryAt, Task
from recommender.crawl.http import Client
from recommender.crawl.outcomes import Failure, Hop, Outcome, Reason, Response, header
from recommender.crawl.robots import PATH, RobotsRules
from recommender.crawl.urls import host_key, origin
from recommender.crawl.verdicts import OK
from recommender.crawl.wayback import Memento, Wayback
from recommender.models import Capture, State, Via

UNCHANGED = "unchanged"
GOOD = frozenset({OK, UNCHANGED})  # verdicts under which a page is archived
WORKERS = 8  # hosts asked at once; a reading list rarely names more
NAP = 0.2  # seconds between looks at the queue while something is under way


# What robots.txt failed with that says more than "it can't be had": the page would fail with the same.
_NOT_ROBOTS = frozenset({Reason.PRIVATE, Reason.TLS, Reason.BAD_URL})


class Stage(StrEnum):
    """Who is asked for the page."""

    LIVE = "live"
    MEMENTO = "memento"


@dataclass(frozen=True, slots=True)
class Page:
    """One page wanted. `etag` and `last_modified` are those of the copy we have, for revalidation."""

    url: str
    title: str | None = None  # as the list has it
    published: date | None = None  # the web archive is asked for the copy nearest to it
    etag: str | None = None
    last_modified: str | None = None
    stage: Stage = Stage.LIVE


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one page."""

    page: Page
    state: State
    reason: str | None = None
    via: Via | None = None
    answered: bool = True  # some host gave an HTTP answer; false is how a machine without network fails


@dataclass(frozen=True, slots=True)
class _Job:
    page: Page
    stage: Stage
    why: str | None = None  # what was wrong with the live page
    answered: bool = False


@dataclass(frozen=True, slots=True)
class _Rules:
    """A worker's answer where the host's robots.txt had to be read first."""

    delay: float


# Tells whether a copy may become the article: "ok", "unchanged", or the reason it must not.
KeepCopy = Callable[[Page, Capture, tuple[Hop, ...]], str]


class Crawler:
    """Fetches pages politely, live first, then from the web archive.

    Args:
        client: for the live web.
        wayback: None to ask no web archive.
        keep: called in the caller's thread with each copy; gives its verdict.
        delay: seconds between two requests to one host.
    """

    def __init__(
        self, client: Client, wayback: Wayback | None, keep: KeepCopy, *, delay: float = frontier.DELAY
    ) -> None:
        self.client = client
        self.wayback = wayback
        self.keep = keep
        self.robots = _Robots(client)
        self._frontier: Frontier[_Job] = Frontier(delay)

    def crawl(self, pages: Iterable[Page]) -> Iterator[Result]:
        """Fetch pages, several hosts at once, and yield each one's result as it is known."""
        for page in pages:
            self._queue(_Job(page, page.stage))
        running: dict[Future[object], Task[_Job]] = {}
        pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="fetch")
        try:
            while running or len(self._frontier):
                while len(running) < WORKERS and (task := self._frontier.next(time.monotonic())):
                    running[pool.submit(self._ask, task.item)] = task
                for future in self._finished(running):
                    task = running.pop(future)
                    self._frontier.done(task, time.monotonic())
                    result = self._judge(task, future.result())
                    if result:
                        yield result
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def _finished(self, running: dict[Future[object], Task[_Job]]) -> list[Future[object]]:
        """Wait until something ends or something may start."""
        ready = self._frontier.wait(time.monotonic())
        if not running:
            time.sleep(ready or 0.0)
            return []
        timeout = NAP if ready is None or len(running) >= WORKERS else min(ready, NAP)
        return list(wait(running, timeout=timeout, return_when=FIRST_COMPLETED).done)

    def _queue(self, job: _Job) -> None:
        page = job.page
        if job.stage is Stage.MEMENTO and self.wayback:
            self._frontier.add(Task(page.url, host_key(self.wayback.base), job))
        else:
            self._frontier.add(Task(page.url, host_key(page.url), job))

    # In a worker's thread: ask, and decide nothing.

    def _ask(self, job: _Job) -> object:
        page = job.page
        if job.stage is Stage.MEMENTO:
            if self.wayback is None:
                return Failure(Reason.NO_MEMENTO, page.url)
            when = datetime.combine(page.published, day_time(12), UTC) if page.published else None
            return self.wayback.nearest(page.url, when)
        new = self.robots.read(page.url)
        if isinstance(new, Failure):
            return new
        if new is not None:
            return _Rules(new.delay(self.client.user_agent))
        refusal = self.robots.refusal(page.url)
        if refusal:
            return refusal
        conditions = {"If-None-Match": page.etag, "If-Modified-Since": page.last_modified}
        sent = {name: value for name, value in conditions.items() if value}
        return self.client.get(page.url, headers=sent, allow=self.robots.refusal)

    # In the caller's thread: decide.

    def _judge(self, task: Task[_Job], answer: object) -> Result | None:
        if isinstance(answer, _Rules):
            self._frontier.slow_down(task.host, answer.delay)
            self._frontier.add(task)
            return None
        if task.item.stage is Stage.MEMENTO:
            assert isinstance(answer, Memento | Failure)  # noqa: S101 - what `nearest` gives
            return self._judge_memento(task, answer)
        assert isinstance(answer, Response | Failure)  # noqa: S101 - what `get` gives
        return self._judge_live(task, answer)

    def _judge_live(self, task: Task[_Job], answer: Outcome) -> Result | None:
        page = task.item.page
        if isinstance(answer, Response) and answer.status == 304:
            return Result(page, State.UNCHANGED, via=Via.LIVE)
        decision = frontier.after(answer, task.attempt, time.time(), random.random())  # noqa: S311 - jitter
        if isinstance(decision, RetryAt):
            at = time.monotonic() + decision.at - time.time()
            self._frontier.retry(task, at)
            if decision.hold:
                self._frontier.hold(task.host, at)
            return None
        if isinstance(decision, Later):
            seconds = decision.at - time.time()
            told = f"{decision.reason}; asked to wait {seconds:.0f} s, run again then"
            return Result(page, State.PENDING, told)
        verdict = ""
        if isinstance(answer, Response):
            verdict = self.keep(page, live_capture(answer), answer.hops)
        if isinstance(decision, Keep):
            if verdict in GOOD:
                state = State.ARCHIVED if verdict == OK else State.UNCHANGED
                return Result(page, state, via=Via.LIVE)
            decision = FallBack(Reason(verdict))
        return self._elsewhere(page, decision, answer)

    def _elsewhere(self, page: Page, decision: FallBack | GiveUp, answer: Outcome) -> Result | None:
        """The live web has no good copy: ask the web archive where there is one and it may be asked."""
        answered = not (isinstance(answer, Failure) and answer.offline)
        reason = str(decision.reason)
        if decision.reason is Reason.ROBOTS:
            return Result(page, State.SKIPPED, reason)
        if isinstance(decision, GiveUp) or self.wayback is None:
            return Result(page, State.FAILED, reason, answered=answered)
        self._queue(_Job(page, Stage.MEMENTO, reason, answered))
        return None

    def _judge_memento(self, task: Task[_Job], answer: Memento | Failure) -> Result | None:
        job = task.item
        page, why = job.page, f"{job.why}; " if job.why else ""
        if isinstance(answer, Memento):
            verdict = self.keep(page, memento_capture(page, answer), ())
            if verdict in GOOD:
                return Result(page, State.ARCHIVED, via=Via.WAYBACK)
            return Result(page, State.FAILED, f"{why}archived copy: {verdict}")
        asked = answer.retry_after
        if asked is not None and asked <= frontier.LONGEST_WAIT and task.attempt < frontier.MAX_ATTEMPTS:
            at = time.monotonic() + asked
            self._frontier.hold(task.host, at)
            self._frontier.retry(task, at)
            return None
        passing = answer.offline or answer.reason in {Reason.ARCHIVE_BUSY, Reason.ARCHIVE_ERROR}
        told = f"web archive: {answer.reason}" if answer.offline else str(answer.reason)
        state = State.PENDING if passing or answer.reason in frontier.PASSING else State.FAILED
        return Result(page, state, f"{why}{told}", answered=job.answered or not answer.offline)


def live_capture(answer: Response) -> Capture:
    """A live response as a capture."""
    return Capture(
        url=answer.url,
        final_url=answer.final_url,
        captured_at=answer.fetched_at,
        fetched_at=answer.fetched_at,
        via=Via.LIVE,
        status=answer.status,
        headers=answer.headers,
        body=answer.body,
    )


def memento_capture(page: Page, memento: Memento) -> Capture:
    """A memento as a capture of the page it shows."""
    return Capture(
        url=page.url,
        final_url=memento.url,
        captured_at=memento.captured_at,
        fetched_at=memento.fetched_at,
        via=Via.WAYBACK,
        status=memento.status,
        headers=memento.headers,
        body=memento.body,
        source_url=memento.memento_url,
    )


class _Robots:
    """robots.txt of every host met, read once a run. Shared by the workers."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._rules: dict[str, RobotsRules | Failure] = {}
        self._lock = threading.Lock()

    def read(self, url: str) -> RobotsRules | Failure | None:
        """Read a host's rules if they are not known yet: the rules, why not, or None where they are."""
        home = origin(url)
        with self._lock:
            known = self._rules.get(home)
        if known is not None:
            return known if isinstance(known, Failure) else None
        answer = self._client.get(home + PATH, max_redirects=5)
        final = isinstance(answer, Failure) and (answer.offline or answer.reason in _NOT_ROBOTS)
        rules = answer if isinstance(answer, Failure) and final else _rules(answer)
        if isinstance(rules, Failure):
            rules = replace(rules, url=url)
        with self._lock:
            self._rules[home] = rules
        return rules

    def refusal(self, url: str) -> Failure | None:
        """Why a URL must not be fetched; None where it may be."""
        self.read(url)
        with self._lock:
            rules = self._rules[origin(url)]
        if isinstance(rules, Failure):
            return rules
        if rules.allows(url, self._client.user_agent):
            return None
        return Failure(Reason.ROBOTS if rules.allow_all else Reason.ROBOTS_DOWN, url)


def _rules(answer: Outcome) -> RobotsRules:
    if isinstance(answer, Failure):
        return RobotsRules.from_response(answer.status, b"")
    encoding = header(answer.headers, "content-encoding") or ""
    body = decode(answer.body, encoding, 4_000_000)
    return RobotsRules.from_response(answer.status, body if isinstance(body, bytes) else b"")
