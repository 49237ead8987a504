"""Reading a copy: undo its encoding, extract the article, judge it. All that is hard work, and nothing else.

    copy ─► decode ─► extract ─► judge ─► Reading

Runs in a worker process (`readers.py`), so it takes and gives only plain data and touches no archive.
"""

from __future__ import annotations

from dataclasses import dataclass

from recommender.crawl.body import decode
from recommender.crawl.frontier import reason_of
from recommender.crawl.outcomes import Failure, Reason, header
from recommender.crawl.verdicts import OK, Judgement, judge
from recommender.models import Capture, Via
from recommender.reading.extract import Extracted


@dataclass(frozen=True, slots=True)
class Reading:
    """What a copy says, and whether it may become the article as far as the copy itself can tell."""

    verdict: str
    rule: str | None = None
    page: Extracted | None = None
    mark: str | None = None  # fingerprint of the text (twins.mark_of)

    def judgement(self) -> Judgement:
        """Verdict and rule, to be compared with a copy from before."""
        return Judgement(self.verdict, self.rule or "")


def read_copy(capture: Capture, expected_title: str | None = None) -> Reading:
    """Read one copy.

    Args:
        capture: an HTTP response.
        expected_title: what a list calls the piece.
    """
    early = without_reading(capture)
    if early:
        return early
    body = decode(capture.body, header(capture.headers, "content-encoding") or "", url=capture.url)
    if isinstance(body, Failure):
        return Reading(str(body.reason), body.detail or None)
    from recommender.crawl.twins import mark_of
    from recommender.reading.extract import extract

    page = extract(body, capture.final_url, content_type=header(capture.headers, "content-type"))
    judged = judge(
        capture.status, capture.headers, page, body,
        url=capture.url, final_url=capture.final_url, expected_title=expected_title,
    )  # fmt: skip
    mark = mark_of(page.text)
    return Reading(judged.verdict, judged.rule, page, mark)


def without_reading(capture: Capture) -> Reading | None:
    """What can be told without reading: an error's page is no article, a given text needs no extraction."""
    if capture.via is Via.TEXT:
        return Reading(OK)
    reason = reason_of(capture.status)
    if reason is not None:
        return Reading(str(reason), f"HTTP status {capture.status}")
    return None


def unreadable(why: str) -> Reading:
    """A copy on which a reader failed."""
    return Reading(str(Reason.UNREADABLE), why)
