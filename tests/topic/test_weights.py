"""What a term weighs."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfTransformer

from recommender.topic import weights
from recommender.topic.vectorizer import PAIR_WEIGHT

COUNTS = np.array([[3, 0, 1], [1, 2, 0], [0, 1, 0], [4, 0, 0]], np.uint16)
WORDS = np.array([2, 4, 6], np.uint64)  # even keys are words


def test_weights_are_scikit_learns() -> None:
    """TfidfTransformer(sublinear_tf=True), smooth idf, before the pair weight."""
    transformer = TfidfTransformer(sublinear_tf=True, norm=None)
    theirs = transformer.fit_transform(COUNTS.astype(float)).toarray()
    idf = weights.idf(WORDS, (COUNTS > 0).sum(axis=0).astype(float), len(COUNTS))
    ours = np.where(COUNTS > 0, weights.tf(np.maximum(COUNTS, 1)), 0) * idf
    assert idf == pytest.approx(transformer.idf_)
    assert ours == pytest.approx(theirs)


def test_a_pair_weighs_its_part() -> None:
    word, pair = weights.idf(np.array([2, 3], np.uint64), np.array([5.0, 5.0]), 100)
    assert pair == pytest.approx(word * PAIR_WEIGHT)


def test_a_term_in_every_article_still_weighs_something() -> None:
    assert weights.idf(WORDS[:1], np.array([7.0]), 7)[0] == pytest.approx(1.0)
