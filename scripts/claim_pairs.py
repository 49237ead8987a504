"""Pairs of a claim and a text, with the text's side, to train the claims model on.

    claims, debates ─► dev debates held out ─► texts, theses, negated claims, strangers ─┐
    newsmtsc ─► "NAME deserves praise" and a sentence on NAME ───────────────────────────┼─► pairs
    allsides ─► a headline and the first words under it, or under another piece ─────────┘

A claim turned over by rule (`negated`) turns the label over: the model has to read the claim. Seeded.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

AGAINST, NEITHER, FOR = 0, 1, 2
HELD_OUT = 5  # one debate of so many is never trained on
THESIS = 0.5  # of a debate's texts, as texts on their own headline
TURNED = 0.5  # of claims that can be negated
STRANGERS = 0.15  # texts paired with a claim of another debate, as a share of the texts
PRAISE = ("{} deserves praise", "{} is doing the right thing", "{} is good", "We should support {}")
BLAME = ("{} deserves blame", "{} is doing the wrong thing", "{} is bad", "We should oppose {}")
_VERB = "should|can|could|will|would|must|is|are|was|were|has|have|does|do|did|may|might|needs to|ought to"
_NOT = re.compile(rf"\b({_VERB})\s+not\s+", re.IGNORECASE)
_SHORT = re.compile(r"\b(is|are|was|were|do|does|did|should|would|could|has|have)n['’]t\b", re.IGNORECASE)
_PLAIN = re.compile(rf"\b({_VERB})\s+", re.IGNORECASE)
_FLIPS = (
    (re.compile(r"\bcannot\b", re.IGNORECASE), "can"),
    (re.compile(r"\bcan['’]t\b", re.IGNORECASE), "can"),
    (re.compile(r"\bwon['’]t\b", re.IGNORECASE), "will"),
)


@dataclass(frozen=True, slots=True)
class Pair:
    """A claim, a text and the text's side; `label` is None where only a teacher knows."""

    claim: str
    text: str
    label: int | None  # AGAINST, NEITHER or FOR
    kind: str  # where it comes from: "text", "thesis", "stranger", "mention", "news"
    debate: str  # "" where no debate


def read(path: Path) -> list[dict[str, Any]]:
    """The rows of a .jsonl.gz file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def debate_of(record: dict[str, Any], known: dict[str, dict[str, Any]]) -> str:
    """The debate of a claims record: the newspaper's page, or the debate site's."""
    source, _, rest = record["id"].partition(":")
    if source == "arc":
        return str(known[rest]["debate"]) if rest in known else record["claim"]
    return rest.rsplit(":", 2)[0]


def is_dev(debate: str) -> bool:
    """Whether a debate is held out; by its name alone, so that each set agrees."""
    return int(hashlib.sha256(debate.encode()).hexdigest(), 16) % HELD_OUT == 0


def negated(claim: str) -> str | None:
    """The claim's opposite by rule, None where no rule fits."""
    for pattern, plain in _FLIPS:
        if pattern.search(claim):
            return pattern.sub(plain, claim, count=1)
    if _NOT.search(claim):
        return _NOT.sub(r"\1 ", claim, count=1)
    if _SHORT.search(claim):
        return _SHORT.sub(r"\1", claim, count=1)
    found = _PLAIN.search(claim)
    if not found or found.start() == 0:  # a question
        return None
    verb = found.group(1).lower()
    if verb in ("has", "have", "does", "do", "did", "needs to", "may"):  # often a main verb: no safe rule
        return None
    return claim[: found.end()] + "not " + claim[found.end() :]


def debate_pairs(data: Path, dev: bool) -> list[Pair]:
    """Pairs of the debates: the trained ones with all that can be derived from them, or the dev ones as they are."""
    known = {row["id"]: row for row in read(data / "debates.jsonl.gz")}
    rows = read(data / "claims.jsonl.gz")
    chosen = [(row, debate_of(row, known)) for row in rows]
    chosen = [(row, name) for row, name in chosen if is_dev(name) == dev]
    if dev:
        return [
            Pair(row["claim"], row["text"], FOR if row["side"] == "for" else AGAINST, row["source"], name)
            for row, name in chosen
        ]
    pairs: list[Pair] = []
    chance = random.Random(0)
    for row, name in chosen:
        label = FOR if row["side"] == "for" else AGAINST
        claims = [(row["claim"], label)]
        if row["source"] == "arc" and row["id"][4:] in known:
            debate = known[row["id"][4:]]
            other = debate["stance2"] if row["claim"] == debate["stance1"] else debate["stance1"]
            claims.append((other, 2 - label))
        elif (turned := negated(row["claim"])) and chance.random() < TURNED:
            claims.append((turned, 2 - label))
        pairs += [Pair(claim, row["text"], side, "text", name) for claim, side in claims]
        thesis = row["perspective"]
        if thesis and len(thesis.split()) > 2:
            pairs += [Pair(claim, thesis, side, "thesis", name) for claim, side in claims]
            if chance.random() < THESIS:
                against = negated(thesis)
                pairs.append(Pair(thesis, row["text"], FOR, "text", name))
                if against:
                    pairs.append(Pair(against, row["text"], AGAINST, "text", name))
    return pairs + strangers(pairs, int(STRANGERS * len(pairs)), chance)


