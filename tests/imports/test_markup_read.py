"""Feeds, outlines and JSON lists as real programs write them; XML that is broken or means harm."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.errors import ImportFileError
from recommender.imports import feeds, opml, readlater
from recommender.imports.detect import detect
from recommender.imports.kinds import Feed, Kind, Listing

DAY = date(2020, 1, 11)
FERRY = "https://quay.example/ferry"
RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">
<channel><title>The Quay &amp; Herald</title><link>https://quay.example/</link>
<atom:link href="https://quay.example/feed.xml" rel="self" type="application/rss+xml"/>
<item><title><![CDATA[The ferry is <em>sold</em>]]></title><link>https://quay.example/ferry</link>
<dc:creator>Maja Lind</dc:creator><pubDate>Sat, 11 Jan 2020 10:00:00 GMT</pubDate>
<guid isPermaLink="false">7</guid></item>
<item><title>The pier &amp;amp; the dock</title><guid>https://quay.example/pier</guid>
<author>desk@quay.example (Olle Brandt)</author></item>
<item><title>Only sound</title><guid isPermaLink="false">8</guid><enclosure url="https://quay.example/8.mp3"/></item>
<item><title>By mail</title><link>mailto:desk@quay.example</link></item>
</channel></rss>
"""
ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://quay.example/news/"><title>The Quay</title>
<link href="https://quay.example/feed.atom" rel="self"/><link href="https://quay.example/"/>
<entry><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">The <b>ferry</b> is sold</div></title>
<link rel="replies" href="https://quay.example/replies"/><link rel="alternate" href="ferry"/>
<author><name>Maja Lind</name><email>m@quay.example</email></author><author><name>Olle Brandt</name></author>
<updated>2020-02-01T00:00:00Z</updated><published>2020-01-11T23:00:00Z</published></entry></feed>
"""
JSON_FEED = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "home_page_url": "https://quay.example/",
        "items": [{"url": "/ferry", "title": "The ferry is sold"}, {"id": "2", "content_text": "no address"}],
    }
)
OPML = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><head><title>My reading</title></head><body>
<outline text="Harbour"><outline text="The Quay" type="rss"
 xmlUrl="https://quay.example/feed" htmlUrl="https://quay.example/"/>
<outline text="The ferry is sold" type="link" url="https://quay.example/ferry"
 created="Sat, 11 Jan 2020 10:00:00 GMT"/></outline>
<outline text="More" type="include" url="https://quay.example/more.opml"/>
<outline text="The Quay again" type="rss" xmlUrl="https://quay.example/feed"/>
</body></opml>
"""
PINBOARD = json.dumps(
    [{"href": FERRY, "description": "The ferry is sold", "extended": "", "time": "2020-01-11T10:00:00Z"}]
)
OMNIVORE = json.dumps(
    [
        {
            "slug": "ferry",
            "title": "The ferry is sold",
            "author": "Maja Lind",
            "url": FERRY,
            "savedAt": "2020-01-12T10:00:00.000Z",
            "publishedAt": "2020-01-11T10:00:00.000Z",
        }
    ]
)


def rows(listing: Listing) -> list[tuple[object, ...]]:
    return [(one.title, one.url, one.author, one.heading, one.published) for one in listing.references]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            RSS,
            [
                ("The ferry is sold", FERRY, "Maja Lind", None, DAY),
                ("The pier & the dock", "https://quay.example/pier", "Olle Brandt", None, None),
            ],
        ),
        (
            ATOM,
            [("The ferry is sold", "https://quay.example/news/ferry", "Maja Lind, Olle Brandt", None, DAY)],
        ),
        (JSON_FEED, [("The ferry is sold", FERRY, None, None, None)]),
    ],
)
def test_feeds_as_programs_write_them(content: str, expected: list[tuple[object, ...]]) -> None:
    """Markup in titles, several authors, mail addresses before names, addresses that are relative or only a guid."""
    assert rows(feeds.read(content.encode())) == expected


def test_items_without_a_page_are_counted_and_no_damage() -> None:
    found = feeds.read(RSS.encode())
    assert (found.left_out, found.bad) == ((("items without an address", 1), ("mailto:", 1)), ())


def test_a_broken_feed_is_read_as_far_as_it_goes_and_named() -> None:
    found = feeds.read(RSS.replace("<channel>", "<channel>&nbsp;<br>", 1)[:-60].encode())
    assert FERRY in [one.url for one in found.references]
    assert found.bad[0].line == 3
    assert found.bad[0].reason.startswith("broken XML: Entity 'nbsp' not defined")


def test_outlines_have_links_feeds_and_other_outlines() -> None:
    found = opml.read(OPML.encode())
    assert rows(found) == [("The ferry is sold", FERRY, None, "Harbour", DAY)]
    assert found.feeds == (Feed("The Quay", "https://quay.example/feed"),)
    assert found.left_out == (("included outlines", 1),)


