"""Which strings stand for a text's topic."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recommender.topic.vectorizer import MARK, TITLE_WEIGHT, Analyzer, Numbered, _shouts, pair_keys, term_key

analyzer = Analyzer()


def terms(text: str) -> list[str]:
    return analyzer.terms("", text)


def test_forms_of_a_word_are_one_term() -> None:
    assert terms("sanctioned Sanctions SANCTION’S sanction's")[:4] == ["sanction"] * 4


def test_function_words_are_no_terms_and_topics_that_other_lists_drop_are() -> None:
    assert terms("the bill, which was on fire") == ["bill", "fire", "bill fire"]


def test_a_pair_bridges_function_words_but_no_sentence_mark() -> None:
    found = terms("Department of State. Orla spoke (briefly) here\nTomorrow")
    assert "depart state" in found
    assert not {"state orla", "spoke briefli", "briefli tomorrow"} & set(found)


def test_a_comma_does_not_part_a_pair() -> None:
    assert "harbor vellmar" in terms("harbor, Vellmar")


def test_dotted_and_plain_initials_are_one_term_and_no_pronoun() -> None:
    """U.S., US and WHO mean something that us and who don't."""
    assert terms("the U.S. and the US asked the WHO") == [
        "us",
        "us",
        "ask",
        "who",
        "us us",
        "us ask",
        "ask who",
    ]
    assert terms("they asked us who") == ["ask"]


def test_capitals_in_a_text_of_capitals_mean_nothing() -> None:
    assert terms("THEY ASKED US WHO CAME") == ["ask"]


def test_numbers_stay_whole_and_lose_their_separators() -> None:
    assert terms("1,200 troops, 3.5 percent")[:4] == ["1200", "troop", "3.5", "percent"]


def test_a_title_counts_as_often_as_its_weight() -> None:
    assert analyzer.terms("Harbor", "").count("harbor") == TITLE_WEIGHT
    assert analyzer.terms("Harbor", "harbor").count("harbor") == TITLE_WEIGHT + 1


def test_scripts_without_spaces_are_cut_into_overlapping_pairs_of_characters() -> None:
    assert terms("伊朗将军")[:3] == ["伊朗", "朗将", "将军"]
    assert terms("海") == ["海"]
    assert set(terms("ไทย")) >= {"ไท", "ทย"}


def test_words_of_other_scripts_stay_whole() -> None:
    """Vowel signs and accents are part of their word, composed or not; soft hyphens are not."""
    assert terms("हिन्दी समाचार")[:2] == ["हिन्दी", "समाचार"]
    assert terms("cafe\u0301") == terms("café") == ["café"]
    assert terms("Россия и санкции")[:3] == ["россия", "и", "санкции"]
    assert terms("co\u00adoperate") == terms("cooperate")


def test_surfaces_are_what_the_text_writes_most() -> None:
    shown = analyzer.surfaces(
        "Sanctions Bite", "Ibarra’s sanctions hurt. More sanctions? One sanction. The U.S. waits"
    )
    assert shown["sanction"] == "sanctions"
    assert shown["ibarra"] == "Ibarra"
    assert shown["ibarra sanction"] == "Ibarra’s sanctions"
    assert shown["us"] == "U.S."
    assert shown["bite"] == "Bite"


@given(st.text(), st.text())
def test_any_text_has_a_surface_for_each_term(title: str, text: str) -> None:
    """Also marks alone, lone surrogates and control characters."""
    found = set(analyzer.terms(title, text))
    shown = analyzer.surfaces(title, text)
    assert found == shown.keys()
    assert all(term and surface for term, surface in shown.items())
    assert all(0 <= term_key(term) < 2**64 for term in found)


def test_a_key_says_whether_its_term_is_a_pair() -> None:
    assert term_key("harbor vellmar") & 1 == 1
    assert term_key("harbor") & 1 == 0


def test_keys_never_change() -> None:
    """Kept indexes hold them."""
    assert term_key("harbor") == 0x554B002D3CFAE718
    assert term_key("harbor vellmar") == 0xA3AEEB717D5F2B9D


def test_a_pairs_key_comes_from_its_words_keys_and_their_order() -> None:
    words = ["harbor", "vellmar", "ünder", "3.5"]
    first, second = (np.array([term_key(word) for word in row], np.uint64) for row in (words, words[::-1]))
    told = [term_key(f"{a} {b}") for a, b in zip(words, words[::-1], strict=True)]
    assert pair_keys(first, second).tolist() == told
    assert len(set(told)) == len(words)


@given(st.lists(st.text(), max_size=4))
def test_numbers_stand_for_the_same_stems_as_terms(parts: list[str]) -> None:
    """Whatever an analyzer has seen before."""

    def keys(told: Numbered) -> list[list[int]]:
        cut = np.split(told.words, np.cumsum(told.sizes)[:-1]) if parts else []
        return [told.keys[words[words != MARK]].tolist() for words in cut]

    found = keys(Analyzer().numbered(parts))
    assert found == keys(analyzer.numbered(parts))
    assert found == [
        [term_key(term) for term in analyzer.terms("", part) if " " not in term] for part in parts
    ]


@given(st.one_of(st.text(), st.text(alphabet="aBé Ж—", max_size=9)))
def test_a_text_shouts_where_most_letters_are_capitals(text: str) -> None:
    """The quick way counts what letter by letter counts."""
    assert _shouts(text) == (sum(map(str.isupper, text)) > sum(map(str.islower, text)))
