"""What the claims model's probabilities are worth (`recommender.stance.calibration`), on debates it never saw.

    python scripts/claim_pairs.py DATA FOLDER        # writes the debates that were held out
    python scripts/calibrate_claims.py FOLDER MODEL

    texts on a claim ─► pooled positions ─► decided and right at each least probability
    written passages that take no side ─► how many are decided all the same
    two texts in one debate, both of which take a position ─► decided and right at each least score

`position`, `same` and `ceiling` are chosen from these by hand. Intervals resample debates.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import combinations
from pathlib import Path

from claim_pairs import NEITHER, written_passages

from recommender.evaluation.result import bootstrap
from recommender.evaluation.rows import read
from recommender.stance.scorer import Passage, Position, load

LEAST = (0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8)
SCORES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
Said = tuple[bool, bool]  # decided, rightly


def main() -> None:
    """Print both tables."""
    folder, model = Path(sys.argv[1]), load(sys.argv[2])
    rows = read(folder / "claims.jsonl.gz", "claim", "text", "side", "source")
    positions = model.positions([Passage(row["claim"], row["text"]) for row in rows])
    claims: dict[str, list[tuple[bool, Position]]] = defaultdict(list)
    for row, position in zip(rows, positions, strict=True):
        claims[row["claim"]].append((row["side"] == "for", position))
    for least in LEAST:
        told(
            "texts, least probability",
            least,
            [[_text(*one, least) for one in group] for group in claims.values()],
        )
    asked = [
        Passage(question.claim, text)
        for question, text, side in written_passages(dev=True)
        if side == NEITHER
    ]
    positions = model.positions(asked)
    for least in LEAST:
        taken = sum(max(against, towards) >= least for against, _, towards in positions)
        print(f"passages that take no side, least probability {least}: decided {taken} of {len(asked)}")
    debates: dict[str, list[tuple[bool, Position]]] = defaultdict(list)
    rows = read(folder / "debates.jsonl.gz", "debate", "stance1", "text", "side")
    positions = model.positions([Passage(row["stance1"], row["text"]) for row in rows])
    for row, position in zip(rows, positions, strict=True):
        debates[row["debate"]].append((str(row["side"]) == "1", position))
    for least in LEAST[:5]:
        for score in SCORES:
            groups = [[_pair(*two, least, score) for two in combinations(one, 2)] for one in debates.values()]
            told(f"pairs, both at {least}, least score", score, groups)


def _text(is_for: bool, position: Position, least: float) -> Said:
    against, _, towards = position
    return max(against, towards) >= least, (towards > against) == is_for


def _pair(left: tuple[bool, Position], right: tuple[bool, Position], least: float, score: float) -> Said:
    taken = all(max(position[0], position[2]) >= least for _, position in (left, right))
    agreement = _lean(left[1]) * _lean(right[1])
    return taken and abs(agreement) >= score, (agreement > 0) == (left[0] == right[0])


def _lean(position: Position) -> float:
    against, _, towards = position
    return (towards - against) / (towards + against) if towards + against > 0 else 0.0


def told(what: str, least: float, groups: Sequence[Sequence[Said]]) -> None:
    """Print how many are decided, and how many of these rightly."""
    groups = [group for group in groups if group]
    whole = [one for group in groups for one in group]

    def share(which: Callable[[Sequence[Said]], float]) -> str:
        low, high = bootstrap(len(groups), lambda drawn: which([one for at in drawn for one in groups[at]]))
        return f"{which(whole):.3f} ({low:.3f}–{high:.3f})"

    print(f"{what} {least}: decided {share(_decided)} of {len(whole)}, right {share(_right)}", flush=True)


def _decided(said: Sequence[Said]) -> float:
    return sum(decided for decided, _ in said) / max(1, len(said))


def _right(said: Sequence[Said]) -> float:
    of = [right for decided, right in said if decided]
    return sum(of) / len(of) if of else 0.0


if __name__ == "__main__":
    main()
