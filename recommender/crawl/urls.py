"""URLs: a key to compare them by, the host to be polite to, and the words in a slug. Pure.

The raw URL is what gets fetched and stored; a key only says whether two URLs are the same page. A key
merges too little rather than too much: two articles under one key would be one article lost.
"""

from __future__ import annotations

import contextlib
import re
from functools import lru_cache
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

# Query parameters that say how a reader came, not what they read: the eight Firefox strips in release
# (firefox-source-docs.mozilla.org, "Query Parameter Stripping"), and the click numbers that Google,
# Microsoft, X, Yandex, Instagram, Mailchimp and HubSpot document for their links. Names that some site uses
# to tell its articles apart (id, p, ref, cid, story) are not here and never should be.
TRACKING = frozenset(
    {
        *("__s", "_hsenc", "fbclid", "mc_eid", "mkt_tok", "oly_anon_id", "oly_enc_id", "vero_id"),
        *("_ga", "_gl", "dclid", "gbraid", "gclid", "gclsrc", "wbraid", "msclkid", "twclid", "yclid"),
        *("igshid", "mc_cid", "__hsfp", "__hssc", "__hstc", "_hsmi", "hsctatracking"),
    }
)
TRACKING_PREFIX = "utm_"  # Google's campaign parameters, used by everybody
WEB = ("http", "https")
PORTS = {"http": 80, "https": 443}
# Second-level labels that registries of two-letter countries sell names under (co.uk, com.au …).
SECOND_LEVEL = frozenset({"ac", "co", "com", "edu", "gov", "net", "org"})

