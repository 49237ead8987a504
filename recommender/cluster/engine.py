"""Dask: a cluster of the user's, or one of processes on this machine. The only module that knows it.

One task a file and one a shard; a worker runs one at a time, since extraction holds Python's lock. Everything a task
makes lies in a folder that all machines see, and appears whole: a task that runs twice makes the same thing once.
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from multiprocessing import resource_tracker
from typing import Any

from recommender import workers
from recommender.errors import ArchiveError, ClusterError, NotFoundError, ReadmoreError

INSTALL = "pip install 'readmore[cluster]'"
MEMORY = "1GB"  # of a worker; at 95 % of it the worker is ended and started anew
# Times that one task is given to the cluster anew after the workers died that had it (three each time, unless the
# scheduler is told otherwise): two deaths for each page that kills its reader, and some by chance.
TRIES = 20
SILENT = 51  # more than logging.CRITICAL
_SETTINGS = {
    "distributed.scheduler.allowed-failures": 10,
    "distributed.worker.memory.target": False,  # tasks hand on counts alone: there is nothing to put on disk
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.profile.enabled": False,  # it looks a hundred times a second at what a page is doing
    "distributed.comm.timeouts.connect": "5s",
    "distributed.comm.retry.count": 0,
}


@dataclass(frozen=True, slots=True)
class Where:
    """Which cluster to use."""

    scheduler: str | None = None  # tcp://host:port; None for processes on this machine
    workers: int | None = None  # of those; None for one a core
    memory: str = MEMORY  # of each of those


class Engine:
    """A cluster that runs functions which can be imported by their names."""

    def __init__(self, client: Any) -> None:
        self._client = client

    @property
    def dashboard(self) -> str | None:
        """Address of the page that shows what it does; None where it has none."""
        return str(self._client.dashboard_link or "") or None

    def each(
        self, run: Callable[..., Any], calls: Mapping[str, Sequence[Any]]
    ) -> Iterator[tuple[str, Any | ReadmoreError]]:
        """Run a function for each of some arguments; what it gives, or how it failed, by name as it comes.

        Raises:
            ClusterError: the scheduler is gone.
        """
        from distributed import as_completed

        tries = Counter[str]()
        names = {self._submit(run, arguments): name for name, arguments in calls.items()}
        waiting = as_completed(list(names))
        try:
            for future in waiting:
                if future.status == "cancelled" or self._client.status != "running":
                    raise _gone()
                if future.status not in {
                    "finished",
                    "error",
                }:  # the worker died that had its result: it runs again
                    waiting.add(future)
                    continue
                name = names.pop(future)
                error = future.exception() if future.status == "error" else None
                tries[name] += 1
                if type(error).__name__ == "KilledWorker" and tries[name] < TRIES:
                    again = self._submit(run, calls[name])
                    names[again] = name
                    waiting.add(again)
                    continue
                yield name, _result(future) if error is None else _told(error, name)
        finally:
            with suppress(Exception):  # where the scheduler is gone there is nothing left to cancel
                self._client.cancel(list(names))

    def within(
        self, run: Callable[..., Any], calls: Mapping[str, Sequence[Any]], seconds: float
    ) -> dict[str, Any]:
        """Run a function for each of some arguments; what came in time, by name. What failed is left out.

        Raises:
            ClusterError: the scheduler is gone.
        """
        from distributed import wait

        futures = {name: self._submit(run, arguments) for name, arguments in calls.items()}
        try:
            if futures:
                wait(list(futures.values()), timeout=seconds)
        except TimeoutError:
            pass
        except CancelledError as error:
            raise _gone() from error
        found = {name: _result(future) for name, future in futures.items() if future.status == "finished"}
        with suppress(Exception):  # as above
            self._client.cancel([future for name, future in futures.items() if name not in found])
        return found

    def _submit(self, run: Callable[..., Any], arguments: Sequence[Any]) -> Any:
        if self._client.status != "running":
            raise _gone()
        return self._client.submit(run, *arguments, pure=False, retries=0)


def _result(future: Any) -> Any:
    """What a finished task gives, which lies with its worker: the scheduler may go while it is fetched."""
    try:
        return future.result()
    except OSError as error:  # distributed's CommClosedError is one; what a task raised never comes this way
        raise _gone() from error


def _gone() -> ClusterError:
    hint = "run it again with a new one: what is written is not done twice; shards can be asked without --scheduler"
    return ClusterError("the scheduler is gone", hint=hint)


def _told(error: BaseException, name: str) -> ReadmoreError:
    if isinstance(error, ReadmoreError):
        return error
    if type(error).__name__ == "KilledWorker":
        return ClusterError(f"its workers died {TRIES} times", where=name)
    if isinstance(error, OSError) and error.errno:  # a full disk, as a rule
        hint = "run the same `build` again: it goes on"
        return ArchiveError(f"can't be written or read: {os.strerror(error.errno)}", where=name, hint=hint)
    return ClusterError(f"{type(error).__name__}: {error}", where=name)


@contextmanager
def engine(where: Where) -> Iterator[Engine]:
    """A cluster, closed in the end where it was started here.

    Raises:
        NotFoundError: the extra is not installed.
        ClusterError: no scheduler answers there, or a local one can't be started.
    """
    need()
    import dask
    from distributed import Client, LocalCluster

    with _quiet(), dask.config.set(_SETTINGS):
        if where.scheduler:
            try:
                client = Client(where.scheduler, timeout=10)
            except (OSError, TimeoutError, ValueError) as error:
                hint = "start one with `dask scheduler`, and workers with `dask worker --nthreads 1`"
                raise ClusterError("no scheduler answers", where=where.scheduler, hint=hint) from error
            try:
                yield Engine(client)
            finally:
                client.close(timeout=5)
            return
        with _undisturbed():
            cluster = LocalCluster(
                n_workers=where.workers or workers.cores(), threads_per_worker=1, memory_limit=where.memory,
                host="127.0.0.1", dashboard_address="127.0.0.1:0", silence_logs=SILENT,
            )  # fmt: skip
        with cluster, Client(cluster, timeout=30) as client:
            yield Engine(client)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Ctrl-C waits: a cluster that is half started can't be closed. Whatever is started here never hears of it, since
    threads and processes inherit which signals are blocked: it is this process that ends them.
    """
    resource_tracker.ensure_running()  # which unblocks signals when it starts, and is to have done so
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _quiet() -> Iterator[None]:
    """No log lines of Dask's on the terminal: what goes wrong is told by what tasks give."""
    import logging

    names = [name for name in logging.root.manager.loggerDict if name.split(".")[0] == "distributed"]
    before = [(one, one.handlers, one.propagate) for one in map(logging.getLogger, names)]
    for one, _, _ in before:
        one.handlers, one.propagate = [logging.NullHandler()], False
    try:
        yield
    finally:
        for one, handlers, propagate in before:
            one.handlers, one.propagate = handlers, propagate


def need() -> None:
    """See that the extra is installed.

    Raises:
        NotFoundError: it is not.
    """
    missing = [name for name in ("distributed", "pyarrow", "fsspec") if find_spec(name) is None]
    if missing:
        raise NotFoundError(f"a sharded archive needs more packages: {', '.join(missing)}", hint=INSTALL)
