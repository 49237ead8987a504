"""How much a word tells of what a text is about: rare ones much, frequent ones little."""

from __future__ import annotations

from functools import lru_cache
from math import log


def rarity(stem: str) -> float:
    """The inverse document frequency of a stem in American news: .3 for "presid", 4.8 for "snowden".

    ln((N + 1) / (n + 1)) with N the articles of `topic.background` and n those that hold it; what it doesn't hold is
    as rare as can be.
    """
    from recommender.topic.vectorizer import term_key

    known, articles = _known()
    return log((articles + 1) / (known.get(int(term_key(stem)), 0) + 1))


@lru_cache(maxsize=1)
def _known() -> tuple[dict[int, int], int]:
    """Articles that hold a term, by its key; and all articles."""
    from recommender.topic.background import shipped

    found = shipped()
    return dict(zip(found.keys.tolist(), found.frequencies.tolist(), strict=True)), found.documents
