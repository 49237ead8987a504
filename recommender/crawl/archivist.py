"""Keeps copies: WARC record and rows in one transaction, then nothing can lose it.

    capture, Reading ─► the same bytes as before? ─► verdict ─► WARC record ─► rows: article, capture,
                          (a revisit record)                                  best copy, change, addresses

`replay` does the last step alone, from a record, when the tables are made anew: the same code decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from recommender.crawl.body import decode
from recommender.crawl.outcomes import Hop, header
from recommender.crawl.pages import UNCHANGED
from recommender.crawl.reading_copies import Reading
from recommender.crawl.twins import Kin, Twins
from recommender.crawl.urls import outlet, url_key
from recommender.crawl.verdicts import OK, Before, compared
from recommender.models import Article, Capture, Record, Seed, StoredCapture, Via
from recommender.reading.changes import changes
from recommender.reading.extract import Extracted
from recommender.store import warc
from recommender.store.database import Store
from recommender.store.rows import text_digest
from recommender.store.warc_records import with_digest


@dataclass(frozen=True, slots=True)
class Kept:
    """Where a copy went."""

    verdict: str  # "ok", "unchanged", or why it must not become the article
    article_id: int | None
    capture_id: int | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """What a list or seed says of a page, used where the page is silent. Kept in its record for a rebuild."""

    title: str | None = None
    author: str | None = None
    outlet: str | None = None
    published: date | None = None  # of a given text only: a page tells its own

    def facts(self) -> dict[str, str]:
        """As extra fields of a WARC record."""
        day = self.published.isoformat() if self.published else None
        named = {"title": self.title, "author": self.author, "outlet": self.outlet, "published": day}
        return {f"expected-{name}": value for name, value in named.items() if value is not None}

    @classmethod
    def of(cls, facts: Mapping[str, str]) -> Expected:
        """What `facts` wrote."""
        day = facts.get("expected-published")
        title, author, name = (facts.get(f"expected-{name}") for name in ("title", "author", "outlet"))
        return cls(title, author, name, date.fromisoformat(day) if day else None)


class Archivist:
    """The only writer of captures and of articles that come from pages."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.twins = Twins(store.library)

    def seen(self, capture: Capture) -> Reading | None:
        """What is known of a copy whose bytes are kept already: it need not be read, nor written again."""
        return Reading(UNCHANGED) if self._earlier(with_digest(capture)) else None

    def keep(
        self, capture: Capture, reading: Reading, hops: Sequence[Hop] = (), expected: Expected | None = None
    ) -> Kept:
        """Write a copy, and let it become the article where it is good and no worse than the last.

        Raises:
            ArchiveError: the archive can't be written; what was kept before is whole.
        """
        capture = with_digest(capture)
        with self.store.transaction():
            earlier = self._earlier(capture)
            if earlier:
                return self._revisit(capture, hops, earlier)
            verdict, rule = self._verdict(capture, reading)
            capture = replace(capture, verdict=verdict, rule=rule)
            expected = expected or Expected()
            record = self.store.journal.capture(capture, hops=_records(hops), extra=expected.facts())
            return self._apply(capture, record, reading, [hop.url for hop in hops], expected)

    def keep_text(self, seed: Seed, text: str) -> Kept:
        """Keep a seed's text that the user gave; it is the seed's article from now on."""
        now = datetime.now(UTC)
        url = seed.url or f"urn:readmore:seed:{seed.key}"
        headers = (("Content-Type", "text/plain; charset=utf-8"),)
        rule = "given by the user"
        body = text.encode("utf-8", "replace")
        capture = Capture(url, url, now, now, Via.TEXT, 200, headers, body, verdict=OK, rule=rule)
        expected = Expected(seed.title, seed.author, seed.outlet, seed.published)
        with self.store.transaction():
            known = self.store.library.by_key(url_key(url))
            old = self.store.library.get(known) if known else None
            if known and old and text_digest(old) == text_digest(_given(capture, expected)):
                best = self.store.library.best_capture(known)
                return Kept(UNCHANGED, known, best.id if best else None)
            record = self.store.journal.capture(capture, extra=expected.facts())
            return self._apply(capture, record, Reading(OK), (), expected)

    def replay(self, stored: warc.StoredCapture, reading: Reading) -> Kept:
        """Make the rows of a capture that lies in the WARCs already. Its verdict is the one it was given then."""
        expected = Expected.of(dict(stored.extra))
        hops = [hop.url for hop in stored.hops]
        if stored.same_as is not None:
            file, _, offset = stored.same_as.rpartition(":")
            earlier = self.store.library.at(file, int(offset))
            return self._apply(stored.capture, stored.record, Reading(UNCHANGED), hops, expected, earlier)
        return self._apply(stored.capture, stored.record, reading, hops, expected)

    def html(self, stored: StoredCapture) -> bytes | None:
        """A capture's decoded page, read back from its WARC; None for texts and where it can't be decoded.

        Raises:
            ArchiveError: the record is damaged or gone.
        """
        if stored.via is Via.TEXT:
            return None
        original = self.store.library.capture(stored.refers_to) if stored.refers_to else None
        response = warc.read(self.store.warc_folder, (original or stored).record)
        body = decode(response.body, header(response.headers, "content-encoding") or "")
        return body if isinstance(body, bytes) else None

    # Deciding

    def _known(self, capture: Capture) -> int | None:
        """The article that goes by one of the capture's addresses."""
        for url in (capture.url, capture.final_url):
            article_id = self.store.library.by_key(url_key(url))
            if article_id:
                return article_id
        return None

    def _earlier(self, capture: Capture) -> StoredCapture | None:
        """The capture that has these bytes already, where a revisit can say so.

        That is the article's best one, or one of an error. An older good version that has come back is written
        whole: it becomes the article again.
        """
        if capture.via is Via.TEXT:
            return None
        library = self.store.library
        known = self._known(capture)
        best = library.best_capture(known) if known else None
        if capture.status == 304:
            return best
        if best and best.verdict == OK and best.record.digest == capture.digest:
            return self._origin(best)
        earlier = library.earlier(capture.url, capture.digest, capture.status)
        return earlier if earlier and earlier.verdict != OK else None

    def _origin(self, stored: StoredCapture) -> StoredCapture:
        original = self.store.library.capture(stored.refers_to) if stored.refers_to else None
        return original or stored

    def _verdict(self, capture: Capture, reading: Reading) -> tuple[str, str | None]:
        """The copy's own verdict, then what the good copy we hold says against it."""
        known = self._known(capture)
        best = self.store.library.best_capture(known) if known else None
        old = self.store.library.get(known) if known and best and best.verdict == OK else None
        if reading.verdict != OK or reading.page is None or old is None:
            return reading.verdict, reading.rule
        before = Before(old.title, len(old.text.split()), old.text, old.language)
        judged = compared(reading.judgement(), reading.page, before)
        return judged.verdict, judged.rule

    # Writing

    def _revisit(self, capture: Capture, hops: Sequence[Hop], earlier: StoredCapture) -> Kept:
        """Note that the bytes of an earlier capture were met again. The same memento is no new capture."""
        verdict = UNCHANGED if earlier.verdict == OK else earlier.verdict
        if capture.via is Via.WAYBACK and earlier.captured_at == capture.captured_at.replace(microsecond=0):
            return Kept(verdict, earlier.article_id, earlier.id)
        day = earlier.captured_at.date().isoformat()
        told = "the server says so (304)" if capture.status == 304 else f"the same bytes as on {day}"
        capture = replace(capture, verdict=verdict, rule=told)
        same = warc.Earlier(earlier.final_url, earlier.captured_at, earlier.record)
        record = self.store.journal.capture(capture, hops=_records(hops), same_as=same)
        return self._apply(capture, record, Reading(verdict), [hop.url for hop in hops], Expected(), earlier)

    def _apply(
        self, capture: Capture, record: Record, reading: Reading, hops: Sequence[str], expected: Expected,
        earlier: StoredCapture | None = None,
    ) -> Kept:  # fmt: skip
        """The rows of a capture whose record is written. All it looks at is in the record or in the tables."""
        library = self.store.library
        if earlier is not None:
            library.add_capture(capture, record, article_id=earlier.article_id, same_as=earlier)
            self._name(earlier.article_id, capture, None, hops)
            return Kept(capture.verdict, earlier.article_id, earlier.id)
        version = _version(capture, reading.page, expected)
        known = self._known(capture)
        article_id = known
        if capture.verdict != OK or version is None:
            capture_id = library.add_capture(capture, record, article_id=known, version=version)
            return Kept(capture.verdict, known, capture_id)
        best = library.best_capture(known) if known else None
        old = library.get(known) if known and best else None
        kin = self.twins.find(version, reading.mark) if known is None else Kin()
        first = known is None and kin.twin is None
        if first:
            article_id = library.add(
                replace(version, copy_of=kin.first),
                origin=capture.via, now=capture.fetched_at, fingerprint=reading.mark,
            )  # fmt: skip
        elif known is None:
            article_id = kin.twin
        assert article_id is not None  # noqa: S101 - known, a twin's or a new one's
        capture_id = library.add_capture(capture, record, article_id=article_id, version=version)
        if first or (known is not None and better(capture, best)):
            if known is not None and (best is not None or capture.via is Via.TEXT):
                library.replace(
                    known, version, origin=capture.via, now=capture.fetched_at, fingerprint=reading.mark
                )
            library.set_best(article_id, capture_id)
            self.twins.add(article_id, reading.mark)
        if old and best and best.via is not Via.TEXT and capture.via is not Via.TEXT:
            self._note_change(article_id, (best, old), (capture, capture_id, version))
        self._name(article_id, capture, reading.page, hops)
        return Kept(OK, article_id, capture_id)

    def _note_change(
        self, article_id: int, before: tuple[StoredCapture, Article], after: tuple[Capture, int, Article]
    ) -> None:
        """What the newsroom changed between the best copy and this one, whichever is older."""
        best, old = before
        capture, capture_id, new = after
        older_first = best.captured_at <= capture.captured_at
        one, two = (old, new) if older_first else (new, old)
        change = changes(one.title, one.text, two.title, two.text)
        if change:
            ids = (best.id, capture_id) if older_first else (capture_id, best.id)
            self.store.library.add_change(
                article_id, *ids, change, max(best.captured_at, capture.captured_at)
            )

    def _name(
        self, article_id: int | None, capture: Capture, page: Extracted | None, hops: Sequence[str]
    ) -> None:
        """Let the article go by every address that led to it, and by the one it gives itself."""
        if article_id is None:
            return
        urls = [capture.url, *hops, capture.final_url]
        if page and page.canonical_url and outlet(page.canonical_url) == outlet(capture.final_url):
            urls.append(page.canonical_url)
        for url in urls:
            self.store.library.name(url_key(url), url, article_id)


