"""Of all pages that were read: which count, by what ids, in which shards. Pure arithmetic.

    keys of all pages ─► of one address the newest ─► of the same words the first ─► near copies by families: the first
                      ─► ids ─► shards

Ids go by the hash of the address, from 1, and shards are equal runs of ids: so both, and every ranking, are the same
whatever the number of workers and the order in which they worked.

Near copies are looked for as `crawl/twins.py` does, with other means, since every pair can't be compared: pages whose
fingerprints agree in some chosen bits stand together, and each is compared with the next few. TABLES such choices find
a copy cut by a tenth practically always (J = .85: each bit agrees with probability .925), one at J = .6 of a million
pages every second time; the archive of one machine finds that too.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from typing import TYPE_CHECKING

from recommender.crawl.urls import outlet, url_key
from recommender.models import Article
from recommender.reading.duplicates import BITS, NEAR

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Of each page that may become an article; 60 bytes. `chunk` and `row` say where it lies in the part `part`.
KEY = [
    ("url", "<u8"), ("words", "<u8"), ("canonical", "<u8"), ("high", "<u8"), ("low", "<u8"),
    ("when", "<i8"), ("part", "<i4"), ("chunk", "<i4"), ("row", "<i4"),
]  # fmt: skip
TABLES = 64  # choices of bits
AHEAD = 8  # pages that each is compared with, among those that agree in the chosen bits: chance leaves it one
FEWEST_BITS = 8  # chosen at least: so few pages are compared with nearly all others


def hash_of(text: str) -> int:
    """64 bits; among ten million texts any two are alike by chance with a probability of 3e-6."""
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def key_of(article: Article, mark: str | None, when: int) -> tuple[int, int, int, int, int, int]:
    """The first six fields of an article's KEY.

    Args:
        article: with its address.
        mark: its fingerprint, 32 hex digits; None where it has no words.
        when: it was captured, seconds since 1970.
    """
    own = url_key(article.url or "")
    canonical = 0
    if article.canonical_url and outlet(article.canonical_url) == outlet(article.url or ""):
        other = url_key(article.canonical_url)
        canonical = 0 if other == own else hash_of(other)
    bits = int(mark, 16) if mark else 0
    words = hash_of(" ".join(article.text.split()).casefold())
    return hash_of(own), words, canonical, bits >> 64, bits & (1 << 64) - 1, when


def newest(keys: NDArray[np.void]) -> NDArray[np.void]:
    """One page an address, the one captured last; the order of `keys` does not matter. In the order of time."""
    import numpy as np

    order = np.lexsort((keys["row"], keys["chunk"], keys["part"], keys["words"], -keys["when"], keys["url"]))
    return _in_time(_firsts(keys[order], "url"))


def different(pages: NDArray[np.void]) -> NDArray[np.void]:
    """Of pages with the same words the first; pages and answer in the order of time."""
    import numpy as np

    order = np.argsort(pages["words"], kind="stable")
    return _in_time(_firsts(pages[order], "words"))


def _firsts(pages: NDArray[np.void], field: str) -> NDArray[np.void]:
    import numpy as np

    kept: NDArray[np.void] = pages[np.diff(pages[field], prepend=~pages[field][:1]) != 0]
    return kept


def _in_time(pages: NDArray[np.void]) -> NDArray[np.void]:
    import numpy as np

    return pages[np.lexsort((pages["url"], pages["when"]))]


def candidates(pages: NDArray[np.void], tables: int = TABLES) -> NDArray[np.int64]:
    """Pairs of pages whose fingerprints are near, earlier one first; shape (n_pairs, 2), of positions, in order.

    Args:
        pages: in the order of time.
        tables: choices of bits.
    """
    import numpy as np

    count = len(pages)
    bits = max(FEWEST_BITS, (max(count, 1) - 1).bit_length())
    halves = (pages["low"], pages["high"])
    found = [np.empty((0, 2), np.int64)]
    for table in range(tables):
        agreed = np.zeros(count, np.uint64)
        for bit in sorted(range(BITS), key=lambda bit: hash_of(f"{table} {bit}"))[:bits]:
            agreed = agreed << np.uint64(1) | halves[bit >> 6] >> np.uint64(bit & 63) & np.uint64(1)
        order = np.argsort(agreed, kind="stable")
        agreed = agreed[order]
        for step in range(1, min(AHEAD, count - 1) + 1):
            together = np.flatnonzero(agreed[step:] == agreed[:-step])
            if not together.size:
                break
            left, right = order[together], order[together + step]
            apart = sum(np.bitwise_count(half[left] ^ half[right]).astype(np.int64) for half in halves)
            close = apart <= NEAR
            found.append(np.stack([left[close], right[close]], axis=1))
    every: NDArray[np.int64] = np.unique(np.concatenate(found), axis=0)
    return every


def canonical(pages: NDArray[np.void]) -> NDArray[np.int64]:
    """Pairs of a page and the one that lies at what it calls its canonical address; shape (n_pairs, 2)."""
    import numpy as np

    order = np.argsort(pages["url"])
    addresses = pages["url"][order]
    place = np.minimum(np.searchsorted(addresses, pages["canonical"]), len(pages) - 1)
    own = np.flatnonzero((pages["canonical"] != 0) & (addresses[place] == pages["canonical"]))
    return np.stack([own, order[place[own]]], axis=1)


def first_of_families(count: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    """For each of so many pages the first of its family; a family is what pairs hold together.

    >>> first_of_families(5, [(3, 1), (4, 3)])
    [0, 1, 2, 1, 1]
    """
    parent = list(range(count))

    def root(one: int) -> int:
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    for left, right in pairs:
        first, second = sorted((root(left), root(right)))
        parent[second] = first
    return [root(one) for one in range(count)]


def by_address(pages: NDArray[np.void]) -> NDArray[np.void]:
    """Pages in the order of their ids, which are 1, 2, …"""
    import numpy as np

    return pages[np.argsort(pages["url"], kind="stable")]


def borders(articles: int, shards: int) -> list[int]:
    """Where each shard begins among the articles in the order of their ids, and the end of the last.

    >>> borders(10, 3)
    [0, 3, 6, 10]
    """
    return [articles * shard // shards for shard in range(shards + 1)]
