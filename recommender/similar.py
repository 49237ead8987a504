"""`similar` from question to ranking: find the subject, ask the index, judge the sides, rank.

subject ─► selecting, index.query ─► judging.agreements ─► ranking.rank ─► Recommendations
                       (topic/)         (stance/)                           (kept in `rankings` for a seed)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from recommender import folding, judging, lookup, ranking, seeds, selecting, siding
from recommender.choosing import Choice
from recommender.crawl.urls import url_key
from recommender.errors import ArchiveError, NotFoundError, SeedError
from recommender.folding import Families
from recommender.models import Article, Hit, Recommendation, StoredSeed
from recommender.ranking import Candidate, Sort
from recommender.reasons import ranking_row
from recommender.stance.scorer import Scorer
from recommender.store.database import Store
from recommender.store.rows import text_digest
from recommender.topic.index import Document, TopicIndex

if TYPE_CHECKING:
    from recommender.claim_models import Claim, WrittenClaim

KEPT = 100  # rankings kept for a seed's page; Datasette's own page size, and more than a reader scrolls
POOL = 50  # pieces judged for stance before an order by stance or blend: topic must still mean something
NO_TEXT = "the seed's text is not archived, so its titles are compared (`fetch --text` gives it)"


@dataclass(frozen=True, slots=True)
class Subject:
    """What everything else is compared with."""

    title: str
    text: str
    articles: tuple[int, ...]  # its own rows, never recommended
    seed: StoredSeed | None = None
    listed: tuple[int, ...] = ()  # the articles its editors name
    note: str | None = None  # what the reader should know of this comparison
    published: date | None = None
    left_out: tuple[str, ...] = ()  # what the reader should know of a choice: what it left out
    archived: int | None = None  # the article whose title and text these are
    author: str | None = None
    outlet: str | None = None
    named: tuple[str, ...] = ()  # titles of a list that is in no archive
    written: tuple[WrittenClaim, ...] | None = None  # of a seed file; None for what is kept of the seed's
    claims: tuple[Claim, ...] = ()  # of the list, where the model judges any
    unknown: tuple[str, ...] = ()  # claims that the seed file switches off and that are not there


def similar(
    store: Store,
    source: str | None,
    scorer: Scorer,
    *,
    limit: int = 10,
    sort: Sort = Sort.TOPIC,
    only_listed: bool = False,
    choice: Choice | None = None,
    text: str | None = None,
    tick: Callable[[int], None] = lambda _: None,
) -> tuple[Subject, list[Recommendation]]:
    """Rank what is archived for a seed, an archived article (address or id), a file or a text.

    Args:
        store: the archive.
        source: a seed's key or file, an address, an id, or a file with an article; None for the only seed.
        scorer: the stance model.
        limit: how many.
        sort: what to order by. Stance and blend order the `POOL` nearest in topic, or the diverse ones.
        only_listed: only the pieces on the seed's own list.
        choice: what else is asked for; None for nothing. Sides are looked for among the `POOL` nearest; both in
            turn go in the place of `sort`.
        text: compare with this text in the place of a source.
        tick: told of each article that the index learns on the way.

    Raises:
        NotFoundError: nothing goes by that name.
        SeedError: the file or text can't be used, or has no date where one is needed.
    """
    choice = choice or Choice()
    subject = find_subject(store, source) if text is None else text_subject(store, text)
    subject = _with_claims(store, subject, scorer)
    if choice.past_only and subject.published is None:
        hint = "give --until DATE instead"
        raise SeedError("--past-only needs the date of what you compare with, which has none", hint=hint)
    listed = subject.listed if only_listed else None
    asked = selecting.ask(
        store, choice, subject.title, subject.text, subject.published, exclude=subject.articles, among=listed
    )
    index = current_index(store, tick)
    by_topic = sort is Sort.TOPIC and choice.diverse is None and not choice.sided()
    pool = limit if by_topic else max(limit, POOL)
    chosen = selecting.select(store, index, asked, limit=pool if choice.sided() else limit, pool=pool)
    passing = asked.passed.ids if asked.passed else None
    candidates = _candidates(store, subject, [hit for hit, _ in chosen], scorer, passing)
    if choice.fresh is not None:
        adjusted = {hit.article_id: score for hit, score in chosen}
        candidates = [replace(item, adjusted=adjusted[item.hit.article_id]) for item in candidates]
    told = (siding.note(candidates),) if choice.sided() else ()
    of_side = siding.of_side(candidates, choice.side)
    candidates = siding.balanced(candidates) if choice.balanced else of_side
    in_order = choice.balanced or (sort is Sort.TOPIC and choice.diverse is not None)
    found = ranking.rank(candidates, None if in_order else sort)[:limit]
    left_out = (*told, *selecting.left_out(index, asked, empty=not chosen))
    off = tuple(
        f"switched off in the seed file, and no claim of this list: “{text}”" for text in subject.unknown
    )
    return replace(subject, left_out=(*left_out, *off)), found


def keep(store: Store, seed: StoredSeed, scorer: Scorer) -> int:
    """Work out a seed's ranking and keep it for browsing: the `KEPT` nearest and its whole list.

    Returns:
        How many pieces are ranked.
    """
    subject = _with_claims(store, seed_subject(store, seed), scorer)
    index = current_index(store)
    own, listed = store.library.firsts(subject.articles), store.library.firsts(subject.listed)
    hits = index.query(subject.title, subject.text, limit=KEPT, exclude=own)
    missing = listed - own - {hit.article_id for hit in hits}
    if missing:
        hits += index.query(subject.title, subject.text, limit=len(missing), among=missing)
    found = folding.families(store, (hit.article_id for hit in hits))
    chosen = [
        (hit, one)
        for hit in hits
        for one in folding.all_listed(found.members[hit.article_id], subject.listed)
    ]
    ranked = ranking.rank(_judged(store, subject, chosen, found, scorer))
    with store.transaction():
        store.results.save_rankings(seed.id, [ranking_row(item) for item in ranked], datetime.now(UTC))
    return len(ranked)


def current_index(store: Store, tick: Callable[[int], None] = lambda _: None) -> TopicIndex:
    """The kept index, with what was added or changed since put in and what is gone taken out.

    The index knows the last change of the archive that it has; only later ones are looked at, and where that
    change is none of this database's (the tables were made anew), every article is.
    """
    try:
        index = TopicIndex.open(store.index_folder)
    except ArchiveError:  # damaged, or of another version: it is derived, so it is made anew
        index = TopicIndex.rebuild(store.index_folder)
    last = store.library.last_change()  # read first: what changes from here on has a later number
    if index.seen == last and index.fresh:
        return index
    ids = store.library.changed_since(index.seen) if index.seen else None
    now = store.library.digests(ids)
    if ids is None:
        removed = index.known() - now.keys()
        changed = [article_id for article_id, digest in now.items() if not index.holds(article_id, digest)]
    else:
        removed, changed = ids - now.keys(), list(now)
    index.update(_documents(store, changed, now, tick), removed, seen=last)
    return index


def find_subject(store: Store, source: str | None) -> Subject:
    """What a user means by SEED, URL, ID or FILE.

    Raises:
        NotFoundError: nothing goes by that name.
        SeedError: the file can't be used.
    """
    if source is None:
        return seed_subject(store, _only_seed(store))
    seed = store.lists.by_key(source) or store.lists.by_key(seeds.slug(Path(source).stem))
    if seed and (source == seed.key or Path(source).suffix == ".toml" or not Path(source).exists()):
        subject = seed_subject(store, seed)
        file = Path(source).suffix == ".toml" and Path(source).is_file()
        return replace(subject, written=seeds.load(source).claims) if file else subject
    article_id = lookup.article_id(store, source)
    if article_id is not None:
        article = store.library.get(article_id)
        if article:
            own = (article_id,)
            return Subject(
                article.title, article.text, own, published=article.published, archived=article_id,
                author=article.authors, outlet=article.outlet,
            )  # fmt: skip
    if re.match(r"https?://", source, re.I) or not Path(source).exists():
        kind = "address" if "://" in source else "seed, id or file"
        hint = "`status` lists what is archived; `fetch` archives a new one"
        raise NotFoundError(f"no {kind} of that name", where=source, hint=hint)
    return _file_subject(store, source)


def seed_subject(store: Store, seed: StoredSeed) -> Subject:
    """A seed as the thing to compare with: its article, or its titles where there is no text."""
    links = store.lists.links(seed.id)
    listed = tuple(sorted({link.article_id for link in links if link.article_id} - {seed.article_id}))
    article = store.library.get(seed.article_id) if seed.article_id else None
    if article and seed.article_id:
        day = seed.published or article.published
        own = (seed.article_id,)
        return Subject(
            article.title, article.text, own, seed, listed, published=day, archived=seed.article_id,
            author=article.authors or seed.author, outlet=article.outlet or seed.outlet,
        )  # fmt: skip
    titles = "\n".join(link.reference.title for link in links)
    return Subject(
        seed.title, titles, (), seed, listed, NO_TEXT, seed.published, author=seed.author, outlet=seed.outlet
    )


def text_subject(store: Store, text: str) -> Subject:
    """Any text as the thing to compare with.

    Raises:
        SeedError: there is no text.
    """
    read = seeds.pasted(text)
    own = store.library.by_digest(text_digest(Article(None, read.title, read.body)))
    return Subject(read.title, read.body, (own,) if own else (), published=read.published)


def _file_subject(store: Store, source: str) -> Subject:
    seed = seeds.load(source)
    own = store.library.by_key(url_key(seed.url)) if seed.url else None
    known = store.lists.by_key(seed.key)
    if known and known.article_id:
        own = known.article_id
    listed = seed_subject(store, known).listed if known else ()
    text = seed.text or "\n".join(reference.title for reference in seed.references)
    note = None if seed.text else NO_TEXT
    return Subject(
        seed.title, text, (own,) if own else (), known, listed, note, seed.published, author=seed.author,
        outlet=seed.outlet, named=() if known else tuple(one.title for one in seed.references),
        written=seed.claims,
    )  # fmt: skip


def _with_claims(store: Store, subject: Subject, scorer: Scorer) -> Subject:
    """A subject with the claims of its list; as it is where the model judges none."""
    if not scorer.judges_claims:
        return subject
    itself = Article(None, subject.title, "", subject.author, subject.outlet)
    found = judging.claims_of(store, itself, subject.seed, subject.named, subject.written)
    return replace(subject, claims=found.claims, unknown=found.unknown)


def _only_seed(store: Store) -> StoredSeed:
    known = store.lists.all()
    if len(known) == 1:
        return known[0]
    names = ", ".join(seed.key for seed in known) or "none yet"
    raise NotFoundError("which seed?", hint=f"say one of: {names}")


def _documents(
    store: Store, ids: Sequence[int], digests: dict[int, str], tick: Callable[[int], None]
) -> Iterable[Document]:
    for article in store.library.documents(ids):
        if article.id is not None:
            tick(1)
            yield Document(article.id, article.title, article.text, digests[article.id])


def _candidates(
    store: Store,
    subject: Subject,
    hits: Sequence[Hit],
    scorer: Scorer,
    passing: Collection[int] | None = None,
) -> list[Candidate]:
    """The articles to rank: of each hit's copies the one to show."""
    found = folding.families(store, (hit.article_id for hit in hits))
    listed = set(subject.listed)
    chosen = [(hit, folding.shown(found.members[hit.article_id], listed, passing)) for hit in hits]
    return _judged(store, subject, chosen, found, scorer)


def _judged(
    store: Store, subject: Subject, chosen: Sequence[tuple[Hit, int]], found: Families, scorer: Scorer
) -> list[Candidate]:
    """Hits, each with the copy to show, judged for their sides."""
    articles = store.library.many(shown for _, shown in chosen)
    itself = Article(None, subject.title, subject.text, subject.author, subject.outlet)
    agreements = judging.agreements(store, itself, subject.archived, articles, subject.claims, scorer)
    return [
        Candidate(
            article=replace(articles[shown], text=""),
            hit=hit,
            agreement=agreements[shown],
            listed=shown in subject.listed,
            also_at=folding.elsewhere(found, hit.article_id, shown),
        )
        for hit, shown in chosen
        if shown in articles
    ]
