"""The day a researcher's file means by a text: ISO, RFC 2822, named months, and numbers. Pure.

Of three numbers with slashes the month comes first, as American programs write it, unless it is over 12;
with dots the day comes first, as European ones do.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from email.utils import parsedate_to_datetime

_NOTHING = frozenset(
    {"", "none", "null", "nan", "n/a", "na", "unknown"}
)  # how other programs write "no date"
_DAY = re.compile(r"(\d{1,4})([-/.])(\d{1,2})\2(\d{4}|\d{1,2})(?:[T\s]|$)")
_DAY_FORMATS = ("%Y%m%d", "%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%d %b %Y")


def read_day(value: str) -> date | None:
    """The day a text names; None for nothing.

    Raises:
        ValueError: it names none, in one line.
    """
    text = value.strip()
    if text.lower() in _NOTHING:
        return None
    for parse in (datetime.fromisoformat, parsedate_to_datetime, _named_day, _numbered_day):
        try:
            return parse(text).date()
        except (ValueError, TypeError, IndexError, OverflowError):  # what these raise for other text
            continue
    raise ValueError(f"date not understood: {text[:40]!r}")


def _named_day(text: str) -> datetime:
    for form in _DAY_FORMATS:
        try:
            return datetime.strptime(text, form)
        except ValueError:
            continue
    raise ValueError(text)


def _numbered_day(text: str) -> datetime:
    """Three numbers, maybe with a time behind them; a year of two digits is of 1969 to 2068 (POSIX)."""
    match = _DAY.match(text)
    if match is None:
        raise ValueError(text)
    one, mark, two, three = int(match[1]), match[2], int(match[3]), int(match[4])
    if len(match[1]) == 4:
        return datetime(one, two, three)
    year = three if len(match[4]) == 4 else three + (1900 if three > 68 else 2000)
    day_first = mark == "." or one > 12
    return datetime(year, two, one) if day_first else datetime(year, one, two)
