"""A mention in its sentence ─► what the linear model counts. Used alike in training and in scoring.

    tokens, the mention as T ─► negation, clauses, quotation marks ─► word features, phrases, word regions

Words are stems (Snowball English). Other names become N and numbers 0, so that nothing is learnt about
who is named, only about what is said. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import sqrt
from typing import Any

from recommender.stance.scorer import Mention

TARGET = "T"
# Where a word stands, seen from the mention; each region has its own weight for every word.
REGIONS = ("sentence", "before", "after", "clause", "close before", "close after", "fading")
_TOKEN = re.compile(
    r"[A-Za-z]+(?:\.[A-Za-z]\.)+|[A-Za-z]+(?:'[A-Za-z]+)?|\d[\d,.]*%?|[“”\"]|--|[^\sA-Za-z0-9]"
)


def _set(line: str) -> frozenset[str]:
    return frozenset(line.split())


_NEGATIONS = _set(
    "not no never neither nor without hardly nobody none nothing cannot "
    "refused refuses refusing failed fails failing"
)
_CLAUSE_ENDS = _set(", ; : -- — – but while although though because . ? !")
_NEGATION_ENDS = _set(", . ; : but ? !")
_THIRD_PERSON = _set("he she his her him hers himself herself")
_OTHER_PRONOUNS = _set("we i our us my me they their them you your")
NEGATION_SCOPE = 4  # words after "not" that count as negated: Pang & Lee's rule cut to news sentences
CLOSE = 4  # words; the window of "close before" and "close after"
FADE = 3.0  # words; "fading" weighs 1 / (1 + distance / FADE)
CHAIN = 5  # words around the mention that count by side


@dataclass(frozen=True, slots=True)
class Features:
    """What stands around one mention."""

    names: tuple[str, ...]  # present or not, sorted
    regions: tuple[dict[str, float], ...]  # one a region: stem ─► weight; `sizes` many words in all
    sizes: tuple[int, ...]


@dataclass(slots=True)
class _Tokens:
    """One sentence, token by token; every list has the same length."""

    words: list[str]  # lower case
    stems: list[str]
    capital: list[bool]  # a name, or part of one
    quoted: list[bool]
    negated: list[bool]
    clause: list[int]
    target: int  # index of the mention


@lru_cache(maxsize=1)
def _stemmer() -> Any:
    from Stemmer import Stemmer

    return Stemmer("english")


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The Snowball stem of a lower-case word."""
    return str(_stemmer().stemWord(word))


def features(mention: Mention) -> Features:
    """All features of one mention."""
    tokens = _tokens(mention)
    found = set(_words(tokens))
    found.update(_phrases(tokens))
    found.update(_shape(tokens, mention.sentence[mention.start : mention.end].lower()))
    regions, sizes = _regions(tokens)
    return Features(tuple(sorted(found)), regions, sizes)


def _tokens(mention: Mention) -> _Tokens:
    before = _TOKEN.findall(mention.sentence[: mention.start].replace("’", "'"))
    after = _TOKEN.findall(mention.sentence[mention.end :].replace("’", "'"))
    raw = [*before, TARGET, *after]
    target = len(before)
    words = [word.lower() for word in raw]
    quoted, negated, clause = [], [], []
    inside, scope, number = False, 0, 0
    for word in words:
        inside = (word == "“") or (not inside if word == '"' else inside and word != "”")
        number += word in _CLAUSE_ENDS
        quoted.append(inside)
        clause.append(number)
        negated.append(scope > 0)
        scope = 0 if word in _NEGATION_ENDS else max(0, scope - 1)
        if word in _NEGATIONS or word.endswith("n't"):
            scope = NEGATION_SCOPE
    capital = [word[0].isupper() and at > 0 and word != "I" for at, word in enumerate(raw)]
    stems = [stem(word) for word in words]
    return _Tokens(words, stems, capital, quoted, negated, clause, target)


def _words(tokens: _Tokens) -> Iterator[str]:
    """Single words: anywhere, by side, in the mention's clause, close to it, across a quotation mark."""
    at = tokens.target
    for index, word in enumerate(tokens.stems):
        if index == at or tokens.capital[index] or not word[0].isalnum():
            continue
        form = "!" + word if tokens.negated[index] else word
        side = "L" if index < at else "R"
        yield f"u {form}"
        yield f"{side} {form}"
        if tokens.clause[index] == tokens.clause[at]:
            yield f"c {form}"
        if abs(index - at) <= CLOSE:
            yield f"w{side} {form}"
        if tokens.quoted[index] != tokens.quoted[at]:
            yield f"q {word}"


def _masked(tokens: _Tokens) -> tuple[list[str], int]:
    """The sentence with names as N and numbers as 0, runs of N as one; and where the mention is."""
    chain: list[str] = []
    at = 0
    for index, word in enumerate(tokens.stems):
        if index == tokens.target:
            at = len(chain)
            chain.append(TARGET)
        elif tokens.capital[index]:
            if not chain or chain[-1] != "N":
                chain.append("N")
        else:
            chain.append("0" if word[0].isdigit() else word)
    return chain, at


def _phrases(tokens: _Tokens) -> Iterator[str]:
    """Pairs of neighbours, longer phrases with the mention in them, and words by side of it."""
    chain, at = _masked(tokens)
    for first, second in pairwise(chain):
        yield f"b {first} {second}"
    for start in range(max(0, at - 3), at + 1):
        for end in range(max(start + 3, at + 1), min(len(chain), start + 4) + 1):
            yield "g " + " ".join(chain[start:end])
    for index in range(max(0, at - CHAIN), min(len(chain), at + CHAIN + 1)):
        if index != at and chain[index][0].isalnum():
            yield f"k{'<' if index < at else '>'} {chain[index]}"


def _shape(tokens: _Tokens, form: str) -> Iterator[str]:
    """How the mention itself is written, and where."""
    at, length = tokens.target, len(tokens.words)
    if form in _THIRD_PERSON:
        yield "m third person"
    elif form in _OTHER_PRONOUNS:
        yield "m other pronoun"
    else:
        yield "m name"
    if tokens.quoted[at]:
        yield "m inside quotation"
    if any(tokens.quoted):
        yield "m has quotation"
    following = tokens.words[at + 1 : at + 3]
    if "said" in following:
        yield "m said"
    if following[:1] == ["'"]:
        yield "m possessive"
    if at == 0:
        yield "m first"
    yield f"m length {min(5, length // 10)}"
    yield f"m place {min(3, 4 * at // length)}"


def _regions(tokens: _Tokens) -> tuple[tuple[dict[str, float], ...], tuple[int, ...]]:
    """Stems by region with their weights, names and numbers left out."""
    regions: tuple[dict[str, float], ...] = tuple({} for _ in REGIONS)
    at = tokens.target
    for index, word in enumerate(tokens.stems):
        if index == at or tokens.capital[index] or not word[0].isalpha():
            continue
        distance = abs(index - at)
        weights = [(0, 1.0), (1 if index < at else 2, 1.0), (6, 1 / (1 + distance / FADE))]
        if tokens.clause[index] == tokens.clause[at]:
            weights.append((3, 1.0))
        if distance <= CLOSE:
            weights.append((4 if index < at else 5, 1 / sqrt(distance)))
        for region, weight in weights:
            regions[region][word] = regions[region].get(word, 0.0) + weight
    return regions, tuple(len(region) for region in regions)
