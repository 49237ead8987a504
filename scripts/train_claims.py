"""Train the claims model: is a text for or against a claim?

    python scripts/choose_pieces.py DATA --base MPNET_FOLDER
    python scripts/train_claims.py learn DATA FOLDER --base MPNET_FOLDER [--steps 1350]
    python scripts/train_claims.py round DATA FOLDER --base MPNET_FOLDER [--steps 400]
    python scripts/train_claims.py settle DATA FOLDER --base MPNET_FOLDER [--steps 150]
    python scripts/export_claims.py FOLDER --base MPNET_FOLDER

DATA is the folder of measuring data; FOLDER takes what each step makes. A fifth of the debates and a tenth of the
written questions are never trained on (`claim_pairs.is_dev`). The base is all-mpnet-base-v2 (Apache-2.0), unpacked.

    pairs ─► learn: the lower eight layers of the base, four of them frozen, constant rate ─► learnt.pt
          ─► round: fewer word pieces and neurons, matrices in 4 bits as they ship, rate going to 0 ─► rounded.pt
          ─► settle: the same with op-eds under headlines, as the product asks, at a lower rate ─► settled.pt

Seeded; matrices in bfloat16 where the processor multiplies these: some two and a half seconds a step on two such cores,
an hour and a half in all; six seconds on two that don't.
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
from claim_model import (
    FROZEN,
    LAYERS,
    READ_EARLY,
    WORD_BLOCK,
    ClaimModel,
    Rounded,
    bare,
    halved,
    large,
    rounded,
    shipped_tokenizer,
    tokenizer_of,
    whole,
    whole_tokenizer,
)
from claim_pairs import (
    AGAINST,
    FOR,
    NEITHER,
    Crossed,
    OpEds,
    Pair,
    debate_pairs,
    mention_pairs,
    news_pairs,
    written_pairs,
    written_passages,
)
from compress import compress
from four_bits import temperature
from sklearn.metrics import roc_auc_score
from torch import nn
from torch.nn.utils import parametrize
from transformers import MPNetModel

from recommender.stance.claim_encoding import (
    BLANK,
    NOTHING_SAID,
    EncodedPassage,
    encode,
    levelled,
    padded,
    slant,
)
from recommender.stance.scorer import Passage

SEED = 0
WINDOW = {
    "learn": 88,
    "round": 128,
    "settle": 128,
}  # tokens: first most texts are cut, since more steps are worth more
TOKENS = 3400  # a batch, padding and all: some 45 pairs
MEASURED = 20_000  # tokens by whose light the model is made smaller
RATE = 5e-5  # AdamW, of the top layer
HEAD_RATE = 1e-3
LAYER_DECAY = 0.9
WARM_UP = 100  # steps
EARLY = 0.3  # weight of the early head
SMOOTHING = 0.05
LEVEL = 0.1  # weight of a squared margin where no side is taken
AVERAGE = {"learn": 0.995, "round": 0.98, "settle": 0.98}  # of the running mean of the weights that is kept
MENTIONS, NEWS, CROSSED = 1500, 900, 1200  # pairs an epoch, drawn anew
OP_EDS = 9000  # likewise, in the last step: a quarter
SETTLING = 0.4  # of the rates, in the last step


class Reader:
    """Pairs ─► windows, for one tokenizer."""

    def __init__(self, shape: dict[str, Any], window: int) -> None:
        self.tokenizer, self.window = tokenizer_of(shape), window
        self.blank = self.tokenizer.token_to_id(BLANK)

    def read(self, pairs: Sequence[Pair], chance: random.Random) -> list[EncodedPassage]:
        """The first window of each, three in ten long texts from a later sentence on."""
        items = [Passage(pair.claim, cut(pair.text, chance)) for pair in pairs]
        return [windows[0] for windows in encode(self.tokenizer, items, self.window)]

    def tensors(self, batch: Sequence[EncodedPassage]) -> list[torch.Tensor]:
        """Token numbers, mask, parts, each (n, longest)."""
        return [torch.from_numpy(one) for one in padded(batch, self.blank)]


def cut(text: str, chance: random.Random) -> str:
    """The text, white space tidied, at times from a later sentence on."""
    text = " ".join(text.split())
    if chance.random() > 0.3:
        return text
    starts = [0, *[found.end() for found in re.finditer(r"[.!?]\s", text)]]
    return text[chance.choice([at for at in starts if len(text) - at > 250] or [0]) :]


def batches(encoded: Sequence[EncodedPassage], chance: random.Random) -> Iterator[list[int]]:
    """All rows once, in batches of like length and `TOKENS` tokens, in random order."""
    order = sorted(range(len(encoded)), key=lambda at: len(encoded[at].ids) + chance.uniform(-4, 4))
    cuts: list[list[int]] = [[]]
    longest = 0
    for at in order:
        longest = max(longest, len(encoded[at].ids))
        if cuts[-1] and longest * (len(cuts[-1]) + 1) > TOKENS:
            cuts.append([])
            longest = len(encoded[at].ids)
        cuts[-1].append(at)
    chance.shuffle(cuts)
    return iter(cuts)


def epoch(
    data: Path, fixed: Sequence[Pair], crossed: Crossed, op_eds: OpEds | None, chance: random.Random
) -> tuple[list[Pair], Any]:
    """The pairs of one epoch and their targets (n, 3)."""
    pairs = [
        *fixed,
        *written_pairs(),
        *mention_pairs(data, MENTIONS, chance),
        *news_pairs(data, NEWS, chance),
    ]
    labels = torch.eye(3)[[int(pair.label or 0) for pair in pairs]] * (1 - SMOOTHING) + SMOOTHING / 3
    more, likely = crossed.drawn(CROSSED, chance)
    if op_eds:
        also, how_likely = op_eds.drawn(OP_EDS, chance)
        more, likely = [*more, *also], [*likely, *how_likely]
    return [*pairs, *more], torch.cat([labels, torch.tensor(likely)])


def fit(model: ClaimModel, reader: Reader, options: Any, factor: Callable[[int], float]) -> Any:
    """Fine-tune for `options.steps`; the running mean of the weights is left in the model, measured on the way.

    Args:
        factor: step ─► what the rates are multiplied with.

    Returns:
        The logits (n, 3) of what is held out, in the end.
    """
    chance = random.Random(SEED)
    fixed, dev = debate_pairs(options.data, dev=False), held_out(options.data)
    crossed = Crossed(options.data)
    op_eds = OpEds(options.data) if options.step == "settle" else None
    groups = [{"params": list(model.heads.parameters()), "lr": HEAD_RATE}]
    for above, layer in enumerate(reversed(model.layers[FROZEN:])):
        groups.append({"params": list(layer.parameters()), "lr": RATE * LAYER_DECAY**above})
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01)
    rates = [group["lr"] for group in groups]
    trained = [(name, value) for name, value in model.named_parameters() if value.requires_grad]
    mean = {name: value.detach().clone() for name, value in trained}
    step, begun, losses = 0, time.monotonic(), 0.0
    while step < options.steps:
        pairs, targets = epoch(options.data, fixed, crossed, op_eds, chance)
        encoded = reader.read(pairs, chance)
        for batch in batches(encoded, chance):
            if step >= options.steps:
                break
            model.train()
            for group, rate in zip(optimiser.param_groups, rates, strict=True):
                group["lr"] = rate * factor(step)
            with halved():
                found = model(*reader.tensors([encoded[at] for at in batch]))
            loss = torch.stack(
                [
                    (1.0 if depth == LAYERS else EARLY) * loss_of(logits, targets[batch])
                    for depth, logits in found.items()
                ]
            ).sum()
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_([value for _, value in trained], 1.0)
            optimiser.step()
            step += 1
            losses += loss.item()
            keep = min(AVERAGE[options.step], (1 + step) / (10 + step))
            with torch.no_grad():
                for name, value in trained:
                    mean[name].mul_(keep).add_(value, alpha=1 - keep)
            if step % 25 == 0:
                spent = time.monotonic() - begun
                print(f"{step}/{options.steps} loss {losses / 25:.3f} {spent:.0f} s", flush=True)
                losses = 0.0
            if step % options.measure == 0 or step == options.steps:
                live = {name: value.detach().clone() for name, value in trained}
                model.load_state_dict(mean, strict=False)
                logits = guess(model, reader, dev)
                measure(logits, dev)
                if step < options.steps:
                    model.load_state_dict(live, strict=False)
    return logits


def loss_of(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Cross-entropy; and of what takes no side, neither side is to be likelier, however unlikely both are.

    Args:
        logits, targets: (n, 3), against, neither, for.
    """
    margin = (logits[:, FOR] - logits[:, AGAINST]).square()
    level = targets[:, FOR] == targets[:, AGAINST]
    return nn.functional.cross_entropy(logits, targets) + LEVEL * (margin * level).mean()


