"""The claims half of the model `encoder`: a transformer that reads a claim and a passage. Needs the extra `stance`.

    claim, passage ─► windows of token numbers (claim_encoding.py) ─► ONNX Runtime ─► mean of logits
                   ─► less what it says of the claim under texts that say nothing ─► softmax

`scripts/train_claims.py` makes the weights and `scripts/export_claims.py` the file. Its matrices stay in 4 bits in
memory; what is multiplied with them has 32, so that an answer does not hang on the batch. The files are read at the
first question.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from recommender.stance.claim_encoding import BLANK, NOTHING_SAID, encode, levelled, padded, slant
from recommender.stance.scorer import Passage, Position
from recommender.stance.sessions import answered, opened, probabilities

WEIGHTS = "claims.onnx"
BATCH = 4  # windows: on one core larger ones cost as much a token, and pad more


def positions(items: Sequence[Passage]) -> list[Position]:
    """P(against), P(neither), P(for) of each passage toward its claim, in order."""
    if not items:
        return []
    slants = [slant_of(item.claim) for item in items]
    return probabilities(levelled(_logits(items), slants))


@lru_cache(maxsize=1024)
def slant_of(claim: str) -> float:
    """How far the model is for a claim of which nothing was said; asked once, since many pieces are asked about one."""
    return slant(_logits([Passage(claim, text) for text in NOTHING_SAID]))


def _logits(items: Sequence[Passage]) -> Any:
    """Against, neither, for, (n, 3): the mean over each item's windows."""
    import numpy as np

    session, tokenizer = _loaded()
    several = encode(tokenizer, items)
    windows = [window for one in several for window in one]
    names, blank = ("ids", "mask", "parts"), tokenizer.token_to_id(BLANK)
    logits = answered(
        session, windows, BATCH, lambda batch: dict(zip(names, padded(batch, blank), strict=True))
    )
    ends = np.cumsum([len(one) for one in several])
    return np.array([rows.mean(axis=0) for rows in np.split(logits, ends[:-1])])


@lru_cache(maxsize=1)
def _loaded() -> tuple[Any, Any]:
    return opened(WEIGHTS)
