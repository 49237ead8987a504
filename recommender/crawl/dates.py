"""Dates in URL paths, and the same path on another day. Pure.

Outlets write them as `/2020/01/11/`, `/2020/1/11/`, `/2018/mar/27/`, `/2019/september/`, `/2016/0427/`,
`/20200111/` or `-2020-01-11-`; some give the month only.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_MONTHS = [name.lower() for name in calendar.month_name]
_SHORT = [name.lower() for name in calendar.month_abbr]
_NAMES = "|".join([*_MONTHS[1:], *_SHORT[1:]])
_DATE = re.compile(
    rf"(?<!\d)(?P<year>(?:19|20)\d\d)(?:(?P<a>[/_-])(?P<month>0[1-9]|1[0-2]|[1-9](?!\d)|{_NAMES})"
    r"(?:(?P<b>[/_-]?)(?P<day>0[1-9]|[12]\d|3[01]|[1-9](?!\d)))?"
    r"|(?P<run>(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])))(?=[/_.-]|$)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class PathDate:
    """The date that a URL's path shows; `day` is None where it gives the month only."""

    year: int
    month: int
    day: int | None

    def near(self, when: date, days: int) -> bool:
        """Whether it may be within so many days of a date."""
        first = date(self.year, self.month, self.day or 1)
        last = date(self.year, self.month, self.day or calendar.monthrange(self.year, self.month)[1])
        return first - timedelta(days) <= when <= last + timedelta(days)

    def start(self) -> date:
        """The day, or the first of the month."""
        return date(self.year, self.month, self.day or 1)


def path_date(url: str) -> PathDate | None:
    """The first date in a URL's path; None where there is none.

    >>> path_date("https://example.org/news/2018/mar/27/a-slug/")
    PathDate(year=2018, month=3, day=27)
    """
    found = next(_dates(url), None)
    return found[1] if found else None


def on_other_day(url: str, day: date) -> list[str]:
    """The starts of URLs that one outlet published on another day, written as this URL writes its date.

    Each ends after the date (or the month, where the path has no day). Two where this date does not show
    whether the outlet writes `04` or `4`; none where the path shows no date.

    >>> on_other_day("https://example.org/opinions/2020/01/11/a-slug/", date(2019, 12, 9))
    ['https://example.org/opinions/2019/12/09/']
    """
    found = next(_dates(url), None)
    if found is None:
        return []
    match, shown = found
    if match["run"]:
        texts = [f"{day.year}{day.month:02d}{day.day:02d}"]
    else:
        texts = [_written(match, shown, day, padded) for padded in _paddings(match)]
    slash = "/" if url[match.end() : match.end() + 1] == "/" else ""
    return list(dict.fromkeys(url[: match.start()] + text + slash for text in texts))


def _paddings(match: re.Match[str]) -> list[bool]:
    """Whether numbers are padded: what the date shows, else both, the likelier first."""
    numbers = [part for part in (match["month"], match["day"]) if part and part.isdigit()]
    if any(len(number) == 1 for number in numbers):
        return [False]
    if any(number.startswith("0") for number in numbers) or not match["b"]:
        return [True]
    return [True, False]


def _written(match: re.Match[str], shown: PathDate, day: date, padded: bool) -> str:
    month = match["month"]
    if month.isdigit():
        month = f"{day.month:02d}" if padded else str(day.month)
    else:
        name = (_SHORT if len(month) == 3 else _MONTHS)[day.month]
        month = name.title() if match["month"].istitle() else name
    text = f"{day.year}{match['a']}{month}"
    if shown.day is not None:
        text += f"{match['b']}{day.day:02d}" if padded else f"{match['b']}{day.day}"
    return text


def _dates(url: str) -> Iterator[tuple[re.Match[str], PathDate]]:
    path = re.match(r"(?:[a-z]+://)?[^/?#]*([^?#]*)", url, re.IGNORECASE)
    start, end = path.span(1) if path else (0, 0)
    for match in _DATE.finditer(url, start, end):
        day: int | None
        if match["run"]:
            month, day = int(match["run"][:2]), int(match["run"][2:])
        else:
            text = match["month"].lower()
            month = int(text) if text.isdigit() else _SHORT.index(text[:3])
            day = int(match["day"]) if match["day"] else None
        if day is None or day <= calendar.monthrange(int(match["year"]), month)[1]:
            yield match, PathDate(int(match["year"]), month, day)