def held_out(data: Path) -> list[Pair]:
    """What is measured on the way: debates and written passages that are never trained on."""
    written = [
        Pair(question.claim, text, side, "written", question.claim)
        for question, text, side in written_passages(dev=True)
        if side != NEITHER
    ]
    return [*debate_pairs(data, dev=True), *written]


def guess(model: ClaimModel, reader: Reader, pairs: Sequence[Pair]) -> Any:
    """Logits (n, 3) in the order of `pairs`, less what the claims alone make the model say, as the product asks."""
    claims = sorted({pair.claim for pair in pairs})
    asked = [Passage(claim, text) for claim in claims for text in NOTHING_SAID]
    rows = np.split(logits_of(model, reader, asked), len(claims))
    slants = {claim: slant(few) for claim, few in zip(claims, rows, strict=True)}
    found = logits_of(model, reader, [Passage(pair.claim, " ".join(pair.text.split())) for pair in pairs])
    return levelled(found, [slants[pair.claim] for pair in pairs])


@torch.no_grad()
def logits_of(model: ClaimModel, reader: Reader, items: Sequence[Passage]) -> Any:
    """Logits (n, 3): the mean over a text's windows."""
    model.eval()
    windows = encode(reader.tokenizer, items)
    flat = [window for several in windows for window in several]
    found = np.zeros((len(flat), 3), dtype=np.float32)
    for batch in batches(flat, random.Random(SEED)):
        with halved():
            found[batch] = model(*reader.tensors([flat[at] for at in batch]))[LAYERS].float().numpy()
    ends = np.cumsum([len(several) for several in windows])
    return np.array([rows.mean(axis=0) for rows in np.split(found, ends[:-1])])


