"""The measured choices behind the topic score, one at a time against what the package does.

    python benchmarks/topic_choices.py ../shared/data            about seven minutes on one core

For each: how well articles find their mates (basil and pac among those and allsides, see
recommender/evaluation/mates.py), TIME's mean average precision, lists: how often one mate comes first
in a list of seven, the other six being the nearest articles that are no mates; and topic: of the ten
nearest of an allsides article, the share that its editors filed under its topic, over every eighth article.
`±` is half the 95 % interval of the paired difference in MRR from the first row, over questions. The heading
says how many questions each figure is of.

The scores are worked out here with scipy for all questions at once; the first row must agree with
`python cli.py evaluate mates … --pool …` to three decimals.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, CountVectorizer, TfidfVectorizer

from recommender.topic import vectorizer, weights
from recommender.topic.vectorizer import Analyzer

WORD_FLOOR, PAIR_FLOOR = 5, 10  # of scripts/build_background.py
LIST = 6  # other pieces of a reading list
NEAREST, EVERY = 10, 8  # neighbours whose topic is looked at; one article of so many asks


@dataclass(frozen=True, slots=True)
class Texts:
    """Every text: the questions of mates, the pool, TIME's articles, TIME's questions."""

    parts: tuple[tuple[str, str], ...]  # title, text
    mates: tuple[frozenset[int], ...]  # of each question
    pool: range
    articles: range
    questions: range
    relevant: tuple[frozenset[int], ...]  # positions in `articles`, of each of `questions`
    topics: tuple[str, ...]  # of the pool; "" where none is told


@dataclass(frozen=True, slots=True)
class Counts:
    """Term counts of every text, (n_texts, n_terms); pairs come after words."""

    title: Any
    text: Any
    pair: Any  # bool, (n_terms,)


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to weigh. The defaults are the package's."""

    name: str
    tf: Callable[[Any], Any] = lambda x: 1 + np.log(x)
    title: int = vectorizer.TITLE_WEIGHT
    pairs: float = vectorizer.PAIR_WEIGHT
    background: float = weights.BACKGROUND_WEIGHT  # weight of the background's document frequencies
    of: str = "all"  # whose frequencies they are: all of the pool, or its first or second half
    pool: str = "all"
    floors: tuple[int, int] = (WORD_FLOOR, PAIR_FLOOR)
    power: float = 1.0  # of idf
    archive: bool = True  # its own frequencies count


@dataclass(frozen=True, slots=True)
class Measured:
    """Per question, in order."""

    reciprocal: Any
    recall: Any
    precision: Any  # average precision, TIME
    first: Any  # of a list
    topical: Any  # share of the ten nearest


def read(folder: Path) -> Texts:
    """The data sets."""
    parts: list[tuple[str, str]] = []
    groups: list[str] = []
    for name, field in (("basil", "triplet"), ("pac", "story")):
        for record in _lines(folder / f"{name}.jsonl.gz"):
            parts.append((record["title"], record["text"]))
            groups.append(f"{name} {record[field]}")
    mates = tuple(
        frozenset(j for j, g in enumerate(groups) if g == group and j != i) for i, group in enumerate(groups)
    )
    filed = list(_lines(folder / "allsides.jsonl.gz"))
    parts += [(record["title"], record["text"]) for record in filed]
    time = json.loads(gzip.decompress((folder / "time" / "time.json.gz").read_bytes()))
    ends = [len(groups), len(parts), len(parts) + len(time["docs"])]
    parts += [("", text) for text in time["docs"] + time["queries"]]
    relevant = tuple(
        frozenset(n - 1 for n in time["relevant"][str(q + 1)]) for q in range(len(time["queries"]))
    )
    pool, articles, questions = range(ends[0], ends[1]), range(ends[1], ends[2]), range(ends[2], len(parts))
    topics = tuple(record["topic"] or "" for record in filed)
    return Texts(tuple(parts), mates, pool, articles, questions, relevant, topics)


def count(texts: Texts, analyzer: Analyzer) -> Counts:
    """Counts of titles and texts apart, so that title weights can be tried."""
    terms = [analyzer.terms("", part) for pair in texts.parts for part in pair]
    counter = CountVectorizer(analyzer=lambda found: found, dtype=np.float32)
    matrix = counter.fit_transform(terms)
    pair = np.array([" " in name for name in counter.get_feature_names_out()])
    order = np.argsort(pair, kind="stable")
    matrix = matrix[:, order]
    return Counts(matrix[0::2], matrix[1::2], pair[order])


