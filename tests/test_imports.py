"""Imports go one way: the map in docs/architecture.md, as a table that is checked."""

from __future__ import annotations

import ast
from pathlib import Path

# room -> rooms it may import at module level or inside functions
ALLOWED: dict[str, set[str]] = {
    "models": {"claim_models"},
    "claim_models": set(),
    "errors": set(),
    "output": set(),
    "progress": {"output"},
    "reading": {"models", "errors"},
    "references": {"models", "errors", "reading"},
    "workers": set(),
    "topic": {"models", "errors", "workers"},
    "stance": {
        "claim_models", "models", "errors", "reading", "topic.background", "topic.vectorizer", "workers",
    },
    "wording": set(),
    "resolve": {"models", "wording", "crawl.urls", "crawl.dates", "crawl.outcomes"},
    "store": {"claim_models", "models", "errors", "sites"},
    "seed_file": {"claim_models", "models", "errors"},
    "seeds": {"models", "errors", "reading", "references", "seed_file"},
    "sites": set(),
    "choosing": {"models", "sites"},
    "ranking": {"models"},
    "siding": {"choosing", "models", "ranking"},
    "reasons": {"claim_models", "choosing", "models", "sites", "store"},
    "folding": {"models", "store", "crawl.urls"},
    "explain": {"claim_models", "models", "output", "reasons"},
    "imports": {"models", "errors", "reading", "store", "crawl.urls"},
    "intake": {"crawl", "imports", "models", "seeds", "store"},
    "lookup": {"store", "crawl.urls"},
    "history": {"models", "errors", "lookup", "reading", "store", "crawl.body", "crawl.outcomes", "crawl.verdicts"},
    "indexing": {"similar", "store", "topic"},
    "selecting": {"choosing", "models", "store", "topic"},
    "judging": {"claim_models", "models", "stance", "store"},
    "claiming": {"claim_models", "judging", "models", "similar", "stance", "store"},
    "similar": {
        "claim_models", "choosing", "errors", "folding", "judging", "lookup", "models", "ranking", "reading", "reasons",
        "seeds", "selecting", "siding", "stance", "store", "topic", "crawl.urls",
    },
    "crawl": {
        "models", "errors", "reading", "references", "resolve", "seeds", "store", "wording", "workers",
    },
    "export": {"models", "errors", "lookup", "output", "seeds", "store", "crawl.urls"},
    "rebuild": {"crawl", "errors", "intake", "store"},
    "running": {"crawl", "errors", "models", "progress", "reading", "rebuild", "seeds", "similar", "stance", "store"},
    "upkeep": {"crawl", "errors", "lookup", "models", "seeds", "store"},
    "cluster": {
        "choosing", "errors", "imports", "models", "ranking", "reading", "seeds", "siding", "stance", "topic",
        "workers", "crawl.outcomes", "crawl.readers", "crawl.reading_copies", "crawl.urls", "crawl.verdicts",
        "store.missing", "store.rows", "export.encodable", "export.parquet",
    },
    "evaluation": {"models", "errors", "references", "stance", "topic", "reading"},
    "browse": {
        "claim_models", "models", "errors", "output", "reasons", "crawl.body", "crawl.outcomes", "reading.charset",
        "stance.positions", "stance.profile", "store.missing", "store.warc_reader",
    },
    "commands": {
        "claim_models", "choosing", "claiming", "cluster", "crawl", "browse", "errors", "evaluation", "explain",
        "export", "history", "imports", "indexing", "intake", "models", "output", "progress", "ranking", "reasons",
        "rebuild", "running", "seeds", "selecting", "similar", "sites", "stance", "store", "upkeep",
    },
    "app": {"errors", "output", "commands"},
    "cli": {"app"},
}  # fmt: skip

# These decide and never act: no clock, socket, file or database.
PURE = {
    "models", "claim_models", "wording", "sites", "seed_file", "choosing", "ranking", "explain", "resolve",
    "crawl.urls", "crawl.robots", "crawl.frontier",
    "crawl.body", "crawl.verdicts", "crawl.phrases", "crawl.glance", "crawl.view", "crawl.walls",
    "crawl.outcomes", "crawl.dates", "crawl.cdx", "crawl.memento", "crawl.link_header",
    "crawl.spn_answers", "crawl.saving_rules", "crawl.rot",
    "reading.plain", "reading.sentences", "reading.duplicates", "reading.head", "reading.charset", "store.days",
    "topic.query", "topic.nearest", "topic.merging", "topic.tiers",
    "stance.voice", "stance.kinds", "stance.calibration", "stance.encoding", "stance.claim_encoding", "stance.verbs",
    "stance.headlines",
    "stance.claims", "stance.positions", "stance.sides",
    "reading.changes", "store.findings", "store.compare", "imports.kinds", "imports.entries",
    "imports.addresses", "imports.bookmarks", "imports.readlater", "imports.opml", "imports.feeds", "imports.markup",
    "imports.detect", "imports.http_heads",
    "cluster.deciding", "cluster.merge",
    "export.surt", "export.cdxj", "export.kept", "export.encodable",
    "browse.comparing", "browse.marking", "browse.reading_first", "browse.seed_map", "browse.shaped", "browse.shapes",
    "browse.standing",
    "browse.text", "browse.views",
}  # fmt: skip
IMPURE_MODULES = {
    "socket",
    "requests",
    "sqlite3",
    "sqlite_utils",
    "time",
    "subprocess",
    "threading",
    "random",
}


def modules(root: Path) -> dict[str, Path]:
    package = root / "recommender"
    names = {}
    for path in package.rglob("*.py"):
        parts = path.relative_to(package).with_suffix("").parts
        names[".".join(part for part in parts if part != "__init__")] = path
    return names


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_every_import_is_an_allowed_edge(root: Path) -> None:
    """A stage never reaches into a later one."""
    known = modules(root)
    wrong = []
    for name, path in known.items():
        room = name.split(".")[0]
        for target in imported(path):
            if not target.startswith("recommender."):
                continue
            inner = target.removeprefix("recommender.")
            if inner not in known or not inner:
                continue
            other = inner.split(".")[0]
            allowed = ALLOWED.get(room, set())
            if other != room and other not in allowed and inner not in allowed:
                wrong.append(f"{name} imports {inner}")
    assert not wrong, "\n".join(sorted(set(wrong)))


def test_the_table_names_every_room(root: Path) -> None:
    """A new room gets its row."""
    rooms = {name.split(".")[0] for name in modules(root) if name}
    assert rooms == set(ALLOWED)


def test_pure_modules_import_nothing_that_acts(root: Path) -> None:
    """Decisions take and return data."""
    known = modules(root)
    assert set(known) >= PURE
    for name in PURE:
        touched = {target.split(".")[0] for target in imported(known[name])} & IMPURE_MODULES
        assert not touched, f"{name} imports {touched}"
