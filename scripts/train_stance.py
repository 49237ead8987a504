"""Train the linear stance model and write its weights.

    python scripts/train_stance.py DATA --lexicon vader_lexicon.txt [--check]

DATA is the folder of measuring data. It takes `newsmtsc/train.jsonl.gz` (sentences with the polarity toward
a marked name, MIT) to learn from and the words of `allsides.jsonl.gz` (8,005 news articles, no labels used)
to learn which words are alike. The lexicon is `vader_lexicon.txt` of vaderSentiment 3.3.2 (MIT): a column of
ratings, needed for training only. All is folded into one weight a word, region and class.

    articles ─► co-occurrence ─► word vectors ┐
    lexicon ──────────────────► ratings ──────┴─► one row of numbers a stem ┐
    train sentences ─► features ────────────────────────────────────────────┴─► regression ─► linear.npz

`--check` cross-validates on the training sentences, grouped by article, and writes nothing. Settings below
were chosen that way, never by the dev files; set OMP_NUM_THREADS=1 to get the same file again.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import GroupKFold
from sklearn.preprocessing import normalize
from sklearn.utils.extmath import randomized_svd

from recommender.stance.features import REGIONS, Features, features, stem
from recommender.stance.scorer import Mention

OUT = Path(__file__).resolve().parent.parent / "recommender" / "stance" / "linear.npz"
SEED = 0
FOLDS = 4
VOCABULARY = 15_000  # most frequent stems of the articles; RAREST cuts the list just below that
RAREST = 8  # occurrences below which a stem's vector is noise
CHARACTERS = 8_000  # of an article: its first 1,300 words or so
WINDOW = 4  # words; counts weigh 1 / distance
DIMENSIONS = 100  # 200 did worse by .004 on an earlier variant
VECTOR_SCALE = 0.02  # of the standardised vector columns; 0 (no vectors): macro-F1 .663, .01: .674, .03: .677
RATING_SCALE = 0.1  # of the standardised rating columns; 0 (no lexicon): .660; neither: .618
STRENGTH = 1.0  # C of the logistic regression; .5: .678, 2: .676: no difference that counts
MIN_SENTENCES = 3  # in which a phrase must occur: .678; 2: .675 and a file half as large again
CLASSES = (-1, 0, 1)


def main() -> None:
    """Train, or cross-validate with --check."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--lexicon", type=Path, required=True)
    parser.add_argument("--check", action="store_true", help="cross-validate, write nothing")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    rows = read(options.data / "newsmtsc" / "train.jsonl.gz")
    found = [features(Mention(row["sentence"], row["from"], row["to"])) for row in rows]
    labels = np.array([row["polarity"] for row in rows])
    stems, table = word_table(options.data / "allsides.jsonl.gz", options.lexicon)
    words = region_columns(found, stems, table)
    if options.check:
        check(found, words, labels, [article(row["id"]) for row in rows])
        return
    save(options.out, found, words, labels, stems, table)


def read(path: Path) -> list[dict[str, Any]]:
    """The rows of a .jsonl.gz file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def article(identity: str) -> str:
    """The article part of a row's id: "allsides_1000_401_25_Name_0_6" ─► "allsides_1000"."""
    match = re.match(r"allsides_\d+|polusa_v\d+_\d+", identity)
    return match.group() if match else identity


def word_table(articles: Path, lexicon: Path) -> tuple[list[str], Any]:
    """Stems and their numbers: a unit vector, the positive and the negative part of the rating.

    Returns:
        stems, and an array of shape (n_stems, DIMENSIONS + 2).
    """
    stems, vectors = word_vectors(articles)
    ratings: dict[str, list[float]] = defaultdict(list)
    for line in lexicon.read_text(encoding="utf-8").splitlines():
        word, rating = line.split("\t")[:2]
        if word.isalpha():
            ratings[stem(word.lower())].append(float(rating))
    everything = stems + sorted(set(ratings) - set(stems))
    table = np.zeros((len(everything), DIMENSIONS + 2))
    table[: len(stems), :DIMENSIONS] = vectors
    mean = np.array([np.mean(ratings[word]) if word in ratings else 0.0 for word in everything])
    table[:, DIMENSIONS] = np.maximum(mean, 0)
    table[:, DIMENSIONS + 1] = np.minimum(mean, 0)
    return everything, table


def word_vectors(articles: Path) -> tuple[list[str], Any]:
    """Unit vectors from positive pointwise mutual information and SVD (Levy & Goldberg 2014)."""
    texts = []
    for row in read(articles):
        text = f"{row['title']} . {row['text'][:CHARACTERS]}".replace("’", "'").lower()
        texts.append([stem(word) for word in re.findall(r"[a-z]+(?:n't)?", text)])
    counts = Counter(word for text in texts for word in text)
    stems = [word for word, count in counts.most_common(VOCABULARY) if count >= RAREST]
    index = {word: row for row, word in enumerate(stems)}
    gap = np.full(WINDOW + 1, -1)
    flat = np.concatenate([np.append([index.get(word, -1) for word in text], gap) for text in texts]).astype(
        int
    )
    size = len(stems)
    together = sparse.csr_matrix((size, size))
    for distance in range(1, WINDOW + 1):
        left, right = flat[:-distance], flat[distance:]
        both = (left >= 0) & (right >= 0)
        weights = np.full(both.sum(), 1 / distance)
        together = (
            together + sparse.coo_matrix((weights, (left[both], right[both])), shape=(size, size)).tocsr()
        )
    together = (together + together.T).tocoo()
    totals = np.asarray(together.tocsr().sum(1)).ravel()
    context = totals**0.75  # Levy, Goldberg & Dagan 2015: smooth the contexts
    context /= context.sum()
    information = np.maximum(np.log(together.data / (totals[together.row] * context[together.col])), 0)
    matrix = sparse.csr_matrix((information, (together.row, together.col)), shape=(size, size))
    left_vectors, strengths, _ = randomized_svd(matrix, 2 * DIMENSIONS, n_iter=3, random_state=SEED)
    vectors = (left_vectors * np.sqrt(strengths))[:, :DIMENSIONS]
    return stems, vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


