"""How well stance is told: toward a name in a sentence, toward a person in a piece, between two pieces.

Claims and debates are measured in `claims.py`, an outlet's lean in `lean.py`.

Each task takes a file as the measuring data has it (JSON lines, gzipped) and any scorer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any

from recommender.evaluation.claims import evaluate_claims, evaluate_debates
from recommender.evaluation.lean import evaluate_lean
from recommender.evaluation.result import Result, auc, bootstrap
from recommender.evaluation.rows import read
from recommender.models import Profile, Target, Verdict
from recommender.stance import calibration
from recommender.stance.agreement import agree, raw_score
from recommender.stance.profile import profiles
from recommender.stance.scorer import Mention, Scorer

BAND = (
    0.15  # around the neutral point: half the spread of unlabelled targets in allsides (quartiles -.36 and 0)
)
PERSON_LABELS = {"Negative": -1, "Neutral": 0, "Positive": 1}
BASIL_SIDES = {"liberal": "left", "left": "left", "conservative": "right", "right": "right"}


def evaluate_targets(path: Path, scorer: Scorer) -> Result:
    """Polarity toward a marked name (newsmtsc): macro-F1, F1 of each class, accuracy."""
    rows = read(path, "sentence", "from", "to", "polarity")
    mentions = [Mention(row["sentence"], int(row["from"]), int(row["to"])) for row in rows]
    guesses = [_class(*scores) for scores in scorer.polarity(mentions)]
    return _classes("stance sentences", [int(row["polarity"]) for row in rows], guesses)


def evaluate_person(path: Path, scorer: Scorer) -> Result:
    """The author's sentiment toward a piece's main entity (persent): macro-F1, F1 of each class, accuracy.

    Positive is a polarity above the neutral point by more than BAND, negative one below by more; a target the
    profile does not hold is neutral. `found` is the share of targets that the profile holds.
    """
    rows = read(path, "title", "text", "target", "sentiment")
    made = profiles(((row["title"], row["text"]) for row in rows), scorer)
    targets = [pick(one, row["target"]) for one, row in zip(made, rows, strict=True)]
    neutral = calibration.of(scorer.name).neutral
    guesses = [_side(target.polarity - neutral) if target else 0 for target in targets]
    result = _classes("stance persent", [PERSON_LABELS[row["sentiment"]] for row in rows], guesses)
    found = sum(target is not None for target in targets) / max(1, len(targets))
    return Result(result.task, result.n, {**result.measures, "found": found}, result.intervals)


def evaluate_pairs(path: Path, scorer: Scorer) -> Result:
    """Do two pieces stand on one side? The kind of file is told by its fields.

    persent: two pieces on one person, both authors for or against. debates: two comments in one debate. pac:
    two pieces on one topic from different outlets, left or right. basil: two pieces on one event, liberal or
    conservative.
    Measures: `auc` of the score before abstention, `coverage` (share of pairs decided: agrees or disagrees),
    `precision` among those, `chance` (the better of always-same and always-different on the decided pairs),
    `same` (share of pairs on one side); `coverage_if_opinion` and `precision_if_opinion`: coverage and precision,
    were every piece taken for opinion, since most of these are reports, on which no verdict is given. `n`
    counts pairs; intervals resample persons, debates, topics or events, since pairs that share a piece are
    not independent.
    """
    judged = _judged(path, scorer)

    def over(measure: Callable[[list[Pair]], float]) -> tuple[float, tuple[float, float]]:
        whole = measure([pair for group in judged for pair in group])
        return whole, bootstrap(len(judged), lambda drawn: measure([p for at in drawn for p in judged[at]]))

    measures, intervals = {}, {}
    for name, measure in _PAIR_MEASURES.items():
        measures[name], intervals[name] = over(measure)
    return Result("stance pairs", sum(map(len, judged)), measures, intervals)


def said_pairs(path: Path, scorer: Scorer) -> list[Pair]:
    """What is said of each pair of `evaluate_pairs`."""
    return [pair for group in _judged(path, scorer) for pair in group]


def _judged(path: Path, scorer: Scorer) -> list[list[Pair]]:
    rows = read(path, "id", "text")
    groups = _pairs(rows)
    paired = sorted({at for group in groups for left, right, _ in group for at in (left, right)})
    found = profiles(((_headline(rows[at]), rows[at]["text"]) for at in paired), scorer)
    made = dict(zip(paired, found, strict=True))
    return [[_judge(made[left], made[right], same) for left, right, same in group] for group in groups]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two pieces: on one side or not, and what was said of it."""

    same: bool
    score: float  # before anything is held back
    verdict: Verdict
    ungated: Verdict  # were both pieces taken for opinion


def _judge(left: Profile, right: Profile, same: bool) -> Pair:
    taken = agree(replace(left, opinion=1.0), replace(right, opinion=1.0))
    return Pair(same, raw_score(left, right), agree(left, right).verdict, taken.verdict)


