"""The plugin from a plain wheel, with no checkout beside it, as `pip install` leaves it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest
from small_archive import KEY, Small, build

PAGES = """
import asyncio, json, sys
from datasette.app import Datasette

async def ask():
    app = Datasette(sys.argv[1:2] + sys.argv[3:], metadata={}, settings={})
    found = {}
    for path in json.loads(sys.argv[2]):
        answer = await app.client.get(path)
        found[path] = [answer.status_code, answer.text[:200_000]]
    import recommender
    print(json.dumps([recommender.__file__, found]))

asyncio.run(ask())
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """The Python of an environment that has our wheel, and beside it what we depend on, but no checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(root / "recommender", source / "recommender", ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE", "NOTICE"):
        shutil.copy(root / name, source / name)
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    built = subprocess.run(
        [*pip, "--wheel-dir", str(folder), str(source)],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
    )
    assert built.returncode == 0, built.stderr
    shutil.rmtree(source)
    venv.create(folder / "env", with_pip=False)
    (site,) = (folder / "env").glob("lib/python*/site-packages")
    with zipfile.ZipFile(next(folder.glob("readmore-*.whl"))) as wheel:
        wheel.extractall(site)
    # A path file adds a folder but does not follow that folder's own path files, the checkout's among them.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "env" / "bin" / "python"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Small:
    return build(tmp_path_factory.mktemp("archive"))


def asked(python: Path, paths: list[str], *databases: Path) -> tuple[str, dict[str, tuple[int, str]]]:
    """Where the package lies, and what Datasette answers to each of these paths."""
    first, *more = map(str, databases)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    command = [str(python), "-I", "-c", PAGES, first, json.dumps(paths), *more]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=python.parent, env=clean, timeout=120
    )
    assert done.returncode == 0, done.stderr
    where, found = json.loads(done.stdout.splitlines()[-1])
    return where, {path: (status, text) for path, (status, text) in found.items()}


def test_every_page_works_from_a_wheel(installed: Path, small: Small) -> None:
    pages = {
        "/-/readmore": "The toll is a bad idea",
        f"/-/readmore/{KEY}": "What nobody dared",
        f"/-/readmore/{KEY}/map": "<svg",
        f"/-/readmore/{KEY}/compare/{small.agrees}": "Ada Quill",
        f"/-/readmore/piece/{small.agrees}": "<iframe",
        f"/-/readmore/capture/{small.page}": "nobody dared",
        "/-/readmore/search?q=toll": "<mark",
        f"/-/readmore/{KEY}.atom": "<feed",
        f"/-/readmore/{KEY}.epub": "mimetype",
        "/-/static-plugins/readmore/readmore.css": ".readmore",
        "/": "Reading lists",
    }
    where, found = asked(installed, list(pages), small.folder / "readmore.db")
    assert where.startswith(str(installed.parents[1])), "not the wheel's"
    for path, words in pages.items():
        status, text = found[path]
        assert status == 200 and words in text, f"{path}: {status}"


def test_from_a_wheel_it_leaves_a_database_of_others_alone(installed: Path, tmp_path: Path) -> None:
    """A shop with tables of our names and columns of its own looks as it would without us."""
    import sqlite3

    path = tmp_path / "shop.db"
    db = sqlite3.connect(path)
    db.executescript(
        "create table articles (id integer primary key, title text, url text); create table seeds (key text);"
        "insert into articles values (1, 'Screws', 'https://shop.example/'); insert into seeds values ('basil');"
    )
    db.close()
    _, found = asked(
        installed, ["/", "/shop", "/shop/articles", "/shop/seeds", "/-/readmore", "/-/readmore/basil"], path
    )
    for page in ("/", "/shop", "/shop/articles", "/shop/seeds"):
        status, text = found[page]
        assert status == 200 and "readmore" not in text and "Reading list" not in text, page
    assert found["/-/readmore"][0] == found["/-/readmore/basil"][0] == 404
