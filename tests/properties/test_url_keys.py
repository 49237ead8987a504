"""A key is one page: what tells articles apart stays, what tells readers apart goes, and any text has one."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from hypothesis import assume, example, given
from hypothesis import strategies as st
from repeatable import MANY, anything

from recommender.crawl.urls import TRACKING, host_key, is_web, join, origin, outlet, slug_words, url_key

names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
tracking = st.sampled_from([*sorted(TRACKING), "utm_source", "UTM_Medium", "utm_"])


@dataclass(frozen=True)
class Page:
    """What tells one article from another."""

    path: tuple[str, ...]
    query: tuple[tuple[str, str], ...]
    route: str  # of a page that is chosen by its fragment

    def same(self, other: Page) -> bool:
        return (self.path, sorted(self.query), self.route) == (other.path, sorted(other.query), other.route)

    def url(self, start: str = "https://a.example") -> str:
        path = "".join("/" + quote(part, safe="") for part in self.path)
        query = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in self.query)
        route = "#!" + quote(self.route, safe="") if self.route else ""
        return start + path + ("?" + query if query else "") + route


def _no_tracking(pairs: list[tuple[str, str]]) -> bool:
    return not any(name.lower() in TRACKING or name.lower().startswith("utm_") for name, _ in pairs)


pages = st.builds(
    Page,
    st.lists(names, max_size=3).map(tuple),
    st.lists(st.tuples(st.sampled_from(["id", "ID", "p", "ref", "cid"]) | names, names), max_size=3)
    .filter(_no_tracking)
    .map(tuple),
    st.just("") | names,
)


@MANY
@given(pages, pages)
@example(Page(("a",), (("id", "1"),), ""), Page(("a",), (("id", "2"),), ""))
@example(Page(("a/b",), (), ""), Page(("a", "b"), (), ""))
@example(Page(("A",), (), ""), Page(("a",), (), ""))
@example(Page((), (("q", "1&x=2"),), ""), Page((), (("q", "1"), ("x", "2")), ""))
@example(Page(("a",), (), "1"), Page(("a",), (), "2"))
@example(Page(("%41",), (), ""), Page(("A",), (), ""))
def test_two_pages_share_a_key_only_if_they_are_one(one: Page, other: Page) -> None:
    """Path, case, every parameter and its value, and routes in the fragment; the order of parameters is none."""
    assert (url_key(one.url()) == url_key(other.url())) == one.same(other)


@MANY
@given(
    pages,
    tracking,
    names,
    st.sampled_from(["http", "HTTPS"]),
    st.sampled_from(["", "www.", "WWW."]),
    st.booleans(),
)
def test_how_a_reader_came_makes_no_other_page(
    page: Page, mark: str, value: str, scheme: str, www: str, port: bool
) -> None:
    """Scheme, www., default port, user, tracking parameters and a fragment that is no route."""
    marked = Page(page.path, ((mark, value), *page.query), page.route)
    default = {"http": ":80", "https": ":443"}[scheme.lower()] if port else ""
    spelling = marked.url(f"{scheme}://user@{www}A.example{default}")
    if not page.route:
        spelling += "#top"
    assert url_key(spelling) == url_key(page.url())


@MANY
@given(
    anything
    | st.lists(anything | st.sampled_from(["http://", "www.", ":80", "/", "#!", "?", "%"])).map("".join)
)
@example(":80" * 20_000)
@example("www." * 20_000)
@example("http://" * 5_000)
def test_any_text_has_one_key(text: str) -> None:
    key = url_key(text)
    assert url_key(key) == key


@MANY
@given(anything, anything)
@example("http://[::1", "//[")
@example("http://a:99999999/", "x")
@example("http://\ud800/", "\0")
def test_any_text_is_read_as_an_address_or_as_none(base: str, href: str) -> None:
    for text in (base, href, f"https://a.example/{href}", f"https://{base}/"):
        assert isinstance(outlet(text), str)
        assert isinstance(origin(text), str)
        assert bool(host_key(text)) >= is_web(text)
        assert all(words == words.lower() and words for words in slug_words(text))
    joined = join(base, href)
    assert joined is None or is_web(joined)


@MANY
@given(pages)
def test_a_key_is_an_address_again(page: Page) -> None:
    """With a scheme before it, it leads to the same page."""
    assume(page.path or page.query)
    assert url_key("https://" + url_key(page.url())) == url_key(page.url())
