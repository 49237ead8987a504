"""Loaded by workers that tests start: some sentences end or hold their reader, as a bug in a parser would."""

from __future__ import annotations

import os
import re

from recommender.cluster import guard
from recommender.crawl import reading_copies

KILLS, HANGS = b"This sentence ends whoever reads it.", b"This sentence is read for ever."
_read = getattr(reading_copies.read_copy, "real", reading_copies.read_copy)
guard.Guard.__init__.__defaults__ = (1.0,)


def read_copy(capture, expected_title=None):
    """As the real one, but for two sentences."""
    if KILLS in capture.body:
        os._exit(9)
    if HANGS in capture.body:
        re.match(r"(a+)+$", "a" * 40 + "b")  # holds Python's lock for years
    return _read(capture, expected_title)


read_copy.real = _read  # Dask loads this file twice
reading_copies.read_copy = read_copy
