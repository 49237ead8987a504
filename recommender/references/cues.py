"""What words say of the links after them: further reading, something else, or nothing (pure).

`IN` words offer pieces chosen for this article, `OUT` words do not. `OUT` is asked before `IN`, since
"Related topics" holds a word of both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from recommender.references import vocabulary
from recommender.references.outline import squeeze

LABEL_WORDS = 9  # more are a headline: "More on the minister's plan to sell the old harbour"
CALL_WORDS = 5  # "Sign up for our briefing"; headlines that short are rare
LABEL_LENGTH = 75  # characters; the same for long words


class Cue(StrEnum):
    """What a heading says of the links below it."""

    IN = "in"  # further reading for this article
    WEAK = "weak"  # could be either; the place decides ("More:", "Read next")
    OUT = "out"


_FLAGS = re.IGNORECASE | re.VERBOSE
_TRIM = r"[\s\W_]*"  # colons, arrows, brackets, bullets around a cue
_END = r"\s*(?:[:：\-–—>|»›→▶►•·…\]]|\.{3})+\s*"  # a mark that ends a cue before a title
_BYLINE = re.compile(r"by\s?(?=[A-Z])|(?:[Bb]y|[Vv]on|[Pp]ar|[Pp]or)\s+[A-Z]")
_NEXT = re.compile(r"\bnext\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Patterns:
    out: re.Pattern[str]
    surely: re.Pattern[str]
    inside: re.Pattern[str]
    weak: re.Pattern[str]
    prefix: re.Pattern[str]  # a cue and its mark: "RELATED: ", "Read more — "
    whole_prefix: re.Pattern[str]  # without a mark: what nothing but a cue says, so not "Read" or "More"
    call: re.Pattern[str]
    call_within: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    """The vocabulary compiled, on first use: it takes 40 ms."""
    words = vocabulary
    cue = rf"(?P<inline>{words.INLINE_ONLY})|{words.SURELY}|{words.IN}|{words.WEAK}"
    return _Patterns(
        out=re.compile(rf"(?<!\w)(?:{words.OUT})", _FLAGS),
        surely=re.compile(rf"{_TRIM}(?:{words.SURELY}){_TRIM}", _FLAGS),
        inside=re.compile(rf"{_TRIM}(?:{words.IN}){_TRIM}", _FLAGS),
        weak=re.compile(rf"{_TRIM}(?:{words.WEAK}){_TRIM}", _FLAGS),
        prefix=re.compile(rf"{_TRIM}(?:{cue}){_END}", _FLAGS),
        whole_prefix=re.compile(rf"{_TRIM}(?:{words.IN}|read\ next){_TRIM}", _FLAGS),
        call=re.compile(rf"\W*(?:{words.CALL})\b", _FLAGS),
        call_within=re.compile(words.CALL_WITHIN, _FLAGS),
    )


def label(text: str) -> Cue | None:
    """What a heading says, or None where it is no cue.

    Args:
        text: the whole heading, without the links under it.
    """
    text = squeeze(text).replace("’", "'")
    if text == "+":
        return Cue.WEAK
    if not 2 <= len(text) <= LABEL_LENGTH or len(text.split()) > LABEL_WORDS or _is_sentence(text):
        return None
    patterns = _patterns()
    if patterns.surely.fullmatch(text):
        return Cue.IN
    if patterns.out.search(text):
        return Cue.OUT
    for cue, pattern in ((Cue.IN, patterns.inside), (Cue.WEAK, patterns.weak)):
        if pattern.fullmatch(text):
            return cue
    return None


def _is_sentence(text: str) -> bool:
    """A byline or a sentence holds the words of cues by chance ("Your subscription could not be saved.")."""
    return bool(_BYLINE.match(text)) or (text.endswith((".", "!")) and " " in text)


def prefix(text: str) -> int:
    """How many characters of a line are a cue that stands before a title ("READ MORE: "), or 0."""
    patterns = _patterns()
    found = patterns.prefix.match(text[: LABEL_LENGTH + 10].replace("’", "'"))
    if found is None:
        return 0
    words = found.group()
    trusted = found.group("inline") or patterns.surely.match(words) or not patterns.out.search(words)
    return found.end() if trusted else 0


def is_whole_prefix(text: str) -> bool:
    """Whether all the words before a link are a cue, no mark needed ("Read also")."""
    if (
        len(text) > LABEL_LENGTH or len(text.split()) > CALL_WORDS or "," in text
    ):  # "Read more about the plan, or see": prose
        return False
    return bool(_patterns().whole_prefix.fullmatch(text)) and label(text) is not Cue.OUT


def leads_on(text: str) -> bool:
    """Whether a heading says what comes next ("Read next"): often the newest pieces."""
    return bool(_NEXT.search(text))


def is_call(text: str, *, lone: bool = False) -> bool:
    """Whether a link's words ask for something else than reading: sign up, watch, share, buy, see all.

    Args:
        text: the words.
        lone: nothing around says that the link is a piece. Otherwise only short ones are calls, since a
            headline may begin the same way ("Share prices tumble as the harbour closes").
    """
    short = len(text.split()) <= CALL_WORDS
    return bool((lone or short) and _patterns().call.match(text)) or bool(
        _patterns().call_within.search(text)
    )
