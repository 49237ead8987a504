"""Train the claims model: is a text for or against a claim?

    python scripts/train_claims.py teacher DATA FOLDER --base MPNET_FOLDER [--steps 720]
    python scripts/train_claims.py score DATA FOLDER [--pairs 9000]
    python scripts/train_claims.py student DATA FOLDER [--steps 1500]

DATA is the folder of measuring data, FOLDER takes what each step makes. A fifth of the debates is never trained on
(`claim_pairs.is_dev`), by the teacher neither.

    pairs ─► teacher: all-mpnet-base-v2, lower layers frozen ─► its guesses on pairs and on unlabelled news
          ─► student: the target encoder's six layers, its word vectors frozen ─► student.pt

What comes of it is not good enough to ship: docs/stance.md has the figures.

Seeded, one thread, matrices in bfloat16 where the processor has it.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import json
import random
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from claim_pairs import AGAINST, FOR, NEITHER, Pair, debate_pairs, mention_pairs, news_pairs, unlabelled
from sklearn.metrics import roc_auc_score
from tokenizers import Tokenizer
from torch import nn
from train_encoder import base_folder

SHIPPED = Path(__file__).resolve().parent.parent / "recommender" / "stance" / "encoder.onnx"
SEED = 0
WINDOW = (
    80  # tokens of claim and text together, in training; most texts are cut, and more steps are worth more
)
TOKENS = 3072  # a batch, padding and all: some 40 pairs
FROZEN = 6  # of the teacher's twelve layers
RATE = {"teacher": 5e-5, "student": 2e-4}  # AdamW, of the top layer
HEAD_RATE = 1e-3
LAYER_DECAY = 0.9
WARM_UP = 0.1
SMOOTHING = 0.05
AVERAGE = 0.99
MENTIONS, NEWS = 1500, 900  # pairs an epoch, drawn anew


class ClaimModel(nn.Module):
    """A base read as its first token, the claim's mean and the text's mean ─► three logits."""

    def __init__(self, base: Any) -> None:
        super().__init__()
        self.base = base
        self.drop = nn.Dropout(0.1)
        self.head = nn.Linear(3 * base.config.hidden_size, 3)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, part: torch.Tensor) -> torch.Tensor:
        """Logits (n, 3): against, neither, for.

        Args:
            ids: token numbers (n, length).
            mask: 1 where there is a token.
            part: 1 claim, 2 text, 0 the marks and padding.
        """
        more = {"token_type_ids": (part == 2).long()} if self.base.config.model_type == "bert" else {}
        hidden = self.base(input_ids=ids, attention_mask=mask, **more).last_hidden_state
        claim, text = ((part == which).unsqueeze(-1).to(hidden.dtype) for which in (1, 2))
        means = [(hidden * which).sum(1) / which.sum(1).clamp(min=1) for which in (claim, text)]
        return self.head(self.drop(torch.cat([hidden[:, 0], *means], dim=1)))


Encoded = tuple[list[int], list[int]]


class Reader:
    """Pairs ─► token numbers, for one tokenizer."""

    def __init__(self, path: Path) -> None:
        self.tokenizer = Tokenizer.from_file(str(path))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        mpnet = self.tokenizer.token_to_id("<s>") is not None
        first, last, between = ("<s>", "</s>", ["</s>", "</s>"]) if mpnet else ("[CLS]", "[SEP]", ["[SEP]"])
        number = self.tokenizer.token_to_id
        self.first, self.last, self.between = number(first), number(last), [number(mark) for mark in between]
        self.blank = number("<pad>") if mpnet else 0

    def read(
        self, pairs: Sequence[Pair], chance: random.Random | None, window: int = WINDOW
    ) -> list[Encoded]:
        """Token numbers and parts; with `chance`, three in ten long texts are read from a later sentence on."""
        claims = self.tokenizer.encode_batch([pair.claim for pair in pairs], add_special_tokens=False)
        texts = self.tokenizer.encode_batch(
            [cut(pair.text, chance) for pair in pairs], add_special_tokens=False
        )
        made = []
        for claim, text in zip(claims, texts, strict=True):
            left = claim.ids[:40]
            right = text.ids[: window - len(left) - 2 - len(self.between)]
            ids = [self.first, *left, *self.between, *right, self.last]
            parts = [0, *[1] * len(left), *[0] * len(self.between), *[2] * len(right), 0]
            made.append((ids, parts))
        return made

    def tensors(self, batch: Sequence[Encoded]) -> list[torch.Tensor]:
        """Token numbers, mask, parts, each (n, longest)."""
        longest = max(len(ids) for ids, _ in batch)
        ids = torch.full((len(batch), longest), self.blank)
        mask, part = torch.zeros_like(ids), torch.zeros_like(ids)
        for row, (numbers, parts) in enumerate(batch):
            ids[row, : len(numbers)] = torch.tensor(numbers)
            mask[row, : len(numbers)] = 1
            part[row, : len(numbers)] = torch.tensor(parts)
        return [ids, mask, part]


def cut(text: str, chance: random.Random | None) -> str:
    """The text, white space tidied; in training at times from a later sentence on."""
    text = " ".join(text.split())
    if chance is None or chance.random() > 0.3:
        return text
    starts = [0, *[found.end() for found in re.finditer(r"[.!?]\s", text)]]
    return text[chance.choice([at for at in starts if len(text) - at > 250] or [0]) :]


def batches(encoded: Sequence[Encoded], chance: random.Random) -> Iterator[list[int]]:
    """All rows once, in batches of like length and `TOKENS` tokens, in random order."""
    order = sorted(range(len(encoded)), key=lambda at: len(encoded[at][0]) + chance.uniform(-4, 4))
    cuts: list[list[int]] = [[]]
    longest = 0
    for at in order:
        longest = max(longest, len(encoded[at][0]))
        if cuts[-1] and longest * (len(cuts[-1]) + 1) > TOKENS:
            cuts.append([])
            longest = len(encoded[at][0])
        cuts[-1].append(at)
    chance.shuffle(cuts)
    return iter(cuts)


def groups(model: ClaimModel, rate: float, frozen: int) -> list[dict[str, Any]]:
    """Parameters with their rates: head, then layers from the top down; the frozen ones left out."""
    layers = list(model.base.encoder.layer)
    for parameter in model.base.parameters():
        parameter.requires_grad_(False)
    made: list[dict[str, Any]] = [{"params": list(model.head.parameters()), "lr": HEAD_RATE}]
    for depth, layer in enumerate(reversed(layers[frozen:])):
        for parameter in layer.parameters():
            parameter.requires_grad_(True)
        made.append({"params": list(layer.parameters()), "lr": rate * LAYER_DECAY**depth})
    shared = getattr(model.base.encoder, "relative_attention_bias", None)
    if shared is not None:
        shared.weight.requires_grad_(False)
    return made


def quiet(model: ClaimModel, frozen: int) -> None:
    """No dropout in the frozen layers nor of attention: drawing it costs an eighth of a step."""
    for depth, layer in enumerate([model.base.embeddings, *model.base.encoder.layer]):
        for name, part in layer.named_modules():
            if isinstance(part, nn.Dropout) and (
                depth <= frozen or "attention.attn" in name or "attention.self" in name
            ):
                part.p = 0.0
    model.base.config.attention_probs_dropout_prob = 0.0


def mixed() -> Any:
    """Matrices in bfloat16 where that is fast."""
    if torch.backends.cpu.get_cpu_capability().startswith("AVX512"):
        return torch.autocast("cpu", dtype=torch.bfloat16)
    return contextlib.nullcontext()


def fit(
    model: ClaimModel,
    reader: Reader,
    epoch: Any,
    dev: Sequence[Pair],
    options: Any,
    frozen: int,
) -> None:
    """Fine-tune for `options.steps`; the running mean of the weights is kept, measured and written.

    Args:
        epoch: called with a Random, gives the next epoch's pairs and their targets (n, 3).
    """
    chance = random.Random(SEED)
    optimiser = torch.optim.AdamW(groups(model, RATE[options.step], frozen), weight_decay=0.01)
    rates = [group["lr"] for group in optimiser.param_groups]
    trained = [(name, value) for name, value in model.named_parameters() if value.requires_grad]
    mean = {name: value.detach().clone() for name, value in trained}
    step, begun, losses = 0, time.monotonic(), 0.0
    while step < options.steps:
        pairs, targets = epoch(chance)
        encoded = reader.read(pairs, chance)
        for batch in batches(encoded, chance):
            if step >= options.steps:
                break
            model.train()
            share = step / options.steps
            factor = min(share / WARM_UP, (1 - share) / (1 - WARM_UP))
            for group, rate in zip(optimiser.param_groups, rates, strict=True):
                group["lr"] = rate * factor
            with mixed():
                logits = model(*reader.tensors([encoded[at] for at in batch]))
            loss = nn.functional.cross_entropy(logits.float(), targets[batch])
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_([value for _, value in trained], 1.0)
            optimiser.step()
            step += 1
            losses += loss.item()
            keep = min(AVERAGE, (1 + step) / (10 + step))
            with torch.no_grad():
                for name, value in trained:
                    mean[name].mul_(keep).add_(value, alpha=1 - keep)
            if step % 20 == 0:
                print(
                    f"{step}/{options.steps} loss {losses / 20:.3f} {time.monotonic() - begun:.0f} s",
                    flush=True,
                )
                losses = 0.0
            if step % options.measure == 0 or step == options.steps:
                live = {name: value.detach().clone() for name, value in trained}
                model.load_state_dict(mean, strict=False)
                torch.save(model.state_dict(), options.folder / f"{options.step}.pt")
                measure(model, reader, dev)
                model.load_state_dict(live, strict=False)


def measure(model: ClaimModel, reader: Reader, dev: Sequence[Pair]) -> Any:
    """Print for/against AUC on the debates held out; their logits (n, 3)."""
    logits = guess(model, reader, dev)
    margin = logits[:, FOR] - logits[:, AGAINST]
    for kind in sorted({pair.kind for pair in dev}):
        rows = [at for at, pair in enumerate(dev) if pair.kind == kind]
        print(
            f"  {kind}: AUC {roc_auc_score([dev[at].label == FOR for at in rows], margin[rows]):.3f} of {len(rows)}",
            flush=True,
        )
    return logits


@torch.no_grad()
def guess(model: ClaimModel, reader: Reader, pairs: Sequence[Pair], window: int = WINDOW) -> Any:
    """Logits (n, 3) in the order of `pairs`."""
    model.eval()
    encoded = reader.read(pairs, None, window)
    found = np.zeros((len(pairs), 3), dtype=np.float32)
    for batch in batches(encoded, random.Random(0)):
        with mixed():
            found[batch] = model(*reader.tensors([encoded[at] for at in batch])).float().numpy()
    return found


def smooth(labels: Sequence[int]) -> torch.Tensor:
    """Labels as targets (n, 3), smoothed."""
    return torch.eye(3)[list(labels)] * (1 - SMOOTHING) + SMOOTHING / 3


def teacher(options: Any) -> None:
    """MPNet on the labelled pairs."""
    from transformers import MPNetModel

    model = ClaimModel(MPNetModel.from_pretrained(options.base, add_pooling_layer=False))
    quiet(model, FROZEN)
    fixed = debate_pairs(options.data, dev=False)

    def epoch(chance: random.Random) -> tuple[list[Pair], torch.Tensor]:
        pairs = [
            *fixed,
            *mention_pairs(options.data, MENTIONS, chance),
            *news_pairs(options.data, NEWS, chance),
        ]
        return pairs, smooth([int(pair.label or 0) for pair in pairs])

    fit(
        model,
        Reader(options.base / "tokenizer.json"),
        epoch,
        debate_pairs(options.data, dev=True),
        options,
        FROZEN,
    )


def shipped_base() -> Any:
    """The target encoder's body out of the file that ships: its word vectors are shared, so they must be those."""
    from onnx import load, numpy_helper
    from transformers import BertConfig, BertModel

    graph = load(SHIPPED).graph
    held = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    whole = {
        name[:-2]: held[name].astype(np.float32) * held[f"{name[:-2]}/scale"]
        for name in held
        if name.endswith("/8")
    }
    follows = {name: node.output[0] for node in graph.node if node.op_type == "MatMul" for name in node.input}
    made_by = {name: value for name, value in {**held, **whole}.items() if name.startswith("base.")}
    for node in graph.node:  # a bias has its layer's name, the matrix before it has not
        bias = next((name for name in node.input if name.endswith(".bias")), None)
        if node.op_type == "Add" and bias:
            before = [name for name in whole if follows.get(name) in node.input]
            if before:
                made_by[bias.removesuffix("bias") + "weight"] = whole[before[0]].T
    model = BertModel(BertConfig.from_pretrained(base_folder()), add_pooling_layer=False)
    state = {
        name.removeprefix("base."): torch.tensor(value) for name, value in made_by.items() if "/" not in name
    }
    missing, unexpected = model.load_state_dict(state, strict=False)
    if missing or unexpected:
        raise SystemExit(f"{SHIPPED} is not as expected: {missing}, {unexpected}")
    return model


