"""Title and text ─► the persons, organisations, countries and policies a piece names.

    capitalised runs ─► titles off, sentence starts checked ─► one target for all forms of a name ─► its kind

No named-entity model: capitals, titles ("President", "Gen."), acronyms and the text's own lower-case words
decide. A surname joins the full name before it, an acronym the name it abbreviates, a demonym its country,
"the president" the only president named. Pure.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from recommender.models import TargetKind
from recommender.reading.sentences import Sentence, split
from recommender.stance.kinds import kind_of
from recommender.stance.names import (
    ALIASES,
    CAPITALISED,
    CONNECTORS,
    DEMONYMS,
    KNOWN,
    NEVER,
    NOT_PERSON,
    ORGANISATION,
    TITLES,
)

BEFORE = 16  # characters before a mention that `kind_of` is told: "throughout the "


@dataclass(frozen=True, slots=True)
class TargetMentions:
    """One target and everywhere a piece names it."""

    name: str  # the fullest form found, without titles
    key: str  # lower case: the surname of a person, the whole name of anything else
    spans: tuple[tuple[int, int], ...]  # (start, end) in `document(title, text)`, in order; end exclusive
    kind: TargetKind = TargetKind.UNKNOWN


@dataclass(frozen=True, slots=True)
class _Run:
    """A capitalised run with its titles taken off."""

    words: tuple[str, ...]
    start: int
    end: int
    president: bool  # the word before it was "President"
    titled: bool = False  # the word before it was any title

    @property
    def name(self) -> str:
        return " ".join(self.words)


def document(title: str, text: str) -> str:
    """Title and text as one, each line end kept: what every span of this module points into."""
    return f"{title.replace(chr(10), ' ')}\n{text}"


def mentions(title: str, text: str) -> list[TargetMentions]:
    """Targets of a piece, most mentioned first; equal counts in order of appearance."""
    return find(document(title, text), split(document(title, text)))


def find(whole: str, sentences: list[Sentence]) -> list[TargetMentions]:
    """Targets of a document already split (`mentions` is the plain way in)."""
    first_line = whole.find("\n") if "\n" in whole else len(whole)
    starts = {sentence.start + _lead(sentence.text) for sentence in sentences}
    starts.update(match.end() for match in re.finditer(r": [\"“‘']?", whole))
    lower = set(re.findall(r"(?<![\w’'-])[a-z]+\b", whole))
    runs = [run for run in _runs(whole) if run.start > first_line]
    inside = {word for run in runs if run.start not in starts for word in run.words}
    kept = [trimmed for run in runs if (trimmed := _trim(run, starts, lower, inside)) is not None]
    names = _names(kept)
    known = set(names.values()) | {word for form in names.values() for word in form}
    for run in _runs(whole):  # headlines put capitals everywhere: only names the text knows count there
        if run.start <= first_line:
            kept.extend(_known_parts(run, known))
    kept.sort(key=lambda run: run.start)
    return _gather(whole, kept, _names(kept))


def _lead(sentence: str) -> int:
    """Marks before the first word of a sentence."""
    return len(sentence) - len(sentence.lstrip("\"“‘'([—–- •*"))


def _runs(whole: str) -> Iterator[_Run]:
    """Every capitalised run, cut where a title stands inside it ("Russian President Vladimir Putin")."""
    for match in CAPITALISED.finditer(whole):
        words: list[tuple[str, int, int]] = list(TITLES.split_words(match.group(), match.start()))
        if words[-1][0].islower():  # "Republican lawmakers"
            yield from _made(words, president=False)
            continue
        words = []
        president = titled = False
        previous = ""
        for part in TITLES.split_words(match.group(), match.start()):
            word = part[0]
            if TITLES.holds(word):
                yield from _made(words, president, titled)
                words, titled = [], True
                president = word == "President" and previous not in {"Vice", "Former"}
            elif word in NEVER or (
                word.lower() in CONNECTORS and not (words and _joins(words, word.lower()))
            ):
                yield from _made(words, president, titled)
                words, president, titled = [], False, False
            else:
                words.append(part)
            previous = word
        yield from _made(words, president, titled)


def _joins(words: list[tuple[str, int, int]], connector: str) -> bool:
    """Whether a small word stays inside a name: "de" always, "of" only after "Department" and the like."""
    return connector not in {"of", "for", "the", "on", "and"} or any(
        word in ORGANISATION for word, _, _ in words
    )


def _made(words: list[tuple[str, int, int]], president: bool, titled: bool = False) -> Iterator[_Run]:
    while words and words[-1][0].lower() in CONNECTORS:
        words = words[:-1]
    if words:
        yield _Run(tuple(word for word, _, _ in words), words[0][1], words[-1][2], president, titled)


def _trim(run: _Run, starts: set[int], lower: set[str], inside: set[str]) -> _Run | None:
    """The run without a sentence's first word that is no name; None where nothing is left."""
    words, start = run.words, run.start
    if words[-1].islower():
        return run  # "Republican lawmakers"
    if start in starts:
        first = words[0]
        known = len(words) > 1 and words[1] in inside  # "Proclaiming Trump": the second word is the name
        common = known or len(words) == 1 or first.lower() in lower or first in NEVER
        if first not in inside and first not in KNOWN and common and not run.president:
            start += len(first) + 1
            words = words[1:]
    while words and (words[0] in NEVER or words[0].lower() in CONNECTORS):
        start += len(words[0]) + 1
        words = words[1:]
    if not words or words[-1] in NEVER or (len(words) == 1 and len(words[0]) < 2):
        return None
    return _Run(words, min(start, run.end), run.end, run.president, run.titled)


