"""Every row of a researcher's file becomes an article or a reason with its line."""

from __future__ import annotations

import csv
import gzip
import io
import json
import tracemalloc
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.errors import ImportFileError
from recommender.models import Article
from recommender.store.imports import MAX_ROW, BadRow, read_articles

ROW = {
    "id": 17,
    "title": "Harbour vote put off",
    "text": "The council met.\n\n It adjourned. ",
    "url": "https://herald.example/harbour",
    "date": "2014-05-06",
    "source": "Harbour Herald",
    "authors": ["Ada Example", "Bo Sample"],
}
ARTICLE = Article(
    url="https://herald.example/harbour",
    title="Harbour vote put off",
    text="The council met.\nIt adjourned.",
    authors="Ada Example, Bo Sample",
    outlet="Harbour Herald",
    published=date(2014, 5, 6),
    external_id="17",
)


def file(folder: Path, data: str | bytes, name: str = "articles.jsonl") -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def lines(*rows: object) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def table(*rows: dict[str, object], delimiter: str = ",") -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows({**row, "authors": ", ".join(map(str, row["authors"]))} for row in rows)  # type: ignore[call-overload]
    return out.getvalue()


# --- formats


@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson", "a.json", "a.jsonl.gz", "a", "a.csv"])
def test_json_lines_are_known_by_their_first_character(tmp_path: Path, name: str) -> None:
    assert list(read_articles(file(tmp_path, lines(ROW, ROW), name))) == [ARTICLE, ARTICLE]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_gives_the_same_article(tmp_path: Path, delimiter: str) -> None:
    assert list(read_articles(file(tmp_path, table(ROW, delimiter=delimiter), "a.csv"))) == [ARTICLE]


def test_a_json_array_gives_the_same_articles(tmp_path: Path) -> None:
    for data in (
        json.dumps([ROW, ROW]),
        json.dumps([ROW, ROW], indent=2),
        f"\n\ufeff \n{json.dumps([ROW, ROW])}",
    ):
        assert list(read_articles(file(tmp_path, data, "a.json"))) == [ARTICLE, ARTICLE]


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.jsonl"])
def test_gzip_is_known_by_its_bytes_not_its_name(tmp_path: Path, name: str) -> None:
    packed = gzip.compress(lines(ROW).encode()) + gzip.compress(lines(ROW).encode())
    assert list(read_articles(file(tmp_path, packed, name))) == [ARTICLE, ARTICLE]


def test_a_byte_order_mark_and_empty_lines_do_no_harm(tmp_path: Path) -> None:
    assert list(read_articles(file(tmp_path, "\ufeff\n\r\n" + lines(ROW) + "\n\n"))) == [ARTICLE]
    assert list(read_articles(file(tmp_path, "\ufeff" + table(ROW) + "\n", "a.csv"))) == [ARTICLE]


# --- fields


@pytest.mark.parametrize(
    ("given", "same_as"),
    [
        *(
            ("body", "text"),
            ("content", "text"),
            ("Text", "text"),
            ("headline", "title"),
            ("published", "date"),
        ),
        *(("outlet", "source"), ("author", "authors"), ("byline", "authors"), ("external_id", "id")),
    ],
)
def test_a_field_may_go_by_its_other_names(tmp_path: Path, given: str, same_as: str) -> None:
    row = {given if name == same_as else name: value for name, value in ROW.items()}
    assert list(read_articles(file(tmp_path, lines(row)))) == [ARTICLE]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("2014-05-06", date(2014, 5, 6)),
        ("2014-05-06T23:30:00Z", date(2014, 5, 6)),
        ("2014-05-06 23:30:00", date(2014, 5, 6)),
        ("2014-05-06 11:30 pm EST", date(2014, 5, 6)),
        ("Tue, 06 May 2014 23:30:00 -0500", date(2014, 5, 6)),
        ("May 6, 2014", date(2014, 5, 6)),
        ("6 May 2014", date(2014, 5, 6)),
        ("20140506", date(2014, 5, 6)),
        ("2014/5/6", date(2014, 5, 6)),
        ("5/6/14", date(2014, 5, 6)),
        ("12/29/2017", date(2017, 12, 29)),
        ("29/12/2017", date(2017, 12, 29)),
        ("6.5.2014", date(2014, 5, 6)),
        ("", None),
        (None, None),
        ("N/A", None),
    ],
)
def test_dates_are_read_as_documented(tmp_path: Path, given: object, expected: date | None) -> None:
    (found,) = read_articles(file(tmp_path, lines({**ROW, "date": given})))
    assert isinstance(found, Article)
    assert found.published == expected


