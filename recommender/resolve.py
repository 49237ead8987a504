"""A reference that came without a URL gets one: from a page's links, or from a web archive's index. Pure.

    title, author ─► links of the seed's own page      same title           by_title
                  ─► index rows of the outlet's days   words of the slug    by_index
                  ─► neither                           a reason             unresolved

A false match is worse than none: it archives a piece that nobody named. Thresholds were chosen on 8,005 news
articles with title and URL, each among the others of its outlet; two halves by outlet gave the same order.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Protocol

from rapidfuzz import fuzz

from recommender.crawl.dates import PathDate, path_date
from recommender.crawl.outcomes import Reason
from recommender.crawl.urls import is_web, outlet, slug_words, url_key
from recommender.models import Method, Reference, Resolution
from recommender.wording import NUMBER, headline, stems, words_of

TITLE_SIMILARITY = (
    0.90  # [0, 1]; 3 of 1,500 titles come so near to one of 8,000 others, and a page has ~200 links
)
TITLE_MARGIN = 0.04  # the runner-up must be this much worse: one letter in 25
SLUG_SCORE = (
    0.60  # [0, 1], see `_slug_score`; .55 doubles the false matches, .65 costs .04 of recall for none
)
LEAST_SHARE = 0.45  # [0, 1]; a title of two words is in many a slug of six
SLUG_MARGIN = 0.20  # of the runner-up
AUTHOR_CONFIDENCE = 0.50  # a slug that holds the author's name: right 71 times of 71, but on other evidence
WINDOW = 14  # days between a seed and what its editors list with it; the measurements used the same


class LinkLike(Protocol):
    """A link of a page: its words and its absolute URL."""

    @property
    def title(self) -> str:
        """Its text."""

    @property
    def url(self) -> str:
        """Where it leads."""


class RowLike(Protocol):
    """A row of a web archive's index."""

    @property
    def url(self) -> str:
        """As captured."""

    @property
    def status(self) -> int | None:
        """HTTP status of the capture."""


# ── the links of a page ────────────────────────────────────────────────────────────────────────────────


def by_title(
    reference: Reference, links: Iterable[LinkLike], method: Method = Method.PAGE
) -> Resolution | None:
    """The link whose words are the reference's title; None where none is, or two pages are equally like it.

    Case, accents, punctuation, quotation marks and an author's name before or after do not count.

    Args:
        reference: title, and author where known.
        links: of the page that listed it.
        method: where the links are from (`PAGE` or `MEMENTO`).

    Returns:
        A resolution whose confidence is the similarity of both titles, in [`TITLE_SIMILARITY`, 1].
    """
    wanted = headline(reference.title, reference.author)
    best: dict[str, tuple[float, str]] = {}
    for link in links:
        if not is_web(link.url):
            continue
        found = headline(link.title, reference.author)
        same_numbers = NUMBER.findall(wanted) == NUMBER.findall(found)  # "Part 1" is not "Part 2"
        score = fuzz.ratio(wanted, found) / 100 if same_numbers else 0.0
        key = url_key(link.url)
        best[key] = max(best.get(key, (0.0, "")), (score, link.url))
    ranked = sorted(best.values(), reverse=True)
    if not wanted or not ranked or ranked[0][0] < TITLE_SIMILARITY:
        return None
    if len(ranked) > 1 and ranked[0][0] - ranked[1][0] < TITLE_MARGIN:
        return None
    score, url = ranked[0]
    return Resolution(reference, url, method, round(score, 3))


# ── the index of a web archive ─────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Page:
    """What one URL tells of the article behind it."""

    url: str
    key: str
    outlet: str
    shown: PathDate | None
    words: tuple[str, ...]
    stems: frozenset[str]


@lru_cache(maxsize=65_536)  # an outlet's fortnight of rows, matched against each reference in turn
def _page(url: str) -> _Page | None:
    """A row's URL, read; None where it is no web address or its slug has fewer than two words."""
    words = tuple(words_of(" ".join(slug_words(url)))) if is_web(url) else ()
    if len(words) < 2:
        return None
    return _Page(url, url_key(url), outlet(url), path_date(url), words, frozenset(stems(words)))


