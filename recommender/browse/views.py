"""What a visitor may ask for in an address, and the addresses of our pages. Pure.

A view that is shared is the same view: sorts, filters and pages are all in the URL.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

from recommender.browse.shapes import Piece, Sort
from recommender.models import Verdict

LAST_PAGE = 1000  # an offset past 20,000 rows costs time and helps nobody
LONGEST = 200  # characters of an outlet's name or a search that are looked at

_STANCE_KEYS = {
    "agrees": Verdict.AGREES,
    "mixed": Verdict.MIXED,
    "disagrees": Verdict.DISAGREES,
    "cant-tell": Verdict.CANT_TELL,
}
STANCE_SLUGS = {verdict: slug for slug, verdict in _STANCE_KEYS.items()}


@dataclass(frozen=True, slots=True)
class Links:
    """The addresses of our pages, under Datasette's base_url."""

    root: str
    db: str | None  # named only where more than one archive is open

    def home(self, kind: str = "", page: int = 1) -> str:
        """The seeds."""
        return self._at(kind, page=page if page > 1 else None)

    def seed(self, key: str, kind: str = "") -> str:
        """A reading list; `.json`, `.atom` or `.epub` for another kind of it."""
        return self._at("/" + quote(key, safe="") + kind)

    def map(self, key: str, kind: str = "") -> str:
        """The map of a seed."""
        return self._at(f"/{quote(key, safe='')}/map{kind}")

    def compare(self, key: str, article: int, kind: str = "") -> str:
        """A seed's article beside another."""
        return self._at(f"/{quote(key, safe='')}/compare/{article}{kind}")

    def pair(self, left: int, right: int, kind: str = "") -> str:
        """Any two articles."""
        return self._at(f"/compare/{left}/{right}{kind}")

    def piece(self, article: int, kind: str = "") -> str:
        """An article."""
        return self._at(f"/piece/{article}{kind}")

    def capture(self, capture: int, kind: str = "") -> str:
        """An archived page as it was captured."""
        return self._at(f"/capture/{capture}{kind}")

    def search(self, asked: str = "", page: int = 1, kind: str = "") -> str:
        """What a search finds."""
        return self._at("/search" + kind, q=asked or None, page=page if page > 1 else None)

    def _at(self, path: str, **asked: object) -> str:
        given = {name: value for name, value in {**asked, "db": self.db}.items() if value is not None}
        return self.root + path + ("?" + urlencode(given) if given else "")


def page_number(args: Any) -> int:
    """The page asked for, from 1 to `LAST_PAGE`."""
    asked = args.get("page") or ""
    return min(int(asked[:9]), LAST_PAGE) if asked.isascii() and asked.isdigit() and int(asked[:9]) else 1


@dataclass(frozen=True, slots=True)
class View:
    """What the visitor asked of a reading list. What makes no sense counts as not asked."""

    sort: Sort = Sort.RANK
    stance: Verdict | None = None
    only_refs: bool = False
    outlet: str = ""
    since: str = ""  # ISO date; published then or later
    until: str = ""  # ISO date; published then or earlier
    page: int = 1
    db: str | None = None  # named only where more than one archive is open

    @classmethod
    def read(cls, args: Any, db: str | None) -> View:
        """From a query string's arguments."""
        sort = args.get("sort")
        return cls(
            sort=Sort(sort) if sort in set(Sort) else Sort.RANK,
            stance=_STANCE_KEYS.get(args.get("stance") or ""),
            only_refs=args.get("only") == "refs",
            outlet=(args.get("outlet") or "").strip()[:LONGEST],
            since=_day(args.get("from")),
            until=_day(args.get("to")),
            page=page_number(args),
            db=db,
        )

    def asked(self) -> dict[str, str]:
        """What is asked for, by the names of the query string."""
        every = {
            "sort": self.sort if self.sort is not Sort.RANK else "",
            "stance": STANCE_SLUGS[self.stance] if self.stance else "",
            "only": "refs" if self.only_refs else "",
            "outlet": self.outlet,
            "from": self.since,
            "to": self.until,
            "page": self.page if self.page > 1 else "",
            "db": self.db or "",
        }
        return {name: str(value) for name, value in every.items() if value}

    def query(self) -> str:
        """The query string that asks for this, with its "?"; "" where it asks for nothing."""
        return "?" + urlencode(self.asked()) if self.asked() else ""

    def kept(self) -> dict[str, str]:
        """What the form of outlets and dates must not lose."""
        return {
            name: value for name, value in self.asked().items() if name in {"sort", "stance", "only", "db"}
        }

    @property
    def filtered(self) -> bool:
        """Whether anything may be hidden that is not so by the choice of a list."""
        return bool(self.stance or self.outlet or self.since or self.until)

    def everything(self) -> str:
        """The query string of the same order without any filter."""
        return View(sort=self.sort, db=self.db).query()

    def shows(self, piece: Piece) -> bool:
        """Whether a piece passes the filters; one without a date passes none on dates."""
        return (
            (self.stance is None or (piece.scores is not None and piece.scores.stance is self.stance))
            and (not self.outlet or piece.outlet == self.outlet)
            and (not self.since or piece.published[:10] >= self.since)
            and (not self.until or "" < piece.published[:10] <= self.until)
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """One link among the sorts or filters."""

    label: str
    query: str
    chosen: bool


def choices(view: View) -> tuple[tuple[str, tuple[Choice, ...]], ...]:
    """The sorts and filters as labelled groups of links."""
    first = replace(view, page=1)

    def among(given: Iterable[tuple[str, View]]) -> tuple[Choice, ...]:
        return tuple(Choice(label, other.query(), other == first) for label, other in given)

    sorts = among((str(sort), replace(first, sort=sort)) for sort in Sort)
    sides = [(str(stance), replace(first, stance=stance)) for stance in Verdict]
    stances = among([("all", replace(first, stance=None)), *sides])
    lists = among(
        [
            ("everything", replace(first, only_refs=False)),
            ("the editors’ list", replace(first, only_refs=True)),
        ]
    )
    return (("Sort by", sorts), ("Stance", stances), ("Among", lists))


def _day(value: str | None) -> str:
    try:
        return date.fromisoformat(value or "").isoformat()
    except ValueError:
        return ""
