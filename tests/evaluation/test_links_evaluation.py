"""evaluation/links.py counts as the data's own script does, and the product stays above its floors."""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

from recommender.errors import EvaluationError
from recommender.evaluation.links import evaluate_links
from recommender.models import Reference
from recommender.references import from_html

Gold = list[dict[str, Any]]


def folder_of(path: Path, gold: object, *pages: str) -> Path:
    (path / "pages").mkdir()
    (path / "gold.json").write_text(gold if isinstance(gold, str) else json.dumps(gold), encoding="utf-8")
    for name in pages:
        (path / "pages" / name).write_bytes(gzip.compress(b"<p>A page</p>"))
    return path


def wanted(*urls: str) -> Gold:
    return [{"title": "A piece", "url": url, "kind": "list"} for url in urls]


def page(file: str, *urls: str, **more: object) -> dict[str, Any]:
    return {"file": file, "url": f"https://news.example/{file}", "references": wanted(*urls), **more}


A, B, C = (f"https://news.example/2019/{name}" for name in "abc")


def answers(**by_file: list[str]) -> Any:
    """A predictor that knows its answers by the page's address."""

    def predict(_: bytes, url: str | None) -> list[Reference]:
        return [
            Reference("A piece", address) for address in by_file.get((url or "").rsplit("/", 1)[-1][:1], [])
        ]

    return predict


def test_counts_links_over_all_pages(tmp_path: Path) -> None:
    data = folder_of(tmp_path, [page("a.html.gz", A, B), page("b.html.gz", C)], "a.html.gz", "b.html.gz")
    result = evaluate_links(data, answers(a=[A, "https://news.example/false"], b=[C]))
    assert result.n == 2
    assert result.measures["precision"] == pytest.approx(2 / 3)
    assert result.measures["recall"] == pytest.approx(2 / 3)
    assert result.measures["f1"] == pytest.approx(2 / 3)
    low, high = result.intervals["f1"]
    assert low < 2 / 3 < high


def test_an_address_is_the_same_without_scheme_www_port_fragment_slash_and_tracking(tmp_path: Path) -> None:
    data = folder_of(
        tmp_path, [page("a.html.gz", "https://www.news.example/x/?b=2&a=1&utm_source=q")], "a.html.gz"
    )
    found = ["http://news.example:80/x?a=1&b=2&ncid=3#top", "https://NEWS.example/x/?a=1&b=2"]
    measures = evaluate_links(data, answers(a=found)).measures
    assert (measures["precision"], measures["recall"]) == (1.0, 1.0)


def test_a_parameter_that_names_the_piece_counts(tmp_path: Path) -> None:
    data = folder_of(tmp_path, [page("a.html.gz", "https://news.example/story?id=1")], "a.html.gz")
    assert evaluate_links(data, answers(a=["https://news.example/story?id=2"])).measures["recall"] == 0.0


def test_optional_links_neither_help_nor_hurt(tmp_path: Path) -> None:
    data = folder_of(tmp_path, [page("a.html.gz", A, optional=[B])], "a.html.gz")
    assert evaluate_links(data, answers(a=[A, B])).measures["precision"] == 1.0
    assert evaluate_links(data, answers(a=[A])).measures["recall"] == 1.0


def test_empty_pages_with_a_false_link_are_counted(tmp_path: Path) -> None:
    names = ["a.html.gz", "b.html.gz", "c.html.gz"]
    data = folder_of(tmp_path, [page(names[0], A), page(names[1]), page(names[2], optional=[C])], *names)
    measures = evaluate_links(data, answers(a=[A], b=[B], c=[C])).measures
    assert (measures["negatives"], measures["negatives_with_false"]) == (2, 1)


