"""Draw docs/stance-risk.svg: how often each stance model is right, by how many answers are kept.

    python scripts/risk_coverage.py DATA HELD_OUT

Left: sentences (newsmtsc dev_rw and dev_mt together), surest first by the larger probability. Middle: pairs of pieces
about one person (persent), by the size of the score, were every piece taken for opinion. Right: texts for or against a
claim, of debates that the model never saw (HELD_OUT is what scripts/claim_pairs.py writes), by the larger probability.
Beside each line stands the share right when all are kept.

    guesses ─► sorted by confidence ─► running share right ─► one line a model ─► SVG
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from recommender.evaluation.stance import read, said_pairs
from recommender.stance.scorer import Mention, Passage, load

OUT = Path(__file__).resolve().parent.parent / "docs" / "stance-risk.svg"
MODELS = ("encoder", "linear")
COLOURS = ("#1b6ca8", "#b8560f")  # 5.6 and 4.9 to 1 on white: readable as text too
WIDTH, HEIGHT, LEFT, TOP, GAP = 300, 220, 56, 40, 76  # of a panel, in pixels; LEFT and GAP hold the numbers
FLOOR = 0.5  # where the axis of the share right begins
FEWEST = 20  # answers: the share right of fewer is noise

Curve = tuple[list[float], list[float]]  # coverage, share right


def main() -> None:
    """Measure and draw."""
    data, held_out = Path(sys.argv[1]), Path(sys.argv[2])
    panels = []
    sentences, pairs = {}, {}
    for name in MODELS:
        sentences[name] = curve(*of_sentences(data, name))
        pairs[name] = curve(*of_pairs(data, name))
    panels.append(panel("Share right: sentences, polarity toward a name", sentences, 0))
    panels.append(panel("Share right: two pieces about one person", pairs, WIDTH + GAP))
    panels.append(panel("Share right: for or against a claim", of_claims(held_out), 2 * (WIDTH + GAP)))
    width, height = LEFT + 3 * WIDTH + 2 * GAP + 16, TOP + HEIGHT + 48
    view = f'viewBox="0 0 {width} {height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {view} font-family="sans-serif" font-size="12">'
    title = (
        "<title>Share right by share answered, surest first: names by both models, claims by encoder</title>"
    )
    back = f'<rect width="{width}" height="{height}" fill="#fff"/>'
    OUT.write_text("\n".join([head, title, back, *panels, "</svg>", ""]), encoding="utf-8")


def of_sentences(data: Path, name: str) -> tuple[list[float], list[bool]]:
    """Confidence and rightness of each mention of the dev files."""
    sure, right = [], []
    for part in ("dev_rw", "dev_mt"):
        rows = read(data / "newsmtsc" / f"{part}.jsonl.gz", "sentence", "from", "to", "polarity")
        mentions = [Mention(row["sentence"], int(row["from"]), int(row["to"])) for row in rows]
        for row, scores in zip(rows, load(name).polarity(mentions), strict=True):
            sure.append(max(scores))
            right.append(scores.index(max(scores)) - 1 == int(row["polarity"]))
    return sure, right


def of_pairs(data: Path, name: str) -> tuple[list[float], list[bool]]:
    """Size of the score and rightness of each pair of persent."""
    said = said_pairs(data / "persent.jsonl.gz", load(name))
    return [abs(pair.score) for pair in said], [(pair.score > 0) == pair.same for pair in said]


def of_claims(held_out: Path) -> dict[str, Curve]:
    """Both kinds of debates, by `encoder`: the larger probability of a side, and whether it is the side."""
    rows = read(held_out / "claims.jsonl.gz", "claim", "text", "side", "source")
    found = load("encoder").positions([Passage(row["claim"], row["text"]) for row in rows])
    curves = {}
    for source in ("arc", "debatewise"):
        said = [(row, one) for row, one in zip(rows, found, strict=True) if row["source"] == source]
        sure = [max(against, towards) for _, (against, _, towards) in said]
        right = [(towards > against) == (row["side"] == "for") for row, (against, _, towards) in said]
        curves[source] = curve(sure, right)
    return curves


def curve(sure: Sequence[float], right: Sequence[bool]) -> Curve:
    """Coverage and share right as ever less sure answers are taken in."""
    order = np.argsort(-np.array(sure), kind="stable")
    running = np.cumsum(np.array(right)[order]) / np.arange(1, len(order) + 1)
    at = np.arange(FEWEST - 1, len(order))
    return ((at + 1) / len(order)).tolist(), running[at].tolist()


def panel(title: str, curves: dict[str, Curve], shift: int) -> str:
    """One set of axes with its lines."""
    left, bottom = LEFT + shift, TOP + HEIGHT

    def place(coverage: float, right: float) -> str:
        return (
            f"{left + coverage * WIDTH:.1f},{bottom - (max(FLOOR, right) - FLOOR) / (1 - FLOOR) * HEIGHT:.1f}"
        )

    parts = [f'<text x="{left}" y="{TOP - 16}" font-weight="bold">{title}</text>']
    for step in range(6):
        share = FLOOR + step * (1 - FLOOR) / 5
        height = bottom - step * HEIGHT / 5
        parts.append(f'<line x1="{left}" x2="{left + WIDTH}" y1="{height}" y2="{height}" stroke="#ddd"/>')
        parts.append(f'<text x="{left - 6}" y="{height + 4}" text-anchor="end">{share:.0%}</text>')
        across = left + step * WIDTH / 5
        parts.append(f'<text x="{across}" y="{bottom + 18}" text-anchor="middle">{step * 20}%</text>')
    middle = f'x="{left + WIDTH / 2}" text-anchor="middle"'
    parts.append(f'<text {middle} y="{bottom + 38}">share answered, surest first</text>')
    for row, (name, (coverage, right)) in enumerate(curves.items()):
        colour = COLOURS[row]
        points = " ".join(place(*one) for one in zip(coverage, right, strict=True))
        parts.append(f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{points}"/>')
        label = f"{name}: {right[-1]:.0%} of all"
        parts.append(f'<text x="{left + 8}" y="{bottom - 26 + 16 * row}" fill="{colour}">{label}</text>')
    return "\n".join(parts)


if __name__ == "__main__":
    main()
