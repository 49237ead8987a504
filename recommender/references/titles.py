"""What a link's words say: its title, its author, whether it is a headline at all (pure)."""

from __future__ import annotations

import re

from recommender.references import cues
from recommender.references.outline import Anchor, Line, squeeze

_BRACKETS = (("[", "]"), ("(", ")"), ("【", "】"), ("«", "»"))
LONGEST = 300  # characters of a title; what is longer is a whole card or paragraph set as a link
_EDGES = " \t|•·*▪▸►▶→»›<>-–—"
# What a piece is, before a mark ("Video: …"), and for whom, with or without one.
_FORM = r"(?:video|audio|watch|listen|live|gallery|photos?|pictures|podcast|slideshow|interactive|premium)"
_READERS = (
    r"(?:(?:subscribers?|members)(?:[- ]only)?|exclusive to subscribers"
    r"|article réservé à nos abonnés|réservé aux abonnés|abonnés)"
)
_MEDIA = re.compile(rf"^(?:{_FORM}\s*[:|–—-]|{_READERS}\b\s*[:|–—-]?)\s+(?=\S)", re.IGNORECASE)
_MEDIA_TAIL = re.compile(rf"\s+(?:{_FORM}|{_READERS})$", re.IGNORECASE)
_ONLY_MEDIA = re.compile(rf"^(?:{_FORM}|{_READERS})?$", re.IGNORECASE)
_MONTH = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|janv|févr|avr|mai|juin|juil|août|ene|abr|ago|set|dic"
    r"|okt|dez|mär|gen|mag|giu|lug|ott)[a-zéû]*\.?"
)
_UNIT = r"(?:min(?:ute)?s?|h(?:ou)?rs?|h|days?|d|weeks?|w|months?|years?)"
_DATE = (
    rf"(?:published\s+)?(?:\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH}(?:\s+\d{{4}})?|{_MONTH}\s+\d{{1,2}}(?:,?\s+\d{{4}})?"
    rf"|\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}|\d{{4}}-\d{{2}}-\d{{2}}|\d+\s*{_UNIT}\s*(?:ago|read))"
)
_DATE_TAIL = re.compile(
    rf"[\s|•·(–-]+{_DATE}(?:\s*[|•·,]?\s*\d{{1,2}}:\d{{2}}(?:\s*[ap]\.?m\.?)?)?\)?$", re.IGNORECASE
)
_ONLY_DATE = re.compile(rf"^\W*{_DATE}\W*$", re.IGNORECASE)
_PARTICLES_TEXT = """
    de del della der den di da dos das du la le van von zu bin ibn al el y e and & und et of the
"""
_PARTICLES = frozenset(_PARTICLES_TEXT.split())
_NAME_WORD = re.compile(r"^(?:[^\W\d_][\w.'’-]*|[^\W\d_]\.)$")
_BY = re.compile(r"^\W*(?:by|von|par|por|di|af|av|door)\s+([^,|(]{3,40}?)\W*$", re.IGNORECASE)
_PREFIX = re.compile(r"^([^:：|]{3,60}?)\s*[:：]\s+(\S.*)$", re.DOTALL)
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
# Words before a colon that say what a piece is, not who wrote it.
_NOT_NAMES_TEXT = """
    opinion analysis exclusive review explainer editorial video watch photos live update updated
    breaking report interview profile poll fact check letter letters column commentary perspective
    podcast listen interactive map timeline quiz recap preview read more related
"""
_NOT_NAMES = frozenset(_NOT_NAMES_TEXT.split())
HEADLINE_WORDS = 4  # "Fuller inquiry sought" is rare; tags and sections have three words at most
HEADLINE_LENGTH = 18  # characters: four short words ("All of the day") are a section's name


def author_and_title(line: str) -> tuple[str | None, str]:
    """Split "Jane Poe: The case for ferries" into author and title; the author is None where no name leads.

    A name is two to six capitalised words (particles aside), as in "Marc A. Thiessen" or "The Post's View".
    """
    line = squeeze(line)
    found = _PREFIX.match(line)
    if found and is_name(found.group(1)):
        return found.group(1), found.group(2)
    return None, line


