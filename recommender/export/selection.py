"""What is to be exported: everything, or the articles that some words name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from recommender import seeds as seed_files
from recommender.errors import NotFoundError
from recommender.lookup import article_id
from recommender.models import StoredSeed
from recommender.store.database import Store


@dataclass(frozen=True, slots=True)
class Selection:
    """Articles, and the seeds whose lists they come from."""

    seeds: tuple[StoredSeed, ...]
    articles: frozenset[int] | None  # None: every article
    single: frozenset[int] = frozenset()  # of these, those named by themselves

    @property
    def everything(self) -> bool:
        """Whether nothing was left out."""
        return self.articles is None


def select(store: Store, words: Sequence[str]) -> Selection:
    """What the words name: a seed is its own article and all that is on its list.

    Args:
        store: the archive.
        words: seeds' keys or files, articles' addresses or ids; none for everything.

    Raises:
        NotFoundError: nothing goes by a word.
    """
    if not words:
        return Selection(tuple(store.lists.all()), None)
    seeds: list[StoredSeed] = []
    articles: set[int] = set()
    single: set[int] = set()
    for word in words:
        seed = store.lists.by_key(word)
        if seed is None and Path(word).suffix == ".toml":
            seed = store.lists.by_key(seed_files.slug(Path(word).stem))
        if seed:
            seeds.append(seed)
            articles |= {link.article_id for link in store.lists.links(seed.id) if link.article_id}
            articles |= {seed.article_id} if seed.article_id else set()
            continue
        article = article_id(store, word)
        if article is None:
            hint = "`status` lists what is archived"
            raise NotFoundError("no seed, address or id of that name", where=word, hint=hint)
        single.add(article)
    unique = {seed.id: seed for seed in seeds}
    return Selection(tuple(unique.values()), frozenset(articles | single), frozenset(single))
