"""A model file of the package ─► a session of ONNX Runtime and the tokenizer; batches ─► logits ─► probabilities.

Both models were made with the same pieces of words: MPNet's most used ones.

A batch is reckoned on one thread, so that its answers are the same on any machine; several go side by side, one a core.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import as_file, files
from typing import Any, Protocol, TypeVar

from recommender.stance.encoding import by_length
from recommender.workers import cores

TOKENIZER = "tokenizer.json"
DIGITS = 4  # of a probability: padding moves the sixth, and equal items must get equal answers


class HasTokens(Protocol):
    """What a model reads: token numbers, and whatever else."""

    @property
    def ids(self) -> tuple[int, ...]:
        """Token numbers."""
        ...


Encoded = TypeVar("Encoded", bound=HasTokens)


def opened(weights: str) -> tuple[Any, Any]:
    """Session of a file of the package, and the tokenizer."""
    import onnxruntime
    from tokenizers import Tokenizer

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors only
    package = files("recommender.stance")
    with as_file(package.joinpath(weights)) as path:
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    words = Tokenizer.from_str(package.joinpath(TOKENIZER).read_text(encoding="utf-8"))
    words.no_padding()
    words.no_truncation()
    words.encode_special_tokens = True  # where an article says "<mask>" it is text, not the model's own mark
    return session, words


def answered(
    session: Any, encoded: Sequence[Encoded], size: int, inputs: Callable[[list[Encoded]], dict[str, Any]]
) -> Any:
    """Three logits of each item, (n, 3), in order.

    Args:
        session: an open model with one output.
        encoded: what it reads, with token numbers in `ids`.
        size: of a batch, at most; those of like length go together.
        inputs: the arrays of a batch, by name.
    """
    import numpy as np

    batches = list(by_length([len(one.ids) for one in encoded], size))
    arrays = (inputs([encoded[at] for at in batch]) for batch in batches)
    logits = np.zeros((len(encoded), 3))
    with ThreadPoolExecutor(cores()) as pool:
        for batch, (found,) in zip(
            batches, pool.map(lambda one: session.run(None, one), arrays), strict=True
        ):
            logits[batch] = found
    return logits


def probabilities(logits: Any) -> list[tuple[float, float, float]]:
    """Rows of three logits (n, 3) as probabilities that sum to 1."""
    import numpy as np

    parts = np.exp(logits.astype(np.float64) - logits.max(axis=1, keepdims=True))
    whole = np.round(parts / parts.sum(axis=1, keepdims=True), DIGITS)
    return [(float(row[0]), float(1 - row[0] - row[2]), float(row[2])) for row in whole]
