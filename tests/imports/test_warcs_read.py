"""Other programs' web archives: every record is a page, or counted as what it is, or named where it is damaged."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from web_archives import SITE, WHEN, Writer, chunked, mixed, page

from recommender.errors import ImportFileError
from recommender.imports import wacz, warc_frames, warcs
from recommender.imports.http_heads import unchunked
from recommender.imports.warcs import Damaged, Item, LeftOut
from recommender.models import Capture, Via
from recommender.store.warc_records import digest as sha1

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def pages(items: list[Item]) -> list[Capture]:
    return [item for item in items if isinstance(item, Capture)]


def damage(items: list[Item]) -> list[Damaged]:
    return [item for item in items if isinstance(item, Damaged)]


def others(items: list[Item]) -> Counter[str]:
    return Counter(item.why for item in items if isinstance(item, LeftOut))


def read(path: Path) -> list[Item]:
    return list(warcs.read(path, NOW))


@pytest.mark.parametrize("packed", [True, False])
def test_every_record_is_accounted_for(tmp_path: Path, packed: bool) -> None:
    """Pages come with their own time, status and encoding; chunks are undone; the rest is counted."""
    items = read(mixed(tmp_path / "crawl.warc", packed=packed))
    ferry, tram, barge, gone = pages(items)
    assert ferry.body == page("ferry")
    assert ferry.captured_at == datetime(2019, 5, 6, 7, 8, 9, tzinfo=UTC)
    assert (ferry.via, ferry.fetched_at, ferry.url) == (Via.IMPORT, NOW, f"{SITE}/ferry")
    assert gzip.decompress(tram.body) == page("tram")
    assert ("Content-Encoding", "gzip") in tram.headers
    assert barge.body == page("barge")
    assert gone.status == 404
    expected = {"warcinfo": 1, "request": 1, "other content": 1, "redirects": 1, "metadata": 1}
    assert others(items) == expected
    assert not damage(items)


def test_one_gzip_member_for_all_is_read_too(tmp_path: Path) -> None:
    """Some pack a whole WARC at once, against the standard."""
    path = tmp_path / "whole.warc.gz"
    path.write_bytes(gzip.compress(mixed(tmp_path / "plain.warc", packed=False).read_bytes()))
    items = read(path)
    assert len(pages(items)) == 4
    assert not damage(items)


@pytest.mark.parametrize("packed", [True, False])
def test_an_arc_file(tmp_path: Path, packed: bool) -> None:
    """The format before WARC: a line, then the answer."""
    head = b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n"
    body, gif = head + page("skiff"), b"HTTP/1.0 200 OK\r\nContent-Type: image/gif\r\n\r\nx"
    info = b"1 0 Other\nURL IP-address Archive-date Content-type Archive-length\n"
    members = [
        b"filedesc://old.arc 0.0.0.0 20050102030405 text/plain %d\n%s\n" % (len(info), info),
        b"http://quay.example/skiff 192.0.2.1 20050102030405 text/html %d\n%s\n" % (len(body), body),
        b"http://quay.example/x.gif 192.0.2.1 20050102030406 image/gif %d\n%s\n" % (len(gif), gif),
    ]  # fmt: skip
    path = tmp_path / "old.arc"
    path.write_bytes(b"".join(map(gzip.compress, members)) if packed else b"".join(members))
    items = read(path)
    assert [one.body for one in pages(items)] == [page("skiff")]
    assert pages(items)[0].captured_at == datetime(2005, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert not damage(items)


def revisits(path: Path) -> Path:
    out = Writer(path)
    html = ("Content-Type", "text/html")
    first = out.add(
        f"{SITE}/tram", gzip.compress(page("tram"), mtime=0), headers=[html, ("Content-Encoding", "gzip")]
    )
    digest = sha1(gzip.compress(page("tram"), mtime=0))
    profile = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
    out.add(
        f"{SITE}/tram", kind="revisit", when="2019-06-06T00:00:00Z", headers=[("Date", "then")],
        more={"WARC-Profile": profile, "WARC-Payload-Digest": digest},
    )  # fmt: skip
    unmodified = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
    out.add(
        f"{SITE}/tram", status="304 Not Modified", kind="revisit", when="2019-07-06T00:00:00Z",
        headers=[("Date", "then")], more={"WARC-Profile": unmodified, "WARC-Refers-To": first},
    )  # fmt: skip
    out.add(
        f"{SITE}/far", kind="revisit", headers=[("Date", "then")],
        more={"WARC-Profile": profile, "WARC-Payload-Digest": "sha1:" + "A" * 32},
    )  # fmt: skip
    return out.close()


def test_revisits_are_resolved_within_the_file(tmp_path: Path) -> None:
    """The original's bytes at the revisit's time; one whose original is elsewhere is left out with the reason."""
    items = read(revisits(tmp_path / "again.warc.gz"))
    assert [one.captured_at.month for one in pages(items)] == [5, 6, 7]
    assert {gzip.decompress(one.body) for one in pages(items)} == {page("tram")}
    assert all(("Content-Encoding", "gzip") in one.headers and one.status == 200 for one in pages(items))
    assert others(items) == {"revisits of what is not in it": 1}


def test_a_revisit_may_name_its_original_by_address_and_date(tmp_path: Path) -> None:
    """As warcio and pywb do, whose digests some programs make of other bytes."""
    out = Writer(tmp_path / "a.warc.gz")
    out.add(f"{SITE}/ferry", page("ferry"))
    named = {"WARC-Refers-To-Target-URI": f"{SITE}/ferry", "WARC-Refers-To-Date": WHEN,
             "WARC-Payload-Digest": "sha1:A"}  # fmt: skip
    out.add(
        f"{SITE}/ferry",
        kind="revisit",
        when="2020-02-03T04:05:06Z",
        more={**named, "WARC-Payload-Digest": "sha1:A"},
    )
    first, second = pages(read(out.close()))
    assert second.body == first.body == page("ferry")
    assert second.captured_at == datetime(2020, 2, 3, 4, 5, 6, tzinfo=UTC)


def test_a_damaged_first_byte_costs_one_record(tmp_path: Path) -> None:
    """A zipped file stays one."""
    path = mixed(tmp_path / "a.warc.gz")
    data = path.read_bytes()
    path.write_bytes(b"\0" + data[1:])
    items = read(path)
    assert [one.offset for one in damage(items)] == [0]
    assert len(pages(items)) == 4


def test_one_member_for_all_gives_what_comes_before_the_damage(tmp_path: Path) -> None:
    plain = mixed(tmp_path / "a.warc", packed=False).read_bytes()
    data = bytearray(gzip.compress(plain))
    data[-300:-290] = b"\xff" * 10
    path = tmp_path / "b.warc.gz"
    path.write_bytes(data)
    items = read(path)
    assert [one.url for one in pages(items)][:2] == [f"{SITE}/ferry", f"{SITE}/tram"]
    assert [(one.offset, one.reason) for one in damage(items)] == [(0, "the gzip data is damaged")]


@pytest.mark.parametrize("packed", [True, False])
def test_damage_is_named_with_its_byte_and_skipped(tmp_path: Path, packed: bool) -> None:
    """A record torn on purpose costs itself, wherever it lies."""
    out = Writer(tmp_path / "torn.warc", packed=packed)
    for name in ("ferry", "tram", "barge", "skiff"):
        out.add(f"{SITE}/{name}", page(name))
    path = out.close()
    data = bytearray(path.read_bytes())
    start, end = out.places[1], out.places[2]
    for at in range(start + (end - start) // 2, start + (end - start) // 2 + 9):
        data[at] ^= 0x55
    path.write_bytes(data)
    items = read(path)
    assert [one.url[-5:] for one in pages(items)] == ["ferry", "barge", "skiff"]
    assert [(one.file, one.offset) for one in damage(items)] == [(str(path), start)]


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("cut", [3, 40, 300])
def test_a_file_cut_short_keeps_what_came_before(tmp_path: Path, packed: bool, cut: int) -> None:
    """The last record is damage, not silence."""
    path = tmp_path / "cut.warc"
    out = Writer(path, packed=packed)
    out.add(f"{SITE}/ferry", page("ferry"))
    out.add(f"{SITE}/tram", page("tram"))
    data = out.close().read_bytes()
    path.write_bytes(data[:-cut])
    items = read(path)
    if not packed and cut == 3:  # within the blank lines behind the last block: it is whole
        assert len(pages(items)) == 2
        return
    assert [one.url for one in pages(items)] == [f"{SITE}/ferry"]
    assert [one.offset for one in damage(items)] == [out.places[1]]


def test_a_page_cut_when_it_was_captured_is_damage(tmp_path: Path) -> None:
    """Fewer bytes than announced, chunks that break off, or a crawler that says it stopped there."""
    out = Writer(tmp_path / "short.warc.gz")
    html = ("Content-Type", "text/html")
    out.add(f"{SITE}/a", page("ferry"), headers=[html, ("Content-Length", "99999")])
    out.add(f"{SITE}/b", chunked(page("ferry"))[:-90], headers=[html, ("Transfer-Encoding", "chunked")])
    out.add(f"{SITE}/c", page("ferry"), more={"WARC-Truncated": "time"})
    items = read(out.close())
    assert not pages(items)
    assert [one.offset for one in damage(items)] == out.places


def test_a_bomb_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A record that says it has 4 GB and more, and one that unpacks to more than a page may have."""
    import tracemalloc

    monkeypatch.setattr(warc_frames, "KEEP", 1_000_000)
    out = Writer(tmp_path / "bomb.warc.gz")
    out.add(f"{SITE}/ok", page("ferry"))
    path = out.close()
    head = b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://quay.example/b\r\n"
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    engine = zlib.compressobj(9, zlib.DEFLATED, 31)
    huge = engine.compress(head + b"Content-Length: %d\r\n\r\n" % (60_000_000 + len(http)) + http)
    for _ in range(60):
        huge += engine.compress(b" " * 1_000_000)
    huge += engine.compress(b"\r\n\r\n") + engine.flush()
    liar = gzip.compress(head + b"Content-Length: 99999999999\r\n\r\n" + http)
    path.write_bytes(path.read_bytes() + huge + liar)
    tracemalloc.start()
    items = read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [one.url for one in pages(items)] == [f"{SITE}/ok"]
    assert [one.reason for one in damage(items)] == ["larger than the limit", "a record of more than 4 GiB"]
    assert peak < 8_000_000


