"""What a look at a page tells without understanding it: visible words, spoilt letters, shared words. Pure.

Everything here is linear in what it is given, and bounded: pages are hostile.
"""

from __future__ import annotations

import html as entities
import json
import re
from collections import Counter

from recommender.reading import charset
from recommender.wording import words_of

MAX_HTML = 300_000  # bytes looked at of a page with little text; the largest of 47 real pages with all text has 1.4 MB
MAX_TEXT = 20_000  # characters of a text that are enough to tell its charset and language
SPACED = 12  # characters a word: German, the longest measured, has 7; a Chinese sentence without commas 20
_UNSEEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style|template|svg)\b.*?(?:</\1|\Z)|<[^<>]*>", re.IGNORECASE | re.DOTALL
)
_BLOCK = re.compile(r"<(?:/?(?:p|div|li|h\d|br|section|ul|td|tr|form|button|label)\b)", re.IGNORECASE)
_TITLE = re.compile(rb"<title\b[^>]{0,200}>([^<]{0,500})", re.IGNORECASE)
_ARTICLE = re.compile(
    r'property=["\']?(?:article:published_time|og:type["\']?\s+content=["\']?article)'
    r'|"@type"\s*:\s*\[?\s*"\w{0,30}(?:Article|BlogPosting|Report)"',
    re.IGNORECASE,
)
_REFRESH = re.compile(
    r"<meta\b[^>]{0,200}\bhttp-equiv\s*=\s*[\"']?refresh\b[^>]{0,200}?\burl\s*=\s*[\"']?([^\"'>\s]{1,500})",
    re.I,
)
_SCRIPTED = re.compile(
    r"\b(?:window|document|top|self)?\.?location(?:\.href)?\s*(?:=|\.replace\()\s*[\"']([^\"']{1,500})", re.I
)
_LD_JSON = re.compile(r"<script\b[^>]{0,200}\bld\+json[^>]{0,100}>(.*?)(?:</script|\Z)", re.I | re.S)
_WORD_COUNT = re.compile(r'"wordCount"\s*:\s*"?(\d{1,6})')
_BODY = re.compile(r'"articleBody"\s*:\s*("(?:[^"\\]|\\.)*")', re.S)
_GATE = re.compile(r'"cssSelector"\s*:\s*"[^".#]{0,20}([.#])([\w-]{1,80})"')

# Two characters that are one letter's UTF-8 read as windows-1252 or Latin-1 ("Ã©", "â€", "Ð°"), or as
# windows-1251 ("Рѕ", "СЃ"): a lead byte and a continuation byte.
_AFTER = "\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_PAIRS = re.compile(f"[\xc2-\xf4][{_AFTER}]|[РС][\x80-\xbfЂЃѓЉЊЌЋЏђ‘’“”•–—™љњќћџЎўЈҐЄЇІіґєѕї°±µ¶·№»ј]")
_HIGH = re.compile("[\x80-\x9f\xa1-\xaa\xac-\xba\xbc-\xff]")  # Latin-1's upper half but space and « »


def decoded(html: bytes, content_type: str | None) -> str:
    """The start of a page as characters."""
    return charset.decode(html[:MAX_HTML], content_type)


def visible(page: str) -> str:
    """What a reader would see of a page, a block a line."""
    return entities.unescape(_UNSEEN.sub(" ", _BLOCK.sub(r"\n\g<0>", page)))


def head_title(html: bytes, content_type: str | None) -> str:
    """What the title element holds; "" where there is none."""
    match = _TITLE.search(html[:MAX_HTML])
    return " ".join(entities.unescape(charset.decode(match[1], content_type)).split()) if match else ""


def claims_article(page: str) -> bool:
    """Whether a page says of itself that it is an article (Open Graph or schema.org)."""
    return bool(_ARTICLE.search(page))


def sends_on(page: str) -> str | None:
    """Where a meta refresh, or a script's first assignment to `location`, sends the reader."""
    match = _REFRESH.search(page) or _SCRIPTED.search(page)
    return entities.unescape(match[1]) if match else None


def declared_words(page: str) -> int | None:
    """How many words a page's JSON-LD says its article has: `wordCount`, else the words of `articleBody`."""
    for block in _LD_JSON.finditer(page):
        count, body = _WORD_COUNT.search(block[1]), _BODY.search(block[1])
        if count and int(count[1]):
            return int(count[1])
        if body:
            try:
                return len(str(json.loads(body[1], strict=False)).split())
            except ValueError:
                continue
    return None


def gated_words(page: str) -> int:
    """Words in the elements that JSON-LD names as the part not free to read (`cssSelector`: a class or id)."""
    gate = _GATE.search(page)
    if not gate:
        return 0
    from lxml.etree import LxmlError
    from lxml.html import document_fromstring

    try:
        tree = document_fromstring(page.replace("\0", "").encode("utf-8", "replace"))
    except (LxmlError, ValueError, AssertionError):
        return 0
    kind = "class" if gate[1] == "." else "id"
    path = f".//*[contains(concat(' ', normalize-space(@{kind}), ' '), $name)]"
    return sum(
        len("".join(element.itertext()).split()) for element in tree.xpath(path, name=f" {gate[2]} ")[:50]
    )


def spoilt(text: str) -> float:
    """The share of a text's characters that a wrong charset spoilt, in [0, 1].

    Lost characters (U+FFFD) and UTF-8 read as an 8-bit charset count as they are. A Cyrillic or Greek text
    read as Latin-1 is told by its letters: the upper half of Latin-1 makes at most a third of any language.
    """
    text = text[:MAX_TEXT]
    letters = len(text) - text.count(" ") - text.count("\n")
    if not letters:
        return 0.0
    lost = 3 * text.count("�")  # a word with one is as good as lost
    if text.isascii():
        return 0.0
    pairs = 2 * len(_PAIRS.findall(text))
    high = len(_HIGH.findall(text))
    return min(1.0, max(lost + pairs, high if high > letters / 2 else 0) / letters)


def length(text: str, words: int) -> int:
    """A text's words; half its characters where it is written without spaces (Chinese, Japanese, Thai)."""
    return words if len(text) <= SPACED * max(words, 1) else len(text) // 2


def common_words(text: str, count: int) -> list[str]:
    """A text's most used words, or characters where it has no spaces (Chinese, Japanese, Thai)."""
    words = words_of(text[:MAX_TEXT])
    if words and sum(map(len, words)) / len(words) > SPACED:
        words = [char for word in words for char in word]
    return [word for word, _ in Counter(word for word in words if not word.isdigit()).most_common(count)]
