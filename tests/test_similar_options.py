"""The options of `similar`, from the command line, on invented articles."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from ran import Ran

from recommender import selecting
from recommender.choosing import Choice
from recommender.similar import current_index, similar
from recommender.stance.scorer import load
from recommender.store.database import Store

Readmore = Callable[..., Ran]

FERRY = "The ferry to Odd Island carries the mail, the doctor and the school children every day. "
HARBOUR = "The harbour master counts every barge, and the pilots complain about fog signals. "
BREAD = "Rye bread needs a sour dough, patience and an oven that holds its heat for an hour. "
PIECES: tuple[tuple[str, str, str | None, str | None, str | None], ...] = (
    ("The ferry is sold", FERRY * 9, "https://www.quay.example/sold", "The Quay", "2021-03-10"),
    ("Who pays for the ferry", FERRY * 8 + BREAD, "https://quay.example/pays", "The Quay", "2021-03-01"),
    ("The ferry sails again", FERRY * 7 + HARBOUR, "https://news.quay.example/again", None, "2021-04-02"),
    ("An old ferry", FERRY * 5 + HARBOUR * 4, "https://island.example/old", "Island Post", "1999-05-05"),
    ("Ferry tales", FERRY * 4 + BREAD * 4, None, "Island Post", None),
    ("The ferry at dusk", FERRY * 8 + BREAD * 2, "https://dusk.example/f", "Dusk", "2021-03-10"),
    ("Rye bread at home", BREAD * 20, "https://bread.example/rye", "Crumb", "2020-01-15"),
)


def own_words(number: int) -> str:
    """Words that no other piece has."""
    return " ".join(f"own{number}word{word}" for word in range(40))


@pytest.fixture
def archive(tmp_path: Path, readmore: Readmore) -> tuple[str, Path]:
    """Seven articles with ids 1 to 7, the first of which is asked about."""
    keys = ("title", "text", "url", "source", "date")
    rows = [{k: v for k, v in zip(keys, piece, strict=True) if v} for piece in PIECES]
    for number, row in enumerate(rows):  # sentences said again and again would be near copies otherwise
        row["text"] += own_words(number)
    path = tmp_path / "articles.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    words = ("--archive", tmp_path / "a")
    assert readmore(*words, "import", path).code == 0
    return words


@pytest.fixture
def ask(readmore: Readmore, archive: tuple[str, Path]) -> Callable[..., list[dict[str, Any]]]:
    """The rows of `similar 1` with these options."""

    def asked(*options: object) -> list[dict[str, Any]]:
        ran = readmore(*archive, "similar", "1", "--format", "json", *options)
        assert ran.code == 0, ran.err
        rows: list[dict[str, Any]] = ran.json()
        assert 1 not in [row["id"] for row in rows]
        return rows

    return asked


def ids(rows: list[dict[str, Any]]) -> set[int]:
    return {row["id"] for row in rows}


Ask = Callable[..., list[dict[str, Any]]]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--since", "2021-03-10"), {3, 6}),
        (("--since", "2021"), {2, 3, 6}),
        (("--until", "2021-03"), {2, 4, 6, 7}),
        (("--since", "2020", "--until", "2021-03-01"), {2, 7}),
        (("--past-only",), {2, 4, 7}),
        (("--site", "quay.example"), {2, 3}),
        (("--site", "news.quay.example"), {3}),
        (("--site", "island post"), {4, 5}),
        (("--site", "island.example", "--site", "dusk"), {4, 6}),
        (("--not-site", "quay.example", "--not-site", "Crumb"), {4, 5, 6}),
        (("--site", "quay.example", "--past-only", "--since", "2021"), {2}),
    ],
)
def test_filters_leave_what_they_say(ask: Ask, options: tuple[str, ...], expected: set[int]) -> None:
    """With the scores and the order that these pieces have among all."""
    everything, rows = ask(), ask(*options)
    assert ids(rows) == expected & ids(everything)
    assert [(r["id"], r["topic"]) for r in rows] == [
        (r["id"], r["topic"]) for r in everything if r["id"] in expected
    ]
    assert [row["id"] for row in ask(*options, "--limit", "1")] == [row["id"] for row in rows[:1]]
    for sort in ("stance", "blend"):
        assert ids(ask(*options, "--sort", sort)) == ids(rows)


def test_pieces_without_a_date_are_counted(readmore: Readmore, archive: tuple[str, Path]) -> None:
    """One line on standard error; standard output is the answer alone."""
    ran = readmore(*archive, "similar", "1", "--past-only")
    assert ran.err == "Note: left out: 1 piece without a date.\n"
    assert "Ferry tales" not in ran.out
    assert max(map(len, ran.out.splitlines())) <= 80


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--site", "nowhere.example"), "Note: no piece passes: 6 from other sites.\n"),
        (
            ("--since", "2022", "--not-site", "Crumb"),
            "Note: no piece passes: 1 from other sites, 4 of other dates, 1 without a date.\n",
        ),
        (("--min-score", "1"), "Note: no piece reaches 1; the nearest has 0."),
        (("--min-score", "1", "--fresh", "9"), "before its date counts.\n"),
    ],
)
def test_an_empty_answer_says_what_was_left_out(
    readmore: Readmore, archive: tuple[str, Path], options: tuple[str, ...], said: str
) -> None:
    ran = readmore(*archive, "similar", "1", *options)
    assert (ran.code, ran.out) == (0, "")
    assert said in ran.err
    assert len(ran.err.splitlines()) == 1
    assert readmore(*archive, "similar", "1", *options, "--format", "json").json() == []


def test_what_passes_but_is_not_near_is_said(
    readmore: Readmore, archive: tuple[str, Path], tmp_path: Path
) -> None:
    draft = tmp_path / "draft.txt"
    draft.write_text("Zyxwvut\n\nQwertz uiop.", encoding="utf-8")
    ran = readmore(*archive, "similar", draft, "--site", "dusk.example")
    assert ran.err == "Note: none of the 1 piece that pass is near this.\n"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("1", "--since", "March"), "is no date"),
        (("1", "--until", "2021-02-30"), "is no date"),
        (("1", "--since", "2021", "--until", "2020"), "is after"),
        (("1", "--min-score", "1.1"), "--min-score"),
        (("1", "--min-score", "nan"), "is no number"),
        (("1", "--fresh", "0"), "--fresh"),
        (("1", "--diverse", "2"), "is no number from 0 to 1"),
        (("--diverse", "seed.toml"), "name the source before --diverse"),
        (("1", "--site", " "), "names no host or outlet"),
        (("5", "--past-only"), "--past-only needs the date"),
    ],
)
def test_bad_options_are_one_line(
    readmore: Readmore, archive: tuple[str, Path], options: tuple[str, ...], said: str
) -> None:
    ran = readmore(*archive, "similar", *options)
    assert (ran.code, ran.out) == (1, "")
    assert said in ran.err
    assert len(ran.err.splitlines()) == 1


def test_a_least_score_gives_fewer_rows(ask: Ask) -> None:
    """Every row that reaches it, whatever comes behind."""
    everything = ask()
    least = everything[2]["topic"] - 1e-4  # four digits are shown
    assert [row["id"] for row in ask("--min-score", least)] == [
        r["id"] for r in everything if r["topic"] >= least
    ]


def test_fresh_pieces_go_before_old_ones_of_about_the_same_topic(ask: Ask) -> None:
    """Both scores are there: adjusted = topic · (.5 + .5 · 2^(-age / days))."""
    rows = {row["id"]: row for row in ask("--fresh", "30")}
    day = date(2021, 3, 10)
    for row in rows.values():
        factor = 0.5
        if row["published"]:
            factor += 0.5 * 2 ** (-abs((date.fromisoformat(row["published"]) - day).days) / 30)
        assert row["adjusted"] == pytest.approx(row["topic"] * factor, abs=1e-4)
    ordered = [row["adjusted"] for row in rows.values()]
    assert ordered == sorted(ordered, reverse=True)
    assert [row["adjusted"] for row in ask()] == [row["topic"] for row in ask()]
    for limit in (1, 2, 3):
        assert [row["id"] for row in ask("--fresh", "30", "--limit", limit)] == list(rows)[:limit]
    assert rows[6]["terms"]


def test_diverse_puts_something_else_before_more_of_the_same(ask: Ask) -> None:
    """Lambda 1 is the plain order, the nearest stays first, and the default is .7."""
    varied, plain = ask("--diverse", "0.2"), ask()
    assert ask("--diverse", "1") == plain
    assert varied[0]["id"] == plain[0]["id"]
    assert ids(varied) == ids(plain)
    assert [r["id"] for r in varied] != [r["id"] for r in plain]
    assert [r["rank"] for r in varied] == list(range(1, len(varied) + 1))
    assert ask("--diverse", "0.7") == ask("--diverse")
    assert ids(ask("--diverse", "0.2", "--limit", "3", "--sort", "stance")) == ids(varied[:3])
    assert ids(ask("--diverse", "--past-only")) == {2, 4, 7} & ids(plain)


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (Choice(), [2, 4, 7]),
        (Choice(until=date(2020, 12, 31)), [4, 7]),
        (Choice(until=date(2020, 12, 31), min_score=0.01), [4]),
        (Choice(until=date(2020, 12, 31), fresh=30), [4, 7]),
        (Choice(sites=("dusk.example",)), []),
    ],
)
def test_a_seeds_own_list_is_filtered_too(
    archive: tuple[str, Path], choice: Choice, expected: list[int]
) -> None:
    """A listed piece that shares no word is still shown, unless a least score is asked for."""
    with Store.open(archive[1]) as store:
        index = current_index(store)
        title, text, _, _, _ = PIECES[0]
        asked = selecting.ask(store, choice, title, text, date(2021, 3, 10), exclude=(1,), among=(2, 4, 7))
        found = selecting.select(store, index, asked, limit=9, pool=9)
    assert [hit.article_id for hit, _ in found] == expected


def piped(
    archive: tuple[str, Path], root: Path, body: bytes, *options: str
) -> subprocess.CompletedProcess[str]:
    """`similar -` with these bytes on standard input."""
    words = [sys.executable, "cli.py", *map(str, archive), "similar", "-", *options]
    done = subprocess.run(words, cwd=root, input=body, capture_output=True, check=False)
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def test_a_text_from_standard_input(archive: tuple[str, Path], root: Path) -> None:
    """A short first line is the title; a text that is archived word for word is not its own answer."""
    done = piped(archive, root, f"On bread\n\n{BREAD * 10}".encode(), "--format", "json", "--limit", "1")
    assert [row["title"] for row in json.loads(done.stdout)] == ["Rye bread at home"]
    done = piped(archive, root, (FERRY * 3).encode(), "--explain", "1")  # prose in one line: no title
    assert "(A: your text; B: this piece)" in " ".join(done.stdout.split())
    same = f"{PIECES[6][0]}\n\n{PIECES[6][1]}{own_words(6)}".encode()
    assert "Rye bread at home" not in piped(archive, root, same).stdout
    assert piped(archive, root, b"x\n", "--past-only").returncode == 1


@pytest.mark.parametrize(
    ("body", "said"), [(b"", "no text in it"), (b" \n\n", "no text in it"), (b"\xff", "UTF-8")]
)
def test_nothing_on_standard_input_is_one_line(
    archive: tuple[str, Path], root: Path, body: bytes, said: str
) -> None:
    done = piped(archive, root, body)
    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_text_typed_at_a_terminal(archive: tuple[str, Path], root: Path) -> None:
    """It says how to end the text, and takes it."""
    ours, theirs = pty.openpty()
    words = [sys.executable, "cli.py", *map(str, archive), "similar", "-", "--format", "json"]
    with subprocess.Popen(
        words, cwd=root, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as run:
        os.close(theirs)
        os.write(ours, b"On bread\nRye bread needs a sour dough and an oven\n\x04")
        out, err = run.communicate(timeout=60)
    os.close(ours)
    assert run.returncode == 0, err
    assert b"Ctrl-D" in err
    assert json.loads(out)[0]["title"] == "Rye bread at home"


def test_explained_words_sum_to_the_score(archive: tuple[str, Path], readmore: Readmore) -> None:
    """To 1e-9 as computed; and as printed, with the line for all other words."""
    with Store.open(archive[1]) as store:
        _, found = similar(store, "1", load("linear"), choice=Choice(all_terms=True))
    assert len(found) >= 4
    for item in found:
        assert sum(term.share for term in item.terms) == pytest.approx(item.topic, abs=1e-9)
    lines = readmore(*archive, "similar", "1", "--explain", "1").out.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("Topic "))
    words = lines[start + 1 : lines.index("", start)]
    assert "(all other words)" in words[-1]
    shares = [float(line[31:36]) for line in words]
    assert sum(shares) == pytest.approx(float(lines[start].split()[1]), abs=0.0005 * (len(shares) + 1))
