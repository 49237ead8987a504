"""`fetch`, in call order.

    seed ─► its page ─► references ─► URLs ─► captures ─► rankings
           (crawler)   (references)  (finding)  (links.py)  (similar)

Each step is committed before the next begins: a run that is stopped anywhere is gone on with by the next.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from recommender import seeds as seed_sources
from recommender.crawl.archivist import Expected, Kept
from recommender.crawl.finding import Finder, Html
from recommender.crawl.links import fetch_links, page_of
from recommender.crawl.pages import GOOD, Result, Stage
from recommender.crawl.report import Options, Report, SeedReport
from recommender.crawl.run import Run, started
from recommender.crawl.urls import url_key
from recommender.errors import ReadmoreError
from recommender.models import (
    Capture,
    Method,
    Resolution,
    Seed,
    State,
    StoredCapture,
    StoredLink,
    StoredSeed,
    Via,
)
from recommender.store.database import Store


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
    with started(store, options, tick) as run:
        known = [discover(run, seed) for seed in sources]
        fetch_links(run, known)
        return finish(run, known)


def finish(run: Run, known: Sequence[StoredSeed]) -> Report:
    """The account of a run over these seeds, which ends it."""
    lists = run.store.lists
    counts = lists.counts([seed.id for seed in known])
    with run.store.transaction():
        run.claims.end()
        run.store.results.finish_run(run.id, counts, datetime.now(UTC))
    reports = [SeedReport(lists.by_key(seed.key) or seed, tuple(lists.links(seed.id))) for seed in known]
    return Report(tuple(reports), counts, answered=bool(run.answered or not run.asked))


# Seed, page, references, URLs


def discover(run: Run, seed: Seed) -> StoredSeed:
    """Keep a seed, its page and its references, and find their URLs."""
    with run.store.transaction():
        stored = run.store.lists.save(seed, datetime.now(UTC))
    page = _seed_page(run, seed, stored)
    if page:
        seed = _enriched(seed, page.body)
    if run.options.text or (seed.text and not page):
        kept = run.archivist.keep_text(seed, run.options.text or seed.text or "")
        _set_page(run, stored, State.ARCHIVED, None if page else "the text given", kept.capture_id)
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


def _seed_page(run: Run, seed: Seed, stored: StoredSeed) -> Html | None:
    """The seed's own page: the saved one, the archived one, or else fetched."""
    if seed.html:
        kept = _keep_page(run, seed, seed.html)
        state = State.ARCHIVED if kept.verdict in GOOD else State.FAILED
        _set_page(run, stored, state, None if kept.verdict in GOOD else kept.verdict, kept.capture_id)
        return Html(seed.html, Via.IMPORT)
    if not seed.url:
        return None
    old = run.store.library.page_capture(seed.url)
    if old is None or run.options.refresh:
        waited = run.claim(seed.url)
        old = run.store.library.page_capture(seed.url)
        if old is None or (run.options.refresh and not waited):
            return _fetched_page(run, seed, stored, old)
        run.release(seed.url)
    if stored.state is not State.ARCHIVED:
        _set_page(run, stored, State.ARCHIVED, None, old.id)
    return _html(run, old.id)


def _fetched_page(run: Run, seed: Seed, stored: StoredSeed, old: StoredCapture | None) -> Html | None:
    """The seed's page as it is now; the copy we have where it can't be had."""
    url = seed.url or ""
    run.expected[url] = Expected(seed.title, seed.author, seed.outlet)

    def settle(result: Result) -> None:
        _set_page(run, stored, result.state, result.reason, _good(run, url))

    run.crawl([page_of(run.store, url, seed.title, seed.published)], settle)
    return _html(run, _good(run, url) or (old.id if old else None))


def _good(run: Run, url: str) -> int | None:
    """The good capture that this run has of a page."""
    kept = run.kept.get(url)
    return kept.capture_id if kept and kept.verdict in GOOD else None


def _keep_page(run: Run, seed: Seed, page: bytes) -> Kept:
    """Keep a seed's page that the user saved, as it is."""
    now = datetime.now(UTC)
    url = seed.url or f"urn:readmore:seed:{seed.key}"
    capture = Capture(url, url, now, now, Via.IMPORT, 200, (("Content-Type", "text/html"),), page)
    expected = Expected(seed.title, seed.author, seed.outlet)
    return run.archivist.keep(capture, run.read(capture, None), (), expected)


def _html(run: Run, capture_id: int | None) -> Html | None:
    capture = run.store.library.capture(capture_id) if capture_id else None
    body = run.archivist.html(capture) if capture else None
    return Html(body, capture.via) if body and capture else None


def _set_page(run: Run, stored: StoredSeed, state: State, reason: str | None, capture_id: int | None) -> None:
    with run.store.transaction():
        run.store.lists.set_page(stored.id, state, reason, capture_id)


def _resolve(run: Run, seed: Seed, stored: StoredSeed, page: Html | None) -> None:
    """Give references their URLs: the seed file's own, the page's links, its memento's, the index's."""
    finder = Finder(seed, page, run.wayback, lambda: _memento_html(run, seed))
    left = [link for link in run.store.lists.links(stored.id) if link.method is Method.NONE]
    with run.store.transaction():  # these ask nobody
        for link in left:
            if link.reference.url:
                _note_address(run, link, finder.find(link.reference), finder)
    for link in left:
        if not link.reference.url:
            found = finder.find(link.reference)
            with run.store.transaction():
                _note_address(run, link, found, finder)


def _note_address(run: Run, link: StoredLink, found: Resolution, finder: Finder) -> None:
    now = datetime.now(UTC)
    if found.url:
        run.store.lists.resolve(link.id, found.url, found.method, found.confidence, now)
    else:
        state = State.PENDING if finder.unreached else State.FAILED
        run.store.lists.settle(link.id, state, found.reason, now)


def _memento_html(run: Run, seed: Seed) -> Html | None:
    """An archived copy of the seed's page, kept like any other."""
    if not seed.url:
        return None
    page = replace(page_of(run.store, seed.url, seed.title, seed.published), stage=Stage.MEMENTO)
    if run.claim(seed.url):
        found = run.store.library.page_capture(seed.url)
        if found and found.via is Via.WAYBACK:
            run.release(seed.url)
            return _html(run, found.id)
    run.crawl([page], lambda _: None)
    return _html(run, _good(run, seed.url))
