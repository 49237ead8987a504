"""How fast texts become a topic index, beside scikit-learn's TfidfVectorizer in the same process.

    python benchmarks/topic_build.py ../shared/data [--rounds 3]

Both get the same 8,005 articles in memory. readmore counts stems and pairs of stems, title apart, and writes a
segments; TfidfVectorizer as it comes counts single words, and is shown with pairs as well. CPU time where one process
does it all, and what the clock says; readmore also on all cores, by the clock alone (others count its workers' CPU).
"""

from __future__ import annotations

import argparse
import gzip
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from unittest import mock

from sklearn.feature_extraction.text import TfidfVectorizer

from recommender import workers
from recommender.topic.index import Document, TopicIndex

ALL = "readmore, on all cores"


def main() -> None:
    """Each in turn, several times over."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with gzip.open(options.data / "allsides.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    texts = [f"{row['title']}\n{row['text']}" for row in rows]
    documents = [Document(n, row["title"], row["text"], str(n)) for n, row in enumerate(rows)]

    def ours(cores: int) -> None:
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(workers, "cores", lambda: cores):
            TopicIndex.open(Path(folder)).update(documents)

    many = workers.cores()
    contestants: dict[str, Callable[[], object]] = {
        "readmore: stems and pairs, on disk": lambda: ours(1),
        ALL: lambda: ours(many),
        "TfidfVectorizer: words": lambda: TfidfVectorizer().fit_transform(texts),
        "TfidfVectorizer: words and pairs": lambda: TfidfVectorizer(ngram_range=(1, 2)).fit_transform(texts),
    }
    rates: dict[str, list[float]] = {name: [] for name in contestants}
    clock: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(options.rounds):
        for name, run in contestants.items():
            begun, wall = time.process_time(), time.perf_counter()
            run()
            rates[name].append(len(rows) / (time.process_time() - begun))
            clock[name].append(len(rows) / (time.perf_counter() - wall))
    first = statistics.median(rates["readmore: stems and pairs, on disk"])
    print(f"{len(rows)} articles, medians of {options.rounds} rounds")
    print(f"{'':36}{'articles/CPU s':>15}{'readmore is':>13}{'articles/s':>12}")
    for name, found in rates.items():
        rate = statistics.median(found)
        shown = f"{'':28}" if name == ALL else f"{rate:15.0f}{first / rate:12.2f}x"
        print(f"{name:36}{shown}{statistics.median(clock[name]):12.0f}")


if __name__ == "__main__":
    main()
