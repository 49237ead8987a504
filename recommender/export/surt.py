"""The key that replay tools look an address up by: host reversed, the rest written one way. Pure.

The rules are those of web archives' indexes (Heritrix's SURT form over Google's canonical addresses, with the
Internet Archive's: lower case, no `www.`, sorted query, no session ids). A reader computes the key of what it
is asked for and searches the index for it, so an address that is written otherwise here would never be found;
tests compare these keys with pywb's own. The `surt` package does the same and is AGPL, which we can't ship.
"""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

_WEB = re.compile(r"(?is)(https?)://+([^/?#]*)([^?#]*)(?:\?([^#]*))?")
_DEFAULT_PORT = {"http": "80", "https": "443"}
_HEX32 = "[0-9a-z]{32}"
# Session ids that Heritrix takes out of a query, each with the parameter behind it moved up.
_SESSIONS = [
    re.compile(f"(?s)^(.*)(?:{pattern})(?:&(.*))?$")
    for pattern in (
        f"jsessionid={_HEX32}",
        f"phpsessid={_HEX32}",
        f"sid={_HEX32}",
        "aspsessionid[a-z]{8}=[a-z]{24}",
        "cfid=[^&]+&cftoken=[^&]+",
    )
]
_ASP = re.compile(r"(?s)^(.*/)\((?:[a-z]\([0-9a-z]{24}\))+\)/([^?]+\.aspx.*)$")  # ASP.NET without cookies


def surt(url: str) -> str:
    """The key of an address. What is no web address is its own, in lower case.

    >>> surt("https://www.Example.org/News/?b=2&a=1#top")
    'org,example)/news?a=1&b=2'
    """
    match = _WEB.match(url)
    if match is None:
        return url.lower()
    scheme, netloc, path, query = match.groups()
    return f"{_host(netloc, scheme.lower())}){_path(path)}{_query(query or '')}"


def _host(netloc: str, scheme: str) -> str:
    name, port = _split_port(netloc.rpartition("@")[2].lower(), scheme)
    if name.startswith("["):
        return name.strip("[]") + port
    text = unquote_to_bytes(name).decode("utf-8", "replace")
    if not text.isascii():
        try:
            text = text.encode("idna").decode("ascii")
        except UnicodeError:
            text = name
    labels = [label for label in text.split(".") if label]
    if len(labels) > 1 and re.fullmatch(r"www[0-9]*", labels[0]):
        labels = labels[1:]
    return ",".join(reversed(labels)) + port


def _split_port(netloc: str, scheme: str) -> tuple[str, str]:
    match = re.fullmatch(r"(.*?):0*([0-9]*)", netloc)
    if match is None or netloc.endswith("]"):
        return netloc, ""
    name, port = match.groups()
    return name, "" if port in {"", _DEFAULT_PORT[scheme]} else f":{port}"


def _path(path: str) -> str:
    kept: list[bytes] = []
    for part in _bare(path).split(b"/")[1:]:
        if part == b".." and kept:
            kept.pop()  # an empty part too: slashes are folded after dots
        elif part != b".":
            kept.append(part)
    text = "/" + _escaped(b"/".join(filter(None, kept))).lower()
    match = _ASP.match(text)
    return match[1] + match[2] if match else text


def _query(query: str) -> str:
    text = _escaped(_bare(query)).lower()
    for session in _SESSIONS:
        match = session.match(text)
        if match:
            text = match[1] + (match[2] or "")
    by_name = sorted(text.split("&"), key=lambda piece: piece.partition("="))
    return "?" + "&".join(by_name) if text else ""


def _bare(text: str) -> bytes:
    """Bytes with every escape undone, also those that undoing made."""
    before, now = b"", text.encode("utf-8", "surrogatepass")
    while now != before:
        before, now = now, unquote_to_bytes(now)
    return now


def _escaped(data: bytes) -> str:
    """ASCII, with escapes only for what would be read otherwise: controls, space, `#`, `%` and beyond ASCII."""
    return "".join(
        f"%{byte:02x}" if byte <= 0x20 or byte >= 0x7F or byte in b"#%" else chr(byte) for byte in data
    )
