"""Progress on a terminal, and only there: a bar that appears once a job takes longer than a second."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from recommender.output import console

PATIENCE = 1.0  # seconds without a sign that people take for "at once" (Nielsen 1993)


@contextmanager
def counter(label: str, *, total: int | None = None, quiet: bool = False) -> Iterator[Callable[[int], None]]:
    """A function that is told of `n` more things done.

    It draws nothing before `PATIENCE` has passed, nothing where stderr is not a terminal, and nothing
    where `quiet`.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console(sys.stderr),
        transient=True,
    )
    task = bar.add_task(label, total=total)
    begun = time.monotonic()

    def tick(done: int) -> None:
        bar.advance(task, done)
        if not bar.live.is_started and time.monotonic() - begun > PATIENCE:
            bar.start()

    try:
        yield tick
    finally:
        bar.stop()
