"""Claims from the seed file to a verdict: positions are worked out once, kept, and told with their sentences."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from ran import Ran
from scripted_claims import CLAIM, FAIR, PIECES, ScriptedClaims, write

from recommender import similar as similar_module
from recommender.claim_models import Attitude, WrittenClaim
from recommender.explain import WIDTH, explanation
from recommender.models import Ground, Recommendation, Reference, Seed, Verdict, Via
from recommender.reasons import view
from recommender.rebuild import rebuild
from recommender.similar import keep, similar
from recommender.stance import positions, scorer
from recommender.stance.agreement import PIECE_REPORTS, SEED_REPORTS
from recommender.store.database import Store

Readmore = Callable[..., Ran]
NOW = datetime(2024, 5, 1, tzinfo=UTC)
TOOK, WALL, REPORT = 3, 4, 5  # ids of pieces


@pytest.fixture
def archive(tmp_path: Path, readmore: Readmore) -> Path:
    """The pieces of `scripted_claims`, ids 1 to 5."""
    folder = tmp_path / "a"
    assert readmore("--archive", folder, "import", write(tmp_path)).code == 0
    return folder


def by_id(found: list[Recommendation]) -> dict[int | None, Recommendation]:
    return {item.article.id: item for item in found}


def with_seed(store: Store, claims: tuple[WrittenClaim, ...] | None = None) -> None:
    """A seed whose page is piece 1 and whose list names piece 2, and one piece that is in no archive."""
    named = (Reference(PIECES[1][0], "https://quay.example/2"), Reference("Carters pay too much", None))
    seed = Seed("toll", PIECES[0][0], "toll.toml", references=named, claims=claims)
    with store.transaction():
        saved = store.lists.save(seed, NOW)
        store.lists.discover(saved.id, named, [None, None], NOW)
        store.db.execute("UPDATE seeds SET article_id = 1")
        store.db.execute("UPDATE links SET article_id = 2 WHERE position = 1")


def test_verdicts_are_told_by_claims_both_take_a_position_on(archive: Path) -> None:
    with Store.open(archive) as store:
        with_seed(store)
        subject, listed = similar(store, "toll", ScriptedClaims())
    assert [claim.text for claim in subject.claims] == [CLAIM, FAIR, "Carters pay too much"]
    found = by_id(listed)
    fair, took, wall = found[2].agreement, found[TOOK].agreement, found[WALL].agreement
    assert (fair.verdict, fair.ground) == (
        Verdict.DISAGREES,
        Ground.CLAIMS,
    )  # each against the other's headline
    assert [(one.left.attitude, one.right.attitude) for one in fair.claims] == [
        (Attitude.FOR, Attitude.AGAINST),
        (Attitude.AGAINST, Attitude.FOR),
    ]
    assert fair.claims[0].left.headline and fair.claims[1].right.headline
    assert took.verdict is Verdict.AGREES
    assert wall.verdict is found[REPORT].agreement.verdict is Verdict.CANT_TELL
    assert not found[REPORT].agreement.claims  # a report takes no position, and is asked for none
    assert found[REPORT].agreement.reason == PIECE_REPORTS


def test_a_second_question_asks_the_model_nothing(archive: Path) -> None:
    """Positions are kept by article, claim and model."""
    scripted = ScriptedClaims()
    with Store.open(archive) as store:
        with_seed(store)
        first = similar(store, "toll", scripted)
        assert scripted.asked
        scripted.asked.clear()
        again = similar(store, "toll", scripted)
        assert not scripted.asked
        assert [item.agreement.verdict for item in again[1]] == [item.agreement.verdict for item in first[1]]
        sentences = [one.right.quotes for item in again[1] for one in item.agreement.claims]
        assert sentences == [one.right.quotes for item in first[1] for one in item.agreement.claims]


def test_only_what_changed_is_asked_again(archive: Path) -> None:
    """A new claim asks about that claim; a new text about that article; a new model about everything."""
    scripted = ScriptedClaims()
    with Store.open(archive) as store:
        with_seed(store)
        similar(store, "toll", scripted)
        all_asked, _ = len(scripted.asked), scripted.asked.clear()
        with_seed(store, (WrittenClaim("The causeway needs a toll"),))
        similar(store, "toll", scripted)
        assert {item.claim for item in scripted.asked} == {"The causeway needs a toll"}
        scripted.asked.clear()
        with_seed(store, (WrittenClaim("The causeway needs a toll", opposite="The causeway needs no toll"),))
        similar(store, "toll", scripted)
        assert {item.claim for item in scripted.asked} == {
            "The causeway needs a toll", "The causeway needs no toll"
        }  # fmt: skip
        scripted.asked.clear()
        similar(store, "toll", scripted)
        assert not scripted.asked
        article = store.library.get(TOOK)
        assert article
        with store.transaction():
            changed = replace(article, text=article.text.replace("YEA", "NAY"))
            store.library.replace(TOOK, changed, origin=Via.IMPORT, now=NOW)
        _, found = similar(store, "toll", scripted)
        assert scripted.asked and all(
            "first day" in item.text or "fair" in item.text for item in scripted.asked
        )
        assert by_id(found)[TOOK].agreement.claims[0].right.attitude is Attitude.AGAINST
        newer = ScriptedClaims("marker-2")
        similar(store, "toll", newer)
        assert len(newer.asked) > all_asked
        kept = store.db.execute("SELECT DISTINCT model FROM positions").fetchall()
        assert kept == [(positions.stored_as(newer),)]


def test_a_model_that_judges_no_claims_costs_nothing(archive: Path) -> None:
    """No claim is looked up, no position worked out or kept, and the reasons are those of names alone."""
    with Store.open(archive) as store:
        with_seed(store, (WrittenClaim("The causeway needs a toll"),))
        quiet = ScriptedClaims(judges_claims=False)
        subject, found = similar(store, "toll", quiet)
        assert (subject.claims, quiet.asked) == ((), [])
        assert not any(item.agreement.claims for item in found)
        assert store.db.table("positions").count == 0


def test_a_text_of_the_moment_leaves_no_trace_of_itself(archive: Path) -> None:
    """Its positions are worked out and not kept; those of the archive's pieces are kept."""
    text = f"{PIECES[0][0]}\n\n" + PIECES[0][1].replace("thirty", "forty")
    with Store.open(archive) as store:
        _, found = similar(store, None, ScriptedClaims(), text=text)
        assert by_id(found)[TOOK].agreement.verdict is Verdict.AGREES
        assert store.db.execute("SELECT count(*) FROM positions WHERE article_id = 0").fetchone() == (0,)


