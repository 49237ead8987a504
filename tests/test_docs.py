"""The docs say what the program does."""

from __future__ import annotations

import re
from pathlib import Path

from recommender.crawl.outcomes import Reason
from recommender.models import State
from recommender.store.database import Store


def table_rows(text: str, heading: str) -> set[str]:
    """First cells of the table under a heading."""
    part = text.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = re.findall(r"^\| (.+?) \|", part, re.M)
    return {row for row in rows if row not in {"reason", "state", ""} and not row.startswith("---")}


def test_every_reason_is_explained_and_no_other(root: Path) -> None:
    """docs/archive.md and the program have one list."""
    text = (root / "docs" / "archive.md").read_text(encoding="utf-8")
    assert table_rows(text, "Reasons") == {reason.value for reason in Reason}


def test_every_state_is_explained_and_no_other(root: Path) -> None:
    """A reference is in one of these."""
    text = (root / "docs" / "archive.md").read_text(encoding="utf-8")
    assert table_rows(text, "What a reference can be") == {state.value for state in State}


def test_every_table_is_documented(root: Path, tmp_path: Path) -> None:
    """Those of a new archive, full-text tables apart."""
    text = (root / "docs" / "archive.md").read_text(encoding="utf-8")
    with Store.open(tmp_path, create=True) as store:
        names = [name for name in store.db.table_names() if not name.startswith(("_", "article_texts_fts"))]
    assert names
    for name in names:
        assert f"### {name}\n" in text


def test_the_map_names_every_module(root: Path) -> None:
    """docs/architecture.md is true: each module of the package is on it, and nothing else."""
    text = (root / "docs" / "architecture.md").read_text(encoding="utf-8")
    package = root / "recommender"
    for path in package.rglob("*.py"):
        if path.name != "__init__.py":
            assert path.name in text, f"{path.relative_to(root)} is not on the map"
    folders = [entry for entry in root.iterdir() if entry.is_dir() and not entry.name.startswith(".")]
    there = {path.name for path in (*root.glob("*.py"), *(one for at in folders for one in at.rglob("*.py")))}
    for name in re.findall(r"\b([a-z_]+\.py)\b", text):
        assert name in there, f"{name} is on the map, but not there"


def test_links_between_documents_lead_somewhere(root: Path) -> None:
    """Relative links in Markdown files."""
    for page in [*root.glob("*.md"), *root.glob("docs/*.md")]:
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
