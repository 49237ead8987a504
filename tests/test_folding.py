"""Near copies fold into one entry that says where else the piece is. Invented articles."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from archives import capture, page, prose
from ran import Ran

from recommender import folding, similar
from recommender.crawl.archivist import Archivist
from recommender.crawl.reading_copies import Reading
from recommender.crawl.twins import mark_of
from recommender.intake import take_in
from recommender.models import Elsewhere
from recommender.reading.extract import Extracted
from recommender.rebuild import rebuild
from recommender.similar import current_index
from recommender.stance.scorer import load
from recommender.store.database import Store

Readmore = Callable[..., Ran]

WIRE = " ".join(
    f"The pilots of Odd Island met for the {n}th time and agreed on berth {n * 7}." for n in range(20)
)
WAIT = " ".join(f"No pilot came to berth {n} of Odd Island." for n in range(40))
PIECES = (
    ("The ferry question", "Pilots and berths of Odd Island, asked about.", None, "The Quay", "2021-03-09"),
    ("Pilots agree", WIRE, "https://wire.example/1", "The Wire", "2021-03-01"),
    ("Accord at last", f"By our staff. {WIRE} Sign up.", "https://quay.example/accord", "The Quay", "2021-03-02"),
    ("Pilots: yes", f"{WIRE} All rights reserved.", "https://dusk.example/yes", None, "2021-03-03"),
    ("Pilots wait", WAIT, None, "Dusk", "2021-03-01"),
)  # fmt: skip


@pytest.fixture
def archive(tmp_path: Path, readmore: Readmore) -> tuple[str, Path]:
    """Five rows, of which 3 and 4 are copies of 2; 1 is asked about."""
    lines = []
    for title, text, url, outlet, day in PIECES:
        row = {"title": title, "text": text, "url": url, "source": outlet, "date": day}
        lines.append(json.dumps({key: value for key, value in row.items() if value}))
    path = tmp_path / "articles.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    words = ("--archive", tmp_path / "a")
    assert readmore(*words, "import", path).code == 0
    return words


def copies(folder: Path) -> dict[int, int | None]:
    with Store.open(folder) as store:
        return {article.id or 0: article.copy_of for article in store.library.facts()}


def test_copies_point_to_the_first_and_the_index_holds_that_alone(
    archive: tuple[str, Path], readmore: Readmore
) -> None:
    assert copies(archive[1]) == {1: None, 2: None, 3: 2, 4: 2, 5: None}
    with Store.open(archive[1]) as store:
        assert current_index(store).known() == {1, 2, 5}
    said = readmore(*archive, "index", "--stats").out
    assert "3 of 5 archived, 2 near copies of others" in said


def test_a_rebuild_finds_the_same_copies(archive: tuple[str, Path]) -> None:
    before = copies(archive[1])
    rebuild(archive[1])
    assert copies(archive[1]) == before


def test_one_entry_says_where_else_it_is(archive: tuple[str, Path], readmore: Readmore) -> None:
    """In every form; two rows are asked for, and two pieces come."""
    rows = readmore(*archive, "similar", "1", "--limit", "2", "--format", "json").json()
    assert [row["id"] for row in rows] == [5, 2]
    assert rows[1]["also_at"] == [
        {"id": 3, "outlet": "The Quay", "url": "https://quay.example/accord"},
        {"id": 4, "outlet": None, "url": "https://dusk.example/yes"},
    ]
    assert rows[0]["also_at"] == []
    assert "also at The Quay, dusk.example" in readmore(*archive, "similar", "1").out
    line = readmore(*archive, "similar", "1", "--format", "csv").out.splitlines()[2]
    assert "https://quay.example/accord https://dusk.example/yes" in line
    assert "| The Quay, dusk.example |" in readmore(*archive, "similar", "1", "--format", "markdown").out
    explained = readmore(*archive, "similar", "1", "--explain", "2").out
    assert "also at The Quay, https://quay.example/accord\n" in explained


@pytest.mark.parametrize(
    ("options", "shown", "others"),
    [
        (("--site", "quay.example"), 3, {2, 4}),
        (("--site", "dusk.example"), 4, {2, 3}),
        (("--not-site", "wire.example"), 3, {2, 4}),
        (("--since", "2021-03-03"), 4, {2, 3}),
        (("--until", "2021-03-01"), 2, {3, 4}),
    ],
)
def test_a_piece_passes_where_a_copy_does_and_that_one_is_shown(
    archive: tuple[str, Path], readmore: Readmore, options: tuple[str, ...], shown: int, others: set[int]
) -> None:
    rows = readmore(*archive, "similar", "1", "--format", "json", *options, "--fresh", "30").json()
    assert [row["id"] for row in rows if row["id"] != 5] == [shown]
    assert [{place["id"] for place in row["also_at"]} for row in rows if row["id"] == shown] == [others]


def test_a_copy_is_never_near_its_own_piece(archive: tuple[str, Path], readmore: Readmore) -> None:
    """Asked about a copy or about the first, none of them is an answer."""
    for number in ("2", "3", "4"):
        rows = readmore(*archive, "similar", number, "--format", "json").json()
        assert {row["id"] for row in rows} == {1, 5}


def test_a_listed_copy_is_the_one_shown(
    archive: tuple[str, Path], readmore: Readmore, tmp_path: Path
) -> None:
    """And kept for the seed's page; the others are elsewhere."""
    listed = tmp_path / "berths.txt"
    listed.write_text("https://dusk.example/yes\n", encoding="utf-8")
    assert readmore(*archive, "import", listed).code == 0
    with Store.open(archive[1]) as store:
        seed = store.lists.by_key("berths")
        assert seed
        with store.transaction():  # as a fetch of that address leaves it
            store.db.conn.execute("UPDATE links SET article_id = 4, state = 'archived'")
        assert similar.keep(store, seed, load("linear")) == 3
        kept = [row[0] for row in store.db.execute("SELECT article_id FROM rankings ORDER BY article_id")]
    assert kept == [1, 4, 5]
    rows = readmore(*archive, "similar", "berths", "--among", "refs", "--format", "json").json()
    assert [(row["id"], row["listed"]) for row in rows] == [(4, True)]
    assert {place["id"] for place in rows[0]["also_at"]} == {2, 3}


