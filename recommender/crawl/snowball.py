"""The further reading of the further reading, breadth first.

    seeds ─► their lists (depth 1) ─► the pieces' own lists (depth 2) ─► …        until depth or limit

A piece whose page names further reading becomes a seed of its own. Pages are fetched as `fetch` fetches them, so
a snowball that is stopped, by its limit or by a kill, is gone on with by the next one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from recommender import seeds as seed_sources
from recommender.crawl.links import fetch_links
from recommender.crawl.pipeline import discover, finish
from recommender.crawl.report import Options, Report
from recommender.crawl.run import Run, started
from recommender.models import Seed, StoredSeed
from recommender.references import from_html
from recommender.store.database import Store


@dataclass(frozen=True, slots=True)
class Level:
    """What one depth gave."""

    depth: int  # 1: the seeds' own lists
    seeds: tuple[StoredSeed, ...]  # whose lists
    asked: int  # pages fetched for it
    left: int  # pages not fetched, for the limit


@dataclass(frozen=True, slots=True)
class Snowball:
    """What became of a snowball."""

    levels: tuple[Level, ...]
    report: Report  # over the lists of all depths

    @property
    def left(self) -> int:
        """Pages not fetched, for the limit."""
        return sum(level.left for level in self.levels)


def snowball(
    store: Store, sources: Sequence[Seed], options: Options, *, depth: int, limit: int,
    tick: Callable[[int], None] = lambda _: None,
) -> Snowball:  # fmt: skip
    """Archive seeds' further reading, and theirs.

    Args:
        store: the archive.
        sources: as `seeds.load` gives them.
        options: how to fetch.
        depth: how many lists deep; 1 is what `fetch` does.
        limit: pages asked for at the most, in all.
        tick: told of each page that is done with.

    Raises:
        ArchiveError: the archive can't be written; what was archived before is whole.
    """
    levels: list[Level] = []
    with started(store, options, tick) as run:
        met: dict[int, StoredSeed] = {}
        known = [discover(run, seed) for seed in sources]
        for number in range(1, depth + 1):
            before = run.asked
            left = fetch_links(run, known, max(0, limit - run.asked))
            levels.append(Level(number, tuple(known), run.asked - before, left))
            met |= {seed.id: seed for seed in known}
            if number == depth or left or not known:
                break
            run.options = replace(options, text=None)
            known = [discover(run, seed) for seed in _pieces(run, known, set(met))]
        return Snowball(tuple(levels), finish(run, list(met.values())))


def _pieces(run: Run, seeds: Sequence[StoredSeed], met: set[int]) -> Iterator[Seed]:
    """The archived pieces of these lists as seeds; each once, in the order of the lists."""
    lists, library = run.store.lists, run.store.library
    articles = {seed.article_id for seed in lists.all() if seed.id in met}
    for seed in seeds:
        for link in lists.links(seed.id):
            if link.article_id is None or link.article_id in articles:
                continue
            articles.add(link.article_id)
            best = library.best_capture(link.article_id)
            article = library.get(link.article_id)
            body = run.archivist.html(best) if best else None
            if best is None or article is None or not body or not from_html(body, best.url):
                continue
            yield Seed(
                key=_key(run, article.title, best.url), title=article.title, source=best.url,
                author=article.authors, outlet=article.outlet, published=article.published, url=best.url,
            )  # fmt: skip


def _key(run: Run, title: str, url: str) -> str:
    """The key of the seed that this page is already, or a new one that no other seed has."""
    known = run.store.lists.by_url(url)
    if known:
        return known.key
    key = seed_sources.slug(title)
    if run.store.lists.by_key(key) is None:
        return key
    return f"{key}-{hashlib.sha256(url.encode()).hexdigest()[:8]}"
