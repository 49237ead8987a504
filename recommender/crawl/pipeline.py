"""`fetch`, in call order.

    seed ─► its page ─► references ─► URLs ─► captures ─► rankings
           (crawler)   (references)  (finding)  (crawler, archivist)  (similar)

Each step is committed before the next begins: a run that is stopped anywhere is gone on with by the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from importlib.metadata import version
from urllib.parse import urlsplit

from recommender import seeds as seed_sources
from recommender.crawl.archivist import Archivist, Expected, Kept
from recommender.crawl.crawler import GOOD, Crawler, Page, Result, Stage
from recommender.crawl.finding import Finder, Html
from recommender.crawl.http import Client, agent_string
from recommender.crawl.outcomes import Hop
from recommender.crawl.report import Options, Report, SeedReport
from recommender.crawl.urls import url_key
from recommender.crawl.verdicts import OK
from recommender.crawl.wayback import Wayback
from recommender.errors import ReadmoreError
from recommender.models import Capture, Method, Seed, State, StoredLink, StoredSeed, Via
from recommender.store.database import Store
from recommender.store.lists import LEFT
from recommender.store.warc import WarcWriter

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(slots=True)
class _Run:
    """What the steps of one run share."""

    store: Store
    archivist: Archivist
    client: Client
    wayback: Wayback | None
    options: Options
    tick: Callable[[int], None]
    kept: dict[str, Kept] = field(default_factory=dict)  # by the URL asked for, this run
    expected: dict[str, Expected] = field(default_factory=dict)
    asked: int = 0
    answered: int = 0

    def crawl(self, pages: Sequence[Page]) -> Iterable[Result]:
        """Fetch pages; counts who was asked and who answered."""
        crawler = Crawler(self.client, self.wayback, self._keep, delay=self.options.delay)
        for result in crawler.crawl(pages):
            self.asked += 1
            self.answered += result.answered
            self.tick(1)
            yield result

    def _keep(self, page: Page, capture: Capture, hops: tuple[Hop, ...]) -> str:
        kept = self.archivist.keep(capture, hops, self.expected.get(page.url))
        self.kept[page.url] = kept
        return kept.verdict


def fetch(
    store: Store,
    sources: Sequence[Seed],
    options: Options,
    tick: Callable[[int], None] = lambda _: None,
) -> Report:
    """Archive seeds' further reading.

    Args:
        store: the archive.
        sources: as `seeds.load` gives them.
        options: how.
        tick: told of each page that is done with.

    Raises:
        ArchiveError: the archive can't be written; what was archived before is whole.
    """
    with ExitStack() as stack:
        agent = agent_string(options.contact)
        client = stack.enter_context(Client(agent, allow_private=options.allow_private))
        writer = stack.enter_context(
            WarcWriter(store.warc_folder, software=f"readmore/{version('readmore')}")
        )
        wayback = None
        if options.wayback_url:  # named by the user, so it may be on this machine or network
            archive_client = stack.enter_context(Client(agent, allow_private=True))
            wayback = _wayback(archive_client, options.wayback_url)
        run = _Run(store, Archivist(store, writer), client, wayback, options, tick)
        with store.transaction():
            run_id = store.results.start_run(datetime.now(UTC))
        known = [_discover(run, seed) for seed in sources]
        _fetch_links(run, known)
        counts = store.lists.counts([seed.id for seed in known])
        with store.transaction():
            store.results.finish_run(run_id, counts, datetime.now(UTC))
    reports = [SeedReport(_again(store, seed), tuple(store.lists.links(seed.id))) for seed in known]
    return Report(tuple(reports), counts, answered=bool(run.answered or not run.asked))


def _wayback(client: Client, base: str) -> Wayback:
    """A client of the web archive; one on this machine needs no sparing."""
    if urlsplit(base).hostname in LOOPBACK:
        return Wayback(client, base, cdx_interval=0, replay_interval=0)
    return Wayback(client, base)


# Seed, page, references, URLs


def _discover(run: _Run, seed: Seed) -> StoredSeed:
    """Keep a seed, its page and its references, and find their URLs."""
    with run.store.transaction():
        stored = run.store.lists.save(seed, datetime.now(UTC))
    page = _seed_page(run, seed, stored)
    if page:
        seed = _enriched(seed, page.body)
    if run.options.text or (seed.text and not page):
        article_id = run.archivist.keep_text(seed, run.options.text or seed.text or "")
        _set_page(run, stored, State.ARCHIVED, None if page else "the text given", article_id)
    keys = [url_key(reference.url) if reference.url else None for reference in seed.references]
    with run.store.transaction():
        stored = run.store.lists.save(seed, datetime.now(UTC))
        run.store.lists.discover(stored.id, seed.references, keys, datetime.now(UTC))
    _resolve(run, seed, stored, page)
    return stored


def _enriched(seed: Seed, html: bytes) -> Seed:
    """A seed with what its page says; a page in which no article is found adds nothing."""
    try:
        return seed_sources.enrich(seed, seed_sources.from_page(html, source=seed.source, url=seed.url))
    except ReadmoreError:
        return seed


def _seed_page(run: _Run, seed: Seed, stored: StoredSeed) -> Html | None:
    """The seed's own page: the saved one, the archived one, or else fetched."""
    if seed.html:
        kept = run.archivist.keep_page(seed, seed.html)
        state = State.ARCHIVED if kept.verdict in GOOD else State.FAILED
        _set_page(run, stored, state, None if kept.verdict in GOOD else kept.verdict, kept.article_id)
        return Html(seed.html, Via.IMPORT)
    if not seed.url:
        return None
    old = run.store.library.page_capture(seed.url)
    if old and not run.options.refresh:
        return _html(run, old.id)
    run.expected[seed.url] = Expected(seed.title, seed.author, seed.outlet)
    for result in run.crawl([_page(run, seed.url, seed.title, seed.published)]):
        kept_now = run.kept.get(seed.url)
        good = kept_now if kept_now and kept_now.verdict in GOOD else None
        article_id = good.article_id if good else stored.article_id
        _set_page(run, stored, result.state, result.reason, article_id)
        capture_id = good.capture_id if good else old.id if old else None
        return _html(run, capture_id)
    return None


