"""Which addresses can be an article's, and when two are the same (pure)."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

# Parameters that say how a reader came, not what is read: the list the gold data is scored with.
_TRACKING_TEXT = """
    ncid ito ico icid itid tid mod rm origin cmpid cmp fbclid gclid ref ref_src srsltid intcmp int_cid
    intcid iid hpid wprss action module region pgtype version rref contentcollection clicksource rsplus
    sr recirc taid xid smid partner emc sh mbid oborigurl cid
"""
_TRACKING = frozenset(_TRACKING_TEXT.split())
_TRACKING_FAMILIES = re.compile(r"(?:utm|itm|ns|at)_\w+")
# A part of the path that names a list, a person or a service rather than a piece.
_LISTING = re.compile(
    r"/(?:tags?|topics?|temas?|thema|themen|tema|keywords?|categor(?:y|ies|ia|ie)|rubri\w*|authors?|auteurs?|autor(?:es)?|profiles?|people|person|contributors?|by|staff|bio|"
    r"newsletters?|subscri\w*|abonn\w*|login|log-in|signin|sign-in|signup|sign-up|register|account|membership|donate|shop|store|deals|coupons?|cart|search|help|"
    r"contact|about(?:-us)?|privacy\w*|terms\w*|cookies?|advertis\w*|jobs|careers|apps?|rss|feeds?|share|sharer|intent|comments?|archives?|sections?|hub|collections?|podcasts?|hashtag)"
    r"(?:/|\.\w{2,5}$|$)",
    re.IGNORECASE,
)
_SHARE = re.compile(
    r"/(?:sharer|share|intent|submit|pin/create|sharearticle|tweet|dialog)\b|[?&](?:mini=true|share=)",
    re.IGNORECASE,
)
_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|svg|mp[34]|zip|exe|xml|css|js|ics|rss)$", re.IGNORECASE)
_DIGITS = re.compile(r"\d{4,}")
_ID = re.compile(
    r"(?:^|&)(?:p|id|story|story_?id|article|article_?id|aid|news_?id|nid|sid|art|a|n|contentid|artid|i|no|idx|item)=\w*\d",
    re.IGNORECASE,
)


def key(url: str) -> str:
    """What two spellings of one address have in common.

    Scheme, user, `www.`, default port, fragment, last slash and tracking parameters are dropped; the other
    parameters are sorted.
    """
    url = url.strip()
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    host = parts.netloc.lower().rsplit("@", 1)[-1]
    host = re.sub(r":(?:80|443)$", "", host).removeprefix("www.")
    kept = sorted(
        pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not _tracks(pair[0].lower())
    )
    query = f"?{urlencode(kept)}" if kept else ""
    return host + unquote(parts.path).rstrip("/") + query


def _tracks(name: str) -> bool:
    return name in _TRACKING or bool(_TRACKING_FAMILIES.fullmatch(name))


@lru_cache(maxsize=8192)
def is_listing(url: str) -> bool:
    """Whether an address names a front page, tag, author, section or service, or a file that is no page."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return True
    path = parts.path.rstrip("/")
    if not path and not _ID.search(parts.query):
        return True
    if _FILE.search(path) or _SHARE.search(url):
        return True
    slug = path.rsplit("/", 1)[-1]
    return bool(_LISTING.search(path)) and not (slug.count("-") >= 4 or _DIGITS.search(slug))


@lru_cache(maxsize=8192)
def looks_like_article(url: str) -> bool:
    """Whether an address has what articles' addresses have: a slug of words, a number, an identifier."""
    if is_listing(url):
        return False
    parts = urlsplit(url)
    path = unquote(parts.path).rstrip("/")
    slug = path.rsplit("/", 1)[-1]
    words = re.split(r"[-_+ ]", slug)
    return (
        len(words) >= 3
        or bool(_DIGITS.search(path))
        or bool(_ID.search(parts.query))
        or slug.endswith((".html", ".htm", ".php", ".asp", ".aspx", ".shtml", ".story", ".ece"))
        or len(slug) >= 20
    )
