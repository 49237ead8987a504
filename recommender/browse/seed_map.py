"""The map of a seed: where each piece stands, from stored scores. Pure geometry; templates draw it.

    topic, across   farthest ──────────── nearest │ the article itself, beyond a break in the axis
    stance, down    the same side (+1) … opposite sides (−1); can't tell: a band of its own below

Places across are percentages, so that a narrow screen squeezes the plot and never the words; places down
are CSS pixels.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor
from textwrap import wrap

from recommender.browse.shapes import Dot, Point
from recommender.models import Verdict

PLOT = 300  # pixels: both sides with room between their dots on a phone held upright
MARGIN = 18  # pixels above and below, so that no dot is cut off
LEFT, RIGHT = 4.0, 86.0  # percent: from the farthest piece to the nearest; the article itself has the rest
SEED_X = 95.0  # percent
ROW = 15  # pixels between the rows of the band: a dot of 12 and some air
APART = 3.4  # percent between two dots of a row: on a screen of 360 they touch
STEPS = (0.01, 0.02, 0.05, 0.1, 0.2)  # of a topic score between two ticks
MOST_STEPS = 6  # between the ends of the axis, so that their figures stand apart on a screen of 360
SPAN = 0.02  # of a topic score: the least the axis shows, so that it has a tick
ROOM = 0.04  # of its length, left free at both ends
CAPTION = 46  # characters of a title on a line of the caption, which fits a screen of 360
SMALL = 40  # dots on a card's map; more are one blot


@dataclass(frozen=True, slots=True)
class Mark:
    """One piece as a dot."""

    point: Point
    x: float  # percent
    y: float  # pixels
    caption: tuple[str, ...]  # lines, shown while it has the pointer or the focus


@dataclass(frozen=True, slots=True)
class SeedMap:
    """Everything a template needs to draw."""

    marks: tuple[Mark, ...]  # nearest first: the order in which the keyboard walks
    ticks: tuple[tuple[float, float], ...]  # x in percent, topic in [0, 1]
    levels: tuple[tuple[float, str], ...]  # y in pixels, what that height means
    seed_y: float  # pixels
    band_top: float  # pixels: where "can't tell" begins
    band_end: float  # pixels
    height: float  # pixels, of the whole


def drawn(points: Sequence[Point]) -> SeedMap:
    """The places of all pieces."""
    near = sorted(points, key=lambda one: (-one.topic, one.rank))
    start, end = _axis(near)
    band_top = float(PLOT + 2 * MARGIN + 26)  # 26: the band's own label
    ends: list[float] = []  # of each row of the band: where its last dot stands
    marks = []
    for one in near:
        x = _across((one.topic - start) / (end - start))
        if one.stance is Verdict.CANT_TELL:
            row = next((number for number, last in enumerate(ends) if last - x >= APART), len(ends))
            ends[row:] = [x, *ends[row + 1 :]]
            y = band_top + MARGIN + row * ROW
        else:
            y = _down(one.agreement)
        marks.append(
            Mark(one, round(x, 2), round(y, 1), tuple(wrap(one.title, CAPTION, max_lines=2, placeholder="…")))
        )
    band_end = band_top + MARGIN * 2 + max(0, len(ends) - 1) * ROW
    ticks = tuple((round(_across((topic - start) / (end - start)), 2), topic) for topic in _ticks(start, end))
    levels = ((_down(1), "the same side"), (_down(0), "in between"), (_down(-1), "opposite sides"))
    return SeedMap(
        tuple(marks), ticks, levels, _down(1), band_top, band_end, band_end + 100
    )  # 100: axis and caption


def small(points: Iterable[tuple[float, Verdict, float]]) -> tuple[Dot, ...]:
    """A card's map: topic, stance and agreement as shares of its width and height."""
    several = list(points)[:SMALL]
    topics = [topic for topic, _, _ in several]
    least, span = min(topics, default=0), max(topics, default=0) - min(topics, default=0)
    return tuple(
        Dot(
            x=round((topic - least) / span, 3) if span else 1.0,
            y=0.95 if stance is Verdict.CANT_TELL else round((1 - side) * 0.38, 3),  # the band has the rest
            stance=stance,
        )
        for topic, stance, side in several
    )


def _axis(points: Sequence[Point]) -> tuple[float, float]:
    """Where the topic axis begins and ends: around all pieces, whose distances are what a reader looks at."""
    topics = [one.topic for one in points] or [0.0]
    room = ROOM * max(SPAN, max(topics) - min(topics))
    start = max(0.0, min(topics) - room)
    return start, max(start + SPAN, max(topics) + room)


def _ticks(start: float, end: float) -> list[float]:
    step = next((step for step in STEPS if (end - start) / step <= MOST_STEPS), STEPS[-1])
    return [
        round(number * step, 3) for number in range(ceil(start / step - 1e-9), floor(end / step + 1e-9) + 1)
    ]


def _across(share: float) -> float:
    return LEFT + (RIGHT - LEFT) * share


def _down(agreement: float) -> float:
    return MARGIN + PLOT * (1 - agreement) / 2
