"""Worker processes end, also where one of them died."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
import time
from concurrent.futures import process
from concurrent.futures.process import BrokenProcessPool
from typing import Any

import pytest

from recommender import workers


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="Python 3.12 holds its lock where 3.11 does not")
def test_a_worker_started_while_the_others_are_ended_is_ended_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python 3.11 waits for it for ever; here one is started at that moment."""
    started = threading.Event()
    join = process._ExecutorManagerThread.join_executor_internals

    def join_with_one_more(self: Any) -> None:
        stray = multiprocessing.get_context("spawn").Process(target=time.sleep, args=(600,), daemon=True)
        stray.start()
        self.processes[stray.pid] = stray
        started.set()
        join(self)

    monkeypatch.setattr(process._ExecutorManagerThread, "join_executor_internals", join_with_one_more)
    pool = workers.pool(1, [])
    with pytest.raises(BrokenProcessPool):
        pool.submit(os._exit, 1).result()
    assert started.wait(30)
    ending = threading.Thread(target=workers.end, args=(pool,), kwargs={"broken": True}, daemon=True)
    ending.start()
    ending.join(30)
    assert not ending.is_alive()
