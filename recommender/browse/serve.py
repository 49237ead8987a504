"""Start Datasette on an archive folder, as `datasette FOLDER` would."""

from __future__ import annotations

import ipaddress
import socket
import sqlite3
from pathlib import Path

import click

from recommender.errors import ArchiveError, ReadmoreError
from recommender.store.missing import no_archive

_DATABASE = "readmore.db"


def serve(archive: Path, *, host: str = "127.0.0.1", port: int = 8001, open_browser: bool = False) -> None:
    """Serve the archive until Ctrl-C, with the folder's own metadata.yaml and settings.json if it has them.

    Args:
        archive: the folder.
        host: the address to bind to; beyond loopback, everybody who reaches it can read everything.
        port: 0 takes a free one.
        open_browser: also open a web browser.

    Raises:
        ArchiveError: there is no archive in that folder, or it can't be opened.
        ReadmoreError: the port is taken or the address is not this machine's.
    """
    if not (archive / _DATABASE).exists():
        raise no_archive(archive)
    _readable(archive / _DATABASE)
    port = _bindable(host, port)
    if not _loopback(host):
        click.echo(f"Note: whoever reaches {host}:{port} can read this archive.", err=True)

    from datasette.cli import cli

    more = ["--open"] if open_browser else []
    cli.main(["serve", str(archive), "--host", host, "--port", str(port), *more], standalone_mode=False)


def _readable(path: Path) -> None:
    """Open the database as Datasette will: in a folder that can't be written SQLite can't keep its log's index."""
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        finally:
            connection.close()
    except sqlite3.Error as error:
        hint = "is it a readmore archive, in a folder that can be written? if not, browse a copy"
        raise ArchiveError(f"can't open the archive: {error}", where=path, hint=hint) from error


def _bindable(host: str, port: int) -> int:
    """The port to use, after trying it: uvicorn's own complaint would come after a page of log."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            return int(probe.getsockname()[1])
    except OSError as error:
        where = f"{host}:{port}"
        raise ReadmoreError(f"can't listen there: {error}", where=where, hint="try another --port") from error


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
