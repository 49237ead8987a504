"""An article's copies over time, and what changed between two of them.

a name ─► captures, oldest first ─► two of them ─► read from the WARC ─► extracted ─► changes
          (lookup, store)                         (store)              (reading)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from recommender.crawl.body import decode
from recommender.crawl.outcomes import Failure, header
from recommender.crawl.verdicts import OK
from recommender.errors import ArchiveError, NotFoundError
from recommender.lookup import article_id
from recommender.models import Article, Change, StoredCapture, Via
from recommender.reading.changes import changes
from recommender.reading.extract import extract
from recommender.store.database import Store
from recommender.store.warc import read


@dataclass(frozen=True, slots=True)
class Copy:
    """One capture on an article's list."""

    number: int  # 1 is the oldest
    capture: StoredCapture
    is_article: bool  # the article's text was taken from it
    same_as: int | None = None  # unchanged: the number of the copy whose bytes it has


@dataclass(frozen=True, slots=True)
class History:
    """An article and all its copies, oldest first."""

    article: Article
    copies: tuple[Copy, ...]

    def versions(self) -> list[Copy]:
        """The copies at which another text or headline was first met, given texts apart."""
        found: list[Copy] = []
        for copy in self.copies:
            good = copy.capture.verdict == OK and copy.capture.via is not Via.TEXT
            known = found[-1].capture.text_digest if found else None
            if good and (known is None or copy.capture.text_digest != known):
                found.append(copy)
        return found

    def copy(self, number: int) -> Copy:
        """The copy of that number.

        Raises:
            NotFoundError: there is none.
        """
        if not 1 <= number <= len(self.copies):
            hint = f"there are {len(self.copies)}: `history` lists them"
            raise NotFoundError("no copy of that number", where=str(number), hint=hint)
        return self.copies[number - 1]


def history(store: Store, source: str) -> History:
    """All copies of an article.

    Args:
        store: the archive.
        source: an id, an address, or the name an import brought along.

    Raises:
        NotFoundError: no article goes by that name.
    """
    found = article_id(store, source)
    article = store.library.get(found) if found is not None else None
    if found is None or article is None:
        hint = "`status` lists what is archived; an id, an address or an import's own name will do"
        raise NotFoundError("no article of that name", where=source, hint=hint)
    best = store.library.best_capture(found)
    captures = store.library.history(found)
    numbers = {capture.id: number for number, capture in enumerate(captures, 1)}
    copies = (
        Copy(
            number=numbers[capture.id],
            capture=capture,
            is_article=best is not None and best.id == capture.id,
            same_as=numbers.get(capture.refers_to) if capture.refers_to is not None else None,
        )
        for capture in captures
    )
    return History(article, tuple(copies))


def compare(store: Store, before: Copy, after: Copy) -> Change | None:
    """What the newsroom changed between two copies, in full; None where nothing.

    Raises:
        ArchiveError: a copy's record is damaged, or holds no text.
    """
    title_before, text_before = _version(store, before)
    title_after, text_after = _version(store, after)
    return changes(title_before, text_before, title_after, text_after, full=True)


def last_two(copies: Sequence[Copy]) -> tuple[Copy, Copy] | None:
    """The last two of these, None where there are fewer."""
    return (copies[-2], copies[-1]) if len(copies) > 1 else None


def _version(store: Store, copy: Copy) -> tuple[str, str]:
    """Headline and text of a copy, read anew from its WARC record."""
    stored, where = copy.capture, f"copy {copy.number}"
    if stored.refers_to is not None:
        original = store.library.capture(stored.refers_to)
        if original is None:
            raise ArchiveError("the copy with its bytes is gone", where=where, hint="`verify` says more")
        stored = original
    response = read(store.warc_folder, stored.record)
    if stored.via is Via.TEXT:
        return stored.title or "", response.body.decode("utf-8", "replace")
    body = decode(response.body, header(response.headers, "content-encoding") or "", url=stored.url)
    if isinstance(body, Failure):
        raise ArchiveError("its content can't be decoded", where=where, hint="compare another copy")
    page = extract(body, stored.final_url, content_type=header(response.headers, "content-type"))
    return page.title or stored.title or "", page.text
