"""The loop that fetches pages: the frontier decides, the client asks, the readers read, the keeper keeps.

    page ─► robots.txt ─► live ─► read ─┬─► keep ─► ok
                                        └─► web archive ─► read ─► keep ─► ok, else the reason of each

Threads only fetch, worker processes only read; one thread owns the frontier and decides: nothing needs a lock.
Whatever has come in between two looks is kept, and settled by the caller, in one transaction.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from datetime import time as day_time
from typing import Protocol

from recommender.crawl import frontier
from recommender.crawl.frontier import FallBack, Frontier, GiveUp, Keep, Later, RetryAt, Task
from recommender.crawl.http import Client
from recommender.crawl.outcomes import Failure, Hop, Outcome, Reason, Response
from recommender.crawl.pages import GOOD, Page, Result, Stage, live_capture, memento_capture
from recommender.crawl.readers import Readers
from recommender.crawl.reading_copies import Reading, without_reading
from recommender.crawl.rules import Rules
from recommender.crawl.urls import host_key
from recommender.crawl.verdicts import OK
from recommender.crawl.wayback import Memento, Wayback
from recommender.models import Capture, State

WORKERS = 8  # hosts asked at once; a reading list rarely names more
NAP = 0.2  # seconds between looks at the queue while something is under way


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


@dataclass(frozen=True, slots=True)
class Copy:
    """A capture that a page's request gave, and what was decided about the answer itself."""

    task: Task[_Job] = field(repr=False)
    capture: Capture
    hops: tuple[Hop, ...]
    decision: FallBack | GiveUp | Keep

    @property
    def page(self) -> Page:
        """The page wanted."""
        return self.task.item.page


class Keeper(Protocol):
    """Who keeps copies. All of it is called in the thread that calls `Crawler.crawl`."""

    def together(self) -> AbstractContextManager[None]:
        """What happens inside is kept whole or not at all."""

    def seen(self, capture: Capture) -> Reading | None:
        """What is known of a copy whose bytes were kept before: it need not be read again."""

    def keep(self, copy: Copy, reading: Reading) -> str:
        """Keep a copy, and tell whether it is the article: "ok", "unchanged", or why not."""

    def settle(self, results: Sequence[Result]) -> None:
        """Note what became of pages."""


