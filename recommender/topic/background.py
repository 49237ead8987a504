"""How many articles of a large news collection hold a term: document frequencies shipped with the package.

A reading list has six pieces, and inverse document frequencies from six pieces are noise. So the archive's
own frequencies are added to those of 8,005 American news articles of 2012 to 2020 (see weights.py).
The file holds stems and counts only, made by `scripts/build_background.py`; terms in few articles are
left out, so no rare string of anybody's text is in it.
"""

from __future__ import annotations

import functools
import hashlib
import io
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

from recommender.topic.vectorizer import term_key

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FILE = "background.npz"


@dataclass(frozen=True, slots=True)
class Background:
    """Document frequencies of one collection.

    Attributes:
        documents: articles counted.
        keys: term keys, ascending, uint64 of shape (n_terms,).
        frequencies: articles that hold each, int64 of shape (n_terms,), at least 1.
        digest: names these figures, so that weights made from others are known to be stale.
    """

    documents: int
    keys: NDArray[np.uint64]
    frequencies: NDArray[np.int64]
    digest: str

    @classmethod
    def none(cls) -> Background:
        """No background: the archive's own frequencies alone."""
        import numpy as np

        return cls(0, np.empty(0, np.uint64), np.empty(0, np.int64), "none")

    @classmethod
    def of(cls, terms: list[str], frequencies: list[int], documents: int, digest: str) -> Background:
        """Frequencies by term, in any order."""
        import numpy as np

        keys = np.fromiter((term_key(term) for term in terms), np.uint64, len(terms))
        order = np.argsort(keys)
        return cls(documents, keys[order], np.asarray(frequencies, np.int64)[order], digest)


@functools.cache
def shipped() -> Background:
    """The frequencies that come with the package."""
    return decode(_shipped_bytes())


@functools.cache
def shipped_digest() -> str:
    """Their digest, without the tenth of a second that unpacking them takes."""
    return _digest(_shipped_bytes())


def encode(terms: list[str], frequencies: list[int], documents: int) -> bytes:
    """Terms and their frequencies, at most 65,535 each, as a compressed .npz, always the same."""
    import numpy as np

    pairs = sorted(zip(terms, frequencies, strict=True))
    file = io.BytesIO()
    np.savez_compressed(
        file,
        documents=np.int64(documents),
        terms=np.frombuffer("\n".join(term for term, _ in pairs).encode(), np.uint8),
        frequencies=np.array([count for _, count in pairs], np.uint16),
    )
    return file.getvalue()


def decode(data: bytes) -> Background:
    """The inverse of `encode`."""
    import numpy as np

    with np.load(io.BytesIO(data)) as file:
        terms = file["terms"].tobytes().decode().split("\n")
        return Background.of(terms, file["frequencies"].tolist(), int(file["documents"]), _digest(data))


def _shipped_bytes() -> bytes:
    return resources.files(__package__).joinpath(FILE).read_bytes()


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=8).hexdigest()