def measure(choice: Choice, counts: Counts, texts: Texts) -> Measured:
    """One row of the table."""
    matrix = (counts.text + choice.title * counts.title).tocsr()
    matrix.data = choice.tf(matrix.data)
    halves = {"all": list(texts.pool), "first": list(texts.pool)[::2], "second": list(texts.pool)[1::2]}
    behind = halves[choice.of]
    known = _frequencies(matrix[behind])
    known[known < np.where(counts.pair, choice.floors[1], choice.floors[0])] = 0
    asked = len(texts.mates)

    def scores(questions: Sequence[int], rows: Sequence[int]) -> Any:
        """Cosine of questions and rows, with the frequencies of the rows and the background."""
        both = matrix[[*questions, *rows]]
        used, columns = np.unique(both.indices, return_inverse=True)  # a list needs few of the terms
        both = sp.csr_array((both.data, columns, both.indptr), shape=(both.shape[0], len(used)))
        left, right = both[: len(questions)], both[len(questions) :]
        df = choice.background * known[used] + (_frequencies(right) if choice.archive else 0)
        n = choice.background * len(behind) + (len(rows) if choice.archive else 0)
        idf = (np.log((1 + n) / (1 + df)) + 1) ** choice.power * np.where(counts.pair[used], choice.pairs, 1)
        return (_unit(left, idf) @ _unit(right, idf).T).toarray()

    rows = [*range(asked), *halves[choice.pool]]
    table = scores(range(asked), rows)
    np.fill_diagonal(table, -1)
    found, lists = [], []
    for question, mates in enumerate(texts.mates):
        ranks = sorted(int((table[question] > table[question, mate]).sum()) + 1 for mate in mates)
        found.append((1 / ranks[0], np.mean([rank <= 5 for rank in ranks])))
        others = [j for j in np.argsort(-table[question], kind="stable") if j not in mates and j != question][
            :LIST
        ]
        for mate in mates:
            listed = scores([question], [rows[j] for j in (mate, *others)])[0]
            lists.append(listed[0] > listed[1:].max())
    time = scores(texts.questions, texts.articles)
    precision = [_precision(row, relevant) for row, relevant in zip(time, texts.relevant, strict=True)]
    reciprocal, recall = np.array(found).T
    sample = [place for place in list(texts.pool)[::EVERY] if place in set(rows)]
    own = scores(sample, halves[choice.pool])
    topical = [
        _topical(
            row,
            [place - texts.pool.start for place in halves[choice.pool]],
            at - texts.pool.start,
            texts.topics,
        )
        for row, at in zip(own, sample, strict=True)
    ]
    return Measured(reciprocal, recall, np.array(precision), np.array(lists), np.array(topical))


def default(texts: Texts) -> Measured:
    """scikit-learn's TfidfVectorizer as it comes."""
    together = [f"{title}\n{text}" for title, text in texts.parts]
    asked = len(texts.mates)
    matrix = TfidfVectorizer().fit_transform(together[: texts.articles.start])
    table = (matrix[:asked] @ matrix.T).toarray()
    np.fill_diagonal(table, -1)
    ranks = [
        sorted(int((row > row[mate]).sum()) + 1 for mate in mates)
        for row, mates in zip(table, texts.mates, strict=True)
    ]
    time = TfidfVectorizer().fit(together[texts.articles.start : texts.articles.stop])
    articles, questions = (
        time.transform([together[i] for i in which]) for which in (texts.articles, texts.questions)
    )
    sample = range(0, len(texts.pool), EVERY)
    found = zip((questions @ articles.T).toarray(), texts.relevant, strict=True)
    return Measured(
        np.array([1 / rank[0] for rank in ranks]),
        np.array([np.mean([r <= 5 for r in rank]) for rank in ranks]),
        np.array([_precision(row, relevant) for row, relevant in found]),
        np.array([np.nan]),
        np.array(
            [
                _topical(row, range(len(texts.pool)), at, texts.topics)
                for at, row in zip(sample, (matrix[asked:][sample] @ matrix[asked:].T).toarray(), strict=True)
            ]
        ),
    )


