"""Is a response the article, or something in its place? Pure; the first rule that fires is the verdict.

    judge:     status ─► not a web page ─► challenge ─► redirected away ─► a page of a known kind
                      ─► paywall stub ─► sends on ─► empty ─► garbled ─► another page ─► ok
    compared:  ok ─► mostly the same lines? ok ─► garbled, language, another page, length ─► ok

A wrong "ok" keeps a bad copy that a later capture can replace; a wrong refusal sends the crawl to the web
archive for a page it had, so `judge` wants several signs where one can be in an honest article. `compared`
may be stricter: the good copy stays.

`judge` runs where extraction does (22 ms a page) and adds 1 ms, 4 where a page of full size holds under 250
words; `compared` takes .1 ms for an edited article, 4 to 7 where no line stayed as it was.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from recommender.crawl.frontier import reason_of
from recommender.crawl.glance import common_words, length, sends_on, spoilt
from recommender.crawl.outcomes import Headers, Reason, header, one_line
from recommender.crawl.view import TELLING, View
from recommender.crawl.walls import BARE, SHORT, Found, known_page, paywall
from recommender.reading.duplicates import containment
from recommender.reading.extract import Extracted
from recommender.wording import SMALL_WORDS, stems, words_of

OK = "ok"
MIN_WORDS = 5  # fewer are a button or "Loading…", not a text
SPOILT = 0.08  # share of characters: of 8,005 real articles the most spoilt has .014
SPOILT_BESIDE = 0.01  # the same, where our own copy has under a tenth of it
COMMON = 40  # words: those that say which language it is are among a text's most used
FEW = 15  # of them: fewer say nothing
SAME_LANGUAGE = 0.08  # share of them; texts of different languages have .075 at most, English strangers .25
RELATED = 0.6  # the same, above which a declaration is not believed; Spanish and Portuguese have .26
MIN_COMPARED = 150  # words of our copy, for its length to say something
STUB_SHARE = 1 / 3  # of our copy's words
OPENING_SHARE = 1 / 2  # of our copy's words, where all of them are from its beginning
ANOTHER_TEXT = 0.05  # share of three-word runs that our copy has; 600 pairs of strangers have .036 at most
FEW_OF_TITLE = 0.3  # of our title's telling words: "week" is in many titles
MIN_WANTED = 4  # telling words of a title, to say that none is there
# A site's front door: "/", "/index.html", "/en/".
_HOME = re.compile(
    r"^(?:/(?:index|default|home|homepage)(?:\.\w{2,5})?|/[a-z]{2}(?:[-_][a-z]{2})?)?/?$", re.I
)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a copy is."""

    verdict: str  # OK or a Reason's value
    rule: str  # what told it, in words a user reads


@dataclass(frozen=True, slots=True)
class Before:
    """The good copy that we hold of an article."""

    title: str
    words: int
    text: str
    language: str | None = None  # ISO 639-1, as the page declared it


def judge(
    status: int,
    headers: Headers,
    page: Extracted,
    html: bytes,
    *,
    url: str,
    final_url: str,
    expected_title: str | None = None,
) -> Judgement:
    """What a response is, told from it alone.

    Args:
        status: HTTP status.
        headers: of the response.
        page: as extracted.
        html: content-encoding undone.
        url: as asked.
        final_url: after redirects.
        expected_title: as a list or seed has it.
    """
    wrong = reason_of(status)
    if wrong is not None:
        return Judgement(wrong.value, f"HTTP status {status}")
    if page.problem and page.problem.startswith("not a web page"):
        return Judgement(Reason.NO_PAGE.value, page.problem)
    if (header(headers, "cf-mitigated") or "").lower() == "challenge":
        return Judgement(Reason.BLOCK_PAGE.value, "the header Cf-Mitigated says challenge (Cloudflare)")
    view = View(page, html, url, final_url, expected_title, header(headers, "content-type"))
    for rule in (_away, known_page, paywall, _sent_on, _empty, _garbled, _another):
        found = rule(view)
        if found:
            return Judgement(found[0].value, found[1])
    return Judgement(OK, f"{page.words} words, no sign against it")


def compared(judgement: Judgement, page: Extracted, before: Before | None) -> Judgement:
    """A good judgement once more, against the good copy we hold: it must not be worse.

    Args:
        judgement: of `judge`; one that is not ok stays.
        page: as extracted.
        before: None where we hold none.
    """
    if judgement.verdict != OK or before is None or _mostly_the_same(page, before):
        return judgement
    found = _worse_letters(page, before) or _other_language(page, before)
    found = found or _other_piece(page, before) or _shorter(page, before)
    return Judgement(found[0].value, found[1]) if found else judgement


# ── from the response alone ────────────────────────────────────────────────────────────────────────────


