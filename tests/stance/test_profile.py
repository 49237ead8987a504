"""A profile holds what the author says of each target; what others say is shown, not counted."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.errors import ArchiveError
from recommender.stance.profile import (
    OWN_EVIDENCE,
    OWN_JUDGED,
    QUOTED_EVIDENCE,
    QUOTED_JUDGED,
    TARGETS,
    profile,
    profile_from_json,
    profile_to_json,
    profiles,
    stored_as,
)
from recommender.stance.scorer import Mention, Polarity, load


class Scripted:
    """A stronger model standing in: a sentence with "good" is for, one with "bad" against."""

    name = "scripted-1"

    def polarity(self, items: Sequence[Mention]) -> list[Polarity]:
        assert all(item.sentence[item.start : item.end] for item in items)
        return [
            (0.0, 0.0, 1.0)
            if "good" in item.sentence
            else (1.0, 0.0, 0.0)
            if "bad" in item.sentence
            else (0.0, 1.0, 0.0)
            for item in items
        ]


def test_quotations_are_evidence_but_do_not_count() -> None:
    text = "We know Ada Quill is good. “Quill is bad,” Orr said. Critics say Quill is bad. Vane says Quill is bad."
    (quill,) = [target for target in profile("", text, Scripted()).targets if target.key == "quill"]
    assert quill.polarity == 1
    assert quill.mentions == 4
    assert [one.quoted for one in quill.evidence].count(True) == QUOTED_EVIDENCE
    assert any("We know" in one.sentence and not one.quoted for one in quill.evidence)


def test_a_target_only_others_speak_of_has_no_polarity_and_no_confidence() -> None:
    (quill,) = [
        t
        for t in profile("", "“We hate the bad Ada Quill,” Orr said.", Scripted()).targets
        if t.key == "quill"
    ]
    assert (quill.polarity, quill.confidence) == (0, 0)


def test_more_sentences_of_one_mind_give_more_confidence_and_two_minds_less() -> None:
    def confidence(text: str) -> float:
        return next(
            target.confidence for target in profile("", text, Scripted()).targets if target.key == "quill"
        )

    once = confidence("We know that Ada Quill is good.")
    often = confidence("We know that Ada Quill is good. " * 5)
    torn = confidence("We know that Ada Quill is good. We know that Ada Quill is bad. " * 3)
    assert torn < once < often < 1


def test_steady_is_what_is_left_without_the_strongest_sentence() -> None:
    def steady(text: str) -> float:
        return next(
            target.steady for target in profile("", text, Scripted()).targets if target.key == "quill"
        )

    good = "We know that Ada Quill is good. "
    assert steady(good) == 0
    assert steady(good + "We know Ada Quill sat. ") < 0.2 < steady(good * 2) < steady(good * 5)


def test_the_headline_is_the_authors() -> None:
    found = profile("Why Quill is bad", "We met Ada Quill.", Scripted())
    assert found.targets[0].polarity == -0.5


def test_targets_and_evidence_are_bounded() -> None:
    names = [f"Ada {letter}quill" for letter in "BCDFGHJKLMNPRSTVWZ"]
    text = " ".join(f"We saw {name} and it was good. " * 6 for name in names)
    found = profile("", text, Scripted())
    assert len(found.targets) == TARGETS
    assert all(len(target.evidence) <= OWN_EVIDENCE + QUOTED_EVIDENCE for target in found.targets)


def test_many_pieces_at_once_get_the_profiles_they_get_alone() -> None:
    """In one call to the scorer."""
    asked: list[int] = []

    class Counting(Scripted):
        def polarity(self, items: Sequence[Mention]) -> list[Polarity]:
            asked.append(len(items))
            return super().polarity(items)

    pieces = [
        ("", "We know Ada Quill is good."),
        ("", ""),
        ("Bad Quill", "We met bad Ada Quill and Ben Orr."),
    ]
    assert profiles(pieces, Counting()) == [profile(title, text, Scripted()) for title, text in pieces]
    assert len(asked) == 1


def test_of_a_name_on_every_line_only_so_many_sentences_are_judged() -> None:
    text = "We know Ada Quill is good. " * 40 + "“Quill is bad,” Orr said. " * 9
    counted: list[int] = []

    class Counting(Scripted):
        def polarity(self, items: Sequence[Mention]) -> list[Polarity]:
            counted.append(sum("Quill" in item.sentence[item.start : item.end] for item in items))
            return super().polarity(items)

    found = profile("", text, Counting())
    assert counted == [OWN_JUDGED + QUOTED_JUDGED]
    assert next(target.mentions for target in found.targets if target.key == "quill") == 49


def test_json_gives_the_profile_back_and_names_the_model() -> None:
    found = profile("Why Quill is bad", "We met Ada “the Fox” Quill – a good mayor.", Scripted())
    line = profile_to_json(found)
    assert profile_to_json(profile_from_json(line)) == line
    assert [one.evidence for one in profile_from_json(line).targets] == [
        one.evidence for one in found.targets
    ]
    assert found.model == "scripted-1"
    assert stored_as(Scripted()) != "scripted-1"  # a kept profile of an older form is made anew


@pytest.mark.parametrize(
    "line",
    [
        "", "{", "null", "[]", "{}", '{"format": 99, "model": "m", "targets": []}', '{"format": 2, "model": "m"}',
        '{"format": 2, "model": "m", "opinion": 1, "targets": [{"name": "Quill"}]}',
        '{"format": 2, "model": "m", "opinion": 1, "targets": 3}', '{"format": 2, "model": "m", "targets": []}',
    ],
)  # fmt: skip
def test_a_stored_line_that_is_no_profile_says_what_to_do(line: str) -> None:
    with pytest.raises(ArchiveError, match="compute it again"):
        profile_from_json(line)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.text(max_size=60))
def test_any_piece_has_a_profile_within_its_ranges(text: str, title: str) -> None:
    found = profile(title, text, load("linear"))
    assert all(-1 <= target.polarity <= 1 and 0 <= target.confidence < 1 for target in found.targets)
