"""`evaluate`: quality on labelled data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from recommender.commands.consent import attended, yes_option
from recommender.commands.options import format_option, stance_option
from recommender.output import Column, Format, as_json, show

if TYPE_CHECKING:
    from recommender.evaluation.result import Result

COLUMNS = (
    Column("measure", "Measure", wrap=False),
    Column("value", "Value", right=True),
    Column("interval", "95 % interval", right=True),
)
FILE = click.Path(path_type=Path)


@click.group("evaluate")
def command() -> None:
    """Print quality measures on labelled data, with n and a bootstrap interval."""


@command.command("links")
@click.argument("folder", type=FILE)
@format_option(Format.TABLE, Format.JSON)
def links(folder: Path, style: Format) -> None:
    """References found in pages: FOLDER/gold.json against FOLDER/pages/."""
    from recommender.evaluation.links import evaluate_links

    _print(evaluate_links(folder), style)


@command.command("mates")
@click.argument("queries", type=FILE, nargs=-1, required=True)
@click.option("--pool", type=FILE, multiple=True, help="Distractors: a .jsonl.gz; may be given again.")
@format_option(Format.TABLE, Format.JSON)
def mates(queries: tuple[Path, ...], pool: tuple[Path, ...], style: Format) -> None:
    """Other articles on the same event: QUERIES with `triplet` or `story`, among themselves and the pool."""
    from recommender.evaluation.mates import evaluate_mates

    _print(evaluate_mates(queries, pool), style)


@command.command("retrieval")
@click.argument("file", type=FILE)
@format_option(Format.TABLE, Format.JSON)
def retrieval(file: Path, style: Format) -> None:
    """Queries with judged documents: FILE holds docs, queries and relevant."""
    from recommender.evaluation.retrieval import evaluate_retrieval

    _print(evaluate_retrieval(file), style)


@command.command("stance")
@click.argument("files", type=FILE, nargs=-1, required=True)
@click.option("--task", type=click.Choice(["sentences", "persent", "pairs", "claims", "debates", "pac"]), required=True,
              help="What to measure; each task has its own file format.")  # fmt: skip
@stance_option
@yes_option
@format_option(Format.TABLE, Format.JSON)
@click.pass_context
def stance(
    ctx: click.Context, files: tuple[Path, ...], task: str, stance_model: str, yes: bool, style: Format
) -> None:
    """How well a stance model judges labelled FILES (.jsonl or .jsonl.gz).

    \b
    sentences  polarity toward a marked name: sentence, from, to, polarity
    persent    the author's feeling toward a piece's main entity: title, text, target, sentiment
    pairs      verdicts on two pieces known to be on one side or two: PerSenT, PAC, BASIL, debates
    claims     a text for or against a claim: claim, text, side (for, against); source, opposite, if any
    debates    two comments on one side of a debate or not: debate, stance1, stance2 if any, text, side (1, 2)
    pac        which of two pieces on one story leans right: story, side (Left, Right), text

    Only a model that judges claims can be asked claims and debates: encoder, llm:NAME.
    """
    from recommender.evaluation.stance import TASKS

    model = attended(stance_model, ctx.find_root().obj or Path("archive"), yes=yes)
    for file in files:
        _print(TASKS[task](file, model), style)


def _print(result: Result, style: Format) -> None:
    if style is Format.JSON:
        click.echo(as_json(result.as_json()))
        return
    rows = [
        {
            "measure": name,
            "value": f"{value:.3f}" if isinstance(value, float) else str(value),
            "interval": None,
        }
        | (
            {"interval": "{:.3f} to {:.3f}".format(*result.intervals[name])}
            if name in result.intervals
            else {}
        )
        for name, value in {"n": result.n, **result.measures}.items()
    ]
    show(rows, COLUMNS, style)
