"""Reading that goes wrong, as worker processes import it."""

from __future__ import annotations

import os
import signal
import time

from recommender.crawl.reading_copies import Reading
from recommender.models import Capture


def read(capture: Capture, _title: str | None) -> Reading:
    """Do what the page says."""
    if capture.body == b"die":
        os.kill(os.getpid(), signal.SIGSEGV)
    if capture.body == b"hang":
        while True:
            time.sleep(0.01)
    if capture.body == b"swallow":
        while True:
            try:
                time.sleep(0.01)
            except Exception:  # noqa: BLE001 - a library's own handler
                continue
    if capture.body == b"eat":
        return Reading(str(len(bytearray(2 << 30))))
    if capture.body == b"pid":
        return Reading("ok", str(os.getpid()))
    return Reading("ok", capture.body.decode())