@pytest.mark.parametrize("given", ["soon", "2014-13-45", "31/31/2014", 1399334400, "2014", ["2014-05-06"]])
def test_a_date_that_cannot_be_read_is_told_not_dropped(tmp_path: Path, given: object) -> None:
    (found,) = read_articles(file(tmp_path, lines({**ROW, "date": given})))
    assert isinstance(found, BadRow)
    assert "date not understood" in found.reason


def test_control_characters_and_half_characters_go(tmp_path: Path) -> None:
    row = {"title": "A\0 \x1b[31mred\nhead\x9bline\ud800", "text": "One.\0\r\nTwo.\x07"}
    (found,) = read_articles(file(tmp_path, lines(row)))
    assert isinstance(found, Article)
    assert (found.title, found.text) == ("A [31mred headline", "One.\nTwo.")


# --- bad rows


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ('{"title": "x"}', "no text"),
        ('{"text": "x"}', "no title"),
        ("{}", "no title and no text"),
        ('{"title": "  ", "text": "\\u0000"}', "no title and no text"),
        ('{"title": "x", "text": ["y"]}', "text is not text"),
        ('{"title": {"a": 1}, "text": "y"}', "title is not text"),
        ('{"title": "x", "text": "y", "url": "javascript:alert(1)"}', "not a web address"),
        ('{"title": "x", "text": "y", "authors": [1, 2]}', "authors is not a list of names"),
        ("[1, 2]", "not an object"),
        ('"words"', "not an object"),
        ("null", "not an object"),
        ('{"title": "x"', "not JSON: "),
        ("not json", "not JSON: "),
        ("[" * 100_000, "not JSON"),
        ('{"title": ' + "9" * 5000 + "}", "not JSON"),
    ],
)
def test_a_bad_row_has_its_line_and_reason_and_harms_no_other(tmp_path: Path, row: str, reason: str) -> None:
    found = list(read_articles(file(tmp_path, lines(ROW) + "\n" + row + "\n" + lines(ROW))))
    assert found[0] == found[2] == ARTICLE
    assert isinstance(found[1], BadRow)
    assert found[1].line == 3
    assert found[1].reason.startswith(reason)


def test_rows_in_another_encoding_have_one_clear_reason(tmp_path: Path) -> None:
    """They share one sentence, so whoever counts reasons says it once."""
    latin = '{"title": "Stra\xdfe", "text": "x"}\n'.encode("latin-1")
    found = list(read_articles(file(tmp_path, lines(ROW).encode() + latin + latin)))
    assert found[0] == ARTICLE
    assert [one.line for one in found[1:] if isinstance(one, BadRow)] == [2, 3]
    assert len({one.reason for one in found[1:] if isinstance(one, BadRow)}) == 1
    data = b"title,text\nStra\xdfe,x\nplain,y\n"
    bad, good = read_articles(file(tmp_path, data, "a.csv"))
    assert isinstance(bad, BadRow)
    assert (bad.line, "iconv" in bad.reason) == (2, True)
    assert isinstance(good, Article)


def test_a_row_beyond_all_size_is_skipped_with_a_reason(tmp_path: Path) -> None:
    huge = '{"title": "x", "text": "' + "a" * (MAX_ROW + 10) + '"}\n'
    bad, good = read_articles(file(tmp_path, huge + lines(ROW)))
    assert bad == BadRow(1, "longer than 20 MB")
    assert good == ARTICLE


def test_a_csv_field_may_be_long_and_hold_line_breaks(tmp_path: Path) -> None:
    before = csv.field_size_limit()
    row = {**ROW, "text": "A sentence of the piece.\n" * 20_000}
    first, second = read_articles(file(tmp_path, table(row, ROW), "a.csv"))
    assert isinstance(first, Article)
    assert first.text.count("\n") == 19_999
    assert second == ARTICLE
    assert csv.field_size_limit() == before, "the process's limit is put back"