def test_a_right_title_is_the_title_the_raw_words_or_that_of_another_link(tmp_path: Path) -> None:
    record = page("a.html.gz", A)
    record["references"][0] |= {"anchor_text": "READ: A piece", "also": [{"title": "The piece"}]}
    data = folder_of(tmp_path, [record], "a.html.gz")
    for title, equal in (("A piece", 1), ("READ: A piece", 1), ("The  piece", 1), ("Another", 0)):
        predict = lambda _, __, title=title: [Reference(title, A)]  # noqa: E731 - three words long
        assert evaluate_links(data, predict).measures["titles_equal"] == equal


def test_finding_nothing_is_zero_not_an_error(tmp_path: Path) -> None:
    measures = evaluate_links(folder_of(tmp_path, [page("a.html.gz", A)], "a.html.gz"), answers()).measures
    assert (measures["precision"], measures["recall"], measures["f1"]) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("gold", "says"),
    [
        ("{", "not JSON"),
        ("[]", "no pages"),
        ("{}", "no pages"),
        ([{"file": "a.html.gz"}], "page 1: no 'references'"),
        ([page("a.html.gz"), {"references": []}], "page 2: no 'file'"),
        ([page("../a.html.gz")], "plain name"),
        ([page("a.html.gz", optional=[3])], "wrong type"),
        (["a.html.gz"], "wrong type"),
        ([page("missing.html.gz")], "can't read the page"),
    ],
)
def test_bad_data_is_an_error_that_says_where(tmp_path: Path, gold: object, says: str) -> None:
    data = folder_of(tmp_path, gold, "a.html.gz")
    with pytest.raises(EvaluationError) as caught:
        evaluate_links(data)
    assert says in caught.value.line()
    assert str(tmp_path) in caught.value.line()


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"can't read the labels.*references"):
        evaluate_links(tmp_path / "nowhere")


def test_a_torn_page_is_an_error(tmp_path: Path) -> None:
    data = folder_of(tmp_path, [page("a.html.gz", A)], "a.html.gz")
    torn = data / "pages" / "a.html.gz"
    torn.write_bytes(torn.read_bytes()[:15])
    with pytest.raises(EvaluationError, match=r"a\.html\.gz"):
        evaluate_links(data)


@pytest.mark.data
def test_figures_equal_those_of_the_datas_own_script(shared: Path) -> None:
    folder = shared / "readmore"
    spec = importlib.util.spec_from_file_location("score", folder / "score.py")
    assert spec
    assert spec.loader
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    gold = json.loads((folder / "gold.json").read_text(encoding="utf-8"))

    def every_other(body: bytes, url: str | None) -> list[Reference]:  # right, false and missed ones
        found = from_html(body, url)
        return [*found[::2], *found[:1], Reference("False", f"https://news.example/{len(found) % 3}")][
            : len(found)
        ]

    for predict in (from_html, every_other):
        found = {
            record["file"]: [
                {"title": reference.title, "url": reference.url}
                for reference in predict(
                    gzip.decompress((folder / "pages" / record["file"]).read_bytes()), record["url"]
                )
            ]
            for record in gold
        }
        theirs = script.score(gold, found)
        ours = evaluate_links(folder, predict).measures
        assert ours["precision"] == pytest.approx(theirs["P"])
        assert ours["recall"] == pytest.approx(theirs["R"])
        assert ours["f1"] == pytest.approx(theirs["F"])
        assert ours["negatives_with_false"] == theirs["negbad"]
        assert ours["titles_equal"] == pytest.approx(theirs["titles"][0] / theirs["titles"][1])


@pytest.mark.data
def test_the_product_stays_above_its_floors(shared: Path, root: Path) -> None:
    floors = json.loads((root / "tests" / "floors" / "links.json").read_text(encoding="utf-8"))
    gold = (shared / "readmore" / "gold.json").read_bytes()
    assert hashlib.sha256(gold).hexdigest() == floors["sha256"], "floors are for other data"
    measures = evaluate_links(shared / "readmore").measures
    for name, floor in floors["at_least"].items():
        assert measures[name] >= floor, name
    for name, ceiling in floors["at_most"].items():
        assert measures[name] <= ceiling, name
