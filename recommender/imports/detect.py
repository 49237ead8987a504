"""What a file is: its content tells first, its name where that does not. Pure.

PK, WARC/, filedesc:     web archives               {, [                  articles, a JSON Feed, a read-later list
<rss, <feed, <rdf:RDF    feeds                       a heading with url    a read-later list
<opml                    outlines                    a heading with text   articles
<!DOCTYPE NETSCAPE…      bookmarks                   an address a line     addresses
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from recommender.errors import ImportFileError
from recommender.imports import addresses, readlater
from recommender.imports.feeds import JSON_FEED
from recommender.imports.kinds import Kind
from recommender.reading.charset import decode

_BLANK = b"\xef\xbb\xbf \t\r\n"
_PROLOG = re.compile(
    r"\s*(?:<\?[^>]{0,4000}\?>|<!--.{0,20000}?-->|<!doctype\b(?:[^\[>]|\[.{0,20000}?\]\s*(?=>)){0,4000}>)",
    re.I | re.S,
)
_ROOT = re.compile(r"\s*<\s*([A-Za-z][\w:.-]{0,60})")
_ROOTS = {"rss": Kind.FEED, "feed": Kind.FEED, "rdf": Kind.FEED, "channel": Kind.FEED, "opml": Kind.OPML}
_SAVED_LIST = re.compile(r"<title>\s*(?:Pocket Export|Instapaper: Export|Bookmarks)\s*</title>", re.I)
_BY_NAME = {
    ".jsonl": Kind.ARTICLES, ".ndjson": Kind.ARTICLES, ".json": Kind.ARTICLES, ".csv": Kind.ARTICLES,
    ".tsv": Kind.ARTICLES, ".txt": Kind.ADDRESSES, ".md": Kind.ADDRESSES, ".list": Kind.ADDRESSES,
    ".urls": Kind.ADDRESSES, ".opml": Kind.OPML, ".rss": Kind.FEED, ".atom": Kind.FEED, ".warc": Kind.WARC,
    ".arc": Kind.WARC, ".wacz": Kind.WACZ,
}  # fmt: skip
LINES = 50  # lines of a text that are looked at for addresses
HINT = "say what it is with --as: " + ", ".join(Kind)


def detect(head: bytes, path: Path) -> Kind:
    """What a file is.

    Args:
        head: its first bytes, unpacked where it is gzip.
        path: its name.

    Raises:
        ImportFileError: it is nothing that `import` takes.
    """
    start = head.lstrip(_BLANK)
    if start.startswith(b"PK\x03\x04"):
        return Kind.WACZ
    if start.startswith((b"WARC/", b"filedesc:")):
        return Kind.WARC
    if start.startswith((b"{", b"[")) and not re.match(rb"\[[^\]\n]{0,500}\]\(", start):
        return Kind.FEED if JSON_FEED.search(head) else _json(decode(head))
    text = decode(head)
    kind = _markup(text) if text.lstrip("\ufeff \t\r\n").startswith("<") else None
    return kind or _text(text, head, path)


def _json(text: str) -> Kind:
    """Which kind of JSON it is: the names in an array's first object tell."""
    if not re.match(r"\s*\[\s*\{", text.lstrip("\ufeff")):
        return Kind.ARTICLES
    try:
        first, _ = json.JSONDecoder().raw_decode(text, text.index("{"))
        names = [str(name).lower() for name in first]
    except (ValueError, RecursionError):  # cut off by the end of what is looked at
        names = [name.lower() for name in re.findall(r'"(\w{1,40})"\s*:', text)]
    return Kind.READ_LATER if readlater.has_addresses(names) else Kind.ARTICLES


def _markup(text: str) -> Kind | None:
    """Which kind of marked-up file it is."""
    if re.match(r"\s*<!doctype\s+netscape-bookmark", text.lstrip("\ufeff"), re.I) or _SAVED_LIST.search(text):
        return Kind.BOOKMARKS
    at = 1 if text.startswith("\ufeff") else 0
    while match := _PROLOG.match(text, at):
        at = match.end()
    root = _ROOT.match(text, at)
    name = root[1].lower().rpartition(":")[2] if root else ""
    return _ROOTS.get(name)


def _text(text: str, head: bytes, path: Path) -> Kind:
    """Which kind of plain text it is."""
    names = readlater.columns(text)
    if readlater.has_addresses(names):
        return Kind.READ_LATER
    if readlater.TEXTS & set(names):
        return Kind.ARTICLES
    name = _BY_NAME.get(Path(path.name.lower().removesuffix(".gz")).suffix)
    if re.match(r"\s*<(?:!doctype\s+html|html|head|body)\b", text.lstrip("\ufeff"), re.I):
        hint = "`readmore fetch` takes a saved page as a seed; a list of links in HTML is `--as bookmarks`"
        raise ImportFileError("a web page, not a list or an archive", where=path, hint=hint)
    binary = b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff"))
    lines = [] if binary or name is Kind.ARTICLES else text.splitlines()[:LINES]
    if any(map(addresses.has_address, lines)):
        return Kind.ADDRESSES
    if name is None:
        raise ImportFileError("can't tell what this file is", where=path, hint=HINT)
    return name
