"""Write the trained names model as the package ships it: ONNX with matrices in 4 bits.

    python scripts/export_encoder.py FOLDER [--out FOLDER]

FOLDER is what `scripts/train_encoder.py` wrote. The held-out guesses give the temperature, which is folded into the
last layer.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import onnx
import torch
from four_bits import graph_of, in_four_bits, temperature
from names_model import bare, base_folder

OUT = Path(__file__).resolve().parent.parent / "recommender" / "stance"
WEIGHTS = "encoder.onnx"


def main() -> None:
    """Export and say how large."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    held_out = np.load(options.folder / "held_out.npz")
    heat = temperature(held_out["logits"], held_out["labels"])
    state = torch.load(options.folder / "learn.pt", weights_only=True)
    model = bare(base_folder(), len(state["base.embeddings.word_embeddings.weight"]))
    model.load_state_dict(state)
    with torch.no_grad():
        model.head.weight /= heat
        model.head.bias /= heat
    ids = torch.randint(1000, 2000, (2, 12))
    axes = {"ids": {0: "n", 1: "length"}, "mask": {0: "n", 1: "length"}, "place": {0: "n"}}
    path = options.out / WEIGHTS
    graph = graph_of(model, (ids, torch.ones_like(ids), torch.tensor([3, 4])), axes)
    onnx.save(in_four_bits(graph, unpacked=True), path)
    print(f"temperature {heat:.3f}; {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
