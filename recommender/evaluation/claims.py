"""How well a text's side is told: for or against a claim, and which of two texts stand on one side of a debate.

`encoder` was trained on four fifths of the debates in these sets: `scripts/claim_pairs.py` writes the others, and only
figures on those count. Of a language model it is not known what it has read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from recommender.errors import EvaluationError
from recommender.evaluation.result import Result, auc, bootstrap
from recommender.evaluation.rows import read
from recommender.stance import calibration
from recommender.stance.scorer import Passage, Position, Scorer, weighed

SIDES = {"for": 1, "against": -1}
BINS = 5  # of the reliability curve: some 130 judged texts each on the dev debates


@dataclass(frozen=True, slots=True)
class Judged:
    """A text whose side is known, and the model's position."""

    side: int  # 1 for, -1 against
    position: Position
    least: float  # probability from which on the model has a verdict
    source: str

    @property
    def lean(self) -> float:
        """[-1, 1], against to for."""
        return self.position[2] - self.position[0]

    @property
    def said(self) -> int:
        """The verdict: 1 for, -1 against, 0 can't tell."""
        against, _, favour = self.position
        return 0 if max(against, favour) < self.least else 1 if favour > against else -1


def evaluate_claims(path: Path, scorer: Scorer) -> Result:
    """Is a text for or against a claim? Rows with `claim`, `text`, `side` (for, against) and, if any, `source`.

    A claim's `opposite`, where a row has one, is asked beside it, as that of a seed file is.
    Measures: `auc` of P(for) - P(against), over all and by source; at the default threshold `coverage` (share of
    texts decided) and `precision` (share right of these), `base` (the better of always-for and always-against on
    them); `calibration_error`: how far the probability of a side is from the share right, mean over five equal
    bins of the texts. Intervals resample claims, since texts on one claim are not independent.

    Raises:
        EvaluationError: the model judges no claims, a side is neither for nor against, or there is no record.
    """
    rows = read(path, "claim", "text", "side")
    least = _able(scorer)
    wrong = {str(row["side"]) for row in rows} - set(SIDES)
    if wrong:
        raise EvaluationError(f"a side is for or against, not {', '.join(sorted(wrong))}", where=path)
    positions = weighed(
        scorer, [Passage(str(row["claim"]), str(row["text"]), str(row.get("opposite") or "")) for row in rows]
    )
    groups: dict[str, list[Judged]] = defaultdict(list)
    for row, position in zip(rows, positions, strict=True):
        groups[str(row["claim"])].append(
            Judged(SIDES[row["side"]], position, least, str(row.get("source", "")))
        )
    measures = dict(_CLAIM_MEASURES)
    for source in sorted({str(row.get("source", "")) for row in rows} - {""}):
        measures[f"auc_{source}"] = lambda judged, source=source: _side_auc(  # type: ignore[misc]
            [one for one in judged if one.source == source]
        )
    return _measured("stance claims", list(groups.values()), measures)


def evaluate_debates(path: Path, scorer: Scorer) -> Result:
    """Do two comments in one debate stand on one side? Rows with `debate`, `stance1`, `text`, `side`, `stance2` if any.

    The question's first statement is the claim, the second, where there is one, its opposite, asked beside it as a
    seed file's is; each comment gets a position on it, and a pair's score is the product of both leanings. Measures:
    `auc` of that score over all pairs within a debate, `coverage` and `precision` of pairs of which both are decided,
    `same` (share of pairs on one side). `n` counts pairs; intervals resample debates.

    Raises:
        EvaluationError: the model judges no claims.
    """
    rows = read(path, "debate", "stance1", "text", "side")
    least = _able(scorer)
    positions = weighed(
        scorer,
        [Passage(str(row["stance1"]), str(row["text"]), str(row.get("stance2") or "")) for row in rows],
    )
    debates: dict[str, list[Judged]] = defaultdict(list)
    for row, position in zip(rows, positions, strict=True):
        debates[str(row["debate"])].append(Judged(1 if str(row["side"]) == "1" else -1, position, least, ""))
    groups = [list(combinations(group, 2)) for group in debates.values() if len(group) > 1]
    return _measured("stance debates", groups, _PAIR_MEASURES)


def _measured(task: str, groups: list[list[Any]], measures: dict[str, Callable[[Any], float]]) -> Result:
    """Each measure over all items, with an interval that resamples groups."""

    def drawn(measure: Callable[[Any], float]) -> tuple[float, float]:
        return bootstrap(len(groups), lambda chosen: measure([one for at in chosen for one in groups[at]]))

    whole = [one for group in groups for one in group]
    found = {name: measure(whole) for name, measure in measures.items()}
    intervals = {name: drawn(measure) for name, measure in measures.items()}
    return Result(task, len(whole), {**found, "groups": float(len(groups))}, intervals)


def _able(scorer: Scorer) -> float:
    """The probability from which on it has a verdict."""
    if not scorer.judges_claims:
        raise EvaluationError(
            f"the stance model {scorer.name!r} judges no claims",
            hint="choose encoder, or llm:NAME for a language model of yours",
        )
    return calibration.of_claims(scorer.name).position


def _side_auc(judged: Sequence[Judged]) -> float:
    return auc([one.side > 0 for one in judged], [one.lean for one in judged])


def _decided(judged: Sequence[Judged]) -> list[tuple[int, int]]:
    """(side, side said) of each text with a verdict."""
    return [(one.side, one.said) for one in judged if one.said]


def _share_right(said: Sequence[tuple[int, int]]) -> float:
    return sum(true == guess for true, guess in said) / len(said) if said else 0.0


def _base(judged: Sequence[Judged]) -> float:
    said = _decided(judged)
    share = sum(true > 0 for true, _ in said) / len(said) if said else 0.5
    return max(share, 1 - share)


def _calibration_error(judged: Sequence[Judged]) -> float:
    """Of P(for) among the two sides, against the share that was for."""
    import numpy as np

    sure = np.array([one.position[2] / max(1e-9, one.position[0] + one.position[2]) for one in judged])
    true = np.array([one.side > 0 for one in judged])
    bins = np.array_split(np.argsort(sure, kind="stable"), BINS)
    return float(
        sum(len(rows) * abs(sure[rows].mean() - true[rows].mean()) for rows in bins if len(rows)) / len(sure)
    )


Two = tuple[Judged, Judged]


def _pair_auc(pairs: Sequence[Two]) -> float:
    return auc([a.side == b.side for a, b in pairs], [a.lean * b.lean for a, b in pairs])


def _pairs_decided(pairs: Sequence[Two]) -> list[tuple[int, int]]:
    """(1 same side or -1, said so) of each pair of which both have a verdict."""
    said = [(a.side * b.side, a.said * b.said) for a, b in pairs]
    return [one for one in said if one[1]]


_CLAIM_MEASURES: dict[str, Callable[[Any], float]] = {
    "auc": _side_auc,
    "coverage": lambda judged: len(_decided(judged)) / max(1, len(judged)),
    "precision": lambda judged: _share_right(_decided(judged)),
    "base": _base,
    "calibration_error": _calibration_error,
}
_PAIR_MEASURES: dict[str, Callable[[Any], float]] = {
    "auc": _pair_auc,
    "coverage": lambda pairs: len(_pairs_decided(pairs)) / max(1, len(pairs)),
    "precision": lambda pairs: _share_right(_pairs_decided(pairs)),
    "same": lambda pairs: sum(a.side == b.side for a, b in pairs) / max(1, len(pairs)),
}
