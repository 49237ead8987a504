"""An archive to export: three pages of a list, one of them gone, and a researcher's file."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from servers import Reply, Server

HOSTILE = (
    '=HYPERLINK("http://evil.example"), [click](javascript:alert(1)) & {Braces_100%} \\end $x^2~ #1 \u202egpj'
)
PAGE = """<html lang="en"><head><title>{title}</title><meta name="author" content="{author}">
<meta property="og:site_name" content="The Kettle Point Courier">
<meta property="article:published_time" content="2024-03-0{day}T08:00:00Z"></head>
<body><article><h1>{title}</h1>{text}</article></body></html>"""
PIECES = (("The ferry was late again", "Ina Morrow"), ("Who owns the pier?", "Tam Okoro, Ida Lund"))
IMPORTED = (
    {"id": "r-1", "title": HOSTILE, "text": "First.\nSecond, with a caf\u00e9.", "authors": "The Harbour Desk",
     "source": "R&D Weekly", "date": "2023-05-06", "url": "https://example.org/a_b?x={1}&y=%20z#part"},
    {"id": "r-2", "title": "No address at all", "text": "Only words.", "authors": "Zo\u00eb B\u00fcrger"},
    {"title": "Twin bylines", "text": "Some more words.", "source": "@handle", "authors": "Ann Lee, Bo King, Jr."},
)  # fmt: skip


def _text(subject: str) -> str:
    return "".join(
        f"<p>On day {day} the {subject} was discussed at length, and nobody was the wiser for it.</p>"
        for day in range(30)
    )


@pytest.fixture(scope="session")
def made(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive, made by the program itself; read it, don't change it."""
    folder = tmp_path_factory.mktemp("export")

    def readmore(*words: object, code: int = 0) -> None:
        command = [sys.executable, "cli.py", "--archive", str(folder / "a"), *map(str, words)]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stderr

    seed = folder / "morning.toml"
    words = ("fetch", seed, "--no-wayback", "--allow-private", "--delay", "0", "--quiet")
    with Server() as server:
        lines = ['title = "Morning list"', 'author = "Ed Itor"', 'outlet = "The Morning List"',
                 "published = 2024-03-09"]  # fmt: skip
        for day, (title, author) in enumerate(PIECES, 1):
            page = PAGE.format(title=title, author=author, day=day, text=_text(title))
            server.add(f"/{day}", Reply(body=page.encode(), headers=[("Content-Type", "text/html")]))
            lines += ["[[reference]]", f'title = "{title}"', f'url = "{server.url(f"/{day}")}"']
            seed.write_text("\n".join(lines), encoding="utf-8")
            readmore(*words)  # one run a page: two WARC files, and numbers that are the same every time
        lines += ["[[reference]]", 'title = "Never was"', f'url = "{server.url("/gone")}"']
        seed.write_text("\n".join(lines), encoding="utf-8")
        readmore(*words, code=2)
    rows = "".join(json.dumps(row) + "\n" for row in IMPORTED)
    (folder / "mine.jsonl").write_text(rows, encoding="utf-8")
    readmore("import", folder / "mine.jsonl", "--quiet")
    return folder / "a"


@pytest.fixture
def copy(made: Path, tmp_path: Path) -> Path:
    """A copy of it that may be changed."""
    shutil.copytree(made, tmp_path / "copy")
    return tmp_path / "copy"


@pytest.fixture
def change(copy: Path) -> Callable[..., None]:
    """Runs a statement on the copy's database."""

    def run(sql: str, *values: object) -> None:
        with sqlite3.connect(copy / "readmore.db") as db:
            db.execute(sql, values)
        db.close()

    return run
