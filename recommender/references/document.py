"""Bytes of a page to a parsed tree and the address its links are relative to (pure, never raises)."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

from recommender.reading.bounds import MAX_BYTES, bounded, without_scripts

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_HEAD = 4096  # bytes searched for a declared encoding; the HTML standard asks for 1024, old pages need more
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")  # libxml2 cuts a text at some of these
_ASCII_SPACE = " \t\n\r\f"  # what the URL standard strips from an attribute


def decode(page: bytes | str) -> str:
    """The page as text, by byte-order mark, else as UTF-8 where that is valid, else as the page declares.

    Text in another encoding is almost never valid UTF-8 by chance, while pages often declare a wrong one, so
    validity goes before the declaration. Windows-1252 is the last resort, as in browsers.
    """
    if isinstance(page, str):
        return page
    for mark, encoding in _BOMS:
        if page.startswith(mark):
            return page[len(mark) :].decode(encoding, "replace")
    try:
        return page.decode("utf-8")
    except UnicodeDecodeError:
        pass
    found = _DECLARED.search(page[:_HEAD])
    declared = found.group(1).decode("ascii", "replace") if found else "windows-1252"
    try:
        return page.decode(declared, "replace")
    except (LookupError, UnicodeError):  # a name nobody knows, or a codec that is not for text
        return page.decode("windows-1252", "replace")


def parse(page: bytes | str) -> Any | None:
    """The root element of a page (an lxml element), or None where nothing in it is HTML.

    Of a page made to kill parsers the beginning is parsed (`reading/bounds.py`).
    """
    from lxml import etree, html

    if isinstance(page, bytes) and len(page) > MAX_BYTES:
        page = without_scripts(page)[:MAX_BYTES]
    text = _CONTROL.sub(" ", decode(page))
    if not text.strip():
        return None
    source, _ = bounded(text.encode("utf-8", "replace"))  # "replace": half a surrogate pair can't be encoded
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        return html.document_fromstring(source, parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None


def _host(url: str) -> str:
    """Lower-case host without `www.` or `m.`; empty where there is none."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return re.sub(r"^(www|m|amp|mobile)\.", "", host.lower())


def absolute(base: str | None, href: str) -> str | None:
    """An http(s) address, its fragment dropped and all else as published, or None where it is none."""
    href = re.sub(r"[\t\n\r]", "", href.strip(_ASCII_SPACE))
    if not href or href.startswith("#"):
        return None
    try:
        joined = urldefrag(urljoin(base or "", href)).url
        parts = urlsplit(joined)
        host = parts.hostname
    except ValueError:  # a broken IPv6 host or port
        return None
    if parts.scheme.lower() not in {"http", "https"} or not host:
        return None
    return joined.replace(" ", "%20")


def base_url(root: Any, url: str | None) -> str | None:
    """The address the page's links are relative to.

    In this order: `<base href>`, as browsers do; the canonical address or og:url where it names the host the
    page was had from (or where no address was given); else the address it was had from.
    """
    own = page_url(root, url)
    for element in root.iter("base"):
        href = element.get("href")
        if href:
            return absolute(url or own, href) or own
    return own


def page_url(root: Any, url: str | None) -> str | None:
    """The page's own address: canonical, else og:url, where consistent with `url`; else `url`."""
    for href in _stated(root):
        stated = absolute(url, href)
        if stated is None:
            continue
        if url is None or (_host(stated) == _host(url) and len(urlsplit(stated).path) > 1):
            return stated
    return url


def _stated(root: Any) -> list[str]:
    canonical = [
        link.get("href", "")
        for link in root.iter("link")
        if "canonical" in link.get("rel", "").lower().split()
    ]
    shared = [
        meta.get("content", "")
        for meta in root.iter("meta")
        if "og:url" in {meta.get("property", ""), meta.get("name", "")}
    ]
    return canonical + shared
