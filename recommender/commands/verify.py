"""`verify`: is all that was archived still there?"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from recommender.commands.options import archive_option, format_option
from recommender.errors import EXIT_PARTIAL
from recommender.output import Format, as_json, clean
from recommender.progress import counter
from recommender.store.findings import Level, Verified

MEGABYTE = 1_000_000  # bytes


@click.command("verify", short_help="Check every archived byte and row.")
@archive_option
@format_option(Format.TABLE, Format.JSON)
@click.option("--quiet", "-q", is_flag=True, help="Only what is wrong.")
@click.pass_context
def command(ctx: click.Context, archive: Path, style: Format, quiet: bool) -> None:
    """Check every row against its WARC record, and every byte of the WARC files. Writes nothing.

    One line for each finding: what is damaged, where, which capture it hits and what to do. Exit code 2
    where anything is damaged. A run may be at work meanwhile.
    """
    from recommender.store.verify import size_of, verify

    with counter("Verifying (bytes)", total=size_of(archive), quiet=quiet) as tick:
        done = verify(archive, tick)
    if style is Format.JSON:
        facts = asdict(done) | {"intact": done.intact}
        click.echo(as_json(facts))
    else:
        for finding in done.findings:
            if finding.level is Level.DAMAGE or not quiet:
                click.echo(clean(finding.line()))
        if not quiet:
            click.echo(summary(done))
    ctx.exit(0 if done.intact else EXIT_PARTIAL)


def summary(done: Verified) -> str:
    """The account in one line."""
    damaged = done.count(Level.DAMAGE)
    start = "Intact" if done.intact else f"{damaged} damaged"
    read = (
        f"{done.captures} captures of {done.articles} articles, {done.records} records in {done.files} files"
    )
    busy = f", {done.writing} being written" if done.writing else ""
    return f"{start}: {read}{busy}, {done.bytes / MEGABYTE:.1f} MB."
