"""A claim and a text ─► token numbers for the claims model; its logits, less what the claim alone makes it say.

    <s> claim </s></s> as much of the text as fits </s>      a longer text is read in several windows

Used alike in training and in scoring. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from recommender.stance.encoding import FIRST, LAST
from recommender.stance.scorer import Passage

WINDOW = 128  # tokens in all: a passage of three sentences with its claim fits
CLAIM = 40  # tokens of a claim that are read: a headline has some twelve
# Windows of one text that are read, the first ones: 250 to 400 words, more than positions.py ever asks about.
MOST = 4
BLANK = "<pad>"
# Texts that say nothing of any claim. What the model makes of a claim under these it would make of it under any text.
NOTHING_SAID = (
    "Read the comments below.",
    "It is a question that many people have asked.",
    "The discussion went on for an hour.",
)
_MARKS = 4  # tokens that are always there: first, two between, last
_OF_CLAIM, _OF_TEXT = 1, 2


@dataclass(frozen=True, slots=True)
class EncodedPassage:
    """One window of a text under its claim, as the model reads it."""

    ids: tuple[int, ...]  # token numbers, at most `WINDOW`
    parts: tuple[int, ...]  # of each token: 1 the claim's, 2 the text's, 0 a mark


def encode(tokenizer: Any, items: Sequence[Passage], window: int = WINDOW) -> list[list[EncodedPassage]]:
    """Each item's windows, one at least and `MOST` at most, in order.

    Args:
        tokenizer: a `tokenizers.Tokenizer` of the MPNet kind.
        items: claims with texts.
        window: tokens of a window, claim and marks and all.
    """
    first, last = (tokenizer.token_to_id(mark) for mark in (FIRST, LAST))
    claims = tokenizer.encode_batch([item.claim for item in items], add_special_tokens=False)
    texts = tokenizer.encode_batch([item.text for item in items], add_special_tokens=False)
    made = []
    for claim, text in zip(claims, texts, strict=True):
        head = claim.ids[:CLAIM]
        room = window - len(head) - _MARKS
        cuts = [text.ids[start : start + room] for start in range(0, len(text.ids), room)][:MOST] or [[]]
        made.append(
            [
                EncodedPassage(
                    (first, *head, last, last, *cut, last),
                    (0, *[_OF_CLAIM] * len(head), 0, 0, *[_OF_TEXT] * len(cut), 0),
                )
                for cut in cuts
            ]
        )
    return made


def padded(encoded: Sequence[EncodedPassage], blank: int) -> tuple[Any, Any, Any]:
    """A batch as arrays: token numbers, mask and parts (n, longest), all int64.

    Args:
        encoded: the windows.
        blank: the token number of padding.
    """
    import numpy as np

    longest = max(len(item.ids) for item in encoded)
    ids = np.full((len(encoded), longest), blank, dtype=np.int64)
    mask, parts = np.zeros_like(ids), np.zeros_like(ids)
    for row, item in enumerate(encoded):
        ids[row, : len(item.ids)] = item.ids
        mask[row, : len(item.ids)] = 1
        parts[row, : len(item.parts)] = item.parts
    return ids, mask, parts


def slant(logits: Any) -> float:
    """How far a model is for a claim, rather than against, of which nothing was said.

    Args:
        logits: of the claim under each of `NOTHING_SAID`, (3, 3): against, neither, for.
    """
    return float((logits[:, 2] - logits[:, 0]).mean())


def levelled(logits: Any, slants: Any) -> Any:
    """Logits (n, 3), each row's margin of "for" over "against" less its claim's `slant` (n,).

    Contextual calibration (Zhao et al. 2021, "Calibrate before use"), of the two sides alone.
    """
    import numpy as np

    return logits - np.asarray(slants)[:, None] * np.array([-0.5, 0.0, 0.5])
