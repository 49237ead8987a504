"""How fast a warm index answers a whole article, beside what else one would use, and what it needs for it.

    python benchmarks/topic_speed.py ../shared/data [SIZE] [--questions 20] [--bm25s] [--tantivy] [--keep FOLDER]

Made-up articles as in cold_start.py, twice as long. All get the same articles as questions and give the ten nearest.

    readmore      with numpy alone, and with compiled sums where the extra `fast` is installed: the same answers
    scikit-learn  a sparse product with a matrix in memory, as `linear_kernel` does it, over the same weights: the ids
                  must be the same, in the same order
    bm25s         with numba, all words of the article; other weights, so its answers are not compared
    tantivy       more-like-this, which drops all but 25 terms: not exact; how many of its ten are among ours is told
    floor         the time that memory takes to hand over all postings of the question's terms, at the speed
                  measured here; an answer that reads them all can't be faster

bm25s (MIT), numba (BSD) and tantivy (MIT) are not of the package: `pip install bm25s numba tantivy`.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benchmarks.cold_start import articles, paragraphs
from recommender.topic import weights
from recommender.topic.index import Document, TopicIndex
from recommender.topic.nearest import Part
from recommender.topic.query import weighed
from recommender.topic.segments import common

TOP = 10
Text = tuple[str, str]
Ask = Callable[[int], list[int]]
# A new process that asks so many questions; its own memory before and after, in MB, without mapped files.
_MEMORY = """
import json, re, sys
from pathlib import Path
from recommender.topic.index import TopicIndex
def own():
    return int(re.search(r"RssAnon:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024
import numpy
before, index = own(), TopicIndex.open(Path(sys.argv[1]))
most = 0
for title, text in json.load(sys.stdin):
    index.query(title, text, limit=10)
    most = max(most, own())
print(f"{most - before:.0f}")
"""


def main() -> None:
    """Build once, then ask each in turn."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("size", type=int, nargs="?", default=100_000)
    parser.add_argument("--questions", type=int, default=20)
    parser.add_argument("--bm25s", action="store_true")
    parser.add_argument("--tantivy", action="store_true")
    parser.add_argument("--keep", type=Path, help="keep all indexes in this folder, or use those there")
    options = parser.parse_args()
    asked = random.Random(1).sample(range(options.size), options.questions)
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        index = TopicIndex.open(folder / "readmore")
        begun = time.perf_counter()
        added = index.update(documents(options.data, options.size)) if not len(index) else 0
        if added:
            print(f"{added:,} articles indexed in {time.perf_counter() - begun:.0f} s", flush=True)
        questions = {
            number: text for number, text in made(options.data, options.size) if number in set(asked)
        }
        contestants: dict[str, Ask] = {"readmore": ours(index, questions)}
        if find_spec("numba"):
            contestants = {
                "readmore, compiled": ours(TopicIndex.open(folder / "readmore", many=True), questions),
                "readmore, numpy": contestants["readmore"],
            }
        first = next(iter(contestants))
        for name, wanted in (("bm25s", options.bm25s), ("tantivy", options.tantivy)):
            if wanted and not (folder / name).exists():
                apart(
                    build_bm25s if name == "bm25s" else build_tantivy,
                    options.data,
                    options.size,
                    folder / name,
                )
        if options.bm25s:
            contestants["bm25s with numba"] = bm25s(folder / "bm25s", questions)
        if options.tantivy:
            contestants["tantivy, 25 terms"] = tantivy(folder / "tantivy")
        contestants["scikit-learn"] = scikit_learn(index, questions)
        for name in [name for name in contestants if name.startswith("readmore")]:
            same = sum(contestants[name](number) == contestants["scikit-learn"](number) for number in asked)
            print(
                f"{options.size:,} articles, {name}: {same} of {len(asked)} answers the same as scikit-learn's"
            )
        report(contestants, asked, first)
        print(floor(index, [questions[number] for number in asked]))
        words = [sys.executable, "-c", _MEMORY, str(folder / "readmore")]
        told = subprocess.run(
            words, input=json.dumps(list(questions.values())), capture_output=True, text=True, check=True,
            cwd=Path(__file__).resolve().parent.parent,
        ).stdout  # fmt: skip
        print(f"memory of a new process with all questions, above the mapped index: {told.strip()} MB")


def made(data: Path, size: int) -> Iterator[tuple[int, Text]]:
    """Numbered articles; the same each time."""
    source = articles(paragraphs(data), 2 * size, random.Random(size))
    for number, (a, b) in enumerate(zip(source, source, strict=True)):
        yield number, (a.title, f"{a.text}\n{b.text}")


def documents(data: Path, size: int) -> Iterator[Document]:
    """The same for the index."""
    for number, text in made(data, size):
        yield Document(number, *text, digest=str(number))


def ours(index: TopicIndex, questions: dict[int, Text]) -> Ask:
    """As `similar` asks, without the words it would show."""

    def ask(number: int) -> list[int]:
        hits = index.query(*questions[number], limit=TOP, exclude=[number], terms=0)
        return [hit.article_id for hit in hits]

    return ask


def apart(build: Callable[[Path, int, Path], None], data: Path, size: int, folder: Path) -> None:
    """In a process of its own, so that what building needs is given back; the folder appears whole."""
    unfinished = folder.with_suffix(".new")
    begun = time.perf_counter()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        pool.submit(build, data, size, unfinished).result()
    unfinished.rename(folder)
    print(f"{folder.name}: {size:,} articles indexed in {time.perf_counter() - begun:.0f} s", flush=True)


def scikit_learn(index: TopicIndex, questions: dict[int, Text]) -> Ask:
    """Every article's weights as unit vectors in matrices, a part of the index each, and a product with each."""
    parts, snapshot = index._prepare()
    blocks = [(part.segment.ids, matrix(part, snapshot.keys, snapshot.idf(snapshot.keys))) for part in parts]

    def ask(number: int) -> list[int]:
        vector = weighed(questions[number], snapshot, index._analyzer)
        here, there = common(vector.keys, snapshot.keys)
        row = sp.csr_array(
            (vector.own[here], (np.zeros(len(here), np.int32), there)), shape=(1, len(snapshot.keys))
        )
        ids = np.concatenate([ids for ids, _ in blocks])
        scores = np.concatenate([(block @ row.T).toarray().ravel() for _, block in blocks])
        scores[ids == number] = -1
        best = np.argpartition(-scores, TOP + 50)[: TOP + 50]
        order = np.lexsort((ids[best], -np.round(scores[best], 12)))[:TOP]
        found: list[int] = ids[best][order].tolist()
        return found

    return ask


def matrix(part: Part, keys: Any, idf: Any) -> Any:
    """A part's articles as rows of unit length, (n_articles, n_terms)."""
    segment = part.segment
    frequent, rare = np.searchsorted(keys, segment.frequent), np.searchsorted(keys, segment.keys)
    rows, columns = np.nonzero(segment.table())
    row = np.concatenate([segment.rows, rows.astype(np.int32)])
    column = np.concatenate([np.repeat(rare, np.diff(segment.starts)), frequent[columns]]).astype(np.int32)
    counts = np.concatenate([segment.counts, segment.table()[rows, columns]])
    data = weights.tf(counts) * idf[column] / part.norms[row]
    return sp.csr_array((data, (row, column)), shape=(len(segment.ids), len(keys)))


def build_bm25s(data: Path, size: int, folder: Path) -> None:
    """bm25s as its own documentation uses it."""
    import bm25s as library

    corpus = [f"{title}\n{text}" for _, (title, text) in made(data, size)]
    words = library.tokenize(corpus, stopwords="en", show_progress=False)
    del corpus
    retriever = library.BM25(backend="numba")
    retriever.index(words, show_progress=False)
    retriever.save(folder)


def bm25s(folder: Path, questions: dict[int, Text]) -> Ask:
    """bm25s with numba behind it, in memory."""
    import bm25s as library

    retriever = library.BM25.load(folder)
    retriever.backend = "numba"
    retriever.activate_numba_scorer()

    def ask(number: int) -> list[int]:
        title, text = questions[number]
        words = library.tokenize([f"{title}\n{text}"], stopwords="en", show_progress=False)
        return list(retriever.retrieve(words, k=TOP, show_progress=False).documents[0])

    ask(next(iter(questions)))  # numba compiles
    return ask


def build_tantivy(data: Path, size: int, folder: Path) -> None:
    """tantivy with its defaults, English stems."""
    import tantivy as library

    folder.mkdir()
    builder = library.SchemaBuilder()
    builder.add_integer_field("id", stored=True, indexed=True)
    builder.add_text_field("text", tokenizer_name="en_stem", stored=True)
    index = library.Index(builder.build(), path=str(folder))
    writer = index.writer(heap_size=500_000_000)
    for number, (title, text) in made(data, size):
        writer.add_document(library.Document(id=number, text=[f"{title}\n{text}"]))
    writer.commit()
    writer.wait_merging_threads()


def tantivy(folder: Path) -> Ask:
    """Its more-like-this with its defaults."""
    import tantivy as library

    index = library.Index.open(str(folder))
    index.reload()
    searcher = index.searcher()

    def address(number: int) -> Any:
        query = library.Query.term_query(index.schema, "id", number)
        return searcher.search(query, 1).hits[0][1]

    known: dict[int, Any] = {}

    def ask(number: int) -> list[int]:
        place = known.get(number) or known.setdefault(number, address(number))
        query = library.Query.more_like_this_query(place)
        found = [int(searcher.doc(one)["id"][0]) for _, one in searcher.search(query, TOP + 1).hits]
        return [other for other in found if other != number][:TOP]

    return ask


def report(contestants: dict[str, Ask], asked: list[int], ours: str) -> None:
    """Medians of wall time, each question to each contestant in turn, twice; the second counts."""
    times: dict[str, list[float]] = {name: [] for name in contestants}
    shared: dict[str, list[int]] = {name: [] for name in contestants}
    for number in asked:
        right = set(contestants[ours](number))
        for name, ask in contestants.items():
            ask(number)
            begun = time.perf_counter()
            found = ask(number)
            times[name].append(1000 * (time.perf_counter() - begun))
            shared[name].append(len(right & set(map(int, found))))
    first = statistics.median(times[ours])
    print(f"{'':20}{'median ms':>10}{'most':>9}{'the first is':>13}{'of our ten':>12}")
    for name, found in times.items():
        middle = statistics.median(found)
        print(
            f"{name:20}{middle:10.1f}{max(found):9.1f}{middle / first:12.2f}x{statistics.mean(shared[name]):12.1f}"
        )


def floor(index: TopicIndex, questions: list[Text]) -> str:
    """What reading all postings of a question takes at the least: 5 bytes each, rare and frequent alike."""
    parts, snapshot = index._prepare()
    block = np.ones(1 << 26, np.uint64)  # 512 MB: no cache holds it
    speeds = []
    for _ in range(5):
        begun = time.perf_counter()
        block.sum()
        speeds.append(block.nbytes / (time.perf_counter() - begun))
    sizes, rare = [], []
    for text in questions:
        keys = weighed(text, snapshot, index._analyzer).keys
        each = []
        for part in parts:
            segment = part.segment
            _, place = common(keys, segment.keys)
            _, column = common(keys, segment.frequent)
            few = int((segment.starts[place + 1] - segment.starts[place]).sum())
            each.append((few, few + int(segment.held[column].sum())))
        rare.append(sum(few for few, _ in each))
        sizes.append(sum(every for _, every in each))
    middle, speed = statistics.median(sizes), max(speeds)
    return (
        f"a question has {middle:,.0f} postings, of which {statistics.median(rare):,.0f} are read; at "
        f"{speed / 1e9:.1f} GB/s all of them take {1000 * 5 * middle / speed:.1f} ms (the floor)"
    )


if __name__ == "__main__":
    main()
