"""The command line as people and scripts meet it: exit codes, one-line errors, formats."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from ran import Ran

from recommender.app import app

Readmore = Callable[..., Ran]

FERRY = "The ferry to Odd Island carries the mail, Doctor Vane and the school children every day. "
BREAD = "Rye bread needs a sour dough, patience and an oven that holds its heat for an hour. "


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    """Three invented articles, one of them about something else."""
    rows = [
        {
            "title": "The ferry is sold",
            "text": FERRY * 20,
            "date": "2021-03-01",
            "source": "The Quay",
            "id": "f1",
        },
        {"title": "Who pays for the ferry", "text": FERRY * 18 + BREAD, "url": "https://quay.example/pays"},
        {"title": "Rye bread at home", "text": BREAD * 20, "authors": "Maja Lind"},
    ]
    path = tmp_path / "articles.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


@pytest.fixture
def archive(tmp_path: Path, articles: Path, readmore: Readmore) -> tuple[str, Path]:
    words = ("--archive", tmp_path / "a")
    assert readmore(*words, "import", articles).out == "3 rows: 3 added, 0 known, 0 left out.\n"
    return words


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("fly",), "No such command"),
        (("similar", "--limit", "none"), "--limit"),
        (("links", "no-such-page.html"), "no such file"),
        (("import", "no-such-file.jsonl"), "no-such-file.jsonl"),
        (("fetch", "no-such-seed.toml"), "no such file"),
        (("status",), "no archive here yet"),
        (("similar", "anything"), "no archive here yet"),
        (("evaluate", "links", "no-such-folder"), "no-such-folder"),
    ],
)
def test_bad_input_is_one_line_and_exit_1(
    readmore: Readmore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], said: str
) -> None:
    """What is wrong, where, and no traceback; and nothing is made on the way."""
    monkeypatch.chdir(tmp_path)
    ran = readmore(*words)
    assert ran.code == 1
    assert said in ran.err
    assert len(ran.err.strip().splitlines()) == 1
    assert not (tmp_path / "archive" / "readmore.db").exists() or words[0] == "import"


def test_import_twice_adds_nothing(readmore: Readmore, archive: tuple[str, Path], articles: Path) -> None:
    """By address, id or text."""
    assert readmore(*archive, "import", articles).out == "3 rows: 0 added, 3 known, 0 left out.\n"


def test_import_names_what_it_left_out(readmore: Readmore, archive: tuple[str, Path], tmp_path: Path) -> None:
    """Line and reason for a bad row, exit 2, and the good rows are in."""
    path = tmp_path / "mixed.jsonl"
    path.write_text('{"title": "Good", "text": "One more piece."}\n{"title": 1}\n{torn', encoding="utf-8")
    ran = readmore(*archive, "import", path)
    assert ran.code == 2
    assert "3 rows: 1 added, 0 known, 2 left out." in ran.out
    assert f"{path}:2" in ran.err.replace("\n", "")
    assert f"{path}:3" in ran.err.replace("\n", "")


def test_similar_ranks_by_topic_and_leaves_the_article_itself_out(
    readmore: Readmore, archive: tuple[str, Path]
) -> None:
    """By id, by the researcher's own id, by address and by file: the same nearest piece."""
    for source in ("1", "f1"):
        rows = readmore(*archive, "similar", source, "--format", "json").json()
        assert rows[0]["title"] == "Who pays for the ferry"
        assert 1 not in [row["id"] for row in rows]
        assert rows[0]["topic"] > 0.5
        assert sum(term["share"] for term in rows[0]["terms"]) <= rows[0]["topic"] + 0.01
    rows = readmore(
        *archive, "similar", "https://www.quay.example/pays/?utm_source=x", "--format", "json"
    ).json()
    assert rows[0]["title"] == "The ferry is sold"


def test_similar_takes_a_text(readmore: Readmore, archive: tuple[str, Path], tmp_path: Path) -> None:
    """A draft is compared with what is there."""
    draft = tmp_path / "draft.txt"
    draft.write_text(f"On bread\n\n{BREAD * 10}", encoding="utf-8")
    rows = readmore(*archive, "similar", draft, "--format", "json", "--limit", "1").json()
    assert [row["title"] for row in rows] == ["Rye bread at home"]


@pytest.mark.parametrize("style", ["table", "csv", "markdown"])
def test_similar_in_other_formats(readmore: Readmore, archive: tuple[str, Path], style: str) -> None:
    """A table of 80 columns, CSV that a parser reads, Markdown with a header."""
    out = readmore(*archive, "similar", "1", "--format", style).out
    assert "Who pays for the ferry" in out
    if style == "table":
        assert max(map(len, out.splitlines())) <= 80
    if style == "csv":
        assert next(csv.DictReader(io.StringIO(out)))["rank"] == "1"
    if style == "markdown":
        assert out.splitlines()[1].startswith("|")


