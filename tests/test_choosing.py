"""What a reader asks of a ranking, decided without an archive."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.choosing import (
    FLOOR,
    Choice,
    best,
    day_range,
    diverse,
    freshness,
    on_site,
    passing,
)
from recommender.models import Article, Hit
from recommender.sites import host_of

SCORES = st.lists(st.floats(0, 1), min_size=1, max_size=12)


def piece(
    number: int = 1, url: str | None = None, outlet: str | None = None, day: str | None = None
) -> Article:
    published = date.fromisoformat(day) if day else None
    return Article(url, "A piece", "", outlet=outlet, published=published, id=number)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2020-01-11", date(2020, 1, 11), date(2020, 1, 11)),
        ("2020-02", date(2020, 2, 1), date(2020, 2, 29)),
        ("2021", date(2021, 1, 1), date(2021, 12, 31)),
    ],
)
def test_a_month_or_year_is_all_its_days(text: str, first: date, last: date) -> None:
    assert day_range(text) == (first, last)


@pytest.mark.parametrize(
    "text", ["", "2020-13", "2021-02-29", "0000", "2020-00", "11.1.2020", "2020-1", "2020-01-11T09:00"]
)
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no date"):
        day_range(text)


@pytest.mark.parametrize(
    ("url", "outlet", "site", "found"),
    [
        ("https://www.quay.example/a", None, "quay.example", True),
        ("https://opinion.quay.example:8443/a", None, "Quay.Example", True),
        ("https://quay.example/a", None, "https://www.quay.example/other", True),
        ("https://quay.example/a", None, "opinion.quay.example", False),
        ("https://notquay.example/a", None, "quay.example", False),
        ("https://else.example/?u=quay.example", None, "quay.example", False),
        (None, "The  Quay", "the quay", True),
        (None, "The Quay Weekly", "the quay", False),
        (None, None, "quay.example", False),
        ("https://[broken/a", None, "quay.example", False),
    ],
)
def test_a_site_is_a_host_with_its_subdomains_or_an_outlet(
    url: str | None, outlet: str | None, site: str, found: bool
) -> None:
    assert on_site(piece(url=url, outlet=outlet), site) is found


@given(st.text())
def test_any_text_has_a_host_or_none(text: str) -> None:
    assert isinstance(host_of(text), str)


def test_bounds_are_inclusive_and_each_piece_is_counted_once() -> None:
    """Sites first; without a date only where dates are asked for; the subject's own day is no past."""
    pieces = [
        piece(1, "https://quay.example/1", day="2020-01-01"),
        piece(2, "https://quay.example/2", day="2020-01-31"),
        piece(3, "https://quay.example/3", day="2020-02-01"),
        piece(4, "https://quay.example/4"),
        piece(5, "https://else.example/5"),
    ]
    choice = Choice(date(2020, 1, 1), date(2020, 1, 31), sites=("quay.example",))
    found = passing(choice, pieces)
    assert (found.ids, found.elsewhere, found.outside, found.undated) == ({1, 2}, 1, 1, 1)
    assert passing(Choice(past_only=True), pieces, date(2020, 1, 31)).ids == {1}
    assert passing(Choice(not_sites=("quay.example",)), pieces).ids == {5}


def test_freshness_halves_what_is_above_its_floor() -> None:
    """Before or after the subject alike."""
    day = date(2020, 6, 1)
    assert freshness(day, day, 30) == 1
    assert freshness(date(2020, 5, 2), day, 30) == freshness(date(2020, 7, 1), day, 30) == 0.75
    assert freshness(None, day, 30) == FLOOR
    assert FLOOR <= freshness(date(1, 1, 1), day, 1e-300) <= freshness(date(9999, 12, 31), day, 30) < 0.51


@given(SCORES, st.floats(0, 1))
def test_a_least_score_never_drops_a_better_one_than_it_keeps(scores: list[float], least: float) -> None:
    """What is kept is the beginning of what there was."""
    hits = [Hit(number, score) for number, score in enumerate(scores)]
    everything, kept = best(hits, scores), best(hits, scores, least)
    assert kept == everything[: len(kept)]
    assert all(score < least for _, score in everything[len(kept) :])


@st.composite
def alike(draw: st.DrawFn) -> tuple[list[float], np.ndarray]:
    """Scores in descending order, and how alike the candidates are."""
    scores = sorted(draw(SCORES), reverse=True)
    n = len(scores)
    given_ = np.array(draw(st.lists(st.floats(0, 1), min_size=n * n, max_size=n * n))).reshape(n, n)
    similarity = np.maximum(given_, given_.T)
    np.fill_diagonal(similarity, 1.0)
    return scores, similarity


@given(alike())
def test_lambda_one_is_the_plain_order(case: tuple[list[float], np.ndarray]) -> None:
    scores, similarity = case
    assert diverse(scores, similarity, len(scores), 1.0) == list(range(len(scores)))


@given(alike(), st.floats(0, 1), st.integers(1, 12))
def test_each_choice_is_the_best_by_the_formula(
    case: tuple[list[float], np.ndarray], lam: float, limit: int
) -> None:
    """As written down in the paper, one candidate at a time; nothing is chosen twice."""
    scores, similarity = case
    chosen = diverse(scores, similarity, limit, lam)
    assert len(chosen) == len(set(chosen)) == min(limit, len(scores))
    assert chosen[0] == 0
    for step in range(1, len(chosen)):
        before = chosen[:step]
        value = {
            i: lam * scores[i] - (1 - lam) * max(similarity[i, j] for j in before)
            for i in range(len(scores))
            if i not in before
        }
        assert value[chosen[step]] == max(value.values())


def test_a_near_copy_waits_behind_something_else() -> None:
    similarity = np.array([[1, 0.95, 0.1], [0.95, 1, 0.1], [0.1, 0.1, 1]])
    assert diverse([0.5, 0.49, 0.3], similarity, 3) == [0, 2, 1]
