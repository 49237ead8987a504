"""The words of titles, names and slugs, written one way so that they can be compared. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

# Words that outlets drop from slugs or add to them at will: English articles, pronouns, auxiliaries,
# prepositions and conjunctions.
SMALL_WORDS = frozenset({
    "a", "about", "after", "an", "and", "are", "as", "at", "be", "but", "by", "can", "could", "did",
    "do", "does", "for", "from", "had", "has", "have", "he", "her", "his", "how", "if", "in",
    "into", "is", "it", "its", "not", "of", "off", "on", "or", "our", "out", "over", "she",
    "should", "so", "than", "that", "the", "their", "them", "they", "this", "to", "up", "us", "was",
    "we", "were", "what", "when", "which", "who", "why", "will", "with", "would", "you", "your",
})  # fmt: skip

_APOSTROPHES = re.compile("['’‘`´ʼ]")
_WORD = re.compile(r"[^\W_]+")
NUMBER = re.compile(r"\d+")


def words_of(text: str) -> list[str]:
    """Lower-case words without accents; an apostrophe joins ("don't" is "dont", as in slugs)."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return _WORD.findall(_APOSTROPHES.sub("", plain))


def stems(words: Iterable[str]) -> list[str]:
    """Words that tell something, without a plural or possessive s."""
    telling = (word for word in words if word not in SMALL_WORDS and len(word) > 1)
    return [word[:-1] if len(word) > 3 and word.endswith("s") else word for word in telling]


def headline(title: str, author: str | None) -> str:
    """A title's words in one line, without the author's name at either end and the words that bring it in."""
    words = words_of(title)
    name = words_of(author or "")
    if name and words[: len(name)] == name and len(words) > len(name):
        words = words[len(name) :]
    if name and words[-len(name) :] == name and len(words) > len(name):
        words = words[: -len(name)]
        words = words[:-1] if words[-1:] == ["by"] else words
    for label in ("opinion", "opinions", "analysis", "perspective", "editorial"):
        words = words[1:] if words[:1] == [label] and len(words) > 3 else words
    return " ".join(words)