def measure(logits: Any, dev: Sequence[Pair]) -> None:
    """Print for/against AUC on the debates held out."""
    margin = logits[:, FOR] - logits[:, AGAINST]
    for kind in sorted({pair.kind for pair in dev}):
        rows = [at for at, pair in enumerate(dev) if pair.kind == kind]
        right = roc_auc_score([dev[at].label == FOR for at in rows], margin[rows])
        print(f"  {kind}: AUC {right:.3f} of {len(rows)}", flush=True)


def learn(options: Any) -> None:
    """The base's lower layers on the pairs, at a constant rate."""
    base = MPNetModel.from_pretrained(options.base, add_pooling_layer=False)
    model = ClaimModel(base, (READ_EARLY, LAYERS))
    model.freeze()
    reader = Reader(whole_tokenizer(options.base), WINDOW["learn"])
    fit(model, reader, options, lambda step: min(1.0, (1 + step) / WARM_UP))
    torch.save(model.state_dict(), options.folder / "learnt.pt")


def round_off(options: Any) -> None:
    """On with fewer word pieces and 4 bits, down to a rate of 0; then the temperature on the debates held out."""
    base = MPNetModel.from_pretrained(options.base, add_pooling_layer=False)
    model = ClaimModel(base, (READ_EARLY, LAYERS))
    model.load_state_dict(torch.load(options.folder / "learnt.pt", weights_only=True))
    del model.heads[str(READ_EARLY)]
    shape = shipped_tokenizer()
    known = whole_tokenizer(options.base)["model"]["vocab"]
    rows = [known[piece] for piece in shape["model"]["vocab"]]
    with torch.no_grad():
        words = base.embeddings.word_embeddings.weight.float()[rows]
        model.words = nn.Embedding.from_pretrained(whole(*rounded(words, WORD_BLOCK)))
    reader = Reader(shape, WINDOW["round"])
    compress(model, some(reader, [*debate_pairs(options.data, dev=False), *written_pairs()]))
    model.freeze()
    rounding(model)
    logits = fit(model, reader, options, down(options.steps))
    finish(model, logits, options, "rounded.pt")


