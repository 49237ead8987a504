"""`save`, in call order: what is open is followed up first, then new pages are submitted, paced, and followed.

    open rows ─► ask for each job ─┬─► running: stays submitted
                                   ├─► refused: failed, or pending until the next run
                                   └─► captured ─► its copy is seen ─► archived; else stays submitted
    pending and new pages ─► archived lately? ─► submit ─► (as above, until `wait` seconds bring nothing new)

"Archived" is written in one place (`_look`), after the copy was fetched. Each step is committed before the next.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from recommender.crawl.cdx import format_timestamp, parse_timestamp
from recommender.crawl.memento import Memento, good
from recommender.crawl.outcomes import Failure
from recommender.crawl.saving_rules import BUSY_WAIT, GIVE_UP, JOB_LIFE, ONE_COPY, Options, never
from recommender.crawl.spn import NEW_KEYS, SavePageNow
from recommender.crawl.spn_answers import AlreadyThere, Captured, Job, Refusal, Running, SaveReason
from recommender.crawl.urls import url_key
from recommender.crawl.wayback import Wayback
from recommender.errors import AccessError
from recommender.store.database import Store
from recommender.store.saves import SaveState, StoredSave, Wanted

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a run."""

    saves: tuple[StoredSave, ...]  # every page that this run was about
    answered: bool  # the web archive answered, or had not to be asked


@dataclass(slots=True)
class _Item:
    """One page under way."""

    row: int
    wanted: Wanted
    since: datetime  # submitted; a copy from then on is its copy
    job: str = ""
    due: float = -math.inf  # when to ask for its job; at once where an earlier run submitted it


def save(
    store: Store,
    spn: SavePageNow,
    wayback: Wayback,
    wanted: Sequence[Wanted],
    options: Options,
    *,
    tick: Callable[[int], None] = lambda _: None,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.time,
) -> Report:
    """Follow up what is open, and submit pages.

    Args:
        store: the archive.
        spn: submits and asks.
        wayback: looks at the copies; the same web archive.
        wanted: pages to be submitted beside those that are pending.
        options: how.
        tick: told of each page that is done with.
        sleep, clock: replaced in tests; the clock gives Unix time in seconds.

    Raises:
        AccessError: the keys are not accepted.
        ArchiveError: the archive can't be written; what was done before is kept.
    """
    run = _Saving(store, spn, wayback, options, tick, clock)
    run.begin(wanted)
    while (pause := run.step()) is not None:
        sleep(pause)
    run.leave()
    return Report(tuple(store.saves.many(run.touched)), run.answered or not run.asked)