WEIGHTS = (
    Choice("tf: as often as it stands", tf=lambda x: x),
    Choice("tf: square root", tf=np.sqrt),
    Choice("tf: BM25's saturation, k1 = 1.2", tf=lambda x: x / (x + 1.2)),
    Choice("tf: present or not", tf=np.ones_like),
    Choice("idf to the power 0.7", power=0.7),
    Choice("idf to the power 1.5", power=1.5),
    *(Choice(f"title weight {weight}", title=weight) for weight in (0, 1, 2, 5)),
    *(Choice(f"pair weight {weight}", pairs=weight) for weight in (0.0, 0.3, 0.7, 1.0)),
    Choice("no background", background=0.0),
    *(Choice(f"background weight {weight}", background=weight) for weight in (0.1, 1.0, 3.0)),
    Choice("background alone, no frequencies of the archive", archive=False),
    Choice("background down to 2 articles a term", floors=(2, 2)),
    Choice("background of 20 articles a term and more", floors=(20, 20)),
    Choice("half the pool; background of all", pool="first"),
    Choice("half the pool; background of that half", pool="first", of="first"),
    Choice("half the pool; background of the other half", pool="first", of="second"),
)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, help="folder with basil, pac, allsides and time")
    texts = read(parser.parse_args().data)
    chosen = Choice("as the package does")
    counts = count(texts, Analyzer())
    base = measure(chosen, counts, texts)
    asked = f"{len(base.reciprocal)} questions; TIME {len(base.precision)}; lists {len(base.first)}"
    print(f"{asked}; topic {int(np.isfinite(base.topical).sum())}")
    print(f"{'choice':50}   MRR      ±  first   R@5   MAP  lists  topic")
    _print(chosen.name, base, base)
    for choice in WEIGHTS:
        _print(choice.name, measure(choice, counts, texts), base)
    del counts
    for name, change in VARIANTS:
        with change():
            other = count(texts, Unstemmed() if name == "no stemming" else Analyzer())
        _print(name, measure(replace(chosen, name=name), other, texts), base)
    _print("TfidfVectorizer as it comes", default(texts), base)


class Unstemmed(Analyzer):
    """Words stay as they are."""

    def __init__(self) -> None:
        super().__init__()
        self._stem = str
        self._forget()


@contextmanager
def _patched(name: str, value: object) -> Iterator[None]:
    """The vectorizer with another constant."""
    before = getattr(vectorizer, name)
    setattr(vectorizer, name, value)
    try:
        yield
    finally:
        setattr(vectorizer, name, before)


VARIANTS: tuple[tuple[str, Callable[[], Any]], ...] = (
    ("no stemming", lambda: _patched("VERSION", 0)),
    ("no stop words", lambda: _patched("STOP_WORDS", frozenset())),
    ("scikit-learn's stop words", lambda: _patched("STOP_WORDS", ENGLISH_STOP_WORDS)),
    ("pairs across sentence marks too", lambda: _patched("_BREAKS", frozenset())),
)


def _print(name: str, found: Measured, base: Measured) -> None:
    difference = found.reciprocal - base.reciprocal
    half = 1.96 * difference.std() / np.sqrt(len(difference))
    first = (found.reciprocal == 1).mean()
    topical = np.nanmean(found.topical)
    figures = f"{found.reciprocal.mean():.3f}  {half:.3f}  {first:.3f}  {found.recall.mean():.3f}"
    print(
        f"{name:50} {figures} {found.precision.mean():.3f}  {found.first.mean():.3f}  {topical:.3f}",
        flush=True,
    )


def _topical(scores: Any, places: Sequence[int], own: int, topics: Sequence[str]) -> float:
    """Share of the nearest articles that are filed under the article's topic; NaN where it has none."""
    order = [places[j] for j in np.argsort(-scores, kind="stable")[: NEAREST + 1] if places[j] != own][
        :NEAREST
    ]
    return float(np.mean([topics[j] == topics[own] for j in order])) if topics[own] else np.nan


def _lines(path: Path) -> Iterator[Any]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _frequencies(matrix: Any) -> Any:
    return np.bincount(matrix.indices, minlength=matrix.shape[1]).astype(float)


def _unit(matrix: Any, idf: Any) -> Any:
    weighted = matrix @ sp.diags_array(idf)
    length = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    return (sp.diags_array(1 / np.maximum(length, 1e-12)) @ weighted).tocsr()


def _precision(scores: Any, relevant: frozenset[int]) -> float:
    """Average precision."""
    order = np.argsort(-scores, kind="stable")
    ranks = [rank for rank, article in enumerate(order, 1) if article in relevant]
    return float(np.mean([number / rank for number, rank in enumerate(ranks, 1)]))


if __name__ == "__main__":
    main()
