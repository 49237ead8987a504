"""Finds the addresses of a seed's references, asking no more than it must.

its own address ─► the page's links ─► the memento's links ─► the archive's index ─► unresolved, and why
(seed file, page)     (page)              (memento)              (cdx)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from recommender import resolve
from recommender.crawl.cdx import CdxRow, IndexQuery, outlet_queries
from recommender.crawl.outcomes import Failure, Reason
from recommender.crawl.wayback import Wayback
from recommender.models import Method, Reference, Resolution, Seed, Via
from recommender.references import Link, page_links

METHODS = {Via.LIVE: Method.PAGE, Via.IMPORT: Method.PAGE, Via.WAYBACK: Method.MEMENTO}


@dataclass(frozen=True, slots=True)
class Html:
    """A decoded page and where it came from."""

    body: bytes
    via: Via


class Finder:
    """Resolves the references of one seed.

    Args:
        seed: with its address, where known.
        page: its own page, None where it can't be had.
        wayback: None to ask no web archive.
        memento: gives an archived copy of the seed's page; called once, and only if it is needed.
    """

    def __init__(
        self, seed: Seed, page: Html | None, wayback: Wayback | None, memento: Callable[[], Html | None]
    ) -> None:
        self.seed = seed
        self.page = page
        self.wayback = wayback
        self.unreached: Failure | None = None  # what the web archive failed with, where it was no answer
        self._memento = memento
        self._rows: dict[IndexQuery, list[CdxRow] | Failure] = {}

    def find(self, reference: Reference) -> Resolution:
        """A reference's address, how it was found and how sure that is; or why it has none."""
        if reference.url:
            named = Method.SEED_FILE if self.seed.source.endswith(".toml") else self._method
            return Resolution(reference, reference.url, named, 1.0)
        return (
            self._by_title(reference, self._page_links, self._method)
            or self._by_title(reference, self._memento_links, Method.MEMENTO)
            or self._by_index(reference)
            or resolve.unresolved(reference, self._why())
        )

    @property
    def _method(self) -> Method:
        return METHODS.get(self.page.via, Method.PAGE) if self.page else Method.PAGE

    @cached_property
    def _page_links(self) -> list[Link]:
        return page_links(self.page.body, self.seed.url or "") if self.page else []

    @cached_property
    def _memento_links(self) -> list[Link]:
        if self.wayback is None or (self.page and self.page.via is Via.WAYBACK):
            return []
        found = self._memento()
        return page_links(found.body, self.seed.url or "") if found else []

    @staticmethod
    def _by_title(reference: Reference, links: Sequence[Link], method: Method) -> Resolution | None:
        return resolve.by_title(reference, links, method) if links else None

    def _by_index(self, reference: Reference) -> Resolution | None:
        if self.wayback is None or not self.seed.url:
            return None
        rows: list[CdxRow] = []
        for query in outlet_queries(self.seed.url or "", reference.published or self.seed.published):
            answer = self._search(query)
            if isinstance(answer, Failure):
                self.unreached = None if answer.status == 404 else answer
                return None
            rows += answer
            found = resolve.by_index(reference, rows, self.seed.url, self.seed.published)
            if found and found.confidence > resolve.AUTHOR_CONFIDENCE:
                return found
        # A slug that only names the author counts once all days are in: until then it need not be the only one.
        return resolve.by_index(reference, rows, self.seed.url, self.seed.published) if rows else None

    def _search(self, query: IndexQuery) -> list[CdxRow] | Failure:
        """An index search, made once for all references."""
        assert self.wayback is not None  # noqa: S101 - asked by the only caller
        if query not in self._rows:
            self._rows[query] = self.wayback.search(
                query.prefix,
                match="prefix",
                start=query.start,
                end=query.end,
                limit=query.limit,
                collapse=query.collapse,
            )
        return self._rows[query]

    def _why(self) -> str:
        if self.unreached:
            return f"no address known: the web archive's index: {self.unreached.reason}"
        if self.page is None and not self.seed.url:
            return "no address known: nor is the seed's own, which a seed file can give"
        if self.page is None and self.wayback is None:
            return "no address known: no page of the seed, and no web archive is asked"
        return str(Reason.NO_CANDIDATE)
