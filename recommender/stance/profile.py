"""Title and text ─► toward whom the piece leans, sentence by sentence.

    targets that are somebody ─► one mention a sentence ─► scorer (one batch) ─► own sentences make the polarity,
                                                                            quotations are shown beside them

Sentences inside quotation marks or attributed to others are evidence of what is said in the piece, never of
what its author thinks. Places and things get no polarity (see `kinds`). Pure, apart from the scorer.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from recommender.errors import ArchiveError
from recommender.models import Evidence, Profile, Target, TargetKind
from recommender.reading.sentences import Sentence, split
from recommender.stance import calibration
from recommender.stance.calibration import Calibration
from recommender.stance.scorer import Mention, Scorer
from recommender.stance.targets import TargetMentions, document, find
from recommender.stance.voice import own_view

TARGETS = 12  # a profile keeps: 96 % of persent's main entities are among a piece's twelve most named
OWN_EVIDENCE = 3  # sentences of the author's shown for a target
QUOTED_EVIDENCE = 2  # sentences of others shown for a target
# Sentences of a target that are judged: the author's, from the start, and those of others, which are only shown.
OWN_JUDGED = 12
QUOTED_JUDGED = 3
PRIOR = 1.0  # how much polarity "nothing known" weighs: one sentence the scorer is sure of
FORMAT = 2  # version of the JSON; 2: kinds of targets, how far the piece is opinion
NOBODY = frozenset({TargetKind.PLACE, TargetKind.THING})


@dataclass(frozen=True, slots=True)
class _Piece:
    """One piece taken apart, ready to be judged."""

    targets: list[TargetMentions]
    places: list[list[tuple[Sentence, Mention]]]  # one list a target
    opinion: float


def stored_as(scorer: Scorer) -> str:
    """What a kept profile goes by: the model with its version, and the version of what is kept."""
    return f"{scorer.name}/{FORMAT}"


def profile(article_title: str, text: str, scorer: Scorer) -> Profile:
    """The profile of one piece.

    Args:
        article_title: its headline; counts as a sentence of the author's.
        text: paragraphs separated by line ends.
        scorer: the model, see `scorer.load`.
    """
    return profiles([(article_title, text)], scorer)[0]


def profiles(pieces: Iterable[tuple[str, str]], scorer: Scorer) -> list[Profile]:
    """Profiles of many pieces (title, text), in order: the scorer sees all their mentions at once."""
    taken = [_take_apart(title, text) for title, text in pieces]
    scores = iter(scorer.polarity([mention for p in taken for several in p.places for _, mention in several]))
    numbers = calibration.of(scorer.name)
    made = []
    for piece in taken:
        targets = []
        for target, several in zip(piece.targets, piece.places, strict=True):
            evidence = []
            for sentence, _ in several:
                negative, _, positive = next(scores)
                evidence.append(Evidence(sentence.text, positive - negative, sentence.quoted))
            targets.append(summarise(target, evidence, numbers))
        made.append(Profile(scorer.name, tuple(targets), piece.opinion))
    return made


def ahead(title: str, text: str) -> tuple[list[Mention], float]:
    """What a scorer will be asked about one piece, and how far the piece is opinion, in [0, 1]."""
    taken = _take_apart(title, text)
    return [mention for several in taken.places for _, mention in several], taken.opinion


def _take_apart(title: str, text: str) -> _Piece:
    whole = document(title, text)
    sentences = split(whole)
    starts = [sentence.start for sentence in sentences]
    targets = [target for target in find(whole, sentences) if target.kind not in NOBODY][:TARGETS]
    places = [_judged(_mentions(target, sentences, starts)) for target in targets]
    body = [sentence for sentence in sentences if sentence.start > whole.index("\n")]
    return _Piece(targets, places, own_view(body))


def _judged(several: list[tuple[Sentence, Mention]]) -> list[tuple[Sentence, Mention]]:
    """The first of the author's sentences and the first of others', in order."""
    own = [one for one in several if not one[0].quoted][:OWN_JUDGED]
    quoted = [one for one in several if one[0].quoted][:QUOTED_JUDGED]
    return sorted(own + quoted, key=lambda one: one[0].start)


def summarise(target: TargetMentions, evidence: Sequence[Evidence], numbers: Calibration) -> Target:
    """One target from all its sentences.

    Polarity is the mean over the author's own sentences. Confidence is |sum| / (sum of sizes + PRIOR) of their
    distances from the model's neutral point: near 1 for many sentences that say one thing clearly, near 0 for
    few, faint or contradictory ones; 0 where the author has no own sentence about the target. `steady` is the
    same without the sentence farthest that way: what hangs on one sentence is no attitude.
    """
    own = [one.polarity for one in evidence if not one.quoted]
    away = [value - numbers.neutral for value in own]
    return Target(
        name=target.name,
        key=target.key,
        polarity=sum(own) / len(own) if own else 0.0,
        confidence=_confidence(away),
        mentions=len(target.spans),
        evidence=_strongest(evidence),
        kind=target.kind,
        steady=_confidence(sorted(away)[:-1] if sum(away) > 0 else sorted(away)[1:]),
    )


def _confidence(away: Sequence[float]) -> float:
    return abs(sum(away)) / (sum(map(abs, away)) + PRIOR)


def _mentions(
    target: TargetMentions, sentences: Sequence[Sentence], starts: Sequence[int]
) -> list[tuple[Sentence, Mention]]:
    """The first mention in each sentence that names the target."""
    found: dict[int, tuple[Sentence, Mention]] = {}
    for start, end in target.spans:
        at = bisect_right(starts, start) - 1
        if at < 0 or at in found or end > sentences[at].end:
            continue
        offset = sentences[at].start
        found[at] = (sentences[at], Mention(sentences[at].text, start - offset, end - offset))
    return list(found.values())


def _strongest(evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    ordered = sorted(evidence, key=lambda one: -abs(one.polarity))
    own = [one for one in ordered if not one.quoted][:OWN_EVIDENCE]
    quoted = [one for one in ordered if one.quoted][:QUOTED_EVIDENCE]
    return tuple(sorted(own + quoted, key=lambda one: -abs(one.polarity)))


def profile_to_json(value: Profile) -> str:
    """A profile as one line of JSON, numbers rounded to 4 places."""
    targets = [
        {
            "name": target.name,
            "key": target.key,
            "polarity": round(target.polarity, 4),
            "confidence": round(target.confidence, 4),
            "steady": round(target.steady, 4),
            "mentions": target.mentions,
            "kind": target.kind.value,
            "evidence": [[one.sentence, round(one.polarity, 4), one.quoted] for one in target.evidence],
        }
        for target in value.targets
    ]
    whole = {"format": FORMAT, "model": value.model, "opinion": round(value.opinion, 4), "targets": targets}
    return json.dumps(whole, ensure_ascii=False)


def profile_from_json(line: str) -> Profile:
    """The profile that `profile_to_json` wrote.

    Raises:
        ArchiveError: not JSON, another format, or a field is missing or of the wrong kind.
    """
    try:
        data = json.loads(line)
        if data["format"] != FORMAT:
            raise ArchiveError(f"a stored profile has format {data['format']!r}", hint=_AGAIN)
        targets = tuple(
            Target(
                name=str(item["name"]),
                key=str(item["key"]),
                polarity=float(item["polarity"]),
                confidence=float(item["confidence"]),
                mentions=int(item["mentions"]),
                evidence=tuple(
                    Evidence(str(sentence), float(polarity), bool(quoted))
                    for sentence, polarity, quoted in item["evidence"]
                ),
                kind=TargetKind(item["kind"]),
                steady=float(item["steady"]),
            )
            for item in data["targets"]
        )
        return Profile(str(data["model"]), targets, float(data["opinion"]))
    except (ValueError, TypeError, KeyError) as error:
        raise ArchiveError(f"a stored profile can't be read: {error}", hint=_AGAIN) from error


_AGAIN = "compute it again from the article"
