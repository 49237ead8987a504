"""`browse`: the archive in Datasette."""

from __future__ import annotations

from pathlib import Path

import click

from recommender.commands.options import archive_option


@click.command("browse", short_help="Open the archive in Datasette.")
@archive_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to bind to.")
@click.option("--port", type=click.IntRange(0, 65535), default=8001, show_default=True,
              help="Port; 0 takes a free one.")  # fmt: skip
@click.option("--open", "open_browser", is_flag=True, help="Open a web browser too.")
def command(archive: Path, host: str, port: int, open_browser: bool) -> None:
    """Open the archive in Datasette until Ctrl-C: reading lists, search, and every table."""
    from recommender.browse.serve import serve

    serve(archive, host=host, port=port, open_browser=open_browser)
