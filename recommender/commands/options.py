"""Options that several verbs share."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

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


class StanceModel(click.ParamType[str]):
    """A stance model of the package's, or a language model of the reader's own."""

    name = "model"

    @staticmethod
    def shape() -> str:
        """As `--help` shows it."""
        from recommender.stance.scorer import LLM, names

        return f"[{'|'.join(names())}|{LLM}NAME]"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name, where it is one; whether a language model is there shows when it is loaded."""
        from recommender.stance.scorer import LLM, names

        if value not in names() and not value.startswith(LLM):
            self.fail(f"{value!r} is not one of {', '.join(map(repr, names()))}, '{LLM}NAME'.", param, ctx)
        return value


def stance_option(command: F) -> F:
    """`--stance-model`, which becomes a `stance_model` argument; the variable holds for every verb."""
    from recommender.stance.scorer import VARIABLE, chosen

    return click.option(
        "--stance-model",
        type=StanceModel(),
        metavar=StanceModel.shape(),
        envvar=VARIABLE,
        callback=lambda _ctx, _param, value: value or chosen(),
        show_envvar=True,
        help="Which model judges stance  [default: encoder where the extra `stance` is installed, else linear].",
    )(command)


def web_address(_ctx: click.Context, _param: click.Parameter, value: str) -> str:
    """An option's value that must be a web address."""
    if not value.lower().startswith(("http://", "https://")):
        raise click.BadParameter(f"{value!r} is no web address; it begins with http:// or https://")
    return value


def crawl_options(command: F) -> F:
    """How to fetch: options that become one `options` argument, a `crawl.report.Options`."""

    @functools.wraps(command)
    def collected(
        *args: Any, contact: str | None, delay: float, timeout: float, wayback_url: str, no_wayback: bool,
        allow_private: bool, **kwargs: Any,
    ) -> Any:  # fmt: skip
        from recommender.crawl.report import Options

        options = Options(
            contact=contact,
            delay=delay,
            timeout=timeout,
            wayback_url=None if no_wayback else wayback_url,
            allow_private=allow_private,
        )
        return command(*args, options=options, **kwargs)

    decorators = (
        click.option("--contact", envvar="READMORE_CONTACT", show_envvar=True,
                     help="Mail address or URL of yours, told to every server."),
        click.option("--delay", type=click.FloatRange(0, 60), default=1.0, show_default=True,
                     help="Seconds between two requests to one host."),
        click.option("--timeout", type=click.FloatRange(1, 3600), default=120.0, show_default=True,
                     help="Seconds for one page, redirects and all."),
        click.option("--wayback-url", default="https://web.archive.org", envvar="READMORE_WAYBACK_URL",
                     callback=web_address, show_default=True, show_envvar=True,
                     help="Web archive to fall back to."),
        click.option("--no-wayback", is_flag=True, help="Ask no web archive."),
        click.option("--allow-private", is_flag=True,
                     help="Fetch from loopback and private addresses too: an intranet."),
    )  # fmt: skip
    for decorate in reversed(decorators):
        collected = decorate(collected)
    return cast(F, collected)