def is_name(text: str) -> bool:
    """Whether the words can be a person's name or an outlet's."""
    words = text.split()
    if not 2 <= len(words) <= 6 or any(word.lower().strip(".,") in _NOT_NAMES for word in words):
        return False
    real = [word for word in words if word.lower() not in _PARTICLES]
    shaped = all(_NAME_WORD.match(word) for word in words if word != "&")
    return bool(real) and shaped and words[0][0].isupper() and all(word[0].isupper() for word in real)


def clean(text: str) -> str:
    """A link's words without cue ("Read more: "), brackets, bullets, media label and date."""
    text = squeeze(text[: 2 * LONGEST]).strip(_EDGES)  # cut first: some patterns below are not linear
    for left, right in _BRACKETS:
        if text.startswith(left) and text.endswith(right) and text.count(left) == 1:
            text = text[1:-1].strip(_EDGES)
    if text.startswith("[") and "]" not in text:
        text = text[1:]
    if text.endswith("]") and "[" not in text:
        text = text[:-1]
    cut = cues.prefix(text)
    if cut and len(text) - cut >= 8:
        text = text[cut:]
    text = _MEDIA.sub("", text)
    shorter = _DATE_TAIL.sub("", text)
    if len(shorter.split()) >= 3:
        text = shorter
    return text.strip(_EDGES) if len(text) > 2 else text


def of_anchor(anchor: Anchor) -> str:
    """The title a link shows: the heading in it, else its first line that reads so, else all its words."""
    heading = [words for words in anchor.heading if cues.label(words) is None or is_headline(words)]
    if heading:
        return clean(" ".join(heading))
    blocks = [block for block in anchor.blocks if not _ONLY_DATE.match(block)]
    if len(blocks) > 1:
        blocks = [block for block in blocks if cues.label(block) in {None, cues.Cue.OUT}] or blocks
    if len(blocks) > 1:
        titles = [block for block in blocks if is_headline(clean(block))]
        if titles:
            return clean(titles[0])
    text = clean(" ".join(blocks) or anchor.text)
    return text or clean(anchor.label)


def is_media_label(text: str) -> bool:
    """Whether words before a title say what it is or who may read it ("Video", "Subscribers only")."""
    return bool(_ONLY_MEDIA.match(text))


def without_media_label(text: str) -> str:
    """A cue's words without a media label after them ("Read more Subscribers only")."""
    found = _MEDIA_TAIL.search(text)
    return text[: found.start()] if found else text


def words(text: str) -> int:
    """How many words a text has; two characters count as one where a script has no spaces."""
    found = len(_CJK.findall(text))
    return len(text.split()) + found // 2


def is_headline(text: str) -> bool:
    """Whether a link's words can be a headline by themselves, with nothing around to say so."""
    if cues.is_call(text) or _ONLY_DATE.match(text):
        return False
    long_enough = len(text) >= HEADLINE_LENGTH or bool(_CJK.search(text))
    return words(text) >= HEADLINE_WORDS and long_enough and len(text) <= LONGEST


def is_title(text: str) -> bool:
    """Whether a link's words can be a title where a heading above says it is further reading."""
    if cues.is_call(text) or _ONLY_DATE.match(text) or cues.label(text) in {cues.Cue.IN, cues.Cue.WEAK}:
        return False
    return words(text) >= 2 and (len(text) >= 8 or bool(_CJK.search(text))) and len(text) <= LONGEST


def author_beside(line: Line) -> str | None:
    """The author that a line names before its one link ("Jane Poe: …") or after it ("… by Jane Poe")."""
    before = line.before[cues.prefix(line.before) :].strip(_EDGES)
    if before.endswith((":", "：")) and is_name(before[:-1]):
        return before[:-1].strip()
    after = _BY.match(line.after)
    return after.group(1) if after and is_name(after.group(1)) else None


def have_authors(block: list[str]) -> bool:
    """Whether the titles of a block carry authors: most have a name before a colon, and no name comes twice.

    "Jane Poe: …" alone can be a piece about her; a list of different names is a list of authors.
    """
    authors = [author for author, _ in map(author_and_title, block) if author]
    return len(authors) >= 2 and len(authors) >= 0.6 * len(block) and len(set(authors)) == len(authors)