def test_explain_shows_terms_and_sentences(readmore: Readmore, archive: tuple[str, Path]) -> None:
    """One piece in full; and a number that is not there is an error."""
    ran = readmore(*archive, "similar", "1", "--explain", "1")
    assert "Topic" in ran.out
    assert "ferry" in ran.out
    assert "Stance:" in ran.out
    assert "“The ferry to Odd Island carries" in ran.out
    assert max(map(len, ran.out.splitlines())) <= 80
    assert readmore(*archive, "similar", "1", "--explain", "50").code == 1


def test_similar_says_what_it_does_not_know(readmore: Readmore, archive: tuple[str, Path]) -> None:
    """An unknown address, seed or id is an error with a hint."""
    ran = readmore(*archive, "similar", "https://quay.example/unknown")
    assert ran.code == 1
    assert "status" in ran.err


def test_the_archive_may_be_named_before_or_after_the_verb_or_in_the_environment(
    readmore: Readmore, archive: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """All three mean the same."""
    folder = str(archive[1])
    before = readmore("--archive", folder, "status").out
    assert readmore("status", "--archive", folder).out == before
    monkeypatch.setenv("READMORE_ARCHIVE", folder)
    assert readmore("status").out == before


def test_links_prints_the_references_of_a_text(readmore: Readmore, tmp_path: Path) -> None:
    """Title, author, url, kind, heading."""
    path = tmp_path / "piece.txt"
    path.write_text(
        f"On the ferry\n\n{FERRY * 5}\n\nRead more:\n\nOlle Brandt: Sell it\n\nMaja Lind: Keep it\n"
    )
    rows = readmore("links", path, "--format", "json").json()
    assert [(row["author"], row["title"]) for row in rows] == [
        ("Olle Brandt", "Sell it"),
        ("Maja Lind", "Keep it"),
    ]
    assert set(rows[0]) == {"title", "author", "url", "kind", "heading"}


def test_starting_up_imports_nothing_heavy() -> None:
    """`--help` and `status` must not pay for scikit-learn, trafilatura or requests."""
    code = (
        "import sys; from recommender.app import app, VERBS\n"
        "ctx = app.make_context('readmore', ['status'])\n"
        "for verb in VERBS: app.get_command(ctx, verb)\n"
        "heavy = {'sklearn', 'scipy', 'trafilatura', 'requests', 'rich', 'datasette'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_help_needs_no_library_and_says_what_click_would(readmore: Readmore, root: Path) -> None:
    """The file that is printed is the help that the options make."""
    quick = readmore("--help").out
    shown = CliRunner().invoke(app, ["--help"], prog_name="readmore", terminal_width=78).output
    assert quick.split() == shown.split(), "run `make docs`"
    code = (
        "import runpy, sys\n"
        "sys.argv = ['cli.py', '--help']\n"
        "try:\n"
        "    runpy.run_path('cli.py', run_name='__main__')\n"
        "except SystemExit:\n"
        "    assert not {'click', 'numpy', 'sqlite3'} & sys.modules.keys(), sorted(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=root, check=True, capture_output=True)


def test_a_question_loads_only_what_it_needs(
    root: Path, archive: tuple[str, Path], readmore: Readmore
) -> None:
    """A new process that asks a made index pays for numpy and SQLite, not for what reads or crawls pages.

    Nor for claims, where the model judges none.
    """
    readmore(*archive, "similar", "1")
    code = (
        "import runpy, sys\n"
        "sys.argv = ['cli.py', '--archive', sys.argv[1], 'similar', '1', '--format', 'json']\n"
        "try:\n"
        "    runpy.run_path('cli.py', run_name='__main__')\n"
        "except SystemExit as end:\n"
        "    assert not end.code\n"
        "heavy = {'sklearn', 'scipy', 'datasette', 'trafilatura', 'lxml', 'requests', 'sqlite_utils', 'rich',\n"
        "         'warcio', 'importlib.metadata', 'recommender.stance.positions', 'recommender.stance.headlines',\n"
        "         'recommender.stance.claims', 'recommender.stance.sides', 'recommender.claim_models'}\n"
        "assert not heavy & sys.modules.keys(), heavy & sys.modules.keys()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(archive[1])], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)


def test_cli_py_and_the_console_script_are_one_program(root: Path) -> None:
    """From a checkout and installed."""
    done = subprocess.run(
        [sys.executable, "cli.py", "--version"], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("readmore, version ")
