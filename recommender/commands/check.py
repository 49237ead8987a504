"""`check`: which archived pages are still there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from recommender.commands.options import archive_option, format_option
from recommender.errors import EXIT_OK, EXIT_UNREACHABLE
from recommender.output import Column, Format, clean, show, wrapped
from recommender.progress import counter

if TYPE_CHECKING:
    from recommender.crawl.checking import Checked

COLUMNS = (
    Column("state", "State", wrap=False),
    Column("piece", "Piece", ratio=3),
    Column("note", "Note", ratio=2),
)
KEYS = (
    "id", "title", "url", "state", "reason", "status", "final_url", "checked_at", "first_alive", "last_alive",
    "dead_since", "kept_at", "kept_via",
)  # fmt: skip
STATES = ("alive", "moved", "changed", "gone", "blocked", "unknown")
SILENCE = "Nothing could be reached: is there a network? No page counts as gone for that."


@click.command("check", short_help="Which archived pages are still there: a link-rot report.")
@click.argument("sources", metavar="[SEED|URL|ID]...", nargs=-1)
@archive_option
@click.option("--limit", type=click.IntRange(1), help="Visit so many pages at most, longest unseen first.")
@click.option("--rotten", is_flag=True, help="List only pages that are not as they were kept.")
@click.option("--contact", envvar="READMORE_CONTACT", show_envvar=True,
              help="Mail address or URL of yours, told to every server.")  # fmt: skip
@click.option("--delay", type=click.FloatRange(0, 60), default=1.0, show_default=True,
              help="Seconds between two requests to one host.")  # fmt: skip
@click.option("--allow-private", is_flag=True,
              help="Visit loopback and private addresses too: an intranet.")  # fmt: skip
@click.option("--quiet", "-q", is_flag=True, help="Only errors.")
@format_option(Format.TABLE, Format.JSON, Format.CSV)
@click.pass_context
def command(
    ctx: click.Context, sources: tuple[str, ...], archive: Path, limit: int | None, rotten: bool,
    contact: str | None, delay: float, allow_private: bool, quiet: bool, style: Format,
) -> None:  # fmt: skip
    """Visit archived pages where they were, gently, and say which are alive, moved, changed, gone or blocked.

    Without SEED, URL or ID: every article with a web address; with a SEED, those on its list. What is found is
    kept for the next report, copies and articles stay as they are. Exit codes: 0 done, 1 bad input, 3 nothing
    could be reached.
    """
    from recommender.store.database import Store
    from recommender.upkeep import check

    with Store.open(archive) as store, counter("Checking", quiet=quiet) as tick:
        report = check(
            store, sources, contact=contact, delay=delay, limit=limit, allow_private=allow_private, tick=tick
        )
    if not report.answered:
        click.echo(f"readmore: {SILENCE}", err=True)
    if not quiet:
        _print(report.pages, style, rotten=rotten)
    ctx.exit(EXIT_OK if report.answered else EXIT_UNREACHABLE)


def _print(pages: Sequence[Checked], style: Format, *, rotten: bool) -> None:
    rows = [_row(page) for page in pages]
    listed = [row for row in rows if not rotten or row["state"] != "alive"]
    if style is not Format.TABLE:
        show(listed, (), style, keys=KEYS)
        return
    if not rows:
        click.echo("Nothing to check: no article has a web address.")
        return
    if listed:
        show(listed, COLUMNS, style)
        click.echo()
    counts = Counter(str(row["state"]) for row in rows)
    parts = ", ".join(f"{counts[state]} {state}" for state in STATES)
    click.echo(wrapped(f"{parts} of {len(rows)}."))


def _row(page: Checked) -> dict[str, object]:
    visit, finding, dates = page.visit, page.finding, page.dates
    best = visit.best
    return {
        "id": visit.article_id,
        "title": visit.title,
        "url": visit.url,
        "state": finding.life.value,
        "reason": finding.reason,
        "status": finding.status,
        "final_url": finding.final_url,
        "checked_at": _moment(page.checked_at),
        "first_alive": _moment(dates.first_alive),
        "last_alive": _moment(dates.last_alive),
        "dead_since": _moment(dates.dead_since),
        "kept_at": _moment(best.captured_at if best else None),
        "kept_via": best.via.value if best else None,
        "piece": f"{clean(visit.title)}\n{clean(visit.url)}",
        "note": "\n".join(_notes(page)),
    }


def _notes(page: Checked) -> list[str]:
    """The reason, then the dates that matter: of the copy where the page is not as it was."""
    finding, dates, best = page.finding, page.dates, page.visit.best
    notes = [clean(finding.reason)] if finding.reason else []
    if dates.dead_since:
        notes.append(f"dead since {dates.dead_since.date()}")
    if dates.last_alive:
        same = dates.first_alive and dates.first_alive.date() == dates.last_alive.date()
        span = (
            f"{dates.last_alive.date()}"
            if same
            else f"{dates.first_alive:%Y-%m-%d} to {dates.last_alive.date()}"
        )
        notes.append(f"seen alive {span}")
    if finding.life.value != "alive":
        notes.append(f"kept copy of {best.captured_at.date()}" if best else "kept as an imported text")
    return notes


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
