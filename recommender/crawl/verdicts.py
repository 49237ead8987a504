"""Is a response the article, or something in its place? Pure; the first rule that fires is the verdict.

    status not 2xx ─► no text ─► block page ─► paywall stub ─► ok

Minimal on purpose: a wrong "ok" keeps a bad copy that a later capture can replace, a wrong refusal sends
the crawl to the web archive for a page it had.
"""

from __future__ import annotations

import re

from recommender.crawl.frontier import reason_of
from recommender.crawl.outcomes import Headers, Reason, header

OK = "ok"
STUB_WORDS = (
    250  # a stub shows one to four paragraphs; the shortest of 8,005 real articles' 5 % has 230 words
)
BLOCK_WORDS = 120  # a block page is an apology of a few lines; a real article may quote one of the phrases

# Titles and opening words of pages that stand between a crawler and an article, each by who serves it.
BLOCK_PHRASES = (
    "just a moment",  # Cloudflare's challenge, title
    "attention required! | cloudflare",  # Cloudflare's block page, title
    "checking your browser before accessing",  # Cloudflare's older challenge
    "please enable js and disable any ad blocker",  # DataDome
    "access to this page has been denied",  # HUMAN (PerimeterX), title
    "pardon our interruption",  # Imperva (Distil), title
    "request unsuccessful. incapsula incident",  # Imperva Incapsula
    "are you a robot?",  # Bloomberg, title
    "access denied",  # Akamai, title
    "verify you are human",  # Cloudflare Turnstile, reCAPTCHA pages
)
_NOT_FREE = re.compile(rb'"isAccessibleForFree"\s*:\s*"?false"?', re.IGNORECASE)


def verdict(
    status: int,
    headers: Headers,
    words: int,
    *,
    page_title: str | None = None,
    text: str = "",
    html: bytes = b"",
) -> Reason | str:
    """`OK`, or the reason this response must not become the article.

    Args:
        status: HTTP status.
        headers: of the response.
        words: of the extracted text.
        page_title: as extracted.
        text: the extracted text, for known phrases.
        html: decoded page, for what it says of itself (schema.org `isAccessibleForFree`).
    """
    wrong = reason_of(status)
    if wrong is not None:
        return wrong
    opening = f"{page_title or ''}\n{text[:1000]}".lower()
    challenged = (header(headers, "cf-mitigated") or "").lower() == "challenge"  # Cloudflare says so itself
    if challenged or (words < BLOCK_WORDS and any(phrase in opening for phrase in BLOCK_PHRASES)):
        return Reason.BLOCK_PAGE
    if words == 0:
        return Reason.EMPTY
    if words < STUB_WORDS and _NOT_FREE.search(html):
        return Reason.PAYWALL
    return OK
