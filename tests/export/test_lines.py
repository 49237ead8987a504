"""JSON lines, CSV, Markdown and BibTeX: read back by the programs they are for."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import bibtexparser
import pytest
from export.conftest import HOSTILE, IMPORTED
from markdown_it import MarkdownIt
from ran import Ran

from recommender.export.bibtex import people
from recommender.store.database import Store

Readmore = Callable[..., Ran]
COPY = "https://web.archive.org/web/20240311070312id_/http://127.0.0.1/1"


def test_json_lines_come_back_with_an_import(made: Path, tmp_path: Path, readmore: Readmore) -> None:
    """Export, import into a new archive: the same articles, character for character."""
    out = tmp_path / "all.jsonl"
    assert readmore("--archive", made, "export", "--jsonl", "-o", out).code == 0
    assert (
        readmore("--archive", tmp_path / "b", "import", out).out == "5 rows: 5 added, 0 known, 0 left out.\n"
    )
    with Store.open(made) as one, Store.open(tmp_path / "b") as two:
        # canonical address, language and number are the archive's own
        plain = [
            replace(each, canonical_url=None, language=None, id=None) for each in one.library.documents()
        ]
        assert [replace(each, id=None) for each in two.library.documents()] == plain
    assert len(plain) == 5


def test_json_lines_say_where_a_text_comes_from(made: Path, readmore: Readmore) -> None:
    """Provenance of the best copy, all copies, the lists; and no text where it is not wanted."""
    ran = readmore("--archive", made, "export", "--jsonl", "--no-text")
    first, *_, last = [json.loads(line) for line in ran.out.splitlines()]
    assert "text" not in first
    assert first["best"]["via"] == "live"
    assert first["best"]["digest"].startswith("sha1:")
    assert first["captures"] == [first["best"]]
    assert (made / "warc" / first["best"]["warc"]["file"]).exists()
    assert first["lists"] == [{"seed": "morning", "position": 1}]
    assert last["best"] is None
    assert last["captures"] == []


def test_csv_runs_nothing_in_a_spreadsheet(made: Path, readmore: Readmore) -> None:
    """A formula is text, by an apostrophe; facts without one are as they were."""
    rows = list(csv.DictReader(io.StringIO(readmore("--archive", made, "export", "--csv").out)))
    assert [row["id"] for row in rows] == ["", "", "r-1", "r-2", ""]
    assert rows[2]["title"].startswith("'=HYPERLINK")
    assert rows[4]["source"] == "'@handle"
    assert rows[0]["title"] == "The ferry was late again"
    assert rows[0]["lists"] == "morning"
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row.values())


def links_of(markdown: str) -> list[tuple[str, str]]:
    """Target and text of every link, as a Markdown parser sees them."""
    found = []
    for block in MarkdownIt().parse(markdown):
        children = block.children or []
        for place, token in enumerate(children):
            if token.type == "link_open":
                text = "".join(one.content for one in children[place + 1 :][:1])
                found.append((str(token.attrs["href"]), text))
    return found


def test_a_reading_list_has_each_piece_once(made: Path, readmore: Readmore) -> None:
    """A heading a seed, its pieces in order, what was never archived left out, then the pieces on no list."""
    out = readmore("--archive", made, "export", "--markdown").out
    assert out.startswith(
        "## Morning list\n\nEd Itor, The Morning List, 9 March 2024\n\n- [The ferry was late"
    )
    assert "*The Kettle Point Courier*, 1 March 2024\n" in out
    assert "Never was" not in out
    assert "\n## Also archived\n" in out
    assert len([line for line in out.splitlines() if line.startswith("- ")]) == 5


def test_a_hostile_title_makes_no_link_of_its_own(made: Path, readmore: Readmore) -> None:
    """The only links are to the articles, and the title reads as it was."""
    out = readmore("--archive", made, "export", "--markdown", "r-1").out
    assert [href for href, _ in links_of(out)] == ["https://example.org/a_b?x=%7B1%7D&y=%20z#part"]
    html = MarkdownIt().render(out)
    assert "[click](javascript:alert(1)) &amp; {Braces_100%}" in html
    assert "\u202e" not in out


def test_a_dead_piece_links_to_the_copy(copy: Path, change: Callable[..., None], readmore: Readmore) -> None:
    """From the web archive: its banner version. Found gone by `check`: the copy that `save` made, or a word."""
    words = ("--archive", copy, "export", "--markdown", "morning")
    change("UPDATE captures SET via = 'wayback', source_url = ? WHERE article_id = 1", COPY)
    assert f"]({COPY.replace('id_', '')}), Ina Morrow" in readmore(*words).out
    assert readmore(*words).out.count("(archived copy)") == 1
    check = "INSERT INTO checks (article_id, url, checked_at, state) VALUES (2, '', '2024-04-01', ?)"
    change(check, "gone")
    assert "(no longer at its address)" in readmore(*words).out
    change(
        "INSERT INTO saves (article_id, url, state, memento_url, submitted_at, updated_at) "
        "VALUES (2, '', 'archived', 'https://web.archive.org/web/2024/x', '', '')"
    )
    assert "[Who owns the pier?](https://web.archive.org/web/2024/x)" in readmore(*words).out
    change(check, "alive")
    assert readmore(*words).out.count("(archived copy)") == 1


def bibliography(text: str) -> dict[str, dict[str, str]]:
    library = bibtexparser.parse_string(text)
    assert not library.failed_blocks
    return {
        entry.key: {name: field.value for name, field in entry.fields_dict.items()}
        | {"kind": entry.entry_type}
        for entry in library.entries
    }


def test_a_bibliography_parses_and_loses_nothing(
    copy: Path, change: Callable[..., None], readmore: Readmore
) -> None:
    """Special characters, braces, names, kinds, the copy; read by a BibTeX parser and a LaTeX decoder."""
    from pylatexenc.latex2text import LatexNodes2Text

    change("UPDATE captures SET via = 'wayback', source_url = ? WHERE article_id = 1", COPY)
    found = list(bibliography(readmore("--archive", copy, "export", "--bibtex").out).values())
    assert [entry["kind"] for entry in found] == ["article", "article", "article", "misc", "article"]
    assert found[0]["eprinttype"] == "Wayback Machine"
    assert found[0]["eprint"] == COPY.replace("id_", "")
    assert found[1]["author"] == "Tam Okoro and Ida Lund"
    assert found[2]["author"] == "{The Harbour Desk}"
    assert found[2]["url"] == "https://example.org/a_b?x=%7B1%7D&y=%20z#part"
    assert found[3]["author"] == "Zo\u00eb B\u00fcrger"
    assert found[4]["author"] == "Ann Lee and {Bo King, Jr.}"
    title = found[2]["title"]
    assert (
        r"\textbraceleft{}Braces\_100\%\textbraceright{} \textbackslash{}end \$x\textasciicircum{}2" in title
    )
    for command, char in ((r"\textbraceleft{}", r"\{"), (r"\textbraceright{}", r"\}")):
        title = title.replace(command, char)  # the decoder does not know these two of LaTeX's
    plain = (
        LatexNodes2Text().latex_to_text(title).replace("\u02c6", "^")
    )  # it draws the circumflex as an accent
    assert plain.replace(" ", "") == HOSTILE.replace("\u202e", "").replace(" ", "")
    assert found[2]["journaltitle"] == r"R\&D Weekly"
    assert found[0]["date"] == "2024-03-01"


def test_keys_are_unique_and_stay(made: Path, tmp_path: Path, readmore: Readmore) -> None:
    """The same key when exported alone, and from an archive that numbers it otherwise."""
    every = bibliography(readmore("--archive", made, "export", "--bibtex").out)
    assert len(every) == 5
    (alone,) = bibliography(readmore("--archive", made, "export", "--bibtex", "r-2").out)
    assert alone in every
    (tmp_path / "one.jsonl").write_text(json.dumps(IMPORTED[1]), encoding="utf-8")
    readmore("--archive", tmp_path / "b", "import", tmp_path / "one.jsonl")
    assert list(bibliography(readmore("--archive", tmp_path / "b", "export", "--bibtex").out)) == [alone]


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("A. Writer, B. Reporter", ["A. Writer", "B. Reporter"]),
        ("A. Writer and B. King, Jr.", ["A. Writer", "B. King, Jr."]),
        ("Ann Andrews & Bo Sand; Cy", ["Ann Andrews", "Bo Sand", "Cy"]),
        ("Jr.", ["Jr."]),
        (" , ;", []),
    ],
)
def test_bylines_come_apart_where_names_end(byline: str, names: list[str]) -> None:
    assert people(byline) == names