def strangers(pairs: Sequence[Pair], count: int, chance: random.Random) -> list[Pair]:
    """Texts under claims of other debates, half of them of near ones: neither for nor against."""
    texts: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        texts[pair.debate].append(pair)
    names = sorted(texts)
    words = TfidfVectorizer(sublinear_tf=True, stop_words="english").fit_transform(
        [" ".join(pair.claim + " " + pair.text for pair in texts[name]) for name in names]
    )
    near = np.argsort(-(words @ words.T).toarray(), axis=1)[:, 2:8]  # the very nearest may share the claim
    made = []
    for number in range(count):
        at = chance.randrange(len(names))
        other = int(chance.choice(list(near[at]))) if number % 2 else chance.randrange(len(names))
        if other != at:
            claim = chance.choice(texts[names[at]]).claim
            made.append(Pair(claim, chance.choice(texts[names[other]]).text, NEITHER, "stranger", ""))
    return made


def mention_pairs(data: Path, count: int, chance: random.Random) -> list[Pair]:
    """Sentences of newsmtsc under a claim on the person they mention: praise, blame or neither."""
    rows = read(data / "newsmtsc" / "train.jsonl.gz")
    chance.shuffle(rows)
    coloured = [row for row in rows if row["polarity"] != 0][: int(count * 0.75)]
    plain = [row for row in rows if row["polarity"] == 0][: count - len(coloured)]
    made = []
    for row in coloured + plain:
        good = chance.random() < 0.5
        claim = chance.choice(PRAISE if good else BLAME).format(row["mention"])
        side = int(row["polarity"]) * (1 if good else -1)
        made.append(Pair(claim, row["sentence"], side + 1, "mention", ""))
    return made


def news_pairs(data: Path, count: int, chance: random.Random) -> list[Pair]:
    """Headlines with the first words under them: their own (for), turned over (against), another piece's (neither)."""
    rows = [
        row
        for row in read(data / "allsides.jsonl.gz")
        if len(headline(row).split()) >= 5 and usable(row["text"])
    ]
    chance.shuffle(rows)
    topics: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        topics[row["topic"]].append(row)
    able = [row for row in rows if negated(headline(row))]
    made = []
    for number, row in enumerate(able[:count]):
        if number % 3 == 0:
            made.append(Pair(headline(row), opening(row["text"]), FOR, "news", ""))
        elif number % 3 == 1:
            made.append(Pair(str(negated(headline(row))), opening(row["text"]), AGAINST, "news", ""))
        else:
            other = chance.choice(topics[row["topic"]])
            if other is not row:
                made.append(Pair(headline(row), opening(other["text"]), NEITHER, "news", ""))
    return made


def headline(row: dict[str, Any]) -> str:
    """A piece's title without the paper's label."""
    return re.sub(
        r"^(opinion|analysis|editorial|commentary)\s*[:|]\s*", "", row["title"].strip(), flags=re.IGNORECASE
    )


def opening(text: str, words: int = 90) -> str:
    """The first words."""
    return " ".join(text.split()[:words])


def usable(text: str) -> bool:
    """Whether it is long enough to be a piece."""
    return len(text.split()) > 60


def unlabelled(data: Path, debates: int, news: int, chance: random.Random) -> list[Pair]:
    """Pairs that only a teacher can label.

    Theses of a trained debate with other texts of it, and headlines, at times turned over, with a passage of another
    piece on the same topic; one in five with one of the same piece.
    """
    known = {row["id"]: row for row in read(data / "debates.jsonl.gz")}
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in read(data / "claims.jsonl.gz"):
        name = debate_of(row, known)
        if not is_dev(name) and row["perspective"] and len(row["perspective"].split()) > 2:
            groups[name].append(row)
    crossed = [(one, two) for group in groups.values() for one in group for two in group if one is not two]
    chance.shuffle(crossed)
    made = []
    for one, two in crossed[:debates]:
        claim = one["perspective"]
        turned = negated(claim) if chance.random() < TURNED else None
        made.append(Pair(turned or claim, two["text"], None, "crossed", ""))
    return made + _crossed_news(data, news, chance)


def _crossed_news(data: Path, count: int, chance: random.Random) -> list[Pair]:
    rows = [row for row in read(data / "allsides.jsonl.gz") if usable(row["text"])]
    topics: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        topics[row["topic"]].append(row)
    likely: dict[str, Any] = {}
    made = []
    while len(made) < count:
        row = chance.choice(rows)
        if len(headline(row).split()) < 5:
            continue
        claim = (negated(headline(row)) if chance.random() < TURNED else None) or headline(row)
        if chance.random() < 0.2:
            made.append(Pair(claim, passage(row["text"], chance), None, "own", ""))
            continue
        topic = row["topic"]
        if topic not in likely:
            texts = [f"{one['title']} {opening(one['text'], 200)}" for one in topics[topic]]
            table = TfidfVectorizer(sublinear_tf=True, stop_words="english").fit_transform(texts)
            likely[topic] = ({id(one): at for at, one in enumerate(topics[topic])}, table)
        places, table = likely[topic]
        at = places[id(row)]
        like = np.asarray((table @ table[at].T).todense()).ravel()
        nearest = [int(other) for other in np.argsort(-like)[:8] if other != at]
        if nearest:
            made.append(
                Pair(claim, passage(topics[topic][chance.choice(nearest)]["text"], chance), None, "news", "")
            )
    return made


def passage(text: str, chance: random.Random, words: int = 75) -> str:
    """Some words in a row, from the start of a sentence on."""
    text = " ".join(text.split())
    starts = [0, *[found.end() for found in re.finditer(r"[.!?]\s", text)]]
    return opening(text[chance.choice([at for at in starts if len(text) - at > 400] or [0]) :], words)
