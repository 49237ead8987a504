"""The same piece under another URL is known again; another piece on the same day is not."""

from __future__ import annotations

import gzip
import itertools
import json
import random
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.reading.duplicates import MIN_WORDS, containment, fingerprint, near, resemblance, same

WORDS = [f"word{number}" for number in range(400)]
PIECE = " ".join(WORDS)


def test_a_text_is_near_and_same_as_itself() -> None:
    assert same(PIECE, PIECE)
    assert fingerprint(PIECE) == fingerprint(PIECE)
    assert resemblance(PIECE, PIECE) == containment(PIECE, PIECE) == 1


def test_case_punctuation_spacing_and_spelling_of_accents_do_not_matter() -> None:
    other = PIECE.upper().replace(" ", " ,\n ")
    assert fingerprint(other) == fingerprint(PIECE)
    assert same(other, PIECE)
    assert same("cafe\u0301 " + PIECE, "caf\u00e9 " + PIECE)


def test_a_cut_copy_with_another_byline_and_footer_is_the_same() -> None:
    copy = "By Somebody Else " + " ".join(WORDS[:360]) + " Sign up for our letters and share this story"
    assert same(copy, PIECE)
    assert near(fingerprint(copy), fingerprint(PIECE))


def test_the_same_words_in_another_order_are_another_text() -> None:
    shuffled = WORDS.copy()
    random.Random(1).shuffle(shuffled)
    assert not same(" ".join(shuffled), PIECE)
    assert not near(fingerprint(" ".join(shuffled)), fingerprint(PIECE))


def test_a_stub_is_contained_but_not_the_same() -> None:
    stub = " ".join(WORDS[:80])
    assert containment(stub, PIECE) == 1
    assert containment(PIECE, stub) < 0.25
    assert not same(stub, PIECE)


def test_short_texts_are_the_same_only_when_their_words_are() -> None:
    short = " ".join(WORDS[: MIN_WORDS - 1])
    assert same(short, short.title())
    assert fingerprint(short) == fingerprint(short.title())
    assert not same(short, short + " more")
    assert not near(fingerprint(short), fingerprint(short + " more"))


def test_nothing_is_not_the_same_as_nothing() -> None:
    assert not same("", "")
    assert not same(" … ", "—")
    assert containment("", PIECE) == resemblance("", "") == 0


def test_a_fingerprint_is_the_same_tomorrow() -> None:
    """They are stored: another algorithm would need a migration."""
    assert f"{fingerprint(PIECE):032x}" == "7fc91602097fdec59ff65a02a5c78158"
    assert f"{fingerprint('Harbour vote put off'):032x}" == "85be713edd9a057ef27b737806659499"


@given(st.text(), st.text())
def test_any_text_has_a_fingerprint_and_comparison_has_no_side(left: str, right: str) -> None:
    assert 0 <= fingerprint(left) < 2**128
    assert same(left, right) == same(right, left)
    assert 0 <= resemblance(left, right) <= containment(left, right) <= 1


def perturbed(text: str, chance: random.Random) -> str:
    """The same piece elsewhere: a tenth cut, another headline and byline before it, a footer behind."""
    words = text.split()
    kept = words[: int(len(words) * 0.9)]
    before = f"Updated headline number {chance.randrange(10**6)} By Staff Writer {chance.randrange(10**6)}"
    after = (
        "Sign up for our newsletter. Follow us. Copyright. All rights reserved. More from this section. " * 2
    )
    return f"{before}\n{' '.join(kept)}\n{after}"


@pytest.mark.data
def test_copies_are_told_from_other_pieces_of_the_day(shared: Path) -> None:
    """Copies against different articles on one topic and day: precision at least .95, recall .98."""
    with gzip.open(shared / "allsides.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    chance = random.Random(0)
    days: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        days[row["topic"], row["date"]].append(row)
    strangers = [
        pair
        for group in days.values()
        for pair in itertools.combinations(group, 2)
        if pair[0]["url"] != pair[1]["url"]
    ]
    strangers = chance.sample(strangers, 400)
    pieces = [row["text"] for row in chance.sample(rows, 400)]
    copies = [(text, perturbed(text, chance)) for text in pieces if len(text.split()) >= 2 * MIN_WORDS]
    found = sum(near(fingerprint(one), fingerprint(two)) and same(one, two) for one, two in copies)
    wrong = sum(same(one["text"], two["text"]) for one, two in strangers)
    close = sum(near(fingerprint(one["text"]), fingerprint(two["text"])) for one, two in strangers)
    assert found / (found + wrong) >= 0.95
    assert found / len(copies) >= 0.98
    assert close <= len(strangers) // 100
