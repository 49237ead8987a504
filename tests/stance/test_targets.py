"""Targets are found by their capitals and gathered under one name."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.stance.targets import TargetMentions, document, mentions

TEXT = (
    "On Monday Gen. Ada Quill met President Ben Orr in Harborville. Quill’s plan failed. Orr praised Quill.\n"
    "The Harbor Works Authority (HWA) disagreed. Critics of the HWA were silent. The president left.\n"
    "Iranian ships came. Iran denied it. Republican lawmakers and the GOP shrugged in January."
)


def by_key(title: str = "Orr Wins Again", text: str = TEXT) -> dict[str, TargetMentions]:
    return {target.key: target for target in mentions(title, text)}


def test_a_surname_joins_the_full_name_without_its_title() -> None:
    quill = by_key()["quill"]
    assert quill.name == "Ada Quill"
    assert len(quill.spans) == 3


def test_the_headline_counts_for_names_the_text_knows_and_for_nothing_else() -> None:
    found = by_key()
    whole = document("Orr Wins Again", TEXT)
    assert {whole[start:end] for start, end in found["orr"].spans} == {"Orr", "Ben Orr", "The president"}
    assert found["orr"].spans[0] == (0, 3)
    assert not {"wins", "wins again", "again"} & set(found)


def test_the_president_is_nobody_where_two_are_named() -> None:
    found = by_key(text=TEXT + "\nPresident Cleo Vane came too. The president spoke.")
    whole = document("Orr Wins Again", TEXT)
    assert {whole[start:end] for start, end in found["orr"].spans} == {"Orr", "Ben Orr"}


def test_an_acronym_a_demonym_and_a_party_join_what_they_stand_for() -> None:
    found = by_key()
    assert len(found["harbor works authority"].spans) == 3
    assert len(found["iran"].spans) == 2
    assert len(found["republicans"].spans) == 2


def test_days_months_and_sentence_starts_are_no_targets() -> None:
    assert not {"monday", "january", "critics", "the", "on"} & set(by_key())


def test_a_surname_of_two_people_goes_to_the_one_named_last() -> None:
    text = "We saw Ada Quill. We like Quill. Then came Bob Quill, and Quill spoke for us."
    found = by_key("", text)
    assert sorted((target.name, len(target.spans)) for target in found.values()) == [
        ("Ada Quill", 2),
        ("Bob Quill", 2),
    ]
    assert len(found) == 2


@given(st.text(max_size=300), st.text(max_size=60))
def test_any_text_gives_targets_whose_spans_lie_inside_it(text: str, title: str) -> None:
    whole = document(title, text)
    for target in mentions(title, text):
        assert target.name and target.key and target.spans
        assert all(0 <= start < end <= len(whole) for start, end in target.spans)


@pytest.mark.data
def test_main_entities_of_labelled_news_are_found(shared: Path) -> None:
    """Of persent's main entities at least 93 % are among the targets (95 % measured)."""
    with gzip.open(shared / "persent.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    found = 0
    for row in rows:
        last = row["target"].removesuffix("'s").split()[-1].lower()
        found += any(last in target.name.lower() for target in mentions(row["title"], row["text"]))
    assert found / len(rows) >= 0.93
