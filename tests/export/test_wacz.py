"""The WACZ: its layout, its index and its page list. (tests/test_replay.py has pywb and `wacz validate` judge it.)"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

from ran import Ran
from warcio.archiveiterator import ArchiveIterator

from recommender.export.cdxj import BLOCK, blocks

Readmore = Callable[..., Ran]


def exported(readmore: Readmore, archive: Path, out: Path, *words: str, code: int = 0) -> zipfile.ZipFile:
    ran = readmore("--archive", archive, "export", "--wacz", out, *words)
    assert ran.code == code, ran.err
    return zipfile.ZipFile(out)


def index(wacz: zipfile.ZipFile) -> list[dict[str, str]]:
    text = gzip.decompress(wacz.read("indexes/index.cdx.gz")).decode("ascii")
    return [json.loads(line.split(" ", 2)[2]) for line in text.splitlines()]


def pages(wacz: zipfile.ZipFile, name: str = "pages") -> list[dict[str, str]]:
    head, *rows = [json.loads(line) for line in wacz.read(f"pages/{name}.jsonl").splitlines()]
    assert head["format"] == "json-pages-1.0"
    return rows


def targets(wacz: zipfile.ZipFile, name: str) -> list[tuple[str, str]]:
    """Type and address of every record, as warcio reads them."""
    found = ArchiveIterator(io.BytesIO(wacz.read(name)))
    return [(one.rec_type, str(one.rec_headers.get_header("WARC-Target-URI"))) for one in found]


def test_the_layout_is_the_specifications(made: Path, tmp_path: Path, readmore: Readmore) -> None:
    """WARC and index stored, not deflated, WARC unchanged; every file in the manifest with its size and digest."""
    with exported(readmore, made, tmp_path / "a.wacz") as wacz:
        warcs = [name for name in wacz.namelist() if name.startswith("archive/")]
        assert {name: wacz.read(name) for name in warcs} == {
            f"archive/{path.name}": path.read_bytes() for path in (made / "warc").iterdir()
        }
        for name in (*warcs, "indexes/index.cdx.gz"):
            assert wacz.getinfo(name).compress_type == zipfile.ZIP_STORED
        package = json.loads(wacz.read("datapackage.json"))
        assert package["wacz_version"] == "1.1.1"
        listed = {one["path"]: (one["bytes"], one["hash"]) for one in package["resources"]}
        outside = {"datapackage.json", "datapackage-digest.json"}
        for name in set(wacz.namelist()) - outside:
            data = wacz.read(name)
            assert listed.pop(name) == (len(data), "sha256:" + hashlib.sha256(data).hexdigest())
        assert not listed
        digest = json.loads(wacz.read("datapackage-digest.json"))["hash"]
        assert digest == "sha256:" + hashlib.sha256(wacz.read("datapackage.json")).hexdigest()


def test_every_index_line_leads_to_its_record(made: Path, tmp_path: Path, readmore: Readmore) -> None:
    """Offset and length cut out one gzip member, and its address is the line's; also in a selection."""
    for number, words in enumerate(((), ("morning",), ("2",))):
        with exported(readmore, made, tmp_path / f"{number}.wacz", *words) as wacz:
            lines = index(wacz)
            assert lines
            for line in lines:
                start, length = int(line["offset"]), int(line["length"])
                member = wacz.read("archive/" + line["filename"])[start : start + length]
                (record,) = ArchiveIterator(io.BytesIO(member))
                assert record.rec_headers.get_header("WARC-Target-URI") == line["url"]
                assert line["digest"] == record.rec_headers.get_header("WARC-Payload-Digest")


def test_pages_are_the_articles_and_the_rest_is_extra(made: Path, tmp_path: Path, readmore: Readmore) -> None:
    """Title, text and time of each article's copy; the refused copy has its verdict; imports have no page."""
    ran = readmore("--archive", made, "export", "--wacz", tmp_path / "a.wacz")
    assert ran.err == f"3 copies, 2 pages: {tmp_path / 'a.wacz'} (3 articles without a copy left out)\n"
    with zipfile.ZipFile(tmp_path / "a.wacz") as wacz:
        first, second = pages(wacz)
        assert first["title"] == "The ferry was late again"
        assert "nobody was the wiser" in second["text"]
        known = {(line["url"], line.get("status")) for line in index(wacz)}
        assert {(page["url"], "200") for page in (first, second)} <= known
        (refused,) = pages(wacz, "extraPages")
        assert refused["verdict"] == "not found (404)"
        assert (refused["url"], "404") in known
    with exported(readmore, made, tmp_path / "b.wacz", "--no-text") as wacz:
        assert all("text" not in page for page in pages(wacz))


