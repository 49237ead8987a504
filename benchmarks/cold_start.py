"""What a new process costs: bare Python, numpy, `--help`, `similar` on archives of several sizes; one more article.

    python benchmarks/cold_start.py ../shared/data [SIZE …]        (10,000 and 100,000 articles, some minutes)

The archives are made up: paragraphs of allsides articles in new company, with invented names that are as rare
as real ones (half of them in one article alone). Same seed, same archive. Times are CPU, user and system, of the
whole process; the least and the median of RUNS.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from recommender.models import Article, Via
from recommender.similar import current_index
from recommender.store.database import Store

ROOT = Path(__file__).resolve().parents[1]
RUNS = 9
ADDED = 40  # articles added one by one
PARAGRAPHS = 4  # an article's; of some 60 words each
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def main() -> None:
    """Print a line a measure."""
    data, sizes = Path(sys.argv[1]), [int(word) for word in sys.argv[2:]] or [10_000, 100_000]
    bare = told("python -c pass", ["-c", "pass"])
    told("python -c 'import numpy'", ["-c", "import numpy"], bare)
    told("cli.py --help", ["cli.py", "--help"], bare)
    pieces = paragraphs(data)
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            archive = Path(folder) / "archive"
            chance = random.Random(size)
            with Store.open(archive, create=True) as store:
                with store.transaction():
                    for article in articles(pieces, size, chance):
                        store.library.add(article, origin=Via.IMPORT, now=NOW)
                begun = time.perf_counter()
                current_index(store)
                print(f"{size:7,} articles: index made in {time.perf_counter() - begun:.0f} s by the clock")
                bytes_ = sum(path.stat().st_size for path in store.index_folder.rglob("*") if path.is_file())
                print(f"{size:7,} articles: index of {bytes_ / 1e6:.0f} MB")
            words = ["cli.py", "--archive", str(archive), "similar", "1", "--format", "json"]
            run(words)  # profiles of the nearest are kept now
            told(f"{size:7,} articles: similar", words, bare)
            print(f"{size:7,} articles: {addition(archive, articles(pieces, ADDED, chance))}")


def addition(archive: Path, new: Iterator[Article]) -> str:
    """CPU and wall time of bringing one more article into the index, in a process that is running."""
    cpu, wall = [], []
    with Store.open(archive) as store:
        for article in new:
            with store.transaction():
                store.library.add(article, origin=Via.IMPORT, now=NOW)
            begun, clock = time.process_time(), time.perf_counter()
            current_index(store)
            cpu.append(time.process_time() - begun)
            wall.append(time.perf_counter() - clock)
    return (
        f"one more article: CPU median {statistics.median(cpu) * 1e3:.0f} ms, most {max(cpu) * 1e3:.0f}; "
        f"wall median {statistics.median(wall) * 1e3:.0f}, most {max(wall) * 1e3:.0f} (n {len(cpu)})"
    )


def paragraphs(data: Path) -> list[str]:
    """The paragraphs of the allsides articles."""
    with gzip.open(data / "allsides.jsonl.gz", "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    return [part for text in texts for part in text.split("\n") if 200 < len(part) < 600]


def articles(pieces: list[str], count: int, chance: random.Random) -> Iterator[Article]:
    """Made-up articles, each with a name of its own and one that others may have."""
    for _ in range(count):
        own, shared = name(chance, 10**9), name(chance, 20_000)
        text = "\n\n".join(chance.sample(pieces, PARAGRAPHS))
        title = " ".join(text.split()[:6])
        yield Article(url=None, title=f"{own}: {title}", text=f"{own} and {shared} spoke. {text}")


def name(chance: random.Random, many: int) -> str:
    """One of so many names."""
    number, letters = chance.randrange(many), []
    while number:
        number, digit = divmod(number, 60)
        letters.append("bdfgklmnprst"[digit // 5] + "aeiou"[digit % 5])
    return "".join(letters).capitalize() or "Ba"


def told(label: str, words: list[str], bare: float | None = None) -> float:
    """Print and give the least CPU of a command, in seconds."""
    times = [run(words) for _ in range(RUNS)]
    least, median = min(times), statistics.median(times)
    ratio = f"; {least / bare:.1f} x bare Python" if bare else ""
    print(f"{label}: least {least * 1e3:.0f} ms, median {median * 1e3:.0f}{ratio} (n {RUNS})", flush=True)
    return least


def run(words: list[str]) -> float:
    """CPU seconds of one process of this Python."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, *words], cwd=ROOT, env=environment, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
