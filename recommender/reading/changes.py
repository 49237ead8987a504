"""What a newsroom changed between two versions of a piece, word by word. Pure.

    paragraphs side by side ─► those that only moved ─► the rest, word by word ─► places, with some context

A paragraph that moved is named once and not counted as taken out and put in. Words are compared by their
longest common subsequence (rapidfuzz's, bit-parallel: 0.13 s and 50 MB for two texts of 20,000 words); where that
would take more than `MOST`, the passage counts as rewritten.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

from recommender.models import Change

CONTEXT = 6  # words shown on each side of a change: about half a line
ISLAND = 2  # so few words that stayed between two larger changes are chance ("of the") and hard to read
SHOWN = 120  # words of one run shown, its beginning and end; a paragraph has 20 to 80
PLACES = 100  # places shown; a piece with more was rewritten, and the rest teaches nothing new
ROOM = 50_000  # characters shown: a table that people browse holds no bodies
IN_PLACE = 12  # runs of one line; a line that is longer goes on in the next
MOST = 20_000 * 20_000  # words times words compared: rapidfuzz's matrix has that many bits
NAME = 8  # words by which a paragraph that moved is named
WHOLE = 5  # words: a shorter line ("Advertisement", "* * *") is not said to have moved
_MARKS = (("[-", "[ -"), ("-]", "- ]"), ("{+", "{ +"), ("+}", "+ }"))  # a text can't forge ours

Words = tuple[str, ...]
T = TypeVar("T", bound=Hashable)


class _Kind(Enum):
    STAYED = "stayed"  # before and after are equal
    CHANGED = "changed"
    MOVED = "moved"  # a paragraph that stood elsewhere before


@dataclass(frozen=True, slots=True)
class _Run:
    kind: _Kind
    before: Words
    after: Words

    @property
    def size(self) -> int:
        return max(len(self.before), len(self.after))


def changes(
    title_before: str, text_before: str, title_after: str, text_after: str, *, full: bool = False
) -> Change | None:
    """What differs between two versions; None where all words are the same, in the same order.

    Args:
        title_before: headline of the earlier version.
        text_before: its paragraphs, separated by newlines.
        title_after: headline of the later version.
        text_after: its paragraphs.
        full: show all that changed; otherwise `PLACES` places and `SHOWN` words of each run.
    """
    headline = _words(tuple(title_before.split()), tuple(title_after.split()))
    body = _body(_paragraphs(text_before, title_before), _paragraphs(text_after, title_after))
    runs = [run for run in (*headline, *body) if run.kind is _Kind.CHANGED]
    if not runs and not any(run.kind is _Kind.MOVED for run in body):
        return None
    lines = ["Headline: " + " ".join(_shown(run, full) for run in headline)] if _differs(headline) else []
    lines += _places(body, full)
    return Change(
        title_before=title_before,
        title_after=title_after,
        words_removed=sum(len(run.before) for run in runs),
        words_added=sum(len(run.after) for run in runs),
        diff="\n".join(lines),
    )


def _paragraphs(text: str, title: str) -> list[Words]:
    """A text's paragraphs, without the headline that many pages repeat at its top."""
    split = (tuple(line.split()) for line in text.splitlines())
    found = [words for words in split if words]
    return found[1:] if found and found[0] == tuple(title.split()) else found


def _differs(runs: Sequence[_Run]) -> bool:
    return any(run.kind is not _Kind.STAYED for run in runs)


# Comparing


def _body(before: Sequence[Words], after: Sequence[Words]) -> list[_Run]:
    """Two texts as runs of words, in reading order."""
    blocks = list(_aligned(before, after))
    changed = [(old, new) for stayed, old, new in blocks if not stayed]
    moved = Counter(one for old, _ in changed for one in old if len(one) >= WHOLE)
    moved &= Counter(one for _, new in changed for one in new)
    gone, come = moved.copy(), moved.copy()
    runs: list[_Run] = []
    for stayed, old, new in blocks:
        if stayed:
            runs.append(_Run(_Kind.STAYED, *[_joined(old)] * 2))
            continue
        rest_old, _ = _apart(old, gone)
        rest_new, arrived = _apart(new, come)
        runs += _words(_joined(rest_old), _joined(rest_new))
        runs += [_Run(_Kind.MOVED, one, one) for one in arrived]
    return runs


def _apart(paragraphs: Sequence[Words], moved: Counter[Words]) -> tuple[list[Words], list[Words]]:
    """Those that did not move, and those that did, each as often as it moved."""
    rest, found = [], []
    for one in paragraphs:
        if moved[one] > 0:
            moved[one] -= 1
            found.append(one)
        else:
            rest.append(one)
    return rest, found


