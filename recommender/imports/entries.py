"""A list's entries, one by one, into a `Listing`: the same checks whatever file they come from. Pure.

An entry with a web address becomes a reference; one with another scheme (a bookmarklet, a mail address) is
counted by its scheme; one that should have been an address and is none is a bad row.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from recommender.crawl.urls import is_web
from recommender.imports.kinds import Feed, Listing
from recommender.models import Kind, Reference
from recommender.store.days import read_day
from recommender.store.imports import BadRow

MAX_URL = 8_000  # characters: what RFC 9110 (4.1) asks every server to take
MAX_TITLE = 1_000  # characters; the longest headline of 8,005 real articles has 232
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\ufeff\ud800-\udfff]+")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]{0,30}):", re.IGNORECASE)
_UNIX = re.compile(r"-?\d{1,20}(?:\.\d{1,9})?")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_YEAR = 1991  # of the web: an earlier date is none
_WINDOWS_TO_UNIX = 11_644_473_600  # seconds from 1601, where Chrome counts from, to 1970


class Entries:
    """Takes entries in and gives the listing."""

    def __init__(self) -> None:
        self._references: list[Reference] = []
        self._bad: list[BadRow] = []
        self._left_out: Counter[str] = Counter()

    def add(
        self,
        url: str,
        *,
        place: int,
        title: str | None = None,
        author: str | None = None,
        heading: str | None = None,
        published: date | None = None,
    ) -> None:
        """Take one entry.

        Args:
            url: as the file has it.
            place: the line or number to name where it is no address.
            title: empty where the file gives none; the address stands in for it.
            author: of the piece.
            heading: of the folder it lies in.
            published: the day to look for an archived copy by.
        """
        address = "".join(char for char in url.strip() if char not in "\t\r\n")
        if (
            not is_web(address)
            and (scheme := _SCHEME.match(address))
            and not re.match(r"https?:", address, re.I)
        ):
            self.leave_out(f"{scheme[1].lower()}:")
        elif not is_web(address) or _UNSAFE.search(address) or " " in address:
            self.bad(place, f"no web address: {plain(address)[:60]!r}" if address else "no address")
        elif len(address) > MAX_URL:
            self.bad(place, f"an address of more than {MAX_URL:,} characters")
        else:
            reference = Reference(
                title=plain(title) or address,
                url=address,
                author=plain(author) or None,
                kind=Kind.LIST,
                heading=plain(heading) or None,
                published=published,
            )
            self._references.append(reference)

    def bad(self, place: int, reason: str) -> None:
        """Note an entry that can't be used."""
        self._bad.append(BadRow(place, reason))

    def leave_out(self, what: str) -> None:
        """Count an entry that is no web page by intent."""
        self._left_out[what] += 1

    def listing(self, title: str | None, feeds: Iterable[Feed] = ()) -> Listing:
        """All that was taken in."""
        counted = tuple(sorted(self._left_out.items()))
        return Listing(plain(title) or None, tuple(self._references), tuple(self._bad), counted, tuple(feeds))


def plain(text: str | None) -> str:
    """A text from outside as one line, without control characters and of a headline's length."""
    return " ".join(_UNSAFE.sub(" ", (text or "")[: 4 * MAX_TITLE]).split())[:MAX_TITLE]


def day_of(value: object) -> date | None:
    """The day a list names: a date in words or a number of seconds, milliseconds or microseconds; None for none.

    >>> day_of("1578736800"), day_of("13223210400000000"), day_of("2020-01-11T10:00:00Z")
    (datetime.date(2020, 1, 11), datetime.date(2020, 1, 11), datetime.date(2020, 1, 11))
    """
    text = plain(str(value)) if value is not None else ""
    try:
        day = (
            _counted(float(text))
            if _UNIX.fullmatch(text) and not re.fullmatch(r"(19|20)\d{6}", text)
            else read_day(text)
        )
    except (ValueError, OverflowError):
        return None
    return day if day and day.year >= _FIRST_YEAR else None


def _counted(number: float) -> date:
    """The day of a count, whose unit its size tells: nobody bookmarked anything before 1991 or after 2286."""
    if number >= 1e16:  # microseconds since 1601
        number = number / 1e6 - _WINDOWS_TO_UNIX
    elif number >= 1e14:  # microseconds
        number /= 1e6
    elif number >= 1e11:  # milliseconds
        number /= 1e3
    return (_EPOCH + timedelta(seconds=number)).date()
