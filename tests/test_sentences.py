"""Sentences end where English news ends them, keep their offsets and say whose voice they are."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.reading.sentences import attributed, quotations, split


def texts(text: str) -> list[str]:
    return [sentence.text for sentence in split(text)]


@pytest.mark.parametrize(
    "sentence",
    [
        "Gen. Ada Quill met Mr. Orr and Sen. B. J. Vane in the U.S. Senate.",
        "The ferry cost $3.5 million, or 2.1 percent more, at 5 p.m. on Jan. 7.",
        "Harbor Works Inc. bought Quill & Co. in the U.K. market.",
        "“Go home!” Mayor Quill said.",
        '"Why now?" asked Ben Orr.',
        "No. 5 won the race.",
        "Shares (see Fig. 2) fell to .5 of their value.",
    ],
)
def test_a_stop_that_ends_nothing_does_not_split(sentence: str) -> None:
    assert texts(sentence) == [sentence]


def test_real_ends_split() -> None:
    assert texts(
        "He went to the U.S. The talks failed. Why? “They will lose,” she said. “Nobody won.” He laughed."
    ) == [
        "He went to the U.S.",
        "The talks failed.",
        "Why?",
        "“They will lose,” she said.",
        "“Nobody won.”",
        "He laughed.",
    ]


def test_words_that_look_like_abbreviations_still_end_a_sentence() -> None:
    assert texts("He was ill. Quill left. She said no. Orr stayed.") == [
        "He was ill.",
        "Quill left.",
        "She said no.",
        "Orr stayed.",
    ]


def test_paragraphs_always_end_a_sentence_and_are_counted_without_blank_lines() -> None:
    found = split("A headline without a stop\n\n  The first line.\u00a0Still one.\r\nThe last")
    assert [(one.text, one.paragraph) for one in found] == [
        ("A headline without a stop", 0),
        ("The first line.", 1),
        ("Still one.", 1),
        ("The last", 2),
    ]


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("“We will win. They will lose,” she said. Quill left.", [True, True, False]),
        ('"The bridge is safe," Quill said. It is not.', [True, False]),
        ("“The bridge is safe.\n“The ferry is not.", [True, True]),  # a speech of two paragraphs
        ("He called the “plan” a mistake.", [False]),
        ("According to the harbor board, the ferry sank.", [True]),
        ("Critics say the ferry is late.", [True]),
        ("The mayor, aides said, had known for weeks.", [True]),
    ],
)
def test_whose_voice_a_sentence_is(text: str, flags: list[bool]) -> None:
    assert [sentence.quoted for sentence in split(text)] == flags


@pytest.mark.parametrize(
    "own",
    [
        "I said the bridge was unsafe.",
        "The deal that he says he wants is a bad one.",
        "According to my own notes, the mayor lied.",
        "The mayor falsely claimed that she had won.",
        "What she said was wrong.",
    ],
)
def test_the_authors_own_words_are_not_attributed_to_others(own: str) -> None:
    assert not attributed(own)


def test_an_open_quotation_runs_to_the_end_of_its_paragraph() -> None:
    assert quotations("He said: “Never again") == [(9, 21)]


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=300))
def test_any_text_splits_and_offsets_give_the_text_back(text: str) -> None:
    found = split(text)
    assert all(text[one.start : one.end] == one.text and one.text.strip() == one.text for one in found)
    assert all(first.end <= second.start for first, second in pairwise(found))
    covered = sum(mark.isalnum() for one in found for mark in one.text)
    assert covered == sum(mark.isalnum() for mark in text)