def test_csv_rows_of_another_shape_are_told(tmp_path: Path) -> None:
    data = 'title,text\na,b\nc,d,e\nf\n"g"x,h\n\n,\ni,j\n'
    found = list(read_articles(file(tmp_path, data, "a.csv")))
    bad = [(one.line, one.reason) for one in found if isinstance(one, BadRow)]
    assert [line for line, _ in bad] == [3, 4, 5]
    assert bad[0][1] == "3 values for 2 columns"
    assert bad[1][1] == "no text"
    assert [one.title for one in found if isinstance(one, Article)] == ["a", "i"]


def test_a_quote_that_never_closes_is_told_with_the_line_where_it_opens(tmp_path: Path) -> None:
    found = list(read_articles(file(tmp_path, 'title,text\na,b\nc,"d\ne,f\ng,h\n', "a.csv")))
    assert isinstance(found[0], Article)
    assert isinstance(found[1], BadRow)
    assert found[1].line == 3
    assert len(found) == 2


# --- bad files


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"", "a.jsonl", "empty"),
        (b" \n\n", "a.csv", "empty"),
        (gzip.compress(b"", mtime=0), "a.jsonl.gz", "empty"),
        (b"just words\n", "a.jsonl", "neither"),
        (b"%PDF-1.4\0\n", "a.pdf", "neither"),
        (b"name,words\n1,2\n", "a.csv", "no column for title and text"),
        (b"title,words\n1,2\n", "a.csv", "no column for text"),
        ("title,text\n".encode("utf-16"), "a.csv", "UTF-16"),
        (b"[1, 2", "a.json", "not JSON"),
        (b'[{"title": "\xe9"}]', "a.json", "not UTF-8"),
        (b"\x1f\x8bgarbage", "a.jsonl.gz", "gzip"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_error_with_its_name(
    tmp_path: Path, data: bytes, name: str, words: str
) -> None:
    path = file(tmp_path, data, name)
    with pytest.raises(ImportFileError, match=words) as caught:
        list(read_articles(path))
    assert str(path) in (caught.value.where or "")


def test_a_missing_file_and_a_folder_are_errors(tmp_path: Path) -> None:
    for path in (tmp_path / "none.jsonl", tmp_path):
        with pytest.raises(ImportFileError):
            list(read_articles(path))


def test_a_cut_gzip_file_gives_what_is_whole_then_an_error(tmp_path: Path) -> None:
    packed = gzip.compress(lines(*[{**ROW, "id": number} for number in range(5000)]).encode())
    rows = read_articles(file(tmp_path, packed[: len(packed) // 2], "a.jsonl.gz"))
    found = 0
    with pytest.raises(ImportFileError, match="cut"):
        for _ in rows:
            found += 1
    assert found > 0


# --- bounds


@settings(deadline=None)
@given(st.binary(max_size=200), st.sampled_from(["a.jsonl", "a.csv", "a.json"]))
def test_no_bytes_break_the_reader(tmp_path_factory: pytest.TempPathFactory, data: bytes, name: str) -> None:
    try:
        found = list(read_articles(file(tmp_path_factory.mktemp("any"), data, name)))
    except ImportFileError:
        return
    assert all(isinstance(one, Article | BadRow) for one in found)


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    for name, data in (("a.jsonl", lines(*[ROW] * 10_000)), ("a.csv", table(*[ROW] * 10_000))):
        path = file(tmp_path, data, name)
        tracemalloc.start()
        count = sum(1 for _ in read_articles(path))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert count == 10_000
        assert peak < 500_000 < path.stat().st_size


@pytest.mark.data
def test_the_measuring_data_imports_as_it_is(shared: Path) -> None:
    """8,005 articles, none left out, each with its id."""
    found = list(read_articles(shared / "allsides.jsonl.gz"))
    articles = [one for one in found if isinstance(one, Article)]
    assert len(found) == len(articles) == 8005
    assert all(one.external_id for one in articles)
