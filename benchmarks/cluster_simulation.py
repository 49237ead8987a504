"""Many shards, some slow, failing or dead: how long an answer takes, whose answer it is, what merging costs.

    python benchmarks/cluster_simulation.py [--shards 64] [--queries 100] [--bound 0.5] [--seed 1]

The shards are made up and do no work: each waits, then hands over the bytes of its hits. What is real is what the
asking side does: waiting for all with a bound, reading the bytes, `cluster/merge.py`.

    wait       log-normal, the median as stated, sigma .5: the slowest of 64 takes some three times the median
    slow       1 answer in 200 takes ten times the bound
    dead       1 in 400 never comes
    failing    1 in 400 is an error at once

Every answer is compared with brute force over the shards that answered. The times hang on this machine and its load;
that an answer is out by the bound, and merging's share of it, should not.
"""

from __future__ import annotations

import argparse
import asyncio
import pickle
import random
import statistics
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from recommender.cluster.merge import Merged, merged
from recommender.models import Hit, TermShare

TOP = 50
SIGMA = 0.5
SLOW, DEAD, FAILING = 1 / 200, 1 / 400, 1 / 400  # of a shard's answers
MEDIANS = (
    0.002,
    0.020,
    0.100,
)  # seconds: a shard of 100,000 in memory; with a scheduler in between; from a disk


@dataclass(frozen=True, slots=True)
class Asked:
    """One question's answer."""

    found: Merged
    seconds: float  # until it is out
    merging: float  # seconds of these
    late: float  # seconds past the bound, 0 where it came before
    exact: bool


def main() -> None:
    """A table: a line for each median wait."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shards", type=int, default=64)
    parser.add_argument("--queries", type=int, default=100)
    parser.add_argument("--bound", type=float, default=0.5, help="seconds all shards have together")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    print(
        f"{options.shards} shards, {TOP} hits each, bound {options.bound:g} s, {options.queries} questions a line"
    )
    alone = [hits(chance, number) for number in range(options.shards)]
    with_terms = [[Hit(hit.article_id, hit.score, terms(chance)) for hit in found] for found in alone]
    for name, answers in (("with ten shared terms", with_terms), ("ids and scores alone", alone)):
        size, spent = reading(answers)
        print(
            f"a shard's answer {name}: {size / 1e3:.1f} kB, read in {spent * 1e3:.3f} ms of CPU", flush=True
        )
    for median in MEDIANS:
        asked = [
            asyncio.run(ask(chance, options.shards, median, options.bound)) for _ in range(options.queries)
        ]
        report(median, asked)
    one = [asyncio.run(ask(chance, 32, 0.02, options.bound, slow=1)) for _ in range(20)]
    said = Counter(each.found.told() for each in one)
    print(f"one shard of 32 held up for good, nothing else: {dict(said)}, "
          f"the latest {max(each.late for each in one) * 1e3:.1f} ms after the bound")  # fmt: skip


async def ask(
    chance: random.Random, shards: int, median: float, bound: float, slow: int | None = None
) -> Asked:
    """Ask all shards, wait until all have answered or the bound is reached, merge what came."""
    held = {f"shard-{number:04}": hits(chance, number) for number in range(shards)}
    packets = {name: packed(found) for name, found in held.items()}
    waits = {
        name: wait(chance, median, bound) if slow is None else median if place >= slow else 3600.0
        for place, name in enumerate(packets)
    }
    begun = time.perf_counter()
    calls = {name: asyncio.create_task(shard(waits[name], packet)) for name, packet in packets.items()}
    done, late = await asyncio.wait(calls.values(), timeout=bound)
    answers = {
        name: call.result() if call in done and not call.exception() else None for name, call in calls.items()
    }
    read = time.perf_counter()
    found = merged(answers, TOP)
    ended = time.perf_counter()
    for call in late:
        call.cancel()
    every = [hit for name, hits_ in held.items() if answers[name] is not None for hit in hits_]
    every.sort(key=lambda hit: (-hit.score, hit.article_id))
    silent = {name for name, answer in answers.items() if answer is None}
    exact = found.hits == tuple(every[:TOP]) and set(found.silent) == silent
    return Asked(found, ended - begun, ended - read, max(0.0, ended - begun - bound), exact)


async def shard(seconds: float | None, packet: bytes) -> list[Hit]:
    """A shard's answer after so many seconds, read as it comes; None for an error at once."""
    if seconds is None:
        raise ConnectionResetError
    await asyncio.sleep(seconds)
    found: list[Hit] = pickle.loads(packet)
    return found


def wait(chance: random.Random, median: float, bound: float) -> float | None:
    """How long a shard takes."""
    lot = chance.random()
    if lot < FAILING:
        return None
    if lot < FAILING + DEAD:
        return 3600.0
    if lot < FAILING + DEAD + SLOW:
        return 10 * bound
    return median * chance.lognormvariate(0, SIGMA)


def hits(chance: random.Random, number: int) -> list[Hit]:
    """Hits of one shard, best first, ids and scores alone; scores of two digits, so that many are equal."""
    ids = chance.sample(range(number * 10**6, (number + 1) * 10**6), TOP)
    found = [Hit(one, round(chance.random() ** 3, 2)) for one in ids]
    return sorted(found, key=lambda hit: (-hit.score, hit.article_id))


def terms(chance: random.Random) -> tuple[TermShare, ...]:
    """Ten shared terms as a question of readmore's has them: one or two words each."""
    return tuple(TermShare(f"word{chance.randrange(10**6)} more", chance.random()) for _ in range(10))


def packed(found: list[Hit]) -> bytes:
    """As they go over a network."""
    return pickle.dumps(found, protocol=5)


def reading(answers: list[list[Hit]]) -> tuple[float, float]:
    """Bytes of an answer and CPU seconds to read it; the mean of these, the least of 20 rounds."""
    packets = [packed(found) for found in answers]
    times = []
    for _ in range(20):
        begun = time.process_time()
        for packet in packets:
            pickle.loads(packet)
        times.append(time.process_time() - begun)
    return sum(map(len, packets)) / len(packets), min(times) / len(packets)


def report(median: float, asked: list[Asked]) -> None:
    """Print a line."""
    times = sorted(each.seconds for each in asked)
    shares = sorted(each.merging / each.seconds for each in asked)
    whole = [each for each in asked if each.found.complete]
    missing = Counter(each.found.told() for each in asked if not each.found.complete)
    print(
        f"median wait {median * 1e3:g} ms: answers {sum(each.exact for each in asked)} of {len(asked)} exact; "
        f"out after {statistics.median(times) * 1e3:.0f} ms (of all shards {_median(whole):.0f}), "
        f"latest {max(each.late for each in asked) * 1e3:.1f} ms past the bound; "
        f"merging {statistics.median(each.merging for each in asked) * 1e3:.2f} ms, "
        f"{statistics.median(shares):.2%} of the time, p99 {shares[int(0.99 * len(shares))]:.2%}, "
        f"of all shards' p99 {_share(whole):.2%}; "
        f"complete {len(whole) / len(asked):.0%}, else {dict(missing.most_common(3))}",
        flush=True,
    )


def _median(asked: list[Asked]) -> float:
    return statistics.median(each.seconds for each in asked) * 1e3 if asked else float("nan")


def _share(asked: list[Asked]) -> float:
    shares = sorted(each.merging / each.seconds for each in asked)
    return shares[int(0.99 * len(shares))] if shares else float("nan")


if __name__ == "__main__":
    main()
