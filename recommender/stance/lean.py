"""How far a text's words are those of a right-rated outlet: how it treats America's two parties.

    text ─► mentions of either party, its people and its followers ─► polarity of each (any scorer)
         ─► the sum toward the right's less the sum toward the left's

A labelled prior about an outlet's politics and no verdict on a piece: no ranking uses it; `evaluate stance --task pac`
measures it. No weights, no outlet's words: what is added up is the scorer's, so there is no publisher to know.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from recommender.reading.sentences import split
from recommender.stance.scorer import Mention, Scorer

# Who stands for a party in American news of 2006 to 2020: written down before anything was measured, by hand.
LEFT = (
    "Democrats?|Democratic Party|[Ll]iberals?|[Pp]rogressives?|the [Ll]eft|leftists?|activists|socialists?|Obama|"
    "Clinton|Hillary|Pelosi|Biden|Schumer|Sanders|Warren|Ocasio-Cortez|Harris|Reid|Newsom"
)
RIGHT = (
    "Republicans?|GOP|[Cc]onservatives?|the [Rr]ight|right-wing|Tea Party|evangelicals|Trump|McConnell|Pence|Cruz|"
    "Rubio|Ryan|Bush|Romney|McCain|DeSantis|Palin|Kavanaugh"
)
MENTIONS = 60  # of a text, from its start on: nine in ten pieces of pac have fewer
READ = 12_000  # characters of a text: 2,000 words
_PARTY = re.compile(rf"\b(?:(?P<left>{LEFT})|(?P<right>{RIGHT}))\b")


def lean(texts: Sequence[str], scorer: Scorer) -> list[float]:
    """How each text leans, in order: above 0 to the right, below to the left, 0 where it names neither.

    Quoted sentences count too: whom a piece quotes against whom is a choice. A sum, so long pieces go further.
    """
    found = [_mentions(text) for text in texts]
    answers = iter(scorer.polarity([mention for one in found for mention, _ in one]))
    leans = []
    for one in found:
        scored = [(sign, next(answers)) for _, sign in one]
        leans.append(sum(sign * (positive - negative) for sign, (negative, _, positive) in scored))
    return leans


def _mentions(text: str) -> list[tuple[Mention, int]]:
    """Mentions of either side, with 1 for the right and -1 for the left."""
    found = [
        (Mention(sentence.text, match.start(), match.end()), 1 if match["right"] else -1)
        for sentence in split(text[:READ])
        for match in _PARTY.finditer(sentence.text)
    ]
    return found[:MENTIONS]
