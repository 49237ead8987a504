"""What claims cost a piece before the model answers: how many questions there are, how long it takes to choose them.

    python benchmarks/claims_asked.py DATA [--pieces 40]
    python benchmarks/claims_asked.py DATA --headlines 100 --seed 77
    python benchmarks/claims_asked.py DATA --about

Op-eds of allsides of 800 to 1,000 words, each with the claims that thirty headlines of op-eds on its topic make. With
--headlines, that many headlines of op-eds, drawn by lot, with the statement each makes, to be judged by a reader. With
--about, how many op-eds of 400 words or more are taken to be about their own headline, and another's on the topic.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from stance_speed import OPINION, cpu

from recommender.claim_models import Origin
from recommender.stance.claims import MOST, Headline, claims_of
from recommender.stance.headlines import statement
from recommender.stance.positions import PASSAGES, Asked, about, passages, stands
from recommender.stance.scorer import NEITHER, Mention, Passage, Polarity, Position

LIST = 30  # headlines of one topic that may be claims: more than a real reading list has


class Counting:
    """A model that answers nothing and counts what it is asked."""

    name = "counting-1"
    judges_claims = True

    def __init__(self) -> None:
        self.asked: list[Passage] = []

    def polarity(self, items: Sequence[Mention]) -> list[Polarity]:
        """Neutral."""
        return [(0.0, 1.0, 0.0)] * len(items)

    def positions(self, items: Sequence[Passage]) -> list[Position]:
        """Neither."""
        self.asked.extend(items)
        return [NEITHER] * len(items)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--pieces", type=int, default=40)
    parser.add_argument("--headlines", type=int, default=0)
    parser.add_argument("--about", action="store_true")
    parser.add_argument("--seed", type=int, default=3)
    options = parser.parse_args()
    text = gzip.decompress((options.data / "allsides.jsonl.gz").read_bytes()).decode()
    rows = [row for row in map(json.loads, text.splitlines()) if OPINION.search(row["url"] or "")]
    lot = random.Random(options.seed)
    if options.headlines:
        _headlines(lot.sample(rows, options.headlines))
        return
    if options.about:
        _about([row for row in rows if len(row["text"].split()) > 400], lot)
        return
    long = [row for row in rows if 800 <= len(row["text"].split()) <= 1000]
    _questions(lot.sample(long, options.pieces), rows, lot)


def _headlines(rows: Sequence[dict[str, Any]]) -> None:
    made = [(row["title"], statement(row["title"])) for row in rows]
    for title, one in made:
        print(f"{'+' if one.text else '-'} {title}\n    {one.text or one.reason}")
    print(f"{sum(bool(one.text) for _, one in made)} of {len(made)} state something")


def _about(rows: Sequence[dict[str, Any]], lot: random.Random) -> None:
    stated = {row["id"]: statement(row["title"]).text for row in rows}
    own = [(stated[row["id"]], row["text"]) for row in rows if stated[row["id"]]]
    others = []
    for row in lot.sample(rows, 900):
        other = lot.choice([one for one in rows if one["topic"] == row["topic"]])
        if other is not row and stated[other["id"]]:
            others.append((stated[other["id"]], row["text"]))
    for name, pairs in (("their own headline", lot.sample(own, 600)), ("another's on their topic", others)):
        found = statistics.mean(bool(about(claim, passages(text))) for claim, text in pairs)
        print(f"{len(pairs)} op-eds: {found:.3f} are about {name}")


def _questions(pieces: Sequence[dict[str, Any]], rows: Sequence[dict[str, Any]], lot: random.Random) -> None:
    counts, costs = [], []
    for row in pieces:
        near = [one["title"] for one in rows if one["topic"] == row["topic"] and one is not row]
        headlines = [Headline(title, Origin.REFERENCE) for title in lot.sample(near, min(LIST, len(near)))]
        asked = Asked(row["title"], row["text"], claims_of(headlines).claims)
        scorer = Counting()
        costs.append(cpu(lambda asked=asked, scorer=scorer: stands([asked], scorer)))  # type: ignore[misc]
        counts.append(len(scorer.asked))
    print(
        f"{len(pieces)} pieces: {statistics.mean(counts):.1f} questions on average, {max(counts)} at most "
        f"(never more than {MOST * PASSAGES}); chosen in {1000 * statistics.median(costs):.1f} ms CPU a piece"
    )


if __name__ == "__main__":
    main()