class Crawler:
    """Fetches pages politely, live first, then from the web archive. One serves a whole run.

    Args:
        client: for the live web.
        wayback: None to ask no web archive.
        readers: read the copies.
        keeper: keeps them.
        delay: seconds between two requests to one host.
    """

    def __init__(
        self, client: Client, wayback: Wayback | None, readers: Readers, keeper: Keeper,
        *, delay: float = frontier.DELAY,
    ) -> None:  # fmt: skip
        self.client = client
        self.wayback = wayback
        self.readers = readers
        self.keeper = keeper
        self.rules = Rules(client)
        self._frontier: Frontier[_Job] = Frontier(delay)
        self._asking: dict[Future[object], Task[_Job]] = {}
        self._reading: dict[Future[Reading], Copy] = {}

    def crawl(self, pages: Iterable[Page]) -> None:
        """Fetch pages, several hosts at once, and have each one's result settled as it is known."""
        for page in pages:
            self._queue(_Job(page, page.stage))
        if len(self._frontier):
            self.readers.warm()
        pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="fetch")
        try:
            while self._asking or self._reading or len(self._frontier):
                self._start(pool)
                results: list[Result] = []
                kept = list(self._come_in(results))
                if kept or results:
                    with self.keeper.together():
                        for copy, reading in kept:
                            result = self._judge(copy, self.keeper.keep(copy, reading))
                            results += [result] if result else []
                        self.keeper.settle(results)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
            self._asking, self._reading = {}, {}

    def _start(self, pool: ThreadPoolExecutor) -> None:
        """Ask for what may be asked for now, as long as the readers keep up."""
        while len(self._asking) < WORKERS and len(self._reading) < self.readers.backlog:
            task = self._frontier.next(time.monotonic())
            if task is None:
                return
            self._asking[pool.submit(self._ask, task.item)] = task

    def _come_in(self, results: list[Result]) -> Iterator[tuple[Copy, Reading]]:
        """Wait until something ends or something may start; copies that are read, and results without one."""
        for future in self._finished():
            if future in self._asking:
                task = self._asking.pop(future)
                self._frontier.done(task, time.monotonic())
                found = self._decide(task, future.result())
                if isinstance(found, Result):
                    results.append(found)
                elif found is not None:
                    reading = without_reading(found.capture) or self.keeper.seen(found.capture)
                    if reading is not None:
                        yield found, reading
                    else:
                        self._reading[self.readers.submit(found.capture, found.page.title)] = found
            else:
                copy = self._reading.pop(future)  # type: ignore[arg-type] # one of the two dictionaries
                yield copy, self.readers.result(future, copy.capture, copy.page.title)  # type: ignore[arg-type]

    def _finished(self) -> list[Future[object]]:
        running = [*self._asking, *self._reading]
        ready = self._frontier.wait(time.monotonic())
        if not running:
            time.sleep(ready or 0.0)
            return []
        full = len(self._asking) >= WORKERS or len(self._reading) >= self.readers.backlog
        timeout = NAP if ready is None or full else min(ready, NAP)
        return list(wait(running, timeout=timeout, return_when=FIRST_COMPLETED).done)  # type: ignore[arg-type]

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
        new = self.rules.read(page.url)
        if isinstance(new, Failure):
            return new
        if new is not None:
            return _Rules(new.delay(self.client.user_agent))
        refusal = self.rules.refusal(page.url)
        if refusal:
            return refusal
        conditions = {"If-None-Match": page.etag, "If-Modified-Since": page.last_modified}
        sent = {name: value for name, value in conditions.items() if value}
        return self.client.get(page.url, headers=sent, allow=self.rules.refusal)

    # In the caller's thread: decide.

    def _decide(self, task: Task[_Job], answer: object) -> Copy | Result | None:
        """What an answer gives: a copy to read and keep, a result, or (None) another request later."""
        if isinstance(answer, _Rules):
            self._frontier.slow_down(task.host, answer.delay)
            self._frontier.add(task)
            return None
        if task.item.stage is Stage.MEMENTO:
            assert isinstance(answer, Memento | Failure)  # noqa: S101 - what `nearest` gives
            if isinstance(answer, Memento):
                return Copy(task, memento_capture(task.item.page, answer), (), Keep())
            return self._no_memento(task, answer)
        assert isinstance(answer, Response | Failure)  # noqa: S101 - what `get` gives
        return self._decide_live(task, answer)

    def _decide_live(self, task: Task[_Job], answer: Outcome) -> Copy | Result | None:
        page = task.item.page
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
        if isinstance(answer, Response):
            return Copy(task, live_capture(answer), answer.hops, decision)
        assert not isinstance(decision, Keep)  # noqa: S101 - only a response can be kept
        return self._elsewhere(page, decision, answer)

    def _judge(self, copy: Copy, verdict: str) -> Result | None:
        """What a kept copy means for its page."""
        page, memento = copy.page, copy.task.item.stage is Stage.MEMENTO
        if isinstance(copy.decision, Keep) and verdict in GOOD:
            state = State.ARCHIVED if verdict == OK or memento else State.UNCHANGED
            return Result(page, state, via=copy.capture.via)
        if memento:
            why = f"{copy.task.item.why}; " if copy.task.item.why else ""
            return Result(page, State.FAILED, f"{why}archived copy: {verdict}")
        decision = copy.decision if not isinstance(copy.decision, Keep) else FallBack(Reason(verdict))
        return self._elsewhere(page, decision, None)

    def _elsewhere(self, page: Page, decision: FallBack | GiveUp, answer: Outcome | None) -> Result | None:
        """The live web has no good copy: ask the web archive where there is one and it may be asked."""
        answered = not (isinstance(answer, Failure) and answer.offline)
        reason = str(decision.reason)
        if decision.reason is Reason.ROBOTS:
            return Result(page, State.SKIPPED, reason)
        if isinstance(decision, GiveUp) or self.wayback is None:
            return Result(page, State.FAILED, reason, answered=answered)
        self._queue(_Job(page, Stage.MEMENTO, reason, answered))
        return None

    def _no_memento(self, task: Task[_Job], answer: Failure) -> Result | None:
        job = task.item
        page, why = job.page, f"{job.why}; " if job.why else ""
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
