"""Near copies as one entry: the index holds the first of them, the reader sees one and where else it is.

hits (of firsts) ─► families ─► shown, and elsewhere
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from recommender.crawl.urls import url_key
from recommender.models import Article, Elsewhere
from recommender.store.database import Store


@dataclass(frozen=True, slots=True)
class Families:
    """Copies of some articles, by the first of each."""

    members: Mapping[int, tuple[int, ...]]  # ids, the first's own in front
    facts: Mapping[int, Article]  # of every member, without words
    addresses: Mapping[int, Sequence[str]]  # at which each fetched member was found


def families(store: Store, firsts: Iterable[int]) -> Families:
    """Everything that is known of the copies of these articles."""
    copies = store.library.copies(firsts := tuple(firsts))
    members = {first: (first, *copies.get(first, ())) for first in firsts}
    everyone = [one for family in members.values() for one in family]
    facts = {article.id: article for article in store.library.facts(everyone) if article.id is not None}
    return Families(members, facts, store.library.addresses(everyone))


def shown(family: Sequence[int], listed: Collection[int], passing: Collection[int] | None) -> int:
    """Which copy stands for all: one on the editors' list, else the oldest row that passes the reader's filters.

    >>> shown((3, 8, 9), listed={9}, passing=None), shown((3, 8, 9), listed=(), passing={8, 9})
    (9, 8)
    """
    good = [one for one in family if passing is None or one in passing] or list(family)
    return next((one for one in good if one in listed), good[0])


def all_listed(family: Sequence[int], listed: Collection[int]) -> tuple[int, ...]:
    """The copies to keep a ranking of: each that is on the editors' list, else the one to show.

    >>> all_listed((3, 8, 9), listed={8, 9}), all_listed((3, 8, 9), listed=())
    ((8, 9), (3,))
    """
    return tuple(one for one in family if one in listed) or (shown(family, listed, None),)


def elsewhere(found: Families, first: int, chosen: int) -> tuple[Elsewhere, ...]:
    """Where else the piece is: other copies, and other addresses of the same one. An address is named once."""
    own = found.facts[chosen]
    seen = {url_key(url) for url in (own.url, own.canonical_url) if url}
    places: list[Elsewhere] = []
    for one in (chosen, *(other for other in found.members[first] if other != chosen)):
        article = found.facts.get(one)
        if article is None:
            continue
        named = len(places)
        for url in filter(None, (article.url, *found.addresses.get(one, ()))):
            if (key := url_key(url)) not in seen:
                seen.add(key)
                places.append(Elsewhere(one, article.outlet if one != chosen else None, url))
        if one != chosen and not article.url and len(places) == named:
            places.append(Elsewhere(one, article.outlet, None))
    return tuple(places)
