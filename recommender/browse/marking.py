"""Texts as runs, some of them marked: evidence in its place, what was changed, what was searched for. Pure.

A run is plain text; which mark it carries is data. So no markup of a stranger's can pass for a mark of ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from recommender.browse.comparing import SENTENCE, named
from recommender.browse.shapes import Run, SharedView, Side, Toward
from recommender.browse.text import clean, signed
from recommender.models import Profile
from recommender.reasons import leaning

MOST_TARGETS = 6  # marked in one text: more colours than a reader tells apart
PARAGRAPH = 20_000  # characters of a paragraph shown; real ones have under 3,000
HIT = ("\x02", "\x03")  # what SQLite puts around a hit; `clean` lets neither pass

_EDITS = re.compile(r"\[-(?P<out>.*?)-\]|\{\+(?P<in>.*?)\+\}", re.DOTALL)

Evidence = dict[str, tuple[Toward, tuple[Side, ...]]]


def gathered(said: Iterable[tuple[str, Side]], profile: Profile | None) -> Evidence:
    """What a piece says, by target: those that it shares with others, or else those it names most.

    Args:
        said: target and what the piece says of it, from rankings.
        profile: all that was found in the piece, where it is kept.
    """
    shared: dict[str, Side] = {}
    for name, first in said:
        shared.setdefault(name, first)
    names = [*shared] or [clean(target.name, 120) for target in (profile.targets if profile else ())]
    found: Evidence = {}
    for name in names[:MOST_TARGETS]:
        target, side = named(profile, name), shared.get(name)
        if target:
            more = tuple(
                Side(one.polarity, clean(one.sentence, SENTENCE), one.quoted) for one in target.evidence
            )
            found[name] = Toward(name, target.polarity, target.mentions), more
        elif side and side.sentence:
            found[name] = Toward(name, side.polarity, 0), (side,)
    return found


def sides(shared: Iterable[SharedView], of_seed: bool) -> Iterable[tuple[str, Side]]:
    """One piece's sides of what two pieces share."""
    return ((one.name, one.seed if of_seed else one.piece) for one in shared)


def marked(
    title: str, body: str, evidence: Evidence, more: Mapping[str, Iterable[str]] | None = None
) -> tuple[tuple[Run, ...], ...]:
    """The paragraphs of a text with the sentences that are evidence marked where they stand.

    Args:
        title: of the piece.
        body: its text.
        evidence: what it says of whom.
        more: notes by sentence that go before those.
    """
    notes: dict[str, dict[str, None]] = {  # sentence to notes, each once
        sentence: dict.fromkeys(several) for sentence, several in (more or {}).items() if sentence
    }
    for toward, several in evidence.values():
        for side in several:
            if side.sentence:
                said = f"{toward.name}: {leaning(side.polarity)} ({signed(side.polarity)})"
                said += ", quoting another" if side.quoted else ""
                notes.setdefault(side.sentence, {})[said] = None
    return tuple(_paragraph(line, notes) for line in paragraphs(title, body))


def paragraphs(title: str, body: str) -> Iterator[str]:
    """A text's lines as they are shown, without the headline that many pages repeat at its top."""
    lines = (clean(line, PARAGRAPH) for line in body.splitlines())
    for number, line in enumerate(filter(None, lines)):
        if number or line.casefold() != title.casefold():
            yield line


def _paragraph(line: str, notes: Mapping[str, Iterable[str]]) -> tuple[Run, ...]:
    places = sorted((line.find(sentence), sentence) for sentence in notes if sentence in line)
    runs, at = [], 0
    for start, sentence in places:
        if start < at:
            continue
        runs += [Run(line[at:start]), Run(sentence, "evidence", tuple(notes[sentence]))]
        at = start + len(sentence)
    return tuple(run for run in [*runs, Run(line[at:])] if run.text)


def edits(diff: str) -> tuple[tuple[Run, ...], ...]:
    """A stored diff (`reading/changes.py`) as lines of runs: taken out, put in, and what stayed."""
    return tuple(tuple(_edited(line)) for line in diff.splitlines() if line.strip())


def _edited(line: str) -> Iterable[Run]:
    at = 0
    for found in _EDITS.finditer(line):
        if before := clean(line[at : found.start()], PARAGRAPH):
            yield Run(f"{before} ")
        kind = "out" if found["in"] is None else "in"
        yield Run(clean(found["out"] if kind == "out" else found["in"], PARAGRAPH), kind)
        yield Run(" ")
        at = found.end()
    if rest := clean(line[at:], PARAGRAPH):
        yield Run(rest)


def passage(snippet: str) -> tuple[Run, ...]:
    """A snippet with `HIT` around each hit as runs."""
    runs: list[Run] = []
    for number, part in enumerate(re.split("[\x02\x03]", snippet)):
        spaced = clean(part)
        lead = " " if part[:1].isspace() and runs else ""
        trail = " " if part[-1:].isspace() and spaced else ""
        if spaced:
            runs.append(Run(lead + spaced + trail, "hit" if number % 2 else ""))
        elif lead or trail:
            runs.append(Run(" "))
    return tuple(runs)
