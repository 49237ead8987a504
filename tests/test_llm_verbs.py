"""`similar` and `evaluate` with a language model: the cost first, nothing unasked, a second question costs nothing."""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from ran import Ran
from scripted_claims import CLAIM, PIECES, write
from scripted_llm import Items, ScriptedModel, honest, registered

from recommender.stance import scorer
from recommender.store.answers import PLACE
from recommender.store.database import Store

Readmore = Callable[..., Ran]
TOOK = 3  # id of the piece that agrees


@pytest.fixture
def archive(tmp_path: Path, readmore: Readmore, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The pieces of `scripted_claims`, ids 1 to 5."""
    monkeypatch.setenv("LLM_USER_PATH", str(tmp_path / "llm-user"))
    folder = tmp_path / "a"
    assert readmore("--archive", folder, "import", write(tmp_path)).code == 0
    return folder


@pytest.fixture
def model() -> Iterator[ScriptedModel]:
    """Known to the library as `scripted`."""
    found = ScriptedModel()
    scorer.load.cache_clear()
    with registered(found):
        yield found
    scorer.load.cache_clear()


def test_without_a_terminal_it_wants_yes_and_says_what_it_would_cost(
    archive: Path, readmore: Readmore, model: ScriptedModel
) -> None:
    ran = readmore("--archive", archive, "similar", "1", "--stance-model", "llm:scripted")
    assert ran.code == 1 and ran.out == ""
    assert (
        ran.err.startswith("readmore: llm:scripted would be asked about ") and len(ran.err.splitlines()) == 1
    )
    assert " prompts: some " in ran.err and "--yes" in ran.err
    assert not model.asked and not (archive / PLACE).exists()


def test_with_yes_it_judges_and_a_second_question_asks_nothing(
    archive: Path, readmore: Readmore, model: ScriptedModel
) -> None:
    ask = ("--archive", archive, "similar", "1", "--stance-model", "llm:scripted", "--format", "json")
    first = readmore(*ask, "--yes")
    assert first.code == 0
    assert (
        "would be asked" in first.err and first.err.count("tokens in") == 1
    )  # names and claims are one cost
    rows = {row["id"]: row for row in first.json()}
    assert (rows[TOOK]["stance"], rows[TOOK]["told_by"]) == ("agrees", "claims")
    assert rows[TOOK]["confidence"] <= 0.7
    asked = len(model.asked)
    again = readmore(*ask)
    assert (again.code, again.out, again.err) == (0, first.out, "")
    assert len(model.asked) == asked


def test_the_cost_is_what_is_asked(archive: Path, readmore: Readmore, model: ScriptedModel) -> None:
    """All that `similar` asks was foreseen; each prompt holds one piece."""
    ran = readmore("--archive", archive, "similar", "1", "--stance-model", "llm:scripted", "--yes")
    items = sum(map(len, model.asked))
    assert f"about {items} sentences and passages in {len(model.asked)} prompt" in " ".join(ran.err.split())
    for asked in model.asked:
        sources = [
            {number for number, (title, text) in enumerate(PIECES) if item["text"] in f"{title}\n{text}"}
            for item in asked
        ]
        assert set.intersection(*sources)


def test_answers_outlive_the_tables(archive: Path, readmore: Readmore, model: ScriptedModel) -> None:
    """Another model or a rebuild lets go of what was worked out, not of what was answered."""
    ask = ("--archive", archive, "similar", "1", "--format", "json", "--stance-model")
    first = readmore(*ask, "llm:scripted", "--yes")
    asked = len(model.asked)
    assert readmore(*ask, "linear").code == 0
    assert readmore("--archive", archive, "rebuild").code == 0
    with Store.open(archive) as store:
        assert store.db.table("profiles").count == 0
    again = readmore(*ask, "llm:scripted")
    assert (again.code, again.out) == (0, first.out)
    assert len(model.asked) == asked


def test_a_text_of_the_moment_is_asked_about_once_and_leaves_a_digest_only(
    archive: Path, readmore: Readmore, model: ScriptedModel, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mine = tmp_path / "mine.txt"
    mine.write_text(f"{PIECES[0][0]}\n\n" + PIECES[0][1].replace("thirty", "secretive"))
    ask = (
        "--archive",
        archive,
        "similar",
        mine,
        "--stance-model",
        "llm:scripted",
        "--yes",
        "--format",
        "json",
    )
    rows = {row["id"]: row for row in readmore(*ask).json()}
    assert rows[TOOK]["stance"] == "agrees"
    asked = len(model.asked)
    assert readmore(*ask).code == 0
    assert len(model.asked) == asked
    assert not any(b"secretive" in path.read_bytes() for path in (archive / PLACE).parent.iterdir())


@pytest.mark.parametrize(("typed", "code"), [("y\n", 0), ("n\n", 1), ("\n", 1)])
def test_on_a_terminal_a_person_is_asked(
    typed: str,
    code: int,
    archive: Path,
    readmore: Readmore,
    model: ScriptedModel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Enter alone is no."""
    import click

    from recommender.commands import consent

    monkeypatch.setattr(consent, "_person", lambda: True)
    monkeypatch.setattr(click.termui, "visible_prompt_func", lambda _: typed.strip())
    ran = readmore("--archive", archive, "similar", "1", "--stance-model", "llm:scripted")
    assert ran.code == code
    assert "tokens in" in ran.err and bool(model.asked) is (code == 0)
    if code:
        assert ran.err.splitlines()[-1] == "readmore: nothing was asked"


def test_what_became_of_bad_answers_is_said(archive: Path, readmore: Readmore, model: ScriptedModel) -> None:
    def inventing(items: Items) -> str:
        return honest(items).replace("YEA", "Yes indeed").replace("NAY", "No indeed")

    model.replies[:] = [inventing]
    ran = readmore("--archive", archive, "similar", "1", "--stance-model", "llm:scripted", "--yes")
    assert ran.code == 0 and "answers quote what is not in the text" in ran.err
    model.replies[:] = [lambda _: "no"]
    scorer.load.cache_clear()
    (archive / PLACE).unlink()
    with Store.open(archive) as store, store.transaction():
        store.db.execute("DELETE FROM profiles")
        store.db.execute("DELETE FROM positions")
    ran = readmore("--archive", archive, "similar", "1", "--stance-model", "llm:scripted", "--yes")
    assert ran.code == 0 and "could not be read, asked twice" in ran.err
    assert "can't tell" in ran.out


def test_a_service_that_fails_is_one_line_and_nothing_half_judged_is_kept(
    archive: Path, readmore: Readmore, model: ScriptedModel
) -> None:
    def fails(items: Items) -> str:
        raise ConnectionError("no route to \x1b[2Jhost")

    model.replies[:] = [honest, fails]
    ask = ("--archive", archive, "similar", "1", "--stance-model", "llm:scripted", "--yes")
    ran = readmore(*ask)
    assert ran.code == 3 and ran.out == "" and "\x1b" not in ran.err
    assert ran.err.splitlines()[-1].startswith("readmore: llm:scripted: no answer: no route to")
    with Store.open(archive) as store:
        assert store.db.table("profiles").count == 0
    model.replies[:] = [honest]
    before = len(model.asked)
    assert readmore(*ask).code == 0
    assert model.asked[0] not in model.asked[before:]  # what was answered is not paid for twice


@pytest.mark.parametrize(
    ("name", "said"),
    [("oracle", "is not one of 'encoder', 'linear', 'llm:NAME'"), ("llm:nobody", "no language model")],
)
def test_a_model_that_is_not_there_is_one_line(
    name: str, said: str, archive: Path, readmore: Readmore
) -> None:
    ran = readmore("--archive", archive, "similar", "1", "--stance-model", name, "--yes")
    assert ran.code == 1 and said in ran.err and len(ran.err.splitlines()) == 1


def test_fetch_never_asks_it_and_says_which_model_judged(
    tmp_path: Path, readmore: Readmore, model: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """READMORE_STANCE_MODEL chooses what `similar` asks; kept rankings are the default model's."""
    monkeypatch.setenv("READMORE_STANCE_MODEL", "llm:scripted")
    folder, file, text = tmp_path / "b", tmp_path / "toll.toml", tmp_path / "toll.txt"
    file.write_text(f'title = "{PIECES[0][0]}"\n')
    text.write_text(f"{PIECES[0][0]}\n\n{PIECES[0][1]}")
    readmore("--archive", folder, "import", write(tmp_path))
    ran = readmore("--archive", folder, "fetch", file, "--text", text, "--no-wayback")
    assert f"kept rankings are judged by {scorer.default()}" in ran.err
    assert not model.asked
    with Store.open(folder) as store:
        (used,) = {row["model"] for row in store.db.query("SELECT model FROM rankings")}
    assert used.startswith(scorer.default())
    assert "would be asked" in readmore("--archive", folder, "similar", "1").err


def test_claims_are_listed_without_asking(archive: Path, readmore: Readmore, model: ScriptedModel) -> None:
    ran = readmore("--archive", archive, "claims", "1", "--stance-model", "llm:scripted")
    assert CLAIM in ran.out and "judges no claims" not in ran.err
    assert not model.asked


def test_evaluate_states_its_cost_and_keeps_answers_where_there_is_an_archive(
    archive: Path, readmore: Readmore, model: ScriptedModel, tmp_path: Path
) -> None:
    rows = [
        {"sentence": f"{word} Quill it was, they say {number}.", "from": 4, "to": 9, "polarity": polarity}
        for number in range(4)
        for word, polarity in (("YEA", 6.0), ("NAY", 2.0), ("AYE", 4.0))
    ]
    file = tmp_path / "rows.jsonl.gz"
    file.write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))
    ask = (
        "evaluate",
        "stance",
        "--task",
        "sentences",
        "--stance-model",
        "llm:scripted",
        "--format",
        "json",
        file,
    )
    ran = readmore("--archive", archive, *ask)
    assert ran.code == 1 and "12 sentences" in ran.err and not model.asked
    ran = readmore("--archive", archive, *ask, "--yes")
    assert ran.code == 0 and ran.json()["n"] == 12
    assert " ".join(ran.err.split()).endswith("answers are kept.")
    asked = len(model.asked)
    assert readmore("--archive", archive, *ask).code == 0 and len(model.asked) == asked
    nowhere = tmp_path / "nowhere"
    ran = readmore("--archive", nowhere, *ask, "--yes")
    assert ran.code == 0 and "answers are not kept" in " ".join(ran.err.split())
    assert len(model.asked) > asked and not nowhere.exists()


def test_there_is_a_person_only_at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    from recommender.commands import consent

    assert not consent._person()
    for stream in (sys.stdin, sys.stderr):
        monkeypatch.setattr(stream, "isatty", lambda: True, raising=False)
    assert consent._person()
