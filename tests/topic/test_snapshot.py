"""Weights of a snapshot: exact by brute force, cheap to add to, taken anew where the archive has outgrown it."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

from recommender.errors import ArchiveError
from recommender.topic import snapshot
from recommender.topic.background import Background
from recommender.topic.index import Document, TopicIndex
from recommender.topic.vectorizer import PAIR_WEIGHT, Analyzer

NOUNS = "harbor coal strike bridge river flood orchestra piano winter ship trader engine village mayor vote"
WORDS = NOUNS.split()


def piece(number: int, words: int = 40) -> Document:
    """An invented article, always the same, with a word that no other one has."""
    chance = random.Random(number)
    text = " ".join([f"zx{number}q", *chance.choices(WORDS, weights=range(1, 16), k=words)])
    return Document(number, chance.choice(WORDS), text, f"digest {number}")


@pytest.fixture
def grown(tmp_path: Path) -> TopicIndex:
    """Forty articles in the snapshot, then three more, one of them in the place of another, and one less."""
    index = TopicIndex.open(tmp_path / "grown", frequencies=Background.none())
    index.update(map(piece, range(40)))
    index.update([piece(100)])
    index.update([Document(7, "Mayor", piece(107).text, "another")])
    index.update([], removed=[8])
    return index


def brute_force(frozen: list[Document], now: list[Document], asked: Document) -> list[tuple[int, float]]:
    """scikit-learn's cosines with the idf of `frozen`: every article of `now`, nearest first.

    Terms that are in no frozen article weigh as TfidfTransformer would weigh a term of frequency 0.
    """
    analyzer = Analyzer()
    counter = CountVectorizer(analyzer=lambda d: analyzer.terms(d.title, d.text)).fit([*frozen, *now, asked])
    pairs = np.array([PAIR_WEIGHT if " " in name else 1.0 for name in counter.get_feature_names_out()])
    transformer = TfidfTransformer(sublinear_tf=True, norm=None).fit(counter.transform(frozen))

    def unit(documents: list[Document]) -> np.ndarray:
        weighted = transformer.transform(counter.transform(documents)).toarray() * pairs
        return weighted / np.linalg.norm(weighted, axis=1)[:, None]

    scores = unit(now) @ unit([asked])[0]
    found = [(d.article_id, float(score)) for d, score in zip(now, scores, strict=True) if score > 0]
    return sorted(found, key=lambda pair: (-round(pair[1], 12), pair[0]))


def test_answers_are_scikit_learns_over_the_snapshots_weights(grown: TopicIndex) -> None:
    """Also for articles that came later and for words that the snapshot doesn't know."""
    frozen = [piece(n) for n in range(40)]
    now = [d for d in frozen if d.article_id not in {7, 8}]
    now += [piece(100), Document(7, "Mayor", piece(107).text, "another")]
    for number in (3, 100, 107, 500):
        asked = piece(number)
        theirs = brute_force(frozen, now, asked)
        ours = grown.query(asked.title, asked.text, limit=100)
        assert [hit.article_id for hit in ours] == [article_id for article_id, _ in theirs]
        assert [hit.score for hit in ours] == pytest.approx([score for _, score in theirs])


def test_an_addition_writes_its_own_lengths_and_touches_no_others(grown: TopicIndex, tmp_path: Path) -> None:
    folder = tmp_path / "grown"
    state = grown.state
    before = {path: path.stat().st_mtime_ns for path in folder.glob("lengths-*")}
    grown.update([piece(101)])
    after = {path: path.stat().st_mtime_ns for path in folder.glob("lengths-*")}
    assert before.items() <= after.items()
    assert len(after) == len(before) + 1
    assert grown.state.snapshot == state.snapshot
    assert grown.state.changed == state.changed + 1 == 4


def test_the_snapshot_is_taken_anew_where_a_tenth_has_changed(grown: TopicIndex, tmp_path: Path) -> None:
    first = grown.state.snapshot
    assert first is not None
    assert first.articles == 40
    grown.update([piece(101)])
    assert grown.state.snapshot == first
    assert grown.fresh
    grown.update([piece(102)])  # the fifth change
    second = grown.state.snapshot
    assert second is not None
    assert (second.articles, grown.state.changed) == (42, 0)
    assert [path.name for path in (tmp_path / "grown").glob("snapshot-*")] == [second.name]


def test_refresh_makes_it_as_if_built_at_once(grown: TopicIndex, tmp_path: Path) -> None:
    now = [piece(n) for n in range(40) if n not in {7, 8}]
    now += [piece(100), Document(7, "Mayor", piece(107).text, "another")]
    whole = TopicIndex.open(tmp_path / "whole", frequencies=Background.none())
    whole.update(now)
    asked = piece(107)
    assert grown.query(asked.title, asked.text, limit=9) != whole.query(asked.title, asked.text, limit=9)
    grown.refresh()
    assert grown.query(asked.title, asked.text, limit=9) == whole.query(asked.title, asked.text, limit=9)


def test_a_lost_snapshot_is_damage_that_says_so(grown: TopicIndex, tmp_path: Path) -> None:
    shutil.rmtree(next((tmp_path / "grown").glob("snapshot-*")))
    with pytest.raises(ArchiveError, match="damaged topic index"):
        TopicIndex.open(tmp_path / "grown")


def test_a_snapshot_whose_arrays_do_not_fit_is_refused(tmp_path: Path) -> None:
    made = snapshot.Snapshot(1.0, np.array([2, 4], np.uint64), np.array([1.0]))
    snapshot.save(made, tmp_path / "snapshot-a")
    with pytest.raises(ArchiveError, match="different lengths"):
        snapshot.load(tmp_path / "snapshot-a")
