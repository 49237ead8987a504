"""Searches of a web archive's index, wherever below its address that is, and however many answers they take.

    search ─► the layout that answers (remembered) ─► an answer of rows ─┬─► resume key: the next answer …
                                                                         └─► all rows, each once

What an index sends is rows or it is a `Failure`: an error page read as "no captures" would be a lie.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode, urlsplit

from recommender.crawl.asking import Asker, refusal
from recommender.crawl.body import decode
from recommender.crawl.cdx import MAX_ROWS, Answer, CdxRow, read, with_revisit_statuses
from recommender.crawl.outcomes import Failure, Reason

ROWS = 200  # captures of one URL asked for; from publication on, the nearest ones come first
PAGE_ROWS = 5_000  # rows of one answer; longer ones of the Wayback Machine's are slow and often break off
MAX_PAGES = 20  # answers read for one search: twice what `MAX_ROWS` takes

Match = str  # "exact", "prefix", "host" or "domain"
Query = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where an archive keeps its index and its pages."""

    cdx: str
    replay: str  # before `/<timestamp>id_/<url>`, and as TimeGate before `/<url>`
    lines: bool = False  # its index answers by lines, so no line at all means no row


def layouts(base: str, cdx_url: str | None, replay_url: str | None) -> tuple[Layout, ...]:
    """Those to try. Below a host: the Wayback Machine's, then pywb's with its usual collection name. Below a path
    that ends in a collection: pywb's, then a Wayback Machine behind a prefix.
    """
    machine = Layout(f"{base}/cdx/search/cdx", f"{base}/web")
    if urlsplit(base).path:
        tried = (Layout(f"{base}/cdx", base, lines=True), machine)
    else:
        tried = (machine, Layout(f"{base}/web/cdx", f"{base}/web", lines=True))
    if cdx_url is None:
        return tuple(Layout(one.cdx, replay_url or one.replay, one.lines) for one in tried)
    return (Layout(cdx_url, replay_url or tried[0].replay, lines=True),)


class Index:
    """The index of one web archive.

    Args:
        asker: asks the archive.
        layouts: those to try; the first that answers is remembered.
    """

    def __init__(self, asker: Asker, layouts: Sequence[Layout]) -> None:
        self._asker = asker
        self._layouts = tuple(layouts)

    @property
    def layout(self) -> Layout:
        """The one known to answer, else the first to try."""
        return self._layouts[0]

    def search(
        self,
        url: str,
        *,
        match: Match = "exact",
        start: date | None = None,
        end: date | None = None,
        limit: int = ROWS,
        collapse: str | None = None,
        filters: Sequence[str] = (),
    ) -> list[CdxRow] | Failure:
        """Captures of a URL, of everything below it, or of a host, oldest first within a URL.

        Args:
            url: the page, or with `match="prefix"` the start of URLs.
            match: exact, prefix, host or domain.
            start, end: days of capture, inclusive.
            limit: rows; over `PAGE_ROWS` they are asked for part by part. Never more than `MAX_ROWS`.
            collapse: a field of which one row each is wanted, e.g. `urlkey`; archives may ignore it.
            filters: `[!]field:regex`; archives differ in how they read them, so filter again what comes back.

        Returns:
            Rows, none where the archive has none, or a `Failure`: also where only a part came. `NO_MEMENTO`
            with status 404 where the archive has no index.
        """
        query = [("url", url), ("matchType", match), ("output", "json")]
        query += [("from", start.strftime("%Y%m%d"))] if start else []
        query += [("to", end.strftime("%Y%m%d"))] if end else []
        query += [("collapse", collapse)] if collapse else []
        query += [("filter", text) for text in filters]
        return self._all(query, url, min(limit, MAX_ROWS))

    def _all(self, query: Query, url: str, limit: int) -> list[CdxRow] | Failure:
        """Up to `limit` rows, each once, in as many answers as that takes."""
        size = min(limit, PAGE_ROWS)
        paged = [("showResumeKey", "true")] if limit > size else []
        found = self._ask([*query, ("limit", str(size)), *paged], url)
        if isinstance(found, Answer) and paged and found.resume is None and len(found.rows) >= size:
            found = self._ask([*query, ("limit", str(limit))], url)  # an archive that knows no resume keys
        rows: dict[CdxRow, None] = {}
        seen: set[str] = set()
        while isinstance(found, Answer):
            rows |= dict.fromkeys(found.rows)
            key = found.resume if paged else None
            if key is None or key in seen or len(rows) >= limit or len(seen) + 1 >= MAX_PAGES:
                return with_revisit_statuses(list(rows)[:limit])
            seen.add(key)
            size = min(limit - len(rows), PAGE_ROWS)
            more = [("limit", str(size)), *paged, ("resumeKey", key)]
            found = self._ask([*query, *more], url, later=True)
        return found

    def _ask(self, query: Query, url: str, *, later: bool = False) -> Answer | Failure:
        """One answer of the index, by the layout that has one. A later part may be nothing at all."""
        text = urlencode(query, errors="surrogatepass")
        for layout in self._layouts:
            answer = self._asker.ask(f"{layout.cdx}?{text}", self._asker.index)
            if isinstance(answer, Failure):
                return answer
            if answer.status == 404:
                continue
            if answer.status != 200:
                return refusal(answer, url)
            body = decode(answer.body, answer.header("content-encoding") or "")
            if isinstance(body, Failure):
                return Failure(Reason.ARCHIVE_ERROR, url, f"its index: {body.line()}", 200)
            found = read(body)
            if not found.whole or not (body.strip() or layout.lines or later):
                said = refusal(answer, url)
                lost = Failure(Reason.ARCHIVE_ERROR, url, "its index gave no list of captures", 200)
                return said if said.reason is Reason.EXCLUDED else lost
            self._layouts = (layout,)
            return found
        return Failure(Reason.NO_MEMENTO, url, "this archive has no index", 404)
