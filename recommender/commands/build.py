"""`build`: an archive of shards from a crawl's WARC files, on a cluster."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from recommender.commands.options import format_option
from recommender.errors import EXIT_PARTIAL
from recommender.output import Column, Format, as_json, clean, show
from recommender.progress import counter

if TYPE_CHECKING:
    from recommender.cluster.layout import Made

COLUMNS = (Column("what", "Records", ratio=1), Column("count", "", right=True))


def _memory(_ctx: click.Context, _param: click.Parameter, value: str) -> str:
    """An option's value that must be a size; Dask takes some words that are none."""
    if not re.fullmatch(r"[1-9]\d*(?:\.\d+)? ?[KMGT]i?B", value, re.I):
        raise click.BadParameter(f"{value!r} is no size; write 1GB or 800MB")
    return value


@click.command("build", short_help="Make an archive of shards from a crawl, on a cluster.")
@click.argument("sources", metavar="WARC...", nargs=-1, required=True)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, metavar="FOLDER",
              help="Where the shards go; all workers must see it under this path.")  # fmt: skip
@click.option("--scheduler", metavar="ADDRESS",
              help="Of a Dask cluster, tcp://HOST:PORT  [default: processes on this machine].")  # fmt: skip
@click.option("--workers", type=click.IntRange(1, 1024), metavar="N",
              help="Processes on this machine  [default: one a core].")  # fmt: skip
@click.option("--memory", default="1GB", show_default=True, metavar="SIZE", callback=_memory,
              help="Of each of these processes.")  # fmt: skip
@click.option("--shards", type=click.IntRange(1, 4096), metavar="N",
              help="How many  [default: one for 100,000 articles].")  # fmt: skip
@click.option("--stance-model", type=click.Choice(["encoder", "linear"]),
              help="Keep each article's profile by this model too  [default: none].")  # fmt: skip
@format_option(Format.TABLE, Format.JSON)
def command(
    sources: tuple[str, ...], out: Path, scheduler: str | None, workers: int | None, memory: str,
    shards: int | None, stance_model: str | None, style: Format,
) -> int:  # fmt: skip
    """Read WARC or WACZ files, local or at s3:// or https:// addresses, and make an archive of shards of them.

    Each shard is a Parquet file of articles and a topic index; `similar --archive FOLDER` asks all of them. The same
    command goes on with a build that was stopped, and further files may be added to one that is done.
    """
    from recommender.cluster.build import Wanted, build
    from recommender.cluster.engine import Where, engine

    with engine(Where(scheduler, workers, memory)) as cluster:
        if cluster.dashboard:
            click.echo(f"Dashboard: {cluster.dashboard}", err=True)
        with counter("Reading files", total=len(set(sources))) as tick:
            made = build(cluster, out, Wanted(sources, shards, stance_model), tick)
    _show(made, style)
    return EXIT_PARTIAL if made.failed or not made.counts["articles"] else 0


def _show(made: Made, style: Format) -> None:
    for source, why in made.failed.items():
        click.echo(f"Left out: {clean(why if source in why else f'{source}: {why}')}", err=True)
    if style is Format.JSON:
        click.echo(
            as_json({"counts": dict(made.counts), "shards": len(made.shards), "failed": dict(made.failed)})
        )
        return
    others = sorted((item for item in made.counts.items() if item[0] != "records"), key=lambda item: -item[1])
    rows = [{"what": what, "count": f"{count:,}"} for what, count in others if count]
    show([*rows, {"what": "all", "count": f"{made.counts['records']:,}"}], COLUMNS, style)
    articles, shards = made.counts["articles"], len(made.shards)
    click.echo(
        f"\n{articles:,} article{'' if articles == 1 else 's'} in {shards:,} shard{'' if shards == 1 else 's'}."
    )