def test_a_selection_holds_nothing_else(made: Path, tmp_path: Path, readmore: Readmore) -> None:
    """One article's records with their companions, and no word of the other, of imports or of the lists."""
    with exported(readmore, made, tmp_path / "a.wacz", "2") as wacz:
        found = targets(wacz, "archive/selection.warc.gz")
        assert [kind for kind, _ in found if kind != "request"] == ["warcinfo", "metadata", "response"]
        assert {url.rpartition("/")[2] for kind, url in found if kind != "warcinfo"} == {"2"}
        assert [page["title"] for page in pages(wacz)] == ["Who owns the pier?"]
    with exported(readmore, made, tmp_path / "b.wacz", "morning") as wacz:
        urls = [
            url.rpartition("/")[2]
            for kind, url in targets(wacz, "archive/selection.warc.gz")
            if kind == "response"
        ]
        assert sorted(urls) == ["1", "2", "gone"]  # the refused copy is part of the list's story
        assert json.loads(wacz.read("datapackage.json"))["title"] == "Morning list"


def test_a_revisit_brings_the_capture_whose_bytes_it_shares(
    copy: Path, change: Callable[..., None], tmp_path: Path, readmore: Readmore
) -> None:
    """Without it the revisit could not be replayed."""
    change("UPDATE captures SET refers_to = 1 WHERE id = 2")
    with exported(readmore, copy, tmp_path / "a.wacz", "2") as wacz:
        assert {line["url"].rpartition("/")[2] for line in index(wacz)} == {"1", "2"}
        assert [page["title"] for page in pages(wacz)] == ["Who owns the pier?"]


def test_only_imports_are_no_web_archive(tmp_path: Path, readmore: Readmore) -> None:
    """Said in a line, and no file made."""
    (tmp_path / "one.jsonl").write_text('{"title": "Words", "text": "Only words."}', encoding="utf-8")
    readmore("--archive", tmp_path / "b", "import", tmp_path / "one.jsonl")
    for words in ((), ("1",)):
        ran = readmore("--archive", tmp_path / "b", "export", "--wacz", tmp_path / "o.wacz", *words)
        assert ran.code == 1
        assert "no copy of a page is among these" in ran.err
    assert not list(tmp_path.glob("*.wacz*"))


def test_a_damaged_record_is_left_out_and_told(copy: Path, tmp_path: Path, readmore: Readmore) -> None:
    """The rest goes in, the exit code is 2, and what goes in is whole."""
    with exported(readmore, copy, tmp_path / "a.wacz") as wacz:
        line = next(line for line in index(wacz) if line["url"].endswith("/2"))
    warc = copy / "warc" / line["filename"]
    data = bytearray(warc.read_bytes())
    data[int(line["offset"]) + int(line["length"]) // 2] ^= 0xFF
    warc.write_bytes(data)
    for words in ((), ("morning",)):
        ran = readmore("--archive", copy, "export", "--wacz", tmp_path / "b.wacz", "--force", *words)
        assert ran.code == 2
        assert "can't be read and was left out" in ran.err
        with zipfile.ZipFile(tmp_path / "b.wacz") as wacz:
            assert [page["url"].rpartition("/")[2] for page in pages(wacz)] == ["1"]
            names = [name for name in wacz.namelist() if name.startswith("archive/")]
            assert ("response", line["url"]) not in [one for name in names for one in targets(wacz, name)]
    for path in (copy / "warc").iterdir():
        path.unlink()
    ran = readmore("--archive", copy, "export", "--wacz", tmp_path / "c.wacz")
    assert ran.code == 1
    assert not (tmp_path / "c.wacz").exists()


def test_a_torn_end_is_left_out_without_alarm(copy: Path, tmp_path: Path, readmore: Readmore) -> None:
    """What a killed run leaves behind its last whole record is no loss."""
    warc = next((copy / "warc").glob("*.warc.gz"))
    whole = warc.read_bytes()
    warc.write_bytes(whole + whole[:300])
    with exported(readmore, copy, tmp_path / "a.wacz") as wacz:
        assert wacz.read(f"archive/{warc.name}") == whole


def test_a_long_index_comes_in_blocks() -> None:
    """Each block is a gzip member of its own, found by its first key; all together they are sorted."""
    lines = [f"org,example)/{number:05} 20240101000000 {{}}\n" for number in range(2 * BLOCK + 1)]
    found = list(blocks(reversed(lines)))
    assert len(found) == 3
    data = b"".join(member for member, _ in found)
    assert gzip.decompress(data).decode() == "".join(lines)
    for number, (_, line) in enumerate(found):
        key, _, place = line.split(" ", 2)
        at = json.loads(place)
        member = data[at["offset"] : at["offset"] + at["length"]]
        assert gzip.decompress(member).decode().splitlines()[0].startswith(key)
        assert key == f"org,example)/{number * BLOCK:05}"
        assert at["digest"] == "sha256:" + hashlib.sha256(member).hexdigest()
