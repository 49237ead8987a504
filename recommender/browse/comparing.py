"""What two pieces say of whom both speak of, side by side. Pure.

a ranking's shared targets (judged) ─┐
                                      ├─► by name, with every sentence kept of each
both profiles (all sentences) ────────┘
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from recommender.browse.shapes import Common, Said, SharedView, Side
from recommender.browse.text import clean
from recommender.models import Profile, Target

SENTENCE = 5_000  # characters of a sentence shown whole
MOST = 12  # targets compared: a profile keeps as many (stance/profile.py TARGETS)


def common(shared: Iterable[SharedView], left: Profile | None, right: Profile | None) -> tuple[Common, ...]:
    """Targets both pieces speak of, judged ones first; at most `MOST`.

    Args:
        shared: what a ranking says of the pair; `seed` is the left piece.
        left: the left piece's profile, where it is kept.
        right: the right piece's.
    """
    found: dict[str, Common] = {}
    for one in shared:
        first, second = named(left, one.name), named(right, one.name)
        found.setdefault(
            one.name, Common(one.name, one.agreement, _said(one.seed, first), _said(one.piece, second))
        )
    for target, other in _both(left, right):
        name = clean(max(target.name, other.name, key=len), 120)
        if not any(_alike(name, known) for known in found):
            found[name] = Common(name, None, _said(None, target), _said(None, other))
    return tuple(found.values())[:MOST]


def named(profile: Profile | None, name: str) -> Target | None:
    """A profile's target of that name, or of one that ends alike: rankings show the fuller of two names."""
    targets = profile.targets if profile else ()
    exact = (target for target in targets if clean(target.name, 120) == name)
    return next(
        iter((*exact, *(target for target in targets if _alike(clean(target.name, 120), name)))), None
    )


def _alike(one: str, other: str) -> bool:
    """`Ada Quill` and `Mayor Ada Quill`, but not `Bo Quill`."""
    return f" {one}".endswith(f" {other}") or f" {other}".endswith(f" {one}")


def _both(left: Profile | None, right: Profile | None) -> Iterator[tuple[Target, Target]]:
    """Targets of both profiles, matched by key."""
    others = {target.key: target for target in right.targets} if right else {}
    for target in left.targets if left else ():
        if target.key in others:
            yield target, others[target.key]


def _said(side: Side | None, target: Target | None) -> Said:
    """What a piece says: the sentence a ranking shows first, then the others its profile keeps."""
    every = (
        Side(one.polarity, clean(one.sentence, SENTENCE), one.quoted)
        for one in (target.evidence if target else ())
    )
    known: dict[str, Side] = {}
    for one in every:  # a headline often stands once more as the text's first line
        known.setdefault(one.sentence, one)
    first = (side,) if side and side.sentence and side.sentence not in known else ()
    polarity = target.polarity if target else side.polarity if side else 0.0
    return Said(polarity, target.mentions if target else 0, (*first, *known.values()))
