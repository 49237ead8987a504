"""The database made anew from the WARCs, and a killed run's tail taken in."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from ran import Ran
from servers import Reply, Server

from demo.newspaper import ANY_PORTS, Newspaper
from recommender.rebuild import rebuild, recover
from recommender.store.claims import Claims
from recommender.store.database import FILENAME, Store
from recommender.store.verify import verify
from recommender.store.warc import scan

Readmore = Callable[..., Ran]
# What has to be equal, ids and all; the accounts of runs and what is worked out from articles are not in WARCs.
TABLES = ("articles", "article_texts", "urls", "captures", "changes", "seeds", "links", "counters")


def prose(word: str, paragraphs: int = 20) -> str:
    return "".join(
        f"<p>On day {n} the {word} left late, and nobody who waited for the {word} on pier {n * 7} knew why.</p>"
        for n in range(paragraphs)
    )


def page(title: str, word: str) -> bytes:
    return (
        f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{prose(word)}".encode()
        + b"</article></body></html>"
    )


def tables(folder: Path, names: tuple[str, ...] = TABLES) -> dict[str, list[dict[str, Any]]]:
    connection = sqlite3.connect(folder / FILENAME)
    connection.row_factory = sqlite3.Row
    try:
        return {
            name: [dict(row) for row in connection.execute(f"SELECT * FROM {name} ORDER BY 1")]
            for name in names
        }
    finally:
        connection.close()


@pytest.fixture
def paper() -> Iterator[Newspaper]:
    with Newspaper(ANY_PORTS) as paper:
        yield paper


@pytest.fixture
def full(tmp_path: Path, readmore: Readmore, paper: Newspaper) -> Path:
    """An archive with every kind of unit: captures, mementos, revisits, a changed page, a text, imports, notes."""
    folder = tmp_path / "a"
    words = ("--archive", folder, "fetch", "--delay", "0", "--allow-private", "--quiet")
    demo = (paper.seed_url, "--wayback-url", paper.web_archive.base)
    readmore(*words, *demo)
    readmore(*words, *demo, "--refresh")
    rows = [{"title": f"Piece {n}", "text": f"Text of piece {n}.", "date": "2021-03-01"} for n in range(700)]
    articles = tmp_path / "articles.jsonl"
    articles.write_text("\n".join(map(json.dumps, rows)))
    assert readmore("--archive", folder, "import", articles, "--quiet").code == 0
    seed = tmp_path / "ferry.toml"
    with Server() as server:
        server.add(
            "/ferry", Reply(body=page("The ferry", "ferry")), Reply(body=page("The late ferry", "big ferry"))
        )
        server.add("/gone", Reply(404, body=b"<p>gone"))
        links = "".join(
            f'[[reference]]\ntitle = "{name}"\nurl = "{server.url(f"/{name}")}"\n'
            for name in ("ferry", "gone")
        )
        seed.write_text(f'title = "Harbour"\n{links}')
        text = tmp_path / "harbour.txt"
        text.write_text("Harbour\n\n" + "The harbour is closed today and nobody says why it should be. " * 9)
        for more in ((), ("--refresh",), ("--refresh", "--text", text)):
            readmore(*words, seed, "--no-wayback", *more)
    return folder


def test_a_rebuilt_database_is_equal(full: Path) -> None:
    """Captures, articles, addresses, changes, seeds and links, ids and times and all, from the WARCs alone."""
    assert verify(full).findings == []
    before = tables(full)
    assert {row["via"] for row in before["captures"]} >= {"live", "wayback", "text"}
    assert {row["verdict"] for row in before["captures"]} >= {"ok", "unchanged", "not found (404)"}
    assert before["changes"]
    done = rebuild(full)
    assert not done.damage
    after = tables(full)
    for name in TABLES:
        assert after[name] == before[name], name
    assert (full / "readmore.db.old").exists()
    assert done.carried["runs"] == 5
    assert verify(full).findings == []


def test_a_lost_database_is_rebuilt_too(full: Path) -> None:
    """No old one to carry anything from."""
    before = tables(full)
    for path in full.glob(f"{FILENAME}*"):
        path.unlink()
    rebuild(full)
    assert tables(full) == before


def test_what_a_killed_run_left_in_the_warcs_is_taken_in(full: Path) -> None:
    """Rows of the last units taken away, as if the commit had never come: the next run has them again."""
    before = tables(full)
    last = sorted(full.glob("warc/*.gz"), key=lambda path: next(iter(scan(path))).order or 0)[-1]
    with Store.open(full) as store, store.transaction():
        gone = store.db.execute("SELECT max(id) FROM captures WHERE warc_file = ?", [last.name]).fetchone()[0]
        store.db.execute("UPDATE articles SET best_capture_id = NULL WHERE best_capture_id = ?", [gone])
        store.db.execute("UPDATE links SET capture_id = NULL WHERE capture_id = ?", [gone])
        store.db.execute("UPDATE seeds SET article_id = NULL WHERE key = 'ferry'")
        store.db.execute("DELETE FROM captures WHERE id = ?", [gone])
        store.db.execute("UPDATE warc_files SET applied = 0 WHERE name = ?", [last.name])
    with Store.open(full) as store:
        done = recover(store)
    assert done.captures >= 1
    after = tables(full)
    assert after["captures"] == before["captures"]
    assert after["seeds"] == before["seeds"]
    with Store.open(full) as store:
        assert recover(store).captures == 0


def test_an_archive_in_use_is_not_rebuilt(full: Path, readmore: Readmore) -> None:
    """One clear line while another process fetches."""
    with Store.open(full) as store:
        with store.transaction():
            claims = Claims(store.db, full, store.results.start_run(datetime.now(UTC)))
        ran = readmore("--archive", full, "rebuild")
        claims.close()
    assert ran.code == 1
    assert "at work" in ran.err


def test_damage_costs_only_what_it_hit(full: Path, readmore: Readmore) -> None:
    """A flipped byte in one record: all others are rebuilt, the place is named, exit 2."""
    before = tables(full)
    victim = next(row for row in before["captures"] if row["verdict"] == "ok" and row["via"] == "live")
    path = full / "warc" / victim["warc_file"]
    data = bytearray(path.read_bytes())
    data[victim["warc_offset"] + victim["warc_length"] // 2] ^= 1
    path.write_bytes(data)
    ran = readmore("--archive", full, "rebuild")
    assert ran.code == 2
    assert path.name in ran.err
    assert len(tables(full)["captures"]) >= len(before["captures"]) - 2  # and a revisit of it
