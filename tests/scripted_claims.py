"""A model that judges claims by marker words, and op-eds about an invented quarrel for it to judge.

A passage with "YEA" is for any claim, one with "NAY" against, one with both or neither takes no side; "FAINTLY" makes
it less sure. Names have no polarity. Every question it is asked is kept.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from recommender.stance.scorer import Mention, Passage, Polarity, Position

SEED = "Why the toll on the causeway is a mistake"
CLAIM = "The toll on the causeway is a mistake"
FAIR = "The toll is fair to the town"


@dataclass(frozen=True)
class ScriptedClaims:
    """Deterministic, and as quick as a look."""

    name: str = "marker-1"
    judges_claims: bool = True
    turned: frozenset[str] = frozenset()  # claims on which it says the reverse
    asked: list[Passage] = field(default_factory=list)

    def polarity(self, items: Sequence[Mention]) -> list[Polarity]:
        return [(0.0, 1.0, 0.0)] * len(items)

    def positions(self, items: Sequence[Passage]) -> list[Position]:
        self.asked.extend(items)
        found = [self._position(item.text) for item in items]
        return [
            one[::-1] if item.claim in self.turned else one for item, one in zip(items, found, strict=True)
        ]

    @staticmethod
    def _position(text: str) -> Position:
        sure = 0.65 if "FAINTLY" in text else 0.9
        yea, nay = "YEA" in text, "NAY" in text
        if yea == nay:
            return (0.05, 0.9, 0.05)
        return (0.05, 0.95 - sure, sure) if yea else (sure, 0.95 - sure, 0.05)


def column(*said: str) -> str:
    """An op-ed of a writer with a view, with these sentences in it; each a paragraph between quoted words.

    What stands between two of them is somebody else's, so that each is a passage of its own.
    """
    between = "“Nobody asked the carters,” said Mayor Ada Quill of the causeway."
    opening = (
        "I have walked over that bridge for thirty years. We should say what we think, and I must begin."
    )
    closing = "We must not wait. I know my neighbours. Our town should choose, and we have to say why."
    return "\n".join([opening, *(f"{between}\n{one}" for one in said), between, closing])


REPORT = "\n".join(
    f"The council met on day {day}, a spokesman said. The toll on the causeway was raised, officials told reporters."
    for day in range(8)
)
PIECES: tuple[tuple[str, str], ...] = (
    (SEED, column("The toll on the causeway costs the town more than it brings. I would end it.",
                  "NAY: the toll is not fair to the town, and we know it.")),
    (f"Opinion | {FAIR}", column("Those who call the toll on the causeway a mistake forget the bridge. NAY, I say.",
                                 "Fair is fair: who uses the causeway pays the toll, and the town gains.")),
    ("What the toll took from us", column("YEA, the toll on the causeway was a mistake from the first day.",
                                          "The town was told that a toll is fair. NAY.")),
    ("The harbour wall has to be rebuilt", column("The causeway stands, toll or no toll, and the wall does not.")),
    ("Council raises the toll on the causeway", REPORT),
)  # fmt: skip


def write(folder: Path) -> Path:
    """The pieces as a file that `import` reads; their ids are 1 to 5."""
    rows = []
    for number, (title, text) in enumerate(PIECES):
        own = " ".join(f"own{number}word{word}" for word in range(40))  # or they would be near copies
        rows.append({"title": title, "text": f"{text}\n{own}.", "url": f"https://quay.example/{number + 1}"})
    path = folder / "pieces.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path