def to_score(data: Path, count: int, chance: random.Random) -> list[Pair]:
    """The pairs that the teacher judges for the student: so many unlabelled ones, and the labelled texts."""
    made = unlabelled(data, count * 5 // 9, count - count * 5 // 9, chance)
    return made + [pair for pair in debate_pairs(data, dev=False) if pair.kind == "text"]


def score(options: Any) -> None:
    """The teacher's guesses on the labelled pairs, and on ones that nobody labelled."""
    from transformers import MPNetConfig, MPNetModel

    model = ClaimModel(MPNetModel(MPNetConfig.from_pretrained(options.base), add_pooling_layer=False))
    model.load_state_dict(torch.load(options.folder / "teacher.pt", weights_only=True))
    reader = Reader(options.base / "tokenizer.json")
    chance = random.Random(SEED + 1)
    pairs = to_score(options.data, options.pairs, chance)
    part, begun = 2048, time.monotonic()
    order = chance.sample(range(len(pairs)), len(pairs))
    found: list[Any] = []
    for start in range(0, len(order), part):
        found.append(guess(model, reader, [pairs[at] for at in order[start : start + part]]))
        done = [pairs[at] for at in order[: start + part]]
        _keep(options.folder / "scored.jsonl.gz", done, np.concatenate(found))
        print(f"{len(done)}/{len(pairs)} {time.monotonic() - begun:.0f} s", flush=True)
    dev = debate_pairs(options.data, dev=True)
    _keep(options.folder / "dev_teacher.jsonl.gz", dev, guess(model, reader, dev))


def _keep(path: Path, pairs: Sequence[Pair], logits: Any) -> None:
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=3) as lines:
        for pair, row in zip(pairs, logits.tolist(), strict=True):
            lines.write(json.dumps([asdict(pair), row]) + "\n")