def _joined(paragraphs: Sequence[Words]) -> Words:
    return tuple(word for paragraph in paragraphs for word in paragraph)


def _words(before: Words, after: Words) -> list[_Run]:
    """Two passages as runs, islands drowned."""
    runs: list[_Run] = []
    for stayed, old, new in _aligned(before, after):
        run = _Run(_Kind.STAYED if stayed else _Kind.CHANGED, tuple(old), tuple(new))
        if len(runs) > 1 and not stayed and _island(runs[-2], runs[-1], run):
            left, middle = runs[-2:]
            drowned = (left.before + middle.before + run.before, left.after + middle.after + run.after)
            runs[-2:] = [_Run(_Kind.CHANGED, *drowned)]
        else:
            runs.append(run)
    return runs


def _island(left: _Run, middle: _Run, right: _Run) -> bool:
    return middle.size <= ISLAND and min(left.size, right.size) > 2 * middle.size


def _aligned(before: Sequence[T], after: Sequence[T]) -> Iterator[tuple[bool, Sequence[T], Sequence[T]]]:
    """What stayed and what gave way, in turns."""
    from rapidfuzz.distance import Indel

    if len(before) * len(after) > MOST:
        yield False, before, after
        return
    ids: dict[T, int] = {}
    old, new = ([ids.setdefault(one, len(ids)) for one in side] for side in (before, after))
    changed: tuple[int, int] | None = None  # where a change began on each side
    for step in Indel.opcodes(old, new):
        if step.tag != "equal":
            changed = changed or (step.src_start, step.dest_start)
            continue
        if changed:
            yield False, before[changed[0] : step.src_start], after[changed[1] : step.dest_start]
            changed = None
        yield True, before[step.src_start : step.src_end], after[step.dest_start : step.dest_end]
    if changed:
        yield False, before[changed[0] :], after[changed[1] :]


# Showing


def _places(runs: Sequence[_Run], full: bool) -> list[str]:
    """Each changed place as a line, with the words around it."""
    lines: list[str] = []
    place: list[str] = []
    changed = False
    merged = list(_merged(runs))
    for number, run in enumerate(merged):
        last = number == len(merged) - 1
        if run.kind is not _Kind.STAYED:
            place.append(_shown(run, full))
            changed = True
        elif changed and not last and run.size <= 2 * CONTEXT and len(place) < IN_PLACE:
            place.append(_plain(run.after))
        else:
            if changed:
                place.append(_plain(run.after[:CONTEXT]) + (" …" if run.size > CONTEXT else ""))
                lines.append(" ".join(place))
            place, changed = (
                [("… " if number or run.size > CONTEXT else "") + _plain(run.after[-CONTEXT:])],
                False,
            )
        if len(place) >= 2 * IN_PLACE:  # nothing stayed in between: paragraphs that moved
            lines.append(" ".join(place))
            place, changed = [], False
    if changed:
        lines.append(" ".join(place))
    return lines if full else list(_within(lines))


def _within(lines: Sequence[str]) -> Iterator[str]:
    """As many lines as there is room for, and how many more there are."""
    room = ROOM
    for number, line in enumerate(lines):
        room -= len(line)
        if number and (number >= PLACES or room < 0):
            yield f"(and {len(lines) - number} more places)"
            return
        yield line


def _merged(runs: Sequence[_Run]) -> Iterator[_Run]:
    """Stretches that stayed, made one where nothing changed between them."""
    held: _Run | None = None
    for run in runs:
        if run.kind is not _Kind.STAYED:
            if held:
                yield held
            held = None
            yield run
        else:
            held = _Run(run.kind, held.before + run.before, held.after + run.after) if held else run
    if held:
        yield held


def _shown(run: _Run, full: bool) -> str:
    if run.kind is _Kind.STAYED:
        return _plain(run.after)
    if run.kind is _Kind.MOVED:
        return f"(moved here: {_plain(run.after[:NAME])}{' …' if run.size > NAME else ''})"
    taken = f"[-{_inside(_long(run.before, full))}-]" if run.before else ""
    put = f"{{+{_inside(_long(run.after, full))}+}}" if run.after else ""
    return f"{taken} {put}".strip()


def _inside(text: str) -> str:
    """A text that forms no mark with ours beside it."""
    return (" " if text.startswith(("]", "}")) else "") + text + (" " if text.endswith(("[", "{")) else "")


def _long(words: Words, full: bool) -> str:
    if full or len(words) <= SHOWN:
        return _plain(words)
    half = SHOWN // 2
    return f"{_plain(words[:half])} … ({len(words) - SHOWN} words) … {_plain(words[-half:])}"


def _plain(words: Words) -> str:
    text = " ".join(words)
    for mark, harmless in _MARKS:
        text = text.replace(mark, harmless)
    return text
