"""What a crawl is asked for, what became of it, and the captures that answers make. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from recommender.crawl.memento import Memento
from recommender.crawl.outcomes import Response
from recommender.crawl.verdicts import OK
from recommender.models import Capture, State, Via
from recommender.store.warc_records import digest

UNCHANGED = "unchanged"
GOOD = frozenset({OK, UNCHANGED})  # verdicts under which a page is archived


class Stage(StrEnum):
    """Who is asked for the page."""

    LIVE = "live"
    MEMENTO = "memento"


@dataclass(frozen=True, slots=True)
class Page:
    """One page wanted. `etag` and `last_modified` are those of the copy we have, for revalidation."""

    url: str
    title: str | None = None  # as the list has it
    published: date | None = None  # the web archive is asked for the copy nearest to it
    etag: str | None = None
    last_modified: str | None = None
    stage: Stage = Stage.LIVE


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one page."""

    page: Page
    state: State
    reason: str | None = None
    via: Via | None = None
    answered: bool = True  # some host gave an HTTP answer; false is how a machine without network fails


def live_capture(answer: Response) -> Capture:
    """A live response as a capture."""
    return Capture(
        url=answer.url,
        final_url=answer.final_url,
        captured_at=answer.fetched_at,
        fetched_at=answer.fetched_at,
        via=Via.LIVE,
        status=answer.status,
        headers=answer.headers,
        body=answer.body,
        digest=digest(answer.body),
    )


def memento_capture(page: Page, memento: Memento) -> Capture:
    """A memento as a capture of the page it shows."""
    return Capture(
        url=page.url,
        final_url=memento.url,
        captured_at=memento.captured_at,
        fetched_at=memento.fetched_at,
        via=Via.WAYBACK,
        status=memento.status,
        headers=memento.headers,
        body=memento.body,
        digest=digest(memento.body),
        source_url=memento.memento_url,
    )
