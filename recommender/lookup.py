"""The article a user means: by its id, an address it goes by, or the name an import brought along."""

from __future__ import annotations

from recommender.crawl.urls import url_key
from recommender.store.database import Store


def article_id(store: Store, source: str) -> int | None:
    """The id of the article that goes by this, or None."""
    if "://" in source:
        return store.library.by_key(url_key(source))
    # SQLite's integers have 64 bits: a longer number is a name.
    if source.isascii() and source.isdecimal() and len(source) < 19 and store.library.get(int(source)):
        return int(source)
    return store.library.by_external_id(source)
