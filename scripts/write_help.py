"""Write recommender/help.txt, which `--help` prints without loading click, from what click would print.

python scripts/write_help.py
"""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from recommender.app import app
from recommender.cli import COLUMNS, HELP

OUTPUT = Path(__file__).resolve().parent.parent / "recommender" / HELP


def main() -> None:
    """As a terminal of COLUMNS shows it: click leaves two columns free."""
    shown = CliRunner().invoke(app, ["--help"], prog_name="readmore", terminal_width=COLUMNS - 2)
    OUTPUT.write_text(shown.output, encoding="utf-8")


if __name__ == "__main__":
    main()