@pytest.mark.parametrize("name", ["WARC-Block-Digest", "WARC-Payload-Digest"])
def test_digests_are_checked(tmp_path: Path, name: str) -> None:
    """In a plain file nothing else would tell that a letter has changed."""
    out = Writer(tmp_path / "plain.warc", packed=False)
    out.add(f"{SITE}/ferry", page("ferry"))
    data = out.close().read_bytes()
    keep = [line for line in data.split(b"\r\n") if b"-Digest" not in line or line.startswith(name.encode())]
    out.path.write_bytes(b"\r\n".join(keep))
    assert len(pages(read(out.path))) == 1
    out.path.write_bytes(b"\r\n".join(keep).replace(b" had a ", b" has a ", 1))
    assert [one.reason for one in damage(read(out.path))] == [
        f"the record's {name.split('-')[1].lower()} digest does not match"
    ]


# WACZ


def pack(
    path: Path, files: dict[str, bytes], *, digests: dict[str, str] | None = None, name: str = ""
) -> Path:
    """A WACZ of these files, which its list describes."""
    with zipfile.ZipFile(path, "w") as archive:
        listed = []
        for inner, data in files.items():
            archive.writestr(inner, data)
            value = (digests or {}).get(inner, "sha256:" + hashlib.sha256(data).hexdigest())
            listed.append({"name": inner, "path": inner, "hash": value, "bytes": len(data)})
        package = json.dumps({"profile": "data-package", "resources": listed}).encode()
        archive.writestr("datapackage.json", package)
        value = name or "sha256:" + hashlib.sha256(package).hexdigest()
        archive.writestr("datapackage-digest.json", json.dumps({"path": "datapackage.json", "hash": value}))
    return path


