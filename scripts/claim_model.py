"""The claims model as it is trained and exported: MPNet's lower layers, read at the first token and as two means.

    token numbers ─► word vectors (some frozen layers, some trained) ─► first token, claim's mean, text's mean
                  ─► three logits: against, neither, for

Its matrices can be rounded to 4 bits as they ship, in blocks of `BLOCK` with one scale each, and go on learning: the
forward pass uses the rounded numbers, the backward pass goes to the whole ones (a straight-through estimator).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import nn
from transformers import MPNetConfig, MPNetModel

from recommender.stance.sessions import TOKENIZER

LAYERS = 8  # of the base's twelve
FROZEN = 4  # of these
READ_EARLY = 6  # a second head there teaches the middle layers too; it is not shipped
BLOCK, WORD_BLOCK = 128, 64  # numbers of a row that share a scale: of a matrix, of the word vectors
HALVES = torch.ops.mkldnn._is_mkldnn_bf16_supported()  # by this processor itself; else it would be slower
FIRST_PLACE = 2  # MPNet counts places from its padding's number on


def rounded(weight: torch.Tensor, block: int = BLOCK) -> tuple[torch.Tensor, torch.Tensor]:
    """A matrix (rows, columns) as numbers from 0 to 15 and scales (rows, columns / block).

    A block's number of largest size becomes 0, so that all sixteen are used: value = (number - 8) * scale.
    """
    blocks = weight.reshape(weight.shape[0], -1, block)
    at = blocks.abs().argmax(-1, keepdim=True)
    scale = blocks.gather(-1, at) / -8
    scale = torch.where(scale == 0, 1.0, scale)
    return (blocks / scale).round().add(8).clamp(0, 15), scale.squeeze(-1)


def whole(numbers: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
    """What `rounded` gave, as a matrix again."""
    return ((numbers - 8) * scale.unsqueeze(-1)).flatten(1)


class Rounded(nn.Module):
    """A parametrization: 4 bits forwards, whole numbers backwards."""

    def forward(self, weight: torch.Tensor) -> torch.Tensor:
        """The matrix as it ships."""
        return weight + (whole(*rounded(weight)) - weight).detach()


class ClaimModel(nn.Module):
    """See the module. Arrays: ids, mask and parts (n, length) of `claim_encoding.padded` ─► logits (n, 3)."""

    def __init__(self, base: MPNetModel, heads: Iterable[int] = (LAYERS,)) -> None:
        super().__init__()
        size = base.config.hidden_size
        self.words = base.embeddings.word_embeddings
        self.places = base.embeddings.position_embeddings
        self.norm = base.embeddings.LayerNorm
        self.layers = base.encoder.layer[:LAYERS]
        self.distances = base.encoder.relative_attention_bias
        self.drop = nn.Dropout(0.1)
        self.heads = nn.ModuleDict({str(depth): nn.Linear(3 * size, 3) for depth in heads})
        for layer in self.layers:
            layer.attention.attn.dropout.p = 0.0  # drawing it costs an eighth of a step

    def freeze(self) -> None:
        """Word vectors and the lower layers learn no more, are not disturbed, and have 16 bits if that is quicker."""
        for part in (self.words, self.places, self.norm, self.distances, *self.layers[:FROZEN]):
            still(part.to(torch.bfloat16) if HALVES else part)

    def embedded(self, ids: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """What the layers start from (n, length, size), and what is added to their attention."""
        places = torch.arange(ids.shape[1])
        away = self.distances(buckets(places)).permute(2, 0, 1).unsqueeze(0)
        bias = away + (1 - mask[:, None, None, :].to(away.dtype)) * -30_000.0
        return self.norm(self.words(ids) + self.places(places + FIRST_PLACE)), bias

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, parts: torch.Tensor) -> dict[int, torch.Tensor]:
        """Logits (n, 3) of each head: against, neither, for."""
        hidden, bias = self.embedded(ids, mask)
        found = {}
        shares = [(parts == which).unsqueeze(-1).float() for which in (1, 2)]
        for depth, layer in enumerate(self.layers, 1):
            with torch.set_grad_enabled(torch.is_grad_enabled() and depth > FROZEN):
                hidden = layer(hidden, None, position_bias=bias)[0]
            if str(depth) in self.heads:
                read = hidden.float()
                means = [(read * share).sum(1) / share.sum(1).clamp(min=1) for share in shares]
                with torch.autocast("cpu", enabled=False):
                    found[depth] = self.heads[str(depth)](self.drop(torch.cat([read[:, 0], *means], dim=1)))
        return found


def halved() -> torch.autocast:
    """Matrices are multiplied in bfloat16 within it, where the processor can."""
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=HALVES)


def still(part: nn.Module) -> None:
    """It learns no more and is not disturbed."""
    part.requires_grad_(False)
    for inner in part.modules():
        if isinstance(inner, nn.Dropout):
            inner.p = 0.0


def buckets(places: torch.Tensor) -> torch.Tensor:
    """MPNet's 32 buckets of the distance between two places, (length, length): the far ones by logarithm."""
    from transformers.models.mpnet.modeling_mpnet import MPNetEncoder

    return MPNetEncoder.relative_position_bucket(places[None, :] - places[:, None], num_buckets=32)


def large(model: ClaimModel) -> list[tuple[str, nn.Linear]]:
    """The matrices that ship in 4 bits, with their names."""
    return [(name, part) for name, part in model.layers.named_modules() if isinstance(part, nn.Linear)]


def bare(folder: Path, state: dict[str, torch.Tensor]) -> ClaimModel:
    """A model of the base's kind, as many word pieces and neurons as `state` has, with its numbers."""
    config = MPNetConfig.from_pretrained(folder)
    config.vocab_size, config.num_hidden_layers = len(state["words.weight"]), LAYERS
    config.intermediate_size = len(state["layers.0.intermediate.dense.bias"])
    model = ClaimModel(MPNetModel(config, add_pooling_layer=False))
    model.load_state_dict(state)
    return model


def shipped_tokenizer() -> dict[str, Any]:
    """The description of the tokenizer that ships, as `scripts/choose_pieces.py` made it."""
    shape: dict[str, Any] = json.loads(
        files("recommender.stance").joinpath(TOKENIZER).read_text(encoding="utf-8")
    )
    return shape


def whole_tokenizer(base: Path) -> dict[str, Any]:
    """The description of the base's own."""
    shape: dict[str, Any] = json.loads((base / "tokenizer.json").read_text(encoding="utf-8"))
    return shape


def tokenizer_of(shape: dict[str, Any]) -> Tokenizer:
    """The tokenizer of such a description."""
    made = Tokenizer.from_str(json.dumps(shape))
    made.no_padding()
    made.no_truncation()
    return made
