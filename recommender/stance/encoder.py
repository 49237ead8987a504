"""The stronger stance model: a small transformer, read at the hidden name; another judges claims (claim_encoder.py).

    mentions ─► token numbers (encoding.py) ─► batches of like length ─► ONNX Runtime ─► three logits ─► softmax

`scripts/train_encoder.py` makes the weights and `scripts/export_encoder.py` the file: weights kept in 4 bits and
reckoned with as 32-bit floats. (Reckoning in 8 bits would be faster, but scales by the largest value of a batch, so
that a mention's answer would hang on the others'.) The files are read at the first mention. Needs the extra `stance`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.util import find_spec
from typing import Any

from recommender.errors import NotFoundError
from recommender.stance.encoding import encode, padded
from recommender.stance.scorer import Mention, Passage, Polarity, Position
from recommender.stance.sessions import answered, opened, probabilities

# Part of the model's name: raise it with every new weights file, of this half or of the claims', so that what was kept
# is made anew.
VERSION = "4"
WEIGHTS = "encoder.onnx"
# Mentions. On one core a token costs the same in batches of 4 and of 32, but one op-ed's 33 mentions are padded by 7 %
# in batches of 4, by 32 % in batches of 16 and by 60 % in batches of 32 (60 op-eds of allsides).
BATCH = 4


@dataclass(frozen=True, slots=True)
class EncoderScorer:
    """MiniLM fine-tuned on newsmtsc; see docs/stance.md for what it may be used for."""

    name: str = f"encoder-{VERSION}"
    judges_claims: bool = True

    @classmethod
    def shipped(cls) -> EncoderScorer:
        """The model in the package.

        Raises:
            NotFoundError: ONNX Runtime or tokenizers is not installed.
        """
        if not installed():
            raise NotFoundError("the stance model 'encoder' needs two more packages", hint=_INSTALL)
        return cls()

    def polarity(self, items: Sequence[Mention]) -> list[Polarity]:
        """P(negative), P(neutral), P(positive) of each mention, in order."""
        if not items:
            return []
        session, tokenizer = _loaded()
        names = ("ids", "mask", "place")
        logits = answered(
            session,
            encode(tokenizer, items),
            BATCH,
            lambda batch: dict(zip(names, padded(batch), strict=True)),
        )
        return probabilities(logits)

    def positions(self, items: Sequence[Passage]) -> list[Position]:
        """P(against), P(neither), P(for) of each passage toward its claim, in order."""
        from recommender.stance import claim_encoder

        return claim_encoder.positions(items)


def installed() -> bool:
    """Whether the packages of the extra `stance` and the model's file are there."""
    there = all(find_spec(name) is not None for name in ("onnxruntime", "tokenizers"))
    return there and files("recommender.stance").joinpath(WEIGHTS).is_file()


@lru_cache(maxsize=1)
def _loaded() -> tuple[Any, Any]:
    """Session and tokenizer, once a process."""
    return opened(WEIGHTS)


_INSTALL = "pip install 'readmore[stance]', or choose --stance-model linear"
