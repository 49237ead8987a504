"""`verify` finds every damage and cries over nothing else."""

from __future__ import annotations

import fcntl
import hashlib
import json
import random
import shutil
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from archives import build, capture, keep
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ran import Ran

from recommender.store.database import FILENAME, Store
from recommender.store.findings import Finding, Level
from recommender.store.verify import verify
from recommender.store.verify_file import Row, Tally, check_file
from recommender.store.verify_rows import Rows

Readmore = Callable[..., Ran]
ODD = (b"", bytes(range(256)) * 8, b"WARC/1.1\r\n\r\n", b"\x1f\x8b\x08" * 50)
RANDOM_PLACES = 600  # of each kind of damage, over all files


@dataclass
class Whole:
    """An intact file with its rows, to be damaged and checked by itself."""

    path: Path
    data: bytes
    rows: list[Row]
    applied: int

    def check(self, data: bytes) -> list[Finding]:
        self.path.write_bytes(data)
        return list(check_file(self.path, iter(self.rows), self.applied, Tally()))

    def damaged(self, data: bytes) -> bool:
        return any(finding.level is Level.DAMAGE for finding in self.check(data))

    def borders(self) -> list[int]:
        return list(member_borders(self.data))


def member_borders(data: bytes) -> Iterator[int]:
    """Where each gzip member begins, and where the last one ends."""
    at = 0
    while at < len(data):
        yield at
        engine = zlib.decompressobj(31)
        engine.decompress(data[at:])
        at = len(data) - len(engine.unused_data)
    yield at


def contents(data: bytes) -> list[bytes] | None:
    """What each member holds, its ten header bytes included; None where a reader would stop."""
    found = []
    while data:
        engine = zlib.decompressobj(31)
        try:
            plain = engine.decompress(data)
        except zlib.error:
            return None
        if not engine.eof:
            return None
        found.append(data[:10] + plain)
        data = engine.unused_data
    return found


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("verify") / "a", ODD)


@pytest.fixture(scope="module")
def wholes(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Whole]:
    """Its files, copied away: each is damaged and checked against its rows."""
    folder = tmp_path_factory.mktemp("damaged")
    with Rows(archive / FILENAME) as rows:
        return [
            Whole(
                folder / path.name, path.read_bytes(), list(rows.of_file(path.name)), rows.applied(path.name)
            )
            for path in sorted((archive / "warc").iterdir())
        ]


@pytest.fixture
def own(archive: Path, tmp_path: Path) -> Path:
    """A copy to damage."""
    shutil.copytree(archive, tmp_path / "a")
    return tmp_path / "a"


def tree(folder: Path) -> dict[str, tuple[int, str]]:
    """Every file with its time and content."""
    return {
        str(path.relative_to(folder)): (
            path.stat().st_mtime_ns,
            hashlib.sha1(path.read_bytes()).hexdigest() if path.is_file() else "",
        )
        for path in folder.rglob("*")
    }


def sql(folder: Path, statement: str, *values: object) -> None:
    connection = sqlite3.connect(folder / FILENAME)
    connection.execute(statement, values)
    connection.commit()
    connection.close()


def damage(folder: Path) -> list[str]:
    return [one.line() for one in verify(folder).findings if one.level is Level.DAMAGE]


def notes(folder: Path) -> list[str]:
    return [one.line() for one in verify(folder).findings if one.level is Level.NOTE]


# --- it never cries over nothing


def test_an_intact_archive_has_no_findings_and_is_not_touched(archive: Path) -> None:
    """Every kind of record; not one byte is written, no side file of SQLite's comes into being."""
    with Store.open(archive) as store:
        verdicts = {one.verdict for one in store.library.captures()}
        kinds = {(one.via.value, one.refers_to is not None) for one in store.library.captures()}
    assert verdicts == {"ok", "unchanged", "not found (404)"}
    assert kinds == {("live", False), ("live", True), ("wayback", False), ("text", False)}
    before = tree(archive)
    done = verify(archive)
    assert done.findings == []
    assert (done.files, done.captures) == (3, 9 + 2 * len(ODD))
    assert done.bytes == sum(path.stat().st_size for path in (archive / "warc").iterdir())
    assert tree(archive) == before


