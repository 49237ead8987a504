"""Is this the piece we already have under another URL? Fingerprints to find it, the words to be sure. Pure.

    text ─► words ─► shingles of 3 words ─┬─► fingerprint, near     128 bits: cheap, against all we have
                                          └─► resemblance, same     exact, for the few near ones

The fingerprint is one-bit MinHash (Li and König 2010): each bit comes from another random ordering of the
shingles, and two texts agree in a bit with probability (1 + J) / 2, where J (Jaccard) is the share of all
their shingles that they have in common. Different texts agree in 64 ± 6 bits of 128.

Measured on 8,005 news articles (`benchmarks/near_copies.py`): of all 32 million pairs 1,348 are near, and the
only J between .3 and .8 found among them are .46 and .56, explainers written anew from older ones. Copies cut
by a tenth with another headline, byline and footer are all found (500 of 500), cut by 30 % 490, with 8 % of
the words changed 436, cut by half hardly any: those are for `containment`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BITS = 128  # with 64 a piece has 40 chance likenesses among a million, each to be compared by its text
SHINGLE = 3  # words: fewer, and stock phrases are shared by all; more, and one edit breaks as many shingles
MIN_WORDS = 50  # below this chance and stock phrases decide, so only equal words count as the same
NEAR = 36  # bits that may differ: at J = .6 one copy in 100 differs in more, strangers in less once in two million
SAME = 0.6  # J from which two texts are one piece: in the gap between rewritten and cut copies, see above
BLOCK = 4096  # shingles reordered at a time: 2 MB
_BASE = 0x9E3779B97F4A7C15  # odd, of no pattern: the golden ratio's fraction in 64 bits
_WORD = re.compile(r"\w+")


def fingerprint(text: str) -> int:
    """Bits that near-identical texts have nearly in common: an integer in [0, 2**128).

    Of texts under `MIN_WORDS`, equal ones have equal fingerprints and all others unrelated ones.
    """
    import numpy as np

    words = _words(text)
    if len(words) < MIN_WORDS:
        joined = " ".join(words)
        return _hash(joined) << 64 | _hash(f"again {joined}")
    hashes = _runs(words)
    blocks = range(0, len(hashes), BLOCK)
    lowest = np.min([_reordered(hashes[at : at + BLOCK]).min(axis=1) for at in blocks], axis=0)
    return int("".join(str(bit) for bit in np.bitwise_count(lowest) & 1), 2)


def near(left: int, right: int) -> bool:
    """Whether two fingerprints are near enough to compare the texts."""
    return (left ^ right).bit_count() <= NEAR


def same(left: str, right: str) -> bool:
    """Whether two texts are one piece: the same words, but for a byline, a footer, a cut or small edits."""
    first, second = _words(left), _words(right)
    if min(len(first), len(second)) < MIN_WORDS:
        return bool(first) and first == second
    return _jaccard(_shingles(first), _shingles(second)) >= SAME


def resemblance(left: str, right: str) -> float:
    """The share of both texts' shingles that they have in common (Jaccard), in [0, 1]."""
    return _jaccard(_shingles(_words(left)), _shingles(_words(right)))


def containment(part: str, whole: str) -> float:
    """How much of one text is in another, in [0, 1]: near 1 for a stub and its full piece."""
    inner = _shingles(_words(part))
    return len(inner & _shingles(_words(whole))) / len(inner) if inner else 0.0


def _words(text: str) -> list[str]:
    """Words without case, punctuation, spacing and ways of writing one character."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def _shingles(words: list[str]) -> set[str]:
    """Every run of `SHINGLE` words; a shorter text is one shingle."""
    if not words:
        return set()
    return {" ".join(words[at : at + SHINGLE]) for at in range(max(1, len(words) - SHINGLE + 1))}


def _jaccard(left: set[str], right: set[str]) -> float:
    union = len(left | right)
    return len(left & right) / union if union else 0.0


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


def _runs(words: list[str]) -> NDArray[np.uint64]:
    """A hash of every run of `SHINGLE` words, shape (n - SHINGLE + 1,): a polynomial of the words' own, mod 2**64."""
    import numpy as np

    known = {word: _hash(word) for word in dict.fromkeys(words)}
    each = np.fromiter(map(known.__getitem__, words), np.uint64, len(words))
    last = len(words) - SHINGLE + 1
    runs = each[:last].copy()
    for at in range(1, SHINGLE):
        runs *= np.uint64(_BASE)
        runs += each[at : at + last]
    return runs


def _reordered(hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The hashes in `BITS` random orderings, shape (BITS, n): xor, odd multiplication and shift lose nothing."""
    import numpy as np

    keys, factors = _orderings()
    mixed = (hashes ^ keys) * factors
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)  # splitmix64's (Steele and others 2014)
    mixed ^= mixed >> np.uint64(32)
    return mixed


@cache
def _orderings() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Keys and odd factors, shape (BITS, 1) each."""
    import numpy as np

    keys = [[_hash(f"xor {number}")] for number in range(BITS)]
    factors = [[_hash(f"times {number}") | 1] for number in range(BITS)]
    return np.array(keys, np.uint64), np.array(factors, np.uint64)
