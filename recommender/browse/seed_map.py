"""The map of a seed: where each piece stands, from stored scores. Pure geometry; templates draw it.

    topic, across   0 ─────────────────── nearest │ the article itself, beyond a break in the axis
    stance, down    the same side (+1) … opposite sides (−1); can't tell: a band of its own below

Places across are percentages, so that a narrow screen squeezes the plot and never the words; places down
are CSS pixels.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from textwrap import wrap

from recommender.browse.shapes import Dot, Point
from recommender.models import Verdict

PLOT = 300  # pixels: both sides with room between their dots on a phone held upright
MARGIN = 18  # pixels above and below, so that no dot is cut off
LEFT, RIGHT = 4.0, 86.0  # percent: from no shared word to the nearest piece; the article itself has the rest
SEED_X = 95.0  # percent
ROW = 15  # pixels between the rows of the band: a dot of 12 and some air
APART = 4.2  # percent between two dots of a row: 13 pixels on a screen of 360
MOST = 200  # dots; `similar` keeps 100
STEP = 0.05  # of a topic score: where the axis may end
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
    """The places of all pieces, at most `MOST`."""
    near = sorted(points, key=lambda one: (-one.topic, one.rank))[:MOST]
    end = _end(near)
    band_top = float(PLOT + 2 * MARGIN + 26)  # 26: the band's own label
    ends: list[float] = []  # of each row of the band: where its last dot stands
    marks = []
    for one in near:
        x = _across(one.topic, end)
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
    ticks = tuple((round(_across(end * n / 4, end), 2), round(end * n / 4, 3)) for n in range(5))
    levels = ((_down(1), "the same side"), (_down(0), "in between"), (_down(-1), "opposite sides"))
    return SeedMap(tuple(marks), ticks, levels, _down(1), band_top, band_end, band_end + 44)  # 44: the axis


def small(points: Iterable[tuple[float, Verdict, float]]) -> tuple[Dot, ...]:
    """A card's map: topic, stance and agreement as shares of its width and height."""
    several = list(points)[:SMALL]
    end = max((topic for topic, _, _ in several), default=0) or 1
    return tuple(
        Dot(
            round(topic / end, 3),
            0.95 if stance is Verdict.CANT_TELL else round((1 - side) * 0.38, 3),
            stance,
        )
        for topic, stance, side in several
    )


def _end(points: Sequence[Point]) -> float:
    """Where the topic axis ends: at the first step at or above the nearest piece."""
    return max(STEP, ceil(round(max((one.topic for one in points), default=0) / STEP, 6)) * STEP)


def _across(topic: float, end: float) -> float:
    return LEFT + (RIGHT - LEFT) * topic / end


def _down(agreement: float) -> float:
    return MARGIN + PLOT * (1 - agreement) / 2