@settings(
    deadline=None,
    max_examples=25,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(bodies=st.lists(st.binary(max_size=2000) | st.sampled_from(ODD), max_size=4).map(tuple))
def test_no_intact_archive_has_findings(
    tmp_path_factory: pytest.TempPathFactory, bodies: tuple[bytes, ...]
) -> None:
    folder = build(tmp_path_factory.mktemp("intact") / "a", bodies)
    done = verify(folder)
    assert done.findings == []
    assert done.captures == 9 + 2 * len(bodies)


def test_an_archive_without_captures_is_intact(tmp_path: Path) -> None:
    Store.open(tmp_path / "a", create=True).close()
    assert verify(tmp_path / "a").findings == []


# --- it finds every damage


def test_every_byte_that_changes_a_record_is_found(wholes: list[Whole]) -> None:
    """A bit flipped, a byte changed, a byte taken out, a byte put in, at random places of every file.

    What may pass is another way to pack the very same records: every member's header and content are equal.
    """
    chance = random.Random(20_200_111)
    passed = tried = 0
    total = sum(len(whole.data) for whole in wholes)
    for whole in wholes:
        assert whole.check(whole.data) == []
        for _ in range(RANDOM_PLACES * len(whole.data) // total):
            at = chance.randrange(len(whole.data))
            for changed in (
                flipped(whole.data, at, 1 << chance.randrange(8)),
                flipped(whole.data, at, chance.randrange(1, 256)),
                whole.data[:at] + whole.data[at + 1 :],
                whole.data[:at] + bytes([chance.randrange(256)]) + whole.data[at:],
            ):
                tried += 1
                if not whole.damaged(changed):
                    assert contents(changed) == contents(whole.data), (whole.path.name, at)
                    passed += 1
    assert tried > 2000
    assert passed <= tried // 100, f"{passed} of {tried}"


def test_a_cut_anywhere_is_found(wholes: list[Whole]) -> None:
    """Also exactly between two records, where what is left is a valid file, and of the whole file."""
    chance = random.Random(7)
    for whole in wholes:
        places = {*whole.borders()[:-1], *(chance.randrange(len(whole.data)) for _ in range(170))}
        for size in sorted(places):
            assert whole.damaged(whole.data[:size]), (whole.path.name, size)


def test_every_structural_byte_is_guarded(wholes: list[Whole]) -> None:
    """Every member's header and trailer: what CRC-32 does not cover, and CRC-32 itself. Each bit of the first and
    last member's, two of each byte of the others'."""
    chance = random.Random(8)
    for whole in wholes:
        borders = whole.borders()
        for start, end in pairwise(borders):
            every = start == 0 or end == len(whole.data)
            for at in (*range(start, start + 10), *range(end - 8, end)):
                for bit in range(8) if every else chance.sample(range(8), 2):
                    assert whole.damaged(flipped(whole.data, at, 1 << bit)), (whole.path.name, at, bit)


def test_a_member_taken_out_or_put_twice_is_found(wholes: list[Whole]) -> None:
    """Whole records missing or doubled leave valid gzip, valid records and valid digests."""
    for whole in wholes:
        borders = whole.borders()
        for start, end in pairwise(borders):
            assert whole.damaged(whole.data[:start] + whole.data[end:])
            if end < len(whole.data):  # doubled at the end it is a unit that no row knows: a note
                assert whole.damaged(whole.data[:end] + whole.data[start:end] + whole.data[end:])


def flipped(data: bytes, at: int, mask: int) -> bytes:
    changed = bytearray(data)
    changed[at] ^= mask
    return bytes(changed)


def test_a_finding_names_the_place_the_capture_and_the_article(own: Path) -> None:
    with Store.open(own) as store:
        name = next(one for one in store.library.captures()).record.file
    with Rows(own / FILENAME) as rows:
        row = next(row for row in rows.of_file(name) if row.capture.url.endswith("/zip"))
    path = own / "warc" / name
    path.write_bytes(flipped(path.read_bytes(), row.offset + row.capture.record.length // 2, 1))
    (line,) = damage(own)
    place = f"damage: warc/{name} byte {row.offset}: the gzip data is damaged"
    assert line.startswith(place)
    assert f"capture {row.capture.id} of article {row.capture.article_id}" in line
    assert "(its best copy) https://herald.example/zip" in line
    assert "put the file back from a copy, or fetch the page again" in line


def test_one_byte_taken_out_is_not_one_finding_a_later_row(own: Path) -> None:
    """All later records lie a byte earlier; that is said once."""
    with Rows(own / FILENAME) as rows:
        name = max(rows.file_names(), key=lambda name: len(list(rows.of_file(name))))
        first = next(rows.of_file(name))
        count = sum(1 for _ in rows.of_file(name))
    path = own / "warc" / name
    data = path.read_bytes()
    path.write_bytes(data[: first.offset + 30] + data[first.offset + 31 :])
    lines = damage(own)
    assert count > 4
    assert len(lines) == 3
    assert "1 bytes were taken out" in lines[1]
    assert "should have" in lines[2]


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (
            "UPDATE captures SET warc_offset = warc_offset + 1 WHERE id = 2",
            "bytes were put in|no record begins",
        ),
        ("UPDATE captures SET warc_length = warc_length - 1 WHERE id = 2", "length"),
        ("UPDATE captures SET digest = 'sha1:AAAA' WHERE id = 2", "digest"),
        ("UPDATE captures SET final_url = 'https://other.example/' WHERE id = 2", "address"),
        ("UPDATE captures SET url = 'https://other.example/' WHERE id = 2", "url"),
        ("UPDATE captures SET verdict = 'ok' WHERE id = 3", "verdict"),
        ("UPDATE captures SET via = 'import' WHERE id = 2", "via"),
        ("UPDATE captures SET rule = 'forged' WHERE id = 2", "rule"),
        ("UPDATE captures SET fetched_at = '2001-01-01T00:00:00Z' WHERE id = 2", "fetched-at"),
        ("UPDATE captures SET source_url = 'https://x.example/' WHERE via = 'wayback'", "source-url|address"),
        ("UPDATE captures SET captured_at = '2001-01-01T00:00:00Z' WHERE id = 2", "time"),
        ("UPDATE captures SET size = size + 1 WHERE id = 2", "size"),
        ("UPDATE captures SET status = 201 WHERE id = 2", "status"),
        ("UPDATE captures SET refers_to = 1 WHERE id = 2", "earlier"),
        ("UPDATE captures SET warc_file = 'none.warc.gz' WHERE id = 2", "not there"),
        ("UPDATE captures SET warc_file = '../readmore.db' WHERE id = 2", "not there"),
        ("UPDATE captures SET warc_offset = 999999 WHERE id = 2", "behind|no row"),
        ("DELETE FROM captures WHERE id = 2", "has no row"),
        ("UPDATE articles SET best_capture_id = 3 WHERE id = 1", "not a good one"),
        ("UPDATE articles SET best_capture_id = NULL WHERE id = 1", "points at none"),
        ("UPDATE articles SET best_capture_id = 4711 WHERE id = 1", "not there"),
        ("UPDATE links SET seed_id = 4711", "not there"),
        ("UPDATE article_texts SET text = text || '.' WHERE id = 2", "digest"),
        ("UPDATE articles SET title = 'Forged' WHERE id = 2", "digest"),
        ("DELETE FROM article_texts WHERE id = 2", "no text"),
        ("DELETE FROM article_texts_fts_docsize WHERE id = 2", "words|broken"),
        ("UPDATE captures SET digest = 'sha1:AAAA' WHERE refers_to IS NOT NULL", "other bytes"),
        ("UPDATE warc_files SET applied = applied + 1", "should have"),
        ("UPDATE counters SET value = 1", "counted"),
    ],
)
def test_a_row_that_is_not_true_is_found(own: Path, statement: str, told: str) -> None:
    sql(own, statement)
    lines = damage(own)
    assert any(word in line for word in told.split("|") for line in lines), lines


def test_a_missing_file_is_found_once(own: Path) -> None:
    path = sorted((own / "warc").iterdir())[0]
    path.unlink()
    lines = [line for line in damage(own) if path.name in line]
    assert len(lines) == 1
    assert "the file is not there; hits capture " in lines[0]


def test_swapped_files_are_found(own: Path) -> None:
    """Both are whole; neither is what its rows say."""
    one, two = sorted((own / "warc").iterdir())[:2]
    one.rename(own / "x")
    two.rename(one)
    (own / "x").rename(two)
    lines = damage(own)
    assert any(one.name in line for line in lines)
    assert any(two.name in line for line in lines)


def test_a_lost_or_broken_database_is_damage_and_the_files_are_still_checked(own: Path) -> None:
    path = sorted((own / "warc").iterdir())[0]
    path.write_bytes(flipped(path.read_bytes(), 900, 4))
    (own / FILENAME).write_bytes(b"not a database" * 100)
    broken = damage(own)
    assert "can't be read" in broken[0]
    assert path.name in broken[1]
    (own / FILENAME).unlink()
    lost = damage(own)
    assert "the database is not there" in lost[0]
    assert "rebuild" in lost[0]
    assert lost[1] == broken[1]
    assert len(lost) == len(broken) == 2


# --- what is no damage


def test_a_torn_tail_and_late_units_are_notes(own: Path) -> None:
    """What a killed run leaves behind what is in the tables: nothing that was archived is lost."""
    path = max((own / "warc").iterdir(), key=lambda one: one.stat().st_mtime_ns)
    data = path.read_bytes()
    path.write_bytes(data + data[:100])
    assert damage(own) == []
    (line,) = notes(own)
    assert "killed" in line
    path.write_bytes(data)
    with Rows(own / FILENAME) as rows:
        last = list(rows.of_file(path.name))[-1]
    sql(
        own,
        "UPDATE articles SET best_capture_id = NULL, origin = 'import' WHERE best_capture_id = ?",
        last.capture.id,
    )
    sql(own, "DELETE FROM captures WHERE id = ?", last.capture.id)
    sql(own, "UPDATE warc_files SET applied = ? WHERE name = ?", last.offset - 1, path.name)
    (line,) = notes(own)
    assert "1 captures or notes are in no table yet: the next fetch takes them in" in line


def test_an_empty_file_and_another_programs_file_are_notes(own: Path) -> None:
    (own / "warc" / "herald-20200111T123015Z-1-0123456789ab.warc.gz").touch()
    (own / "warc" / "other.warc.gz").write_bytes(b"\x1f\x8b whatever")
    assert damage(own) == []
    empty, other = notes(own)
    assert "the file is empty" in empty
    assert "not written by readmore" in other


def test_a_file_that_a_run_is_writing_is_read_as_far_as_its_rows(own: Path) -> None:
    """Half a record at its end is no finding while the file is locked; damage before it is."""
    with Store.open(own) as store:
        keep(store, capture("https://herald.example/now", b"<p>now"))
        path = max((own / "warc").iterdir(), key=lambda path: path.stat().st_mtime_ns)
        data = path.read_bytes()
        with path.open("ab") as handle:
            handle.write(data[:50])
        done = verify(own)
        assert (done.findings, done.writing) == ([], 1)
        path.write_bytes(flipped(data, len(data) - 20, 1) + data[:50])
        assert len(damage(own)) == 1
        path.write_bytes(data)


def test_a_lock_that_is_let_go_is_no_lock(own: Path) -> None:
    path = sorted((own / "warc").iterdir())[0]
    with path.open("ab") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        assert verify(own).writing == 1
    assert verify(own).writing == 0


def test_rows_that_come_while_it_reads_are_no_damage(own: Path) -> None:
    """Somebody begins to write after the tables were opened: they are opened again, as ones that change."""
    with Rows(own / FILENAME) as rows:
        before = rows.count("captures")
        with Store.open(own) as store:
            keep(store, capture("https://herald.example/now", b"<p>now"))
            assert rows.count("captures") == before + 1
            assert list(rows.check()) == []


# --- the verb


def test_the_verb_says_it_in_one_line_and_exits_0(archive: Path, readmore: Readmore) -> None:
    ran = readmore("--archive", archive, "verify")
    assert ran.code == 0
    assert (
        ran.out
        == f"Intact: 17 captures of 39 articles, {verify(archive).records} records in 3 files, 0.0 MB.\n"
    )
    assert readmore("--archive", archive, "verify", "--quiet").out == ""


def test_the_verb_names_damage_line_by_line_and_exits_2(own: Path, readmore: Readmore) -> None:
    for path in sorted((own / "warc").iterdir())[:2]:
        path.write_bytes(flipped(path.read_bytes(), 700, 8))
    ran = readmore("--archive", own, "verify")
    assert ran.code == 2
    *lines, last = ran.out.splitlines()
    assert len(lines) == 2
    assert all(line.startswith("damage: warc/") for line in lines)
    assert last.startswith("2 damaged: ")
    told = json.loads(readmore("--archive", own, "verify", "--format", "json").out)
    assert told["intact"] is False
    assert [one["level"] for one in told["findings"]] == ["damage", "damage"]
    assert {"file", "offset", "what", "todo", "captures"} <= told["findings"][0].keys()


def test_no_archive_is_one_clear_line(tmp_path: Path, readmore: Readmore) -> None:
    ran = readmore("--archive", tmp_path / "none", "verify")
    assert ran.code == 1
    assert "no archive here yet" in ran.err
    assert not (tmp_path / "none").exists()


def test_a_row_cannot_act_on_the_terminal(own: Path, readmore: Readmore) -> None:
    sql(own, "UPDATE captures SET url = ?, digest = 'x' WHERE id = 2", "https://e.example/\x1b[31m\r\n\u202e")
    ran = readmore("--archive", own, "verify")
    assert ran.code == 2
    assert "\x1b" not in ran.out
    assert "\u202e" not in ran.out
    assert all(
        line.startswith(("damage: ", "1 damaged", "2 damaged", "3 damaged")) for line in ran.out.splitlines()
    )