def student(options: Any) -> None:
    """The target encoder's body, with its word vectors as they ship, on the teacher's guesses and the labels."""
    with gzip.open(options.folder / "scored.jsonl.gz", "rt", encoding="utf-8") as lines:
        scored = [(Pair(**pair), row) for pair, row in map(json.loads, lines)]
    guesses = torch.softmax(torch.tensor([row for _, row in scored]), dim=1)
    model = ClaimModel(shipped_base())
    judged = [pair for pair, _ in scored]
    known = torch.tensor([pair.label is not None for pair in judged])
    true = smooth([pair.label if pair.label is not None else NEITHER for pair in judged])
    soft = torch.where(known.unsqueeze(1), options.labels * true + (1 - options.labels) * guesses, guesses)
    short = [pair for pair in debate_pairs(options.data, dev=False) if pair.kind != "text"]

    def epoch(chance: random.Random) -> tuple[list[Pair], torch.Tensor]:
        more = [
            *mention_pairs(options.data, MENTIONS, chance),
            *news_pairs(options.data, NEWS, chance),
            *short,
        ]
        return [*judged, *more], torch.cat([soft, smooth([int(pair.label or 0) for pair in more])])

    dev = debate_pairs(options.data, dev=True)
    reader = Reader(base_folder() / "tokenizer.json")
    quiet(model, frozen=0)
    fit(model, reader, epoch, dev, options, frozen=0)
    _keep(options.folder / "dev_student.jsonl.gz", dev, guess(model, reader, dev, 128))


def main() -> None:
    """Do one step."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("step", choices=("teacher", "score", "student"))
    parser.add_argument("data", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--base", type=Path, help="teacher: the unpacked all-mpnet-base-v2")
    parser.add_argument(
        "--labels", type=float, default=0.5, help="student: weight of a label beside the guess"
    )
    parser.add_argument("--steps", type=int, default=900)
    parser.add_argument("--measure", type=int, default=300, help="measure after so many steps")
    parser.add_argument("--pairs", type=int, default=9_000, help="score: unlabelled ones")
    options = parser.parse_args()
    random.seed(SEED)
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    options.folder.mkdir(parents=True, exist_ok=True)
    {"teacher": teacher, "score": score, "student": student}[options.step](options)


if __name__ == "__main__":
    main()
