"""English news text ─► sentences with their offsets, quoted or the author's own.

    paragraphs ─► boundaries (a full stop that ends something) ─► quotation marks ─► attribution

The rules are the usual ones of rule-based splitters (Kiss & Strunk 2006 name the cases): a full stop
ends a sentence unless it belongs to an abbreviation, an initial or a number. Paragraphs always end one.
Pure: text in, data out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence. `text` is exactly `document[start:end]`."""

    text: str
    quoted: bool  # mostly inside quotation marks, or attributed to somebody else
    paragraph: int  # 0 is the first line that is not blank
    start: int  # characters
    end: int  # characters, exclusive


def _words(line: str) -> frozenset[str]:
    return frozenset(line.split())


# Never end a sentence: they want a name or a number after them.
_TITLES = _words(
    "Mr Mrs Ms Dr Prof Gen Col Lt Maj Capt Sgt Cpl Cmdr Adm Rear Vice Brig Sen Sens Rep Reps Gov Govs "
    "Pres Hon Rev Fr St Ste Sr Messrs Mme Mlle Supt Det Insp Amb Atty Dist Asst Assoc Mt Ft Fig Sec Art "
    "Vol vs v al cf pp viz eg ie"
)
# May end one: a boundary only where a word follows that starts sentences.
_MAY_END = _words(
    "Jr Inc Corp Co Ltd LLC Bros Esq Ave Blvd Rd Jan Feb Mar Apr Jun Jul Aug Sept Sep Oct Nov Dec Mon Tue "
    "Tues Wed Thu Thur Thurs Fri Sat Sun Ala Ariz Ark Calif Colo Conn Del Fla Ga Ill Ind Kan Ky La Md "
    "Mass Mich Minn Miss Mo Mont Neb Nev Okla Ore Pa Tenn Tex Va Vt Wash Wis Wyo Dept Univ etc approx"
)
_STARTERS = _words(
    "a an the this that these those it its he she they we i you his her their our my there here but and "
    "or so yet if when while as after before since because although though in on at by for from with to "
    "what who why how where which not no now then still even some many most all both each one two another "
    "under over during despite instead meanwhile moreover however nor only also just perhaps indeed"
)
_END = re.compile(r"(?:\.{3}|[.!?…]+)[\"”’'»)\]]*(?=\s)")
_LAST_WORD = re.compile(r"[^\s“”\"(\[—–-]+$")
_NEXT_WORD = re.compile(r"\s+[\"“‘'(\[«—–-]*\s*([^\W_]+)")
_LINE = re.compile(r"[^\n\r\u2028\u2029]+")

# Verbs of plain reporting. "Claimed" and "boasted" are left out: they carry the author's own view.
_SAID = (
    "said|says|told|tells|added|adds|argued|argues|wrote|writes|tweeted|testified|stated|"
    "insisted|insists|warned|warns|explained|explains|contended|contends|asserted|asserts|declared|"
    "maintains|maintained|remarked|complained"
)
_SAY = "say|argue|warn|insist|contend|maintain|believe|complain"
_NOT_ANOTHER = (
    r"(?!(?:I|we|you|one|it|that|which|who|what|to|not|never|be|been|being|and|or|also|is|was|were|are)\b)"
)
_REPORTS = re.compile(
    rf"(?<![\w’'])(?i:{_NOT_ANOTHER})[^\W\d_][\w’'.-]*,?\s+(?:(?:has|have|had|also|then|later|\w+ly)\s+){{0,2}}(?:{_SAID})\b"
    rf"|\b(?:[Tt]hey|[a-z]+s|[A-Z]\w+s|[Mm]any|[Ss]ome|people)\s+(?:{_SAY})\b"
)
_NAMES_A_SOURCE = re.compile(
    rf"[,”\"]\s+(?:{_SAID})\s+\w|\b[Aa]ccording\s+to\s+(?!(?:me|us|my|our)\b)\w|\b[Ii]n\s+the\s+(?:words|view)\s+of\s"
)
_CLAUSE = re.compile(r"[,;:”\"—–(]|--")
_SUBORDINATE = re.compile(
    r"\b(?:that|which|who|whom|whose|what|whatever|than|as|if|when|because|where|why|how)\b", re.I
)
_OPENING, _CLOSING, _STRAIGHT = "“«", "”»", '"'
_MOSTLY = 0.5  # share of a sentence's letters inside quotation marks: "mostly" in the plain sense


