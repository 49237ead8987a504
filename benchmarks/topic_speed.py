"""How fast a warm index answers a whole article, beside scikit-learn's brute force over the same weights.

    python benchmarks/topic_speed.py ../shared/data [SIZE] [--questions 20] [--bm25s]

Made-up articles as in cold_start.py, twice as long. Both get the same articles as questions and give the ten
nearest; the ids must be the same. scikit-learn's side is a sparse product with a matrix that is in memory
already, as `linear_kernel` does it. `--bm25s` adds bm25s with numba, where this Python has both: other weights, so
its answers are not compared.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benchmarks.cold_start import articles, paragraphs
from recommender.topic import weights
from recommender.topic.index import Document, TopicIndex

TOP = 10


def main() -> None:
    """Build once, then ask each in turn."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("size", type=int, nargs="?", default=100_000)
    parser.add_argument("--questions", type=int, default=20)
    parser.add_argument("--bm25s", action="store_true")
    options = parser.parse_args()
    made = list(articles(paragraphs(options.data), 2 * options.size, random.Random(options.size)))
    texts = [(a.title, f"{a.text}\n{b.text}") for a, b in zip(made[::2], made[1::2], strict=True)]
    asked = random.Random(1).sample(range(options.size), options.questions)
    with tempfile.TemporaryDirectory() as folder:
        index = TopicIndex.open(Path(folder))
        index.update(Document(n, *text, digest=str(n)) for n, text in enumerate(texts))

        def ours(number: int) -> list[int]:
            return [
                hit.article_id for hit in index.query(*texts[number], limit=TOP, exclude=[number], terms=0)
            ]

        matrix = weighed(index)

        def theirs(number: int) -> list[int]:
            scores = (matrix @ matrix[[number]].T).toarray().ravel()
            scores[number] = -1
            return np.lexsort((np.arange(len(scores)), -scores))[:TOP].tolist()

        contestants: dict[str, Callable[[int], object]] = {"readmore": ours, "scikit-learn": theirs}
        if options.bm25s:
            contestants["bm25s with numba"] = bm25s(texts)
        same = sum(ours(number) == theirs(number) for number in asked)
        report(contestants, asked, f"{options.size:,} articles, {same} of {len(asked)} answers the same")


def weighed(index: TopicIndex) -> Any:
    """Every article's weights, unit length, as a matrix (n_articles, n_terms) in memory."""
    blocks = []
    parts, snapshot = index._prepare()
    keys = np.unique(np.concatenate([part.segment.keys for part in parts]))
    for part in parts:
        segment = part.segment
        sizes = np.diff(segment.starts)
        weight = weights.tf(segment.counts) * np.repeat(snapshot.idf(segment.keys), sizes)
        columns = np.repeat(np.searchsorted(keys, segment.keys), sizes)
        data = weight / part.norms[segment.rows]
        blocks.append(
            sp.csr_array((data, (segment.ids[segment.rows], columns)), shape=(len(index), len(keys)))
        )
    return sum(blocks[1:], blocks[0]).tocsr()


def bm25s(texts: list[tuple[str, str]]) -> Callable[[int], object]:
    """bm25s as its own documentation uses it, with numba behind it."""
    import bm25s as library  # type: ignore[import-not-found]

    corpus = [f"{title}\n{text}" for title, text in texts]
    retriever = library.BM25(backend="numba")
    retriever.index(library.tokenize(corpus, stopwords="en", show_progress=False), show_progress=False)

    def ask(number: int) -> object:
        words = library.tokenize([corpus[number]], stopwords="en", show_progress=False)
        return retriever.retrieve(words, k=TOP, show_progress=False)

    ask(0)  # numba compiles
    return ask


def report(contestants: dict[str, Callable[[int], object]], asked: list[int], head: str) -> None:
    """Medians of wall time, each question to each contestant in turn."""
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for number in asked:
        for name, ask in contestants.items():
            begun = time.perf_counter()
            ask(number)
            times[name].append(1000 * (time.perf_counter() - begun))
    first = statistics.median(times["readmore"])
    print(f"{head}\n{'':18}{'median ms':>10}{'most':>8}{'readmore is':>13}")
    for name, found in times.items():
        middle = statistics.median(found)
        print(f"{name:18}{middle:10.1f}{max(found):8.1f}{middle / first:12.2f}x")


if __name__ == "__main__":
    main()
