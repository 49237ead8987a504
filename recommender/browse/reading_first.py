"""What to read first: a few pieces near in topic, from both sides where sides can be told. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from recommender.browse.shapes import First, Point
from recommender.models import Verdict

MOST = 5  # as long as the first seed's own list, and what a reader gets through in half an hour
NEAR = 0.5  # of the nearest piece's topic score: below that a side is told about something else


def read_first(points: Sequence[Point], most: int = MOST) -> tuple[First, ...]:
    """At most `most` pieces: the nearest, then both sides in turn, then near ones of other outlets.

    Args:
        points: a seed's ranking; the order does not matter.
        most: how many.

    Returns:
        Pieces in reading order, each with why it is there.
    """
    near = sorted(points, key=lambda one: (-one.topic, one.rank))
    near = [one for one in near if one.topic >= NEAR * near[0].topic and one.topic > 0]
    if not near:
        return ()
    chosen = [First(near[0], "the nearest in topic")]
    sides = [
        [one for one in near[1:] if one.stance is stance] for stance in (Verdict.AGREES, Verdict.DISAGREES)
    ]
    for several in sides:
        several.sort(key=lambda one: (-one.topic * one.confidence, one.rank))
    if near[0].stance is Verdict.AGREES:
        sides.reverse()  # the other side first
    turns = [one for pair in zip_longest(*sides) for one in pair if one]
    chosen += [First(one, str(one.stance)) for one in turns[: most - 1]]
    outlets = {one.point.outlet for one in chosen}
    ids = {one.point.article_id for one in chosen}
    for others in (True, False):
        for one in near:
            if len(chosen) < most and one.article_id not in ids and (not others or one.outlet not in outlets):
                chosen.append(First(one, "near in topic, another outlet" if others else "near in topic"))
                outlets.add(one.outlet)
                ids.add(one.article_id)
    return tuple(chosen)


def balanced(chosen: Sequence[First]) -> bool:
    """Whether both sides are among these."""
    return {Verdict.AGREES, Verdict.DISAGREES} <= {one.point.stance for one in chosen}
