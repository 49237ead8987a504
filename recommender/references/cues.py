"""What words say of the links after them: further reading, something else, or nothing (pure).

`IN` words offer pieces chosen for this article, `OUT` words do not. `OUT` is asked before `IN`, since
"Related topics" holds a word of both.
"""

from __future__ import annotations

import re
from enum import StrEnum

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
_OUT = re.compile(rf"(?<!\w)(?:{vocabulary.OUT})", _FLAGS)
_SURELY = re.compile(rf"{_TRIM}(?:{vocabulary.SURELY}){_TRIM}", _FLAGS)
_IN = re.compile(rf"{_TRIM}(?:{vocabulary.IN}){_TRIM}", _FLAGS)
_WEAK = re.compile(rf"{_TRIM}(?:{vocabulary.WEAK}){_TRIM}", _FLAGS)
_BYLINE = re.compile(r"by\s?(?=[A-Z])|(?:[Bb]y|[Vv]on|[Pp]ar|[Pp]or)\s+[A-Z]")
_NEXT = re.compile(r"\bnext\b", re.IGNORECASE)

# What may stand before a link on its own line, with a mark that ends it: "RELATED: ", "Read more — ".
_END = r"\s*(?:[:：\-–—>|»›→▶►•·…\]]|\.{3})+\s*"
_PREFIX = re.compile(
    rf"{_TRIM}(?:(?P<inline>{vocabulary.INLINE_ONLY})|{vocabulary.SURELY}|{vocabulary.IN}|{vocabulary.WEAK})"
    rf"{_END}",
    _FLAGS,
)
# The same without a mark: phrases that nothing but a cue says, so not "Read" or "More".
_WHOLE_PREFIX = re.compile(rf"{_TRIM}(?:{vocabulary.IN}|read\ next){_TRIM}", _FLAGS)
_CALL = re.compile(rf"\W*(?:{vocabulary.CALL})\b", _FLAGS)
_CALL_WITHIN = re.compile(vocabulary.CALL_WITHIN, _FLAGS)


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
    if _SURELY.fullmatch(text):
        return Cue.IN
    if _OUT.search(text):
        return Cue.OUT
    return Cue.IN if _IN.fullmatch(text) else Cue.WEAK if _WEAK.fullmatch(text) else None


def _is_sentence(text: str) -> bool:
    """A byline or a sentence holds the words of cues by chance ("Your subscription could not be saved.")."""
    return bool(_BYLINE.match(text)) or (text.endswith((".", "!")) and " " in text)


def prefix(text: str) -> int:
    """How many characters of a line are a cue that stands before a title ("READ MORE: "), or 0."""
    start = text[: LABEL_LENGTH + 10].replace("’", "'")
    found = _PREFIX.match(start)
    if found is None:
        return 0
    words = found.group()
    against = _OUT.search(words) and not found.group("inline") and not _SURELY.match(words)
    return 0 if against else found.end()


def is_whole_prefix(text: str) -> bool:
    """Whether all the words before a link are a cue, no mark needed ("Read also")."""
    return len(text) <= LABEL_LENGTH and bool(_WHOLE_PREFIX.fullmatch(text)) and label(text) is not Cue.OUT


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
    return bool((lone or short) and _CALL.match(text)) or bool(_CALL_WITHIN.search(text))
