"""The stance model that ships: logistic regression, as plain numbers in `linear.npz`.

`scripts/train_stance.py` makes the file with scikit-learn; scoring needs numpy only. A mention's two
logits (negative and positive, each against neutral) are

    bias + mean-root sum of the weights of its phrases
         + for each region the mean-root sum of its words' weights

where a mean-root sum is a sum over the square root of how many there are. Deterministic: the weights are
8-bit integers and the sums run in a fixed order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from math import exp, sqrt
from typing import Any

from recommender.stance.features import Features, features
from recommender.stance.scorer import NEITHER, Mention, Passage, Polarity, Position

VERSION = (
    "1"  # part of the model's name: raise it with every new weights file, so that old profiles are redone
)
WEIGHTS = "linear.npz"


@dataclass(frozen=True, slots=True, eq=False)
class LinearScorer:
    """Logistic regression over `features.features`.

    Array shapes: `phrase_weights` (n_phrases, 2), `word_weights` (n_regions, n_words, 2), both int8, to be
    multiplied by their scale; `bias` (2,). Column 0 is negative against neutral, column 1 positive.
    """

    phrases: dict[str, int]  # feature name ─► row
    phrase_weights: Any
    phrase_scale: float
    words: dict[str, int]  # stem ─► row
    word_weights: Any
    word_scale: float
    bias: tuple[float, float]
    name: str = f"linear-{VERSION}"
    judges_claims: bool = False

    @classmethod
    def shipped(cls) -> LinearScorer:
        """The model in the package."""
        import numpy as np

        with files("recommender.stance").joinpath(WEIGHTS).open("rb") as stream, np.load(stream) as data:
            negative, positive = (float(value) for value in data["bias"])
            return cls(
                phrases=_rows(data["phrases"]),
                phrase_weights=data["phrase_weights"],
                phrase_scale=float(data["phrase_scale"]),
                words=_rows(data["words"]),
                word_weights=data["word_weights"],
                word_scale=float(data["word_scale"]),
                bias=(negative, positive),
            )

    def polarity(self, items: Sequence[Mention]) -> list[Polarity]:
        """P(negative), P(neutral), P(positive) of each mention, in order."""
        return [softmax(*self.logits(features(item))) for item in items]

    def positions(self, items: Sequence[Passage]) -> list[Position]:
        """Neither for nor against, of each: this model judges no claims."""
        return [NEITHER] * len(items)

    def logits(self, found: Features) -> tuple[float, float]:
        """Negative and positive, each against neutral."""
        import numpy as np

        total = np.array(self.bias)
        rows = [row for name in found.names if (row := self.phrases.get(name)) is not None]
        if rows:
            total += self.phrase_weights[rows].sum(axis=0, dtype=np.int64) * (
                self.phrase_scale / sqrt(len(rows))
            )
        for weights, region, size in zip(self.word_weights, found.regions, found.sizes, strict=True):
            pairs = [
                (row, weight) for word, weight in region.items() if (row := self.words.get(word)) is not None
            ]
            if pairs:
                amounts = np.array([weight for _, weight in pairs])
                total += amounts @ weights[[row for row, _ in pairs]] * (self.word_scale / sqrt(size))
        return float(total[0]), float(total[1])


def softmax(negative: float, positive: float) -> Polarity:
    """Probabilities from two logits against neutral's 0."""
    top = max(negative, 0.0, positive)
    parts = exp(negative - top), exp(-top), exp(positive - top)
    whole = sum(parts)
    return parts[0] / whole, parts[1] / whole, parts[2] / whole


def _rows(lines: Any) -> dict[str, int]:
    """Names from one block of bytes, a name a line, with their row numbers."""
    return {name: row for row, name in enumerate(lines.tobytes().decode().split("\n"))}
