"""`status`: the state of the archive."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

from recommender.commands.options import archive_option, format_option
from recommender.models import StoredLink, StoredSeed
from recommender.output import Column, Format, clean, show, wrapped

COLUMNS = (
    Column("state", "State", wrap=False),
    Column("reference", "Reference", ratio=3),
    Column("note", "Note", ratio=2),
)
KEYS = ("seed", "position", "state", "via", "title", "author", "url", "resolved_by", "confidence", "reason",
        "article_id", "captured_at", "attempts")  # fmt: skip


@click.command("status")
@archive_option
@format_option(Format.TABLE, Format.JSON, Format.CSV)
def command(archive: Path, style: Format) -> None:
    """What is archived, pending, failed, and why."""
    from recommender.store.database import Store

    with Store.open(archive) as store:
        seeds = store.lists.all()
        links = {seed.key: store.lists.links(seed.id) for seed in seeds}
        counts = store.lists.counts([seed.id for seed in seeds])
        articles = store.library.count()
    if style is not Format.TABLE:
        show([row(seed, link) for seed in seeds for link in links[seed.key]], (), style, keys=KEYS)
        return
    for seed in seeds:
        click.echo("\n".join(heading(seed)))
        show([row(seed, link) for link in links[seed.key]], COLUMNS, style)
        click.echo()
    account = ", ".join(f"{number} {name}" for name, number in asdict(counts).items() if number)
    click.echo(f"{articles} articles. References: {account or 'none yet'}.")


def heading(seed: StoredSeed) -> Iterator[str]:
    """A seed and what became of its own page, in lines that fit the terminal."""
    yield wrapped(f"{clean(seed.title)}  [{seed.key}]")
    reason = f": {clean(seed.reason)}" if seed.reason else ""
    yield wrapped(f"its own page: {seed.state.value}{reason}")


def row(seed: StoredSeed, link: StoredLink) -> dict[str, object]:
    """A reference as a row, for tables and for programs."""
    reference = link.reference
    return {
        "seed": seed.key,
        "position": link.position,
        "state": link.state.value,
        "via": link.via.value if link.via else None,
        "title": reference.title,
        "author": reference.author,
        "url": reference.url,
        "resolved_by": link.method.value,
        "confidence": link.confidence,
        "reason": link.reason,
        "article_id": link.article_id,
        "captured_at": link.captured_at.isoformat() if link.captured_at else None,
        "attempts": link.attempts,
        "reference": label(link),
        "note": note(link),
    }


def label(link: StoredLink) -> str:
    """A reference in a line: "Author: Title"."""
    author, title = link.reference.author, link.reference.title
    return clean(f"{author}: {title}" if author else title)


def note(link: StoredLink) -> str:
    """What there is to say of a reference's state: the reason, or where and when its copy was made."""
    if link.reason:
        return clean(link.reason)
    if link.via and link.captured_at:
        source = "from the Wayback Machine" if link.via.value == "wayback" else "live"
        return f"{source}, {link.captured_at.date().isoformat()}"
    return ""
