"""What two pieces say of whom both speak of, side by side. Pure.

a ranking's shared targets (judged) ─┐
                                      ├─► by name, with every sentence kept of each
both profiles (all sentences) ────────┘
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from recommender.browse.marking import SENTENCE
from recommender.browse.shapes import Common, Said, SharedView, Side
from recommender.browse.text import clean
from recommender.models import Profile, Target

MOST = 12  # targets compared: a profile keeps as many (stance/profile.py TARGETS)


def common(shared: Iterable[SharedView], left: Profile | None, right: Profile | None) -> tuple[Common, ...]:
    """Targets both pieces speak of, judged ones first; at most `MOST`.

    Args:
        shared: what a ranking says of the pair; `seed` is the left piece.
        left: the left piece's profile, where it is kept.
        right: the right piece's.
    """
    lefts, rights = _by_name(left), _by_name(right)
    found = {}
    for one in shared:
        if one.name not in found:
            first, second = lefts.get(one.name), rights.get(one.name)
            key = first.key if first else second.key if second else None
            first = first or lefts.get(f"\0{key}")
            second = second or rights.get(f"\0{key}")
            found[one.name] = Common(
                one.name, one.agreement, _said(one.seed, first), _said(one.piece, second)
            )
    names = {name.casefold() for name in found}
    for target in _both(left, right):
        other = rights[f"\0{target.key}"]
        name = clean(max(target.name, other.name, key=len), 120)
        if name.casefold() not in names:
            found[name] = Common(name, None, _said(None, target), _said(None, other))
    return tuple(found.values())[:MOST]


def _both(left: Profile | None, right: Profile | None) -> Iterator[Target]:
    if left and right:
        keys = {target.key for target in right.targets}
        yield from (target for target in left.targets if target.key in keys)


def _by_name(profile: Profile | None) -> dict[str, Target]:
    """Targets by their name as pages show it, and by their key, marked so that no name can be one."""
    targets = profile.targets if profile else ()
    return {f"\0{target.key}": target for target in targets} | {
        clean(target.name, 120): target for target in targets
    }


def _said(side: Side | None, target: Target | None) -> Said:
    """What a piece says: the sentence a ranking shows first, then the others its profile keeps."""
    known = tuple(
        Side(one.polarity, clean(one.sentence, SENTENCE), one.quoted)
        for one in (target.evidence if target else ())
    )
    first = (side,) if side and side.sentence and side.sentence not in {one.sentence for one in known} else ()
    polarity = target.polarity if target else side.polarity if side else 0.0
    return Said(polarity, target.mentions if target else 0, (*first, *known))
