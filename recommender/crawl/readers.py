"""Worker processes that read copies: extraction takes most of the CPU, holds Python's lock, meets hostile HTML.

    submit ─► a free worker: read_copy ─► Reading
                └─ too slow, too large, or the worker died ─► Reading with the verdict "can't be read"

Workers come from a fork server that has the extraction library loaded already, start when there is work, and
end with this process however it ends.
"""

from __future__ import annotations

import contextlib
import gc
import resource
import signal
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import forkserver
from types import FrameType

from recommender import workers
from recommender.crawl.reading_copies import Reading, read_copy, unreadable
from recommender.models import Capture

SLOW = 20.0  # seconds for one page: 400 times the median, and ten times the slowest of the hostile tests
DEAD = 60  # CPU seconds after which the system ends a worker that does not hear its alarm
LARGE = 1 << 30  # bytes of private memory of a worker: a page that needs more is no article
PRELOAD = [
    "recommender.crawl.reading_copies",
    "recommender.reading.extract",
    "trafilatura",
    "numpy",
    "recommender.crawl.warm",
]
Read = Callable[[Capture, str | None], Reading]


class TooSlowError(BaseException):
    """A page took its worker too long. Not an `Exception`: no handler between here and `_work` may eat it."""


class Readers:
    """A pool of readers. One thread uses it; close it, or use it as a context manager.

    Args:
        count: processes at most; default one a core this process may use.
        read: what a worker does with a copy; a function that can be imported by its name.
        slow: seconds for one page.
    """

    def __init__(self, count: int | None = None, *, read: Read = read_copy, slow: float = SLOW) -> None:
        self._workers = count or min(workers.MOST, workers.cores())
        self._read, self._slow = read, slow
        self._pool: ProcessPoolExecutor | None = None
        self._died = False  # one of its workers

    def __enter__(self) -> Readers:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the workers."""
        if self._pool is not None:
            workers.end(self._pool, broken=self._died)
            self._pool, self._died = None, False

    def warm(self) -> None:
        """Start loading what a worker needs, while the first pages are asked for."""
        if self._pool is None:
            self._pool = _pool(self._workers)
            if workers.forks():
                forkserver.ensure_running()

    @property
    def backlog(self) -> int:
        """How many copies are worth having in the queue: each holds a page in memory."""
        return 2 * self._workers + 2

    def submit(self, capture: Capture, expected_title: str | None = None) -> Future[Reading]:
        """Give a copy to the next free worker."""
        self.warm()
        assert self._pool is not None  # noqa: S101 - warm made it
        try:
            return self._pool.submit(_work, self._read, self._slow, capture, expected_title)
        except BrokenProcessPool:  # a worker died since
            self._died = True
            self.close()
            return self.submit(capture, expected_title)

    def result(self, future: Future[Reading], capture: Capture, expected_title: str | None = None) -> Reading:
        """What became of a copy that was submitted. Where its worker died it is read again, alone."""
        try:
            return future.result()
        except BrokenProcessPool:
            self._died = True
            return self._alone(capture, expected_title)

    def _alone(self, capture: Capture, expected_title: str | None) -> Reading:
        """Read a copy in a worker of its own, to tell the page that kills workers from those that were near it."""
        with _pool(1) as pool:
            try:
                return pool.submit(_work, self._read, self._slow, capture, expected_title).result()
            except BrokenProcessPool:
                return unreadable("the reader died on it")


def _pool(count: int) -> ProcessPoolExecutor:
    return workers.pool(count, PRELOAD, _start)


# In a worker


def _start() -> None:
    """Bound this worker."""
    gc.freeze()  # what is loaded by now stays
    gc.set_threshold(50_000)  # a page makes many objects and few circles: less looking for them saves 2 %
    signal.signal(signal.SIGALRM, _alarm)
    with contextlib.suppress(ValueError, OSError):  # a lower limit is in force already
        resource.setrlimit(resource.RLIMIT_DATA, (LARGE, LARGE))


def _alarm(_number: int, _frame: FrameType | None) -> None:
    raise TooSlowError


def _work(read: Read, slow: float, capture: Capture, expected_title: str | None) -> Reading:
    signal.setitimer(signal.ITIMER_REAL, slow, 1.0)  # again each second: one may fall into a destructor
    signal.setitimer(signal.ITIMER_PROF, DEAD)  # SIGPROF ends the process where C code hears no Python
    try:
        return read(capture, expected_title)
    except TooSlowError:
        return unreadable(f"reading it took over {slow:g} seconds")
    except MemoryError:
        return unreadable("reading it took too much memory")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.setitimer(signal.ITIMER_PROF, 0)
