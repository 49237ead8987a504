"""Another copy of a piece we have, under an address we do not know: told by its text, or by its canonical address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recommender.crawl.urls import outlet, url_key
from recommender.models import Article
from recommender.reading.duplicates import NEAR, same
from recommender.store.library import Library

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Twins:
    """The fingerprints of everything fetched, read once and kept up to date: one look costs microseconds."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._marks: dict[int, int] = {}  # by article
        self._table: tuple[NDArray[np.uint64], list[int]] | None = None  # the same, for looking
        self._fresh: dict[int, int] = {}  # added since the table was made
        self._version: int | None = None  # of the database, as other processes change it

    def find(self, article: Article, mark: str | None) -> int | None:
        """The id of the article this is another copy of; None where it is new."""
        if article.canonical_url and outlet(article.canonical_url) == outlet(article.url or ""):
            found = self._library.by_key(url_key(article.canonical_url))
            if found:
                return found
        if mark is None:
            return None
        for other in self._near(int(mark, 16)):
            twin = self._library.get(other)
            if twin and same(article.text, twin.text):
                return other
        return None

    def add(self, article_id: int, mark: str | None) -> None:
        """Learn the fingerprint of an article that this process has written."""
        if mark is None or self._version is None:
            return
        if article_id in self._marks and self._marks[article_id] != int(mark, 16):
            self._version = None  # it stands in the table with its old one
        self._marks[article_id] = self._fresh[article_id] = int(mark, 16)

    def _near(self, mark: int) -> list[int]:
        import numpy as np

        self._refresh()
        table, ids = self._table or (np.empty(0, np.uint64), [])
        distances = np.bitwise_count(table ^ np.uint64(mark))
        found = [ids[place] for place in np.flatnonzero(distances <= NEAR)]
        found += [one for one, other in self._fresh.items() if (other ^ mark).bit_count() <= NEAR]
        return sorted(found)

    def _refresh(self) -> None:
        import numpy as np

        version = self._library.data_version()
        if version != self._version:
            self._marks = {one: int(text, 16) for one, text in self._library.fingerprints()}
        elif len(self._fresh) < 256:  # a table of 100,000 is made in 5 ms, so not for each new one
            return
        self._version, self._fresh = version, {}
        self._table = (np.fromiter(self._marks.values(), np.uint64, len(self._marks)), list(self._marks))
