"""Where a reader finds an article today: its own address, or the copy a web archive has of it. Pure."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from recommender.models import Via
from recommender.store.catalogue import Entry

_RAW = re.compile(r"/(\d{14})id_/")  # the page's bytes as they were, without the archive's banner


def memento(entry: Entry) -> str | None:
    """The address of a web archive's copy as a browser shows it; None where there is none that we know of."""
    if entry.best and entry.best.via is Via.WAYBACK and entry.best.source_url:
        return _RAW.sub(r"/\1/", entry.best.source_url, count=1)
    return entry.saved


def archive_name(url: str) -> str:
    """What to call the archive that a memento lies in."""
    host = (urlsplit(url).hostname or "").removeprefix("web.")
    return "Wayback Machine" if host == "archive.org" else host or "web archive"


def dead(entry: Entry) -> bool:
    """Whether the article's own address no longer shows it, as far as we know.

    A check said so, or the live page was no good when the copy was taken from the web archive.
    """
    return entry.gone or (entry.best is not None and entry.best.via is Via.WAYBACK)
