"""An archived page as it was captured, made harmless by the headers it is sent with.

A sandbox without any permission: no script runs, no form is sent, nothing is loaded, and no other window is
touched, in a frame or opened directly. What acts before any policy does is put out of action in the text:

    <link>, <meta>      become <basefont>, which HTML parses in the same places: `rel=preconnect` opens a connection
                        (Chromium 156 does, under `default-src 'none'` too), a meta can loosen the referrer policy
    <iframe>, <frame>   are empty: Chromium connects to the server of a frame before it looks whether it may
    links               lead nowhere but within the page: followed, they would leave it, and hide the copy

All else is sent as it is. Of two attributes of one name HTML takes the first, so what is put in front wins.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from recommender.browse.shapes import Version
from recommender.crawl.body import decode as unpacked
from recommender.crawl.outcomes import Failure, header
from recommender.errors import ArchiveError
from recommender.models import Record
from recommender.reading.charset import decode
from recommender.store.warc_reader import read

HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-DNS-Prefetch-Control": "off",
}
HTML = ("text/html", "application/xhtml+xml")
PLAIN = "text/plain"

_ACTING = re.compile(r"<(?:link|meta)(?=[\s/>])", re.IGNORECASE | re.ASCII)
_FRAME = re.compile(r"<i?frame(?=[\s/>])", re.IGNORECASE | re.ASCII)
_LINK = re.compile(r"href(?=\s*=)(?!\s*=\s*[\"']?#)", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Kept:
    """What can be sent of a capture."""

    body: bytes  # UTF-8
    content_type: str


def kind(version: Version) -> str:
    """A capture's type without its parameters, in lower case; "" where none was sent."""
    return version.content_type.partition(";")[0].strip().lower()


def is_page(version: Version) -> bool:
    """Whether a capture is a page, which is worth a frame beside its text."""
    return kind(version) in HTML


def shown(version: Version) -> bool:
    """Whether a capture of this type is shown at all: pages and plain text only."""
    return kind(version) in {*HTML, PLAIN}


def kept(archive: Path, version: Version) -> Kept | str:
    """The page of a capture, or why it can't be shown.

    Args:
        archive: the archive's folder.
        version: the capture that has the bytes: not one that refers to another.
    """
    record = Record(version.warc_file, version.warc_offset, version.warc_length, version.digest)
    try:
        response = read(archive / "warc", record)
    except ArchiveError as error:
        return f"{error.message}; `readmore verify` says more."
    body = unpacked(response.body, header(response.headers, "content-encoding") or "")
    if isinstance(body, Failure):
        return "Its content can’t be unpacked."
    text = decode(body, version.content_type)
    if kind(version) == PLAIN:
        return Kept(text.encode("utf-8", "replace"), "text/plain; charset=utf-8")
    return Kept(harmless(text).encode("utf-8", "replace"), "text/html; charset=utf-8")


def harmless(page: str) -> str:
    """A page in which nothing acts before the headers it is sent with; what is inserted has no quotes to break."""
    page = _ACTING.sub("<basefont", page)
    page = _FRAME.sub(r"\g<0> srcdoc src=about:blank", page)
    return _LINK.sub("href=# data-href", page)
