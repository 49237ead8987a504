"""Sentences with several names, written by a language model to measure the names model (scripts/named/).

    python scripts/named.py FILE

writes them as the measuring data has sentences, for `evaluate stance --task sentences FILE`.

    While [-Governor Teller] blamed the flood on forecasters, [+Ansa Brill] drove the bus that got forty people out.

One sentence a line, two to five marks: "-" puts the target in a bad light, "+" in a good one, "=" in neither, by the
custom of NewsMTSC's raters: what a sentence says counts, be it the author or somebody quoted. Most have unlike marks,
and many come in twos that hardly differ but in who is blamed, so that neither tone nor place tells. Persons and
companies are invented; nothing in them is a fact. No model was trained on them.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "named"
MARK = re.compile(r"\[([-=+])([^\[\]]+)\]")
SIGNS = "-=+"


@dataclass(frozen=True, slots=True)
class Named:
    """A name in a sentence: `sentence[start:end]`."""

    sentence: str
    start: int  # characters
    end: int  # characters, exclusive
    polarity: int  # -1, 0 or 1


def names(folder: Path = FOLDER) -> Iterator[Named]:
    """All of them, file by file.

    Raises:
        ValueError: a line has fewer than two marks, or a bracket that is none.
    """
    for path in sorted(folder.glob("*.txt")):
        for at, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            parts = MARK.split(line)  # text, sign, name, text, sign, name, ..., text
            sentence = "".join(part for place, part in enumerate(parts) if place % 3 != 1)
            if len(parts) < 7 or "[" in sentence or "]" in sentence:
                raise ValueError(f"{path}:{at}: not a sentence with two marked names: {line!r}")
            start = len(parts[0])
            for sign, name, after in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
                yield Named(sentence, start, start + len(name), SIGNS.index(sign) - 1)
                start += len(name) + len(after)


def main() -> None:
    """Write them."""
    with Path(sys.argv[1]).open("w", encoding="utf-8") as out:
        for one in names():
            row = {"sentence": one.sentence, "from": one.start, "to": one.end, "polarity": one.polarity}
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
