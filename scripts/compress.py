"""Make a trained claims model smaller before it goes on learning: fewer neurons, and matrices in 4 bits.

    a layer's inputs, what is below it being done ─► neurons least missed taken out, the others standing in for them
                                                  ─► each matrix rounded, later columns making good for earlier ones

Both are the optimal brain surgeon's rule (Hassibi and Stork 1993). Of a second matrix W (out, neurons) the columns
kept, S, become W C[:, S] C[S, S]^-1, C being the covariance of what goes in; those with the least
|column|² / (C[S, S]^-1)jj go first. Rounding is GPTQ (Frantar et al. 2022): once a column is rounded, the columns
after it move so that the matrix's output on these inputs changes least.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
from claim_model import BLOCK, ClaimModel, rounded
from torch import nn

NEURONS = 1920  # of 3,072; a multiple of BLOCK
AT_ONCE = 384  # taken out before the rest are weighed anew
RIDGE = 1e-3  # of the mean variance, added to each: 20,000 tokens know 3,072 neurons no better
DAMPING = 1e-2  # likewise, in rounding


@dataclass
class Batch:
    """Texts on their way up."""

    hidden: torch.Tensor  # (n, length, size): what goes into the next layer
    bias: torch.Tensor  # what is added to its attention
    there: torch.Tensor  # (n, length): no padding


@torch.no_grad()
def compress(model: ClaimModel, texts: Iterable[Sequence[torch.Tensor]]) -> None:
    """Leave `NEURONS` in each layer and round its matrices, from the bottom up; changed in place.

    Args:
        texts: batches of ids, mask and parts, as the model will read them.
    """
    model.eval()
    batches = [Batch(*model.embedded(ids, mask), mask.bool()) for ids, mask, _ in texts]
    for number, layer in enumerate(model.layers, 1):
        attention, first, second = layer.attention.attn, layer.intermediate, layer.output
        (seen,) = _inputs(layer, batches, attention.q)
        for part in (attention.q, attention.k, attention.v):
            _round(part, seen)
        _round(attention.o, *_inputs(layer, batches, attention.o))
        before, between = _inputs(layer, batches, first.dense, second.dense)
        lost = _narrow(layer, between)
        _round(first.dense, before)
        _round(second.dense, *_inputs(layer, batches, second.dense))
        for batch in batches:
            batch.hidden = layer(batch.hidden, None, position_bias=batch.bias)[0]
        print(f"layer {number}: {lost:.3f} of the variance lost with its neurons", flush=True)


def _inputs(layer: nn.Module, batches: Sequence[Batch], *parts: nn.Linear) -> list[torch.Tensor]:
    """What goes into each of a layer's parts at each token, padding left out, (tokens, inputs), doubles."""
    seen: list[list[torch.Tensor]] = [[] for _ in parts]
    hooks = [
        part.register_forward_pre_hook(lambda _, given, into=into: into.append(given[0]))
        for part, into in zip(parts, seen, strict=True)
    ]
    for batch in batches:
        layer(batch.hidden, None, position_bias=batch.bias)
        for into in seen:
            into[-1] = into[-1][batch.there].double()
    for hook in hooks:
        hook.remove()
    return [torch.cat(into) for into in seen]


def _narrow(layer: nn.Module, seen: torch.Tensor) -> float:
    """Take neurons out; the share of the variance of the layer's second product that is lost."""
    first, second = layer.intermediate, layer.output
    mean = seen.mean(0)
    covariance = (seen - mean).T @ (seen - mean) / len(seen)
    covariance.diagonal().add_(RIDGE * covariance.diagonal().mean())
    weight = second.dense.weight.double()
    kept = torch.arange(weight.shape[1])
    while True:
        inverse = torch.linalg.inv(covariance[kept][:, kept])
        standing_in = weight @ covariance[:, kept] @ inverse
        over = len(kept) - NEURONS
        if over <= 0:
            break
        missed = standing_in.square().sum(0) / inverse.diagonal()
        kept = kept[missed.argsort()[min(AT_ONCE, over) :].sort().values]
    bias = second.dense.bias.double() + weight @ mean - standing_in @ mean[kept]
    left = weight.clone()
    left[:, kept] -= standing_in
    first.dense = _linear(first.dense.weight[kept], first.dense.bias[kept])
    second.dense = _linear(standing_in, bias)
    return float(((left @ covariance) * left).sum() / ((weight @ covariance) * weight).sum())


def _linear(weight: torch.Tensor, bias: torch.Tensor) -> nn.Linear:
    """These numbers as a layer."""
    made = nn.Linear(weight.shape[1], weight.shape[0])
    made.weight.copy_(weight)
    made.bias.copy_(bias)
    return made


def _round(part: nn.Linear, seen: torch.Tensor) -> None:
    """GPTQ, in the blocks of `claim_model.rounded`, which finds the same numbers in the outcome again."""
    square = seen.T @ seen / len(seen)
    square.diagonal().add_(DAMPING * square.diagonal().mean())
    factor = torch.linalg.cholesky(torch.linalg.inv(square), upper=True)
    weight = part.weight.double()
    for start in range(0, weight.shape[1], BLOCK):
        block = weight[:, start : start + BLOCK]
        scale = rounded(block)[1].squeeze(-1)
        largest = block.abs().argmax(-1)  # it sets the scale, so it stays
        for at in range(start, start + BLOCK):
            numbers = (weight[:, at] / scale).round().clamp(-8, 7)
            value = torch.where(largest == at - start, -8.0, numbers) * scale
            error = (weight[:, at] - value) / factor[at, at]
            weight[:, at] = value
            weight[:, at + 1 :] -= error[:, None] * factor[at, at + 1 :]
    part.weight.copy_(weight)
