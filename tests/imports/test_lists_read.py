"""Lists of addresses in every form people have them: what is an address becomes a reference, the rest is told."""

from __future__ import annotations

import contextlib
import gzip
import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.commands.imports import KINDS
from recommender.errors import ImportFileError
from recommender.imports.detect import detect
from recommender.imports.kinds import Kind, Listing
from recommender.imports.reading import LISTS, kind_of, listing

ADDRESSES = """# to read

https://quay.example/a
  <https://quay.example/b>
- https://quay.example/c
* [The tram was late](https://quay.example/d_(2) "why")
1. The barge: https://quay.example/e
nothing here
mailto:ana@quay.example
"""
BOOKMARKS = """<!DOCTYPE NETSCAPE-Bookmark-file-1>
<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8">
<TITLE>Bookmarks</TITLE><H1>Bookmarks Menu</H1>
<DL><p>
    <DT><H3 ADD_DATE="1578736800">Harbour</H3>
    <DL><p>
        <DT><A HREF="https://quay.example/a" ADD_DATE="1578736800" ICON="data:,A">Ferry &amp; quay</A>
        <DT><H3>Fares</H3>
        <DL><p><DT><A HREF="https://quay.example/b">Fares</A>
        <DT><A HREF="javascript:alert(1)">Clip</A></DL><p>
    </DL><p>
    <DT><A HREF="place:sort=8">Recent</A>
    <DT><A HREF="https://quay.example/c"></A>
</DL>
"""
POCKET = """title,url,time_added,tags,status
Ferry,https://quay.example/a,1578736800,harbour|boats,unread
"Fares, again",https://quay.example/b,1578823200,,archive
Nothing,,1578823200,,unread
"""
INSTAPAPER = """URL,Title,Selection,Folder,Timestamp
https://quay.example/a,Ferry,"Two
lines",Unread,1578736800
not-an-address,Fares,,Archive,1578823200
"""
RSS = """<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>The Quay</title><link>https://quay.example/</link>
<item><title>Ferry &amp;amp; quay</title><link>https://quay.example/a</link><dc:creator>Ana Brandt</dc:creator>
<pubDate>Sat, 11 Jan 2020 10:00:00 GMT</pubDate></item>
<item><title>No link</title></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>The Quay</title>
<entry><title type="html">The &lt;b&gt;ferry&lt;/b&gt;</title>
<link rel="alternate" href="https://quay.example/a"/><author><name>Ana Brandt</name></author>
<published>2020-01-11T10:00:00Z</published></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://quay.example/"><title>The Quay</title></channel>
<item rdf:about="https://quay.example/a"><title>Ferry</title><link>https://quay.example/a</link>
<dc:date>2020-01-11</dc:date></item></rdf:RDF>"""
JSON_FEED = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "The Quay",
        "items": [
            {
                "url": "https://quay.example/a",
                "title": "Ferry",
                "authors": [{"name": "Ana Brandt"}],
                "date_published": "2020-01-11T10:00:00Z",
            },
            7,
        ],
    }
)
OPML = """<?xml version="1.0"?><opml version="2.0"><head><title>Mine</title></head><body>
<outline text="News"><outline type="rss" text="The Quay" xmlUrl="https://quay.example/rss"/>
<outline type="link" text="Ferry" url="https://quay.example/a"/></outline></body></opml>"""


def read(folder: Path, text: str | bytes, name: str = "file") -> tuple[Kind, Listing]:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    kind = kind_of(path)
    return kind, listing(path, kind)


def test_addresses_in_a_text(tmp_path: Path) -> None:
    """Brackets, bullets, numbers and Markdown are no part of an address; a line without one is named."""
    kind, found = read(tmp_path, ADDRESSES)
    assert kind is Kind.ADDRESSES
    assert [(one.url, one.title) for one in found.references] == [
        ("https://quay.example/a", "https://quay.example/a"),
        ("https://quay.example/b", "https://quay.example/b"),
        ("https://quay.example/c", "https://quay.example/c"),
        ("https://quay.example/d_(2)", "The tram was late"),
        ("https://quay.example/e", "The barge"),
    ]
    assert [row.line for row in found.bad] == [8, 9]


def test_bookmarks(tmp_path: Path) -> None:
    """Folders are headings; bookmarklets and queries are counted, and no damage."""
    kind, found = read(tmp_path, BOOKMARKS)
    assert kind is Kind.BOOKMARKS
    assert [(one.url, one.title, one.heading) for one in found.references] == [
        ("https://quay.example/a", "Ferry & quay", "Harbour"),
        ("https://quay.example/b", "Fares", "Harbour / Fares"),
        ("https://quay.example/c", "https://quay.example/c", None),
    ]
    assert found.references[0].published == date(2020, 1, 11)
    assert found.left_out == (("javascript:", 1), ("place:", 1))
    assert not found.bad


@pytest.mark.parametrize(("text", "bad"), [(POCKET, [4]), (INSTAPAPER, [4])])
def test_read_later_tables(tmp_path: Path, text: str, bad: list[int]) -> None:
    """By the names of their columns, whatever the file is called."""
    kind, found = read(tmp_path, text, "export.csv")
    assert kind is Kind.READ_LATER
    first = found.references[0]
    assert (first.url, first.title, first.published) == ("https://quay.example/a", "Ferry", date(2020, 1, 11))
    assert first.heading in {"harbour|boats", "Unread"}
    assert [row.line for row in found.bad] == bad


