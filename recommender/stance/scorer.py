"""What every stance model offers: the author's polarity toward a name in a sentence.

`linear` ships with the package. A stronger model is one more function in `_makers`; nothing else changes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from recommender.errors import NotFoundError

Polarity = tuple[float, float, float]  # P(negative), P(neutral), P(positive); they sum to 1


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in its sentence: `sentence[start:end]`."""

    sentence: str
    start: int  # characters
    end: int  # characters, exclusive


class Scorer(Protocol):
    """A model of polarity toward a mention. Pure: equal mentions get equal answers."""

    @property
    def name(self) -> str:
        """Model and version, as stored beside what it computed: a new version has a new name."""
        ...

    def polarity(self, items: Sequence[Mention]) -> list[Polarity]:
        """One polarity a mention, in order; a model may work on the whole batch at once."""
        ...


def names() -> list[str]:
    """What `load` takes."""
    return sorted(_makers())


@lru_cache(maxsize=4)
def load(name: str = "linear") -> Scorer:
    """The scorer of that name, ready to use; loaded once a process.

    Raises:
        NotFoundError: no scorer goes by that name.
    """
    maker = _makers().get(name)
    if maker is None:
        raise NotFoundError(f"no stance model named {name!r}", hint=f"choose one of: {', '.join(names())}")
    return maker()


def _makers() -> dict[str, Callable[[], Scorer]]:
    from recommender.stance.linear import LinearScorer

    return {"linear": LinearScorer.shipped}
