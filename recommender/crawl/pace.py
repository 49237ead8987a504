"""Turns to ask, shared by threads: requests leave at least `interval` seconds apart, and none during a hold."""

from __future__ import annotations

import threading
from collections.abc import Callable

PATIENCE = 30.0  # seconds a caller waits for its turn; a longer wait belongs in the queue


class Pace:
    """Hands out turns.

    Args:
        interval: seconds between two turns; 0 for none.
        sleep, clock: seconds; the clock is the caller's and should never go back (`time.monotonic`).
    """

    def __init__(self, interval: float, sleep: Callable[[float], None], clock: Callable[[], float]) -> None:
        self.interval = interval
        self._sleep = sleep
        self._clock = clock
        self._lock = threading.Lock()
        self._next = 0.0
        self._held_until = 0.0

    def wait(self) -> float | None:
        """Sleep until this caller's turn and give None; if that is over `PATIENCE`, the seconds it takes."""
        while True:
            with self._lock:
                now = self._clock()
                turn = max(self._next, self._held_until, now)
                if turn - now > PATIENCE:
                    return turn - now
                self._next = turn + self.interval
            if turn > now:
                self._sleep(turn - now)
            with self._lock:  # a hold that began during the sleep counts too
                if self._held_until <= turn:
                    return None

    def hold(self, seconds: float) -> None:
        """Give no turn for some seconds, also to those who sleep until theirs."""
        with self._lock:
            self._held_until = max(self._held_until, self._clock() + seconds)
