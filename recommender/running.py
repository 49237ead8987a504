"""`fetch` from the command line's words to a report: sources read first, so that bad input costs nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from recommender import seeds
from recommender.crawl.pipeline import fetch
from recommender.crawl.report import Options, Report
from recommender.errors import SeedError
from recommender.progress import counter
from recommender.reading import plain
from recommender.similar import keep
from recommender.stance.scorer import load
from recommender.store.database import Store


def run(
    archive: Path, sources: Sequence[str], options: Options, text: Path | None, *, quiet: bool = False
) -> Report:
    """Read the seeds, fetch, and rank what is there for each of them.

    Raises:
        SeedError: a source, or the text, can't be used; nothing has been done then.
        ArchiveError: the archive can't be written; what was archived before is whole.
    """
    loaded = [seeds.load(source) for source in sources]
    if text:
        if len(loaded) != 1:
            raise SeedError("--text goes with one seed", where=text, hint="fetch the others by themselves")
        options = replace(options, text=_body(text))
    with Store.open(archive, create=True) as store, counter("Fetching", quiet=quiet) as tick:
        report = fetch(store, loaded, options, tick)
        scorer = load()
        for item in report.seeds:
            if store.library.count():
                keep(store, item.seed, scorer)
    return report


def _body(path: Path) -> str:
    """The body of a text file, without the furniture of the page it was copied from."""
    article = plain.read(seeds.decode(seeds.read_file(path), path))
    if not article.body:
        raise SeedError("no text in it", where=path)
    return article.body