def better(new: Capture, old: StoredCapture | None) -> bool:
    """Whether a good new copy becomes the article.

    A text that the user gives stays. So does a memento: it was asked for because the page was gone, and is the
    copy nearest to publication. An imported copy was a live one once: of it and a live one the newer counts.
    """
    if old is None or old.verdict != OK or new.via is Via.TEXT:
        return True
    if Via.IMPORT in {old.via, new.via} and new.captured_at.replace(microsecond=0) <= old.captured_at:
        return False
    return {old.via, new.via} <= {Via.LIVE, Via.IMPORT}


def _version(capture: Capture, page: Extracted | None, expected: Expected) -> Article | None:
    """What a copy says, as an article."""
    if capture.via is Via.TEXT:
        return _given(capture, expected)
    if page is None:
        return None
    return Article(
        url=capture.final_url if capture.via is Via.LIVE else capture.url,
        title=page.title or expected.title or capture.url,
        text=page.text,
        authors=page.authors or expected.author,
        outlet=page.outlet or expected.outlet or outlet(capture.url),
        published=page.published,
        canonical_url=page.canonical_url,
        language=page.language,
    )


def _given(capture: Capture, expected: Expected) -> Article:
    """A text the user gave, as an article."""
    return Article(
        url=capture.url if capture.url.startswith("http") else None,
        title=expected.title or capture.url,
        text=capture.body.decode("utf-8", "replace"),
        authors=expected.author,
        outlet=expected.outlet,
        published=expected.published,
    )


def _records(hops: Sequence[Hop]) -> list[warc.HopRecord]:
    return [warc.HopRecord(hop.url, hop.status, hop.headers) for hop in hops]
