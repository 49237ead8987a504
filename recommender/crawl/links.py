"""The references of lists: which are left, whose turn they are, and what became of each.

what is left ─► known already? ─► claim ─► crawl ─► settle
                                    └─ another run has it ─► wait for what becomes of it
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from recommender.crawl.archivist import Expected
from recommender.crawl.pages import GOOD, Page, Result
from recommender.crawl.run import LOOK, Run
from recommender.crawl.urls import url_key
from recommender.crawl.verdicts import OK
from recommender.models import State, StoredLink, StoredSeed, Via
from recommender.store.database import Store
from recommender.store.lists import LEFT

Wanted = Mapping[str, Sequence[StoredLink]]  # by URL


def fetch_links(run: Run, seeds: Sequence[StoredSeed], limit: int | None = None) -> int:
    """Fetch what is left of all seeds' lists at once, so that different hosts are asked side by side.

    Args:
        run: the run.
        seeds: whose lists.
        limit: pages at the most; the others stay pending.

    Returns:
        How many pages stayed pending for the limit.
    """
    with run.store.transaction():  # looked up and claimed at once: nobody can archive a page in between
        everything = _wanted(run, seeds)
        wanted: Wanted = dict(list(everything.items())[:limit])
        ours = run.claims.take(map(url_key, wanted))
    left = len(everything) - len(wanted)
    while wanted:
        _crawl(run, {url: links for url, links in wanted.items() if url_key(url) in ours}, seeds)
        rest = {url: links for url, links in wanted.items() if url_key(url) not in ours}
        if rest:
            time.sleep(LOOK)
        with run.store.transaction():
            wanted = _still_open(run, rest)
            ours = run.claims.take(map(url_key, wanted))
    _mark_duplicates(run, seeds)
    return left


def _wanted(run: Run, seeds: Sequence[StoredSeed]) -> Wanted:
    """What is to be asked for. A page that another list or run archived is settled without, in the same transaction."""
    wanted: dict[str, list[StoredLink]] = {}
    for seed in seeds:
        for link in run.store.lists.links(seed.id):
            url = link.reference.url
            if not url or not (link.state in LEFT or run.options.refresh):
                continue
            if link.state in LEFT and _settle_known(run, link, url):
                continue
            wanted.setdefault(url, []).append(link)
    return wanted


def _crawl(run: Run, wanted: Wanted, seeds: Sequence[StoredSeed]) -> None:
    if not wanted:
        return
    by_id = {seed.id: seed for seed in seeds}
    pages = []
    for url, links in wanted.items():
        reference, seed = links[0].reference, by_id[links[0].seed_id]
        run.expected[url] = Expected(reference.title, reference.author, seed.outlet)
        pages.append(page_of(run.store, url, reference.title, reference.published or seed.published))

    def settle(result: Result) -> None:
        for link in wanted[result.page.url]:
            _settle(run, link, result)

    run.crawl(pages, settle)


def page_of(store: Store, url: str, title: str, published: date | None) -> Page:
    """What to ask for; with the validators of the copy we have where one is to be refreshed."""
    article_id = store.library.by_key(url_key(url))
    best = store.library.best_capture(article_id) if article_id else None
    if best is None or best.verdict != OK or best.via is not Via.LIVE:
        return Page(url, title, published)
    return Page(url, title, published, best.etag, best.last_modified)


def _settle_known(run: Run, link: StoredLink, url: str) -> bool:
    """Settle a reference whose page is archived."""
    article_id = run.store.library.by_key(url_key(url))
    best = run.store.library.best_capture(article_id) if article_id else None
    if best is None or best.verdict != OK:
        return False
    with run.store.transaction():
        run.store.lists.settle(link.id, State.ARCHIVED, None, datetime.now(UTC), capture_id=best.id)
    return True


def _still_open(run: Run, wanted: Wanted) -> Wanted:
    """What is left of the pages that another run had claimed, once it is done with them or gone."""
    rest: dict[str, list[StoredLink]] = {}
    for url, links in wanted.items():
        if run.claims.taken([url_key(url)]):
            rest[url] = list(links)
            continue
        left = [link for link in links if not _settle_as_others(run, link, url)]
        if left:
            rest[url] = left
    return rest


def _settle_as_others(run: Run, link: StoredLink, url: str) -> bool:
    """Settle a reference by what another run has just found: this very row, the archive, or another list's row."""
    now = run.store.lists.link(link.id)
    if now is None or now.attempts != link.attempts or _settle_known(run, link, url):
        return True
    fate = run.store.lists.fate(url, run.started)
    if fate is None:
        return False
    with run.store.transaction():
        run.store.lists.settle(link.id, fate.state, fate.reason, datetime.now(UTC))
    return True


def _settle(run: Run, link: StoredLink, result: Result) -> None:
    """Write down what became of one reference. A good copy from before outlives a bad answer now."""
    kept = run.kept.get(result.page.url)
    good = kept if kept and kept.verdict in GOOD else None
    state, reason = result.state, result.reason
    if good is None and link.article_id and state in {State.FAILED, State.SKIPPED, State.PENDING}:
        state, reason = State.ARCHIVED, f"copy kept; asked again: {reason}"
    capture_id = good.capture_id if good else None
    run.store.lists.settle(link.id, state, reason, datetime.now(UTC), capture_id=capture_id)


def _mark_duplicates(run: Run, seeds: Sequence[StoredSeed]) -> None:
    """A piece that one list names twice is one piece and a duplicate."""
    with run.store.transaction():
        for seed in seeds:
            first: dict[int, StoredLink] = {}
            for link in run.store.lists.links(seed.id):
                if link.article_id is None or link.state not in {State.ARCHIVED, State.UNCHANGED}:
                    continue
                original = first.setdefault(link.article_id, link)
                if original.id != link.id:
                    reason = f"the same piece as no. {original.position}"
                    now = datetime.now(UTC)
                    run.store.lists.settle(link.id, State.DUPLICATE, reason, now, duplicate_of=original.id)
