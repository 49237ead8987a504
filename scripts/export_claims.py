"""Write the trained claims model as the package ships it: ONNX with matrices in 4 bits, and its tokenizer.

    python scripts/export_claims.py FOLDER --base MPNET_FOLDER [--out FOLDER]

FOLDER is what `scripts/train_claims.py` wrote. The temperature it found is folded into the last layer.

    settled.pt ─► ONNX graph ─► matrices multiplied from 4 bits, word vectors looked up in 4 bits
"""

from __future__ import annotations

import argparse
import io
from pathlib import Path

import numpy as np
import onnx
import torch
from claim_model import BLOCK, LAYERS, WORD_BLOCK, ClaimModel, bare, rounded
from onnx import TensorProto, helper, numpy_helper

OUT = Path(__file__).resolve().parent.parent / "recommender" / "stance"
WEIGHTS, TOKENIZER = "claims.onnx", "claims-tokenizer.json"
OPSET = 18  # the oldest with BitwiseAnd: any ONNX Runtime since 1.14 reads it; MatMulNBits came with 1.17
SMALL = 4096  # numbers; what is smaller (biases, norms) stays 32 bits
# Numbers that are not rounded are kept in 32 bits; MatMulNBits multiplies in 32 bits too (level 1). Level 4, which
# rounds what it multiplies with to 8 bits, is 1.6 times as fast.
LEVEL = 1


class Logits(torch.nn.Module):
    """The one head that ships."""

    def __init__(self, model: ClaimModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, parts: torch.Tensor) -> torch.Tensor:
        """Logits (n, 3)."""
        found: torch.Tensor = self.model(ids, mask, parts)[LAYERS]
        return found


def main() -> None:
    """Export and say how large."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    kept = torch.load(options.folder / "settled.pt", weights_only=True)
    model = bare(options.base, len(kept["state"]["words.weight"]))
    model.load_state_dict(kept["state"])
    with torch.no_grad():
        model.heads[str(LAYERS)].weight /= kept["heat"]
        model.heads[str(LAYERS)].bias /= kept["heat"]
    graph = compressed(exported(model.eval()))
    path = options.out / WEIGHTS
    onnx.save(graph, path)
    (options.out / TOKENIZER).write_text(kept["tokenizer"], encoding="utf-8")
    print(f"{path.stat().st_size:,} bytes")


def exported(model: ClaimModel) -> onnx.ModelProto:
    """The graph: ids, mask and parts (n, length) ─► logits (n, 3)."""
    ids = torch.randint(100, 200, (2, 12))
    parts = torch.tensor([[0, 1, 1, 1, 0, 0, 2, 2, 2, 2, 2, 0]] * 2)
    stream = io.BytesIO()
    names = ["ids", "mask", "parts"]
    torch.onnx.export(
        Logits(model),
        (ids, torch.ones_like(ids), parts),
        stream,
        dynamo=False,
        opset_version=OPSET,
        input_names=names,
        output_names=["logits"],
        dynamic_axes={name: {0: "n", 1: "length"} for name in names},
    )
    return onnx.load_from_string(stream.getvalue())


def compressed(model: onnx.ModelProto) -> onnx.ModelProto:
    """Large matrices multiplied from 4 bits, word vectors made floats as they are looked up, the rest in 32 bits."""
    graph = model.graph
    held = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    kept: dict[str, np.ndarray] = {}
    nodes = []
    for node in graph.node:
        name = (
            node.input[1] if node.op_type == "MatMul" else node.input[0] if node.op_type == "Gather" else ""
        )
        values = held.get(name)
        if values is None or values.size < SMALL or values.ndim != 2 or "places" in name:
            nodes.append(node)
        elif node.op_type == "MatMul":
            nodes += _multiplied(node, values, kept)
        else:
            nodes += _looked_up(node, values, kept)
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
    numbers, scale = _rounded(np.ascontiguousarray(values.T), BLOCK)
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


def _looked_up(node: onnx.NodeProto, values: np.ndarray, kept: dict[str, np.ndarray]) -> list[onnx.NodeProto]:
    """Rows of a table in 4 bits: the first half of a row in the low halves of its bytes, the second in the high."""
    size = values.shape[1]
    numbers, scale = _rounded(values, WORD_BLOCK)
    flat = numbers.reshape(len(values), size)
    kept["words/4"] = flat[:, : size // 2] | (flat[:, size // 2 :] << 4)
    kept["words/scale"] = scale.astype(np.float16)
    kept["words/low"], kept["words/bits"] = np.array(15, dtype=np.uint8), np.array(4, dtype=np.uint8)
    kept["words/middle"] = np.array(8, dtype=np.float32)
    kept["words/blocks"] = np.array([0, 0, scale.shape[1], WORD_BLOCK], dtype=np.int64)
    kept["words/row"], kept["words/last"] = (
        np.array([0, 0, size], dtype=np.int64),
        np.array([3], dtype=np.int64),
    )
    make, ids = helper.make_node, node.input[1]
    return [
        make("Gather", ["words/4", ids], ["words/bytes"], axis=0),
        make("BitwiseAnd", ["words/bytes", "words/low"], ["words/first"]),
        make("BitShift", ["words/bytes", "words/bits"], ["words/second"], direction="RIGHT"),
        make("Concat", ["words/first", "words/second"], ["words/numbers"], axis=-1),
        make("Cast", ["words/numbers"], ["words/positive"], to=TensorProto.FLOAT),
        make("Sub", ["words/positive", "words/middle"], ["words/signed"]),
        make("Reshape", ["words/signed", "words/blocks"], ["words/blocked"]),
        make("Gather", ["words/scale", ids], ["words/scale/16"], axis=0),
        make("Cast", ["words/scale/16"], ["words/scale/32"], to=TensorProto.FLOAT),
        make("Unsqueeze", ["words/scale/32", "words/last"], ["words/scale/each"]),
        make("Mul", ["words/blocked", "words/scale/each"], ["words/scaled"]),
        make("Reshape", ["words/scaled", "words/row"], list(node.output)),
    ]


def _rounded(values: np.ndarray, block: int) -> tuple[np.ndarray, np.ndarray]:
    """Numbers (rows, blocks, block) from 0 to 15 and scales (rows, blocks)."""
    numbers, scale = rounded(torch.from_numpy(np.ascontiguousarray(values)), block)
    return numbers.numpy().astype(np.uint8), scale.numpy()


if __name__ == "__main__":
    main()
