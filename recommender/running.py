"""`fetch` and `snowball` from the command line's words to a report. Sources are read first: bad input costs nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from recommender import seeds
from recommender.crawl.pipeline import fetch
from recommender.crawl.report import Options, Report
from recommender.crawl.snowball import Snowball, snowball
from recommender.crawl.urls import is_web
from recommender.errors import SeedError
from recommender.models import Seed, StoredSeed
from recommender.progress import counter
from recommender.reading import plain
from recommender.rebuild import recover
from recommender.similar import keep
from recommender.stance.scorer import for_kept, load
from recommender.store.database import FILENAME, Store


def run(
    archive: Path, sources: Sequence[str], options: Options, text: Path | None, *, quiet: bool = False
) -> Report:
    """Read the seeds, fetch, and rank what is there for each of them.

    Raises:
        SeedError: a source, or the text, can't be used; nothing has been done then.
        ArchiveError: the archive can't be written; what was archived before is whole.
    """
    loaded = [_load(archive, source) for source in sources]
    if text:
        if len(loaded) != 1:
            raise SeedError("--text goes with one seed", where=text, hint="fetch the others by themselves")
        options = replace(options, text=_body(text))
    with _opened(archive, "Fetching", quiet) as (store, tick):
        report = fetch(store, loaded, options, tick)
        _rank(store, [item.seed for item in report.seeds])
    return report


def roll(
    archive: Path, sources: Sequence[str], options: Options, *, depth: int, limit: int, quiet: bool = False
) -> Snowball:
    """Read the seeds, fetch their lists and the lists of what these name, and rank for the seeds given.

    Raises:
        SeedError: a source can't be used; nothing has been done then.
        ArchiveError: the archive can't be written; what was archived before is whole.
    """
    loaded = [_load(archive, source) for source in sources]
    with _opened(archive, "Fetching", quiet) as (store, tick):
        done = snowball(store, loaded, options, depth=depth, limit=limit, tick=tick)
        _rank(store, done.levels[0].seeds)
    return done


def _load(archive: Path, source: str) -> Seed:
    """A seed from a file or an address; or the one that the archive knows by this key, whose list stands there."""
    if (archive / FILENAME).exists() and not is_web(source) and not Path(source).is_file():
        with Store.open(archive) as store:
            known = store.lists.by_key(source)
        if known:
            return Seed(
                known.key, known.title, known.source, known.author, known.outlet, known.published, known.url
            )
    return seeds.load(source)


@contextmanager
def _opened(archive: Path, label: str, quiet: bool) -> Iterator[tuple[Store, Callable[[int], None]]]:
    """An archive to be written to, with what a killed run left taken in, and a progress bar."""
    with Store.open(archive, create=True) as store, counter(label, quiet=quiet) as tick:
        recover(store)
        yield store, tick


def _rank(store: Store, known: Sequence[StoredSeed]) -> None:
    scorer = load(for_kept())
    for seed in known:
        if store.library.count():
            keep(store, store.lists.by_key(seed.key) or seed, scorer)


def _body(path: Path) -> str:
    """The body of a text file, without the furniture of the page it was copied from."""
    article = plain.read(seeds.decode(seeds.read_file(path), path))
    if not article.body:
        raise SeedError("no text in it", where=path)
    return article.body
