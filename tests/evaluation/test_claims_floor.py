"""What the claims model tells of debates that it never saw does not fall below its floors."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

from recommender.evaluation.claims import evaluate_claims
from recommender.stance.scorer import load

ROOT = Path(__file__).resolve().parents[2]
FLOOR = json.loads((ROOT / "tests" / "floors" / "claims.json").read_text(encoding="utf-8"))


def test_the_claims_model_stays_above_its_floor(shared: Path, tmp_path: Path) -> None:
    """On the debates that the script holds out of training, from the data the floor was set on."""
    for name, digest in FLOOR["sha256"].items():
        assert hashlib.sha256((shared / name).read_bytes()).hexdigest() == digest
    subprocess.run(
        [sys.executable, ROOT / "scripts" / "claim_pairs.py", shared, tmp_path],
        check=True,
        capture_output=True,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        timeout=120,
    )
    found = evaluate_claims(tmp_path / "claims.jsonl.gz", load("encoder"))
    assert len(FLOOR["least"]) == 5
    assert {
        measure: found.measures[measure]
        for measure, least in FLOOR["least"].items()
        if found.measures[measure] < least
    } == {}
