"""`save`: pages submitted to the web archive, and what became of them."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from recommender.commands.options import archive_option, format_option, web_address
from recommender.errors import EXIT_OK, EXIT_PARTIAL, EXIT_UNREACHABLE
from recommender.output import Column, Format, clean, show, wrapped
from recommender.progress import counter

if TYPE_CHECKING:
    from recommender.crawl.saving import Report
    from recommender.store.saves import StoredSave

COLUMNS = (
    Column("state", "State", wrap=False),
    Column("page", "Page", ratio=3),
    Column("note", "Note", ratio=2),
)
KEYS = ("id", "article_id", "url", "state", "reason", "memento_url", "job_id", "submitted_at", "updated_at")


@click.command("save", short_help="Submit pages to the web archive, and follow up.")
@click.argument("sources", metavar="[SEED|URL|ID]...", nargs=-1)
@archive_option
@click.option("--wait", type=click.FloatRange(0, 3600), default=120.0, show_default=True,
              help="Seconds without news before the rest is left to the next run; 0: don't wait.")  # fmt: skip
@click.option("--recent", type=click.IntRange(1, 3650), default=30, show_default=True, metavar="DAYS",
              help="A copy that the web archive has and that is no older will do.")  # fmt: skip
@click.option("--limit", type=click.IntRange(1), help="Submit so many new pages at most.")
@click.option("--contact", envvar="READMORE_CONTACT", show_envvar=True,
              help="Mail address or URL of yours, told to the web archive.")  # fmt: skip
@click.option("--wayback-url", default="https://web.archive.org", callback=web_address, show_default=True,
              help="Web archive to submit to; it is told your keys.")  # fmt: skip
@click.option("--quiet", "-q", is_flag=True, help="Only errors.")
@format_option(Format.TABLE, Format.JSON, Format.CSV)
@click.pass_context
def command(
    ctx: click.Context, sources: tuple[str, ...], archive: Path, wait: float, recent: int, limit: int | None,
    contact: str | None, wayback_url: str, quiet: bool, style: Format,
) -> None:  # fmt: skip
    """Submit pages to the web archive (Save Page Now), and follow up what was submitted before.

    Without SEED, URL or ID: every archived piece whose live page was seen alive and of which no copy in a web
    archive is known; with a SEED, those on its list. A page counts as archived when its copy was seen.

    READMORE_IA_KEY and READMORE_IA_SECRET must hold the keys of an account; https://archive.org/account/s3.php
    makes them. Exit codes: 0 all archived, 1 bad input or keys, 2 some are not (yet), 3 no answer.
    """
    from recommender.crawl.saving_rules import Options
    from recommender.crawl.spn import Keys
    from recommender.store.database import Store
    from recommender.upkeep import save

    keys = Keys.of(os.environ)
    options = Options(wait, recent)
    with Store.open(archive) as store, counter("Saving", quiet=quiet) as tick:
        report = save(store, sources, keys, wayback_url, options, contact=contact, limit=limit, tick=tick)
    if not quiet:
        _print(report, style)
    ctx.exit(exit_code(report))


def exit_code(report: Report) -> int:
    """0 all archived, 2 some are not, 3 the web archive did not answer."""
    done = all(save.state.value == "archived" for save in report.saves)
    return EXIT_OK if done else EXIT_PARTIAL if report.answered else EXIT_UNREACHABLE


def _print(report: Report, style: Format) -> None:
    rows = [_row(save) for save in report.saves]
    if style is not Format.TABLE:
        show(rows, (), style, keys=KEYS)
        return
    if not rows:
        click.echo("Nothing to save: all that is archived was saved before, or was never seen alive.")
        return
    show(rows, COLUMNS, style)
    counts = Counter(save.state.value for save in report.saves)
    parts = [f"{counts[name]} {name}" for name in ("archived", "submitted", "pending", "failed")]
    left = counts["submitted"] + counts["pending"]
    again = " Run again to follow up." if left else ""
    click.echo("\n" + wrapped(f"{', '.join(parts)} of {len(rows)}.{again}"))


def _row(save: StoredSave) -> dict[str, object]:
    return {
        "id": save.id,
        "article_id": save.article_id,
        "url": save.url,
        "state": save.state.value,
        "reason": save.reason,
        "memento_url": save.memento_url,
        "job_id": save.job_id,
        "submitted_at": save.submitted_at.isoformat(),
        "updated_at": save.updated_at.isoformat(),
        "page": clean(save.url),
        "note": clean(save.reason or save.memento_url or ""),
    }
