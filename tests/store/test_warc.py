"""What goes into a WARC comes out unchanged, and no damage passes unnoticed."""

from __future__ import annotations

import contextlib
import gzip
import io
import os
import resource
import subprocess
import sys
import threading
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from recommender.errors import ArchiveError
from recommender.models import Capture, Record, Via
from recommender.store.warc import Damage, HopRecord, StoredCapture, WarcWriter, read, scan

WHEN = datetime(2020, 1, 11, 12, 30, 15, 123456, tzinfo=UTC)
LATER = WHEN + timedelta(days=400)
PAGE = b"<html><body><p>The harbour vote was put off again.</p></body></html>" * 20


def capture(**changes: object) -> Capture:
    base = Capture(
        url="https://herald.example/opinion/harbour",
        final_url="https://herald.example/opinion/harbour",
        captured_at=WHEN,
        fetched_at=WHEN,
        via=Via.LIVE,
        status=200,
        headers=(("Content-Type", "text/html; charset=utf-8"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")),
        body=PAGE,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def store(folder: Path, *captures: Capture) -> Path:
    with WarcWriter(folder) as writer:
        for one in captures:
            writer.write(one)
        assert writer.path is not None
        return writer.path


def whole(path: Path) -> list[StoredCapture]:
    found = list(scan(path))
    assert all(isinstance(one, StoredCapture) for one in found), found
    return [one for one in found if isinstance(one, StoredCapture)]


def members(path: Path) -> list[dict[str, str]]:
    """Every record's WARC headers, as warcio reads them; its digests are checked too."""
    with path.open("rb") as handle:
        found = []
        for one in ArchiveIterator(handle, check_digests="raise"):
            one.content_stream().read()
            found.append(dict(one.rec_headers.headers))
        return found


# --- what goes in comes out


def test_a_capture_comes_back_equal_by_place_and_by_scan(tmp_path: Path) -> None:
    with WarcWriter(tmp_path) as writer:
        first, second = writer.write(capture()), writer.write(capture(body=b"other"))
    for record, body in ((first, PAGE), (second, b"other")):
        response = read(tmp_path, record)
        assert (response.url, response.status, response.body) == (capture().url, 200, body)
        assert response.headers == capture().headers
        assert response.captured_at == WHEN
    assert writer.path is not None
    found = whole(writer.path)
    assert [one.record for one in found] == [first, second]
    assert [one.capture for one in found] == [capture(), capture(body=b"other")]


def test_the_record_is_one_gzip_member_at_its_offset(tmp_path: Path) -> None:
    with WarcWriter(tmp_path) as writer:
        writer.write(capture())
        record = writer.write(capture(body=b"second"))
    data = (tmp_path / record.file).read_bytes()[record.offset :][: record.length]
    engine = zlib.decompressobj(31)
    assert engine.decompress(data).startswith(b"WARC/1.1\r\nWARC-Type: response\r\n")
    assert engine.eof
    assert not engine.unused_data


def test_a_body_that_came_gzipped_is_not_packed_again(tmp_path: Path) -> None:
    """Its bytes stand in the file as they came; another body's do not."""
    zipped, plain = gzip.compress(PAGE * 20), PAGE * 20
    with WarcWriter(tmp_path) as writer:
        record = writer.write(capture(headers=(("Content-Encoding", "gzip"),), body=zipped))
        writer.write(capture(body=plain))
    data = (tmp_path / record.file).read_bytes()
    assert zipped in data
    assert plain not in data
    assert read(tmp_path, record).body == zipped


def test_everything_a_rebuild_needs_comes_back(tmp_path: Path) -> None:
    """Redirects, extras of any text, the verdict and a memento's two times survive the file."""
    original = capture(
        final_url="https://herald.example/2020/harbour.html",
        via=Via.WAYBACK,
        fetched_at=LATER,
        source_url="https://web.example/web/20200111123015id_/https://herald.example/2020/harbour.html",
        verdict="paywall stub",
    )
    hops = (HopRecord(original.url, 301, (("Location", original.final_url), ("Content-Length", "0"))),)
    extra = {
        "reference-title": ' "Quoted" é\r\nWARC-Type: response\u2028 \ud800',
        "seed": "harbour",
        "empty": "",
    }
    with WarcWriter(tmp_path) as writer:
        record = writer.write(original, hops=hops, request=(("User-Agent", "readmore"),), extra=extra)
    assert writer.path is not None
    assert whole(writer.path) == [StoredCapture(record, original, hops, tuple(extra.items()))]


def test_a_memento_is_filed_as_pywb_does(tmp_path: Path) -> None:
    memento = "https://web.example/web/20200111123015id_/https://herald.example/opinion/harbour"
    path = store(tmp_path, capture(via=Via.WAYBACK, source_url=memento, final_url=memento, fetched_at=LATER))
    response = members(path)[-1]
    assert response["WARC-Target-URI"] == capture().url
    assert response["WARC-Date"] == "2020-01-11T12:30:15.123456Z"
    assert response["WARC-Source-URI"] == memento
    assert response["WARC-Creation-Date"] == "2021-02-14T12:30:15.123456Z"


def test_the_order_of_records_is_warcinfo_companions_response(tmp_path: Path) -> None:
    with WarcWriter(tmp_path, software=lambda: "readmore/9") as writer:
        writer.write(capture(), hops=(HopRecord("https://h.example/", 302, ()),), request=(("Host", "h"),))
        writer.write(capture())
    assert writer.path is not None
    found = members(writer.path)
    kinds = [one["WARC-Type"] for one in found]
    assert kinds == ["warcinfo", "metadata", "response", "request", "response", "metadata", "response"]
    assert {one["WARC-Concurrent-To"] for one in found[1:4]} == {found[4]["WARC-Record-ID"]}
    assert {one["WARC-Warcinfo-ID"] for one in found[1:]} == {found[0]["WARC-Record-ID"]}
    assert found[1]["Content-Type"] == "application/warc-fields"  # else pywb would index it as a page
    assert found[0]["WARC-Filename"] == writer.path.name


def test_a_given_text_is_a_resource(tmp_path: Path) -> None:
    text = "Zwölf Boxkämpfer.\n".encode()
    given_text = capture(via=Via.TEXT, headers=(("Content-Type", "text/plain"),), body=text)
    path = store(tmp_path, given_text)
    assert members(path)[-1]["WARC-Type"] == "resource"
    assert [one.capture for one in whole(path)] == [given_text]


@pytest.mark.parametrize(
    ("status", "body"), [(200, b""), (204, b""), (304, b""), (999, b"no"), (404, b"gone")]
)
def test_any_status_and_an_empty_body_come_back(tmp_path: Path, status: int, body: bytes) -> None:
    original = capture(status=status, body=body, headers=())
    assert [one.capture for one in whole(store(tmp_path, original))] == [original]


def test_framing_that_no_longer_holds_is_renamed(tmp_path: Path) -> None:
    """A reader must not look for chunks in a body without them, nor wait for bytes that are not kept."""
    headers = (("transfer-encoding", "chunked"), ("Content-Length", "5000"), ("Content-Encoding", "gzip"))
    body = gzip.compress(PAGE)
    path = store(tmp_path, capture(headers=headers, body=body))
    assert whole(path)[0].capture.headers == (
        ("X-Archive-Orig-transfer-encoding", "chunked"),
        ("X-Archive-Orig-Content-Length", "5000"),
        ("Content-Encoding", "gzip"),
    )
    with path.open("rb") as handle:
        *_, last = ((one.content_stream().read(), one.http_headers) for one in ArchiveIterator(handle))
    assert last[0] == PAGE


def test_a_true_content_length_stays(tmp_path: Path) -> None:
    original = capture(headers=(("Content-Length", str(len(PAGE))),))
    assert whole(store(tmp_path, original))[0].capture == original


@pytest.mark.parametrize(
    "url",
    [
        "https://zeitung.example/straße/ü?q=ärger#teil",
        "https://例え.example/記事",
        'https://herald.example/a b<c>"d"\r\nWARC-Type: response',
        "https://herald.example/%E2%9C%93?x=1&y=%20",
        "https://herald.example/\ud800",
    ],
)
def test_any_url_comes_back_and_is_ascii_in_the_record(tmp_path: Path, url: str) -> None:
    original = capture(url=url, final_url=url)
    path = store(tmp_path, original)
    assert whole(path)[0].capture.url == url
    header = members(path)[-1]["WARC-Target-URI"]
    assert header.isascii()
    assert header.isprintable()
    assert " " not in header


def test_times_of_other_zones_are_filed_in_utc(tmp_path: Path) -> None:
    zone = timezone(timedelta(hours=-5))
    path = store(tmp_path, capture(captured_at=WHEN.astimezone(zone), fetched_at=WHEN.astimezone(zone)))
    assert members(path)[-1]["WARC-Date"] == "2020-01-11T12:30:15.123456Z"
    assert whole(path)[0].capture == capture()


def test_a_naive_time_and_a_taken_field_name_are_refused(tmp_path: Path) -> None:
    with WarcWriter(tmp_path) as writer:
        with pytest.raises(ValueError, match="aware"):
            writer.write(capture(captured_at=WHEN.replace(tzinfo=None)))
        for name in ("via", "Verdict", "a b", "", "a:b", "a\r\nb"):
            with pytest.raises(ValueError, match="not a name"):
                writer.write(capture(), extra={name: "x"})
    assert list(tmp_path.iterdir()) == []


texts = st.text(st.characters(codec="utf-8") | st.sampled_from("\r\n\0\x1b\x85\ud800"), max_size=40)
bodies = st.binary(max_size=300) | st.sampled_from([b"\r\n\r\n", b"WARC/1.1\r\n\r\n", b"\x1f\x8b\x08" * 9])


@settings(deadline=None, max_examples=60)
@given(
    body=bodies,
    headers=st.lists(st.tuples(texts, texts), max_size=5).map(tuple),
    url=texts,
    verdict=texts,
    extra=st.dictionaries(st.from_regex(r"x-[a-z]{1,8}", fullmatch=True), texts, max_size=3),
)
def test_any_bytes_and_facts_round_trip(
    tmp_path_factory: pytest.TempPathFactory,
    body: bytes,
    headers: tuple[tuple[str, str], ...],
    url: str,
    verdict: str,
    extra: dict[str, str],
) -> None:
    folder = tmp_path_factory.mktemp("warc")
    url = f"https://herald.example/{url}"
    original = capture(body=body, headers=headers, url=url, final_url=url, verdict=verdict)
    with WarcWriter(folder) as writer:
        record = writer.write(original, extra=extra)
        writer.write(capture())
    assert writer.path is not None
    found = whole(writer.path)
    assert len(found) == 2
    assert replace(found[0].capture, headers=()) == replace(original, headers=())
    assert len(found[0].capture.headers) == len(headers)
    assert found[0].extra == tuple(extra.items())
    assert read(folder, record).body == body
    assert len(members(writer.path)) == 5  # warcio sees the same records


@settings(deadline=None, max_examples=60)
@given(
    value=st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=30)
)
def test_header_values_round_trip_as_http_clients_give_them(
    tmp_path_factory: pytest.TempPathFactory, value: str
) -> None:
    folder = tmp_path_factory.mktemp("warc")
    original = capture(headers=(("X-Odd", value.strip(" ")),))
    assert whole(store(folder, original))[0].capture == original


# --- hostile pages


@pytest.mark.parametrize(
    "header",
    [
        ("X", "1\r\n\r\nforged body"),
        ("X\r\nLocation", "https://evil.example/"),
        ("X", "1\nContent-Encoding: gzip"),
        ("Transfer-Encoding\r\n", "chunked"),
        ("X", "1\r\n\r\n\r\n\r\nWARC/1.1\r\nWARC-Type: response\r\nContent-Length: 0\r\n\r\n"),
        ("", ""),
        (" ", "\0"),
    ],
)
def test_no_header_can_forge_a_header_a_body_or_a_record(tmp_path: Path, header: tuple[str, str]) -> None:
    path = store(tmp_path, capture(headers=(header, ("Content-Type", "text/html"))))
    assert [one["WARC-Type"] for one in members(path)] == ["warcinfo", "metadata", "response"]
    (found,) = whole(path)
    assert found.capture.body == PAGE
    assert len(found.capture.headers) == 2
    assert found.capture.headers[1] == ("Content-Type", "text/html")


def test_a_page_that_is_a_warc_forges_nothing_when_its_record_breaks(tmp_path: Path) -> None:
    forged = store(tmp_path / "evil", capture(url="https://bank.example/", final_url="https://bank.example/"))
    path = store(tmp_path / "ours", capture(body=forged.read_bytes()), capture(body=b"next"))
    data = bytearray(path.read_bytes())
    place = whole(path)[0].record
    data[place.offset + place.length - 5] ^= 1  # its CRC
    path.write_bytes(data)
    found = list(scan(path))
    assert [one.capture.body for one in found if isinstance(one, StoredCapture)] == [b"next"]
    assert next(one.offset for one in found if isinstance(one, Damage)) == place.offset


# --- damage


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, list[StoredCapture]]:
    """A file of three captures, one with a redirect."""
    folder = tmp_path_factory.mktemp("three")
    with WarcWriter(folder) as writer:
        writer.write(capture(body=os.urandom(60), headers=()))
        writer.write(capture(body=b"two", headers=()), hops=(HopRecord("https://h.example/", 302, ()),))
        writer.write(capture(body=b""))
    assert writer.path is not None
    return writer.path.read_bytes(), whole(writer.path)


def test_a_file_cut_at_any_byte_is_reported(three: tuple[bytes, list[StoredCapture]], tmp_path: Path) -> None:
    """Only a cut exactly after a whole capture passes: the rest is a valid file."""
    data, captures = three
    ends = [one.record.offset + one.record.length for one in captures]
    path = tmp_path / "cut.warc.gz"
    for size in range(len(data) + 1):
        path.write_bytes(data[:size])
        found = list(scan(path))
        kept = [one for one in found if isinstance(one, StoredCapture)]
        damage = [one for one in found if isinstance(one, Damage)]
        assert [one.capture for one in kept] == [
            one.capture for one, end in zip(captures, ends, strict=True) if end <= size
        ]
        if size in ends:
            assert damage == []
        elif size != first_member(data):  # a file of nothing but its warcinfo has lost no capture
            assert damage, size
            assert damage[-1].tail


def first_member(data: bytes) -> int:
    engine = zlib.decompressobj(31)
    engine.decompress(data)
    return len(data) - len(engine.unused_data)


def test_no_flipped_bit_changes_a_capture_unseen(
    three: tuple[bytes, list[StoredCapture]], tmp_path: Path
) -> None:
    """Every byte of the file with one bit flipped: damage is reported, or every capture is as it was."""
    data, captures = three
    path = tmp_path / captures[0].record.file
    quiet = 0
    for place in range(len(data)):
        changed = bytearray(data)
        changed[place] ^= 1 << (place % 8)
        path.write_bytes(changed)
        found = list(scan(path))
        if any(isinstance(one, Damage) for one in found):
            kept = [one.capture for one in found if isinstance(one, StoredCapture)]
            assert all(one.body in {two.capture.body for two in captures} for one in kept)
            assert len(kept) >= len(captures) - 1, "damage hides no other capture"
        else:
            quiet += 1
            assert found == captures
    assert quiet <= 7 * 9, "only gzip's own time, level and system bytes may change unseen"


def test_read_names_the_file_and_byte_of_any_flip(
    three: tuple[bytes, list[StoredCapture]], tmp_path: Path
) -> None:
    data, captures = three
    record = captures[1].record
    path = tmp_path / record.file
    path.write_bytes(data)
    true, quiet = read(tmp_path, record), 0
    for place in range(record.offset + 10, record.offset + record.length):  # after gzip's own ten bytes
        changed = bytearray(data)
        changed[place] ^= 0x10
        path.write_bytes(changed)
        try:
            assert read(tmp_path, record) == true
            quiet += 1
        except ArchiveError as error:
            assert f"{record.file} at byte {record.offset}" in error.line()
    assert quiet <= 1, "only the bits that fill up deflate's last byte may change unseen"


def test_read_refuses_a_wrong_place(three: tuple[bytes, list[StoredCapture]], tmp_path: Path) -> None:
    data, captures = three
    record = captures[0].record
    (tmp_path / record.file).write_bytes(data)
    wrong = [
        replace(record, offset=0, length=first_member(data)),
        replace(record, offset=record.offset + 1),
        replace(record, offset=len(data) + 5),
        replace(record, offset=-1),
        replace(record, length=record.length - 1),
        replace(record, digest=captures[1].record.digest),
        replace(captures[1].record, digest=record.digest),
        replace(record, file="missing.warc.gz"),
        replace(record, file=f"../{tmp_path.name}/{record.file}"),
        replace(record, file=".."),
        replace(record, file="a\0b"),
    ]
    for one in wrong:
        with pytest.raises(ArchiveError):
            read(tmp_path, one)
    assert read(tmp_path, record).body == captures[0].capture.body


def test_a_swapped_body_with_a_right_checksum_is_found(tmp_path: Path) -> None:
    """Gzip's CRC guards against accidents; the digests against somebody who writes the record anew."""
    path = store(tmp_path, capture(body=b"the true words"))
    plain = gzip.decompress(path.read_bytes())
    path.write_bytes(gzip.compress(plain.replace(b"the true words", b"the false word")))
    found = list(scan(path))
    assert all(isinstance(one, Damage) for one in found)
    assert found


def test_an_empty_or_foreign_file_is_damage_and_a_missing_one_an_error(tmp_path: Path) -> None:
    path = tmp_path / "x.warc.gz"
    for data in (b"", b"not a warc", gzip.compress(b"not a warc"), b"\x1f\x8b\x08" * 40):
        path.write_bytes(data)
        assert [type(one) for one in scan(path)] == [Damage]
    with pytest.raises(ArchiveError):
        list(scan(tmp_path / "none.warc.gz"))


def test_a_gzip_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.warc.gz"
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    path.write_bytes(b"".join(packer.compress(bytes(1 << 20)) for _ in range(300)) + packer.flush())
    (damage,) = scan(path)
    assert isinstance(damage, Damage)
    assert "MiB" in damage.reason


# --- files


def test_no_file_before_the_first_capture(tmp_path: Path) -> None:
    with WarcWriter(tmp_path / "new" / "warc") as writer:
        assert not (tmp_path / "new").exists()
        writer.write(capture())
    assert len(list((tmp_path / "new" / "warc").iterdir())) == 1


def test_two_runs_in_one_second_give_two_files(tmp_path: Path) -> None:
    def clock() -> datetime:
        return WHEN

    with WarcWriter(tmp_path, now=clock, pid=7) as one, WarcWriter(tmp_path, now=clock, pid=7) as two:
        one.write(capture())
        two.write(capture())
        one.write(capture())
    names = sorted(path.name for path in tmp_path.iterdir())
    assert len(names) == 2
    assert all(name.startswith("readmore-20200111T123015Z-7-") for name in names)
    assert sorted(len(whole(tmp_path / name)) for name in names) == [1, 2]


def test_an_existing_name_is_never_written_to(tmp_path: Path) -> None:
    from uuid import UUID

    def same() -> UUID:
        return UUID(int=5)

    with WarcWriter(tmp_path, now=lambda: WHEN, pid=7, new_id=same) as one:
        one.write(capture())
    assert one.path is not None
    before = one.path.read_bytes()
    with WarcWriter(tmp_path, now=lambda: WHEN, pid=7, new_id=same) as two, pytest.raises(ArchiveError):
        two.write(capture())
    assert one.path.read_bytes() == before


def test_a_closed_writer_goes_on_in_a_new_file(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path)
    first = writer.write(capture())
    writer.close()
    second = writer.write(capture())
    writer.close()
    assert first.file != second.file
    assert second.offset > 0, "a warcinfo comes first"
    assert read(tmp_path, second).body == PAGE


def test_threads_share_a_writer(tmp_path: Path) -> None:
    records: list[tuple[Record, bytes]] = []
    with WarcWriter(tmp_path) as writer:

        def work(number: int) -> None:
            for turn in range(5):
                body = b"%d-%d" % (number, turn)
                records.append((writer.write(capture(body=body)), body))

        threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
    assert len(records) == 30
    assert all(read(tmp_path, record).body == body for record, body in records)
    assert writer.path is not None
    assert len(whole(writer.path)) == 30


def test_a_capture_is_on_disk_before_write_returns(tmp_path: Path) -> None:
    """A process killed right after `write` leaves the capture readable."""
    code = (
        "import os, sys; sys.path.insert(0, sys.argv[2]); import test_warc as t; from pathlib import Path\n"
        "r = t.WarcWriter(Path(sys.argv[1])).write(t.capture())\n"
        "print(r.file, r.offset, r.length, r.digest, flush=True); os.kill(os.getpid(), 9)\n"
    )
    here = str(Path(__file__).parent)
    command = [sys.executable, "-c", code, str(tmp_path), here]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == -9, done.stderr
    name, offset, length, digest = done.stdout.split()
    assert read(tmp_path, Record(name, int(offset), int(length), digest)).body == PAGE


def test_a_new_file_and_its_folder_are_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    real = os.fsync

    def spy(descriptor: int) -> None:
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        real(descriptor)

    if not Path("/proc/self/fd").exists():
        pytest.skip("no /proc here")
    monkeypatch.setattr(os, "fsync", spy)
    with WarcWriter(tmp_path) as writer:
        writer.write(capture())
        writer.write(capture())
    assert writer.path is not None
    assert synced == [tmp_path.name, writer.path.name, writer.path.name]


@contextlib.contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """No file may grow beyond `size` bytes: a real write error, as a full disk gives."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_when_the_disk_is_full_the_file_ends_after_its_last_whole_capture(tmp_path: Path) -> None:
    big = capture(body=os.urandom(50_000))
    with WarcWriter(tmp_path) as writer:
        first = writer.write(capture())
        with file_size_limit(20_000), pytest.raises(ArchiveError) as caught:
            writer.write(big)
        assert "run again" in (caught.value.hint or "")
        assert caught.value.where == str(tmp_path / first.file)
        later = writer.write(big)
    assert [one.record for one in whole(tmp_path / first.file)] == [first]
    assert later.file != first.file
    assert read(tmp_path, later).body == big.body


def test_when_not_even_the_first_capture_fits_no_file_stays(tmp_path: Path) -> None:
    with WarcWriter(tmp_path) as writer, file_size_limit(100), pytest.raises(ArchiveError):
        writer.write(capture())
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_append_leaves_no_half_capture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with WarcWriter(tmp_path) as writer:
        first = writer.write(capture())
        real = os.write

        def half(descriptor: int, data: bytes) -> int:
            real(descriptor, bytes(data)[:100])
            raise KeyboardInterrupt

        monkeypatch.setattr(os, "write", half)
        with pytest.raises(KeyboardInterrupt):
            writer.write(capture())
        monkeypatch.setattr(os, "write", real)
        writer.write(capture())
    assert [one.record for one in whole(tmp_path / first.file)] == [first]


def test_a_folder_that_cannot_be_made_is_an_archive_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with WarcWriter(tmp_path / "file" / "warc") as writer, pytest.raises(ArchiveError) as caught:
        writer.write(capture())
    assert caught.value.where == str(tmp_path / "file" / "warc")


def test_a_name_hint_can_not_leave_the_folder(tmp_path: Path) -> None:
    with WarcWriter(tmp_path, name_hint="../up and/away") as writer:
        writer.write(capture())
    assert writer.path is not None
    assert writer.path.parent == tmp_path
    assert io.BytesIO(writer.path.read_bytes()).read(2) == b"\x1f\x8b"
