"""Questions: scores, shares, ties, narrowing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

from recommender.topic.background import Background
from recommender.topic.index import Document, TopicIndex
from recommender.topic.vectorizer import PAIR_WEIGHT, Analyzer

HARBOR = ("Harbor blockade", "Dockers in Vellmar blocked the harbor gates. Orla Ibarra spoke of coal ships.")


@pytest.fixture
def index(documents: list[Document], tmp_path: Path) -> TopicIndex:
    built = TopicIndex.open(tmp_path)
    built.update(documents)
    return built


def test_the_nearest_come_first(index: TopicIndex) -> None:
    assert [hit.article_id for hit in index.query(*HARBOR, limit=3)] == [1, 2, 3]


def test_scores_are_scikit_learns_cosines(documents: list[Document], tmp_path: Path) -> None:
    """Without a background: CountVectorizer, TfidfTransformer(sublinear_tf=True), pairs at their weight."""
    index = TopicIndex.open(tmp_path, frequencies=Background.none())
    index.update(documents)
    analyzer = Analyzer()
    counter = CountVectorizer(analyzer=lambda pair: analyzer.terms(*pair))
    counts = counter.fit_transform([(d.title, d.text) for d in documents])
    question = analyzer.terms(documents[1].title, documents[1].text)  # of known terms only
    transformer = TfidfTransformer(sublinear_tf=True, norm=None).fit(counts)
    pairs = np.array([PAIR_WEIGHT if " " in name else 1.0 for name in counter.get_feature_names_out()])
    weighted = transformer.transform(counts).toarray() * pairs
    lengths = np.maximum(np.linalg.norm(weighted, axis=1), 1e-12)
    unit = weighted / lengths[:, None]
    theirs = dict(enumerate(unit @ unit[1], 1))
    ours = {hit.article_id: hit.score for hit in index.query(documents[1].title, documents[1].text, limit=9)}
    assert question
    assert len(ours) >= 3
    assert ours == pytest.approx({number: score for number, score in theirs.items() if score > 0})


def test_shares_sum_to_the_score_largest_first(index: TopicIndex) -> None:
    hits = index.query(*HARBOR, limit=5, terms=None)
    assert len(hits) == 3
    for hit in hits:
        shares = [term.share for term in hit.terms]
        assert sum(shares) == pytest.approx(hit.score)
        assert shares == sorted(shares, reverse=True)
        assert min(shares) > 0
    few = index.query(*HARBOR, limit=5, terms=2)
    assert [hit.terms for hit in few] == [hit.terms[:2] for hit in hits]
    assert [hit.terms for hit in index.query(*HARBOR, limit=5, terms=0)] == [(), (), ()]


def test_terms_read_as_the_question_writes_them(index: TopicIndex) -> None:
    shown = {term.term for term in index.query(*HARBOR, limit=1, terms=None)[0].terms}
    assert {"Vellmar", "Ibarra", "Orla Ibarra", "harbor", "Dockers", "harbor gates"} <= shown


def test_an_article_is_as_near_to_itself_as_can_be(index: TopicIndex, documents: list[Document]) -> None:
    for document in documents[:7]:
        hit = index.query(document.title, document.text, limit=1)[0]
        assert hit.article_id == document.article_id
        assert hit.score == pytest.approx(1.0)
        assert hit.score <= 1.0


def test_a_chinese_question_finds_the_chinese_article(index: TopicIndex) -> None:
    hits = index.query("", "海港大门", limit=5)
    assert [hit.article_id for hit in hits] == [7]
    assert "海港" in {term.term for term in hits[0].terms}


@pytest.mark.parametrize("question", [("", ""), ("the", "of and"), ("—", "!!!"), ("", "zyxwvut")])
def test_a_question_that_shares_no_term_has_no_answer(question: tuple[str, str], index: TopicIndex) -> None:
    assert index.query(*question, limit=5) == []


def test_among_returns_all_asked_for_that_are_held(index: TopicIndex) -> None:
    """Also an empty article and those that share nothing, in the order of ids; 99 is not held."""
    hits = index.query(*HARBOR, limit=9, among=[8, 6, 2, 99])
    assert [(hit.article_id, hit.score > 0) for hit in hits] == [(2, True), (6, False), (8, False)]
    assert index.query(*HARBOR, limit=9, among=[]) == []
    assert [hit.score for hit in index.query("", "", limit=9, among=[3])] == [0.0]


def test_exclude_leaves_out_and_changes_no_score(index: TopicIndex) -> None:
    everything = index.query(*HARBOR, limit=9)
    assert index.query(*HARBOR, limit=9, exclude=[1, 99]) == everything[1:]
    assert index.query(*HARBOR, limit=9, among=[1, 2], exclude=[1]) == everything[1:2]


def test_limit_cuts(index: TopicIndex) -> None:
    assert len(index.query(*HARBOR, limit=2)) == 2
    assert index.query(*HARBOR, limit=0) == []


def test_equal_scores_go_by_id_across_segments(tmp_path: Path) -> None:
    index = TopicIndex.open(tmp_path)
    for number in (5, 3, 9, 1):
        index.update([Document(number, "", "coal ships wait", "a")])
    hits = index.query("", "coal ships", limit=3)
    assert [hit.article_id for hit in hits] == [1, 3, 5]
    assert len({hit.score for hit in hits}) == 1


def test_the_background_tells_rare_from_common_where_the_archive_cannot(tmp_path: Path) -> None:
    """Of two articles, each sharing one word with the question, "president" says less than "orchestra"."""
    two = [Document(1, "", "president", "a"), Document(2, "", "orchestra", "b")]
    alone = TopicIndex.open(tmp_path / "alone", frequencies=Background.none())
    alone.update(two)
    first, second = alone.query("", "president. orchestra", limit=2)
    assert first.score == second.score
    behind = TopicIndex.open(tmp_path / "behind")
    behind.update(two)
    assert [hit.article_id for hit in behind.query("", "president. orchestra", limit=2)] == [2, 1]


def test_a_background_changes_kept_lengths_with_it(documents: list[Document], tmp_path: Path) -> None:
    """Lengths kept with one background are not used with another."""
    shipped = TopicIndex.open(tmp_path)
    shipped.update(documents)
    before = shipped.query(*HARBOR, limit=5)
    none = TopicIndex.open(tmp_path, frequencies=Background.none()).query(*HARBOR, limit=5)
    assert none != before
    assert all(hit.score <= 1.0 for hit in none)
    assert TopicIndex.open(tmp_path).query(*HARBOR, limit=5) == before


def test_only_keeps_scores_and_pads_nothing(index: TopicIndex) -> None:
    """Unlike `among`; with it, ids in both."""
    everything = index.query(*HARBOR, limit=9)
    assert index.query(*HARBOR, limit=9, only=[8, 6, 2, 99]) == [
        hit for hit in everything if hit.article_id == 2
    ]
    assert index.query(*HARBOR, limit=9, only=[]) == []
    both = index.query(*HARBOR, limit=9, among=[2, 6, 8], only=[2, 6, 1])
    assert [hit.article_id for hit in both] == [2, 6]
    assert index.query(*HARBOR, limit=9, only=[1, 2], exclude=[1]) == everything[1:2]


def test_cosines_of_texts_are_the_scores_of_questions(index: TopicIndex, documents: list[Document]) -> None:
    """Also of an empty text, which is near nothing, not even itself."""
    matrix = index.cosines([(d.title, d.text) for d in documents])
    for row, document in zip(matrix, documents, strict=True):
        scores = {
            hit.article_id: hit.score
            for hit in index.query(document.title, document.text, limit=9, among=range(9))
        }
        assert row.tolist() == pytest.approx([scores[other.article_id] for other in documents], abs=1e-12)
    assert index.cosines([]).shape == (0, 0)
