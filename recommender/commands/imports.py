"""`import`: articles, lists of addresses and other programs' web archives, from a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from recommender.commands.options import archive_option
from recommender.errors import EXIT_OK, EXIT_PARTIAL
from recommender.output import clean
from recommender.progress import counter

if TYPE_CHECKING:
    from recommender.intake import Intake, ListIntake, PageIntake

SHOWN = 5  # bad rows named one by one; more would bury the summary
KINDS = (
    "articles",
    "addresses",
    "bookmarks",
    "read-later",
    "feed",
    "opml",
    "warc",
    "wacz",
)  # imports.kinds.Kind


@click.command("import", short_help="Take in articles, lists of links, bookmarks, feeds, WARCs.")
@click.argument("file", type=click.Path(path_type=Path))
@archive_option
@click.option("--as", "kind", type=click.Choice(KINDS), help="What FILE is  [default: told by its content].")
@click.option("--quiet", "-q", is_flag=True, help="Only errors.")
@click.pass_context
def command(ctx: click.Context, file: Path, archive: Path, kind: str | None, quiet: bool) -> None:
    """Take what you already have in FILE into the archive.

    Articles (.jsonl or .csv with title and text; maybe url, date, source, authors, id) are kept as they are.
    Lists (addresses in a text, a browser's bookmarks.html, a CSV of Pocket or Instapaper, RSS, Atom, JSON Feed,
    OPML) become a seed, whose links `fetch` archives. The pages of a WARC or WACZ become captures. What is
    there already stays as it is. Exit code 2 where something was left out as damaged.
    """
    from recommender.imports.kinds import NAMES, Kind
    from recommender.imports.reading import kind_of
    from recommender.intake import take_in, take_list, take_pages
    from recommender.rebuild import recover
    from recommender.store.database import Store

    taken = Kind(kind) if kind else kind_of(file)
    if not quiet:
        click.echo(f"{file}: taken for {NAMES[taken]}", err=True)
    with Store.open(archive, create=True) as store, counter("Importing", quiet=quiet) as tick:
        recover(store)
        if taken is Kind.ARTICLES:
            code, said = _articles(file, take_in(store, file, tick))
        elif taken in {Kind.WARC, Kind.WACZ}:
            code, said = _pages(take_pages(store, file, taken, tick))
        else:
            code, said = _list(file, taken, take_list(store, file, taken))
    if not quiet:
        click.echo(said)
    ctx.exit(code)


def _articles(file: Path, done: Intake) -> tuple[int, str]:
    _name(
        [f"{file}:{row.line}: left out: {row.reason}" for row in done.bad], f"{file}: %d more rows left out"
    )
    said = f"{done.rows} rows: {done.added} added, {done.known} known, {len(done.bad)} left out."
    return EXIT_PARTIAL if done.bad else EXIT_OK, said


def _list(file: Path, kind: str, done: ListIntake) -> tuple[int, str]:
    from recommender.imports.kinds import ENTRIES, Kind

    bad = done.listing.bad
    _name([f"{file}:{row.line}: left out: {row.reason}" for row in bad], f"{file}: %d more left out")
    counts = [f"{done.added} new references", f"{done.known} known"]
    counts += [f"{len(bad)} left out"] if bad else []
    counts += [f"{count} {name}" for name, count in done.listing.left_out]
    said = f"{done.entries} {ENTRIES[Kind(kind)]}: {', '.join(counts)}."
    if done.listing.feeds:
        said += f" {len(done.listing.feeds)} feeds are named in it and not fetched."
    if done.listing.references:
        said += f" `readmore fetch {done.key}` archives them."
    return EXIT_PARTIAL if bad else EXIT_OK, clean(said)


def _pages(done: PageIntake) -> tuple[int, str]:
    told = [f"{one.file}{_byte(one.offset)}: damaged: {one.reason}" for one in done.damaged]
    _name(told, "%d more damaged places")
    counts = [f"{done.added} pages added", f"{done.known} known", f"{done.left_out.total()} not pages"]
    said = f"{done.records} records: {', '.join(counts)}, {len(done.damaged)} damaged."
    if done.left_out:
        said += f"\nNot pages: {_counts(done.left_out)}."
    if done.refused:
        said += f"\nKept, but not as articles: {_counts(done.refused)}."
    if done.articles:
        said += f"\n{done.articles} articles added that another readmore archive had imported."
    return EXIT_PARTIAL if done.damaged else EXIT_OK, said


def _counts(counted: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counted.most_common())


def _byte(offset: int | None) -> str:
    return "" if offset is None else f" at byte {offset}"


def _name(lines: Sequence[str], more: str) -> None:
    """Name what was left out, the first few."""
    for line in lines[:SHOWN]:
        click.echo(clean(line), err=True)
    if len(lines) > SHOWN:
        click.echo(more % (len(lines) - SHOWN), err=True)
