"""A response as the verdicts' rules look at it. Pure; what costs is made when a rule first asks for it."""

from __future__ import annotations

from functools import cached_property
from urllib.parse import SplitResult, urlsplit

from recommender.crawl.glance import claims_article, decoded, head_title, length, visible
from recommender.crawl.phrases import SEPARATOR, plain
from recommender.crawl.urls import url_key
from recommender.reading.extract import Extracted
from recommender.wording import stems, words_of

ALIKE = 80  # rapidfuzz's token_set_ratio: "Harbor strike: talks fail" and "Harbor strike talks fail again"
TELLING = 4  # letters: shorter words stand in any text
SLUG = 3  # telling words: fewer, and a path's last part may be a section or a file's name


class View:
    """A response.

    Args:
        page: as extracted.
        html: content-encoding undone.
        url: as asked.
        final_url: after redirects.
        expected: the title, as a list has it.
        kind: the header Content-Type.
    """

    def __init__(
        self, page: Extracted, html: bytes, url: str, final_url: str, expected: str | None, kind: str | None
    ) -> None:
        self.page, self.words, self.html = page, length(page.text, page.words), html
        self.asked, self.came = _split(url), _split(final_url)
        self.final_url, self.expected, self._kind = final_url, expected, kind
        self.moved = url != final_url and url_key(url) != url_key(final_url)

    @cached_property
    def source(self) -> str:
        """The page's beginning as characters."""
        return decoded(self.html, self._kind)

    @cached_property
    def lower(self) -> bytes:
        """The page in lower case, to look for markup and phrases."""
        return self.html.lower()

    @cached_property
    def visible(self) -> str:
        """What a reader sees, as the phrases are written."""
        return plain(visible(self.source))

    @cached_property
    def text(self) -> str:
        """The extracted text, as the phrases are written."""
        return plain(self.page.text)

    @cached_property
    def titles(self) -> frozenset[str]:
        """The page's titles, and their parts beside the site's name."""
        whole = [plain(title) for title in (self.page.title, head_title(self.html, self._kind)) if title]
        parts = [part for title in whole for part in SEPARATOR.split(title)]
        return frozenset(title.strip(" .!?") for title in [*whole, *parts])

    @cached_property
    def expected_came(self) -> bool:
        """Whether the page has the title that was expected."""
        return bool(self.expected) and _alike(self.expected or "", self.page.title)

    @cached_property
    def claims(self) -> bool:
        """Whether the page calls itself an article, or has the title that was expected."""
        return self.expected_came or claims_article(self.source)

    @cached_property
    def slug(self) -> frozenset[str]:
        """Telling words of the address asked for: of its last part, where that is a slug."""
        last = self.asked.path.rstrip("/").rpartition("/")[2]
        found = {word for word in stems(words_of(last)) if len(word) >= TELLING and word.isalpha()}
        return frozenset(found) if len(found) >= SLUG else frozenset()

    @property
    def as_asked(self) -> bool:
        """Whether the page's title has two words of the address asked for, or is the expected one."""
        return self.expected_came or len(self.slug & set(stems(words_of(self.page.title)))) >= 2


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", "", "", "")


def _alike(left: str, right: str) -> bool:
    from rapidfuzz.fuzz import token_set_ratio

    return token_set_ratio(" ".join(words_of(left)), " ".join(words_of(right))) >= ALIKE
