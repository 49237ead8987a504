"""A headline is reworded into the statement it makes, or it says why it makes none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.stance import headlines
from recommender.stance.headlines import statement
from recommender.stance.verbs import states


@pytest.mark.parametrize(
    ("headline", "stated"),
    [
        ("The toll is a mistake", "The toll is a mistake"),
        ("Opinion | The toll is a mistake", "The toll is a mistake"),
        ("OPINION: Editorial: The toll is a mistake", "The toll is a mistake"),
        ("The Quay’s Editorial Board: The toll is a mistake", "The toll is a mistake"),
        ("The toll is a mistake | Opinion", "The toll is a mistake"),
        ("The toll is a mistake. Here’s why.", "The toll is a mistake"),
        ("Why the toll is a mistake", "The toll is a mistake"),
        ("Here’s why the toll is a mistake", "The toll is a mistake"),
        ("Why the toll fell, and what comes next", "The toll fell"),
        ("Five reasons the toll is a mistake", "The toll is a mistake"),
        ("If you think the toll is gone, think again", "It is not true that the toll is gone"),
        ("Think the toll is gone? Think again.", "It is not true that the toll is gone"),
        ("The case against the toll", "There is a good case against the toll"),
        ("In defense of the toll", "The toll should be defended"),
        ("Let’s keep the toll", "We should keep the toll"),
        ("Don’t blame the carters", "We should not blame the carters"),
        ("Ban the toll", "We should ban the toll"),
        ("No, the toll is no tax", "The toll is no tax"),
        ("The mayor’s ‘gift’ costs the town dear", "The mayor’s gift costs the town dear"),
        ("Quill wins her quarrel with the carters", "Quill wins her quarrel with the carters"),
        ("Carters deserve better than this", "Carters deserve better than this"),
        ("When a bridge falls, a town pays", "When a bridge falls, a town pays"),
        ("Proclaiming the bridge safe is shortsighted", "Proclaiming the bridge safe is shortsighted"),
    ],
)
def test_a_thesis_becomes_a_statement(headline: str, stated: str) -> None:
    assert statement(headline).text == stated


@pytest.mark.parametrize(
    ("headline", "reason"),
    [
        ("How the toll came about", headlines.ANNOUNCES),
        ("What the toll took from us", headlines.ANNOUNCES),
        ("This is what a real bridge would look like", headlines.ANNOUNCES),
        ("Five things to know about the toll", headlines.ANNOUNCES),
        ("The toll: how it began", headlines.ANNOUNCES),
        ("Who pays for the bridge?", headlines.QUESTION),
        ("Does the toll work?", headlines.QUESTION),
        ("Why is the bridge closed?", headlines.QUESTION),
        ("Live updates: the bridge vote", headlines.LABEL),
        ("Letters to the editor", headlines.LABEL),
        ("The toll, explained", headlines.LABEL),
        ("Morning briefing", headlines.LABEL),
        ("“The toll is robbery”", headlines.QUOTES),
        ("“The toll is robbery”: a carter on the bridge", headlines.QUOTES),
        ("Mayor says the bridge is safe", headlines.QUOTES),
        ("The price of the toll", headlines.NO_VERB),
        ("Prices at the quay", headlines.NO_VERB),
        ("The mayor and the bridge", headlines.NO_VERB),
        ("Close it", headlines.TOO_SHORT),
        ("", headlines.LABEL),
        ("toll " * 100, headlines.TOO_LONG),
    ],
)
def test_what_states_nothing_says_why(headline: str, reason: str) -> None:
    assert statement(headline) == headlines.Statement("", reason)


def test_a_question_with_a_plain_subject_is_asked_not_stated() -> None:
    """Its piece may answer yes or no, so it does not stand for it by its headline."""
    made = statement("Should we close the bridge?")
    assert (made.text, made.asked) == ("We should close the bridge", True)
    assert not statement("We should close the bridge").asked


def test_outlets_and_authors_names_are_no_part_of_it() -> None:
    assert statement("The toll is a mistake - The Quay", "The Quay").text == "The toll is a mistake"
    assert (
        statement("Ida Thorn: The toll is a mistake", author="Bo Lind, Ida Thorn").text
        == "The toll is a mistake"
    )


@given(st.text(max_size=320))
def test_any_headline_gets_a_statement_or_a_reason(headline: str) -> None:
    made = statement(headline, "The Quay (", "A) Writer")
    assert bool(made.text) != bool(made.reason)
    assert not made.text or len(made.text.split()) >= headlines.SHORTEST
    assert isinstance(states(headline), str)
