"""`rebuild`: the database made anew from the WARCs."""

from __future__ import annotations

from pathlib import Path

import click

from recommender.commands.options import archive_option
from recommender.errors import EXIT_PARTIAL
from recommender.output import wrapped
from recommender.progress import counter

SHOWN = 5  # damaged places named one by one; `verify` names all


@click.command("rebuild", short_help="Make the database anew from the WARC files.")
@archive_option
@click.option("--quiet", "-q", is_flag=True, help="Only errors.")
@click.pass_context
def command(ctx: click.Context, archive: Path, quiet: bool) -> None:
    """Make the archive's database anew from its WARC files alone.

    Captures, articles, seeds and links come out as they were; the old database stays as readmore.db.old.
    Exit code 2 where a part of the WARCs could not be read.
    """
    from recommender.rebuild import rebuild

    with counter("Rebuilding", quiet=quiet) as tick:
        done = rebuild(archive, tick)
    lost = [damage for damage in done.damage if not damage.tail]
    for damage in lost[:SHOWN]:
        click.echo(f"{damage.file} at byte {damage.offset}: left out: {damage.reason}", err=True)
    if not quiet:
        click.echo(
            wrapped(
                f"{done.captures} captures, {done.imports} batches of imports and {done.notes} notes gave "
                f"{done.articles} articles and {done.links} links; {len(lost)} damaged places left out. "
                f"The old database is readmore.db.old."
            )
        )
    ctx.exit(EXIT_PARTIAL if lost else 0)