class _Saving:
    """The state of one run."""

    def __init__(
        self,
        store: Store,
        spn: SavePageNow,
        wayback: Wayback,
        options: Options,
        tick: Callable[[int], None],
        clock: Callable[[], float],
    ) -> None:
        self.store, self.spn, self.wayback, self.options = store, spn, wayback, options
        self.tick, self.clock = tick, clock
        self.touched: list[int] = []
        self.asked = self.answered = False
        self._todo: deque[_Item] = deque()
        self._jobs: list[_Item] = []
        self._slots = 1
        self._silent = 0  # times in a row without an answer
        self._why = str(SaveReason.UNSENT)  # what is told of pages that were not submitted
        self._news = clock()  # when something was last brought on
        self._next_submit = self._next_ask = -math.inf  # our own pace
        self._submit_held = self._ask_held = -math.inf  # what we were asked to wait

    # ── before and after the loop ──────────────────────────────────────────────────────────────────────

    def begin(self, wanted: Sequence[Wanted]) -> None:
        """Sort what is open and what is new, and ask how many captures may be begun."""
        seen: set[str] = set()
        for row in self.store.saves.open():
            seen.add(url_key(row.url))
            self.touched.append(row.id)
            item = _Item(row.id, Wanted(row.url, row.article_id), row.submitted_at, row.job_id or "")
            (self._jobs if row.job_id else self._todo).append(item)
        with self.store.transaction():
            for page in wanted:
                key = url_key(page.url)
                if key not in seen:
                    seen.add(key)
                    self._take(page)
        if not self._todo:
            return
        answer = self._heard(self.spn.slots())
        if isinstance(answer, int) and answer > 0:
            self._slots = answer
        elif isinstance(answer, int):
            self._hold(Refusal(SaveReason.SLOTS))
        elif answer.reason is SaveReason.BUSY:
            self._hold(answer)
        elif self._silent:
            self._silent = GIVE_UP - 1

    def _take(self, page: Wanted) -> None:
        """Give a new page its row: to be submitted, or why not."""
        now = self._now()
        known = self.store.saves.archived_since(page, now - timedelta(days=self.options.recent))
        if known:
            self.touched.append(known.id)
            return
        refused = never(page.url)
        state = SaveState.FAILED if refused else SaveState.PENDING
        row = self.store.saves.add(page, state, str(refused or SaveReason.UNSENT), now)
        self.touched.append(row)
        if refused is None:
            self._todo.append(_Item(row, page, now))

    def leave(self) -> None:
        """Say why what was not submitted was not."""
        for item in self._todo:
            self._settle(item, SaveState.PENDING, self._why)

    # ── the loop ───────────────────────────────────────────────────────────────────────────────────────

    def step(self) -> float | None:
        """Do one thing that is due, else give the seconds until something is; None where that is not waited for.

        Our own pace is always waited for; what others must do, for `wait` seconds after the last news.
        """
        now = self.clock()
        if self._silent >= GIVE_UP:
            return None
        patient = now < self._news + self.options.wait
        until = max(self._news + self.options.wait, now)
        job = min(self._jobs, key=lambda item: item.due, default=None)
        followed = job is None or job.due > -math.inf  # what earlier runs left open comes first, wait or not
        moments: list[tuple[float, Callable[[], None]]] = []
        if job and (patient or not followed) and max(job.due, self._ask_held) <= until:
            asked = job
            moments.append((max(job.due, self._next_ask, self._ask_held), lambda: self._ask(asked)))
        if self._todo and self._slots > 0 and self._submit_held <= until and followed:
            moments.append((max(self._next_submit, self._submit_held), self._submit))
        if not moments:
            return None
        at, act = min(moments, key=lambda moment: moment[0])
        if at > now:
            return at - now
        act()
        return 0.0

    def _submit(self) -> None:
        item = self._todo.popleft()
        self._next_submit = self.clock() + self.options.submit_interval
        answer = self._heard(self.spn.submit(item.wanted.url, self.options.recent))
        if isinstance(answer, Job):
            self._slots -= 1
            self._why = str(SaveReason.UNSENT if self._slots else SaveReason.SLOTS)
            self._news = self.clock()
            item = replace(
                item, job=answer.id, since=self._now(), due=self._news + self.options.poll_interval
            )
            self._jobs.append(item)
            with self.store.transaction():
                self.store.saves.submitted(item.row, item.job, SaveReason.CAPTURING, item.since)
        elif isinstance(answer, AlreadyThere):
            self._find(item, answer.reason)
        elif answer.reason in {SaveReason.BUSY, SaveReason.SLOTS}:
            self._todo.appendleft(item)
            self._hold(answer)
        else:
            self._refuse(item, answer)

    def _ask(self, item: _Item) -> None:
        now = self.clock()
        self._next_ask = now + self.options.ask_interval
        item.due = now + self.options.poll_interval
        answer = self._heard(self.spn.status(item.job))
        if isinstance(answer, Captured):
            self._look(item, answer.url or item.wanted.url, answer.timestamp)
        elif isinstance(answer, Running):
            if self._now() - item.since > JOB_LIFE:
                self._end(item)
                self._find(item, SaveReason.LOST)
        elif answer.reason is SaveReason.BUSY:
            self._hold(answer)
        elif answer.reason is not SaveReason.NO_ANSWER:
            self._end(item)
            if answer.reason in {SaveReason.LOST, SaveReason.DAILY}:
                self._find(item, answer.reason)
            else:
                self._refuse(item, answer)

    # ── what an answer means ───────────────────────────────────────────────────────────────────────────

    def _heard(self, answer: T) -> T:
        """Count who answers; keys that are refused end the run."""
        self.asked = True
        if not isinstance(answer, Refusal) or answer.reason is not SaveReason.NO_ANSWER:
            self.answered, self._silent = True, 0
        else:
            self._silent += 1
            self._why = answer.line()
        if isinstance(answer, Refusal) and answer.reason is SaveReason.KEYS:
            raise AccessError(f"the web archive says: {SaveReason.KEYS}", where=self.spn.base, hint=NEW_KEYS)
        return answer

    def _hold(self, refusal: Refusal) -> None:
        """Submit nothing for a while; where the web archive is busy, ask nothing either."""
        wait = BUSY_WAIT if refusal.retry_after is None else max(refusal.retry_after, 1.0)
        self._submit_held = self.clock() + wait
        if refusal.reason is SaveReason.BUSY:
            self._ask_held = self._submit_held
        self._why = str(refusal.reason)

    def _look(self, item: _Item, url: str, timestamp: str) -> None:
        """See the copy with our own eyes: the only way to "archived"."""
        found = self.wayback.copy(url, timestamp)
        claimed = parse_timestamp(timestamp)
        if isinstance(found, Memento) and claimed and abs(found.captured_at - claimed) <= ONE_COPY:
            self._end(item)
            address = f"{self.spn.base}/web/{format_timestamp(found.captured_at)}/{found.url}"
            self._settle(item, SaveState.ARCHIVED, None, address)
        elif item in self._jobs:
            self._settle(item, SaveState.SUBMITTED, SaveReason.UNSEEN)

    def _find(self, item: _Item, reason: SaveReason) -> None:
        """Look for a recent copy in the index; where none can be seen the page stays pending."""
        first = self._now() - timedelta(days=self.options.recent)
        rows = self.wayback.search(item.wanted.url, start=first.date())
        if not isinstance(rows, Failure):
            for row in [row for row in reversed(good(rows)) if row.captured_at >= first][:1]:
                self._look(item, row.url, row.timestamp)
        done = self.store.saves.many([item.row])[0].state is SaveState.ARCHIVED
        if not done:
            self._settle(item, SaveState.PENDING, reason)

    def _refuse(self, item: _Item, refusal: Refusal) -> None:
        self._settle(item, SaveState.PENDING if refusal.later else SaveState.FAILED, refusal.line())

    def _end(self, item: _Item) -> None:
        """A job is over: its slot is free."""
        if item in self._jobs:
            self._jobs.remove(item)
            self._slots += 1
            self._news = self.clock()
            self._submit_held = self._ask_held  # a wait for slots is over

    def _settle(
        self, item: _Item, state: SaveState, reason: str | None, memento_url: str | None = None
    ) -> None:
        with self.store.transaction():
            self.store.saves.settle(item.row, state, reason, self._now(), memento_url)
        if state is not SaveState.SUBMITTED:
            self.tick(1)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self.clock(), UTC)