def split(text: str) -> list[Sentence]:
    """All sentences of a text in order; blank lines give none.

    Args:
        text: paragraphs separated by line ends.

    Returns:
        Sentences without surrounding white space; their offsets are into `text`.
    """
    sentences: list[Sentence] = []
    paragraph = -1
    for line in _LINE.finditer(text):
        if not line.group().strip():
            continue
        paragraph += 1
        spans = quotations(line.group())
        for start, end in _spans(line.group()):
            piece = line.group()[start:end]
            quoted = _share_inside(piece, start, spans) > _MOSTLY or attributed(piece)
            sentences.append(Sentence(piece, quoted, paragraph, line.start() + start, line.start() + end))
    return sentences


def attributed(sentence: str) -> bool:
    """Whether a sentence reports what somebody other than its author says or thinks.

    >>> attributed("Mayor Ada Quill said the bridge was safe.")
    True
    >>> attributed("I said the bridge was safe.")
    False
    """
    if _NAMES_A_SOURCE.search(sentence):
        return True
    for match in _REPORTS.finditer(sentence):
        clause = _CLAUSE.split(sentence[: match.end()].rstrip())[-1]
        if not _SUBORDINATE.search(clause):  # "a deal that he says he wants" is the author speaking
            return True
    return False


def quotations(paragraph: str) -> list[tuple[int, int]]:
    """Where text stands inside double quotation marks, curly or straight: (start, end), end exclusive.

    A quotation left open runs to the paragraph's end, as newspapers set a speech of several paragraphs.
    """
    spans: list[tuple[int, int]] = []
    start = -1
    for index, mark in enumerate(paragraph):
        if mark in _OPENING or (mark == _STRAIGHT and start < 0):
            start = index if start < 0 else start
        elif start >= 0 and (mark in _CLOSING or mark == _STRAIGHT):
            spans.append((start, index + 1))
            start = -1
    if start >= 0:
        spans.append((start, len(paragraph)))
    return spans


def _spans(line: str) -> Iterator[tuple[int, int]]:
    """Offsets of the sentences of one line, white space stripped."""
    start = 0
    for match in _END.finditer(line):
        if _ends_here(line, match):
            yield from _stripped(line, start, match.end())
            start = match.end()
    yield from _stripped(line, start, len(line))


def _stripped(line: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    piece = line[start:end]
    left = len(piece) - len(piece.lstrip())
    if any(mark.isalnum() for mark in piece):  # an ellipsis between brackets is no sentence
        yield start + left, start + left + len(piece.strip())


def _ends_here(line: str, mark: re.Match[str]) -> bool:
    """Whether this end mark, followed by white space, ends a sentence."""
    following = _NEXT_WORD.match(line, mark.end())
    if following is None:  # only marks follow, or nothing
        return line[mark.end() :].strip() != ""
    word = following.group(1)
    if word[0].islower():
        return False
    if mark.group()[0] in "!?" and mark.group()[-1] in "”\"’'" and _speaker_follows(line[mark.end() :]):
        return False  # "Go home!" Mayor Quill said.
    if not mark.group().startswith(".") or mark.group().startswith(".."):
        return True
    last = _LAST_WORD.search(line, max(0, mark.start() - 30), mark.start())
    return last is None or _stop_ends(last.group(), word, closed=len(mark.group()) > 1)


def _stop_ends(last: str, following: str, *, closed: bool) -> bool:
    """Whether the full stop after the word `last` ends a sentence, given the word that follows."""
    if last in _TITLES:
        return closed
    if last in {"No", "Nos"}:
        return not following[0].isdigit()
    starts = following.lower() in _STARTERS
    if len(last) == 1 and last.isalpha() and last != "I":  # an initial: J. Smith
        return closed or starts
    if "." in last or last in _MAY_END:  # U.S., p.m., Inc.
        return starts or (closed and "." not in last)
    return True


def _speaker_follows(rest: str) -> bool:
    return re.match(rf"\s+(?:\S+\s+){{1,4}}?(?:{_SAID}|asked|asks|shouted|cried)\b", rest) is not None


def _share_inside(piece: str, start: int, spans: list[tuple[int, int]]) -> float:
    """The share of a piece's letters that stand inside the quotations, in [0, 1]."""
    letters = [start + index for index, mark in enumerate(piece) if mark.isalpha()]
    if not spans or not letters:
        return 0.0
    return sum(any(low <= at < high for low, high in spans) for at in letters) / len(letters)
