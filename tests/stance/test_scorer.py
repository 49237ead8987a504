"""The shipped model loads by name, answers with probabilities and reads the words around the name."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.errors import NotFoundError
from recommender.stance.scorer import Mention, load, names


def about(sentence: str, name: str = "Quill") -> Mention:
    start = sentence.index(name)
    return Mention(sentence, start, start + len(name))


def test_praise_is_positive_and_blame_negative() -> None:
    good, bad = load("linear").polarity(
        [
            about("Quill is a brave, honest and brilliant leader who won the trust of the town."),
            about("Quill is a corrupt liar who shamefully betrayed and abused the town."),
        ]
    )
    assert good[2] > 0.7
    assert bad[0] > 0.7


def test_what_is_said_counts_not_who_is_named() -> None:
    one, two = load("linear").polarity([about("We met Quill there."), about("We met Vane there.", "Vane")])
    assert one == two


def test_the_same_sentence_may_be_for_one_and_against_another() -> None:
    sentence = "Orr praised Quill for her courage, but Vane was arrested for fraud."
    quill, vane = load("linear").polarity([about(sentence), about(sentence, "Vane")])
    assert quill[2] - quill[0] > vane[2] - vane[0]


def test_an_unknown_name_says_which_there_are() -> None:
    assert names() == ["encoder", "linear"]
    with pytest.raises(NotFoundError, match="choose one of: encoder, linear, llm:NAME"):
        load("oracle")


@given(st.text(max_size=200), st.integers(0, 200), st.integers(0, 200))
def test_any_mention_gets_probabilities(sentence: str, first: int, second: int) -> None:
    start, end = sorted((min(first, len(sentence)), min(second, len(sentence))))
    mention = Mention(sentence, start, end)
    (scores,) = load("linear").polarity([mention])
    assert sum(scores) == pytest.approx(1)
    assert all(0 <= score <= 1 for score in scores)
    assert load("linear").polarity([mention]) == [scores]


def test_scoring_does_not_import_scikit_learn() -> None:
    code = (
        "import sys; from recommender.stance.scorer import Mention, load; "
        "load('linear').polarity([Mention('Quill lied.', 0, 5)]); print('sklearn' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "False"
