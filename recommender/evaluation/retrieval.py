"""Does a question find the articles that judges call relevant? (The TIME collection.)

Questions are texts without a title, asked through the code that `similar` uses.

    map         mean over questions of average precision; a relevant article that is not found adds 0
    ndcg_at_10  normalised discounted cumulative gain of the first ten, gain 1 for a relevant article
                (Järvelin and Kekäläinen 2002)
"""

from __future__ import annotations

import gzip
import json
import tempfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from math import log2
from pathlib import Path
from typing import Any

from recommender.errors import EvaluationError
from recommender.evaluation.result import Result, bootstrap
from recommender.topic.index import Document, TopicIndex

DEPTH = 10  # of ndcg_at_10
SHAPE = "an object with docs and queries (lists of texts) and relevant {query number: document numbers}"


@dataclass(frozen=True, slots=True)
class _Collection:
    """Articles, and questions with the numbers of the articles that answer them; numbers from 1."""

    documents: tuple[str, ...]
    questions: tuple[tuple[str, frozenset[int]], ...]


def evaluate_retrieval(path: Path) -> Result:
    """Measure retrieval on a judged collection; intervals are over questions.

    Args:
        path: JSON, also gzipped: docs, queries, relevant {query number: document numbers}, numbers from 1.
            A query without a judgement is passed over.

    Raises:
        EvaluationError: the file can't be read or has another shape.
    """
    import numpy as np

    collection = _read(path)
    found = []
    with tempfile.TemporaryDirectory() as folder:
        index = TopicIndex.open(Path(folder), many=True)
        index.update(
            Document(number, "", text, str(number)) for number, text in enumerate(collection.documents, 1)
        )
        for question, relevant in collection.questions:
            hits = index.query("", question, limit=len(collection.documents), terms=0)
            right = [hit.article_id in relevant for hit in hits]
            found.append((_average_precision(right, len(relevant)), _ndcg(right, len(relevant))))
    values = np.array(found)  # (n_questions, 2)
    names = ("map", "ndcg_at_10")
    return Result(
        "retrieval",
        len(found),
        {name: float(values[:, i].mean()) for i, name in enumerate(names)},
        {
            name: bootstrap(len(found), lambda drawn, i=i: float(values[drawn, i].mean()))  # type: ignore[misc]
            for i, name in enumerate(names)
        },
    )


def _average_precision(right: Sequence[bool], relevant: int) -> float:
    """Precision at the rank of each relevant article, over all of them."""
    ranks = [rank for rank, hit in enumerate(right, 1) if hit]
    return sum(number / rank for number, rank in enumerate(ranks, 1)) / relevant


def _ndcg(right: Sequence[bool], relevant: int) -> float:
    """Gain of the first ten over that of the best possible ten."""
    gain = sum(hit / log2(rank + 1) for rank, hit in enumerate(right[:DEPTH], 1))
    best = sum(1 / log2(rank + 1) for rank in range(1, min(DEPTH, relevant) + 1))
    return gain / best


def _read(path: Path) -> _Collection:
    """The collection in a file."""
    try:
        data = path.read_bytes()
        found: Any = json.loads(gzip.decompress(data) if path.suffix == ".gz" else data)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise EvaluationError(f"can't be read: {error}", where=path, hint=SHAPE) from error
    try:
        documents = tuple(_text(text) for text in found["docs"])
        queries = [_text(text) for text in found["queries"]]
        relevant = {
            int(number): frozenset(map(int, numbers)) for number, numbers in found["relevant"].items()
        }
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise EvaluationError(f"not a judged collection: {error!r}", where=path, hint=SHAPE) from error
    for number, numbers in relevant.items():
        if not 1 <= number <= len(queries) or any(not 1 <= n <= len(documents) for n in numbers):
            message = f"query {number} is judged by a number that is not there"
            raise EvaluationError(message, where=path, hint="numbers start at 1")
    questions = tuple(
        (queries[number - 1], relevant[number]) for number in sorted(relevant) if relevant[number]
    )
    if not questions:
        raise EvaluationError("no query is judged", where=path, hint=SHAPE)
    return _Collection(documents, questions)


def _text(value: object) -> str:
    """A text, or a TypeError."""
    if not isinstance(value, str):
        raise TypeError(f"a text was expected, not {type(value).__name__}")
    return value
