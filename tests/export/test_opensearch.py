"""Bulk requests, read as OpenSearch's bulk API and its mapping ask for them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from export.conftest import HOSTILE
from ran import Ran

from recommender.errors import ExportError
from recommender.export import opensearch
from recommender.export.target import together
from recommender.models import Article, Via
from recommender.store.catalogue import Entry

Readmore = Callable[..., Ran]
NASTY = 'A line\nand\r\n another \u2028 and \u2029 and \x85, a null \0, \u202e, "}\n{"index":{"_id":"1"}}\n half \ud83d'
ENTRY = Entry(
    Article("https://courier.example/a", NASTY, NASTY, "B\ud83d", published=date(1789, 7, 14), id=2**40),
    Via.IMPORT, ("https://courier.example/\udc00",), (), None, (("morning", 1), ("morning", 4)), False, None,
)  # fmt: skip
KINDS: dict[str, Callable[[Any], object]] = {
    "keyword": lambda value: [value] if isinstance(value, str) else [*map(str.lower, value)],
    "text": str.lower,
    "long": lambda value: -(2**63) <= int(value) < 2**63 or int("no"),
    "integer": lambda value: -(2**31) <= int(value) < 2**31 or int("no"),
    "boolean": {True: 1, False: 0}.__getitem__,
}
DATES = {
    "strict_date": date.fromisoformat,
    "strict_date_time_no_millis": lambda value: datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ"),
}


def read(path: Path) -> list[tuple[str, dict[str, Any]]]:
    """Ids and documents of a request; a line ends at a newline byte and nowhere else, the last one too."""
    data = path.read_bytes()
    assert data.endswith(b"\n")
    lines = [json.loads(line.decode()) for line in data[:-1].split(b"\n")]
    assert len(data.decode().splitlines()) == len(lines)  # nor anywhere that Python thinks
    found = []
    for action, document in zip(lines[::2], lines[1::2], strict=True):
        assert list(action) == ["index"]
        assert list(action["index"]) == ["_id"]
        assert 0 < len(action["index"]["_id"].encode()) <= 512
        found.append((action["index"]["_id"], document))
    return found


def check(document: dict[str, Any]) -> None:
    """Every value is what the mapping says."""
    properties = json.loads(opensearch.mapping())["mappings"]["properties"]
    for name, value in document.items():
        kind = properties[name]
        DATES[kind["format"]](value) if kind["type"] == "date" else KINDS[kind["type"]](value)


def written(path: Path, *entries: Entry) -> opensearch.Written:
    with together() as files:
        return opensearch.write(files, path, entries)


def test_everything_goes_in_under_ids_that_stay(made: Path, tmp_path: Path, readmore: Readmore) -> None:
    """Also from an archive that numbers articles otherwise; the mapping lies beside it."""
    out = tmp_path / "kept.ndjson"
    ran = readmore("--archive", made, "export", "--opensearch", out)
    assert (ran.code, ran.err) == (0, f"5 articles in 1 request: {out}, and the mapping beside it\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kept.mapping.json", "kept.ndjson"]
    every = read(out)
    for _, document in every:
        check(document)
    assert [document["title"] for _, document in every][2:4] == [HOSTILE, "No address at all"]
    assert every[0][1]["lists"] == ["morning"]
    assert {"captured_at", "url"} <= set(every[0][1])
    assert len({identity for identity, _ in every}) == 5
    ran = readmore("--archive", made, "export", "--jsonl", "-o", tmp_path / "a.jsonl", "r-2", "r-1")
    assert readmore("--archive", tmp_path / "b", "import", tmp_path / "a.jsonl").code == 0
    again = tmp_path / "again.ndjson"
    assert readmore("--archive", tmp_path / "b", "export", "--opensearch", again, "--no-text").code == 0
    assert {identity for identity, _ in read(again)} == {identity for identity, _ in every[2:4]}
    assert not any("text" in document for _, document in read(again))


def test_hostile_text_stays_in_its_line(tmp_path: Path) -> None:
    """And comes back as it was, but for half a character."""
    written(tmp_path / "a.ndjson", ENTRY)
    ((_, document),) = read(tmp_path / "a.ndjson")
    check(document)
    assert document["title"] == document["text"] == NASTY.replace("\ud83d", "\ufffd")
    assert document["addresses"] == ["https://courier.example/\ufffd"]
    assert document["lists"] == ["morning"]
    assert document["published"] == "1789-07-14"


def test_no_two_articles_share_an_id(tmp_path: Path) -> None:
    """OpenSearch would keep the last: one address twice, one text twice."""
    twins = [replace(ENTRY, article=replace(ENTRY.article, id=n, url=url))
             for n, url in enumerate(["https://a.example/x", "http://www.a.example/x/", None, None], 1)]  # fmt: skip
    written(tmp_path / "a.ndjson", *twins)
    assert len({identity for identity, _ in read(tmp_path / "a.ndjson")}) == 4


def test_parts_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An article larger than a part has one of its own; nothing is lost or cut; none makes an empty request."""
    monkeypatch.setattr(opensearch, "PART", 2000)
    sizes = [100, 100, 1700, 5000, 10, 600, 600, 600]
    found = [replace(ENTRY, article=Article(None, str(n), "x" * size, id=n)) for n, size in enumerate(sizes)]
    path = tmp_path / "a.ndjson"
    assert written(path, *found) == opensearch.Written(8, 5)
    parts = [path, *opensearch.further(path)]
    assert [part.name for part in parts] == ["a.ndjson", *(f"a.ndjson.{n}" for n in range(2, 6))]
    assert [document["article"] for part in parts for _, document in read(part)] == list(range(8))
    assert [part.stat().st_size > 2000 for part in parts] == [False, False, True, False, False]
    written(tmp_path / "b.ndjson")
    assert (tmp_path / "b.ndjson").read_bytes() == b""


