"""A piece and the claims of a list ─► where its author stands on each, and the sentences that show it.

    text ─► passages of the author's own sentences ─► those about a claim, the nearest `PASSAGES` of them
         ─► scorer (one batch for all pieces) ─► pooled, the decided counting most ─► for, against or no position

Sentences inside quotation marks or attributed to others are no part of a passage: a quoted opponent is never taken for
the author. A piece stands for its own headline by construction. Pure, apart from the scorer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from recommender.claim_models import Attitude, Claim, Quote, Stand, side_of
from recommender.errors import ArchiveError
from recommender.reading.sentences import Sentence, split
from recommender.stance import calibration
from recommender.stance.calibration import ClaimCalibration
from recommender.stance.claims import stated, wording
from recommender.stance.rarity import rarity
from recommender.stance.scorer import NEITHER, Passage, Position, Scorer, questions, weighed
from recommender.stance.verbs import set_of

SENTENCES = 3  # of a passage: an op-ed's paragraph; what is shown as evidence is what the model read
WORDS = 80  # of a passage, at which it is closed: some 110 tokens, of the 128 that a small encoder reads
LONGEST = 200  # words of a passage that is read: scorer.Passage takes no more, and no sentence needs them
# Of a claim in one piece: with claims.MOST, at most 24 questions a piece. A thesis is said more than once, and the
# fourth passage in nearness is rarely about the claim.
PASSAGES = 3
SHARED = 2  # content words that a passage about a claim has of it; one alone is a name in passing
# Shares of a claim's content words, each weighing as much as it is rare, in [0, 1]: what a piece about the claim uses
# of them at all, and what a passage does. With these 75 % of 500 op-eds are taken to be about their own headline and
# 8 % of 435 about another's on the topic (docs/measurements.md); with half of the words, all alike, 87 and 17 %.
COVERED = 0.5
CLOSE = 0.35
LEANS = 0.4  # P(for) or P(against) of a passage, [0, 1], from which on it says the same as the piece
LINKED = 6  # words of a headline that nobody writes by chance
READ = 40_000  # characters of a text that are looked at: 6,500 words, seven op-eds
FORMAT = 2  # version of the JSON and of how passages are chosen
HEADLINE = Stand(Attitude.FOR, (0.0, 0.0, 1.0), headline=True)
AGAINST_HEADLINE = Stand(Attitude.AGAINST, (1.0, 0.0, 0.0), headline=True)
SILENT = Stand(Attitude.NONE, NEITHER)

_WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)*")
_STOP = set_of(
    "a about above after again against all almost also although always am an and another any anybody anyone "
    "anything are aren around as at away back be became because become been before being below between both but "
    "by came can cannot come could did didn do does doesn doing don done down during each either else enough even "
    "ever every few first for from further get gets getting give given go goes going gone good got had has hasn "
    "have haven having he her here hers herself him himself his how however i if in into is isn it its itself "
    "just keep know last least less let like ll look made make makes making many may me might mine more most much "
    "must my myself never new no nobody none nor not nothing now of off often on once one only or other others "
    "our ours ourselves out over own perhaps put rather re real really right said same say says see seem seems "
    "several shall she should since so some somebody something still such take than that the their theirs them "
    "themselves then there these they thing things think this those though through time to today too true two "
    "under until up upon us ve very want was way we well were what when where whether which while who whom whose "
    "why will with within without won would yet you your yours"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One piece and the claims it is asked about."""

    title: str
    text: str
    claims: tuple[Claim, ...]
    outlet: str | None = None
    author: str | None = None


@dataclass(frozen=True, slots=True)
class OwnPassage:
    """Consecutive sentences of an author's own."""

    sentences: tuple[Sentence, ...]
    words: frozenset[str]  # stems of its content words

    @property
    def text(self) -> str:
        """As the model reads it."""
        whole = " ".join(sentence.text for sentence in self.sentences)
        return " ".join(whole.split()[:LONGEST])


