"""Keeps copies: WARC record first, then the database, then nothing can lose it.

capture ─► decode ─► extract ─► verdict ─► WARC record (fsynced) ─► one transaction:
                                             article, capture row, best copy, addresses
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from recommender.crawl.body import decode
from recommender.crawl.crawler import UNCHANGED
from recommender.crawl.outcomes import Failure, Hop, header
from recommender.crawl.urls import outlet, url_key
from recommender.crawl.verdicts import OK, verdict
from recommender.models import Article, Capture, Seed, StoredCapture, Via
from recommender.reading.duplicates import fingerprint, near, same
from recommender.reading.extract import Extracted, extract
from recommender.store.database import Store
from recommender.store.rows import text_digest
from recommender.store.warc import HopRecord, WarcWriter, read
from recommender.store.warc_records import digest


@dataclass(frozen=True, slots=True)
class Kept:
    """Where a copy went."""

    verdict: str  # "ok", "unchanged", or why it must not become the article
    article_id: int | None
    capture_id: int | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """What a list or seed says of a page, used where the page is silent."""

    title: str | None = None
    author: str | None = None
    outlet: str | None = None


class Archivist:
    """The only writer of captures and of articles that come from pages."""

    def __init__(self, store: Store, writer: WarcWriter) -> None:
        self.store = store
        self.writer = writer

    def keep(self, capture: Capture, hops: Sequence[Hop] = (), expected: Expected | None = None) -> Kept:
        """Judge a copy, write it, and let it become the article where it is good and no worse than the last.

        Raises:
            ArchiveError: the archive can't be written; what was kept before is whole.
        """
        known = self._known(capture)
        best = self.store.library.best_capture(known) if known else None
        if best and best.verdict == OK and best.record.digest == digest(capture.body):
            return Kept(UNCHANGED, known, best.id)
        page, judged = _judge(capture)
        capture = replace(capture, verdict=judged)
        records = [HopRecord(hop.url, hop.status, hop.headers) for hop in hops]
        record = self.writer.write(capture, hops=records)
        content_type = header(capture.headers, "content-type")
        with self.store.transaction():
            article_id, new = known, None
            if page and judged == OK:
                article_id, new = self._article(capture, page, known, best, expected or Expected())
            capture_id = self.store.library.add_capture(
                capture, record, article_id=article_id, content_type=content_type
            )
            if article_id and judged == OK:
                now_best = self.store.library.best_capture(article_id)  # another process may have been faster
                if article_id in {known, new} and better(capture, now_best):
                    self.store.library.set_best(article_id, capture_id)
                self._name(article_id, capture, page, hops)
        return Kept(judged, article_id, capture_id)

    def keep_text(self, seed: Seed, text: str) -> int:
        """Keep a seed's text that the user gave; it is the seed's article from now on. Gives its id."""
        now = datetime.now(UTC)
        url = seed.url or f"urn:readmore:seed:{seed.key}"
        article = Article(
            url=seed.url,
            title=seed.title,
            text=text,
            authors=seed.author,
            outlet=seed.outlet,
            published=seed.published,
        )
        key = url_key(url)
        known = self.store.library.by_key(key)
        old = self.store.library.get(known) if known else None
        if known and old and text_digest(old) == text_digest(article):
            return known
        headers = (("Content-Type", "text/plain; charset=utf-8"),)
        capture = Capture(url, url, now, now, Via.TEXT, 200, headers, text.encode("utf-8", "replace"))
        record = self.writer.write(capture, extra={"title": seed.title})
        with self.store.transaction():
            if known:
                self.store.library.replace(known, article, origin=Via.TEXT, now=now)
            article_id = known or self.store.library.add(article, origin=Via.TEXT, now=now)
            capture_id = self.store.library.add_capture(
                capture, record, article_id=article_id, content_type="text/plain"
            )
            self.store.library.set_best(article_id, capture_id)
            self.store.library.name(key, url, article_id)
        return article_id

    def keep_page(self, seed: Seed, page: bytes) -> Kept:
        """Keep a seed's page that the user saved, as it is."""
        now = datetime.now(UTC)
        url = seed.url or f"urn:readmore:seed:{seed.key}"
        headers = (("Content-Type", "text/html"),)
        capture = Capture(url, url, now, now, Via.IMPORT, 200, headers, page)
        return self.keep(capture, (), Expected(seed.title, seed.author, seed.outlet))

    def html(self, stored: StoredCapture) -> bytes | None:
        """A capture's decoded page, read back from its WARC; None for texts and where it can't be decoded.

        Raises:
            ArchiveError: the record is damaged or gone.
        """
        if stored.via is Via.TEXT:
            return None
        response = read(self.store.warc_folder, stored.record)
        body = decode(response.body, header(response.headers, "content-encoding") or "")
        return body if isinstance(body, bytes) else None

    def _known(self, capture: Capture) -> int | None:
        """The article that goes by one of the capture's addresses."""
        for url in (capture.url, capture.final_url):
            article_id = self.store.library.by_key(url_key(url))
            if article_id:
                return article_id
        return None

    def _article(
        self,
        capture: Capture,
        page: Extracted,
        known: int | None,
        best: StoredCapture | None,
        expected: Expected,
    ) -> tuple[int, int | None]:
        """The article this good copy belongs to, and once more if it is a new one.

        A known article takes a better copy's text, unless it was imported: that text is the researcher's. A
        copy of near-identical text under another address belongs to the article that was there first.
        """
        article = Article(
            url=capture.final_url if capture.via is Via.LIVE else capture.url,
            title=page.title or expected.title or capture.url,
            text=page.text,
            authors=page.authors or expected.author,
            outlet=page.outlet or expected.outlet or outlet(capture.url),
            published=page.published,
            canonical_url=page.canonical_url,
            language=page.language,
        )
        mark = f"{fingerprint(article.text):016x}"
        library, now = self.store.library, capture.fetched_at
        if known is None:
            twin = self._twin(article, mark)
            if twin:
                return twin, None
            new = library.add(article, origin=capture.via, now=now, fingerprint=mark)
            return new, new
        if best is not None and better(capture, best):
            library.replace(known, article, origin=capture.via, now=now, fingerprint=mark)
        return known, None

    def _twin(self, article: Article, mark: str) -> int | None:
        """The article this is another copy of, told by its text, or by the canonical address its outlet gives it."""
        library = self.store.library
        if article.canonical_url and outlet(article.canonical_url) == outlet(article.url or ""):
            found = library.by_key(url_key(article.canonical_url))
            if found:
                return found
        for other, seen in library.fingerprints():
            if near(int(mark, 16), int(seen, 16)):
                twin = library.get(other)
                if twin and same(article.text, twin.text):
                    return other
        return None

    def _name(self, article_id: int, capture: Capture, page: Extracted | None, hops: Sequence[Hop]) -> None:
        """Let the article go by every address that led to it, and by the one it gives itself."""
        urls = [capture.url, *(hop.url for hop in hops), capture.final_url]
        if page and page.canonical_url and outlet(page.canonical_url) == outlet(capture.final_url):
            urls.append(page.canonical_url)
        for url in urls:
            self.store.library.name(url_key(url), url, article_id)


def better(new: Capture, old: StoredCapture | None) -> bool:
    """Whether a good new copy becomes the article.

    A text that the user gave stays. So does a memento: it was asked for because the page was gone, and it
    is the copy nearest to publication.
    """
    return old is None or old.verdict != OK or (old.via is Via.LIVE and new.via is Via.LIVE)


def _judge(capture: Capture) -> tuple[Extracted | None, str]:
    """A copy's text and whether it may become the article."""
    body = decode(capture.body, header(capture.headers, "content-encoding") or "", url=capture.url)
    if isinstance(body, Failure):
        return None, str(body.reason)
    page = extract(body, capture.final_url, content_type=header(capture.headers, "content-type"))
    judged = verdict(
        capture.status, capture.headers, page.words, page_title=page.title, text=page.text, html=body
    )
    return page, str(judged)
