"""Does an article find the other reports of its own event?

Articles of one group (BASIL's `triplet`: one event in three outlets; PAC's `story`: one story on the left
and on the right) are each other's mates. Each is asked about in an index of all of them and of a pool of
other articles, through the code that `similar` uses.

    mrr             mean of 1 / rank of the first mate; 0 where no mate shares a term
    recall_at_5     mean share of mates (of five, where there are more) among the first five
    precision_at_1  share of questions whose first answer is a mate

The article asked about is no answer, nor is an exact copy of its title and text that is not its mate.
Near copies stay, and count as wrong answers. Articles of a group of one are candidates, not questions.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import tempfile
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from recommender.errors import EvaluationError
from recommender.evaluation.result import Result, bootstrap
from recommender.topic.background import Background
from recommender.topic.index import Document, TopicIndex

GROUP_FIELDS = ("triplet", "story")
FIRST = 5  # of recall_at_5


@dataclass(frozen=True, slots=True)
class _Item:
    """One article of a file."""

    title: str
    text: str
    group: str | None  # unique over all files; None for one of the pool


def evaluate_mates(
    queries: Sequence[Path], pool: Sequence[Path], *, frequencies: Background | None = None
) -> Result:
    """Measure how well articles find their mates; intervals are over questions.

    Args:
        queries: files of articles in groups: JSON lines, also gzipped, with title, text and triplet or story.
        pool: files of other articles, with title and text.
        frequencies: background document frequencies; None for those of the package.

    Raises:
        EvaluationError: a file can't be read, or no article has a mate.
    """
    items = [item for path in queries for item in _items(path, grouped=True)]
    items += [item for path in pool for item in _items(path, grouped=False)]
    groups: dict[str, set[int]] = defaultdict(set)
    copies: dict[tuple[str, str], set[int]] = defaultdict(set)
    for number, item in enumerate(items):
        copies[item.title, item.text].add(number)
        if item.group is not None:
            groups[item.group].add(number)
    found = []
    with tempfile.TemporaryDirectory() as folder:
        index = TopicIndex.open(Path(folder), frequencies=frequencies, many=True)
        index.update(Document(i, item.title, item.text, _digest(item)) for i, item in enumerate(items))
        for members in groups.values():
            for number in members if len(members) > 1 else ():
                item, mates = items[number], members - {number}
                itself = {number} | (copies[item.title, item.text] - mates)
                hits = index.query(item.title, item.text, limit=len(items), exclude=itself, terms=0)
                found.append(_judge([hit.article_id for hit in hits], mates))
    if not found:
        where = ", ".join(str(path) for path in queries)
        raise EvaluationError("no article has a mate", where=where, hint="give files with triplet or story")
    return _result(found)


def _judge(ranking: Sequence[int], mates: set[int]) -> tuple[float, float, float]:
    """Reciprocal rank, recall and precision of one question."""
    ranks = [rank for rank, number in enumerate(ranking, 1) if number in mates]
    reciprocal = 1 / ranks[0] if ranks else 0.0
    recall = sum(rank <= FIRST for rank in ranks) / min(FIRST, len(mates))
    return reciprocal, recall, float(reciprocal == 1.0)


def _result(found: Sequence[tuple[float, float, float]]) -> Result:
    """Means over the questions, with their intervals."""
    import numpy as np

    values = np.array(found)  # (n_questions, 3)
    names = ("mrr", "recall_at_5", "precision_at_1")
    return Result(
        "mates",
        len(found),
        {name: float(values[:, i].mean()) for i, name in enumerate(names)},
        {
            name: bootstrap(len(found), lambda drawn, i=i: float(values[drawn, i].mean()))  # type: ignore[misc]
            for i, name in enumerate(names)
        },
    )


def _digest(item: _Item) -> str:
    return hashlib.blake2b(f"{item.title}\0{item.text}".encode("utf-8", "surrogatepass")).hexdigest()


def _items(path: Path, *, grouped: bool) -> Iterator[_Item]:
    """The articles of a file, in order."""
    try:
        with (
            gzip.open(path, "rt", encoding="utf-8")
            if path.suffix == ".gz"
            else path.open(encoding="utf-8") as lines
        ):
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield _item(line, f"{path}:{number}", grouped=grouped)
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        raise EvaluationError(
            f"can't be read: {error}", where=path, hint="JSON lines, also gzipped"
        ) from error


def _item(line: str, where: str, *, grouped: bool) -> _Item:
    """One line's article."""
    try:
        record = json.loads(line)
    except ValueError as error:
        raise EvaluationError(f"not JSON: {error}", where=where, hint="one object a line") from error
    title, text = (record.get("title"), record.get("text")) if isinstance(record, dict) else (None, None)
    if not isinstance(title, str) or not isinstance(text, str):
        raise EvaluationError(
            "no title or no text", where=where, hint="one object a line, with title and text"
        )
    if not grouped:
        return _Item(title, text, None)
    field = next((name for name in GROUP_FIELDS if record.get(name)), None)
    if field is None:
        raise EvaluationError("no group", where=where, hint="articles to ask about need triplet or story")
    file = where.rpartition(":")[0]  # two files may number their groups alike
    return _Item(title, text, f"{file}\0{field}\0{record[field]}")
