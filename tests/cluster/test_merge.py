"""Many shards' answers become one."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from recommender.cluster.merge import Merged, merged
from recommender.models import Hit

SCORES = st.integers(0, 5).map(lambda fifths: fifths / 5)  # few values: ties are the rule


def ordered(hits: list[Hit]) -> list[Hit]:
    return sorted(hits, key=lambda hit: (-hit.score, hit.article_id))


@given(st.lists(SCORES, max_size=80), st.integers(1, 9), st.integers(0, 30), st.integers())
def test_shards_answer_as_one_index_does(scores: list[float], shards: int, limit: int, seed: int) -> None:
    """However articles are spread over shards, and though each gives no more than is asked for; ties by id."""
    every = [Hit(number, score) for number, score in enumerate(scores, 1)]
    spread: dict[str, list[Hit]] = {f"shard-{number}": [] for number in range(shards)}
    for hit in every:
        spread[random.Random(f"{seed} {hit.article_id}").choice(list(spread))].append(hit)
    answers = {name: ordered(hits)[:limit] for name, hits in spread.items()}
    assert merged(answers, limit) == Merged(tuple(ordered(every)[:limit]), shards)


def test_ties_across_shards_go_by_id() -> None:
    """Whichever shard was asked first."""
    answers = {"b": [Hit(9, 0.5), Hit(11, 0.5)], "a": [Hit(10, 0.5)]}
    assert [hit.article_id for hit in merged(answers, 3).hits] == [9, 10, 11]


def test_a_silent_shard_is_told_and_an_empty_one_is_no_silence() -> None:
    """No answer and no hit are two things; the others' hits stand."""
    found = merged({"a": [Hit(1, 0.4)], "b": None, "c": []}, 10)
    assert found == Merged((Hit(1, 0.4),), 3, ("b",))
    assert not found.complete
    assert found.told() == "2 of 3 shards"
    assert merged({"a": []}, 10).complete
    assert merged({"a": None}, 10) == Merged((), 1, ("a",))
    assert merged({}, 10) == Merged((), 0)
