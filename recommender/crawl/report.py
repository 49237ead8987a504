"""What a `fetch` is told, and what it tells."""

from __future__ import annotations

from dataclasses import dataclass

from recommender.crawl.frontier import DELAY
from recommender.crawl.http import TOTAL_TIMEOUT
from recommender.models import Counts, State, StoredLink, StoredSeed


@dataclass(frozen=True, slots=True)
class Options:
    """How to fetch."""

    contact: str | None = None  # whom to write to, for the User-Agent
    delay: float = DELAY  # seconds between two requests to one host
    timeout: float = TOTAL_TIMEOUT  # seconds for one page, redirects included
    wayback_url: str | None = "https://web.archive.org"  # None: ask no web archive
    refresh: bool = False  # ask again for what is archived
    allow_private: bool = False  # fetch from loopback and private addresses too: an intranet, a test
    text: str | None = None  # the seed's text, where its page can't be had


@dataclass(frozen=True, slots=True)
class SeedReport:
    """What became of one seed."""

    seed: StoredSeed
    links: tuple[StoredLink, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a run."""

    seeds: tuple[SeedReport, ...]
    counts: Counts
    answered: bool  # some host answered, or nothing had to be asked

    @property
    def complete(self) -> bool:
        """Nothing failed and nothing is left to do, and every seed gave a list or a page to look for one on."""
        seen = all(item.links or item.seed.state in {State.ARCHIVED, State.UNCHANGED} for item in self.seeds)
        return seen and not self.counts.failed and not self.counts.pending
