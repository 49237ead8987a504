"""`make demo`: serves the invented newspaper, then runs readmore on it as a user would.

It writes into demo-archive/ in the project's folder, made anew each time. Exit codes: 0 where everything
went as it should, 1 where something did not.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

if not __package__:  # run as a script: the project's folder is not on the path yet
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from demo.newspaper import ANY_PORTS, GONE, Newspaper

ROOT = Path(__file__).resolve().parent.parent
ARCHIVE = "demo-archive"  # ignored by git
MARKER = ".made-by-demo"  # only a folder with this file in it is ever deleted
DELAY = "0.3"  # seconds between requests to one host: this machine is the host, and nobody waits
LIMIT = 120  # seconds a command may take; all of them together take under 30
EXIT_PARTIAL = 2  # some references failed, as two here must (recommender/errors.py)

INTRO = """\
An invented newspaper is being served on this machine. The "Read more" list of its op-ed names ten pieces:
six are there (one at a new address), one is dead but in the web archive, one is the same text at a second
outlet, one is closed to robots, and one is gone for good. Nothing leaves 127.0.0.1.

"""
PARTIAL = "Exit code 2, as it should be: some references can't be had, and each one above says why.\n\n"
NEXT = (  # what to type, and what it shows
    ("{readmore} --archive {archive} browse", "the list and every table, in Datasette"),
    ("{readmore} --archive {archive} similar --explain 1", "one piece with all its reasons"),
    ("{python} demo/newspaper.py", "the newspaper, in your web browser"),
    ("{readmore} fetch https://…", "an article of your own"),
)


@dataclass(frozen=True, slots=True)
class Step:
    """One command, the exit code it should give, and what to say after it."""

    arguments: tuple[str, ...]
    expected: int = 0
    note: str = ""


def steps(paper: Newspaper) -> tuple[Step, ...]:
    """The commands of the demo, in order."""
    fetch = (
        *("fetch", paper.seed_url, "--wayback-url", paper.web_archive.base),
        *("--delay", DELAY, "--contact", "demo@example.org", "--allow-private"),
    )
    return (
        Step(fetch, EXIT_PARTIAL, PARTIAL),
        Step(("similar", paper.seed_url)),
        Step(("status",)),
    )


def main() -> int:
    """Run the demo."""
    try:
        _fresh(ROOT / ARCHIVE)
    except OSError as error:
        return _fail(str(error))
    began = time.monotonic()
    with _newspaper() as paper:
        _say(INTRO)
        for step in steps(paper):
            code = _run(step)
            if code != step.expected:
                return _fail(f"`{step.arguments[0]}` ended with exit code {code}, not {step.expected}.")
            _say(step.note)
        surprises = list(_surprises(paper))
    if surprises:
        return _fail("\n".join(surprises))
    _say(f"{_next()}\nThe demo took {time.monotonic() - began:.0f} seconds.\n")
    return 0


def _fresh(folder: Path) -> None:
    """Make an empty archive folder with the marker in it.

    Raises:
        FileExistsError: there is one that the demo did not make.
    """
    if folder.is_symlink() or folder.exists():
        if folder.is_symlink() or not (folder / MARKER).is_file():
            raise FileExistsError(
                f"{folder.name}/ was not made by the demo, so it stays. Move it away first."
            )
        shutil.rmtree(folder)
    folder.mkdir()
    (folder / MARKER).write_text("Made by `make demo`, which deletes this folder when it runs again.\n")


@contextmanager
def _newspaper() -> Iterator[Newspaper]:
    """The newspaper at its usual ports, or at free ones where those are taken."""
    paper = Newspaper()
    try:
        paper.__enter__()
    except OSError:
        paper = Newspaper(ANY_PORTS)
        paper.__enter__()
    try:
        yield paper
    finally:
        paper.__exit__(None, None, None)


def _run(step: Step) -> int:
    """Run one command of readmore as it would be typed, and return its exit code."""
    arguments = ("--archive", ARCHIVE, *step.arguments)
    _say(f"$ {_names()[0]} {' '.join(arguments)}\n")
    # A proxy would be asked for 127.0.0.1 too; the demo needs none.
    settings = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    command = (sys.executable, "cli.py", *arguments)
    try:
        done = subprocess.run(command, cwd=ROOT, env=settings, timeout=LIMIT, check=False)  # noqa: S603 - our own program, no shell
    except subprocess.TimeoutExpired:
        return 124  # as timeout(1) says it
    _say("\n")
    return done.returncode


def _names() -> tuple[str, str]:
    """How this Python's `readmore` and the Python itself are called from the project's folder."""
    python = Path(sys.executable)
    python = python.relative_to(ROOT) if python.is_relative_to(ROOT) else python
    readmore = python.with_name("readmore")
    return (str(readmore) if (ROOT / readmore).is_file() else f"{python} cli.py"), str(python)


def _next() -> str:
    readmore, python = _names()
    typed = [line.format(readmore=readmore, python=python, archive=ARCHIVE) for line, _ in NEXT]
    lines = zip(typed, (shown for _, shown in NEXT), strict=True)
    return "Where to look next\n" + "".join(f"  $ {line}\n      {shown}\n" for line, shown in lines)


def _surprises(paper: Newspaper) -> Iterator[str]:
    """What the servers saw that they should not have, or did not see."""
    weekly = {request.target for request, _ in paper.weekly.log}
    if any(target.startswith("/members/") for target in weekly):
        yield "A page that robots.txt closes was fetched."
    if "/robots.txt" not in weekly:
        yield "The Weekly's robots.txt was not read."
    dead = next(paper.url(piece) for piece in paper.pieces if piece.dead)
    replayed = (request.target for request, status in paper.web_archive.log if status == 200)
    if not any("/web/" in target and target.endswith(dead) for target in replayed):
        yield "The dead piece was not fetched from the web archive."
    if not any(request.target == GONE and status == 410 for request, status in paper.ledger.log):
        yield "The piece that is gone was not asked for."


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _fail(message: str) -> int:
    sys.stderr.write(f"demo: {message}\n")
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
