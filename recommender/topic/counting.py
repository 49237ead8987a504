"""Articles become segments on all cores: batches go to worker processes, which write; what they wrote comes in order.

One batch is counted here: starting a worker takes as long as counting a thousand articles.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from pathlib import Path

from recommender import workers
from recommender.errors import ArchiveError
from recommender.topic import segments
from recommender.topic.segments import Document
from recommender.topic.vectorizer import Analyzer

BATCH = 2_000  # articles a segment is made from at once: some 100 MB, at 900 words an article

Counted = tuple[Path, int, int]  # a segment's folder, its articles and its postings
Fresh = Callable[[list[Document]], list[Document]]


def counted(
    documents: Iterable[Document],
    fresh: Fresh,
    folder: Callable[[], Path],
    analyzer: Analyzer,
    cores: int | None = None,
) -> Iterator[tuple[list[int], Counted]]:
    """Write a segment for each batch: the articles' ids, and what was written.

    Args:
        documents: of equal ids in one batch the last counts.
        fresh: those of a batch that are to be counted; called when the batch is read.
        folder: where the next segment goes.
        analyzer: for what is counted here.
        cores: processes at most; None for one a core.

    Raises:
        ArchiveError: a worker died.
        OSError: a segment can't be written.
    """
    source = iter(documents)
    batches = (fresh(list({one.article_id: one for one in batch}.values())) for batch in _batches(source))
    batches = (batch for batch in batches if batch)
    first = list(islice(batches, 2))
    count = min(workers.MOST, cores or workers.cores())
    if len(first) < 2 or count < 2:
        for batch in chain(first, batches):
            yield _ids(batch), _write(batch, folder(), analyzer)
        return
    yield from _spread(chain(first, batches), folder, count)


def _spread(
    batches: Iterable[list[Document]], folder: Callable[[], Path], count: int
) -> Iterator[tuple[list[int], Counted]]:
    ahead: deque[tuple[list[int], Future[Counted]]] = deque()
    pool, broken = workers.pool(count, [__name__, "numpy"]), False
    try:
        for batch in batches:
            ahead.append((_ids(batch), pool.submit(_work, batch, folder())))
            if len(ahead) > count:  # one batch more than workers: none waits, and few are in memory
                ids, future = ahead.popleft()
                yield ids, future.result()
        for ids, future in ahead:
            yield ids, future.result()
    except BrokenProcessPool as error:
        broken = True
        hint = "run it again: what was counted so far is kept"
        raise ArchiveError("a worker that counts words died", hint=hint) from error
    finally:
        workers.end(pool, broken=broken)


def _batches(source: Iterator[Document]) -> Iterator[list[Document]]:
    while batch := list(islice(source, BATCH)):
        yield batch


def _ids(batch: list[Document]) -> list[int]:
    return [document.article_id for document in batch]


def _write(batch: list[Document], folder: Path, analyzer: Analyzer) -> Counted:
    segment = segments.count(batch, analyzer)
    segments.save(segment, folder)
    return folder, len(segment.ids), segment.postings()


# In a worker

_own: list[Analyzer] = []


def _work(batch: list[Document], folder: Path) -> Counted:
    if not _own:
        _own.append(Analyzer())
    return _write(batch, folder, _own[0])
