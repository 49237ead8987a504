"""`index`: the topic index, which `similar` keeps up to date by itself."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from recommender.commands.options import archive_option, format_option
from recommender.output import Column, Format, as_json, show
from recommender.progress import counter

if TYPE_CHECKING:
    from recommender.indexing import Stats

COLUMNS = (Column("what", "Topic index", wrap=False), Column("value", "", ratio=1))


@click.command("index", short_help="Describe the topic index or make it anew.")
@archive_option
@click.option("--rebuild", is_flag=True, help="Throw it away and build it from the archive.")
@click.option("--stats", is_flag=True, help="Describe it; nothing is written.")
@format_option(Format.TABLE, Format.JSON)
def command(archive: Path, rebuild: bool, stats: bool, style: Format) -> None:
    """Bring the topic index up to date, as every question does by itself, make it anew or describe it.

    Weights come from how many articles held each term when that was last counted. It is counted anew where a
    tenth of the articles have changed since, and by --rebuild.
    """
    from recommender import indexing
    from recommender.store.database import Store

    if rebuild and stats:
        raise click.UsageError("--rebuild and --stats are two questions; ask one of them")
    with Store.open(archive) as store:
        if stats:
            found = indexing.stats(store)
            if style is Format.JSON:
                click.echo(as_json(asdict(found)))
            else:
                show(_rows(found), COLUMNS, style)
            return
        begun = time.monotonic()
        make = indexing.make_anew if rebuild else indexing.bring_up_to_date
        total = store.library.count() if rebuild else None
        with counter("Indexing articles", total=total) as tick:
            count = make(store, tick)
        seconds = round(time.monotonic() - begun, 1)
    if style is Format.JSON:
        click.echo(as_json({"articles": count, "seconds": seconds}))
    else:
        click.echo(f"{count:,} articles in the index ({seconds} s).")


def _rows(found: Stats) -> list[dict[str, str]]:
    counted = f"{found.snapshot_made}, among {found.snapshot_articles:,} articles"
    folded = (
        f", {found.copies:,} near {'copy' if found.copies == 1 else 'copies'} of others"
        if found.copies
        else ""
    )
    rows = {
        "Articles": f"{found.articles:,} of {found.archived:,} archived{folded}",
        "Segments": f"{found.segments:,}",
        "Terms": f"{found.terms:,}",
        "Postings": f"{found.postings:,}",
        "Size": f"{found.bytes / 1e6:,.1f} MB",
        "Frequencies counted": counted if found.snapshot_made else "not yet",
        "Changed since": f"{found.changed:,} articles ({found.drift:.1%})",
        "Up to date": "yes" if found.up_to_date else "no; the next question sees to it",
    }
    return [{"what": what, "value": value} for what, value in rows.items()]