def test_a_wacz_is_its_warcs(tmp_path: Path) -> None:
    """A revisit may name a page of another WARC in it."""
    both = revisits(tmp_path / "x.warc.gz").read_bytes()
    first = both.index(b"\x1f\x8b\x08", 10)
    files = {"archive/a.warc.gz": both[:first], "archive/b.warc.gz": both[first:], "pages/pages.jsonl": b"{}"}
    items = list(wacz.read(pack(tmp_path / "all.wacz", files), NOW))
    assert [one.captured_at.month for one in pages(items)] == [5, 6, 7]
    assert not damage(items)


def test_a_wacz_that_is_not_what_its_list_says(tmp_path: Path) -> None:
    """Digests of the files and of the list; whole records come nevertheless, each has its own checks."""
    warc = mixed(tmp_path / "m.warc.gz").read_bytes()
    wrong = "sha256:" + "0" * 64
    path = pack(
        tmp_path / "a.wacz", {"archive/m.warc.gz": warc}, digests={"archive/m.warc.gz": wrong}, name=wrong
    )
    items = list(wacz.read(path, NOW))
    assert [one.file.rpartition("!")[2] for one in damage(items)] == ["datapackage.json", "archive/m.warc.gz"]
    assert len(pages(items)) == 4


def test_names_in_a_zip_lead_nowhere(tmp_path: Path) -> None:
    """Paths that would leave a folder are refused and named; nothing is written by a name of the zip's."""
    warc = mixed(tmp_path / "m.warc.gz").read_bytes()
    names = ["../../out.warc.gz", "/tmp/out.warc.gz", "C:/out.warc.gz", "archive/..\\out.warc.gz"]
    path = pack(tmp_path / "evil.wacz", dict.fromkeys(names, warc) | {"archive/good.warc.gz": warc})
    before = set(tmp_path.parent.rglob("*out.warc.gz"))
    items = list(wacz.read(path, NOW))
    assert len(pages(items)) == 4
    assert [one.reason for one in damage(items)] == ["a name that leads out of the file"] * 4
    assert set(tmp_path.parent.rglob("*out.warc.gz")) == before


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    """A WARC is compressed already: one that shrinks to a thousandth is none."""
    path = tmp_path / "bomb.wacz"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("archive/b.warc", "w") as inner,
    ):
        for _ in range(101):
            inner.write(b"\0" * 1_000_000)
    assert [one.reason for one in damage(list(wacz.read(path, NOW)))] == [
        "it unpacks to over 50 times its size"
    ]


