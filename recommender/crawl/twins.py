"""Other copies of a piece we have: under an address we do not know, from a wire, with another headline.

Told by the canonical address, or by the text: near fingerprints (reading/duplicates.py), then the same words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from recommender.crawl.urls import outlet, url_key
from recommender.models import Article, Via
from recommender.reading.duplicates import NEAR, fingerprint, same
from recommender.store.library import Library

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_HALF = (1 << 64) - 1


class Kin(NamedTuple):
    """What an article is another copy of."""

    twin: int | None = None  # a fetched article: a fetched copy goes by the same row
    first: int | None = None  # of any origin, the first of its copies: others keep their row and point to it


def mark_of(text: str) -> str | None:
    """A text's fingerprint as it is stored, 32 hex digits; None where there is no text."""
    return f"{fingerprint(text):032x}" if text.strip() else None


class Twins:
    """The fingerprints of all articles, read once and kept up to date: one look costs microseconds."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._ids: list[int] = []
        self._marks: NDArray[np.uint64] | None = None  # (2, room): high and low half, by place in `_ids`
        self._place: dict[int, int] = {}
        self._version: int | None = None  # of the database, as other processes change it

    def find(self, article: Article, mark: str | None) -> Kin:
        """Whose copy an article is; of several the oldest row's. Nobody's where it is new."""
        if article.canonical_url and outlet(article.canonical_url) == outlet(article.url or ""):
            found = self._library.by_key(url_key(article.canonical_url))
            if found and self._library.origin(found) is not Via.IMPORT:
                return Kin(found, self._library.first_copy(found))
        alike = [] if mark is None else self._alike(article.text, int(mark, 16))
        if not alike:
            return Kin()
        twin = next((one for one in alike if self._library.origin(one) is not Via.IMPORT), None)
        return Kin(twin, self._library.first_copy(alike[0]))

    def add(self, article_id: int, mark: str | None) -> None:
        """Learn the fingerprint of an article that this process has written."""
        if mark is not None and self._version is not None:
            self._set(article_id, int(mark, 16))

    def _alike(self, text: str, mark: int) -> list[int]:
        """The articles of the same words, oldest row first."""
        import numpy as np

        self._refresh()
        if self._marks is None:
            return []
        high, low = self._marks[:, : len(self._ids)]
        bits = np.bitwise_count(high ^ np.uint64(mark >> 64)) + np.bitwise_count(
            low ^ np.uint64(mark & _HALF)
        )
        near = sorted(self._ids[place] for place in np.flatnonzero(bits <= NEAR))
        others = ((one, self._library.get(one)) for one in near)
        return [one for one, other in others if other and same(text, other.text)]

    def _refresh(self) -> None:
        version = self._library.data_version()
        if version != self._version:
            self._ids, self._place, self._marks, self._version = [], {}, None, version
            for one, text in self._library.fingerprints():
                self._set(one, int(text, 16))

    def _set(self, article_id: int, mark: int) -> None:
        import numpy as np

        place = self._place.setdefault(article_id, len(self._ids))
        if place == len(self._ids):
            self._ids.append(article_id)
        if self._marks is None or place >= self._marks.shape[1]:
            room = np.zeros((2, max(1_024, 2 * place)), np.uint64)
            if self._marks is not None:
                room[:, :place] = self._marks
            self._marks = room
        self._marks[:, place] = mark >> 64, mark & _HALF
