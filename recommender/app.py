"""The command line: one verb a file in commands/; this one joins them and turns errors into exit codes."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from typing import TextIO

import click

from recommender.errors import EXIT_USAGE, ReadmoreError
from recommender.output import clean

VERBS = {
    "fetch": "fetch",
    "snowball": "snowball",
    "similar": "similar",
    "claims": "claims",
    "links": "links",
    "import": "imports",
    "export": "export",
    "browse": "browse",
    "status": "status",
    "history": "history",
    "verify": "verify",
    "rebuild": "rebuild",
    "index": "index",
    "save": "save",
    "check": "check",
    "build": "build",
    "evaluate": "evaluate",
}


class Verbs(click.Group):
    """Loads a verb's module only when it is named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs, in the order one meets them."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb of that name."""
        if cmd_name not in VERBS:
            return None
        module = importlib.import_module(f"recommender.commands.{VERBS[cmd_name]}")
        command: click.Command = module.command
        return command


@click.group(
    cls=Verbs,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 88},
    epilog="Exit codes: 0 all done, 1 usage or bad input, 2 some references failed, "
    "3 nothing could be reached.",
)
@click.version_option(package_name="readmore", prog_name="readmore")
@click.option(
    "--archive",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="READMORE_ARCHIVE",
    default=Path("archive"),
    show_default=True,
    show_envvar=True,
    help="Folder of the archive.",
)
@click.pass_context
def app(ctx: click.Context, archive: Path) -> None:
    """Archive an article's "Read more" pieces and rank them: how close in topic, and on which side."""
    ctx.obj = archive


def run() -> None:
    """Run the command line and exit."""
    # numpy's OpenBLAS starts a thread a core when it is loaded; nothing here multiplies large matrices with it.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for stream in (sys.stdout, sys.stderr):
        _lenient(stream)
    try:
        code = app(standalone_mode=False)
    except ReadmoreError as error:
        code = _fail(error.line(), error.exit_code)
    except click.ClickException as error:
        code = _fail(error.format_message(), EXIT_USAGE)
    except click.Abort:
        code = _fail("stopped; what was done is kept", 130)
    except BrokenPipeError:
        sys.stderr.close()
        code = 0
    sys.exit(code or 0)


def _fail(message: str, code: int) -> int:
    click.echo(f"readmore: {clean(message)}", err=True)
    return code


def _lenient(stream: TextIO) -> None:
    """A character that the terminal's encoding lacks is shown escaped, not a traceback."""
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="backslashreplace")