def _decided(pairs: Iterable[Pair], *, gated: bool = True) -> list[tuple[bool, bool]]:
    """(on one side, said so) of each pair with a verdict for or against."""
    said = ((pair.same, pair.verdict if gated else pair.ungated) for pair in pairs)
    return [(same, one is Verdict.AGREES) for same, one in said if one in {Verdict.AGREES, Verdict.DISAGREES}]


def _precision(pairs: list[Pair], *, gated: bool = True) -> float:
    decided = _decided(pairs, gated=gated)
    return sum(same == said for same, said in decided) / len(decided) if decided else 0.0


def _chance(pairs: list[Pair]) -> float:
    decided = _decided(pairs)
    share = sum(same for same, _ in decided) / len(decided) if decided else 0.5
    return max(share, 1 - share)


_PAIR_MEASURES: dict[str, Callable[[list[Pair]], float]] = {
    "auc": lambda pairs: auc([pair.same for pair in pairs], [pair.score for pair in pairs]),
    "coverage": lambda pairs: len(_decided(pairs)) / max(1, len(pairs)),
    "precision": _precision,
    "chance": _chance,
    "same": lambda pairs: sum(pair.same for pair in pairs) / max(1, len(pairs)),
    "coverage_if_opinion": lambda pairs: len(_decided(pairs, gated=False)) / max(1, len(pairs)),
    "precision_if_opinion": lambda pairs: _precision(pairs, gated=False),
}


def _pairs(rows: Sequence[dict[str, Any]]) -> list[list[tuple[int, int, bool]]]:
    """Pairs with a known answer, grouped by what they are about."""
    by: dict[str, list[tuple[int, str, str]]] = defaultdict(list)  # group ─► (row, side, outlet)
    for at, row in enumerate(rows):
        if "debate" in row:
            by[row["debate"]].append((at, str(row["side"]), str(at)))
        elif "sentiment" in row:
            if row["sentiment"] != "Neutral":
                by[row["target"].removesuffix("'s")].append((at, row["sentiment"], str(at)))
        elif "relative_stance" in row:
            if row["relative_stance"] in BASIL_SIDES:
                by[row["triplet"]].append((at, BASIL_SIDES[row["relative_stance"]], row["source"]))
        elif "topic" in row and "side" in row:
            by[row["topic"]].append((at, row["side"], row["source"]))
    groups = [
        [(one[0], two[0], one[1] == two[1]) for one, two in combinations(group, 2) if one[2] != two[2]]
        for group in by.values()
    ]
    return [group for group in groups if group]


def _headline(row: dict[str, Any]) -> str:
    """A debate's title is the question's, not the comment's."""
    return "" if "debate" in row else str(row.get("title", ""))


def pick(found: Profile, wanted: str) -> Target | None:
    """The target that the labelled name means: the same name, else the same last word."""
    name = wanted.replace("’", "'").removesuffix("'s")
    last = name.split()[-1].lower() if name.split() else ""
    for target in found.targets:
        if target.name == name or target.key == name.lower():
            return target
    for target in found.targets:
        if last in target.key.split() or target.name.lower().split()[-1] == last:
            return target
    return None


def _class(negative: float, neutral: float, positive: float) -> int:
    best = max(negative, neutral, positive)
    return 0 if best == neutral else -1 if best == negative else 1


def _side(away: float) -> int:
    return 0 if abs(away) <= BAND else 1 if away > 0 else -1


def _classes(task: str, labels: Sequence[int], guesses: Sequence[int]) -> Result:
    measures = _f1(labels, guesses)

    def drawn_f1(name: str) -> Callable[[Sequence[int]], float]:
        return lambda drawn: _f1([labels[at] for at in drawn], [guesses[at] for at in drawn])[name]

    intervals = {name: bootstrap(len(labels), drawn_f1(name)) for name in measures}
    return Result(task, len(labels), measures, intervals)


def _f1(labels: Sequence[int], guesses: Sequence[int]) -> dict[str, float]:
    """Macro-F1 over the three classes, F1 of each, accuracy; a class never seen nor said has F1 0."""
    each = {}
    for name, wanted in (("negative", -1), ("neutral", 0), ("positive", 1)):
        hits = sum(label == guess == wanted for label, guess in zip(labels, guesses, strict=True))
        total = sum(label == wanted for label in labels) + sum(guess == wanted for guess in guesses)
        each[f"f1_{name}"] = 2 * hits / total if total else 0.0
    right = sum(label == guess for label, guess in zip(labels, guesses, strict=True))
    return {"macro_f1": sum(each.values()) / 3, **each, "accuracy": right / max(1, len(labels))}


TASKS: dict[str, Callable[[Path, Scorer], Result]] = {
    "sentences": evaluate_targets,
    "persent": evaluate_person,
    "pairs": evaluate_pairs,
    "claims": evaluate_claims,
    "debates": evaluate_debates,
    "pac": evaluate_lean,
}
