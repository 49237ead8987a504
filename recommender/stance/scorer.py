"""What every stance model offers: the author's polarity toward a name in a sentence, a passage's position on a claim.

`linear` works everywhere; `encoder` needs the extra `stance`; `llm:NAME` is a language model of the reader's own, with
the extra `llm`. Another model is one more branch of `load` and, for its scale, one more line in `calibration`.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol, runtime_checkable

from recommender.errors import NotFoundError

VARIABLE = "READMORE_STANCE_MODEL"
LLM = "llm:"  # begins the name of a language model of the reader's own
Polarity = tuple[float, float, float]  # P(negative), P(neutral), P(positive); they sum to 1
Position = tuple[float, float, float]  # P(against), P(neither), P(for); they sum to 1
NEITHER: Position = (0.0, 1.0, 0.0)


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in its sentence: `sentence[start:end]`."""

    sentence: str
    start: int  # characters
    end: int  # characters, exclusive


@dataclass(frozen=True, slots=True)
class Passage:
    """A claim and a text that may be for it, against it or neither."""

    claim: str  # a statement, e.g. "The strike made the region safer"
    text: str  # a passage of at most some 200 words
    opposite: str = ""  # the claim's, where it is known: `questions` asks about either by itself


def questions(items: Sequence[Passage]) -> list[Passage]:
    """What a scorer is asked about these: each under its claim, then under the claim's opposite, where it has one."""
    asked = []
    for item in items:
        asked.append(Passage(item.claim, item.text))
        if item.opposite:
            asked.append(Passage(item.opposite, item.text))
    return asked


def weighed(scorer: Scorer, items: Sequence[Passage]) -> list[Position]:
    """One position a passage: with an opposite the mean of both answers, that on the opposite turned over.

    A model that leans to whatever it is asked about gives no side then. All questions go to the scorer at once.
    """
    answers = iter(scorer.positions(questions(items)))
    found = []
    for item in items:
        against, neither, towards = next(answers)
        if item.opposite:
            other = next(answers)
            against, towards = (against + other[2]) / 2, (towards + other[0]) / 2
            neither = 1 - against - towards
        found.append((against, neither, towards))
    return found


class Scorer(Protocol):
    """A model of two things: polarity toward a mention, and a passage's position on a claim.

    Pure: equal items get equal answers.
    """

    @property
    def name(self) -> str:
        """Model and version, as stored beside what it computed: a new version has a new name."""
        ...

    def polarity(self, items: Sequence[Mention]) -> list[Polarity]:
        """One polarity a mention, in order; a model may work on the whole batch at once."""
        ...

    @property
    def judges_claims(self) -> bool:
        """Whether `positions` says anything."""
        ...

    def positions(self, items: Sequence[Passage]) -> list[Position]:
        """One position a passage, in order; all "neither" where this model judges no claims."""
        ...


@dataclass(frozen=True, slots=True)
class Ahead:
    """What a model will be asked about one piece."""

    mentions: tuple[Mention, ...] = ()
    passages: tuple[Passage, ...] = ()


@runtime_checkable
class Foreseeing(Protocol):
    """A scorer whose answers cost something: it wants to know all that it will be asked before it is."""

    def foresee(self, pieces: Sequence[Ahead]) -> None:
        """Answer all of these now; `polarity` and `positions` give the answers afterwards at no cost.

        Raises:
            ConsentError: the reader did not agree to the cost.
        """
        ...


def names() -> list[str]:
    """What `load` takes, apart from `llm:` and the name of a language model."""
    return ["encoder", "linear"]


def chosen() -> str:
    """The model that the reader wants: READMORE_STANCE_MODEL, else the `default`."""
    return os.environ.get(VARIABLE) or default()


def default() -> str:
    """`encoder` where it is installed, else `linear`."""
    from recommender.stance.encoder import installed

    return "encoder" if installed() else "linear"


def for_kept() -> str:
    """The model of rankings that are kept without a question: the one chosen, but none that is asked at a cost."""
    return default() if chosen().startswith(LLM) else chosen()


@lru_cache(maxsize=4)
def load(name: str) -> Scorer:
    """The scorer of that name, ready to use; loaded once a process.

    Raises:
        NotFoundError: no scorer goes by that name, or what it needs is not installed.
        AccessError: a language model's key is missing.
    """
    if name.startswith(LLM):
        from recommender.stance.llm import LlmScorer

        return LlmScorer.named(name.removeprefix(LLM))
    if name == "encoder":
        from recommender.stance.encoder import EncoderScorer

        return EncoderScorer.shipped()
    if name == "linear":
        from recommender.stance.linear import LinearScorer

        return LinearScorer.shipped()
    raise NotFoundError(
        f"no stance model named {name!r}", hint=f"choose one of: {', '.join(names())}, {LLM}NAME"
    )
