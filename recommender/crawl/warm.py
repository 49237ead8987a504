"""Imported by the fork server of the readers: what a first page would load, its workers have from the start.

htmldate's last resort, dateparser, makes the patterns of all languages' time zones when it is first asked: half a
second in each worker.
"""

from __future__ import annotations

import contextlib

from htmldate.extractors import external_date_parser

with contextlib.suppress(Exception):  # whatever it may be: a worker will meet it on its page
    external_date_parser("Friday, January 3rd 2020 at 10:05 EST", "%Y-%m-%d")
