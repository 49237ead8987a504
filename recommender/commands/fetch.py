"""`fetch`: archive seeds' further reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from recommender.commands.consent import note_kept
from recommender.commands.options import archive_option, crawl_options, format_option
from recommender.commands.status import COLUMNS, KEYS, heading, row
from recommender.errors import EXIT_OK, EXIT_PARTIAL, EXIT_UNREACHABLE
from recommender.output import Format, show, wrapped

if TYPE_CHECKING:
    from recommender.crawl.report import Options, Report

DEFAULT_SEED = "seeds/ross-soleimani-putin.toml"


@click.command("fetch", short_help="Archive the further reading of a seed.")
@click.argument("sources", metavar="[SEED]...", nargs=-1)
@archive_option
@click.option(
    "--text", type=click.Path(path_type=Path), help="File with the seed's text, where its page can't be had."
)
@crawl_options
@click.option("--refresh", is_flag=True, help="Ask again for what is archived already.")
@click.option("--quiet", "-q", is_flag=True, help="Only errors.")
@format_option(Format.TABLE, Format.JSON, Format.CSV)
@click.pass_context
def command(
    ctx: click.Context, sources: tuple[str, ...], archive: Path, text: Path | None, options: Options,
    refresh: bool, quiet: bool, style: Format,
) -> None:  # fmt: skip
    """Archive the further reading of each SEED: a seed file, an article's address, a saved page or a text.

    Without SEED it takes seeds/ross-soleimani-putin.toml. Run again, it does only what is left.
    Exit codes: 0 all archived, 1 bad input, 2 some references are not, 3 nothing could be reached.
    """
    from recommender.running import run

    options = replace(options, refresh=refresh)
    report = run(archive, sources or (DEFAULT_SEED,), options, text, quiet=quiet)
    if not quiet:
        _print(report, style)
        note_kept()
    ctx.exit(exit_code(report))


def exit_code(report: Report) -> int:
    """0 all archived, 2 some are not, 3 nothing could be reached."""
    if not report.answered and not report.complete:
        return EXIT_UNREACHABLE
    return EXIT_OK if report.complete else EXIT_PARTIAL


def _print(report: Report, style: Format) -> None:
    rows = [row(item.seed, link) for item in report.seeds for link in item.links]
    if style is not Format.TABLE:
        show(rows, (), style, keys=KEYS)
        return
    for item in report.seeds:
        click.echo("\n".join(heading(item.seed)) + "\n")
        if item.links:
            show([row(item.seed, link) for link in item.links], COLUMNS, style)
        else:
            click.echo("No references found on it." if item.seed.article_id else "No references known.")
        click.echo()
    click.echo(wrapped(account(report)))


def account(report: Report) -> str:
    """How many references came to what, in a sentence."""
    from recommender.crawl.outcomes import Reason

    counts = {name: number for name, number in asdict(report.counts).items() if number}
    total = counts.pop("discovered", 0)
    parts: Sequence[str] = [f"{number} {name}" for name, number in counts.items()]
    line = f"{total} references: {', '.join(parts)}." if total else "0 references."
    if not report.answered and not report.complete:
        return f"{line} Nothing could be reached: is there a network? Run again to go on."
    if report.complete:
        return line
    private = any(link.reason == Reason.PRIVATE for item in report.seeds for link in item.links)
    hint = " --allow-private fetches from private addresses too." if private else ""
    return f"{line} Run again to try what is left.{hint}"
