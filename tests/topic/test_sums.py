"""Compiled sums are numpy's sums."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.topic import compiled, sums
from recommender.topic.segments import Segment
from recommender.topic.sums import Begun, Frequent, Vector

ARTICLES = 50
# Hashes spread evenly, and what they never are: crowds of neighbours, the smallest and the largest.
any_key = st.one_of(
    st.integers(0, 2**64 - 1), st.integers(0, 300), st.integers(2**63, 2**63 + 300), st.integers(2**64 - 300, 2**64 - 1)
)  # fmt: skip


def a_segment(keys: list[int], random: np.random.Generator) -> Segment:
    """Each key in one to seven articles, two frequent terms more."""
    sizes = random.integers(1, 8, len(keys))
    rows = [np.sort(random.choice(ARTICLES, size, replace=False)) for size in sizes]
    none = np.empty(0, np.int32)
    return Segment(
        ids=np.arange(ARTICLES), digests=np.arange(ARTICLES, dtype=np.uint64),
        keys=np.array(keys, np.uint64), starts=np.append(0, np.cumsum(sizes)).astype(np.int64),
        rows=np.concatenate([none, *rows]).astype(np.int32),
        counts=random.integers(1, 256, int(sizes.sum())).astype(np.uint8),
        frequent=np.array([4, 6], np.uint64), held=np.array([ARTICLES, ARTICLES]),
        matrix=random.integers(0, 9, 2 * ARTICLES).astype(np.uint8),
    )  # fmt: skip


def a_question(keys: list[int], random: np.random.Generator) -> Vector:
    own = random.random(len(keys))
    return Vector(np.array(keys, np.uint64), own, 7 * own)


@settings(deadline=None)  # the first example waits for the compiler
@given(st.sets(any_key, max_size=400), st.sets(any_key, max_size=60), st.integers(0, 99))
def test_rare_terms_add_the_same_to_the_last_bit(held: set[int], asked: set[int], seed: int) -> None:
    """Whatever keys there are: each is found by where it should lie, and only where it is."""
    random = np.random.default_rng(seed)
    segment = a_segment(sorted(held), random)
    question = a_question(sorted(asked | set(list(held)[::3])), random)
    assert np.array_equal(compiled.rare(segment, question), sums.rare(segment, question))


@pytest.mark.parametrize("least", [-1.0, 0.3, 1.0, 2.0, 99.0])
def test_the_same_articles_are_kept_with_the_same_scores(least: float) -> None:
    """An article is left out where its score is below what is asked for, by either."""
    random = np.random.default_rng(1)
    keys = sorted({2 * number for number in random.integers(1, 500, 40).tolist()} | {4, 6})
    wide = 2 * len(keys)
    question = a_question(keys, random)
    table = random.integers(0, 9, (ARTICLES, wide)).astype(np.uint8)
    columns = random.choice(wide, len(keys), replace=False)
    reach = np.full(len(keys) + 1, 1e9, np.float32)  # no bound ever falls: all are looked at to the end
    reach[-1] = 0
    frequent = Frequent(columns, question.weight / 100, reach)
    rows = np.arange(0, ARTICLES, 2)
    begun = Begun(
        rows, random.random(len(rows)), 1 + random.random(len(rows)), np.ones(len(rows), np.float32)
    )
    ours, theirs = compiled.whole(table, frequent, begun, least), sums.whole(table, frequent, begun, least)
    assert np.array_equal(ours[0], theirs[0])
    assert ours[1] == pytest.approx(theirs[1], abs=1e-12)
    assert len(ours[0]) == {-1.0: 25, 99.0: 0}.get(least, len(ours[0]))
    assert np.array_equal(begun.rows, np.arange(0, ARTICLES, 2)), "what was handed in stays"
