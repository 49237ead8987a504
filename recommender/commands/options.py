"""Options that several verbs share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from recommender.output import Format

F = TypeVar("F", bound=Callable[..., Any])


def _or_group(ctx: click.Context, _: click.Parameter, value: Path | None) -> Path:
    return value or ctx.find_root().obj or Path("archive")


def archive_option(command: F) -> F:
    """`--archive` after the verb too."""
    return click.option(
        "--archive",
        type=click.Path(path_type=Path, file_okay=False),
        callback=_or_group,
        help="Folder of the archive  [default: archive, or READMORE_ARCHIVE].",
    )(command)


def format_option(*styles: Format) -> Callable[[F], F]:
    """`--format` with these choices, the first of them the default."""
    return click.option(
        "--format",
        "style",
        type=click.Choice([style.value for style in styles]),
        default=styles[0].value,
        show_default=True,
        callback=lambda _ctx, _param, value: Format(value),
        help="How to print.",
    )
