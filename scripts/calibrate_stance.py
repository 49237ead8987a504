"""Fit what a stance model's polarities mean (`recommender.stance.calibration`), on persent.

    python scripts/calibrate_stance.py DATA/persent.jsonl.gz MODEL

    pieces whose author is for or against somebody ─► regression on the target's polarity ─► neutral, slope
    the same on half of the persons ─► pairs about the other half ─► right and decided at each least score

The pairs' figures are of persons not fitted on; `same` and `ceiling` are chosen from them by hand.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from recommender.evaluation.stance import pick, read
from recommender.models import Profile, Target
from recommender.stance import calibration
from recommender.stance.agreement import agree
from recommender.stance.calibration import Calibration
from recommender.stance.profile import profiles
from recommender.stance.scorer import load

LEAST = (0.0, 0.2, 0.36, 0.5, 0.6, 0.7, 0.8)


def main() -> None:
    """Print neutral and slope, then what each least score would decide."""
    everything = read(Path(sys.argv[1]), "title", "text", "target", "sentiment")
    rows = [row for row in everything if row["sentiment"] != "Neutral"]
    made = profiles(((row["title"], row["text"]) for row in rows), load(sys.argv[2]))
    persons = [row["target"].removesuffix("'s") for row in rows]
    sides = [row["sentiment"] for row in rows]
    targets = [pick(one, row["target"]) for one, row in zip(made, rows, strict=True)]
    neutral, slope = fit(range(len(rows)), targets, sides)
    print(f"neutral {neutral:.3f}, slope {slope:.2f}, n {len(rows)}")
    halves = [[at for at in range(len(rows)) if hash_of(persons[at]) == half] for half in (0, 1)]
    judged = []
    for half in (0, 1):
        numbers = Calibration(*fit(halves[1 - half], targets, sides), same=0.0, ceiling=1.0)
        calibration.KNOWN["fitted"] = numbers
        for left, right in combinations(halves[half], 2):
            if persons[left] == persons[right]:
                score = agree(as_opinion(made[left]), as_opinion(made[right])).score
                judged.append((sides[left] == sides[right], score))
    same, score = np.array([one for one, _ in judged]), np.array([one for _, one in judged])
    for least in LEAST:
        decided = (np.abs(score) >= least) & (score != 0)
        right = ((score > 0) == same)[decided]
        chance = max(same[decided].mean(), 1 - same[decided].mean()) if decided.any() else 0.0
        print(
            f"least {least}: decided {decided.mean():.3f}, right {right.mean():.3f}, best constant {chance:.3f}"
        )


def fit(taken: Sequence[int], targets: list[Target | None], sides: list[str]) -> tuple[float, float]:
    """Neutral and slope of P(for) over the polarity, both sides weighted alike."""
    known = [at for at in taken if targets[at] is not None]
    polarity = [[one.polarity] for at in known if (one := targets[at]) is not None]
    model = LogisticRegression(C=1e6, class_weight="balanced").fit(
        polarity, [sides[at] == "Positive" for at in known]
    )
    slope = float(model.coef_[0][0])
    return float(-model.intercept_[0] / slope), slope


def as_opinion(made: Profile) -> Profile:
    """As if the piece argued: persent's are reports, on which no verdict is given otherwise."""
    return Profile("fitted", made.targets, 1.0)


def hash_of(person: str) -> int:
    """Half 0 or 1, the same at every run."""
    return sum(person.encode()) % 2


if __name__ == "__main__":
    main()
