"""Is an archived page still there? Pure: an answer and its likeness to the kept text in, a finding out.

    no answer, or a refusal ─► by its reason: gone, blocked, unknown
    304, or the same bytes ─► alive
    another address ─┬─► the same text: moved where the redirect is for good, else alive
                     ├─► another text, on a front page or an error's page: gone (a soft 404)
                     └─► another text: moved, or unknown where the redirect is for now
    the same address ─► alive, or changed

A page is called gone on strong evidence only: whoever reads the report may stop looking for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from recommender.crawl.outcomes import Failure, Hop, Response
from recommender.crawl.urls import url_key
from recommender.crawl.verdicts import OK
from recommender.store.checks import Life

MATERIAL = (
    0.8  # likeness from which a text counts as unchanged: corrections and boxes stay above, a rewritten
)
# fifth does not. (`reading.duplicates`: likeness is the share of three-word runs in common.)
SAME = 0.6  # likeness from which two texts are one piece, as in `reading.duplicates`
FOR_GOOD = frozenset({301, 308})
SOFT_404 = "soft 404"  # what a page in a missing one's place is called

# What a refusal or verdict says of the page's life, in the words of `outcomes.Reason`; all others: unknown.
_LIFE = {
    Life.GONE: ("no such host", "not found (404)", "gone (410)", SOFT_404),
    Life.BLOCKED: (
        "login required (401)", "payment required (402)", "forbidden (403)", "too many requests (429)",
        "unavailable for legal reasons (451)", "rejected by the server (4xx)", "robots.txt forbids it",
        "paywall stub", "block page", "consent wall", "login page", "not shown in this region",
    ),
    Life.CHANGED: (
        "another page in its place", "another language than our copy", "much shorter than our copy",
    ),
}  # fmt: skip
_BY_REASON = {reason: life for life, reasons in _LIFE.items() for reason in reasons}
_ERROR_PATH = re.compile(r"(?:^|[/_-])(?:404|not-?found|page-?not-?found|gone|error)(?:[/_.-]|$)", re.I)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one visit found."""

    life: Life
    reason: str | None = None
    status: int | None = None
    final_url: str | None = None


def without_page(failure: Failure) -> Finding:
    """A visit that ended without a page. A host that is not found is gone only where the network is known to work."""
    return Finding(_BY_REASON.get(failure.reason, Life.UNKNOWN), failure.line(), failure.status)


def unchanged(answer: Response) -> Finding:
    """The server, or the bytes, say that the page is as kept."""
    return with_page(answer, OK, 1.0)


def with_page(answer: Response, verdict: str, likeness: float | None) -> Finding:
    """A visit that ended with an answer.

    Args:
        answer: the response.
        verdict: `ok`, or why this page is no article.
        likeness: of its text to the kept one, in [0, 1]; None where there is nothing to compare.
    """
    status, final = answer.status, answer.final_url
    if verdict != OK:
        return Finding(_BY_REASON.get(verdict, Life.UNKNOWN), verdict, status, final)
    if url_key(final) != url_key(answer.url):
        return _elsewhere(answer, likeness)
    if likeness is None or likeness >= MATERIAL:
        return Finding(Life.ALIVE, None, status, final)
    return Finding(Life.CHANGED, _differs(likeness), status, final)


def _elsewhere(answer: Response, likeness: float | None) -> Finding:
    """A good page, but under another address."""
    status, final = answer.status, answer.final_url
    for_good = all(hop.status in FOR_GOOD for hop in _leading(answer.hops))
    front = is_front(answer.url, final) or bool(_ERROR_PATH.search(urlsplit(final).path))
    if likeness >= SAME if likeness is not None else not front:
        if not for_good:
            return Finding(Life.ALIVE, f"for now at {final}", status, final)
        return Finding(Life.MOVED, f"to {final}", status, final)
    if front:
        return Finding(Life.GONE, f"{SOFT_404}: leads to {final}", status, final)
    if for_good:
        return Finding(Life.MOVED, f"to {final}; {_differs(likeness or 0.0)}", status, final)
    return Finding(Life.UNKNOWN, f"leads for now to another text: {final}", status, final)


def _leading(hops: tuple[Hop, ...]) -> list[Hop]:
    """Redirects that change the page's address; those to https, www and back do not."""
    return [hop for hop in hops if url_key(hop.url) != url_key(hop.location)] or list(hops)


def is_front(asked: str, final: str) -> bool:
    """Whether a redirect ended on a front page, or on the front of the section that the page was in.

    >>> is_front("https://a.example/news/2020/ferry", "https://a.example/news/")
    True
    """
    path, inside = urlsplit(final).path.rstrip("/"), urlsplit(asked).path
    return not path or inside.startswith(path + "/")


def _differs(likeness: float) -> str:
    return f"{1 - likeness:.0%} of the text differs"
