"""What a stance profile costs, by model: one op-ed, and a hundred at once.

    python benchmarks/stance_speed.py DATA [--pieces 100]

Pieces of allsides whose address says /opinion/, 800 to 1,000 words. CPU seconds of one thread; both models and both
ways take turns over the same pieces, so that a busy machine slows all alike. Loading the model is told apart. Batches
are reckoned on all cores, so seconds by the clock are told too. Then what a question about a claim costs `encoder`: the
headlines of these pieces, each with passages of its own.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from recommender.stance.claim_encoder import slant_of
from recommender.stance.positions import passages
from recommender.stance.profile import profile, profiles
from recommender.stance.scorer import Mention, Passage, load

OPINION = re.compile(r"/(?:opinions?|commentary|columnists?|op-?eds?|editorials?)/", re.I)
MODELS = ("linear", "encoder")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--pieces", type=int, default=100)
    options = parser.parse_args()
    pieces = opinion(options.data / "allsides.jsonl.gz")[: options.pieces]
    words = statistics.median(len(text.split()) for _, text in pieces)
    print(f"{len(pieces)} pieces, median {words:.0f} words")
    for name in MODELS:
        warm = cpu(lambda name=name: load(name).polarity([Mention("Quill lied.", 0, 5)]))  # type: ignore[misc]
        print(f"{name}: loaded and one mention judged in {warm:.2f} s")
    alone: dict[str, list[float]] = {name: [] for name in MODELS}
    for title, text in pieces:
        for name in MODELS:
            alone[name].append(cpu(lambda t=title, b=text, n=name: profile(t, b, load(n))))  # type: ignore[misc]
    for name in MODELS:
        begun = time.perf_counter()
        whole = cpu(lambda name=name: profiles(pieces, load(name)))  # type: ignore[misc]
        clock = time.perf_counter() - begun
        begun = time.perf_counter()
        for title, text in pieces:
            profile(title, text, load(name))
        slow = time.perf_counter() - begun
        cost = sorted(alone[name])
        print(
            f"{name}, by the clock: one by one {slow:.1f} s, all at once {clock:.1f} s: {slow / clock:.2f} times"
        )
        print(
            f"{name}: {statistics.median(cost):.3f} s a piece (nine in ten under {cost[len(cost) * 9 // 10]:.3f}), "
            f"one by one {sum(cost):.1f} s, all at once {whole:.1f} s: {sum(cost) / whole:.2f} times"
        )

    model = load("encoder")
    asked = [Passage(title, one.text) for title, text in pieces for one in passages(text)[:3]]
    warm = cpu(lambda: model.positions(asked[:1]))
    slants = [cpu(lambda one=title: slant_of(one)) for title, _ in pieces]  # type: ignore[misc]
    print(f"claims: {statistics.median(slants):.3f} s for what a claim says by itself, once a process")
    single = [cpu(lambda one=one: model.positions([one])) for one in asked]  # type: ignore[misc]
    print(
        f"claims: loaded and one question answered in {warm:.2f} s; {len(asked)} questions one by one "
        f"{statistics.median(single):.3f} s each, all at once {cpu(lambda: model.positions(asked)) / len(asked):.3f} s"
    )


def opinion(path: Path) -> list[tuple[str, str]]:
    """Title and text of op-eds of 800 to 1,000 words, in the file's order."""
    rows = [json.loads(line) for line in gzip.decompress(path.read_bytes()).decode().splitlines()]
    return [
        (row["title"], row["text"])
        for row in rows
        if OPINION.search(row["url"]) and 800 <= len(row["text"].split()) <= 1000
    ]


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds of this process for it."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


if __name__ == "__main__":
    main()
