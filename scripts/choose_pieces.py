"""Choose the pieces of words that both transformers read, and write the tokenizer that ships.

    python scripts/choose_pieces.py DATA --base MPNET_FOLDER [--out FILE]

    every second piece of allsides, debates that are trained on ─► how often each of MPNet's 30,000 pieces is used
    ─► the 14,000 most used; single letters stay, so that any word can still be written in pieces

Both models must be trained anew where it changes.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import Any

from claim_model import tokenizer_of, whole_tokenizer
from claim_pairs import debate_pairs, headline, read

from recommender.stance.claim_encoding import BLANK
from recommender.stance.encoding import FIRST, HIDDEN, LAST

OUT = Path(__file__).resolve().parent.parent / "recommender" / "stance" / "tokenizer.json"
PIECES = 14_000  # 98.9 % of the news and debates are written with them
LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~–—‘’“”…£€")
SPECIAL = (FIRST, BLANK, LAST, "[UNK]")


def main() -> None:
    """Choose and write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--base", type=Path, required=True, help="the unpacked all-mpnet-base-v2")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    shape = whole_tokenizer(options.base)
    shape = smaller(shape, used(options.data, shape))
    options.out.write_text(json.dumps(shape), encoding="utf-8")
    print(f"{len(shape['model']['vocab'])} pieces, {options.out.stat().st_size:,} bytes")


def used(data: Path, shape: dict[str, Any]) -> Counter[str]:
    """How often each piece is used."""
    tokenizer = tokenizer_of(shape)
    texts = [f"{headline(row)} {row['text'][:4000]}" for row in read(data / "allsides.jsonl.gz")[::2]]
    texts += [f"{pair.claim} {pair.text}" for pair in debate_pairs(data, dev=False)]
    counts: Counter[str] = Counter()
    for start in range(0, len(texts), 512):
        for one in tokenizer.encode_batch(texts[start : start + 512], add_special_tokens=False):
            counts.update(one.tokens)
    return counts


def smaller(shape: dict[str, Any], counts: Counter[str]) -> dict[str, Any]:
    """A tokenizer's description with fewer pieces."""
    known: dict[str, int] = shape["model"]["vocab"]
    needed = [piece for piece in known if piece.removeprefix("##") in LETTERS and piece not in SPECIAL]
    often = [piece for piece, _ in sorted(counts.items(), key=lambda one: (-one[1], one[0]))]
    kept = list(dict.fromkeys([*SPECIAL, *needed, *(piece for piece in often if piece in known)]))[:PIECES]
    kept.append(HIDDEN)  # last, so that the others keep their numbers
    added = [one for one in shape["added_tokens"] if one["content"] in kept]
    return {
        **shape,
        "model": {**shape["model"], "vocab": {piece: number for number, piece in enumerate(kept)}},
        "added_tokens": [{**one, "id": kept.index(one["content"])} for one in added],
        "truncation": None,
        "padding": None,
        "post_processor": None,
    }


if __name__ == "__main__":
    main()
