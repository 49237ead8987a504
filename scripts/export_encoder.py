"""Write the trained stance encoder as the package ships it: ONNX, weights in 8 bits, and its tokenizer.

    python scripts/export_encoder.py FOLDER [--out FOLDER]

FOLDER is what `scripts/train_encoder.py` wrote. The held-out guesses give the temperature (Guo et al. 2017), which
is folded into the last layer; then every large matrix is rounded to 8 bits with one scale a row or column.

    weights.pt ─► temperature ─► ONNX graph ─► matrices as bytes, made floats again when the file is loaded
"""

from __future__ import annotations

import argparse
import io
import shutil
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from scipy.optimize import minimize_scalar
from train_encoder import TargetModel, base_folder
from transformers import BertConfig, BertModel

OUT = Path(__file__).resolve().parent.parent / "recommender" / "stance"
WEIGHTS, TOKENIZER = "encoder.onnx", "encoder-tokenizer.json"
OPSET = 17  # the oldest with a layer norm of its own: any ONNX Runtime since 1.12 reads it
SMALL = 4096  # numbers; what is smaller (biases, norms) stays 32 bits: together under 1 % of the file


def main() -> None:
    """Export and say how large."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    held_out = np.load(options.folder / "held_out.npz")
    heat = temperature(held_out["logits"], held_out["labels"])
    config = BertConfig.from_pretrained(base_folder())
    config._attn_implementation = "eager"
    model = TargetModel(BertModel(config, add_pooling_layer=False))
    model.load_state_dict(torch.load(options.folder / "weights.pt", weights_only=True))
    with torch.no_grad():
        model.head.weight /= heat
        model.head.bias /= heat
    graph = compressed(exported(model.eval()))
    path = options.out / WEIGHTS
    onnx.save(graph, path)
    shutil.copyfile(base_folder() / "tokenizer.json", options.out / TOKENIZER)
    print(f"temperature {heat:.3f}; {path.stat().st_size:,} bytes")


def temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """What to divide logits by so that the held-out labels are likeliest."""

    def surprise(heat: float) -> float:
        scaled = logits / heat
        scaled = scaled - scaled.max(axis=1, keepdims=True)
        return float(np.mean(np.log(np.exp(scaled).sum(axis=1)) - scaled[np.arange(len(labels)), labels]))

    return float(minimize_scalar(surprise, bounds=(0.3, 5.0), method="bounded").x)


def exported(model: TargetModel) -> onnx.ModelProto:
    """The graph: ids and mask (n, length), place (n,) ─► logits (n, 3)."""
    ids = torch.randint(1000, 2000, (2, 12))
    example = (ids, torch.ones_like(ids), torch.tensor([3, 4]))
    stream = io.BytesIO()
    torch.onnx.export(
        model,
        example,
        stream,
        dynamo=False,
        opset_version=OPSET,
        input_names=["ids", "mask", "place"],
        output_names=["logits"],
        dynamic_axes={"ids": {0: "n", 1: "length"}, "mask": {0: "n", 1: "length"}, "place": {0: "n"}},
    )
    return onnx.load_from_string(stream.getvalue())


def compressed(model: onnx.ModelProto) -> onnx.ModelProto:
    """Large matrices as 8-bit numbers with a scale each column (rows for word vectors), made floats at loading.

    By Cast and Mul, which ONNX Runtime folds once; DequantizeLinear it keeps, and does anew at every run: 1.6 times
    the time, measured.
    """
    graph = model.graph
    looked_up = {node.input[0] for node in graph.node if node.op_type == "Gather"}
    kept, nodes = [], []
    for tensor in graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < SMALL or values.ndim != 2:
            kept.append(tensor)
            continue
        along = 1 if tensor.name in looked_up else 0
        scale = np.abs(values).max(axis=along, keepdims=True) / 127
        scale = np.where(scale == 0, 1, scale).astype(np.float32)
        small, floats = f"{tensor.name}/8", f"{tensor.name}/floats"
        kept.append(numpy_helper.from_array(np.rint(values / scale).astype(np.int8), small))
        kept.append(numpy_helper.from_array(scale, f"{tensor.name}/scale"))
        nodes.append(helper.make_node("Cast", [small], [floats], to=TensorProto.FLOAT))
        nodes.append(helper.make_node("Mul", [floats, f"{tensor.name}/scale"], [tensor.name]))
    nodes += list(graph.node)
    del graph.initializer[:], graph.node[:]
    graph.initializer.extend(kept)
    graph.node.extend(nodes)
    onnx.checker.check_model(model)
    return model


if __name__ == "__main__":
    main()
