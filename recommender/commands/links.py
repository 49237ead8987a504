"""`links`: the references in a page or text."""

from __future__ import annotations

from pathlib import Path

import click

from recommender.commands.options import format_option
from recommender.output import Column, Format, clean, show

COLUMNS = (
    Column("number", "#", right=True),
    Column("kind", "Kind", wrap=False),
    Column("piece", "Reference", ratio=1),
)
MARKDOWN = (*COLUMNS[:2], Column("author", "Author"), Column("title", "Title", link="url"))
KEYS = ("title", "author", "url", "kind", "heading")


@click.command("links", short_help="Print the references found in a page or text.")
@click.argument("page", type=click.Path(path_type=Path))
@click.option("--url", help="The address the page was had from; relative links are joined to it.")
@format_option(Format.TABLE, Format.JSON, Format.CSV, Format.MARKDOWN)
def command(page: Path, url: str | None, style: Format) -> None:
    """Print the references found in PAGE: HTML (also .gz) or a plain-text article."""
    from recommender.seeds import references_in

    rows = [
        {
            "number": number,
            "title": found.title,
            "author": found.author,
            "url": found.url,
            "kind": found.kind.value,
            "heading": found.heading,
            "piece": "\n".join(filter(None, (_line(found.author, found.title), found.url))),
        }
        for number, found in enumerate(references_in(page, url), 1)
    ]
    if rows or style is not Format.TABLE:
        show(rows, MARKDOWN if style is Format.MARKDOWN else COLUMNS, style, keys=KEYS)
    else:
        click.echo("No references found.")


def _line(author: str | None, title: str) -> str:
    return clean(f"{author}: {title}" if author else title)
