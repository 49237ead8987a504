"""Title and text ─► toward whom the piece leans, sentence by sentence.

    targets ─► one mention a sentence ─► scorer (one batch) ─► own sentences make the polarity,
                                                               quotations are shown beside them

Sentences inside quotation marks or attributed to others are evidence of what is said in the piece, never of
what its author thinks. Pure, apart from the scorer.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Sequence

from recommender.errors import ArchiveError
from recommender.models import Evidence, Profile, Target
from recommender.reading.sentences import Sentence, split
from recommender.stance.scorer import Mention, Scorer
from recommender.stance.targets import TargetMentions, document, find

TARGETS = 12  # a profile keeps: 96 % of persent's main entities are among a piece's twelve most named
OWN_EVIDENCE = 3  # sentences of the author's shown for a target
QUOTED_EVIDENCE = 2  # sentences of others shown for a target
# Where an author takes no side. News is written in a minor key: the median polarity of 2,240 unlabelled targets in
# every twentieth article of allsides is -.16, and a regression on persent's 362 pieces for or against crosses at -.20.
NEUTRAL = -0.2
PRIOR = 1.0  # how much polarity "nothing known" weighs: one sentence the scorer is sure of
FORMAT = 1  # version of the JSON


def profile(article_title: str, text: str, scorer: Scorer) -> Profile:
    """The profile of one piece.

    Args:
        article_title: its headline; counts as a sentence of the author's.
        text: paragraphs separated by line ends.
        scorer: the model, see `scorer.load`.
    """
    whole = document(article_title, text)
    sentences = split(whole)
    starts = [sentence.start for sentence in sentences]
    places: list[list[tuple[Sentence, Mention]]] = []
    targets = find(whole, sentences)[:TARGETS]
    for target in targets:
        places.append(_mentions(target, sentences, starts))
    scores = iter(scorer.polarity([mention for several in places for _, mention in several]))
    made = []
    for target, several in zip(targets, places, strict=True):
        evidence = []
        for sentence, _ in several:
            negative, _, positive = next(scores)
            evidence.append(Evidence(sentence.text, positive - negative, sentence.quoted))
        made.append(summarise(target, evidence))
    return Profile(scorer.name, tuple(made))


def summarise(target: TargetMentions, evidence: Sequence[Evidence]) -> Target:
    """One target from all its sentences.

    Polarity is the mean over the author's own sentences. Confidence is |sum| / (sum of sizes + PRIOR) of their
    distances from NEUTRAL: near 1 for many sentences that say one thing clearly, near 0 for few, faint or
    contradictory ones; 0 where the author has no own sentence about the target.
    """
    own = [one.polarity for one in evidence if not one.quoted]
    away = [value - NEUTRAL for value in own]
    return Target(
        name=target.name,
        key=target.key,
        polarity=sum(own) / len(own) if own else 0.0,
        confidence=abs(sum(away)) / (sum(map(abs, away)) + PRIOR),
        mentions=len(target.spans),
        evidence=_strongest(evidence),
    )


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
            "mentions": target.mentions,
            "evidence": [[one.sentence, round(one.polarity, 4), one.quoted] for one in target.evidence],
        }
        for target in value.targets
    ]
    return json.dumps({"format": FORMAT, "model": value.model, "targets": targets}, ensure_ascii=False)


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
            )
            for item in data["targets"]
        )
        return Profile(str(data["model"]), targets)
    except (ValueError, TypeError, KeyError) as error:
        raise ArchiveError(f"a stored profile can't be read: {error}", hint=_AGAIN) from error


_AGAIN = "compute it again from the article"