@pytest.mark.parametrize(
    ("text", "title", "author"),
    [(RSS, "Ferry & quay", "Ana Brandt"), (ATOM, "The ferry", "Ana Brandt"), (RDF, "Ferry", None),
     (JSON_FEED, "Ferry", "Ana Brandt")],
)  # fmt: skip
def test_feeds(tmp_path: Path, text: str, title: str, author: str | None) -> None:
    """Items with title, author, date and address; one without an address is counted."""
    kind, found = read(tmp_path, text)
    assert kind is Kind.FEED
    assert found.title == "The Quay"
    one = found.references[0]
    assert (one.url, one.title, one.author) == ("https://quay.example/a", title, author)
    assert one.published == date(2020, 1, 11)
    assert [row.reason for row in found.bad] == (["not an object with fields"] if text == JSON_FEED else [])
    assert found.left_out == ((("items without an address", 1),) if text == RSS else ())


def test_outlines(tmp_path: Path) -> None:
    """Links are references; feeds are named."""
    kind, found = read(tmp_path, OPML)
    assert kind is Kind.OPML
    assert [(one.url, one.heading) for one in found.references] == [("https://quay.example/a", "News")]
    assert [feed.url for feed in found.feeds] == ["https://quay.example/rss"]
    assert found.title == "Mine"


@pytest.mark.parametrize("whole", [RSS, ATOM, OPML])
def test_entities_do_not_grow_and_read_no_file(tmp_path: Path, whole: str) -> None:
    """Neither a bomb of entities nor a file of this machine gets into a reference."""
    secret = tmp_path / "secret"
    secret.write_text("the secret of the harbour")
    bomb = '<!ENTITY a0 "boom">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    doctype = f'<!DOCTYPE x [{bomb}<!ENTITY s SYSTEM "{secret.as_uri()}">]>'
    body = whole.partition("?>")[2] if whole.startswith("<?xml") else whole
    body = body.replace(">The Quay<", ">&a9;&s;<").replace('"Ferry"', '"&a9;&s;"')
    body = body.replace("Ferry &amp;amp; quay", "&a9;&s;")
    path = tmp_path / "evil.xml"
    path.write_text(f'<?xml version="1.0"?>{doctype}{body}')
    kind = kind_of(path)
    with contextlib.suppress(ImportFileError):
        found = listing(path, kind)
        said = repr(found)
        assert "secret of the harbour" not in said
        assert "boomboom" not in said
        assert len(said) < 5_000


@pytest.mark.parametrize(
    ("head", "name", "kind"),
    [
        (b'{"title": "A", "text": "B"}', "x", Kind.ARTICLES),
        (b"title,text\nA,B\n", "x", Kind.ARTICLES),
        (b"url,title,text\nhttps://a.example/,A,B\n", "x.txt", Kind.ARTICLES),
        (b"WARC/1.0\r\n", "x.txt", Kind.WARC),
        (b"PK\x03\x04", "x.csv", Kind.WACZ),
        (b"\xef\xbb\xbfhttps://a.example/\n", "x.csvx", Kind.ADDRESSES),
        ("﻿https://a.example/\n".encode("utf-16-le"), "x", Kind.ADDRESSES),
        (b"[A](https://a.example/)\n", "x.md", Kind.ADDRESSES),
        (b"nothing", "x.txt", Kind.ADDRESSES),
        (b"nothing", "x.jsonl", Kind.ARTICLES),
    ],
)
def test_content_tells_first_and_the_name_second(head: bytes, name: str, kind: Kind) -> None:
    """A name that says something else does not count against what is there."""
    assert detect(head, Path(name)) is kind


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"<html><p>A page", "web page"),
        (b"\0\1\2", "can't tell"),
        (b"just words", "can't tell"),
        (b"", "empty"),
    ],
)
def test_what_it_is_not(tmp_path: Path, data: bytes, told: str) -> None:
    """One line that says what to do."""
    with pytest.raises(ImportFileError, match=told):
        read(tmp_path, data)


def test_a_gzip_bomb_of_a_list_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unpacked no further than the limit."""
    monkeypatch.setattr("recommender.imports.files.MAX_LIST", 1_000_000)
    with pytest.raises(ImportFileError, match="more than 1 MB"):
        read(tmp_path, gzip.compress(b"https://a.example/\n" * 1_000_000))


def test_the_verb_knows_every_kind() -> None:
    """`--as` is written out in the command, which must not import this room for `--help`."""
    assert list(Kind) == list(KINDS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for all examples."""
    return tmp_path_factory.mktemp("noise")


SAMPLES = [ADDRESSES, BOOKMARKS, POCKET, INSTAPAPER, RSS, ATOM, RDF, JSON_FEED, OPML, ""]


@given(
    st.sampled_from(SAMPLES), st.binary(max_size=60), st.integers(0, 900), st.integers(0, 60), st.booleans()
)
@settings(deadline=None, max_examples=250)
def test_no_bytes_make_a_list_raise_anything_else(
    folder: Path, sample: str, noise: bytes, at: int, gap: int, packed: bool
) -> None:
    """Noise in real files, read as what they look like and as everything else."""
    data = sample.encode()
    data = data[:at] + noise + data[at + gap :]
    path = folder / "x"
    path.write_bytes(gzip.compress(data) if packed else data)
    with contextlib.suppress(ImportFileError):
        kind_of(path)
    for kind in LISTS:
        with contextlib.suppress(ImportFileError):
            listing(path, kind)