def test_claims_of_the_seed_file_hold_at_once_and_are_kept_by_fetch(archive: Path, tmp_path: Path) -> None:
    """`similar FILE` reads the file as it is now; what it switches off and is not there is told."""
    file = tmp_path / "toll.toml"
    off = f'[[claim]]\ntext = "{FAIR}"\noff = true\n[[claim]]\ntext = "Nobody said so"\noff = true\n'
    file.write_text(f'title = "{PIECES[0][0]}"\n{off}[[claim]]\ntext = "The causeway needs a toll"\n')
    with Store.open(archive) as store:
        with_seed(store)
        subject, _ = similar(store, str(file), ScriptedClaims())
        assert [claim.text for claim in subject.claims] == [
            "The causeway needs a toll", CLAIM, "Carters pay too much"
        ]  # fmt: skip
        assert any("Nobody said so" in note for note in subject.left_out)
        subject, _ = similar(store, "toll", ScriptedClaims())
        assert FAIR in [claim.text for claim in subject.claims]  # not fetched since


def test_rankings_keep_the_words_and_the_claims(archive: Path) -> None:
    with Store.open(archive) as store:
        with_seed(store)
        keep(store, store.lists.all()[0], ScriptedClaims())
        rows = {row["article_id"]: row for row in store.db.query("SELECT * FROM rankings")}
    assert (rows[2]["told_by"], rows[2]["model"], rows[2]["reason"]) == ("claims", "marker-1", None)
    first = json.loads(rows[2]["claims"])[0]
    assert (first["claim"], first["piece"]["position"]) == (CLAIM, "against")
    assert first["piece"]["sentences"][0].keys() == {"text", "start", "end"}
    assert "no claim" in rows[WALL]["reason"]


def test_the_explanation_fits_a_terminal_and_names_the_places(archive: Path) -> None:
    with Store.open(archive) as store:
        with_seed(store)
        _, found = similar(store, "toll", ScriptedClaims())
        item = by_id(found)[TOOK]
        text = store.library.get(TOOK)
    shown = explanation(item, PIECES[0][0])
    assert all(len(line) <= WIDTH + 2 for line in shown.splitlines())
    for words in ("Stance: agrees", f"Claim: {CLAIM}", "A for, its own headline", "B for (0.90)", "marker-1"):
        assert words in shown
    sentence = item.agreement.claims[0].right.quotes[0]
    assert f"[{sentence.start}-{sentence.end}]" in shown
    assert text and text.text[sentence.start : sentence.end] == sentence.sentence
    assert view(item)["told_by"] == "claims"