@pytest.mark.parametrize(("content", "author"), [(PINBOARD, None), (OMNIVORE, "Maja Lind")])
def test_read_later_lists_in_json(content: str, author: str | None) -> None:
    """Told from articles by having no texts."""
    assert detect(content.encode(), Path("export.json")) is Kind.READ_LATER
    texts = content.replace("[{", '[{"content": "It sails.", ', 1)
    assert detect(texts.encode(), Path("export.json")) is Kind.ARTICLES
    assert rows(readlater.read(content.encode())) == [("The ferry is sold", FERRY, author, None, DAY)]


@pytest.mark.parametrize("text", ["{}", '[1, {"href": ', "[" * 100_000, "a,b\n1,2\n"])
def test_what_is_no_read_later_list_is_refused(text: str) -> None:
    with pytest.raises(ImportFileError):
        readlater.read(text.encode())


ENTITIES = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
BOMB = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "{"ferry" * 20}">{ENTITIES}]>'


@pytest.mark.parametrize("where", ["<title>&a9;</title>", '<title a="&a9;">One</title>'])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_an_entity_bomb_does_not_grow(where: str, encoding: str) -> None:
    """Neither in a text nor in an attribute; in UTF-16, where a search for bytes would not see it, too."""
    text = f"{BOMB}<rss><channel><item>{where}<link>{FERRY}</link></item></channel></rss>"
    begun = time.monotonic()
    with contextlib.suppress(ImportFileError):
        assert all(len(one.title) < 20 for one in feeds.read(text.encode(encoding)).references)
    outline = f'{BOMB}<opml><body><outline type="link" url="{FERRY}/&a9;"/></body></opml>'
    found = opml.read(outline.encode(encoding))
    assert not found.references
    assert found.bad
    assert time.monotonic() - begun < 20


def test_an_external_entity_is_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET")
    head = (
        f'<?xml version="1.0"?><!DOCTYPE x SYSTEM "{secret.as_uri()}" [<!ENTITY e SYSTEM "{secret.as_uri()}">'
    )
    head += f'<!ENTITY % p SYSTEM "{secret.as_uri()}"> %p;]>'
    feed = f"{head}<rss><channel><title>&e;</title><item><title>&e;</title>"
    feed += f"<link>{FERRY}?&e;</link></item></channel></rss>"
    outline = f'{head}<opml><body><outline type="link" text="a&e;" url="{FERRY}"/></body></opml>'
    for read, text in ((feeds.read, feed), (opml.read, outline)):
        try:
            assert "SECRET" not in repr(read(text.encode()))
        except ImportFileError as error:
            assert "SECRET" not in error.line()


@pytest.mark.parametrize("piece", ["<a>", "<a ", "<!--", "<![", "&", "<"])
@pytest.mark.parametrize("read", [feeds.read, opml.read])
def test_the_time_does_not_grow_with_the_square(read: Callable[[bytes], Listing], piece: str) -> None:
    begun = time.monotonic()
    with contextlib.suppress(ImportFileError):
        read(f"<rss><channel><item><title>{piece * 200_000}".encode())
    assert time.monotonic() - begun < 20


def test_five_thousand_items_are_read_in_seconds() -> None:
    words = "lorem &lt;p&gt; " * 200
    item = f"<item><title>No. %d</title><link>{FERRY}/%d</link><description>{words}</description></item>"
    text = f"<rss><channel>{''.join(item % (n, n) for n in range(5_000))}</channel></rss>"
    begun = time.monotonic()
    assert len(feeds.read(text.encode()).references) == 5_000
    assert time.monotonic() - begun < 20  # it takes 1 on an idle core


READERS = ((feeds.read, [RSS, ATOM, JSON_FEED]), (opml.read, [OPML]), (readlater.read, [PINBOARD, OMNIVORE]))
NOISE = [b"<", b">", b"&#xd800;", b"&#55296", b"&#99999999999;", b"\\ud800", b"<![CDATA[", b'"', b"\0", b"<!--", b"<?",
         b"\xff\xfe", b"http://[", b"http://a:b/", b"9999-99-99", b"]]>", b"[", b"<outline>"]  # fmt: skip


@pytest.mark.parametrize("which", [0, 1, 2])
@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_no_bytes_raise_anything_else_or_give_what_no_table_takes(which: int, data: st.DataObject) -> None:
    read, samples = READERS[which]
    sample = bytearray(data.draw(st.sampled_from(samples)).encode())
    for _ in range(data.draw(st.integers(0, 6))):
        at = data.draw(st.integers(0, len(sample)))
        if data.draw(st.booleans()):
            sample[at:at] = data.draw(st.sampled_from(NOISE) | st.binary(max_size=8))
        else:
            del sample[at : at + data.draw(st.integers(1, 30))]
    with contextlib.suppress(ImportFileError):
        for one in read(bytes(sample)).references:
            f"{one.title}{one.url}{one.author}{one.heading}".encode()  # no lone surrogates: SQLite takes none
