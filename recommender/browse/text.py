"""Words, numbers and addresses of strangers, made fit to show. Pure.

Titles, bylines, sentences and URLs come from pages nobody vetted. Everything shown passes through
here first; escaping for HTML is then the template's work.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from urllib.parse import urlsplit

WORDS_A_MINUTE = 238  # silent reading of English non-fiction (Brysbaert 2019, 190 studies)
LONGEST = 600  # characters; a headline has under 200, a quoted sentence rarely over 500
CLEAR = (
    0.36  # an agreement under this is no verdict's ground (stance/agreement.py STRONG: both sides P >= .8)
)

# Invisible characters that change what is read without being seen: bidi embeddings, overrides, isolates
# and marks (UAX 9), zero-width space and no-break space, word joiner, soft hyphen, tag characters.
# ZWNJ and ZWJ (U+200C, U+200D) stay: Persian, Indic scripts and emoji need them.
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
)
_LINK_BREAKERS = re.compile(r"[\s\x00-\x1f\x7f\\<>\"]")


def clean(value: object, longest: int = LONGEST) -> str:
    """One line of visible text, at most `longest` characters; "" for None.

    Control and invisible characters go, white space becomes single spaces. Not escaped for HTML.
    """
    if value is None:
        return ""
    text = _INVISIBLE.sub("", str(value)[: longest * 4])
    text = " ".join(text.split())
    text = "".join(c for c in text if unicodedata.category(c) not in {"Cc", "Cs", "Co", "Cn"})
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def web_url(value: object) -> str | None:
    """The URL if it is safe to put in a link: http or https, a host, no credentials; else None."""
    if not isinstance(value, str) or len(value) > 2048 or _LINK_BREAKERS.search(value):
        return None
    if _INVISIBLE.search(value):
        return None
    try:
        parts = urlsplit(value)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme.lower() not in {"http", "https"} or not host or "@" in parts.netloc:
        return None
    return value


def host(url: str | None) -> str:
    """The host a link leads to, without `www.`; "" for None."""
    return (urlsplit(url).hostname or "").removeprefix("www.") if url else ""


def day(value: object) -> str:
    """`2020-01-11` or `2020-01-11T08:00:00Z` as `11 January 2020`; what is no date is only cleaned."""
    text = clean(value, 40)
    try:
        found = datetime.fromisoformat(text).date() if len(text) > 10 else date.fromisoformat(text)
    except ValueError:
        return text
    return f"{found.day} {found:%B} {found.year}"


def few(names: str | None) -> str:
    """At most two of a byline's names; `Bo Lind and others` for more."""
    several = [name.strip() for name in (names or "").split(",") if name.strip()]
    return ", ".join(several) if len(several) < 3 else f"{several[0]} and others"


def minutes(words: int) -> str:
    """How long a text takes to read."""
    return f"{max(1, round(words / WORDS_A_MINUTE))}\u202fmin"


def minute(value: object) -> str:
    """`2020-01-11T08:00:12+00:00` as `2020-01-11 08:00`; a day, and what is no date, as it is."""
    shown = clean(value, 40)
    return shown.replace("T", " ")[:16] if re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d", shown) else shown


def number(value: object, low: float, high: float) -> float:
    """A stored number inside its range; what is no number, or NaN, counts as 0."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:  # noqa: PLR0124
        return 0.0
    return min(high, max(low, float(value)))


def percent(share: float) -> str:
    """0.637 as `64 %`."""
    return f"{round(share * 100)}\u202f%"


def signed(value: float) -> str:
    """-0.48 as `−0.48`, with a real minus sign; what rounds to nothing has no sign."""
    text = f"{abs(value):.2f}"
    if text == "0.00":
        return text
    return ("−" if value < 0 else "+") + text


def side(agreement: float) -> str:
    """An agreement over one target in [-1, 1] as words."""
    if abs(agreement) < CLEAR:
        return "not clear"
    return "alike" if agreement > 0 else "apart"


def found_by(method: str) -> str:
    """How an address was found (`models.Method`), as words."""
    known = {
        "seed file": "address given in the seed file",
        "page": "address taken from the page",
        "memento": "address taken from an archived copy of the page",
        "cdx": "address found in the web archive’s index",
    }
    return known.get(method, "address of unknown origin")


def size(count: float) -> str:
    """Bytes as `812 bytes`, `48.2 kB` or `1.3 MB` (powers of ten)."""
    if count < 1000:
        return f"{count:.0f} bytes"
    return f"{count / 1000:.1f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"
