"""`save` and `check` from the command line's words to a report: what SEED, URL and ID stand for, and who does it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from recommender import lookup, seeds
from recommender.crawl import checking, saving
from recommender.crawl.frontier import DELAY
from recommender.crawl.http import Client, agent_string
from recommender.crawl.saving_rules import Options
from recommender.crawl.spn import LOOPBACK, Keys, SavePageNow
from recommender.crawl.urls import is_web
from recommender.crawl.wayback import Wayback
from recommender.errors import NotFoundError
from recommender.models import StoredSeed
from recommender.store.database import Store
from recommender.store.saves import Wanted


@dataclass(frozen=True, slots=True)
class Named:
    """What the words of a command line stand for."""

    listed: frozenset[int]  # articles on the lists of the seeds named
    articles: tuple[tuple[int, str], ...]  # articles named one by one, each with the word
    strangers: tuple[str, ...]  # web addresses that no article goes by


def save(
    store: Store,
    words: Sequence[str],
    keys: Keys,
    base: str,
    options: Options,
    *,
    contact: str | None = None,
    limit: int | None = None,
    tick: Callable[[int], None] = lambda _: None,
) -> saving.Report:
    """Submit what the words stand for to the web archive at `base`, and follow up what is open.

    Args:
        store: the archive.
        words: SEED, URL or ID; none for all that is worth it.
        keys: of an account there.
        base: the web archive.
        options: how.
        contact: told to the web archive.
        limit: new pages at most.
        tick: told of each page that is done with.

    Raises:
        NotFoundError: nothing goes by a word.
        AccessError: the keys are not accepted, or would travel in the clear.
        ArchiveError: the archive can't be written.
    """
    wanted = to_save(store, named(store, words) if words else None)[:limit]
    near = urlsplit(base).hostname in LOOPBACK  # one on this machine needs no sparing
    if near:
        options = replace(options, submit_interval=0, ask_interval=0, poll_interval=0.2)
    # Named by the user, so it may be on this machine or network.
    with Client(agent_string(contact), allow_private=True) as client:
        spn = SavePageNow(client, keys, base)
        wayback = Wayback(client, base, cdx_interval=0, replay_interval=0) if near else Wayback(client, base)
        return saving.save(store, spn, wayback, wanted, options, tick=tick)


def to_save(store: Store, chosen: Named | None) -> list[Wanted]:
    """The pages to be submitted: those worth it (of the lists named), and those named one by one whatever they are."""
    worth = store.saves.wanted()
    if chosen is None:
        return worth
    listed = [page for page in worth if page.article_id in chosen.listed]
    single = []
    for article_id, word in chosen.articles:
        article = store.library.get(article_id)
        url = word if is_web(word) else article.url if article else None
        if not url or not is_web(url):
            raise NotFoundError("this article has no web address", where=word)
        single.append(Wanted(url, article_id))
    return listed + single + [Wanted(url) for url in chosen.strangers]


def check(
    store: Store,
    words: Sequence[str],
    *,
    contact: str | None = None,
    delay: float = DELAY,
    limit: int | None = None,
    allow_private: bool = False,
    tick: Callable[[int], None] = lambda _: None,
) -> checking.Report:
    """Visit the live pages of what the words stand for, longest unseen first.

    Args:
        store: the archive.
        words: SEED, URL or ID; none for all articles.
        contact: told to every server.
        delay: seconds between two requests to one host.
        limit: pages at most.
        allow_private: visit loopback and private addresses too.
        tick: told of each page that is done with.

    Raises:
        NotFoundError: nothing goes by a word.
        ArchiveError: the archive can't be written.
    """
    among = None
    if words:
        chosen = named(store, words)
        if chosen.strangers:
            raise NotFoundError(
                "no article goes by this address", where=chosen.strangers[0], hint="`fetch` it first"
            )
        among = chosen.listed | {article_id for article_id, _ in chosen.articles}
    visits = store.checks.due(among, limit)
    with Client(agent_string(contact), allow_private=allow_private) as client:
        return checking.check(store, client, visits, delay=delay, tick=tick)


def named(store: Store, words: Sequence[str]) -> Named:
    """Find what each word stands for: a seed (its key or file), an article (its address or id).

    Raises:
        NotFoundError: nothing goes by a word, and it is no web address.
    """
    listed: set[int] = set()
    articles: list[tuple[int, str]] = []
    strangers: list[str] = []
    for word in words:
        seed = _seed(store, word)
        article_id = None if seed else lookup.article_id(store, word)
        if seed:
            listed |= {link.article_id for link in store.lists.links(seed.id) if link.article_id}
        elif article_id is not None:
            articles.append((article_id, word))
        elif is_web(word):
            strangers.append(word)
        else:
            raise NotFoundError("no seed, id or address of that name", where=word, hint="see `status`")
    return Named(frozenset(listed), tuple(articles), tuple(strangers))


def _seed(store: Store, word: str) -> StoredSeed | None:
    if is_web(word):
        return next((seed for seed in store.lists.all() if seed.url == word and not seed.article_id), None)
    return store.lists.by_key(word) or (
        store.lists.by_key(seeds.slug(Path(word).stem)) if Path(word).suffix else None
    )