def test_fetched_copies_of_an_imported_piece(tmp_path: Path) -> None:
    """The first one has a row of its own that points to the import; the second goes by the first one's row, and
    both its addresses are named."""
    text = "\n".join(prose("harbour"))
    rows = tmp_path / "rows.jsonl"
    rows.write_text(json.dumps({"title": "Harbour vote", "text": text}), encoding="utf-8")
    with Store.open(tmp_path / "a", create=True) as store:
        assert take_in(store, rows).added == 1
        archivist = Archivist(store)
        for day, host in enumerate(("one", "two")):
            body = page("Harbour vote", *prose("harbour")) + b"<!-- %d -->" % day
            reading = Reading("ok", None, Extracted("Harbour vote", text), mark=mark_of(text))
            archivist.keep(capture(f"https://{host}.example/vote", body, day), reading)
        assert [(one.id, one.copy_of) for one in store.library.facts()] == [(1, None), (2, 1)]
        assert store.library.addresses([2]) == {2: ["https://one.example/vote", "https://two.example/vote"]}
        found = folding.families(store, [1])
        assert folding.elsewhere(found, 1, 2) == (
            Elsewhere(2, None, "https://two.example/vote"),
            Elsewhere(1, None, None),
        )


def test_a_rebuild_knows_of_imports_between_two_captures(tmp_path: Path) -> None:
    """What one process wrote in turns, another does again: each part knows what the other took in."""
    text = "\n".join(prose("harbour"))
    rows = tmp_path / "rows.jsonl"
    rows.write_text(json.dumps({"title": "Harbour vote", "text": text}), encoding="utf-8")
    paid = [
        f"Nobody paid for berth {n}, said the clerk whose ledger has {n * 3} empty lines of it."
        for n in range(8)
    ]
    with Store.open(tmp_path / "a", create=True) as store:
        first = Reading("ok", None, Extracted("Berths", "\n".join(paid)), mark=mark_of("\n".join(paid)))
        Archivist(store).keep(capture("https://one.example/berths", page("Berths", *paid)), first)
        take_in(store, rows)
        second = Reading("ok", None, Extracted("Harbour vote", text), mark=mark_of(text))
        Archivist(store).keep(
            capture("https://two.example/vote", page("Harbour vote", *prose("harbour"))), second
        )
        before = {one.id: one.copy_of for one in store.library.facts()}
    assert before == {1: None, 2: None, 3: 2}
    rebuild(tmp_path / "a")
    assert copies(tmp_path / "a") == before
