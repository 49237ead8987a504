"""A trained model as a file of ONNX whose matrices are kept in 4 bits; and the temperature of its logits.

    torch ─► ONNX graph ─► matrices multiplied from 4 bits, word vectors looked up in 4 bits

Rounded here as `claim_model.rounded` rounds while a model learns, so a matrix that learnt rounded is kept exactly.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
import onnx
import torch
from claim_model import BLOCK, WORD_BLOCK, rounded
from onnx import TensorProto, helper, numpy_helper
from scipy.optimize import minimize_scalar

OPSET = 18  # the oldest with BitwiseAnd: any ONNX Runtime since 1.14 reads it; MatMulNBits came with 1.17
SMALL = 4096  # numbers; what is smaller (biases, norms) stays 32 bits
FEW = 1000  # rows; a table with fewer (of places) stays 32 bits
# Numbers that are not rounded are kept in 32 bits; MatMulNBits multiplies in 32 bits too (level 1). Level 4, which
# rounds what it multiplies with to 8 bits, is 1.6 times as fast.
LEVEL = 1


def graph_of(
    model: torch.nn.Module, example: Sequence[torch.Tensor], axes: dict[str, dict[int, str]]
) -> onnx.ModelProto:
    """The graph of a model with one output, logits (n, 3).

    Args:
        model: as it answers, not as it learns.
        example: its inputs.
        axes: the inputs' names with their axes of any length.
    """
    stream = io.BytesIO()
    torch.onnx.export(
        model.eval(),
        tuple(example),
        stream,
        dynamo=False,
        opset_version=OPSET,
        input_names=list(axes),
        output_names=["logits"],
        dynamic_axes=axes,
    )
    return onnx.load_from_string(stream.getvalue())


def temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """What to divide logits (n, classes) by so that the labels are likeliest (Guo et al. 2017)."""

    def surprise(heat: float) -> float:
        scaled = logits / heat
        scaled = scaled - scaled.max(axis=1, keepdims=True)
        return float(np.mean(np.log(np.exp(scaled).sum(axis=1)) - scaled[np.arange(len(labels)), labels]))

    return float(minimize_scalar(surprise, bounds=(0.3, 5.0), method="bounded").x)


def in_four_bits(model: onnx.ModelProto, unpacked: bool = False) -> onnx.ModelProto:
    """Large matrices and word vectors in 4 bits, the rest in 32.

    Args:
        model: changed in place.
        unpacked: matrices are made floats again once, when the file is loaded (ONNX Runtime reckons with what hangs on
            no input beforehand): a fourteenth faster for short texts, at eight times the memory. Else they are
            multiplied from 4 bits. Word vectors are unpacked as they are looked up.
    """
    graph = model.graph
    held = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    kept: dict[str, np.ndarray] = {}
    nodes = []
    for node in graph.node:
        name = (
            node.input[1] if node.op_type == "MatMul" else node.input[0] if node.op_type == "Gather" else ""
        )
        values = held.get(name)
        if values is None or values.size < SMALL or values.ndim != 2:
            nodes.append(node)
        elif node.op_type == "MatMul":
            nodes += (_unpacked if unpacked else _multiplied)(node, values, kept)
        elif len(values) >= FEW:
            nodes += _looked_up(node, values, kept)
        else:
            nodes.append(node)
    wanted = {name for node in nodes for name in node.input}
    kept |= {name: values for name, values in held.items() if name in wanted and name not in kept}
    del graph.initializer[:], graph.node[:]
    graph.initializer.extend(numpy_helper.from_array(values, name) for name, values in kept.items())
    graph.node.extend(nodes)
    model.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    onnx.checker.check_model(model)
    return model


def _multiplied(
    node: onnx.NodeProto, values: np.ndarray, kept: dict[str, np.ndarray]
) -> list[onnx.NodeProto]:
    """x @ values (inner, outer), from 4 bits in blocks along the inner side; the low half of a byte comes first."""
    inner, outer = values.shape
    numbers, scale = _rounded(values.T, BLOCK)
    packed, scales = f"{node.output[0]}/4", f"{node.output[0]}/scale"
    kept[packed] = numbers[..., 0::2] | (numbers[..., 1::2] << 4)
    kept[scales] = scale.reshape(-1)
    made = helper.make_node(
        "MatMulNBits",
        [node.input[0], packed, scales],
        list(node.output),
        domain="com.microsoft",
        K=inner,
        N=outer,
        bits=4,
        block_size=BLOCK,
        accuracy_level=LEVEL,
    )
    return [made]


def _unpacked(node: onnx.NodeProto, values: np.ndarray, kept: dict[str, np.ndarray]) -> list[onnx.NodeProto]:
    """x @ values (inner, outer), values being made floats from 4 bits in blocks along the inner side."""
    name = node.output[0]
    numbers, scale = _rounded(values.T, BLOCK)
    kept[f"{name}/4"], kept[f"{name}/scale"] = _halves(numbers), scale
    return [
        *_floats(name, f"{name}/4", f"{name}/scale", f"{name}/turned", scale.shape[1], BLOCK, 1, kept),
        helper.make_node("Transpose", [f"{name}/turned"], [f"{name}/floats"], perm=[1, 0]),
        helper.make_node("MatMul", [node.input[0], f"{name}/floats"], [name]),
    ]


def _looked_up(node: onnx.NodeProto, values: np.ndarray, kept: dict[str, np.ndarray]) -> list[onnx.NodeProto]:
    """Rows of a table in 4 bits, for numbers of words (n, length)."""
    numbers, scale = _rounded(values, WORD_BLOCK)
    kept["words/4"], kept["words/scale"] = _halves(numbers), scale.astype(np.float16)
    make, ids = helper.make_node, node.input[1]
    return [
        make("Gather", ["words/4", ids], ["words/bytes"], axis=0),
        make("Gather", ["words/scale", ids], ["words/scale/16"], axis=0),
        make("Cast", ["words/scale/16"], ["words/scale/32"], to=TensorProto.FLOAT),
        *_floats(
            "words", "words/bytes", "words/scale/32", node.output[0], scale.shape[1], WORD_BLOCK, 2, kept
        ),
    ]


def _halves(numbers: np.ndarray) -> np.ndarray:
    """Rows of numbers as bytes: the first half of a row in the low halves of its bytes, the second in the high."""
    flat = numbers.reshape(len(numbers), -1)
    half = flat.shape[1] // 2
    packed: np.ndarray = flat[:, :half] | (flat[:, half:] << 4)
    return packed


def _floats(
    name: str,
    packed: str,
    scale: str,
    output: str,
    blocks: int,
    block: int,
    axes: int,
    kept: dict[str, np.ndarray],
) -> list[onnx.NodeProto]:
    """What `_halves` packed, with a scale a block, as floats.

    Args:
        name: begins the names of what is made between.
        packed, scale, output: names of the bytes (..., blocks * block / 2), of the scales (..., blocks) and of the
            floats (..., blocks * block).
        axes: how many come before a row.
    """
    kept["four/low"], kept["four/bits"] = np.array(15, dtype=np.uint8), np.array(4, dtype=np.uint8)
    kept["four/middle"] = np.array(8, dtype=np.float32)
    kept[f"{name}/blocks"] = np.array([0] * axes + [blocks, block], dtype=np.int64)
    kept[f"{name}/row"] = np.array([0] * axes + [blocks * block], dtype=np.int64)
    kept[f"{name}/last"] = np.array([axes + 1], dtype=np.int64)
    make = helper.make_node
    return [
        make("BitwiseAnd", [packed, "four/low"], [f"{name}/first"]),
        make("BitShift", [packed, "four/bits"], [f"{name}/second"], direction="RIGHT"),
        make("Concat", [f"{name}/first", f"{name}/second"], [f"{name}/numbers"], axis=-1),
        make("Cast", [f"{name}/numbers"], [f"{name}/positive"], to=TensorProto.FLOAT),
        make("Sub", [f"{name}/positive", "four/middle"], [f"{name}/signed"]),
        make("Reshape", [f"{name}/signed", f"{name}/blocks"], [f"{name}/blocked"]),
        make("Unsqueeze", [scale, f"{name}/last"], [f"{name}/scale/each"]),
        make("Mul", [f"{name}/blocked", f"{name}/scale/each"], [f"{name}/scaled"]),
        make("Reshape", [f"{name}/scaled", f"{name}/row"], [output]),
    ]


def _rounded(values: np.ndarray, block: int) -> tuple[np.ndarray, np.ndarray]:
    """Numbers (rows, blocks, block) from 0 to 15 and scales (rows, blocks)."""
    numbers, scale = rounded(torch.from_numpy(np.ascontiguousarray(values)), block)
    return numbers.numpy().astype(np.uint8), scale.numpy()
