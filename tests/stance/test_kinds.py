"""Only persons and organisations are somebody; places, laws and wars are told apart."""

from __future__ import annotations

import pytest

from recommender.models import TargetKind
from recommender.stance.profile import profile
from recommender.stance.scorer import Mention, Polarity
from recommender.stance.targets import mentions


def kinds(text: str) -> dict[str, TargetKind]:
    return {target.name: target.kind for target in mentions("", text)}


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("We met Ada Quill.", "Ada Quill", TargetKind.PERSON),
        ("We met Mayor Quill there.", "Quill", TargetKind.PERSON),
        ("We left the Harbour Council alone.", "Harbour Council", TargetKind.ORGANISATION),
        ("We asked the OHB twice.", "OHB", TargetKind.ORGANISATION),
        ("We fear that Iran will act. We fear Iranian boats.", "Iran", TargetKind.PLACE),
        ("We live in Texas.", "Texas", TargetKind.PLACE),
        ("We walked to Odd River slowly.", "Odd River", TargetKind.PLACE),
        ("We live in Odd Mouth. We stay in Odd Mouth.", "Odd Mouth", TargetKind.PLACE),
        ("We read the Ferry Safety Act again.", "Ferry Safety Act", TargetKind.THING),
        ("We thought that Zorbo came.", "Zorbo", TargetKind.UNKNOWN),
    ],
)
def test_a_name_and_its_use_tell_what_it_is(text: str, name: str, kind: TargetKind) -> None:
    assert kinds(text)[name] is kind


def test_a_surname_is_a_person_where_a_title_stands_once() -> None:
    assert kinds("We thought that Zorbo came. We saw Gen. Zorbo leave.")["Zorbo"] is TargetKind.PERSON


def test_places_and_things_are_not_judged() -> None:
    class Counting:
        name = "counting-1"
        asked: list[str] = []  # noqa: RUF012 - of this test only

        def polarity(self, items: list[Mention]) -> list[Polarity]:  # type: ignore[override]
            self.asked += [item.sentence[item.start : item.end] for item in items]
            return [(0.0, 1.0, 0.0)] * len(items)

    text = "We fear that Iran will act. We read the Ferry Safety Act again. We met Ada Quill."
    found = profile("", text, Counting())
    assert [target.name for target in found.targets] == ["Ada Quill"]
    assert Counting.asked == ["Ada Quill"]
