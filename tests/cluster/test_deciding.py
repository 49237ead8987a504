"""Which pages count hangs on the pages alone."""

from __future__ import annotations

import random

import numpy as np
from crawl_files import words

from recommender.cluster import deciding
from recommender.models import Article
from recommender.reading.duplicates import fingerprint, near


def keys(articles: list[tuple[str, str, int]]) -> np.ndarray:
    """KEYs of addresses, texts and times."""
    made = []
    for row, (url, text, when) in enumerate(articles):
        mark = f"{fingerprint(text):032x}"
        made.append((*deciding.key_of(Article(url, "", text), mark, when), 0, 0, row))
    return np.array(made, deciding.KEY)


def test_of_one_address_the_newest_capture_counts_whatever_the_order() -> None:
    """Two spellings are one address."""
    pages = [
        ("https://a.example/x", "one", 1),
        ("http://www.a.example/x#top", "two", 3),
        ("https://a.example/x", "three", 2),
    ]
    for order in ([0, 1, 2], [2, 1, 0], [1, 2, 0]):
        kept = deciding.newest(keys(pages)[order])
        assert kept["row"].tolist() == [1]


def test_of_the_same_words_the_first_captured_counts() -> None:
    """Lines and capitals don't matter."""
    pages = [
        ("https://a.example/1", "The  Words\nare", 9),
        ("https://b.example/2", "the words are", 5),
        ("https://c.example/", "else", 1),
    ]
    kept = deciding.different(deciding.newest(keys(pages)))
    assert kept["row"].tolist() == [2, 1]


def test_the_order_of_pages_decides_nothing() -> None:
    """Candidates, families and ids of shuffled pages are the same."""
    chance = random.Random(5)
    pages = [(f"https://a.example/{n}", " ".join(words(n % 30)[: 30 - n % 4]), n % 7) for n in range(60)]
    made = keys(pages)
    found = set()
    for _ in range(4):
        some = deciding.different(deciding.newest(made[chance.sample(range(60), 60)]))
        firsts = deciding.first_of_families(len(some), deciding.candidates(some).tolist())
        kept = deciding.by_address(some[np.array(firsts) == np.arange(len(some))])
        found.add(tuple(kept["row"].tolist()))
    assert len(found) == 1


def test_cut_copies_are_candidates_and_strangers_are_not() -> None:
    """Of a tenth cut off all are found, as if every pair had been compared; nobody else is."""
    texts = [" ".join(words(n)) for n in range(150)]
    cut = [text[: len(text) * 9 // 10] for text in texts]
    made = deciding.newest(
        keys([(f"https://a.example/{n}", text, n) for n, text in enumerate([*texts, *cut])])
    )
    found = {tuple(sorted(made["row"][list(pair)].tolist())) for pair in deciding.candidates(made)}
    marks = [fingerprint(text) for text in (*texts, *cut)]
    expected = {(a, b) for a in range(300) for b in range(a + 1, 300) if near(marks[a], marks[b])}
    assert found == expected
    assert expected >= {(n, n + 150) for n in range(150)}


def test_a_canonical_address_leads_to_the_page_that_lies_there() -> None:
    """On the same outlet only."""
    texts = ("https://a.example/1", "https://b.example/1")
    made = np.array(
        [
            (*deciding.key_of(Article("https://a.example/1", "", "one"), None, 1), 0, 0, 0),
            (
                *deciding.key_of(
                    Article("https://a.example/amp/1", "", "two", canonical_url=texts[0]), None, 2
                ),
                0,
                0,
                1,
            ),
            (
                *deciding.key_of(
                    Article("https://c.example/1", "", "three", canonical_url=texts[0]), None, 3
                ),
                0,
                0,
                2,
            ),
        ],
        deciding.KEY,
    )
    assert deciding.canonical(made).tolist() == [[1, 0]]


def test_shards_are_equal_runs() -> None:
    """Each article is in one."""
    for articles in (0, 1, 5, 100):
        for shards in (1, 2, 7, 32):
            borders = deciding.borders(articles, shards)
            sizes = np.diff(borders)
            assert sizes.sum() == articles
            assert sizes.max() - sizes.min() <= 1
