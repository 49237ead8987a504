"""`snowball`: the further reading of the further reading."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from recommender.commands.consent import note_kept
from recommender.commands.fetch import DEFAULT_SEED, account, exit_code
from recommender.commands.options import archive_option, crawl_options, format_option
from recommender.commands.status import KEYS, row
from recommender.output import Column, Format, clean, show, wrapped

if TYPE_CHECKING:
    from recommender.crawl.report import Options
    from recommender.crawl.snowball import Snowball

COLUMNS = (
    Column("depth", "Depth", right=True),
    Column("list", "List of", ratio=1),
    Column("references", "Pieces", right=True),
    Column("archived", "Archived", right=True),
    Column("other", "Missing", right=True),
)


@click.command("snowball", short_help="Archive the lists of the listed pieces too.")
@click.argument("sources", metavar="[SEED]...", nargs=-1)
@archive_option
@click.option("--depth", type=click.IntRange(1, 9), default=2, show_default=True,
              help="How many lists deep; 1 is what fetch does.")  # fmt: skip
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True,
              help="Pages asked for at the most, in all.")  # fmt: skip
@crawl_options
@click.option("--quiet", "-q", is_flag=True, help="Only errors.")
@format_option(Format.TABLE, Format.JSON, Format.CSV)
@click.pass_context
def command(
    ctx: click.Context, sources: tuple[str, ...], archive: Path, depth: int, limit: int, options: Options,
    quiet: bool, style: Format,
) -> None:  # fmt: skip
    """Archive the further reading of each SEED, and the further reading that those pieces name, breadth first.

    Each piece with a list of its own becomes a seed. Run again, it goes on where the limit stopped it.
    Exit codes: 0 all archived, 1 bad input, 2 some references are not, 3 nothing could be reached.
    """
    from recommender.running import roll

    done = roll(archive, sources or (DEFAULT_SEED,), options, depth=depth, limit=limit, quiet=quiet)
    if not quiet:
        _print(done, style)
        note_kept()
    ctx.exit(exit_code(done.report))


def _print(done: Snowball, style: Format) -> None:
    depths = {seed.key: level.depth for level in done.levels for seed in level.seeds}
    reports = {item.seed.key: item for item in done.report.seeds}
    if style is not Format.TABLE:
        rows = [
            {"depth": depths[key], **row(item.seed, link)}
            for key, item in reports.items()
            for link in item.links
        ]
        show(rows, (), style, keys=("depth", *KEYS))
        return
    lists = []
    for key, item in reports.items():
        states = [link.state.value for link in item.links]
        good = sum(state in {"archived", "unchanged", "duplicate"} for state in states)
        lists.append(
            {
                "depth": depths[key],
                "list": clean(item.seed.title),
                "references": len(states),
                "archived": good,
                "other": len(states) - good,
            }
        )
    show(lists, COLUMNS, style)
    left = f" {done.left} pages were left for the limit; run again to go on." if done.left else ""
    click.echo("\n" + wrapped(account(done.report) + left))
