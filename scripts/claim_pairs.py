"""Pairs of a claim and a text, with the text's side, to train the claims model on; and what it is measured on.

    python scripts/claim_pairs.py DATA FOLDER

writes the debates and the written questions (written.py) that are never trained on, in the formats of the measuring
data, for `evaluate stance --task claims FOLDER/claims.jsonl.gz` (or `written.jsonl.gz`) and `--task debates
FOLDER/debates.jsonl.gz`.

    claims, debates ─► dev debates held out ─► texts, theses, negated claims, strangers ─┐
    newsmtsc ─► "NAME deserves praise" and a sentence on NAME ───────────────────────────┼─► pairs
    allsides ─► a headline and the first words under it, or under another piece ─────────┘

A claim turned over by rule (`negated`) turns the label over: the model has to read the claim. Seeded.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import random
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from written import Question, questions

from recommender.stance.headlines import statement
from recommender.stance.positions import about, passages

AGAINST, NEITHER, FOR = 0, 1, 2
HELD_OUT = 5  # one debate of so many is never trained on
WRITTEN_OUT = 10  # likewise, one written question; and those in written/held-out
THESIS = 0.5  # of a debate's texts, as texts on their own headline
TURNED = 0.5  # of claims that can be negated
WEEKS = 45  # days between two op-eds that may speak of one matter
OPINION = re.compile(r"/(?:opinions?|commentary|columnists?|op-?eds?|editorials?)/", re.IGNORECASE)
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
    """A claim, a text and the text's side."""

    claim: str
    text: str
    label: int | None  # AGAINST, NEITHER or FOR; None where it is only likely
    kind: str  # where it comes from: "text", "thesis", "written", "stranger", "mention", …
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


def is_dev(debate: str, of: int = HELD_OUT) -> bool:
    """Whether a debate, or another name, is held out, one `of` so many; by its name alone, so that each set agrees."""
    return int(hashlib.sha256(debate.encode()).hexdigest(), 16) % of == 0


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


def written_passages(dev: bool) -> list[tuple[Question, str, int]]:
    """Each written passage with its question and its side of the claim: those held out, or those trained on."""
    return [
        (question, text, side)
        for question in questions()
        if (question.held_out or is_dev(question.claim, WRITTEN_OUT)) == dev
        for texts, side in ((question.towards, FOR), (question.against, AGAINST), (question.neither, NEITHER))
        for text in texts
    ]


def written_pairs() -> list[Pair]:
    """Those trained on, each under the claim and under its opposite."""
    return [
        Pair(claim, text, label, "written", question.claim)
        for question, text, side in written_passages(dev=False)
        for claim, label in ((question.claim, side), (question.opposite, 2 - side))
    ]


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


class Crossed:
    """Theses of trained debates as claims, under them texts of others in the same debate.

    Two on one side often agree and two on different sides often don't, but nobody has said so of these: the targets
    leave room for "neither".
    """

    def __init__(self, data: Path) -> None:
        known = {row["id"]: row for row in read(data / "debates.jsonl.gz")}
        groups: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
        for row in read(data / "claims.jsonl.gz"):
            name = debate_of(row, known)
            if not is_dev(name) and row["perspective"] and len(row["perspective"].split()) > 2:
                groups[name, row["claim"]].append(row)
        self.groups = [groups[name] for name in sorted(groups) if len(groups[name]) > 2]

    def drawn(self, count: int, chance: random.Random) -> tuple[list[Pair], list[list[float]]]:
        """So many pairs, and how likely each side is: against, neither, for."""
        pairs: list[Pair] = []
        likely: list[list[float]] = []
        while len(pairs) < count:
            group = chance.choice(self.groups)
            one, two = chance.choice(group), chance.choice(group)
            if one["text"] == two["text"]:
                continue
            claim, same = one["perspective"], one["side"] == two["side"]
            if chance.random() < TURNED and (turned := negated(claim)):
                claim, same = turned, not same
            pairs.append(Pair(claim, two["text"], None, "crossed", ""))
            likely.append([0.05, 0.35, 0.6] if same else [0.6, 0.35, 0.05])
        return pairs, likely


class OpEds:
    """Headlines of op-eds as claims, under them passages as the product picks them: the piece's own, and others'.

    A piece stands for its own headline and against that turned over. Where another on the topic, of the same weeks,
    stands nobody has said: mostly it takes no side, and rather that side than the other. One topic in five is left
    out, to be read by hand.
    """

    def __init__(self, data: Path) -> None:
        rows = [row for row in opinions(data) if not is_dev(row["topic"])]
        found = {id(row): passages(row["text"]) for row in rows}
        topics: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in rows:
            topics[row["topic"]].append(row)
        self.own: list[tuple[str, str]] = []
        self.others: list[tuple[str, str]] = []
        for row in rows:
            made = statement(row["title"], row["source"])
            if made.asked or not made.text:
                continue
            claim = made.text
            self.own += [(claim, one.text) for one in about(claim, found[id(row)])]
            for other in topics[row["topic"]]:
                if other is not row and same_weeks(row, other):
                    self.others += [(claim, one.text) for one in about(claim, found[id(other)])]

    def drawn(self, count: int, chance: random.Random) -> tuple[list[Pair], list[list[float]]]:
        """So many pairs, half of them of pieces with their own headlines, and how likely each side is."""
        pairs: list[Pair] = []
        likely: list[list[float]] = []
        for number in range(count):
            own = number % 2 == 0
            claim, text = chance.choice(self.own if own else self.others)
            sides = [0.05, 0.2, 0.75] if own else [0.1, 0.65, 0.25]
            if chance.random() < TURNED and (turned := negated(claim)):
                claim, sides = turned, sides[::-1]
            pairs.append(Pair(claim, text, None, "op-ed", ""))
            likely.append(sides)
        return pairs, likely


def opinions(data: Path) -> list[dict[str, Any]]:
    """Dated pieces of allsides of 300 to 1,800 words whose address says that they are opinion."""
    return [
        row
        for row in read(data / "allsides.jsonl.gz")
        if OPINION.search(row["url"] or "") and 300 <= len(row["text"].split()) <= 1800 and row["date"]
    ]


def day(row: dict[str, Any]) -> date:
    """When it was published; the set writes it in two ways."""
    text = str(row["date"])
    return datetime.strptime(text, "%m/%d/%y").date() if "/" in text else date.fromisoformat(text[:10])


def same_weeks(one: dict[str, Any], two: dict[str, Any]) -> bool:
    """Whether two pieces may speak of one matter."""
    return abs((day(one) - day(two)).days) <= WEEKS


def main() -> None:
    """Write what was held out."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    debates = read(options.data / "debates.jsonl.gz")
    known = {row["id"]: row for row in debates}
    kept = {
        "debates.jsonl.gz": [row for row in debates if is_dev(row["debate"])],
        "claims.jsonl.gz": [
            row for row in read(options.data / "claims.jsonl.gz") if is_dev(debate_of(row, known))
        ],
        "written.jsonl.gz": [
            {
                "claim": question.claim,
                "text": text,
                "side": "for" if side == FOR else "against",
                "source": question.voice,
            }
            for question, text, side in written_passages(dev=True)
            if side != NEITHER
        ],
    }
    for name, rows in kept.items():
        with gzip.open(options.folder / name, "wt", encoding="utf-8") as lines:
            lines.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        print(f"{options.folder / name}: {len(rows)} rows")


if __name__ == "__main__":
    main()
