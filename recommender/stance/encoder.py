"""The stronger stance model: a small transformer, read at the hidden name. Needs the extra `stance`.

    mentions ─► token numbers (encoding.py) ─► batches of like length ─► ONNX Runtime ─► three logits ─► softmax

`scripts/train_encoder.py` makes the weights and `scripts/export_encoder.py` the file: weights kept in 8 bits and
reckoned with as 32-bit floats. (Reckoning in 8 bits would be faster, but scales by the largest value of a batch, so
that a mention's answer would hang on the others'.) One thread: a second one gains little on batches this small, and
answers stay the same. The files are read at the first mention.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import as_file, files
from importlib.util import find_spec
from typing import Any

from recommender.errors import NotFoundError
from recommender.stance.encoding import by_length, encode, padded
from recommender.stance.scorer import NEITHER, Mention, Passage, Polarity, Position

VERSION = (
    "1"  # part of the model's name: raise it with every new weights file, so that old profiles are redone
)
WEIGHTS = "encoder.onnx"
TOKENIZER = "encoder-tokenizer.json"
# Mentions. On one core a token costs the same in batches of 4 and of 32, but one op-ed's 33 mentions are padded by 7 %
# in batches of 4, by 32 % in batches of 16 and by 60 % in batches of 32 (60 op-eds of allsides).
BATCH = 4
DIGITS = 4  # of a probability: padding moves the sixth, and equal mentions must get equal answers


@dataclass(frozen=True, slots=True)
class EncoderScorer:
    """MiniLM fine-tuned on newsmtsc; see docs/stance.md for what it may be used for."""

    name: str = f"encoder-{VERSION}"
    judges_claims: bool = False

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
        encoded = encode(tokenizer, items)
        found: list[Polarity] = [(0.0, 1.0, 0.0)] * len(items)
        for batch in by_length(encoded, BATCH):
            ids, mask, place = padded([encoded[at] for at in batch])
            (logits,) = session.run(None, {"ids": ids, "mask": mask, "place": place})
            for at, row in zip(batch, _softmax(logits), strict=True):
                found[at] = row
        return found

    def positions(self, items: Sequence[Passage]) -> list[Position]:
        """Neither for nor against, of each: this model judges no claims."""
        return [NEITHER] * len(items)


def installed() -> bool:
    """Whether the packages of the extra `stance` and the model's file are there."""
    there = all(find_spec(name) is not None for name in ("onnxruntime", "tokenizers"))
    return there and files("recommender.stance").joinpath(WEIGHTS).is_file()


@lru_cache(maxsize=1)
def _loaded() -> tuple[Any, Any]:
    """Session and tokenizer, once a process."""
    import onnxruntime
    from tokenizers import Tokenizer

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors only
    package = files("recommender.stance")
    with as_file(package.joinpath(WEIGHTS)) as path:
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_str(package.joinpath(TOKENIZER).read_text(encoding="utf-8"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return session, tokenizer


def _softmax(logits: Any) -> list[Polarity]:
    """Rows of three logits as probabilities that sum to 1."""
    import numpy as np

    parts = np.exp(logits.astype(np.float64) - logits.max(axis=1, keepdims=True))
    whole = np.round(parts / parts.sum(axis=1, keepdims=True), DIGITS)
    return [(float(row[0]), float(1 - row[0] - row[2]), float(row[2])) for row in whole]


_INSTALL = "pip install 'readmore[stance]', or choose --stance-model linear"
