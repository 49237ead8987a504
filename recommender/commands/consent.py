"""Before a language model is asked: what it costs is said, and agreed to by a person or by `--yes`."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from recommender.errors import ConsentError
from recommender.output import clean, wrapped
from recommender.progress import counter

if TYPE_CHECKING:
    from collections.abc import Callable

    from recommender.stance.llm import Cost
    from recommender.stance.scorer import Scorer

yes_option: Callable[[Any], Any] = click.option(
    "--yes",
    is_flag=True,
    help="Ask a language model (llm:NAME) without a question back; the cost is said all the same.",
)


def attended(name: str, archive: Path, *, yes: bool) -> Scorer:
    """The stance model of that name; a language model keeps its answers beside the archive, and asks before it costs.

    Args:
        name: as `scorer.load` takes it.
        archive: its folder; where no archive is there, answers are kept as long as the process.
        yes: whether the reader agrees beforehand.

    Raises:
        NotFoundError, AccessError: see `scorer.load`.
    """
    from recommender.stance.scorer import LLM, load

    model = load(name)
    if not name.startswith(LLM):
        return model
    from recommender.stance.llm import LlmScorer, Memory
    from recommender.store.answers import AnswerFile
    from recommender.store.database import FILENAME

    if not isinstance(model, LlmScorer):
        return model

    there = (archive / FILENAME).exists()

    def agree(cost: Cost) -> None:
        _agree(cost, yes=yes, kept=there)

    def watch(prompts: int) -> AbstractContextManager[Callable[[int], None]]:
        return counter("Asking", total=prompts)

    kept = AnswerFile.of(archive) if there else Memory()
    return replace(model, answers=kept, agree=agree, say=_note, watch=watch)


def note_kept() -> None:
    """Say, where a language model is chosen, that rankings which are kept unasked are judged by another."""
    from recommender.stance.scorer import LLM, chosen, for_kept

    if chosen().startswith(LLM):
        _note(
            f"kept rankings are judged by {for_kept()}; {chosen()} is asked by `similar` and `evaluate` only"
        )


def _agree(cost: Cost, *, yes: bool, kept: bool) -> None:
    """Say the cost, and whether answers outlive the command; return where it is agreed to.

    Raises:
        ConsentError: it is not, or there is nobody to ask.
    """
    line = cost.line()
    if not yes and not _person():
        raise ConsentError(line, hint="nothing was asked; --yes agrees to it")
    answers = "answers are kept" if kept else "answers are not kept, since no archive is there"
    click.echo(wrapped(clean(f"{line}. The texts go wherever this model runs; {answers}.")), err=True)
    if not yes and not click.confirm("Ask it?", err=True):
        raise ConsentError("nothing was asked")


def _person() -> bool:
    """Whether somebody sees a question and can answer it."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def _note(line: str) -> None:
    click.echo(f"Note: {clean(line)}.", err=True)
