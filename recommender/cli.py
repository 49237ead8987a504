"""The console script `readmore`: `--help` from a file, everything else through app.py.

Click alone takes as long to import as Python takes to start, so a question for help doesn't load it.
"""

from __future__ import annotations

import os
import sys

HELP = "help.txt"  # what app.py says to --help in 80 columns; a test holds them equal
COLUMNS = 80


def main() -> None:
    """Run the command line and exit."""
    if sys.argv[1:] in (["--help"], ["-h"]) and _columns() >= COLUMNS:
        _print_help()
        sys.exit(0)
    from recommender.app import run

    run()


def _print_help() -> None:
    path = os.path.join(os.path.dirname(__file__), HELP)  # noqa: PTH118, PTH120  pathlib is a tenth of it
    with open(path, encoding="utf-8") as file:  # noqa: PTH123
        text = file.read()
    try:
        sys.stdout.write(text.replace("readmore", os.path.basename(sys.argv[0]), 1))  # noqa: PTH119
        sys.stdout.flush()
    except BrokenPipeError:
        sys.stderr.close()


def _columns() -> int:
    """Width of the terminal; `COLUMNS` where it is in the environment, 80 where there is no terminal."""
    try:
        return int(os.environ.get("COLUMNS") or os.get_terminal_size(1).columns)
    except (OSError, ValueError):
        return COLUMNS
