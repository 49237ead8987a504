"""What choosing.py decides, done with an archive and its index: filter, ask, adjust, diversify, say what is left out.

ask: facts ─► Passing        select: index.query ─► fresh ─► min-score ─► diverse
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain

from recommender import choosing
from recommender.choosing import Choice, Passing
from recommender.models import Hit
from recommender.store import filters
from recommender.store.catalogue import snapshot
from recommender.store.database import Store
from recommender.topic.index import TopicIndex

SHOWN = 10  # of a piece's words, where nobody asks for all
WIDER = 8  # times as many are asked for where freshness leaves the last place open


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to the index with all that a reader asks for."""

    title: str
    text: str
    day: date  # --fresh is measured from it
    exclude: frozenset[int]  # the subject's own articles; these and the next as first copies
    among: frozenset[int] | None  # the seed's list, where only that is wanted
    choice: Choice
    passed: Passing | None  # None where nothing is filtered

    def hits(self, index: TopicIndex, limit: int, terms: int | None) -> list[Hit]:
        """The nearest that pass."""
        only = self.passed.firsts if self.passed else None
        return index.query(
            self.title, self.text, limit=limit, among=self.among, only=only, exclude=self.exclude, terms=terms
        )


def ask(
    store: Store, choice: Choice, title: str, text: str, published: date | None, *,
    exclude: Collection[int], among: Collection[int] | None,
) -> Asked:  # fmt: skip
    """Look up what passes a choice's filters; a subject without a date is of today where freshness needs one.

    A piece passes where any copy of it does. What is excluded goes with all its copies.
    """
    library, passed = store.library, None
    gone = frozenset(library.firsts(exclude))
    wanted = None if among is None else frozenset(library.firsts(among))
    if choice.filters() and wanted is None:
        passed = _passing(store, choice, published, gone)
    elif choice.filters() and wanted is not None:
        everyone = [*wanted, *chain(*library.copies(wanted).values())]
        others = (one for one in library.facts(everyone) if (one.copy_of or one.id) not in gone)
        passed = choosing.passing(choice, others, published)
    return Asked(title, text, published or datetime.now(UTC).date(), gone, wanted, choice, passed)


def know_sites(store: Store, choice: Choice, tick: Callable[[int], None] = lambda _: None) -> None:
    """Write the hosts of articles that have none yet, where a choice asks for sites.

    Args:
        store: the archive.
        choice: what is asked for.
        tick: told of articles as they are done: 50,000 a second.
    """
    while (choice.sites or choice.not_sites) and filters.unknown_hosts(store.db):
        with store.transaction():
            done = filters.know_hosts(store.db)
        tick(done)


def _passing(store: Store, choice: Choice, published: date | None, gone: Collection[int]) -> Passing:
    """What `choosing.passing` says of all articles but those and their copies, asked of the database's indexes."""
    know_sites(store, choice)
    sited = choice.sites or choice.not_sites
    outlets, hosts = (filters.outlets(store.db), filters.hosts(store.db)) if sited else ([], [])
    on, off = (
        filters.Places(*choosing.sites_among(sites, outlets, hosts)) if sites else None
        for sites in (choice.sites, choice.not_sites)
    )
    before = published if choice.past_only else None
    bounds = filters.Bounds(choice.dated(), choice.since, choice.until, before, on, off)
    with snapshot(store.db):
        found = filters.within(store.db, bounds)
        family = [*gone, *chain(*store.library.copies(gone).values())]
        own = choosing.passing(choice, store.library.facts(family), published)
    ids = frozenset(found.ids) - own.ids
    copies = {one: first for one, first in found.firsts.items() if one in ids}
    firsts = (ids - copies.keys()) | frozenset(copies.values()) if copies else ids
    return Passing(
        ids, firsts, found.elsewhere - own.elsewhere, found.outside - own.outside, found.undated - own.undated
    )


def select(
    store: Store, index: TopicIndex, asked: Asked, *, limit: int, pool: int
) -> list[tuple[Hit, float]]:
    """The hits to judge with the scores they go by: the `pool` best first, or `limit` diverse ones of those."""
    choice = asked.choice
    terms = None if choice.all_terms else SHOWN
    if choice.fresh is None:
        hits = asked.hits(index, pool, terms)
        scored = choosing.best(hits, [hit.score for hit in hits], choice.min_score)
    else:
        scored = _fresh(store, index, asked, pool, terms)
    if choice.diverse is None or not scored:
        return scored
    articles = store.library.many(hit.article_id for hit, _ in scored)
    scored = [pair for pair in scored if pair[0].article_id in articles]  # another process may remove one
    texts = [(articles[hit.article_id].title, articles[hit.article_id].text) for hit, _ in scored]
    order = choosing.diverse([score for _, score in scored], index.cosines(texts), limit, choice.diverse)
    return [scored[place] for place in order]


def _fresh(
    store: Store, index: TopicIndex, asked: Asked, pool: int, terms: int | None
) -> list[tuple[Hit, float]]:
    """The best by adjusted score. Freshness only lowers a score, so a hit that was not asked for can't pass those
    above the last hit that was (the threshold algorithm of Fagin, Lotem and Naor, PODS 2001)."""
    least, count = asked.choice.min_score, pool
    while True:
        hits = asked.hits(index, count, 0)
        scored = choosing.best(hits, _adjusted(store, asked, hits), least)[:pool]
        if len(hits) < count or hits[-1].score < least:
            break
        if len(scored) == pool and scored[-1][1] > hits[-1].score:
            break
        count *= WIDER
    ids = [hit.article_id for hit, _ in scored]
    with_terms = index.query(asked.title, asked.text, limit=len(ids), among=ids, terms=terms)
    of = {hit.article_id: hit for hit in with_terms}
    return [(of[hit.article_id], score) for hit, score in scored]


def _adjusted(store: Store, asked: Asked, hits: Sequence[Hit]) -> list[float]:
    days = asked.choice.fresh
    assert days is not None  # noqa: S101 - only asked for where it is given
    dates = {article.id: article.published for article in store.library.facts(hit.article_id for hit in hits)}
    return [hit.score * choosing.freshness(dates.get(hit.article_id), asked.day, days) for hit in hits]


def left_out(index: TopicIndex, asked: Asked, *, empty: bool) -> tuple[str, ...]:
    """What the reader should know of what was left out; nothing where nothing was asked for."""
    passed, choice = asked.passed, asked.choice
    if not empty:
        undated = passed.undated if passed else 0
        return (f"left out: {choosing.pieces(undated)} without a date",) if undated else ()
    nothing = choosing.empty_note(passed) if passed else None
    if nothing:
        return (nothing,)
    near = asked.hits(index, 1, 0) if choice.min_score else []
    if near:
        before = "" if choice.fresh is None else " before its date counts"
        return (f"no piece reaches {choice.min_score:g}; the nearest has {near[0].score:.3f}{before}",)
    return (f"none of the {choosing.pieces(len(passed.ids))} that pass is near this",) if passed else ()
