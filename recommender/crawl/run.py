"""What the steps of one run share: the archive, who fetches, who reads, who keeps, and the account."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, datetime
from urllib.parse import urlsplit

from recommender.crawl.archivist import Archivist, Expected, Kept
from recommender.crawl.crawler import Copy, Crawler
from recommender.crawl.http import Client, agent_string
from recommender.crawl.pages import Page, Result
from recommender.crawl.readers import Readers
from recommender.crawl.reading_copies import Reading
from recommender.crawl.report import Options
from recommender.crawl.urls import url_key
from recommender.crawl.wayback import Wayback
from recommender.models import Capture
from recommender.store.claims import Claims
from recommender.store.database import Store

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
LOOK = 0.2  # seconds between looks at what another run is doing


class Run:
    """One run of `fetch`; the crawler's keeper.

    Attributes:
        kept: what became of each copy, by the URL asked for.
        expected: what lists say of pages, by URL.
        asked, answered: how many pages were asked for, and how many some host answered.
    """

    def __init__(
        self, store: Store, client: Client, wayback: Wayback | None, readers: Readers, options: Options,
        tick: Callable[[int], None],
    ) -> None:  # fmt: skip
        self.store = store
        self.wayback = wayback
        self.readers = readers
        self.options = options
        self.archivist = Archivist(store)
        self.kept: dict[str, Kept] = {}
        self.expected: dict[str, Expected] = {}
        self.asked = 0
        self.answered = 0
        self.started = datetime.now(UTC)
        self._tick = tick
        self._settle: Callable[[Result], None] = lambda _: None
        self._crawler = Crawler(client, wayback, readers, self, delay=options.delay)
        with store.transaction():
            self.id = store.results.start_run(self.started)
            self.claims = Claims(store.db, store.folder, self.id)

    def crawl(self, pages: Sequence[Page], settle: Callable[[Result], None]) -> None:
        """Fetch pages. `settle` is called with each one's result, in the transaction that keeps its copy."""
        self._settle = settle
        self._crawler.crawl(pages)

    def read(self, capture: Capture, title: str | None) -> Reading:
        """Read one copy now."""
        return self.readers.result(self.readers.submit(capture, title), capture, title)

    def claim(self, url: str) -> bool:
        """Claim a page for this run. Where another run is at it, wait until it is done with it, and give True."""
        key, waited = url_key(url), False
        while True:
            if not self.claims.taken([key]):
                with self.store.transaction():
                    if self.claims.take([key]):
                        return waited
            waited = True
            time.sleep(LOOK)

    def release(self, url: str) -> None:
        """Give a page back that another run has fetched meanwhile."""
        with self.store.transaction():
            self.claims.release([url_key(url)])

    # The crawler's keeper

    def together(self) -> AbstractContextManager[None]:
        """One transaction."""
        return self.store.transaction()

    def seen(self, capture: Capture) -> Reading | None:
        """What is known of a copy whose bytes are kept already."""
        return self.archivist.seen(capture)

    def keep(self, copy: Copy, reading: Reading) -> str:
        """Keep a copy, and tell its verdict."""
        kept = self.archivist.keep(copy.capture, reading, copy.hops, self.expected.get(copy.page.url))
        self.kept[copy.page.url] = kept
        return kept.verdict

    def settle(self, results: Sequence[Result]) -> None:
        """Write down what became of pages, and let other runs have them."""
        for result in results:
            self.asked += 1
            self.answered += result.answered
            self._settle(result)
            self._tick(1)
        self.claims.release([url_key(result.page.url) for result in results])


@contextmanager
def started(store: Store, options: Options, tick: Callable[[int], None]) -> Iterator[Run]:
    """A run with all it needs, which lets go of everything at its end.

    Raises:
        ArchiveError: the archive can't be written.
    """
    with ExitStack() as stack:
        agent = agent_string(options.contact)
        seconds = options.timeout
        client = stack.enter_context(
            Client(agent, total_timeout=seconds, allow_private=options.allow_private)
        )
        readers = stack.enter_context(Readers())
        wayback = None
        if options.wayback_url:  # named by the user, so it may be on this machine or network
            archive_client = stack.enter_context(Client(agent, total_timeout=seconds, allow_private=True))
            wayback = _wayback(archive_client, options.wayback_url)
        run = Run(store, client, wayback, readers, options, tick)
        stack.callback(run.claims.close)
        yield run


def _wayback(client: Client, base: str) -> Wayback:
    """A client of the web archive; one on this machine needs no sparing."""
    if urlsplit(base).hostname in LOOPBACK:
        return Wayback(client, base, cdx_interval=0, replay_interval=0)
    return Wayback(client, base)