def region_columns(found: list[Features], stems: list[str], table: Any) -> Any:
    """For each mention and region the mean-root sum of its words' rows.

    Returns:
        An array of shape (n_mentions, n_regions, n_numbers).
    """
    index = {word: row for row, word in enumerate(stems)}
    blocks = []
    for region in range(len(REGIONS)):
        data, rows, columns = [], [], []
        for row, one in enumerate(found):
            for word, weight in one.regions[region].items():
                if word in index:
                    rows.append(row)
                    columns.append(index[word])
                    data.append(weight / np.sqrt(one.sizes[region]))
        amounts = sparse.csr_matrix((data, (rows, columns)), shape=(len(found), len(stems)))
        blocks.append(amounts @ table)
    return np.stack(blocks, axis=1)


def scales(words: Any) -> Any:
    """What each column is multiplied by: its block's scale over its standard deviation."""
    wanted = np.concatenate([np.full(DIMENSIONS, VECTOR_SCALE), np.full(2, RATING_SCALE)])
    return wanted / (words.std(axis=0) + 1e-9)


def fit(found: list[Features], words: Any, labels: Any) -> tuple[Any, Any, LogisticRegression]:
    """Phrases seen often enough (fitted vectoriser and mask) and the regression on them and the words."""
    vectoriser = DictVectorizer()
    phrases = vectoriser.fit_transform([dict.fromkeys(one.names, 1.0) for one in found])
    often = np.asarray((phrases > 0).sum(axis=0)).ravel() >= MIN_SENTENCES
    columns = words.reshape(len(found), -1)
    both = sparse.hstack([normalize(phrases[:, often]), sparse.csr_matrix(columns)]).tocsr()
    model = LogisticRegression(C=STRENGTH, max_iter=300, tol=1e-3).fit(both, labels)
    return vectoriser, often, model


def check(found: list[Features], words: Any, labels: Any, groups: list[str]) -> None:
    """Print macro-F1 over articles not trained on."""
    guesses = np.zeros((len(labels), 3))
    for train, test in GroupKFold(FOLDS).split(found, labels, groups):
        scale, mean = scales(words[train]), words[train].mean(axis=0)
        vectoriser, often, model = fit(
            [found[at] for at in train], (words[train] - mean) * scale, labels[train]
        )
        phrases = vectoriser.transform([dict.fromkeys(found[at].names, 1.0) for at in test])[:, often]
        columns = ((words[test] - mean) * scale).reshape(len(test), -1)
        guesses[test] = model.predict_proba(
            sparse.hstack([normalize(phrases), sparse.csr_matrix(columns)]).tocsr()
        )
    macro = f1_score(labels, guesses.argmax(axis=1) - 1, average="macro")
    each = f1_score(labels, guesses.argmax(axis=1) - 1, average=None)
    print(f"macro-F1 {macro:.4f}, negative {each[0]:.3f}, neutral {each[1]:.3f}, positive {each[2]:.3f}")
    sure = guesses.max(axis=1)
    right = guesses.argmax(axis=1) - 1 == labels
    for low in np.arange(0.3, 1.0, 0.1):
        inside = (sure >= low) & (sure < low + 0.1)
        if inside.sum():
            print(f"said {sure[inside].mean():.2f}, right {right[inside].mean():.2f}, n {inside.sum()}")


def save(path: Path, found: list[Features], words: Any, labels: Any, stems: list[str], table: Any) -> None:
    """Fit on all, fold word numbers and regression into one weight a word, round to 8 bits, write."""
    scale, mean = scales(words), words.mean(axis=0)
    vectoriser, often, model = fit(found, (words - mean) * scale, labels)
    contrast = (model.coef_ - model.coef_[1])[[0, 2]]  # (2, n_columns): against neutral
    bias = (model.intercept_ - model.intercept_[1])[[0, 2]]
    names = vectoriser.get_feature_names_out()[often]
    phrase_part = contrast[:, : len(names)].T
    numbers = contrast[:, len(names) :].reshape(2, *scale.shape) * scale
    bias = bias - (numbers * mean).sum(axis=(1, 2))
    word_part = np.einsum("wn,crn->rwc", table, numbers)
    phrase_scale, word_scale = np.abs(phrase_part).max() / 127, np.abs(word_part).max() / 127
    phrase_bytes = np.rint(phrase_part / phrase_scale).astype(np.int8)
    np.savez_compressed(
        path,
        phrases=np.frombuffer("\n".join(names).encode(), dtype=np.uint8),
        phrase_weights=phrase_bytes,
        phrase_scale=phrase_scale,
        words=np.frombuffer("\n".join(stems).encode(), dtype=np.uint8),
        word_weights=np.rint(word_part / word_scale).astype(np.int8),
        word_scale=word_scale,
        bias=bias,
    )
    print(f"{path}: {path.stat().st_size:,} bytes, {len(names):,} phrases, {len(stems):,} stems")


if __name__ == "__main__":
    main()