def _away(view: View) -> Found | None:
    """A redirect to a home page, or to a page above the one asked for."""
    came, path, deep = view.came, view.came.path.rstrip("/"), view.asked.path.rstrip("/")
    if not view.moved or came.query or came.fragment or _HOME.match(deep):
        return None
    home, above = bool(_HOME.match(path)), deep.startswith(f"{path}/")
    if not (home or above) or view.as_asked:
        return None
    kind = "a home page" if home else "the page above it"
    return Reason.SOFT_404, f"redirected to {kind}, {one_line(view.final_url, 80)}"


def _sent_on(view: View) -> Found | None:
    """No text, but a meta refresh or a script that sends the reader elsewhere."""
    target = sends_on(view.source) if view.words < BARE else None
    if not target:
        return None
    try:
        full = urljoin(view.final_url, target)
        home = bool(_HOME.match(urlsplit(full).path))
    except ValueError:
        return None
    reason = Reason.SOFT_404 if home else Reason.EMPTY
    return reason, f"no text, it only sends the reader on to {one_line(full, 80)}"


def _empty(view: View) -> Found | None:
    if view.words >= MIN_WORDS:
        return None
    told = f"only {view.words} words of text" if view.words else "no text found"
    return Reason.EMPTY, view.page.problem or told


def _garbled(view: View) -> Found | None:
    share = spoilt(view.page.text)
    return (Reason.GARBLED, f"a wrong charset spoilt {share:.0%} of its letters") if share >= SPOILT else None


def _another(view: View) -> Found | None:
    """Nothing of the expected title, nor of the address, is anywhere in the page.

    A word counts as there with its first five letters, so that "elected" is in "election". A list may name
    a foreign page in the list's own language: then nothing can be told.
    """
    title = words_of(view.expected or "")
    wanted = {word[:5] for word in stems(title) if len(word) >= TELLING}
    english = bool(SMALL_WORDS & set(title))
    if len(wanted) < MIN_WANTED or english != (view.page.language in {None, "en"}):
        return None
    if not view.slug and not view.moved and view.words >= SHORT:
        return None
    wanted |= {word[:5] for word in view.slug}
    for text in (view.page.title, view.page.text):
        there = " ".join(words_of(text))
        if any(word in there for word in wanted):
            return None
    return Reason.ANOTHER, "no word of the expected title is in its title or text"


# ── against the good copy we hold ──────────────────────────────────────────────────────────────────────


def _mostly_the_same(page: Extracted, before: Before) -> bool:
    """Whether half of the new text, and at least half of ours, is lines of ours word by word."""
    old = set(before.text.split("\n"))
    kept = sum(line.count(" ") + 1 for line in page.text.split("\n") if line in old)
    return 2 * kept >= max(page.words, before.words)


def _worse_letters(page: Extracted, before: Before) -> Found | None:
    share, was = spoilt(page.text), spoilt(before.text)
    if share < SPOILT_BESIDE or was > share / 10:
        return None
    return Reason.GARBLED, f"a wrong charset spoilt {share:.1%} of its letters, {was:.1%} of our copy's"


def _other_language(page: Extracted, before: Before) -> Found | None:
    here, there = common_words(page.text, COMMON), common_words(before.text, COMMON)
    if min(len(here), len(there)) < FEW:
        return None
    shared = len(set(here) & set(there)) / min(len(here), len(there))
    declared = bool(page.language and before.language and page.language != before.language)
    told = f"shares {shared:.0%} of its most used words with our copy"
    told += f" ({before.language}, now {page.language})" if declared else ""
    # Neighbours such as Spanish and Portuguese share more, but no three words in a row.
    near = declared and shared < RELATED and containment(page.text, before.text) < ANOTHER_TEXT
    return (Reason.LANGUAGE, told) if shared < SAME_LANGUAGE or near else None


def _other_piece(page: Extracted, before: Before) -> Found | None:
    """Neither our text nor our title: of its telling words few are in the new title, and in the new text."""
    ours = set(stems(words_of(before.title)))
    few = len(ours) * FEW_OF_TITLE
    if length(page.text, page.words) < 2 * BARE or not ours:
        return None
    if any(len(ours & set(stems(words_of(text)))) > few for text in (page.title, page.text)):
        return None
    inside = containment(page.text, before.text)
    if inside >= ANOTHER_TEXT:
        return None
    return Reason.ANOTHER, f"{inside:.0%} of its text is in our copy, and of our title few words are there"


def _shorter(page: Extracted, before: Before) -> Found | None:
    new, old = length(page.text, page.words), length(before.text, before.words)
    if old < MIN_COMPARED:
        return None
    told = f"{new} words, our copy has {old}"
    if new < old * STUB_SHARE:
        return Reason.SHORTER, told
    if new < old * OPENING_SHARE:
        opening = before.text[: int(len(page.text) * 1.2)]
        if containment(page.text, opening) > 0.8:
            return Reason.SHORTER, f"{told}, and these are its beginning"
    return None
