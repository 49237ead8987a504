"""Worker processes that end with this one, however it ends: what those that read and those that count share."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor

MOST = 8  # workers; more cores help little where pages come one a host and second, or one process merges


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def forks() -> bool:
    """Whether workers come from a fork server, which has loaded what they need."""
    return "forkserver" in multiprocessing.get_all_start_methods()


def pool(
    workers: int, preload: Sequence[str], start: Callable[[], None] | None = None
) -> ProcessPoolExecutor:
    """A pool of workers.

    Args:
        workers: processes at most; they start when there is work.
        preload: modules that the fork server loads once for all of them.
        start: called in each before its first work; a function that can be imported by its name.
    """
    context = multiprocessing.get_context("forkserver" if forks() else "spawn")
    if forks():
        context.set_forkserver_preload([*preload])
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_begin, initargs=(start,))


def end(pool: ProcessPoolExecutor, *, broken: bool) -> None:
    """End a pool and wait until its workers have ended.

    Args:
        pool: which nothing is submitted to any more.
        broken: one of its workers died. Python before 3.12 may start another while it ends the rest (its manager
            marks the pool broken without the lock that `submit` holds), and then waits for that one for ever; so all
            are ended here first.
    """
    if broken:
        for process in list(pool._processes.values()):
            process.terminate()
    pool.shutdown(wait=True, cancel_futures=True)


def _begin(start: Callable[[], None] | None) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    if start:
        start()
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A killed parent closes no queue: its workers would wait for ever."""
    from multiprocessing.connection import wait

    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