def _known_parts(run: _Run, known: set[tuple[str, ...] | str]) -> Iterator[_Run]:
    """The longest pieces of a headline's run that the text itself names."""
    at = 0
    offsets = _offsets(run)
    while at < len(run.words):
        for end in range(len(run.words), at, -1):
            piece = run.words[at:end]
            if piece in known or (len(piece) == 1 and piece[0] in known):
                yield _Run(piece, offsets[at][0], offsets[end - 1][1], run.president and at == 0)
                at = end
                break
        else:
            at += 1


def _offsets(run: _Run) -> list[tuple[int, int]]:
    offsets, start = [], run.start
    for word in run.words:
        offsets.append((start, start + len(word)))
        start += len(word) + 1
    return offsets


def _names(runs: Iterable[_Run]) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Each form that appears ─► the fullest form of the same name (itself, where there is none)."""
    counts = Counter(run.words for run in runs)
    persons = [words for words in counts if _is_person(words)]
    names: dict[tuple[str, ...], tuple[str, ...]] = {}
    for words in counts:
        same = [full for full in persons if full != words and _short_for(words, full)]
        initials = [
            full for full in counts if len(full) > 1 and len(words) == 1 and _initials(full) == words[0]
        ]
        candidates = same or initials
        names[words] = max(candidates, key=lambda full: (counts[full], len(full))) if candidates else words
    return names


def _is_person(words: tuple[str, ...]) -> bool:
    return (
        2 <= len(words) <= 4
        and words[-1][0].isupper() | ("-" in words[-1])
        and not (set(words) & ORGANISATION)
        and words[0] not in NOT_PERSON
    )


def _short_for(words: tuple[str, ...], full: tuple[str, ...]) -> bool:
    """Whether `words` is a shorter form of a person's full name: a surname, or first and last."""
    if len(words) >= len(full):
        return False
    last = full[-1].removeprefix("al-").removeprefix("el-")
    if len(words) == 1:
        return words[0] in {full[-1], last}
    return words[0] == full[0] and words[-1] == full[-1]


def _initials(words: tuple[str, ...]) -> str:
    return "".join(word[0] for word in words if word[0].isupper())


def _gather(
    whole: str, runs: list[_Run], names: dict[tuple[str, ...], tuple[str, ...]]
) -> list[TargetMentions]:
    """All mentions of each name; a surname goes to the full name of that surname seen last before it."""
    spans: dict[tuple[str, ...], list[tuple[int, int]]] = {}
    latest: dict[str, tuple[str, ...]] = {}
    presidents: set[tuple[str, ...]] = set()
    titled: set[tuple[str, ...]] = set()
    for run in runs:
        full = names.get(run.words, run.words)
        if len(full) > 1 and len(run.words) == 1:
            full = latest.get(run.words[0], full)
        elif _is_person(full):
            latest[full[-1]] = full
        canonical = _canonical(full)
        spans.setdefault(canonical, []).append((run.start, run.end))
        if run.president:
            presidents.add(canonical)
        if run.titled:
            titled.add(canonical)
    if len(presidents) == 1:
        (only,) = presidents
        found = re.finditer(r"\b[Tt]he [Pp]resident\b(?! of\b| of the\b|-elect)(?!\s+[A-Z])", whole)
        spans[only] = sorted(spans[only] + [match.span() for match in found])
    keys = _keys(spans)
    found_targets = [
        TargetMentions(" ".join(name), keys[name], tuple(at), _kind(whole, name, at, name in titled))
        for name, at in spans.items()
    ]
    return sorted(found_targets, key=lambda target: (-len(target.spans), target.spans[0]))


def _kind(whole: str, name: tuple[str, ...], spans: list[tuple[int, int]], titled: bool) -> TargetKind:
    before = [whole[max(0, start - BEFORE) : start] for start, _ in spans]
    return kind_of(" ".join(name), titled=titled, before=before)


def _canonical(words: tuple[str, ...]) -> tuple[str, ...]:
    """Countries and parties under one name, whatever form the text uses."""
    if len(words) == 2 and words[1].islower():  # "Republican lawmakers"
        words = words[:1]
    name = " ".join(words)
    return tuple(ALIASES.get(name, DEMONYMS.get(name, name)).split())


def _keys(spans: dict[tuple[str, ...], list[tuple[int, int]]]) -> dict[tuple[str, ...], str]:
    """A key for each name: the surname of a person, unless somebody named more often has it."""
    keys: dict[tuple[str, ...], str] = {}
    taken: set[str] = set()
    for name in sorted(spans, key=lambda words: -len(spans[words])):
        key = name[-1].removeprefix("al-").removeprefix("el-") if _is_person(name) else " ".join(name)
        key = key.lower()
        if key in taken:
            key = " ".join(name).lower()
        taken.add(key)
        keys[name] = key
    return keys
