"""What a reader asks of a ranking beside nearness: which dates and sites, how fresh, how diverse. Pure.

facts of all articles ─► passing (dates, sites) ─► the index ─► fresh ─► min-score ─► diverse

`passing` says what passes, article by article; `selecting.py` lets the database say the same of a whole archive.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from recommender.models import Article, Hit
from recommender.sites import host_of, lies_on, name_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LAMBDA = 0.7  # of --diverse without a number: mostly near; .5 is even (Carbonell and Goldstein tried .3 to 1)
FLOOR = 0.5  # of what --fresh leaves to the oldest: age alone never sinks a piece below one half as near
_DAY = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")


class Side(StrEnum):
    """Which side a reader wants to see."""

    ANY = "any"
    AGREE = "agree"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Choice:
    """What a reader asks for; nothing by default."""

    since: date | None = None  # published on that day or later
    until: date | None = None  # published on that day or earlier
    past_only: bool = False  # published before the subject
    sites: tuple[str, ...] = ()  # from one of these; see `on_site`
    not_sites: tuple[str, ...] = ()  # from none of these
    fresh: float | None = None  # days, > 0: half-life of `freshness`
    min_score: float = 0.0  # [0, 1]; of the topic score, with `fresh` of the adjusted one
    diverse: float | None = None  # [0, 1]: lambda of `diverse`
    side: Side = Side.ANY  # see siding.py
    balanced: bool = False  # both sides in turn
    all_terms: bool = False  # every shared term, whose shares sum to the score, not only the largest

    def filters(self) -> bool:
        """Does it leave out anything by date or site?"""
        return self.dated() or bool(self.sites or self.not_sites)

    def sided(self) -> bool:
        """Does it look at stances?"""
        return self.balanced or self.side is not Side.ANY

    def dated(self) -> bool:
        """Does it leave out anything by date?"""
        return self.since is not None or self.until is not None or self.past_only


class Sites(NamedTuple):
    """Outlets and hosts as an archive has them."""

    outlets: frozenset[str]
    hosts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Passing:
    """What passes a reader's filters, and how many do not. Each piece is counted once, sites first."""

    ids: frozenset[int] = field(default_factory=frozenset)
    firsts: frozenset[int] = field(
        default_factory=frozenset
    )  # the first copies of these: what the index holds
    elsewhere: int = 0  # on other sites
    outside: int = 0  # of other dates
    undated: int = 0  # without a date where dates were asked for


def passing(choice: Choice, articles: Iterable[Article], subject: date | None = None) -> Passing:
    """Tell those that pass from the others.

    Args:
        choice: what is asked for.
        articles: stored ones; their texts are not looked at.
        subject: when the article compared with was published; `past_only` needs it.
    """
    ids, firsts, elsewhere, outside, undated = [], [], 0, 0, 0
    for article in articles:
        if article.id is None:
            continue
        if not _from_right_site(choice, article):
            elsewhere += 1
        elif choice.dated() and article.published is None:
            undated += 1
        elif article.published is not None and not _in_time(choice, article.published, subject):
            outside += 1
        else:
            ids.append(article.id)
            firsts.append(article.copy_of or article.id)
    return Passing(frozenset(ids), frozenset(firsts), elsewhere, outside, undated)


def _from_right_site(choice: Choice, article: Article) -> bool:
    if choice.sites and not any(on_site(article, site) for site in choice.sites):
        return False
    return not any(on_site(article, site) for site in choice.not_sites)


def _in_time(choice: Choice, published: date, subject: date | None) -> bool:
    if choice.since is not None and published < choice.since:
        return False
    if choice.until is not None and published > choice.until:
        return False
    return not (choice.past_only and subject is not None and published >= subject)


def on_site(article: Article, site: str) -> bool:
    """Does the article's address lie on this host or a subdomain of it, or is this its outlet's name?

    Case, `www.` and what stands around a host in an address don't matter.
    """
    name, host = _site(site)
    if article.outlet and name_of(article.outlet) == name:
        return True
    addresses = filter(None, (article.url, article.canonical_url))
    return bool(host) and any(lies_on(host_of(address), host) for address in addresses)


