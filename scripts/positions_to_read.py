"""The positions that a model takes on headlines of other op-eds, with the passages that show them, to be read by hand.

    python scripts/positions_to_read.py DATA MODEL [--unseen]

    op-eds of allsides, 300 to 1,800 words ─► headlines that state something ─► op-eds on the topic within 45 days
    ─► where these stand on that claim, by the product's own rules ─► claim, position, passage

With --unseen only those of the topics that training left out. It prints article text: keep what it prints to yourself.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from pathlib import Path
from typing import Any

from claim_pairs import is_dev, opinions, same_weeks

from recommender.claim_models import Claim, Origin
from recommender.stance.headlines import statement
from recommender.stance.positions import Asked, stands
from recommender.stance.scorer import load


def main() -> None:
    """Print how many pairs were looked at, and each position."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("model")
    parser.add_argument("--unseen", action="store_true")
    options = parser.parse_args()
    topics: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in opinions(options.data):
        if is_dev(row["topic"]) or not options.unseen:
            topics[row["topic"]].append(row)
    pairs = 0
    taken = []
    for rows in topics.values():
        claims = [(row, statement(row["title"], row["source"])) for row in rows]
        stated = [
            (row, Claim(made.text, Origin.REFERENCE, row["title"]))
            for row, made in claims
            if made.text and not made.asked
        ]
        for other in rows:
            near = [claim for row, claim in stated if row is not other and same_weeks(row, other)]
            pairs += len(near)
            asked = Asked(other["title"], other["text"], tuple(near), other["source"])
            found = stands([asked], load(options.model))[0]
            taken += [
                (other, claim, stand)
                for claim, stand in zip(near, found, strict=True)
                if stand.taken and not stand.headline
            ]
    print(f"{pairs} pairs of a headline and a piece near it, {len(taken)} positions")
    for number, (row, claim, stand) in enumerate(taken, 1):
        place = "unseen" if is_dev(row["topic"]) else "seen"
        print(f"\n{number}. [{place}, {stand.said} passages] {claim.text}")
        print(f"   {stand.attitude.value} ({stand.probability:.2f}): {row['title']}")
        print("   " + " ".join(quote.sentence for quote in stand.quotes))


if __name__ == "__main__":
    main()