def some(reader: Reader, pairs: Sequence[Pair]) -> list[list[torch.Tensor]]:
    """`MEASURED` tokens or a few more of pairs drawn, as tensors."""
    chance = random.Random(SEED)
    encoded = reader.read(chance.sample(pairs, k=len(pairs)), chance)
    tensors, tokens = [], 0
    for batch in batches(encoded, chance):
        if tokens >= MEASURED:
            break
        tensors.append(reader.tensors([encoded[at] for at in batch]))
        tokens += int(tensors[-1][1].sum())
    return tensors


def settle(options: Any) -> None:
    """On with op-eds under headlines, at a lower rate."""
    kept = torch.load(options.folder / "rounded.pt", weights_only=True)
    model = bare(options.base, kept["state"])
    model.freeze()
    rounding(model)
    reader = Reader(shipped_tokenizer(), WINDOW["settle"])
    logits = fit(model, reader, options, down(options.steps, SETTLING))
    finish(model, logits, options, "settled.pt")


def down(steps: int, share: float = 1.0) -> Callable[[int], float]:
    """Step ─► what rates are multiplied with: twenty steps up, then down to 0."""
    return lambda step: share * min(1.0, (1 + step) / 20) * (1 - step / steps)


def rounding(model: ClaimModel) -> None:
    """The matrices that learn are rounded at every use from now on."""
    for name, part in large(model):
        if int(name.split(".", 1)[0]) >= FROZEN:
            parametrize.register_parametrization(part, "weight", Rounded())


def finish(model: ClaimModel, logits: Any, options: Any, name: str) -> None:
    """Write the model with its temperature on the debates held out, the first rows of `logits`."""
    dev = debate_pairs(options.data, dev=True)
    sides = logits[: len(dev), [AGAINST, FOR]]
    heat = temperature(sides, np.array([int(pair.label == FOR) for pair in dev]))
    for _, part in large(model):
        if parametrize.is_parametrized(part):
            parametrize.remove_parametrizations(part, "weight")
    torch.save(
        {"state": model.float().state_dict(), "heat": heat},
        options.folder / name,
    )
    print(f"temperature {heat:.3f}")


def main() -> None:
    """Do one step."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("step", choices=("learn", "round", "settle"))
    parser.add_argument("data", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--base", type=Path, required=True, help="the unpacked all-mpnet-base-v2")
    parser.add_argument("--steps", type=int)
    parser.add_argument("--measure", type=int, default=150, help="measure after so many steps")
    options = parser.parse_args()
    options.steps = options.steps or {"learn": 1350, "round": 400, "settle": 150}[options.step]
    random.seed(SEED)
    torch.manual_seed(SEED)
    torch.set_num_threads(2)
    options.folder.mkdir(parents=True, exist_ok=True)
    {"learn": learn, "round": round_off, "settle": settle}[options.step](options)


if __name__ == "__main__":
    main()
