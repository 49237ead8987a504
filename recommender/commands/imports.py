"""`import`: articles from a file."""

from __future__ import annotations

from pathlib import Path

import click

from recommender.commands.options import archive_option
from recommender.errors import EXIT_PARTIAL
from recommender.progress import counter

SHOWN = 5  # bad rows named one by one; more would bury the summary


@click.command("import", short_help="Take in articles you already have (.jsonl, .csv).")
@click.argument("file", type=click.Path(path_type=Path))
@archive_option
@click.option("--quiet", "-q", is_flag=True, help="Only errors.")
@click.pass_context
def command(ctx: click.Context, file: Path, archive: Path, quiet: bool) -> None:
    """Take articles in FILE (.jsonl or .csv, also .gz) into the archive.

    Fields: title and text; and any of url, date, source, authors, id. Articles that are there already
    stay as they are. Exit code 2 where rows were left out.
    """
    from recommender.intake import take_in
    from recommender.store.database import Store

    with Store.open(archive, create=True) as store, counter("Importing", quiet=quiet) as tick:
        result = take_in(store, file, tick)
    for row in result.bad[:SHOWN]:
        click.echo(f"{file}:{row.line}: left out: {row.reason}", err=True)
    if len(result.bad) > SHOWN:
        click.echo(f"{file}: {len(result.bad) - SHOWN} more rows left out", err=True)
    if not quiet:
        click.echo(
            f"{result.rows} rows: {result.added} added, {result.known} known, {len(result.bad)} left out."
        )
    ctx.exit(EXIT_PARTIAL if result.bad else 0)
