"""Sentences of a piece ─► how likely it argues a view of its author's, rather than reports others'.

A report may scold a man in every line, and all of it be somebody else's words: only a piece that shows a view of
its own can be for or against anybody. What shows it is how the piece speaks, not what about: who is quoted how
often, "I" and "we" outside quotation marks, "should" and "must", how often somebody "said". Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import exp

from recommender.reading.sentences import Sentence

# Logistic regression (scripts/fit_voice.py) on 3,730 pieces of allsides whose addresses say what they are: /opinion/
# and the like (2,015) against /politics/, /news/ and the like (1,715). With the host held out: AUC .925.
BIAS = 1.3
WEIGHTS = {
    "others": -9.4,
    "I": 8.9,
    "we": 11.8,
    "ought": 5.9,
    "said": -4.8,
}  # of shares of sentences, in [0, 1]
# At .7, 79 % of the opinion pieces and 9 % of the reports are taken for opinion (host held out): a view lost costs
# one "can't tell", a view made up costs a reader's trust.
OPINION = 0.7
SENTENCES = 80  # looked at, from the start: a column has 40; what a piece is, it is by then
FEWEST = 5  # sentences: below, one "we" decides all

_SIGNS = {
    "I": re.compile(r"\b(?:I|me|my|mine|myself)\b"),  # small letters but for I: "MY" is a headline's
    "we": re.compile(r"\b(?:[Ww]e|[Uu]s|[Oo]urs?)\b|\b[Ll]et['’]s\b"),
    "ought": re.compile(r"\b(?:should|must|ought|needs? to|has to|have to|cannot|can['’]t|won['’]t)\b", re.I),
    "said": re.compile(r"\b(?:said|told|says|according to|spokes\w+|reported|announced)\b"),
}
_QUOTED = re.compile(r"[“\"][^”\"]*[”\"]")


def own_view(sentences: Sequence[Sentence]) -> float:
    """How likely a piece argues its author's own view, in [0, 1]; 0 for fewer than `FEWEST` sentences.

    Args:
        sentences: of the body, in order, headline left out.
    """
    looked = sentences[:SENTENCES]
    if len(looked) < FEWEST:
        return 0.0
    return 1 / (1 + exp(-BIAS - sum(WEIGHTS[name] * share for name, share in shares(looked).items())))


def shares(sentences: Sequence[Sentence]) -> dict[str, float]:
    """What `own_view` weighs: the share of sentences that are others', and of the own ones, those with each sign."""
    own = [_QUOTED.sub("", sentence.text) for sentence in sentences if not sentence.quoted]
    found = {name: sum(map(bool, map(sign.search, own))) / max(1, len(own)) for name, sign in _SIGNS.items()}
    return {"others": 1 - len(own) / max(1, len(sentences)), **found}