_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")  # RFC 3986 2.3
# What is no escape and neither unreserved nor allowed bare in a path or query (where it means something else).
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})|(%|[^A-Za-z0-9._~!$&'()*+,;=:@/?%-]+)")
_SCHEME = re.compile(r"(?i)(https?):/+(?=[^/])")
_OTHER_SCHEME = re.compile(r"(?i)[a-z][a-z0-9+.-]*:(?!\d+(?:[/?#]|$))")


def url_key(url: str) -> str:
    """What two spellings of one page have in common: `host[:port]/path[?query]`.

    Drops the scheme, `www.`, default ports, user names, the fragment (but keeps `#!` and `#/` routes, which
    name pages), a trailing slash and tracking parameters; sorts the query; writes escapes one way (RFC 3986
    6.2.2). Path case and every other parameter stay. Idempotent. Text that is no web URL is its own key.

    >>> url_key("HTTPS://www.Example.org:443/a/?utm_source=x&id=2#top")
    'example.org/a?id=2'
    """
    return _remembered_key(url) if len(url) <= REMEMBERED else _stable_key(url)


def _stable_key(url: str) -> str:
    for _ in range(4):  # one round says it all, but for hosts that are none
        before, url = url, _key(url)
        if url == before:
            break
    return url


REMEMBERED = (
    2_000  # characters; longer addresses, which only hostile pages have many of, would fill the memory
)
_remembered_key = lru_cache(maxsize=4096)(_stable_key)  # one page's addresses are looked up a dozen times


def _key(url: str) -> str:
    text = "".join(char for char in url if char not in "\t\r\n").strip(_BLANK)
    if not _SCHEME.match(text) and _OTHER_SCHEME.match(text):
        return text
    start = 0
    while match := _SCHEME.match(text, start):
        start = match.end()
    rest, _, fragment = text[start:].lstrip("/\\" + _BLANK).partition("#")
    rest, _, query = rest.partition("?")
    netloc, slash, path = rest.partition("/")
    host = _host_of_key(netloc)
    if not host:
        return text
    key = host + _escape(slash + path).rstrip("/")
    pieces = sorted(piece for piece in map(_escape, query.split("&")) if piece and not _is_tracking(piece))
    key += "?" + "&".join(pieces) if pieces else ""
    if fragment[:1] in {"!", "/"} and len(fragment) > 1:
        key += "#" + _escape(fragment)
    return key


_BLANK = "".join(map(chr, range(0x21)))  # C0 controls and space: what WHATWG strips from both ends of a URL


def _host_of_key(netloc: str) -> str:
    host = _without_default_port(netloc.rpartition("@")[2].lower())
    if host.startswith("["):  # an IPv6 address
        return host
    name, colon, port = host.partition(":")
    name = _ascii_host(name.strip("."))
    start, dots = 0, name.count(".")
    while dots > 1 and name.startswith("www.", start):
        start, dots = start + 4, dots - 1
    return name[start:] + colon + port


def _without_default_port(host: str) -> str:
    end = len(host)
    while (colon := host.rfind(":", 0, end)) >= 0 and host[colon + 1 : end] in {"", "80", "443"}:
        end = colon
    return host[:end]


def _ascii_host(name: str) -> str:
    if not name.isascii():
        with contextlib.suppress(UnicodeError):
            name = name.encode("idna").decode("ascii").strip(".")
    return _escape(_escape(name).lower())


def _escape(text: str) -> str:
    """Percent-escapes written one way: bare where unreserved, else upper case; never decoded twice."""

    def one(match: re.Match[str]) -> str:
        if match[1]:
            char = chr(int(match[1], 16))
            return char if char in _UNRESERVED else f"%{match[1].upper()}"
        return "".join(f"%{byte:02X}" for byte in match[2].encode("utf-8", "surrogatepass"))

    return _ESCAPE.sub(one, text)


def _is_tracking(piece: str) -> bool:
    name = piece.partition("=")[0].lower()
    return name in TRACKING or name.startswith(TRACKING_PREFIX)


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url.strip())
        _ = parts.port  # raises where it is no number
    except ValueError:
        return None
    return parts


def is_web(url: str) -> bool:
    """Whether this is an absolute http or https URL with a host."""
    parts = _split(url)
    return parts is not None and parts.scheme in WEB and bool(parts.hostname)


def host_key(url: str) -> str:
    """Host and port, the unit of politeness: `example.org:443`. Empty where the URL has no host."""
    parts = _split(url)
    if parts is None or not parts.hostname:
        return ""
    port = parts.port if parts.port is not None else PORTS.get(parts.scheme, 0)
    return f"{parts.hostname.lower().rstrip('.')}:{port}"


def origin(url: str) -> str:
    """Scheme, host and port of a web URL, where its robots.txt lives: `https://example.org`."""
    parts = _split(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}" if parts is not None else ""


def join(base: str, href: str) -> str | None:
    """An href of the page at `base` as an absolute web URL; None where it leads to no web page.

    >>> join("https://example.org/a/b", "../c?d=1")
    'https://example.org/c?d=1'
    """
    try:
        url = urljoin(base, href.strip())
    except ValueError:
        return None
    return url if is_web(url) else None


def outlet(url: str) -> str:
    """The name a publisher registered, as far as can be told without a list: `example.co.uk`.

    Two URLs of one outlet agree in it; that two outlets on one platform (`a.blog.org`, `b.blog.org`) also
    agree is accepted. Empty where the URL has no host.
    """
    parts = _split(url)
    if parts is None or not parts.hostname:
        return ""
    labels = parts.hostname.lower().strip(".").split(".")
    if all(label.isdigit() for label in labels) or ":" in parts.hostname:
        return parts.hostname
    keep = 3 if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in SECOND_LEVEL else 2
    return ".".join(labels[-keep:])


_WORD = re.compile(r"[^\W_]+")
# Tokens that number an article: five digits or more, or letters and digits mixed over six characters or
# more (n2236887, idUSKCN1H90ZO, hexadecimal). Shorter ones are years, ages and names (2020, 9, g20, f35).
_NUMBER = re.compile(r"\d{5,}|(?=[a-z]*\d)(?=\d*[a-z])[a-z\d]{6,}")
_ENDING = re.compile(r"(?i)\.(?:s?html?|php|aspx?|amp|story|jsp)$")


def slug_words(url: str) -> list[str]:
    """The lower-case words of a URL's slug: its path segment of most words, the later one on a tie.

    Endings and article numbers are dropped; apostrophes split as the outlets' own slugs do.

    >>> slug_words("https://example.org/opinions/2020/01/09/why-cats-rule_123456.html")
    ['why', 'cats', 'rule']
    """
    parts = _split(url)
    best: list[str] = []
    for segment in unquote(parts.path if parts else "").split("/"):
        words = [
            word for word in _WORD.findall(_ENDING.sub("", segment).lower()) if not _NUMBER.fullmatch(word)
        ]
        words = words if any(not word.isdigit() for word in words) else []
        best = words if words and len(words) >= len(best) else best
    return best
