"""How well copies of a piece are told from other pieces, by fingerprint and then by text.

    python benchmarks/near_copies.py ../shared/data

| copy | how it is made from a real article of 100 words or more, 500 of each |
|---|---|
| cut by n % | the end is cut; another headline and byline before it, a footer behind |
| n % changed | every so many words one is replaced, evenly at random |

Then every pair of the archive: how many fingerprints are near, and what their texts have in common.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from pathlib import Path

import numpy as np

from recommender.reading.duplicates import MIN_WORDS, NEAR, fingerprint, near, resemblance, same

COUNT = 500


def cut(text: str, share: float, chance: random.Random) -> str:
    """A copy without its end, with another headline, byline and footer."""
    words = text.split()
    before = f"Updated headline number {chance.randrange(10**6)} By Staff Writer {chance.randrange(10**6)}"
    after = "Sign up for our newsletter. Follow us. Copyright. All rights reserved. More here. " * 2
    return f"{before}\n{' '.join(words[: int(len(words) * (1 - share))])}\n{after}"


def changed(text: str, share: float, chance: random.Random) -> str:
    """A copy in which some words are others."""
    words = text.split()
    return " ".join(f"w{chance.randrange(10**6)}" if chance.random() < share else word for word in words)


def main() -> None:
    """Print both parts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    with gzip.open(parser.parse_args().data / "allsides.jsonl.gz", "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    chance = random.Random(0)
    pieces = chance.sample([text for text in texts if len(text.split()) >= 2 * MIN_WORDS], COUNT)
    ways = [(f"cut by {100 * s:.0f} %", cut, s) for s in (0.1, 0.2, 0.3, 0.5)]
    ways += [(f"{100 * s:.0f} % changed", changed, s) for s in (0.03, 0.08)]
    for name, make, share in ways:
        copies = [(text, make(text, share, chance)) for text in pieces]
        found = sum(near(fingerprint(one), fingerprint(two)) and same(one, two) for one, two in copies)
        print(f"{name:16} {found:4} of {COUNT} found")
    pairs = near_pairs(np.array([fingerprint(text) for text in texts], np.uint64))
    alike = [resemblance(texts[one], texts[two]) for one, two in pairs]
    between = sorted(round(value, 2) for value in alike if 0.3 <= value < 0.85)
    print(
        f"of {len(texts) * (len(texts) - 1) // 2:,} pairs {len(pairs):,} near; in common between .3 and .85: {between}"
    )


def near_pairs(marks: np.ndarray) -> list[tuple[int, int]]:
    """All pairs of near fingerprints."""
    found = []
    for at in range(len(marks) - 1):
        close = np.flatnonzero(np.bitwise_count(marks[at + 1 :] ^ marks[at]) <= NEAR)
        found += [(at, at + 1 + int(other)) for other in close]
    return found


if __name__ == "__main__":
    main()
