"""A rate limit shared by threads: requests leave at least `interval` seconds apart."""

from __future__ import annotations

import threading
from collections.abc import Callable

PATIENCE = 30.0  # seconds a caller waits for its turn; a longer wait belongs in the queue


class Pace:
    """Hands out turns.

    Args:
        interval: seconds between two turns; 0 for none.
        sleep, clock: seconds; the clock is the caller's.
    """

    def __init__(self, interval: float, sleep: Callable[[float], None], clock: Callable[[], float]) -> None:
        self.interval = interval
        self._sleep = sleep
        self._clock = clock
        self._lock = threading.Lock()
        self._next = 0.0

    def wait(self) -> float | None:
        """Sleep until this caller's turn and give None; if that is over `PATIENCE`, the seconds it takes."""
        with self._lock:
            now = self._clock()
            left = self._next - now
            if left > PATIENCE:
                return left
            self._next = max(self._next, now) + self.interval
        if left > 0:
            self._sleep(left)
        return None

    def hold(self, seconds: float) -> None:
        """Give no turn for some seconds."""
        with self._lock:
            self._next = max(self._next, self._clock() + seconds)
