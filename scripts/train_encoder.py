"""Train the names model: the author's polarity toward a name in a sentence.

    python scripts/train_encoder.py teach DATA FOLDER --base MPNET_FOLDER
    python scripts/train_encoder.py ask DATA FOLDER --base MPNET_FOLDER
    python scripts/train_encoder.py learn DATA FOLDER --base MPNET_FOLDER
    python scripts/export_encoder.py FOLDER

DATA is the folder of measuring data; `newsmtsc/train.jsonl.gz` (MIT) is read, the dev files are not, and of
`allsides.jsonl.gz` (Apache-2.0) sentences of publishers that `pac.jsonl.gz` does not have, without labels. The bases
are all-mpnet-base-v2, unpacked, and all-MiniLM-L6-v2 (both Apache-2.0). FOLDER takes what each step makes.

    train sentences, a twelfth of the articles held out ─► teach: MPNet, fine-tuned ─► teach.pt
    names in unlabelled op-eds and reports ─► ask: what the teacher says of them ─► asked.npz
    both ─► learn: MiniLM, later with its matrices in 4 bits ─► learn.pt, held_out.npz

Seeded; matrices in bfloat16 where the processor multiplies these: about 25, 8 and 25 minutes on two such cores.
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from claim_model import Rounded, halved, shipped_tokenizer, tokenizer_of, whole_tokenizer
from names_model import NamesModel, base_folder, large, student, teacher
from sklearn.metrics import f1_score
from torch import nn
from torch.nn.utils import parametrize
from train_stance import article, read

from recommender.stance.encoding import Encoded, encode, padded
from recommender.stance.profile import ahead
from recommender.stance.scorer import Mention

SEED = 0
BATCH = 32
RATES = {"teach": 4e-5, "learn": 1e-4}  # AdamW, of the base's top layer
HEAD_RATE = 1e-3
LAYER_DECAY = 0.9  # each layer below learns that much slower: the lower ones know the language already
WARM_UP = 0.1  # share of the steps
EPOCHS = {"teach": 3, "learn": 3}
SMOOTHING = 0.05  # of labels: raters of such sentences agree about 80 % of the time
AVERAGE = 0.99  # of the running mean of the weights that is kept in the end, a step
HELD_OUT = 12  # one article of so many
ASKED = 12  # names a piece whose sentences the teacher is asked about
REPEATED = 2  # times an epoch that the student reads the labelled sentences
WHOLE = 0.5  # share of the student's steps before its matrices are rounded
_ADDED = re.compile(r"\(.*?\)| - .*|\b(?:the|news|online|web|opinion|editorial)\b", re.IGNORECASE)


def main() -> None:
    """Do one step."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("step", choices=("teach", "ask", "learn"))
    parser.add_argument("data", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--base", type=Path, required=True, help="the unpacked all-mpnet-base-v2")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    random.seed(SEED)
    torch.manual_seed(SEED)
    torch.set_num_threads(options.threads)
    options.folder.mkdir(parents=True, exist_ok=True)
    {"teach": teach, "ask": ask, "learn": learn}[options.step](options)


def teach(options: Any) -> None:
    """Fine-tune the larger model on the labels."""
    rows, train, held = labelled(options.data)
    found = encode(tokenizer_of(whole_tokenizer(options.base)), [mention(row) for row in rows])
    fit(teacher(options.base), found, smoothed(rows), train, held, options)


def ask(options: Any) -> None:
    """What the larger model says of names in pieces that nobody labelled."""
    model = teacher(options.base)
    model.load_state_dict(torch.load(options.folder / "teach.pt", weights_only=True))
    found = encode(tokenizer_of(whole_tokenizer(options.base)), unlabelled(options.data))
    print(f"{len(found)} to ask about", flush=True)
    np.savez(options.folder / "asked.npz", logits=guess(model, found, range(len(found))))


def learn(options: Any) -> None:
    """The smaller model, on labels and on the larger one's answers."""
    rows, train, held = labelled(options.data)
    tokenizer = tokenizer_of(shipped_tokenizer())
    answers = torch.from_numpy(np.load(options.folder / "asked.npz")["logits"]).softmax(1)
    asked = unlabelled(options.data)
    found = encode(tokenizer, [*(mention(row) for row in rows), *asked])
    targets = torch.cat([smoothed(rows), answers])
    model = student(base_folder(), tokenizer.get_vocab())
    taken = train * REPEATED + list(range(len(rows), len(found)))

    def from_half_way(share: float) -> None:
        if share >= WHOLE and not parametrize.is_parametrized(large(model)[0]):
            for part in large(model):
                parametrize.register_parametrization(part, "weight", Rounded())

    fit(model, found, targets, taken, held, options, from_half_way)


def labelled(data: Path) -> tuple[list[dict[str, Any]], list[int], list[int]]:
    """Labelled sentences; the places of those trained on, and of those held out, of other articles."""
    rows = read(data / "newsmtsc" / "train.jsonl.gz")
    articles = sorted({article(row["id"]) for row in rows})
    random.Random(SEED).shuffle(articles)
    apart = set(articles[::HELD_OUT])
    train = [at for at, row in enumerate(rows) if article(row["id"]) not in apart]
    return rows, train, [at for at, row in enumerate(rows) if article(row["id"]) in apart]


def unlabelled(data: Path) -> list[Mention]:
    """Names in sentences of allsides, of publishers that pac does not have: it measures what is made of this."""
    taken = {publisher(row["source"]) for row in read(data / "pac.jsonl.gz")}
    chance = random.Random(SEED)
    made = []
    for row in read(data / "allsides.jsonl.gz"):
        if publisher(row["source"]) not in taken:
            found, _ = ahead(row["title"], row["text"])
            made += chance.sample(found, min(ASKED, len(found)))
    return made


def publisher(source: str) -> str:
    """A publisher's bare name: "CNN (Online News)" and "CNN - Editorial" are one."""
    return re.sub(r"\W", "", _ADDED.sub("", source.casefold()))


def mention(row: dict[str, Any]) -> Mention:
    """A row of newsmtsc."""
    return Mention(row["sentence"], int(row["from"]), int(row["to"]))


def smoothed(rows: Sequence[dict[str, Any]]) -> torch.Tensor:
    """Targets (n, 3) of labelled rows."""
    return torch.eye(3)[[int(row["polarity"]) + 1 for row in rows]] * (1 - SMOOTHING) + SMOOTHING / 3


def fit(
    model: NamesModel,
    found: Sequence[Encoded],
    targets: torch.Tensor,
    train: Sequence[int],
    held: Sequence[int],
    options: Any,
    before: Callable[[float], None] = lambda _: None,
) -> None:
    """Fine-tune; after each epoch measure the running mean of the weights and write it.

    Args:
        targets: (n, 3), each row sums to 1; of the held out ones the largest is the label.
        train: which are trained on, each as often as it stands there.
        held: which are measured on.
        before: called before each step with the share of the steps that is done.
    """
    groups = [{"params": list(model.head.parameters()), "lr": HEAD_RATE}]
    for above, layer in enumerate(reversed(model.layers())):
        learning = [value for value in layer.parameters() if value.requires_grad]
        groups.append({"params": learning, "lr": RATES[options.step] * LAYER_DECAY**above})
    optimiser = torch.optim.AdamW([group for group in groups if group["params"]], weight_decay=0.01)
    rates = [group["lr"] for group in optimiser.param_groups]
    trained = [value for value in model.parameters() if value.requires_grad]
    mean = [value.detach().clone() for value in trained]
    epochs = EPOCHS[options.step]
    steps, step, begun, losses = epochs * (-(-len(train) // BATCH)), 0, time.monotonic(), 0.0
    for epoch in range(epochs):
        for batch in batches(found, train):
            share = step / steps
            before(share)
            model.train()
            factor = min(share / WARM_UP, (1 - share) / (1 - WARM_UP))
            for group, rate in zip(optimiser.param_groups, rates, strict=True):
                group["lr"] = rate * factor
            with halved():
                logits = model(*tensors(found, batch))
            loss = nn.functional.cross_entropy(logits, targets[batch])
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(trained, 1.0)
            optimiser.step()
            step += 1
            losses += loss.item()
            keep = min(AVERAGE, (1 + step) / (10 + step))
            with torch.no_grad():
                for old, new in zip(mean, trained, strict=True):
                    old.mul_(keep).add_(new, alpha=1 - keep)
            if step % 50 == 0:
                spent = time.monotonic() - begun
                print(f"{step}/{steps} loss {losses / 50:.3f} {spent:.0f} s", flush=True)
                losses = 0.0
        live = [value.detach().clone() for value in trained]
        with torch.no_grad():
            _put(trained, mean)
            logits, labels = guess(model, found, held), targets[held].argmax(1).numpy()
            macro = f1_score(labels, logits.argmax(1), average="macro")
            print(f"epoch {epoch + 1}: macro-F1 {macro:.4f} on {len(held)} held out", flush=True)
            save(model, options.folder / f"{options.step}.pt")
            np.savez(options.folder / "held_out.npz", logits=logits, labels=labels)
            _put(trained, live)


def save(model: NamesModel, path: Path) -> None:
    """Write the numbers, those that are rounded as they ship."""
    learnt = ".parametrizations.weight.original"
    state = {
        name.replace(learnt, ".weight"): Rounded()(value) if learnt in name else value
        for name, value in model.state_dict().items()
    }
    torch.save(state, path)


def _put(values: Sequence[torch.Tensor], others: Sequence[torch.Tensor]) -> None:
    for value, other in zip(values, others, strict=True):
        value.copy_(other)


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
def guess(model: NamesModel, found: Sequence[Encoded], rows: Sequence[int]) -> Any:
    """Logits (n_rows, 3), in the order of `rows`."""
    model.eval()
    made = np.zeros((len(rows), 3), dtype=np.float32)
    order = sorted(range(len(rows)), key=lambda at: len(found[rows[at]].ids))
    for start in range(0, len(order), BATCH):
        chosen = order[start : start + BATCH]
        with halved():
            made[chosen] = model(*tensors(found, [rows[at] for at in chosen])).numpy()
    return made


if __name__ == "__main__":
    main()