def test_every_form_of_output_shows_claims(
    archive: Path, readmore: Readmore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """JSON in full; CSV and Markdown in a cell."""
    monkeypatch.setattr(scorer, "load", lambda _: ScriptedClaims())
    ask = ("--archive", archive, "similar", "1")
    rows = json.loads(readmore(*ask, "--format", "json").out)
    assert rows[0]["claims"][0]["seed"]["own_headline"] is True
    assert {row["told_by"] for row in rows} == {"claims", None}
    assert f"{CLAIM}: for / against" in readmore(*ask, "--format", "csv").out
    assert f"{CLAIM}: for / against" in readmore(*ask, "--format", "markdown").out
    assert "where claims tell it" in readmore(*ask).out.replace("\n", " ")
    assert "Claim: " in readmore(*ask, "--explain", "1").out


def test_hostile_claims_and_sentences_are_cleaned(archive: Path) -> None:
    """A claim or a sentence can't move the cursor or forge a line."""
    with Store.open(archive) as store:
        with_seed(store, (WrittenClaim("The toll \x1b[2J\u202eis on the causeway"),))
        _, found = similar(store, "toll", ScriptedClaims())
    shown = "".join(explanation(item, "x") for item in found)
    assert "\x1b" not in shown and "\u202e" not in shown


def test_claims_of_seed_files_come_back_with_a_rebuild(
    tmp_path: Path, readmore: Readmore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are in the WARCs; positions and rankings are worked out anew by the next question."""
    monkeypatch.setattr(similar_module, "KEPT", 5)
    folder, file, text = tmp_path / "a", tmp_path / "toll.toml", tmp_path / "toll.txt"
    text.write_text(f"{PIECES[0][0]}\n\n{PIECES[0][1]}")
    fetch = ("--archive", folder, "fetch", file, "--text", text, "--no-wayback", "--quiet")
    for said in (
        '[[claim]]\ntext = "The toll is robbery"\n',
        '[[claim]]\ntext = "The toll is fair"\noff = true\n'
        '[[claim]]\ntext = "Carters pay enough"\nopposite = "Carters pay too little"\n',
    ):
        file.write_text(f'title = "{PIECES[0][0]}"\n{said}')
        readmore(*fetch)
    with Store.open(folder) as store:
        before = store.lists.claims(1)
        assert before == (
            WrittenClaim("The toll is fair", off=True),
            WrittenClaim("Carters pay enough", opposite="Carters pay too little"),
        )
        similar(store, "toll", ScriptedClaims())
    done = rebuild(folder)
    assert not done.damage
    with Store.open(folder) as store:
        assert store.lists.claims(1) == before
        assert store.db.table("positions").count == 0
        subject, _ = similar(store, "toll", ScriptedClaims())
        assert [claim.text for claim in subject.claims] == ["Carters pay enough", CLAIM]
        assert subject.claims[0].opposite == "Carters pay too little"


def test_the_verb_shows_claims_and_the_headlines_that_state_nothing(
    archive: Path, readmore: Readmore, tmp_path: Path
) -> None:
    """With why; and what a seed file switches off in vain; and that the model judges none, where it does not."""
    file = tmp_path / "mine.toml"
    file.write_text(
        f'title = "{PIECES[0][0]}"\n[[reference]]\ntitle = "What the toll took from us"\n'
        '[[claim]]\ntext = "Carters pay too much"\nopposite = "Carters pay their share"\n'
        '[[claim]]\ntext = "Nobody said so"\noff = true\n'
    )
    ran = readmore("--archive", archive, "claims", file, "--format", "json")
    rows = json.loads(ran.out)
    assert [(row["claim"], row["origin"]) for row in rows[:2]] == [
        ("Carters pay too much", "reader"),
        (CLAIM, "seed"),
    ]
    assert [row["opposite"] for row in rows[:2]] == ["Carters pay their share", None]
    assert rows[2]["headline"] == "What the toll took from us" and "does not say it" in rows[2]["reason"]
    assert "judges no claims" in ran.err and "Nobody said so" in ran.err
    shown = readmore("--archive", archive, "claims", "2")
    assert FAIR in shown.out and max(map(len, shown.out.splitlines())) <= 80
    assert readmore("--archive", archive, "claims", "nothing").code == 1


def test_a_report_that_is_compared_with_others_says_so_and_costs_nothing(archive: Path) -> None:
    scripted = ScriptedClaims()
    with Store.open(archive) as store:
        _, found = similar(store, str(REPORT), scripted)
    assert {item.agreement.reason for item in found} == {SEED_REPORTS}
    assert not scripted.asked
