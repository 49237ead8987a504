"""How well near copies of a piece are told from other pieces, as an archive tells them when it takes one in.

    python benchmarks/near_copies.py ../shared/data

The labelled set, made from real articles of 100 words or more (same seed, same set):

    copy      ten ways, below, of 300 articles each: 3,000 pairs
    no copy   each of those 300 and its ten nearest in topic, without those that are word for word one piece (J >= .8)

Ways: the end cut by 10 to 50 %, with another headline, byline and footer; 3 to 15 % of the words replaced,
evenly; the beginning left out; a paragraph put in; a headline alone changed. Then the whole archive: how many pairs
are near by fingerprint, and what they have in common.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import random
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from recommender.reading.duplicates import MIN_WORDS, NEAR, fingerprint, near, resemblance, same
from recommender.topic.index import Document, TopicIndex

COUNT, NEIGHBOURS, ONE_PIECE = 300, 10, 0.8
HALF = (1 << 64) - 1


def cut(text: str, share: float, chance: random.Random) -> str:
    """A copy without its end, with another headline, byline and footer."""
    words = text.split()
    before = f"Updated headline number {chance.randrange(10**6)} By Staff Writer {chance.randrange(10**6)}"
    after = "Sign up for our newsletter. Follow us. Copyright. All rights reserved. More here. " * 2
    return f"{before}\n{' '.join(words[: int(len(words) * (1 - share))])}\n{after}"


def beheaded(text: str, share: float, _chance: random.Random) -> str:
    """A copy without its beginning."""
    words = text.split()
    return " ".join(words[int(len(words) * share) :])


def changed(text: str, share: float, chance: random.Random) -> str:
    """A copy in which some words are others."""
    words = text.split()
    return " ".join(f"w{chance.randrange(10**6)}" if chance.random() < share else word for word in words)


def grown(text: str, share: float, chance: random.Random) -> str:
    """A copy with a paragraph more in the middle."""
    words = text.split()
    more = [f"w{chance.randrange(10**6)}" for _ in range(int(len(words) * share))]
    half = len(words) // 2
    return " ".join([*words[:half], *more, *words[half:]])


WAYS: tuple[tuple[str, Callable[[str, float, random.Random], str], float], ...] = (
    ("end cut by 10 %", cut, 0.1),
    ("end cut by 20 %", cut, 0.2),
    ("end cut by 30 %", cut, 0.3),
    ("end cut by 50 %", cut, 0.5),
    ("beginning cut by 20 %", beheaded, 0.2),
    ("3 % of words changed", changed, 0.03),
    ("8 % of words changed", changed, 0.08),
    ("15 % of words changed", changed, 0.15),
    ("a paragraph of 20 % more", grown, 0.2),
    ("another headline only", changed, 0.0),
)


def told(one: str, two: str) -> bool:
    """Does an archive that has the one take the other for a copy?"""
    return near(fingerprint(one), fingerprint(two)) and same(one, two)


def main() -> None:
    """Print recall by way, precision over all, and what the archive itself holds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    with gzip.open(parser.parse_args().data / "allsides.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    texts = [row["text"] for row in rows]
    chance = random.Random(0)
    chosen = chance.sample([n for n, text in enumerate(texts) if len(text.split()) >= 2 * MIN_WORDS], COUNT)
    hits = 0
    for name, make, share in WAYS:
        found = sum(told(texts[n], make(texts[n], share, chance)) for n in chosen)
        hits += found
        print(f"{name:26} {found:4} of {COUNT} found", flush=True)
    pairs = strangers(rows, chosen)
    wrong = sum(told(texts[one], texts[two]) for one, two in pairs)
    total = COUNT * len(WAYS)
    print(f"recall {hits / total:.3f} {interval(hits, total)} (n {total:,} copies)")
    print(
        f"precision {hits / (hits + wrong):.4f} {interval(hits, hits + wrong)} "
        f"({wrong} of {len(pairs):,} nearest other pieces taken for copies)"
    )
    marks = [fingerprint(text) for text in texts]
    alike = sorted(round(resemblance(texts[one], texts[two]), 2) for one, two in near_pairs(marks))
    between = [value for value in alike if 0.3 <= value < 0.85]
    print(
        f"of {len(texts) * (len(texts) - 1) // 2:,} pairs {len(alike):,} near, {sum(v < 0.3 for v in alike)} of "
        f"them have under .3 in common; between .3 and .85: {between}"
    )


def strangers(rows: list[dict[str, str]], chosen: list[int]) -> list[tuple[int, int]]:
    """Articles with their nearest others, those left out that are one piece word for word."""
    with tempfile.TemporaryDirectory() as folder:
        index = TopicIndex.open(Path(folder))
        index.update(Document(n, row["title"], row["text"], str(n)) for n, row in enumerate(rows))
        pairs = [
            (n, hit.article_id)
            for n in chosen
            for hit in index.query(rows[n]["title"], rows[n]["text"], limit=NEIGHBOURS, exclude=[n], terms=0)
        ]
    return [(one, two) for one, two in pairs if resemblance(rows[one]["text"], rows[two]["text"]) < ONE_PIECE]


def near_pairs(marks: list[int]) -> list[tuple[int, int]]:
    """All pairs of near fingerprints."""
    high = np.array([mark >> 64 for mark in marks], np.uint64)
    low = np.array([mark & HALF for mark in marks], np.uint64)
    found = []
    for at in range(len(marks) - 1):
        bits = np.bitwise_count(high[at + 1 :] ^ high[at]) + np.bitwise_count(low[at + 1 :] ^ low[at])
        found += [(at, at + 1 + int(other)) for other in np.flatnonzero(bits <= NEAR)]
    return found


def interval(hits: int, total: int) -> str:
    """Wilson's 95 % interval of a share."""
    share, z = hits / total, 1.96
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z / (1 + z * z / total) * math.sqrt(share * (1 - share) / total + z * z / (4 * total**2))
    return f"[{middle - half:.3f}, {min(1.0, middle + half):.3f}]"


if __name__ == "__main__":
    main()
