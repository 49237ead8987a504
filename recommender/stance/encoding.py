"""A mention in its sentence ─► token numbers for the encoder. Used alike in training and in scoring.

    words before ─► * <mask> * ─► words after, cut to a window around the mention

The judged name itself is hidden: the model may learn what is said of somebody, not of whom it is usually said. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from recommender.stance.scorer import Mention

WINDOW = 96  # tokens in all: 99 % of newsmtsc's training sentences are shorter, and time grows with it
MARK = "*"
HIDDEN = "<mask>"
FIRST, LAST = "<s>", "</s>"
_AROUND = 5  # tokens that are always there: first, two marks, the hidden name, last


@dataclass(frozen=True, slots=True)
class Encoded:
    """One mention as the model reads it."""

    ids: tuple[int, ...]  # token numbers, at most `WINDOW`
    place: int  # index of the hidden name in `ids`


def encode(tokenizer: Any, items: Sequence[Mention]) -> list[Encoded]:
    """Each mention as token numbers, in order.

    Args:
        tokenizer: a `tokenizers.Tokenizer` of the MPNet kind.
        items: the mentions.
    """
    special = {word: tokenizer.token_to_id(word) for word in (FIRST, LAST, MARK, HIDDEN)}
    before = tokenizer.encode_batch([item.sentence[: item.start] for item in items], add_special_tokens=False)
    after = tokenizer.encode_batch([item.sentence[item.end :] for item in items], add_special_tokens=False)
    return [_join(left.ids, right.ids, special) for left, right in zip(before, after, strict=True)]


def by_length(lengths: Sequence[int], size: int) -> Iterable[list[int]]:
    """Indices in batches of at most `size`, of like length: little is padded."""
    order = sorted(range(len(lengths)), key=lengths.__getitem__)
    for start in range(0, len(order), size):
        yield order[start : start + size]


def padded(encoded: Sequence[Encoded]) -> tuple[Any, Any, Any]:
    """A batch as arrays: token numbers and mask (n, longest), places (n,), all int64; padding is 0."""
    import numpy as np

    longest = max(len(item.ids) for item in encoded)
    ids = np.zeros((len(encoded), longest), dtype=np.int64)
    mask = np.zeros_like(ids)
    for row, item in enumerate(encoded):
        ids[row, : len(item.ids)] = item.ids
        mask[row, : len(item.ids)] = 1
    return ids, mask, np.array([item.place for item in encoded], dtype=np.int64)


def _join(left: list[int], right: list[int], special: dict[str, int]) -> Encoded:
    """Both sides with the hidden name between; where all is too long, each side gives what the other leaves."""
    room = WINDOW - _AROUND
    keep_left = min(len(left), max(room // 2, room - len(right)))
    keep_right = min(len(right), room - keep_left)
    left = left[len(left) - keep_left :]
    middle = (special[MARK], special[HIDDEN], special[MARK])
    ids = (special[FIRST], *left, *middle, *right[:keep_right], special[LAST])
    return Encoded(ids, len(left) + 2)
