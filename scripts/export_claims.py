"""Write the trained claims model as the package ships it.

    python scripts/export_claims.py DATA FOLDER [--out FOLDER]

FOLDER is what `scripts/train_claims.py` wrote, DATA the folder of measuring data, from which come the names of the
debates trained on. Logits are calibrated as on half of the debates held out (temperature and bias, folded into the
last layer); then matrices are rounded to 8 bits, as the encoder's. The word vectors are not written again: the file
points into `encoder.onnx` beside it.

    student.pt ─► temperature ─► ONNX graph ─► 8 bits, words from encoder.onnx ─► claims.onnx, claims-trained.json
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from claim_pairs import AGAINST, FOR, debate_of, is_dev, negated, read
from export_encoder import OPSET, OUT, compressed, temperature
from onnx import TensorProto, numpy_helper
from torch import nn
from train_claims import SHIPPED, ClaimModel, shipped_base

from recommender.stance.trained import digest

WEIGHTS, TRAINED = "claims.onnx", "claims-trained.json"
WORDS = "base.embeddings.word_embeddings.weight"


class Placed(nn.Module):
    """The model with parts told by where the first [SEP] stands, as `claim_encoder` hands them over."""

    def __init__(self, model: ClaimModel) -> None:
        super().__init__()
        self.base, self.inner = model.base, model

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, place: torch.Tensor) -> torch.Tensor:
        """Logits (n, 3)."""
        at = torch.arange(ids.shape[1]).unsqueeze(0)
        mark = place.unsqueeze(1)
        length = mask.sum(1, keepdim=True)
        claim = ((at > 0) & (at < mark)).long()
        text = ((at > mark) & (at < length - 1)).long()
        return self.inner(ids, mask, claim + 2 * text)


def main() -> None:
    """Export and say how large."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    with gzip.open(options.folder / "dev_student.jsonl.gz", "rt", encoding="utf-8") as lines:
        dev = [json.loads(line) for line in lines]
    logits = np.array([row for _, row in dev])
    labels = np.array([pair["label"] for pair, _ in dev])
    heat = temperature(logits[:, [AGAINST, FOR]], (labels == FOR).astype(int))
    model = ClaimModel(shipped_base())
    model.load_state_dict(torch.load(options.folder / "student.pt", weights_only=True))
    model.base.config._attn_implementation = "eager"
    with torch.no_grad():
        model.head.weight /= heat
        model.head.bias /= heat
    graph = words_from(compressed(exported(Placed(model).eval())), SHIPPED)
    path = options.out / WEIGHTS
    path.write_bytes(graph.SerializeToString())
    names = trained(options.data)
    (options.out / TRAINED).write_text(json.dumps({"encoder": names}, indent=0) + "\n", encoding="utf-8")
    print(f"temperature {heat:.3f}; {path.stat().st_size:,} bytes; {len(names)} names trained on")


def exported(model: Placed) -> onnx.ModelProto:
    """The graph: ids and mask (n, length), place (n,) ─► logits (n, 3)."""
    ids = torch.randint(1000, 2000, (2, 12))
    mask = torch.ones_like(ids)
    mask[1, 9:] = 0
    stream = io.BytesIO()
    torch.onnx.export(
        model,
        (ids, mask, torch.tensor([3, 4])),
        stream,
        dynamo=False,
        opset_version=OPSET,
        input_names=["ids", "mask", "place"],
        output_names=["logits"],
        dynamic_axes={"ids": {0: "n", 1: "length"}, "mask": {0: "n", 1: "length"}, "place": {0: "n"}},
    )
    return onnx.load_from_string(stream.getvalue())


def words_from(model: onnx.ModelProto, shipped: Path) -> onnx.ModelProto:
    """The word vectors' bytes replaced by where they stand in the other file.

    Raises:
        SystemExit: they don't stand there.
    """
    whole = shipped.read_bytes()
    theirs = {tensor.name: tensor for tensor in onnx.load(shipped).graph.initializer}
    for tensor in model.graph.initializer:
        if tensor.name.endswith(f"{WORDS}/8"):
            values = numpy_helper.to_array(theirs[f"{WORDS}/8"]).tobytes()
            start = whole.find(values)
            if start < 0 or numpy_helper.to_array(tensor).tobytes() != values:
                raise SystemExit(f"the word vectors are not those of {shipped}")
            tensor.ClearField("raw_data")
            tensor.data_location = TensorProto.EXTERNAL
            for key, value in (("location", shipped.name), ("offset", start), ("length", len(values))):
                tensor.external_data.add(key=key, value=str(value))
            model.metadata_props.add(key="words-sha256", value=hashlib.sha256(values).hexdigest())
    return model


def trained(data: Path) -> list[str]:
    """Digests of what tells a debate trained on: its page, its statements."""
    known = {row["id"]: row for row in read(data / "debates.jsonl.gz")}
    names: set[str] = set()
    for row in read(data / "claims.jsonl.gz"):
        debate = debate_of(row, known)
        if is_dev(debate):
            continue
        told: list[Any] = [debate, row["claim"], negated(row["claim"])]
        if row["source"] == "arc":
            told += [known[row["id"][4:]][key] for key in ("stance1", "stance2", "question")]
        names |= {digest(str(one)) for one in told if one}
    return sorted(names)


if __name__ == "__main__":
    main()
