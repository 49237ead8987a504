"""A headline ─► the statement it makes, or why it makes none.

labels off ("Opinion | ") ─► somebody else's words? ─► a question, a list, an announcement? ─► reworded ─► a verb?

An op-ed's headline is usually its thesis: "Why the toll is a mistake" says that the toll is one. What only announces
("How the toll came about", "Five things to know") says nothing that one could be for or against. No grammar is parsed:
fixed openings, and a verb told by word lists and endings. English only. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from recommender.reading.sentences import attributed
from recommender.stance.verbs import set_of, states

LONGEST = 300  # characters; a longer "headline" is a text that lost its title

SHORTEST = 3  # words of a statement

LABEL = "a label, not a statement"
QUESTION = "a question"
ANNOUNCES = "announces what the piece tells, and does not say it"
QUOTES = "reports somebody's words"
NO_VERB = "says nothing of its subject"
TOO_SHORT = "too short to stand by itself"
TOO_LONG = "too long for a headline"

_PREFIX = re.compile(
    r"^(?:guest\s+)?(?:opinions?|op-?ed|editorial(?:\s+board)?|analysis|perspective|commentary|column|viewpoint|"
    r"essay|comment|exclusive|breaking(?:\s+news)?|(?:[\w.’' ]{2,40}\s)?editorial\s+board|"
    r"the\s+\w+(?:[’']s)?\s+view|(?:our|my|the)\s+view|first\s+read(?:ing)?)"
    r"\s*(?:[|:•·—–]|\s-\s)\s*",
    re.I,
)
_SUFFIX = re.compile(
    r"\s*(?:\||—|–|\s-\s)\s*(?:opinions?|op-?ed|editorial|analysis|commentary|column)\s*$", re.I
)
_ADDRESS = re.compile(r"\s*(?:read more at:?)?\s*https?://\S+.*$", re.I)
_TRAILER = re.compile(
    r"(?:\s*[:;—–-]+|[.,;!])?\s*(?:and\s+)?(?:here[’']?s\s+(?:why|how|what)\b.*|why\s+(?:it|that|this)\s+matters)$",
    re.I,
)
_LABELS = re.compile(
    r"^(?:live(?:\s+(?:updates?|blog|coverage))?|watch|video|photos?|pictures|listen|podcast|transcript|quiz|"
    r"crossword|letters?(?:\s+to\s+the\s+editor)?|obituar(?:y|ies)|newsletter|corrections?|explainer|"
    r"fact[\s-]?check(?:er)?|recap|timeline|review|poll|q&a|interview|full\s+text|"
    r"(?:the\s+)?(?:morning|evening|daily|weekly)\s+\w+)\b\s*(?:[:|—–-]|$)"
    r"|\blive\s+(?:updates?|blog)\b|[,:—–-]\s*(?:an?\s+)?(?:explain(?:ed|er)|in\s+(?:photos|pictures|charts))\s*\.?$",
    re.I,
)
_COUNT = r"(?:\d+|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_REASONS = re.compile(
    rf"^(?:the\s+)?{_COUNT}\s+(?:\w+\s+)?reasons?\s+(?:why\s+|that\s+)?(?!for\b|to\b)(?P<rest>.+)$", re.I
)
_LIST = re.compile(
    rf"^(?:the\s+)?{_COUNT}\s+(?:[\w-]+\s+){{0,3}}(?:things?|ways?|takeaways?|questions?|lessons?|facts?|tips?|charts?|"
    r"photos?|moments?|quotes?|winners?|losers?|myths?|points?|numbers?|reasons?|steps?|rules?|ideas?|stories|books?)\b",
    re.I,
)
_THINK_AGAIN = re.compile(
    r"^(?:if\s+you\s+(?:think|thought|believe)|(?:do\s+you\s+)?think)\s+(?:that\s+)?(?P<rest>[^?]+?)[,?]\s*think\s+again[.!]?$",
    re.I,
)
_WHY = re.compile(
    r"^(?:[^:]{2,30}:\s*)?(?:here[’']?s|this\s+is|that[’']?s|that\s+is)?\s*why\s+(?!not\b|are\b|is\b|was\b|were\b|do\b|does\b|did\b|has\b|"
    r"have\b|can\b|can[’']t\b|should\b|would\b|will\b|won[’']t\b|isn[’']t\b|aren[’']t\b|don[’']t\b|doesn[’']t\b|didn[’']t\b|so\b)"
    r"(?P<rest>.+)$",
    re.I,
)
_AND_MORE = re.compile(r",?\s+and\s+(?:what|how|why|who|where)\b")  # "Why it fell, and what comes next"
_ANNOUNCES = re.compile(
    r"^(?:here[’']?s|here\s+(?:is|are)|this\s+is|these\s+are|that[’']?s|inside|meet|behind|(?:the\s+)?(?:real\s+|true\s+)?reason|"
    r"everything|all)\s+(?:why|how|what|who|where|when|which|you\b|we\s+know|the\b|a\b|an\b|\w+\s+\w+\s+\w+ed\b)"
    r"|^(?:guess\s+)?(?:how|what|who|whom|whose|which|why)\b|^(?:the\s+)?(?:real\s+|true\s+)?reason\b"
    r"|^the\s+(?:\w+\s+)?(?:question|truth|story|problem|trouble|lesson|meaning|secret)s?\s+(?:about|with|behind|of|for|to|all|that|nobody)"
    r"\b(?!.*\b(?:is|are|was|were|has|have|will|must|should)\b)",
    re.I,
)
_WHEN = re.compile(r"^(?:when|where|whenever|wherever)\b[^,]*$", re.I)  # with a comma it opens a sentence
_AFTER_COLON = re.compile(r":\s*(?:how|what|who|why|where|when|which)\b", re.I)
_ASKS = re.compile(
    r"^(?P<verb>should|will|can|could|must|would|is|are|was|were|has|have)\s+"
    r"(?P<subject>we|you|i|he|she|it|they|this|that|there)\s+(?P<rest>[^?]+)\?$",
    re.I,
)
_FORMS = (  # a form, and the statement it makes
    (_REASONS, "{rest}"),
    (_WHY, "{rest}"),
    (re.compile(r"^the\s+(?:\w+\s+)?case\s+for\s+(?P<rest>.+)$", re.I), "There is a good case for {rest}"),
    (
        re.compile(r"^the\s+(?:\w+\s+)?case\s+against\s+(?P<rest>.+)$", re.I),
        "There is a good case against {rest}",
    ),
    (re.compile(r"^in\s+defen[cs]e\s+of\s+(?P<rest>.+)$", re.I), "{rest} should be defended"),
    (re.compile(r"^in\s+praise\s+of\s+(?P<rest>.+)$", re.I), "{rest} deserves praise"),
    (re.compile(r"^let[’']s\s+(?P<rest>.+)$", re.I), "We should {lower}"),
    (
        re.compile(r"^(?:please\s+)?(?:don[’']t|do\s+not|never)\s+(?P<rest>.+)$", re.I),
        "We should not {lower}",
    ),
    (re.compile(r"^(?:no|yes|sorry|actually),\s+(?P<rest>.+)$", re.I), "{rest}"),
)
_WHOLLY_QUOTED = re.compile(r"^[“\"‘'](?P<said>[^”\"]+)[”\"’']\s*(?:$|[,:—–-])")
_SPEAKER = re.compile(r":\s*[“\"‘']|[”\"]\s*[:,]|,\s+(?:\w+\s+){0,3}(?:says|said)\b", re.I)
_MARKS = re.compile(r"[“”\"«»]|(?<!\w)[‘']|[’'](?!\w)")


@dataclass(frozen=True, slots=True)
class Statement:
    """What a headline states."""

    text: str  # "" where it states nothing
    reason: str = ""  # why it states nothing; empty beside a text
    asked: bool = False  # the headline asks whether it is so: its piece need not be for it


def statement(headline: str, outlet: str | None = None, author: str | None = None) -> Statement:
    """The statement that a headline makes.

    Args:
        headline: as published.
        outlet: its name, which many pages add to their titles.
        author: whose name some put before them.

    >>> statement("Opinion | Why the toll is a mistake").text
    'The toll is a mistake'
    >>> statement("Five things to know about the toll").reason
    'announces what the piece tells, and does not say it'
    >>> statement("How the toll came about").text
    ''
    """
    if len(headline) > 2 * LONGEST:  # labels may come off
        return Statement("", TOO_LONG)
    text = _plain(headline, outlet, author)
    again = _THINK_AGAIN.match(text)
    if again:
        return Statement(f"It is not true that {_lower(again['rest'])}")
    asked = _ASKS.match(text)
    if asked:
        return Statement(
            _upper(f"{asked['subject'].lower()} {asked['verb'].lower()} {asked['rest']}".strip()), asked=True
        )
    reason = _says_nothing(text)
    if reason:
        return Statement("", reason)
    made = _MARKS.sub("", _reworded(text)).strip(" .!;:,—–-")
    told = states(made) if len(made.split()) >= SHORTEST else ""
    if not told:
        return Statement("", NO_VERB if len(made.split()) >= SHORTEST else TOO_SHORT)
    return Statement(_upper(told))


def _plain(headline: str, outlet: str | None, author: str | None) -> str:
    """One line without the labels, addresses and trailers that pages add."""
    text = _ADDRESS.sub("", " ".join(headline.split()))
    if outlet:
        text = re.sub(rf"\s*(?:\||—|–|\s-)\s*{re.escape(outlet.strip())}\s*$", "", text, flags=re.I)
    for _ in range(2):  # "Opinion | Editorial: …"
        text = _PREFIX.sub("", text)
    for name in filter(None, map(str.strip, (author or "").split(","))):
        text = re.sub(rf"^{re.escape(name)}\s*[:|—–]\s*", "", text, flags=re.I)
    return _trailed(_SUFFIX.sub("", text)).strip()


def _trailed(text: str) -> str:
    """Without "Here's why" and the like at its end, where a headline stands before it."""
    shorter = _TRAILER.sub("", text)
    return shorter if len(shorter.split()) > SHORTEST else text


def _says_nothing(text: str) -> str:
    """Why a headline states nothing of its author's, told by its form; "" where the form allows a statement."""
    quotes = _WHOLLY_QUOTED.match(text) or _SPEAKER.search(text) or attributed(text)
    tells = _REASONS.match(text) or _WHY.match(text)
    announces = any(form.search(text) for form in (_LIST, _ANNOUNCES, _WHEN, _AFTER_COLON))
    wrong = (
        (len(text) > LONGEST, TOO_LONG),
        (not text or _LABELS.search(text), LABEL),
        (quotes, QUOTES),
        ("?" in text, QUESTION),
        (announces and not tells, ANNOUNCES),
    )
    return next((reason for it_is, reason in wrong if it_is), "")


def _reworded(text: str) -> str:
    """A headline in the words of a statement."""
    for form, made in _FORMS:
        found = form.match(text)
        if found:
            rest = _AND_MORE.split(found["rest"], maxsplit=1)[0]
            return made.format(rest=rest, lower=_lower(rest))
    return text


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lower(text: str) -> str:
    """A first word that may follow another; names and "I" keep their capitals as far as that can be told."""
    first, _, rest = text.partition(" ")
    small = first.lower() if first.lower() in _COMMON or not first[:1].isupper() else first
    return f"{small} {rest}" if rest else small


_COMMON = set_of(
    "the a an this that these those it we you he she they his her its our their my your there all no not some "
    "many most keep close stop get give make take put let go be stay stand build end save help ban cut raise "
    "forget blame trust believe fall count expect ignore call pretend abandon reward punish confuse celebrate"
)
