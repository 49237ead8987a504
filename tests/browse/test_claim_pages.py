"""Claims on the pages: the list says why, the comparison both stands, the piece its own; hostile words stay words."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from asking import Site, page
from scripted_claims import CLAIM, PIECES, ScriptedClaims

from recommender.browse.marking import marked
from recommender.models import Article, Reference, Seed, Via
from recommender.similar import keep
from recommender.store.database import Store

NOW = datetime(2024, 5, 1, tzinfo=UTC)
EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>\u202egnp {{ 7*7 }}"


def build(folder: Path, evil: str = "") -> Path:
    """A ranked list over the pieces of `scripted_claims`, whose words may be hostile."""
    with Store.open(folder, create=True) as store, store.transaction():
        for title, text in PIECES:
            words = text.replace("YEA,", f"YEA {evil},").replace("NAY", f"NAY {evil}") if evil else text
            store.library.add(Article(None, title, words), origin=Via.IMPORT, now=NOW)
        named = (
            Reference(PIECES[1][0]),
            Reference(f"Carters {evil} pay too much for the toll on the causeway"),
        )
        seed = store.lists.save(Seed("toll", PIECES[0][0], "toll.toml"), NOW)
        store.lists.discover(seed.id, named, [None, None], NOW)
        store.db.execute("UPDATE seeds SET article_id = 1")
        store.db.execute("UPDATE links SET article_id = 2, state = 'archived' WHERE position = 1")
    with Store.open(folder) as store:
        keep(store, store.lists.all()[0], ScriptedClaims())
    return folder / "readmore.db"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    opened = Site(build(tmp_path_factory.mktemp("claims")))
    yield opened
    opened.close()


def words(element: Any) -> str:
    return " ".join(element.text_content().split())


def test_the_feed_says_what_a_verdict_was_told_by(site: Site) -> None:
    assert "Stance: disagrees, told by claims, confidence " in site.get("/-/readmore/toll.atom").text


def test_the_list_shows_the_claim_both_stands_and_why_nothing_can_be_told(site: Site) -> None:
    tree = page(site.get("/-/readmore/toll"))
    entries = {words(one.xpath(".//h3")[0]): words(one) for one in tree.xpath("//li[@class='entry']")}
    fair = entries["Opinion | The toll is fair to the town"]
    assert f"Claim: {CLAIM}: apart" in fair or "Claim: The toll is fair to the town: apart" in fair
    assert "for, its own headline" in fair and "against (" in fair
    wall = entries["The harbour wall has to be rebuilt"]
    assert "Can’t tell: there is no claim on which both take a position" in wall
    assert "Claim:" not in wall


def test_the_comparison_shows_every_claim_with_sentences_and_their_places(site: Site) -> None:
    tree = page(site.get("/-/readmore/toll/compare/3"))
    assert "told by claims" in words(tree.xpath("//dl[@class='scores']")[0])
    first = words(tree.xpath("//section[@aria-labelledby='claim-1']")[0])
    assert CLAIM in first and "YEA, the toll on the causeway was a mistake" in first and "characters" in first
    assert "marker-1" in words(tree.xpath("//main")[0]) + words(tree.xpath("//footer")[0])
    data = site.get("/-/readmore/toll/compare/3.json").json()
    assert data["scores"]["model"] == "marker-1" and data["claims"][0]["piece"]["quotes"][0]["start"] > 0


def test_any_two_pieces_show_where_both_stand_unjudged(site: Site) -> None:
    tree = page(site.get("/-/readmore/compare/2/3"))
    first = words(tree.xpath("//section[@aria-labelledby='claim-1']")[0])
    assert "not judged against each other" in first


def test_a_piece_shows_where_it_stands_and_marks_the_sentences_in_its_text(site: Site) -> None:
    tree = page(site.get("/-/readmore/piece/3"))
    claims = words(tree.xpath("//section[@aria-labelledby='claims']")[0])
    assert CLAIM in claims and "judged by marker-1" in claims and "for (90" in claims
    text = tree.xpath("//article[@class='text']")[0]
    mark = next(one for one in text.xpath(".//mark") if "YEA" in words(one))
    assert f"for: {CLAIM} (0.90)" in words(mark.getnext())
    assert not page(site.get("/-/readmore/piece/5")).xpath("//*[@id='claims']")  # a report


def test_hostile_claims_headlines_and_sentences_stay_words(tmp_path: Path) -> None:
    path = build(tmp_path, EVIL)
    connection = sqlite3.connect(path)
    connection.execute("update rankings set reason = ?1, model = ?1, told_by = ?1", [EVIL])
    stand = {"position": EVIL, "probability": "NaN", "own_headline": EVIL,
             "sentences": [{"text": EVIL, "start": EVIL, "end": None}]}  # fmt: skip
    told = {"claim": EVIL, "origin": EVIL, "agreement": EVIL, "seed": stand, "piece": stand}
    connection.execute("update rankings set claims = ? where article_id = 3", [json.dumps([told])])
    connection.execute("update rankings set claims = ? where article_id = 4", ["[1"])
    connection.execute(
        "update or ignore positions set claim = ?1, model = ?1 || '/1' where article_id = 4", [EVIL]
    )
    connection.execute("update positions set position = ? where article_id = 2", [EVIL])
    connection.commit()
    connection.close()
    site = Site(path)
    try:
        for where in ("toll", "toll/compare/2", "toll/compare/3", "toll/compare/4", "compare/3/4", "piece/1",
                      "piece/2", "piece/3", "piece/4"):  # fmt: skip
            answer = site.get(f"/-/readmore/{where}")
            tree = page(answer)
            assert not tree.xpath("//script|//img|//@onerror"), where
            assert "\u202e" not in answer.text, where
            assert "49" not in words(tree.xpath("//main")[0]), where
        assert "can’t be read" in site.get("/-/readmore/toll").text
        for table in ("rankings", "positions", "seed_claims"):
            tree = page(site.get(f"/readmore/{table}"))
            assert not tree.xpath("//td//script|//td//img|//td//@onerror"), table
    finally:
        site.close()


def test_an_archive_older_than_claims_is_shown(tmp_path: Path) -> None:
    """Datasette opens what an older version made, and changes nothing in it."""
    path = build(tmp_path)
    connection = sqlite3.connect(path)
    connection.execute("drop table positions")
    for column in ("claims", "reason", "told_by", "model"):
        connection.execute(f"alter table rankings drop column {column}")
    connection.commit()
    connection.close()
    site = Site(path)
    try:
        for where in ("toll", "toll/compare/2", "compare/2/3", "piece/2"):
            assert site.get(f"/-/readmore/{where}").status_code == 200, where
    finally:
        site.close()


def test_a_note_goes_to_its_sentence_and_to_no_other() -> None:
    (line,) = marked(
        "T", "It began. The toll is robbery. It ended.", {}, {"The toll is robbery.": ["for: it"]}
    )
    assert [(run.text, run.notes) for run in line if run.mark] == [("The toll is robbery.", ("for: it",))]