def sites_among(sites: Sequence[str], outlets: Iterable[str], hosts: Iterable[str]) -> Sites:
    """Which of an archive's outlets and hosts these sites are: an article of one of them is `on_site` of one."""
    asked = [_site(site) for site in sites]
    return Sites(
        frozenset(one for one in outlets if one and any(name_of(one) == name for name, _ in asked)),
        frozenset(one for one in hosts if any(lies_on(one, host) for _, host in asked)),
    )


@lru_cache(maxsize=64)  # one question compares every article with the same few
def _site(site: str) -> tuple[str, str]:
    return name_of(site), host_of(site)


def day_range(text: str) -> tuple[date, date]:
    """First and last day of `2020-01-11`, `2020-01` or `2020`.

    Raises:
        ValueError: it is none of these.
    """
    found = _DAY.fullmatch(text.strip())
    try:
        if not found:
            raise ValueError(text)
        year, month, day = found.groups(default="")
        first = date(int(year), int(month or 1), int(day or 1))
    except ValueError as error:
        raise ValueError(f"no date: {text!r}") from error
    if day:
        return first, first
    last = first.month if month else 12
    return first, date(first.year, last, calendar.monthrange(first.year, last)[1])


def freshness(published: date | None, subject: date, days: float) -> float:
    """What --fresh multiplies a topic score by, in [FLOOR, 1].

        FLOOR + (1 - FLOOR) · 2^(-age / days),   age = days between the piece and the subject, either way

    1 on the subject's own day, .75 after `days`, never below FLOOR; a piece without a date gets FLOOR.
    """
    if published is None:
        return FLOOR
    age = abs((published - subject).days)
    return float(FLOOR + (1 - FLOOR) * 2.0 ** (-age / days))


def best(hits: Sequence[Hit], scores: Sequence[float], least: float = 0.0) -> list[tuple[Hit, float]]:
    """Hits by these scores, highest first, equal ones by id; those below `least` are left out."""
    scored = [(hit, score) for hit, score in zip(hits, scores, strict=True) if score >= least]
    return sorted(scored, key=lambda pair: (-pair[1], pair[0].article_id))


def diverse(
    scores: Sequence[float], similarity: NDArray[np.float64], limit: int, lam: float = LAMBDA
) -> list[int]:
    """Maximal marginal relevance: near the subject, unlike what was chosen before.

    Of the candidates R not yet chosen S, the next is

        argmax over i in R \\ S of   lam · scores[i] - (1 - lam) · max over j in S of similarity[i, j]

    (Carbonell and Goldstein, "The use of MMR, diversity-based reranking for reordering documents and
    producing summaries", SIGIR 1998). The first is the nearest; of equals the earlier candidate goes first.

    Args:
        scores: of the candidates, in [0, 1], shape (n,).
        similarity: between candidates, in [0, 1], shape (n, n).
        limit: how many to choose.
        lam: 1 is the order of the scores, 0 looks at likeness alone.

    Returns:
        positions of the chosen, in the order of choice.
    """
    import numpy as np

    relevance = np.asarray(scores, np.float64)
    left = np.ones(len(relevance), bool)
    nearest = np.zeros(len(relevance))  # to any chosen one
    chosen: list[int] = []
    while left.any() and len(chosen) < limit:
        value = lam * relevance - (1 - lam) * nearest if chosen else relevance
        pick = int(np.argmax(np.where(left, value, -np.inf)))
        chosen.append(pick)
        left[pick] = False
        nearest = np.maximum(nearest, similarity[pick])
    return chosen


def pieces(count: int) -> str:
    """A number of pieces in words.

    >>> pieces(1), pieces(2)
    ('1 piece', '2 pieces')
    """
    return f"{count} piece{'' if count == 1 else 's'}"


def empty_note(passed: Passing) -> str | None:
    """One line on what the filters left out, where they left out everything; None where something passed."""
    counts = (
        (passed.elsewhere, "from other sites"),
        (passed.outside, "of other dates"),
        (passed.undated, "without a date"),
    )
    said = [f"{count} {what}" for count, what in counts if count]
    return f"no piece passes: {', '.join(said)}" if not passed.ids and said else None