def stored_as(scorer: Scorer) -> str:
    """What a kept stand goes by: the model with its version, and the version of what is kept."""
    return f"{scorer.name}/{FORMAT}"


def stands(pieces: Iterable[Asked], scorer: Scorer) -> list[list[Stand]]:
    """Where each piece stands on each of its claims, in order: the scorer sees all passages at once.

    Args:
        pieces: with the claims to ask each about.
        scorer: a model that judges claims.
    """
    plans = [(piece, _plan(piece)) for piece in pieces]
    items = [item for piece, plan in plans for item in _items(piece, plan)]
    answers = iter(weighed(scorer, items))
    numbers = calibration.of_claims(scorer.name)
    made = []
    for _, plan in plans:
        row = []
        for chosen in plan:
            if isinstance(chosen, Stand):
                row.append(chosen)
            else:
                row.append(concluded(chosen, [next(answers) for _ in chosen], numbers))
        made.append(row)
    return made


def ahead(piece: Asked) -> list[Passage]:
    """What a scorer will be asked about one piece's claims."""
    return questions(_items(piece, _plan(piece)))


def _items(piece: Asked, plan: Sequence[list[OwnPassage] | Stand]) -> list[Passage]:
    return [
        Passage(claim.text, passage.text, claim.opposite)
        for claim, chosen in zip(piece.claims, plan, strict=True)
        if not isinstance(chosen, Stand)
        for passage in chosen
    ]


def _plan(piece: Asked) -> list[list[OwnPassage] | Stand]:
    """The passages to ask about each claim; the stand where the claim, or its opposite, is the piece's own headline."""
    found, own = passages(piece.text), stated(piece.title, piece.outlet, piece.author)
    worded = [(passage, wording(passage.text)) for passage in found]
    plan: list[list[OwnPassage] | Stand] = []
    for claim in piece.claims:
        if own and own in {wording(claim.text), wording(claim.opposite)}:
            plan.append(HEADLINE if own == wording(claim.text) else AGAINST_HEADLINE)
        else:
            plan.append(_near(claim, _without_links(claim, worded)))
    return plan


def _near(claim: Claim, found: Sequence[OwnPassage]) -> list[OwnPassage]:
    """The passages about a claim, nearest first, then those about its opposite alone; at most `PASSAGES`."""
    several = about(claim.text, found)
    if claim.opposite:
        several += [one for one in about(claim.opposite, found) if one not in several]
    return several[:PASSAGES]


def _without_links(claim: Claim, worded: Sequence[tuple[OwnPassage, str]]) -> list[OwnPassage]:
    """The passages but those that hold the claim's headline word for word: links to it, not what this author says."""
    words = wording(claim.headline)
    long = len(words.split()) >= LINKED
    return [passage for passage, said in worded if not (long and words in said)]


def passages(text: str) -> list[OwnPassage]:
    """The passages of a text in order: up to `SENTENCES` of the author's own in a row, none in two of them."""
    found: list[OwnPassage] = []
    run: list[Sentence] = []
    for sentence in split(text[:READ]):
        if run and (sentence.quoted or len(run) == SENTENCES or _length(run) + _length([sentence]) > WORDS):
            found.append(OwnPassage(tuple(run), _content(run)))
            run = []
        if not sentence.quoted:
            run.append(sentence)
    if run:
        found.append(OwnPassage(tuple(run), _content(run)))
    return found


def about(claim: str, found: Sequence[OwnPassage]) -> list[OwnPassage]:
    """The passages about a claim, nearest first, at most `PASSAGES`: by the rarity of the words they share with it.

    None where the piece as a whole uses less than `COVERED` of the claim's content words, by their rarity; a passage
    uses `CLOSE` of them, and two words at least.
    """
    weights = {word: rarity(word) for word in content(claim)}
    total = sum(weights.values())

    def share(words: frozenset[str]) -> float:
        return sum(weights[word] for word in sorted(words & weights.keys())) / total

    if not total or share(frozenset().union(*(passage.words for passage in found))) < COVERED:
        return []
    enough = min(SHARED, len(weights))
    near = [
        (-share(passage.words), at, passage)
        for at, passage in enumerate(found)
        if len(passage.words & weights.keys()) >= enough
    ]
    close = [passage for less, _, passage in sorted(near, key=lambda one: one[:2]) if -less >= CLOSE]
    return close[:PASSAGES]


