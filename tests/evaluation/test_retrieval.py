"""Retrieval is measured as described, and does not fall below its floors."""

from __future__ import annotations

import gzip
import hashlib
import json
from math import log2
from pathlib import Path

import pytest

from recommender.errors import EvaluationError
from recommender.evaluation.retrieval import evaluate_retrieval

FLOORS = json.loads((Path(__file__).parent.parent / "floors" / "topic.json").read_text(encoding="utf-8"))[
    "retrieval"
]
DOCS = ["harbor dockers strike", "harbor dockers", "harbor", "river bridge"]


def write(path: Path, docs: list[str], queries: list[str], relevant: dict[str, list[int]]) -> Path:
    data = json.dumps({"docs": docs, "queries": queries, "relevant": relevant}).encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def test_average_precision_and_gain_count_from_one(tmp_path: Path) -> None:
    """Relevant articles at ranks 1 and 3 and one that is not found."""
    path = write(tmp_path / "c.json.gz", DOCS, ["harbor dockers strike"], {"1": [1, 3, 4]})
    found = evaluate_retrieval(path)
    assert found.n == 1
    assert found.measures["map"] == pytest.approx((1 / 1 + 2 / 3) / 3)
    best = 1 + 1 / log2(3) + 1 / log2(4)
    assert found.measures["ndcg_at_10"] == pytest.approx((1 + 1 / log2(4)) / best)


def test_means_are_over_judged_queries(tmp_path: Path) -> None:
    """The first finds its article, the second does not, the third has no judgement."""
    path = write(tmp_path / "c.json", DOCS, ["bridge", "bridge", "bridge"], {"1": [4], "2": [1], "3": []})
    found = evaluate_retrieval(path)
    assert found.n == 2
    assert found.measures == {"map": 0.5, "ndcg_at_10": 0.5}
    low, high = found.intervals["map"]
    assert 0 <= low <= 0.5 <= high <= 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "can't be read"),
        (b"\xff\xff", "can't be read"),
        (b"[]", "not a judged collection"),
        (b'{"docs": [], "queries": []}', "not a judged collection"),
        (b'{"docs": [1], "queries": [], "relevant": {}}', "not a judged collection"),
        (b'{"docs": ["a"], "queries": ["b"], "relevant": {"x": [1]}}', "not a judged collection"),
        (b'{"docs": ["a"], "queries": ["b"], "relevant": {"1": [2]}}', "not there"),
        (b'{"docs": ["a"], "queries": ["b"], "relevant": {"1": [0]}}', "not there"),
        (b'{"docs": ["a"], "queries": ["b"], "relevant": {"2": [1]}}', "not there"),
        (b'{"docs": ["a"], "queries": ["b"], "relevant": {}}', "no query is judged"),
    ],
)
def test_bad_data_says_where(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    path.write_bytes(content)
    with pytest.raises(EvaluationError, match=message) as caught:
        evaluate_retrieval(path)
    assert caught.value.where == str(path)
    assert caught.value.hint


@pytest.mark.parametrize("name", ["none.json", "torn.json.gz", "broken.json.gz"])
def test_a_missing_or_torn_file_is_an_evaluation_error(name: str, tmp_path: Path) -> None:
    (tmp_path / "torn.json.gz").write_bytes(gzip.compress(b"{}" * 99)[:-9])
    (tmp_path / "broken.json.gz").write_bytes(gzip.compress(b"")[:10] + b"\xff" * 40)
    with pytest.raises(EvaluationError, match="can't be read"):
        evaluate_retrieval(tmp_path / name)


@pytest.mark.data
def test_retrieval_does_not_fall_below_its_floors(shared: Path) -> None:
    """On the very file the floors were measured on."""
    for name, digest in FLOORS["sha256"].items():
        assert hashlib.sha256((shared / name).read_bytes()).hexdigest() == digest, (
            f"other data: measure {name} anew"
        )
    found = evaluate_retrieval(shared / "time" / "time.json.gz")
    assert found.n == 83
    below = {
        name: found.measures[name]
        for name, floor in FLOORS["at_least"].items()
        if found.measures[name] < floor
    }
    assert below == {}