# Anything


def survives(reading: Callable[[], object]) -> None:
    with contextlib.suppress(ImportFileError):
        reading()


@pytest.fixture(scope="module", params=["warc", "packed", "wacz"])
def real(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A whole file of another program's."""
    folder = tmp_path_factory.mktemp("real")
    warc = mixed(folder / "m.warc", packed=request.param == "packed").read_bytes()
    return pack(folder / "m.wacz", {"archive/m.warc": warc}).read_bytes() if request.param == "wacz" else warc


@given(
    st.binary(max_size=400), st.sampled_from([b"", b"WARC/1.0\r\n", b"\x1f\x8b\x08", b"PK\x03\x04"]),
    st.integers(0, 5_000), st.integers(0, 400),
)  # fmt: skip
@settings(deadline=None, max_examples=80)
def test_no_bytes_make_a_reader_raise_anything_else(
    real: bytes, folder: Path, noise: bytes, magic: bytes, at: int, gap: int
) -> None:
    """Noise, noise behind a magic number, and a real file with noise in it."""
    path = folder / "x"
    for whole in (magic + noise, gzip.compress(magic + noise), real[:at] + noise + real[at + gap :]):
        path.write_bytes(whole)
        survives(lambda: read(path))
        survives(lambda: list(wacz.read(path, NOW)))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for all examples."""
    return tmp_path_factory.mktemp("noise")


@given(st.binary(max_size=300), st.integers(1, 50))
def test_chunks_are_undone(body: bytes, size: int) -> None:
    """Whatever the body holds."""
    assert unchunked(chunked(body, size)) == body
