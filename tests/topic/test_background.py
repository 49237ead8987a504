"""Document frequencies that come with the package."""

from __future__ import annotations

from importlib import resources

import numpy as np

from recommender.topic import background
from recommender.topic.background import Background, decode, encode
from recommender.topic.vectorizer import Analyzer, term_key


def test_the_shipped_file_is_small_and_holds_no_rare_term() -> None:
    """At most a megabyte; words of at least 5 articles, pairs of at least 10, none in more than there are."""
    data = resources.files("recommender.topic").joinpath(background.FILE).read_bytes()
    assert len(data) <= 1_000_000
    found = background.shipped()
    pairs = (found.keys & np.uint64(1)).astype(bool)
    assert found.frequencies[~pairs].min() >= 5
    assert found.frequencies[pairs].min() >= 10
    assert found.frequencies.max() <= found.documents == 8005


def test_the_shipped_terms_are_those_of_the_present_analyzer() -> None:
    """A change of the analyzer needs a new file: common words must be found under today's keys."""
    found = background.shipped()
    terms = set(
        Analyzer().terms("", "The president said the administration is working on policies for the country")
    )
    words = [term for term in terms if " " not in term]
    assert all(term_key(word) in found.keys for word in words)


def test_keys_ascend_and_are_unique() -> None:
    found = background.shipped()
    assert (np.diff(found.keys.astype(object)) > 0).all()


def test_what_is_encoded_is_decoded() -> None:
    terms = ["harbor", "海", "harbor vellmar"]
    found = decode(encode(terms, [3, 2, 1], 4))
    assert found.documents == 4
    assert dict(zip(found.keys.tolist(), found.frequencies.tolist(), strict=True)) == {
        term_key("harbor"): 3,
        term_key("海"): 2,
        term_key("harbor vellmar"): 1,
    }


def test_encoding_does_not_depend_on_order_and_the_digest_on_all() -> None:
    assert encode(["a", "b"], [1, 2], 4) == encode(["b", "a"], [2, 1], 4)
    assert decode(encode(["a"], [1], 4)).digest != decode(encode(["a"], [2], 4)).digest


def test_none_knows_no_article() -> None:
    assert Background.none().documents == 0
    assert Background.none().keys.size == 0
