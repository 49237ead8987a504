"""Write the trained claims model as the package ships it: ONNX with matrices in 4 bits.

    python scripts/export_claims.py FOLDER --base MPNET_FOLDER [--out FOLDER]

FOLDER is what `scripts/train_claims.py` wrote. The temperature it found is folded into the last layer.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import onnx
import torch
from claim_model import LAYERS, ClaimModel, bare
from four_bits import graph_of, in_four_bits

OUT = Path(__file__).resolve().parent.parent / "recommender" / "stance"
WEIGHTS = "claims.onnx"


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
    model = bare(options.base, kept["state"])
    with torch.no_grad():
        model.heads[str(LAYERS)].weight /= kept["heat"]
        model.heads[str(LAYERS)].bias /= kept["heat"]
    ids = torch.randint(100, 200, (2, 12))
    parts = torch.tensor([[0, 1, 1, 1, 0, 0, 2, 2, 2, 2, 2, 0]] * 2)
    axes = {name: {0: "n", 1: "length"} for name in ("ids", "mask", "parts")}
    path = options.out / WEIGHTS
    onnx.save(in_four_bits(graph_of(Logits(model), (ids, torch.ones_like(ids), parts), axes)), path)
    print(f"{path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