def content(text: str) -> frozenset[str]:
    """The stems of a text's content words."""
    from recommender.stance.features import stem

    words = (re.sub(r"[’'].*$", "", word) for word in _WORD.findall(text.lower()))
    return frozenset(stem(word) for word in words if len(word) > 1 and word not in _STOP)


def concluded(asked: Sequence[OwnPassage], answers: Sequence[Position], numbers: ClaimCalibration) -> Stand:
    """One stand from what the model says of each passage.

    The odds are the mean of the passages' odds, each weighing as much as it takes a side at all: a passage that is
    about something else takes little away. The quotes are the sentences of the passage that says most clearly what
    the piece leans to, also where that is not enough for a position: a later calibration may find that it is.
    """
    if not asked:
        return SILENT
    odds = pooled(answers)
    side = 2 if odds[2] >= odds[0] else 0
    best = max(range(len(asked)), key=lambda at: (answers[at][side], -at))
    quotes = tuple(Quote(one.text, one.start, one.end) for one in asked[best].sentences)
    said = sum(answer[side] >= LEANS and answer[side] > answer[2 - side] for answer in answers)
    return Stand(attitude_of(odds, said, numbers), odds, quotes, said=said)


def pooled(answers: Sequence[Position]) -> Position:
    """Several passages' positions as one; it sums to 1 as they do."""
    weights = [answer[0] + answer[2] for answer in answers]
    total = sum(weights)
    if total <= 0:
        return NEITHER
    against, neither, towards = (
        sum(weight * answer[at] for weight, answer in zip(weights, answers, strict=True)) / total
        for at in range(3)
    )
    return against, neither, towards


def attitude_of(odds: Position, said: int, numbers: ClaimCalibration) -> Attitude:
    """For or against where that is likely enough, and said often enough, else no position."""
    return side_of(odds, numbers.position) if said >= numbers.said else Attitude.NONE


def stand_to_json(stand: Stand) -> str:
    """A stand as one line of JSON, numbers rounded to 4 places; what follows from the calibration is left out."""
    quotes = [[one.sentence, one.start, one.end] for one in stand.quotes]
    odds = [round(one, 4) for one in stand.odds]
    whole = {"format": FORMAT, "odds": odds, "said": stand.said, "headline": stand.headline, "quotes": quotes}
    return json.dumps(whole, ensure_ascii=False)


def stand_from_json(line: str, model: str) -> Stand:
    """The stand that `stand_to_json` wrote, with the attitude that the model's calibration gives it.

    Raises:
        ArchiveError: not JSON, another format, or a field is missing or of the wrong kind.
    """
    try:
        data = json.loads(line)
        if data["format"] != FORMAT:
            raise ArchiveError(f"a stored position has format {data['format']!r}", hint=_AGAIN)
        against, neither, towards = (float(one) for one in data["odds"])
        quotes = tuple(Quote(str(words), int(start), int(end)) for words, start, end in data["quotes"])
        headline, said = bool(data["headline"]), int(data["said"])
    except (ValueError, TypeError, KeyError) as error:
        raise ArchiveError(f"a stored position can't be read: {error}", hint=_AGAIN) from error
    odds = (against, neither, towards)
    numbers = calibration.of_claims(model)
    attitude = side_of(odds, numbers.position) if headline else attitude_of(odds, said, numbers)
    return Stand(attitude, odds, quotes, headline, said)


def _length(sentences: Sequence[Sentence]) -> int:
    return sum(len(sentence.text.split()) for sentence in sentences)


def _content(sentences: Sequence[Sentence]) -> frozenset[str]:
    return frozenset().union(*(content(sentence.text) for sentence in sentences))


_AGAIN = "compute it again from the article"
