"""How well an outlet's lean is told: which of two pieces on one story leans right (pac)."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from recommender.errors import EvaluationError
from recommender.evaluation.result import Result, bootstrap
from recommender.evaluation.rows import read
from recommender.stance.lean import lean
from recommender.stance.scorer import Scorer

SIDES = {"Left": -1, "Right": 1}


def evaluate_lean(path: Path, scorer: Scorer) -> Result:
    """Of two pieces on one story, is the one of the right-rated outlet told? Rows with `story`, `side`, `text`.

    Measures: `accuracy` (a tie counts half) over pairs of a Left and a Right piece on one story; `told`: share of
    pairs without a tie. `n` counts pairs; intervals resample stories. No publisher is known to the model.

    Raises:
        EvaluationError: a side is neither Left nor Right, or no story has a piece of each.
    """
    rows = read(path, "story", "side", "text")
    wrong = {str(row["side"]) for row in rows} - set(SIDES)
    if wrong:
        raise EvaluationError(f"a side is Left or Right, not {', '.join(sorted(wrong))}", where=path)
    leans = lean([str(row["text"]) for row in rows], scorer)
    stories: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for row, found in zip(rows, leans, strict=True):
        stories[str(row["story"])][str(row["side"])].append(found)
    gaps = [[right - left for left in one["Left"] for right in one["Right"]] for one in stories.values()]
    gaps = [group for group in gaps if group]
    if not gaps:
        raise EvaluationError("no story has a Left and a Right piece", where=path)

    def accuracy(groups: list[list[float]]) -> float:
        whole = [gap for group in groups for gap in group]
        return sum(1.0 if gap > 0 else 0.5 if gap == 0 else 0.0 for gap in whole) / len(whole)

    flat = [gap for group in gaps for gap in group]
    measures = {"accuracy": accuracy(gaps), "told": sum(gap != 0 for gap in flat) / len(flat)}
    interval = bootstrap(len(gaps), lambda drawn: accuracy([gaps[at] for at in drawn]))
    return Result("stance pac", len(flat), measures, {"accuracy": interval})
