"""Questions with passages on both sides, written by a language model to train and measure the claims model
(scripts/written/).

    ? a claim
    ! its opposite
    + a passage for it (three)
    - a passage against it (three)
    = a passage on the matter that takes no side (two)

One block a question, an empty line between. Who speaks in them is invented, and so are their examples. Facts and
figures, also of real countries and institutions, are unchecked and partly made up: no passage is a source of anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "written"
FORM = "?!+++---=="


@dataclass(frozen=True, slots=True)
class Question:
    """A claim, its opposite, and what is said of it."""

    claim: str
    opposite: str
    towards: tuple[str, ...]  # three passages for the claim
    against: tuple[str, ...]  # three
    neither: tuple[str, ...]  # two
    voice: str  # "plain": debaters on a web site and newspapers' readers; "polished": columnists too
    held_out: bool  # in written/held-out: written when what ships had been trained, to measure it


def questions(folder: Path = FOLDER) -> Iterator[Question]:
    """All of them, file by file.

    Raises:
        ValueError: a block has another form.
    """
    for path in sorted(folder.rglob("*.txt")):
        apart = path.parent != folder
        voice = "plain" if path.stem.endswith("-plain") else "polished"
        for block in path.read_text(encoding="utf-8").strip().split("\n\n"):
            lines = block.strip().split("\n")
            if "".join(line[:1] for line in lines) != FORM:
                raise ValueError(f"{path}: not a question of the form {FORM}: {lines[0]!r}")
            texts = [line[1:].strip() for line in lines]
            yield Question(
                texts[0], texts[1], tuple(texts[2:5]), tuple(texts[5:8]), tuple(texts[8:]), voice, apart
            )