def test_an_earlier_export_is_replaced_whole_or_not_at_all(
    made: Path, tmp_path: Path, readmore: Readmore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A part that was left would be sent along."""
    out, words = tmp_path / "a.ndjson", ("--archive", made, "export", "--opensearch", tmp_path / "a.ndjson")
    monkeypatch.setattr(opensearch, "PART", 10)
    assert readmore(*words).code == 0
    (tmp_path / "a.ndjson.old").write_text("mine")
    assert len(opensearch.further(out)) == 4
    out.unlink()
    assert "a.ndjson.2: is there already" in readmore(*words).err
    monkeypatch.setattr(opensearch, "PART", 10_000_000)
    assert readmore(*words, "--force").code == 0
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["a.mapping.json", "a.ndjson", "a.ndjson.old"]


def test_files_that_go_together_appear_together(tmp_path: Path) -> None:
    """One that came to be meanwhile stays, and the others do not come."""
    with pytest.raises(ExportError, match="meanwhile"), together() as files:
        for name in ("a", "b", "c"):
            with files.file(tmp_path / name) as out:
                out.write(b"ours")
        (tmp_path / "b").write_bytes(b"theirs")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("b", b"theirs")]
    with pytest.raises(ZeroDivisionError), together() as files, files.file(tmp_path / "d") as out:
        raise ZeroDivisionError
    assert [path.name for path in tmp_path.iterdir()] == ["b"]


def test_the_name_says_what_it_is(made: Path, tmp_path: Path, readmore: Readmore, root: Path) -> None:
    """`kept.ndjson*` must mean the parts alone; the two commands in the docs name what is written."""
    assert ".ndjson" in readmore("--archive", made, "export", "--opensearch", tmp_path / "a.json").err
    text = (root / "docs" / "archive.md").read_text(encoding="utf-8")
    assert opensearch.mapping_file(Path("kept.ndjson")).name in text
    assert re.search(r"for part in kept\.ndjson\*; do curl -X POST", text)
