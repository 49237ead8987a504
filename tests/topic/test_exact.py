"""On real articles: what a filtered question gives is brute force over the filtered articles."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

from recommender.choosing import Choice, passing
from recommender.models import Article
from recommender.store.days import read_day
from recommender.topic import compiled, nearest, segments, sums
from recommender.topic.background import Background
from recommender.topic.index import Document, TopicIndex
from recommender.topic.vectorizer import PAIR_WEIGHT, Analyzer

N, RANK, QUESTIONS = 400, 50, (3, 57, 111, 222, 333)


@dataclass(frozen=True)
class Brute:
    """Articles, the index of them, and every cosine between them as scikit-learn has it."""

    articles: list[Article]
    index: TopicIndex
    cosines: np.ndarray  # (N, N); ids are 1 to N

    def nearest(self, number: int, allowed: Iterable[int]) -> list[tuple[int, float]]:
        """Ids and scores of the RANK nearest, equal ones by id."""
        row = self.cosines[number - 1]
        found = [(other, row[other - 1]) for other in allowed if other != number and row[other - 1] > 0]
        return sorted(found, key=lambda pair: (-round(pair[1], 12), pair[0]))[:RANK]


COMPILED = "frequent terms are bounded, sums are compiled"


@pytest.fixture(scope="module", params=["every posting is read", "frequent terms are bounded", COMPILED])
def brute(
    request: pytest.FixtureRequest, shared: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Brute]:
    """Some hundreds of articles in one segment each hundred; twenty are copies of others, so that scores tie."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param != "every posting is read":
            patch.setattr(segments, "FREQUENT_FROM", 1)
            patch.setattr(nearest, "GROUP", 2)
        many = request.param == COMPILED
        yield compared(those(shared, N - 20, 20), tmp_path_factory.mktemp("index"), many=many)


@cache
def those(shared: Path, count: int, copies: int) -> tuple[list[Article], np.ndarray]:
    """So many articles, some of them again behind them, and every cosine between them as scikit-learn has it."""
    with gzip.open(shared / "allsides.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(next(file)) for _ in range(count)]
    articles = [
        Article(
            row["url"], row["title"], row["text"], outlet=row["source"], id=number,
            published=read_day(row["date"] or ""),
        )
        for number, row in enumerate(rows + rows[:copies], 1)
    ]  # fmt: skip
    return articles, cosines(articles)


def compared(given: tuple[list[Article], np.ndarray], folder: Path, *, many: bool) -> Brute:
    """The articles as an index in four parts, and as scikit-learn compares them."""
    articles, by_sklearn = given
    index = TopicIndex.open(folder, frequencies=Background.none(), many=many)
    step = len(articles) // 4
    for start in range(0, len(articles), step):
        index.update(Document(a.id or 0, a.title, a.text, str(a.id)) for a in articles[start : start + step])
    return Brute(articles, index, by_sklearn)


def cosines(articles: list[Article]) -> np.ndarray:
    """All pairs, `(n, n)`, with our weights."""
    analyzer = Analyzer()
    counter = CountVectorizer(analyzer=lambda article: analyzer.terms(article.title, article.text))
    weighted = TfidfTransformer(sublinear_tf=True, norm=None).fit_transform(counter.fit_transform(articles))
    pairs = np.array([PAIR_WEIGHT if " " in name else 1.0 for name in counter.get_feature_names_out()])
    weighted = weighted.multiply(pairs).tocsr()
    lengths = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    unit = weighted.multiply(1 / np.maximum(lengths, 1e-12)[:, None]).tocsr()
    return np.asarray((unit @ unit.T).toarray())


@pytest.mark.parametrize(
    "choice",
    [
        Choice(),
        Choice(since=date(2016, 1, 1)),
        Choice(until=date(2016, 1, 1), not_sites=("foxnews.com", "Vox")),
        Choice(sites=("cnn.com", "vox.com", "Washington Times")),
        Choice(past_only=True),
    ],
)
def test_an_answer_under_a_filter_is_brute_force_over_what_passes(brute: Brute, choice: Choice) -> None:
    """The same ids in the same order down to rank 50, the same scores; ties by id."""
    for number in QUESTIONS:
        subject = brute.articles[number - 1]
        passed = passing(choice, brute.articles, subject.published or date(2016, 6, 1))
        assert choice == Choice() or 0 < len(passed.ids) < N
        hits = brute.index.query(
            subject.title, subject.text, limit=RANK, only=passed.ids, exclude=[number], terms=0
        )
        expected = brute.nearest(number, passed.ids)
        assert [hit.article_id for hit in hits] == [other for other, _ in expected]
        assert [hit.score for hit in hits] == pytest.approx(
            [min(1.0, score) for _, score in expected], abs=1e-9
        )


def test_compiled_sums_are_used_where_many_questions_are_to_come(tmp_path: Path) -> None:
    """What the other tests here compare is what they say."""
    assert TopicIndex.open(tmp_path, many=True)._sums is compiled
    assert TopicIndex.open(tmp_path)._sums is sums


def test_ties_are_met(brute: Brute) -> None:
    """A copy of a piece is as near as the piece, and goes behind it."""
    subject = brute.articles[110]
    ids = [hit.article_id for hit in brute.index.query(subject.title, subject.text, limit=N, terms=0)]
    assert all(
        ids.index(number) + 1 == ids.index(number + N - 20) for number in range(1, 21) if number in ids
    )


def test_likeness_is_brute_force_too(brute: Brute) -> None:
    """What --diverse goes by."""
    few = [article for article in brute.articles if article.id in QUESTIONS]
    places = [number - 1 for number in QUESTIONS]
    found = brute.index.cosines([(article.title, article.text) for article in few])
    assert found == pytest.approx(np.minimum(brute.cosines[np.ix_(places, places)], 1.0), abs=1e-9)


def test_all_shares_sum_to_the_score(brute: Brute) -> None:
    subject = brute.articles[56]
    hits = brute.index.query(subject.title, subject.text, limit=RANK, exclude=[57], terms=None)
    assert len(hits) == RANK
    for hit in hits:
        assert sum(term.share for term in hit.terms) == pytest.approx(hit.score, abs=1e-9)


@pytest.mark.parametrize("many", [False, True])
def test_some_thousands_with_dead_among_them(
    shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, many: bool
) -> None:
    """As more are kept: frequent terms apart, a tenth of the articles removed, ten and fifty wanted."""
    monkeypatch.setattr(segments, "FREQUENT_FROM", 500)
    brute = compared(those(shared, 3_000, 0), tmp_path, many=many)
    assert sum(len(segment.frequent) for segment in brute.index.segments) > 0
    brute.index.update([], removed=range(1, 3_001, 10))
    frozen = brute.index.state.snapshot
    assert frozen is not None
    assert frozen.articles == 3_000, "weights are those of all articles still"
    living = [number for number in range(1, 3_001) if number % 10 != 1]
    for number in range(2, 3_000, 50):
        subject, expected = brute.articles[number - 1], brute.nearest(number, living)
        for limit in (10, 50):
            hits = brute.index.query(subject.title, subject.text, limit=limit, exclude=[number], terms=0)
            assert [hit.article_id for hit in hits] == [other for other, _ in expected[:limit]]
            assert [hit.score for hit in hits] == pytest.approx([s for _, s in expected[:limit]], abs=1e-9)
