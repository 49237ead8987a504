"""Seeds, pages, packed bodies and pairs of versions: any bytes give an answer or the one error promised."""

from __future__ import annotations

import contextlib
import gzip
import zlib
from collections.abc import Callable
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st
from repeatable import MANY, anything

from recommender import seeds
from recommender.crawl.body import decode
from recommender.crawl.outcomes import Failure, Reason
from recommender.errors import SeedError
from recommender.reading.changes import changes

PATH = Path("seed.toml")
toml = st.lists(
    st.sampled_from(
        ['title = "T"', "title = 1", 'text = "x"', 'url = "https://a.example/"', "url = []", "published = 2020-01-11",
         "[[references]]", "[references]", 'author = "A"', "references = [1]", 'references = ["x"]']
    ),
    max_size=6,
).map(lambda lines: "\n".join(lines).encode())  # fmt: skip
pieces = st.lists(
    st.sampled_from(
        [b"<h2>Read more:</h2>", b"<a href='https://b.example/1'>A: B</a>", b"<li>", b"</ul>", b"<a href='http://['>",
         b"<!--", b"<title>T</title>", b"\0", b"\xff", b"<p>words</p>", b"<base href='//'>", b"&#xD800;"]
    ),
    max_size=12,
).map(b"".join)  # fmt: skip


@MANY
@given(toml | pieces | st.binary(max_size=200), st.none() | anything)
def test_a_seed_is_read_or_refused(body: bytes, url: str | None) -> None:
    readers: tuple[Callable[[], object], ...] = (
        lambda: seeds.from_toml(body, PATH),
        lambda: seeds.from_text(seeds.decode(body, PATH), source="s"),
        lambda: seeds.from_page(body, source="s", url=url),
        lambda: seeds.from_url(body.decode("utf-8", "surrogateescape")),
    )
    for read in readers:
        with contextlib.suppress(SeedError):
            read()


@MANY
@given(
    st.binary(max_size=300),
    st.lists(st.sampled_from(["gzip", "deflate", "identity", "x-gzip"]), max_size=5)
    | st.lists(anything, max_size=2),
    st.integers(0, 400),
)
def test_decoding_never_gives_more_than_its_limit(body: bytes, codings: list[str], limit: int) -> None:
    """The body as it is, and packed as it says."""
    packed = body
    for coding in codings:
        packed = gzip.compress(packed) if "gzip" in coding else packed
        packed = zlib.compress(packed) if coding == "deflate" else packed
    for sent in (body, packed):
        found = decode(sent, ", ".join(codings), limit)
        assert isinstance(found, Failure) or len(found) <= limit
    assert decode(gzip.compress(body), "gzip", 300) == body


@MANY
@given(st.integers(100, 100_000))
def test_a_bomb_is_too_large(limit: int) -> None:
    found = decode(gzip.compress(gzip.compress(bytes(limit + 1))), "gzip, gzip", limit)
    assert isinstance(found, Failure)
    assert found.reason is Reason.TOO_LARGE


short = st.lists(st.sampled_from(["a", "b", "c", "[-", "+}", "\n"]), max_size=14).map(" ".join)


@MANY
@given(anything | short, anything | short, anything | short, anything | short)
@example("", "a", "", "a")
def test_two_versions_forge_no_mark(t1: str, x1: str, t2: str, x2: str) -> None:
    """Equal texts differ by nothing, and no text forges a mark of ours."""
    found = changes(t1, x1, t2, x2, full=True)
    assert changes(t1, x1, t1, x1) is None
    if found is None:
        return
    assert found.words_removed >= 0
    assert found.words_added >= 0
    assert found.diff.count("[-") == found.diff.count("-]")
    assert found.diff.count("{+") == found.diff.count("+}")


@MANY
@given(short, short)
def test_word_counts_are_right(before: str, after: str) -> None:
    found = changes("T", before, "T", after)
    grown = len(after.split()) - len(before.split())
    assert (found.words_added - found.words_removed if found else 0) == grown
    assert (found.words_added if found else 0) <= len(after.split())
    assert (found.words_removed if found else 0) <= len(before.split())
