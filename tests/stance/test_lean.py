"""A text leans to the side that it treats better; who names neither side leans nowhere."""

from __future__ import annotations

from collections.abc import Sequence

from recommender.stance.lean import MENTIONS, lean
from recommender.stance.scorer import Mention, Polarity


class Words:
    """Knows two words."""

    name = "words-1"
    asked = 0

    def polarity(self, items: Sequence[Mention]) -> list[Polarity]:
        self.asked += len(items)
        return [
            (0.0, 0.0, 1.0)
            if "good" in i.sentence
            else (1.0, 0.0, 0.0)
            if "bad" in i.sentence
            else (0.0, 1.0, 0.0)
            for i in items
        ]


def test_praise_of_one_side_and_blame_of_the_other_lean_alike() -> None:
    texts = [
        "Republicans are good.",
        "Democrats are bad.",
        "Democrats are good.",
        "The GOP is bad.",
        "It rains.",
    ]
    right, also_right, left, also_left, nowhere = lean(texts, Words())
    assert right == also_right == 1
    assert left == also_left == -1
    assert nowhere == 0


def test_one_batch_for_all_and_no_more_mentions_than_are_read() -> None:
    words = Words()
    assert lean(["Republicans are good. " * 100, ""], words) == [MENTIONS, 0]
    assert words.asked == MENTIONS
    assert lean([], words) == []
