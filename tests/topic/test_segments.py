"""Immutable parts of the index."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer

from recommender.errors import ArchiveError
from recommender.topic import merging, segments
from recommender.topic.index import Document
from recommender.topic.segments import Segment
from recommender.topic.vectorizer import Analyzer, term_key

FIELDS = ("ids", "digests", "keys", "starts", "rows", "counts", "frequent", "held", "matrix")


def same(left: Segment, right: Segment) -> bool:
    return all(np.array_equal(getattr(left, name), getattr(right, name)) for name in FIELDS)


def everyone(segment: Segment) -> np.ndarray:
    return np.ones(len(segment.ids), bool)


@pytest.fixture(params=["rare", "frequent"])
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Small segments, once without and once with frequent terms (all that are in two of eight articles or more)."""
    if request.param == "frequent":
        monkeypatch.setattr(segments, "FREQUENT_FROM", 1)
        monkeypatch.setattr(segments, "FREQUENT", 1 / 5)
    return str(request.param)


def counted(segment: Segment) -> dict[tuple[int, int], int]:
    """How often each term stands in each article, by article id and key."""
    rows = segment.ids[segment.rows].tolist()
    rare = zip(rows, np.repeat(segment.keys, np.diff(segment.starts)).tolist(), strict=True)
    found = dict(zip(rare, segment.counts.tolist(), strict=True))
    for row, column in zip(*np.nonzero(segment.table()), strict=True):
        found[int(segment.ids[row]), int(segment.frequent[column])] = int(segment.table()[row, column])
    return found


def test_postings_say_how_often_a_term_stands_where() -> None:
    found = segments.count(
        [Document(7, "", "coal coal", "a"), Document(3, "", "ships, coal", "b")], Analyzer()
    )
    term = int(np.searchsorted(found.keys, term_key("coal")))
    where = slice(found.starts[term], found.starts[term + 1])
    assert found.ids[found.rows[where]].tolist() == [7, 3]
    assert found.counts[where].tolist() == [2, 1]


def test_frequent_terms_lie_apart_and_nothing_is_lost(
    documents: list[Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With eight articles and a fifth as the share: what two or more hold."""
    plain = segments.count(documents, Analyzer())
    assert not plain.frequent.size
    monkeypatch.setattr(segments, "FREQUENT_FROM", 1)
    monkeypatch.setattr(segments, "FREQUENT", 1 / 5)
    apart = segments.count(documents, Analyzer())
    assert apart.frequent.tolist() == plain.keys[np.diff(plain.starts) >= 2].tolist()
    assert apart.keys.tolist() == plain.keys[np.diff(plain.starts) == 1].tolist()
    assert apart.held.tolist() == np.count_nonzero(apart.table(), axis=0).tolist()
    assert counted(apart) == counted(plain)
    assert apart.postings() == plain.postings() == len(counted(plain))


def test_terms_are_counted_as_scikit_learn_counts_them(documents: list[Document]) -> None:
    analyzer = Analyzer()
    vectorizer = CountVectorizer(analyzer=lambda terms: terms)
    matrix = vectorizer.fit_transform([analyzer.terms(d.title, d.text) for d in documents]).tocsc()
    keys = np.array([term_key(name) for name in vectorizer.get_feature_names_out()], np.uint64)
    order = np.argsort(keys)
    theirs = matrix[:, order]
    theirs.sort_indices()
    ours = segments.count(documents, analyzer)
    assert ours.ids.tolist() == [d.article_id for d in documents]
    assert ours.keys.tolist() == keys[order].tolist()
    assert ours.starts.tolist() == theirs.indptr.tolist()
    assert ours.rows.tolist() == theirs.indices.tolist()
    assert ours.counts.tolist() == theirs.data.tolist()


def test_a_count_beyond_the_type_stays_the_largest() -> None:
    found = segments.count([Document(1, "", "coal\n" * 70_000, "a")], Analyzer())
    assert found.counts.tolist() == [segments.MAX_COUNT]


@pytest.mark.usefixtures("kind")
def test_merging_equals_counting_at_once(documents: list[Document]) -> None:
    parts = [segments.count(documents[:3], Analyzer()), segments.count(documents[3:], Analyzer())]
    merged = merging.merge([(part, everyone(part)) for part in parts])
    assert same(merged, segments.count(documents, Analyzer()))


@pytest.mark.usefixtures("kind")
def test_merging_leaves_the_dead_out(documents: list[Document]) -> None:
    whole = segments.count(documents, Analyzer())
    alive = np.array([number % 2 == 0 for number in range(len(documents))])
    assert same(merging.merge([(whole, alive)]), segments.count(documents[::2], Analyzer()))


def test_articles_without_a_term_are_kept_and_merged() -> None:
    empty = segments.count([Document(1, "", "", "a"), Document(2, "the", "of", "b")], Analyzer())
    assert empty.ids.tolist() == [1, 2]
    assert same(merging.merge([(empty, everyone(empty))]), empty)


@pytest.mark.usefixtures("kind")
def test_frequencies_count_the_living(documents: list[Document]) -> None:
    found = segments.count(documents, Analyzer())
    one_dead = everyone(found)
    one_dead[0] = False
    for alive, living in ((everyone(found), documents), (one_dead, documents[1:])):
        numbers = {
            key: number
            for keys, held in segments.frequencies(found, alive)
            for key, number in zip(keys.tolist(), held.tolist(), strict=True)
            if number
        }
        assert numbers == Counter(key for _, key in counted(segments.count(living, Analyzer())))


@pytest.mark.usefixtures("kind")
def test_what_is_saved_is_loaded(documents: list[Document], tmp_path: Path) -> None:
    found = segments.count(documents, Analyzer())
    segments.save(found, tmp_path / "segment-1")
    assert same(segments.load(tmp_path / "segment-1"), found)
    assert [path.name for path in tmp_path.iterdir()] == ["segment-1"]


@pytest.mark.parametrize("name", FIELDS)
def test_a_torn_array_is_an_archive_error(
    name: str, documents: list[Document], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the end of the file is lost, the whole of it, or it holds another array."""
    monkeypatch.setattr(segments, "FREQUENT_FROM", 1)
    folder = tmp_path / "segment-1"
    segments.save(segments.count(documents, Analyzer()), folder)
    path = folder / f"{name}.npy"
    whole = path.read_bytes()
    for damaged in (whole[:-1], whole[:40], b"", b"\0" * len(whole)):
        path.write_bytes(damaged)
        with pytest.raises(ArchiveError, match="damaged topic index"):
            segments.load(folder)
    for array in (np.zeros(1, np.float32), np.load(folder / f"{FIELDS[FIELDS.index(name) - 1]}.npy")[:2]):
        np.save(path, array)
        with pytest.raises(ArchiveError, match="damaged topic index"):
            segments.load(folder)
