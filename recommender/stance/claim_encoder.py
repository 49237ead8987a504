"""The model that judges claims: a small transformer that reads a claim and a text side by side. Extra `stance`.

    claim, text ─► windows of token numbers ─► batches of like length ─► ONNX Runtime ─► logits, averaged ─► softmax

`scripts/train_claims.py` makes the weights, `scripts/export_claims.py` the file. Its word vectors are those of the
encoder: `claims.onnx` holds six layers and looks the words up in `encoder.onnx`, which must lie beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import as_file, files
from typing import Any

from recommender.stance.encoding import FIRST, LAST, Encoded, by_length, padded
from recommender.stance.scorer import NEITHER, Passage, Position

WEIGHTS = "claims.onnx"
WINDOW = 128  # tokens of claim and text together: a paragraph; trained on 80
CLAIM = 40  # tokens of a claim that are read: headlines have 15
WINDOWS = 4  # of a text, one after the other: 200 words fit in three
BATCH = 8  # windows; as for mentions, larger ones are padded more and no faster
DIGITS = 4  # of a probability, as of a mention's


def available() -> bool:
    """Whether the model's file is in the package."""
    return files("recommender.stance").joinpath(WEIGHTS).is_file()


def judge(tokenizer: Any, items: Sequence[Passage]) -> list[Position]:
    """P(against), P(neither), P(for) of each, in order; neither where claim or text is empty.

    Args:
        tokenizer: the encoder's.
        items: claims with their passages.
    """
    import numpy as np

    windows = [(at, window) for at, item in enumerate(items) for window in split(tokenizer, item)]
    if not windows:
        return [NEITHER] * len(items)
    sums = np.zeros((len(items), 3))
    counts = np.zeros((len(items), 1))
    session = _session()
    encoded = [window for _, window in windows]
    for batch in by_length(encoded, BATCH):
        ids, mask, place = padded([encoded[at] for at in batch])
        (logits,) = session.run(None, {"ids": ids, "mask": mask, "place": place})
        for at, row in zip(batch, logits, strict=True):
            sums[windows[at][0]] += row
            counts[windows[at][0]] += 1
    return [_position(row / count) if count else NEITHER for row, (count,) in zip(sums, counts, strict=True)]


def split(tokenizer: Any, item: Passage) -> list[Encoded]:
    """[CLS] claim [SEP] part of the text [SEP], for each part; `place` is the index of the first [SEP].

    A text that does not fit is read in parts of equal length; what is past the last window is not read.
    """
    first, last = tokenizer.token_to_id(FIRST), tokenizer.token_to_id(LAST)
    claim = tokenizer.encode(item.claim, add_special_tokens=False).ids[:CLAIM]
    text = tokenizer.encode(item.text, add_special_tokens=False).ids
    if not claim or not text:
        return []
    room = WINDOW - len(claim) - 3
    text = text[: room * WINDOWS]
    parts = -(-len(text) // room)
    size = -(-len(text) // parts)
    cuts = [text[start : start + size] for start in range(0, len(text), size)]
    return [Encoded((first, *claim, last, *cut, last), len(claim) + 1) for cut in cuts]


def _position(logits: Any) -> Position:
    import numpy as np

    parts = np.exp(logits - logits.max())
    against, _, favour = np.round(parts / parts.sum(), DIGITS)
    return (float(against), float(1 - against - favour), float(favour))


@lru_cache(maxsize=1)
def _session() -> Any:
    """The model, once a process."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors only
    with as_file(files("recommender.stance").joinpath(WEIGHTS)) as path:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