def _html(run: _Run, capture_id: int | None) -> Html | None:
    capture = run.store.library.capture(capture_id) if capture_id else None
    body = run.archivist.html(capture) if capture else None
    return Html(body, capture.via) if body and capture else None


def _set_page(
    run: _Run, stored: StoredSeed, state: State, reason: str | None, article_id: int | None
) -> None:
    with run.store.transaction():
        run.store.lists.set_page(stored.id, state, reason, article_id)


def _resolve(run: _Run, seed: Seed, stored: StoredSeed, page: Html | None) -> None:
    """Give references their URLs: the seed file's own, the page's links, its memento's, the index's."""
    finder = Finder(seed, page, run.wayback, lambda: _memento_html(run, seed))
    for link in run.store.lists.links(stored.id):
        if link.method is not Method.NONE:
            continue
        found = finder.find(link.reference)
        now = datetime.now(UTC)
        with run.store.transaction():
            if found.url:
                run.store.lists.resolve(link.id, found.url, found.method, found.confidence, now)
            else:
                state = State.PENDING if finder.unreached else State.FAILED
                run.store.lists.settle(link.id, state, found.reason, now)


def _memento_html(run: _Run, seed: Seed) -> Html | None:
    """An archived copy of the seed's page, kept like any other."""
    if not seed.url:
        return None
    page = replace(_page(run, seed.url, seed.title, seed.published), stage=Stage.MEMENTO)
    for _ in run.crawl([page]):
        pass
    kept = run.kept.get(seed.url)
    return _html(run, kept.capture_id) if kept and kept.verdict in GOOD else None


# References


def _fetch_links(run: _Run, known: Sequence[StoredSeed]) -> None:
    """Fetch what is left of all seeds' lists at once, so that different hosts are asked side by side."""
    wanted: dict[str, list[StoredLink]] = {}
    seeds = {seed.id: seed for seed in known}
    for seed in known:
        for link in run.store.lists.links(seed.id):
            url = link.reference.url
            if url and (link.state in LEFT or run.options.refresh):
                if link.state in LEFT and _settle_known(run, link, url):
                    continue
                wanted.setdefault(url, []).append(link)
    pages = []
    for url, links in wanted.items():
        reference, seed = links[0].reference, seeds[links[0].seed_id]
        run.expected[url] = Expected(reference.title, reference.author, seed.outlet)
        pages.append(_page(run, url, reference.title, reference.published or seed.published))
    for result in run.crawl(pages):
        for link in wanted[result.page.url]:
            _settle(run, link, result)
    _mark_duplicates(run, known)


def _page(run: _Run, url: str, title: str, published: date | None) -> Page:
    """What to ask for; with the validators of the copy we have where one is to be refreshed."""
    article_id = run.store.library.by_key(url_key(url))
    best = run.store.library.best_capture(article_id) if article_id else None
    if best is None or best.verdict != OK or best.via.value != "live":
        return Page(url, title, published)
    return Page(url, title, published, best.etag, best.last_modified)


def _settle_known(run: _Run, link: StoredLink, url: str) -> bool:
    """A page that another list or run archived is not asked for again."""
    article_id = run.store.library.by_key(url_key(url))
    best = run.store.library.best_capture(article_id) if article_id else None
    if best is None or best.verdict != OK:
        return False
    with run.store.transaction():
        now = datetime.now(UTC)
        run.store.lists.settle(link.id, State.ARCHIVED, None, now, article_id=article_id, capture_id=best.id)
    return True


def _settle(run: _Run, link: StoredLink, result: Result) -> None:
    """Write down what became of one reference. A good copy from before outlives a bad answer now."""
    kept = run.kept.get(result.page.url)
    good = kept if kept and kept.verdict in GOOD else None
    state, reason = result.state, result.reason
    if good is None and link.article_id and state in {State.FAILED, State.SKIPPED, State.PENDING}:
        state, reason = State.ARCHIVED, f"copy kept; asked again: {reason}"
    with run.store.transaction():
        run.store.lists.settle(
            link.id,
            state,
            reason,
            datetime.now(UTC),
            article_id=good.article_id if good else None,
            capture_id=good.capture_id if good else None,
        )


def _mark_duplicates(run: _Run, known: Sequence[StoredSeed]) -> None:
    """A piece that one list names twice is one piece and a duplicate."""
    for seed in known:
        first: dict[int, StoredLink] = {}
        for link in run.store.lists.links(seed.id):
            if link.article_id is None or link.state not in {State.ARCHIVED, State.UNCHANGED}:
                continue
            original = first.setdefault(link.article_id, link)
            if original.id == link.id:
                continue
            reason = f"the same piece as no. {original.position}"
            with run.store.transaction():
                run.store.lists.settle(
                    link.id, State.DUPLICATE, reason, datetime.now(UTC), duplicate_of=original.id
                )


def _again(store: Store, seed: StoredSeed) -> StoredSeed:
    return store.lists.by_key(seed.key) or seed
