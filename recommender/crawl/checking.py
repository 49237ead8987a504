"""`check`, in call order: archived pages are visited at their live addresses, longest unseen first.

    visit ─► robots.txt ─► GET, with the kept copy's etag ─┬─► 304 or the same bytes
                                                           └─► read ─► verdict ─► likeness to the kept text
          ─► rot: alive, moved, changed, gone, blocked, unknown ─► a row of `checks`

Several hosts at once, one request a host at a time, one try a page. Captures and articles are not touched.
Where nobody answers nothing is written: a machine without network must not call the world dead.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from recommender.crawl import rot
from recommender.crawl.crawler import NAP, WORKERS
from recommender.crawl.frontier import DELAY, LONGEST_WAIT, Frontier, Task, retry_after
from recommender.crawl.http import Client
from recommender.crawl.outcomes import Failure, Outcome, Reason, Response
from recommender.crawl.pages import live_capture
from recommender.crawl.readers import Readers
from recommender.crawl.reading_copies import without_reading
from recommender.crawl.rot import Finding
from recommender.crawl.rules import Rules
from recommender.crawl.urls import host_key, is_web
from recommender.crawl.verdicts import OK
from recommender.models import Article, StoredCapture, Via
from recommender.reading.duplicates import resemblance
from recommender.reading.extract import Extracted
from recommender.store.checks import Dates, Life, Visit
from recommender.store.database import Store
from recommender.store.warc_records import digest

FRESH = 60.0  # seconds for which an answer from anybody shows that the network works
SILENT_HOSTS = 16  # hosts in a row of which none can be reached, and nobody answered: there is no network


@dataclass(frozen=True, slots=True)
class Checked:
    """One article's page, as this visit and all before it found it."""

    visit: Visit
    finding: Finding
    checked_at: datetime
    dates: Dates


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a run."""

    pages: tuple[Checked, ...]
    answered: bool  # some host answered, or none had to be asked


@dataclass(frozen=True, slots=True)
class _Rules:
    """A worker's answer where the host's robots.txt had to be read first."""

    delay: float
    answered: bool


def check(
    store: Store,
    client: Client,
    visits: Sequence[Visit],
    *,
    delay: float = DELAY,
    tick: Callable[[int], None] = lambda _: None,
) -> Report:
    """Visit pages and note what was found.

    Args:
        store: the archive.
        client: for the live web.
        visits: which pages, in the order they are wanted.
        delay: seconds between two requests to one host.
        tick: told of each page that is done with.

    Raises:
        ArchiveError: the archive can't be written; what was noted before is kept.
    """
    found = {}
    with Readers() as readers:
        run = _Checking(store, client, readers, delay)
        for visit, finding in run.all(visits):
            found[visit.article_id] = finding, datetime.now(UTC)
            tick(1)
    pages = [
        Checked(visit, *found[visit.article_id], store.checks.dates(visit.article_id)) for visit in visits
    ]
    return Report(tuple(pages), run.answered_at is not None or not visits)


class _Checking:
    """One run: workers ask, this thread judges and writes."""

    def __init__(self, store: Store, client: Client, readers: Readers, delay: float) -> None:
        self.store = store
        self.client = client
        self.readers = readers
        self.robots = Rules(client)
        self.answered_at: float | None = None  # when somebody last did
        self._frontier: Frontier[Visit] = Frontier(delay)
        self._doubtful: list[
            tuple[Visit, Finding]
        ] = []  # not reached, while it isn't known that anybody can be
        self._silent: set[str] = set()  # hosts that could not be reached while nobody answered
        self._warned: set[str] = set()  # hosts that asked for a pause
        self._waits: dict[str, str] = {}  # hosts that are not asked again in this run, and why

    def all(self, visits: Sequence[Visit]) -> Iterator[tuple[Visit, Finding]]:
        """Visit pages, and yield each one's finding as it is known."""
        for visit in visits:
            if is_web(visit.url):
                self._frontier.add(Task(visit.url, host_key(visit.url), visit))
            else:
                yield visit, self._note(visit, Finding(Life.UNKNOWN, str(Reason.BAD_URL)))
        running: dict[Future[object], Task[Visit]] = {}
        pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="check")
        try:
            while running or len(self._frontier):
                while len(running) < WORKERS and (task := self._frontier.next(time.monotonic())):
                    running[pool.submit(self._ask, task.item, task.host)] = task
                for future in self._finished(running):
                    task = running.pop(future)
                    self._frontier.done(task, time.monotonic())
                    yield from self._heard(task, future.result())
                if self.answered_at is None and len(self._silent) >= SILENT_HOSTS:
                    nothing = Finding(Life.UNKNOWN, "not asked: there seems to be no network")
                    self._doubtful += [(task.item, nothing) for task in self._frontier.drain()]
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
        yield from ((visit, _doubted(finding)) for visit, finding in self._doubtful)

    def _finished(self, running: dict[Future[object], Task[Visit]]) -> list[Future[object]]:
        """Wait until something ends or something may start."""
        ready = self._frontier.wait(time.monotonic())
        if not running:
            time.sleep(ready or 0.0)
            return []
        timeout = NAP if ready is None or len(running) >= WORKERS else min(ready, NAP)
        return list(wait(running, timeout=timeout, return_when=FIRST_COMPLETED).done)

    # In a worker's thread: ask, and decide nothing.

    def _ask(self, visit: Visit, host: str) -> object:
        if host in self._waits:
            return Finding(Life.UNKNOWN, self._waits[host])
        new = self.robots.read(visit.url)
        if isinstance(new, Failure):
            return new
        if new is not None:
            return _Rules(new.delay(self.client.user_agent), new.parsed or new.allow_all)
        refusal = self.robots.refusal(visit.url)
        if refusal:
            return refusal
        return self.client.get(visit.url, headers=_conditions(visit), allow=self.robots.refusal)

    # In the caller's thread: judge and write.

    def _heard(self, task: Task[Visit], answer: object) -> Iterator[tuple[Visit, Finding]]:
        if isinstance(answer, _Rules):
            if answer.answered:
                yield from self._somebody_answered()
            self._frontier.slow_down(task.host, answer.delay)
            self._frontier.add(task)
            return
        if isinstance(answer, Finding):
            yield task.item, self._note(task.item, answer)
            return
        assert isinstance(answer, Response | Failure)  # noqa: S101 - what `get` gives
        finding = self._judge(task.item, answer)
        if isinstance(answer, Response):
            self._hold(task.host, answer)
            yield from self._somebody_answered()
        elif answer.offline and not self._network_works():
            self._silent.add(task.host)
            self._doubtful.append((task.item, finding))
            return
        yield task.item, self._note(task.item, finding)

    def _somebody_answered(self) -> Iterator[tuple[Visit, Finding]]:
        """The network works: what could not be reached a moment ago is as it seemed."""
        self.answered_at = time.monotonic()
        for visit, finding in self._doubtful:
            yield visit, self._note(visit, finding)
        self._doubtful.clear()

    def _network_works(self) -> bool:
        return self.answered_at is not None and time.monotonic() - self.answered_at < FRESH

    def _hold(self, host: str, answer: Response) -> None:
        """Leave a host alone that asks for it: once for a short while, else until the next run."""
        asked = retry_after(answer.header("retry-after"), time.time())
        if answer.status != 429 and (answer.status != 503 or asked is None):
            return
        if host in self._warned or asked is None or asked > LONGEST_WAIT:
            self._waits[host] = f"not asked: {host} wants to be left alone"
        else:
            self._frontier.hold(host, time.monotonic() + asked)
        self._warned.add(host)

    def _judge(self, visit: Visit, answer: Outcome) -> Finding:
        if isinstance(answer, Failure):
            return rot.without_page(answer)
        same = answer.status == 200 and visit.best and visit.best.record.digest == digest(answer.body)
        if answer.status == 304 or same:
            return rot.unchanged(answer)
        capture = live_capture(answer)
        reading = without_reading(capture) or self.readers.result(
            self.readers.submit(capture, visit.title), capture, visit.title
        )
        kept = self.store.library.get(visit.article_id) if reading.page else None
        return rot.with_page(answer, reading.verdict, likeness(reading.page, kept))

    def _note(self, visit: Visit, finding: Finding) -> Finding:
        with self.store.transaction():
            self.store.checks.add(
                visit.article_id,
                visit.url,
                finding.life,
                datetime.now(UTC),
                reason=finding.reason,
                status=finding.status,
                final_url=finding.final_url,
            )
        return finding


def likeness(page: Extracted | None, kept: Article | None) -> float | None:
    """How much of a page's text is the kept one, in [0, 1]; None where there is nothing to compare."""
    return resemblance(page.text, kept.text) if page and page.text and kept and kept.text else None


def _conditions(visit: Visit) -> dict[str, str]:
    """The kept copy's validators, where it is a good one of this very address."""
    best: StoredCapture | None = visit.best
    if best is None or best.verdict != OK or best.via is not Via.LIVE or best.final_url != visit.url:
        return {}
    sent = {"If-None-Match": best.etag, "If-Modified-Since": best.last_modified}
    return {name: value for name, value in sent.items() if value}


def _doubted(finding: Finding) -> Finding:
    """A page that was not reached on a day on which nobody was."""
    return replace(finding, life=Life.UNKNOWN)