def by_index(
    reference: Reference, rows: Iterable[RowLike], seed_url: str | None = None, published: date | None = None
) -> Resolution | None:
    """The archived page whose slug tells the reference's title, else the one that names its author.

    Args:
        reference: title, and author where known.
        rows: of the outlet, around the date; the more of them, the better common words are known.
        seed_url: the seed's own page, which is never the answer; rows of other outlets are left out.
        published: date of the seed, or of the reference where that is known; rows whose URL gives a date more
            than `WINDOW` days away are left out.

    Returns:
        A resolution with confidence in [`AUTHOR_CONFIDENCE`, 1]: how well the slug tells the title, not a
        probability. None where no page, or no single page, does.
    """
    when = reference.published or published
    candidates = _candidates(rows, seed_url, when)
    title = frozenset(stems(words_of(reference.title)))
    name = frozenset(stems(words_of(reference.author or ""))) - title
    if not candidates or not title:
        return None
    weights = _weights(candidates)
    scored = sorted(
        ((_slug_score(title, candidate.stems - name, weights), candidate) for candidate in candidates),
        key=lambda pair: pair[0],
        reverse=True,
    )
    score, first = scored[0]
    second = scored[1][0] if len(scored) > 1 else 0.0
    if score >= SLUG_SCORE and score - second >= SLUG_MARGIN:
        return Resolution(reference, first.url, Method.CDX, round(score, 3))
    named = _naming_author(reference, title, candidates, when)
    return Resolution(reference, named.url, Method.CDX, AUTHOR_CONFIDENCE) if named else None


def unresolved(reference: Reference, reason: str = Reason.NO_CANDIDATE) -> Resolution:
    """A reference that has no URL yet, and why."""
    return Resolution(reference, None, Method.NONE, 0.0, str(reason))


def _candidates(rows: Iterable[RowLike], seed_url: str | None, when: date | None) -> list[_Page]:
    """Rows as articles: one a slug, without errors, other outlets, other months and the seed itself."""
    own_key = url_key(seed_url) if seed_url else None
    own_outlet = outlet(seed_url) if seed_url else None
    best: dict[tuple[str, ...], tuple[tuple[bool, int], _Page]] = {}
    for row in rows:
        page = _page(row.url)
        if page is None or (row.status or 200) >= 400 or page.key == own_key:
            continue
        if own_outlet is not None and page.outlet != own_outlet:
            continue
        if when is not None and page.shown is not None and not page.shown.near(when, WINDOW):
            continue
        rank = (row.status == 200, -len(row.url))  # of one slug's URLs, the shortest that was a page
        if page.words not in best or rank > best[page.words][0]:
            best[page.words] = (rank, page)
    return [page for _, page in best.values()]


def _weights(candidates: Sequence[_Page]) -> dict[str, float]:
    """Inverse document frequency of each stem among the slugs; `""` holds that of a stem in none."""
    counts = Counter(stem for candidate in candidates for stem in candidate.stems)
    size = len(candidates)
    weights = {stem: 1 + math.log((size + 1) / (count + 1)) for stem, count in counts.items()}
    return weights | {"": 1 + math.log(size + 1)}


def _slug_score(title: frozenset[str], slug: frozenset[str], weights: dict[str, float]) -> float:
    """How well a slug and a title tell the same, in [0, 1].

    The geometric mean of the share of the title that the slug holds and the share of the slug that the title
    holds, words weighted by rarity; 0 where one of the shares is under `LEAST_SHARE`. One shared word is a
    coincidence.
    """
    shared = title & slug
    if len(shared) < min(2, len(title)):
        return 0.0
    unknown = weights[""]

    def mass(stems: Iterable[str]) -> float:
        return sum(weights.get(stem, unknown) for stem in stems)

    told, held = mass(shared) / mass(title), mass(shared) / mass(slug)
    return math.sqrt(told * held) if min(told, held) >= LEAST_SHARE else 0.0


def _naming_author(
    reference: Reference, title: frozenset[str], candidates: Sequence[_Page], when: date | None
) -> _Page | None:
    """The only article whose slug holds the author's first and last name and another word of the title.

    Only pages whose URL tells a date near the wanted one are asked: over a year, an author's name is in the
    slugs of other pieces as well.
    """
    name = words_of(reference.author or "")
    if len(name) < 2 or when is None:
        return None
    rest = title - set(stems(name))
    pair = (name[0], name[-1])
    found = [
        candidate
        for candidate in candidates
        if candidate.shown is not None
        and pair in zip(candidate.words, candidate.words[1:], strict=False)
        and candidate.stems & rest
    ]
    return found[0] if len(found) == 1 else None
