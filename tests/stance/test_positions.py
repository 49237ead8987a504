"""Where a piece stands on a claim: from passages of its author's own, about it, and a bounded number of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_claims import CLAIM, PIECES, SEED, ScriptedClaims, column

from recommender.claim_models import Attitude, Claim, Origin
from recommender.errors import ArchiveError
from recommender.stance import calibration, positions
from recommender.stance.calibration import UNMEASURED
from recommender.stance.claims import MOST
from recommender.stance.positions import (
    AGAINST_HEADLINE,
    HEADLINE,
    PASSAGES,
    SENTENCES,
    SILENT,
    Asked,
    about,
    ahead,
    attitude_of,
    passages,
    pooled,
    stand_from_json,
    stand_to_json,
    stands,
)
from recommender.stance.rarity import rarity

TOLL = Claim(CLAIM, Origin.SEED, SEED)


def stand(
    text: str, title: str = "A view from the bridge is had", claim: Claim = TOLL
) -> tuple[Attitude, list[str]]:
    (row,) = stands([Asked(title, text, (claim,))], ScriptedClaims())
    return row[0].attitude, [quote.sentence for quote in row[0].quotes]


def test_the_authors_own_sentences_decide_and_are_quoted() -> None:
    text = column("YEA, the toll on the causeway was a mistake.")
    assert stand(text) == (Attitude.FOR, ["YEA, the toll on the causeway was a mistake."])
    assert stand(text.replace("YEA", "NAY"))[0] is Attitude.AGAINST


@pytest.mark.parametrize(
    "said",
    [
        "“YEA, the toll on the causeway was a mistake,” said Olle Brandt.",
        "Olle Brandt says YEA, the toll on the causeway was a mistake.",
        "“The toll on the causeway was a mistake from the first day, YEA.”",
    ],
)
def test_a_quoted_opponent_is_never_taken_for_the_author(said: str) -> None:
    """Quoted and attributed sentences are in no passage: the model never reads them."""
    scorer = ScriptedClaims()
    (row,) = stands([Asked("", column(said), (TOLL,))], scorer)
    assert row == [SILENT]
    assert not scorer.asked


def test_only_passages_about_the_claim_are_asked() -> None:
    """Two content words of the claim's are wanted; one alone is a name in passing."""
    scorer = ScriptedClaims()
    text = column("YEA to the harbour wall.", "YEA, a toll it is.", "NAY: the toll on the causeway costs us.")
    stands([Asked("", text, (TOLL,))], scorer)
    assert [item.text for item in scorer.asked] == ["NAY: the toll on the causeway costs us."]


def test_a_piece_that_uses_little_of_what_a_claim_tells_is_asked_nothing_about_it() -> None:
    """Who was killed is not yet whom it is a gift to; a rare word tells more than a frequent one."""
    claim = Claim("The toll on the causeway is a gift to Olle Brandt’s ferries", Origin.READER)
    scorer = ScriptedClaims()
    stands([Asked("", column("YEA, the toll on the causeway it is."), (claim,))], scorer)
    assert not scorer.asked
    stands(
        [Asked("", column("YEA, the toll on the causeway it is.", "Brandt’s ferries gain."), (claim,))],
        scorer,
    )
    assert len(scorer.asked) == 1
    assert rarity("causeway") > 2 * rarity("presid") > 0


def test_another_pieces_headline_in_a_text_is_a_link_and_no_opinion() -> None:
    """ "Also read: …" says nothing; the reader's own claim, in the author's words, does."""
    told = "YEA: the old toll on the causeway was a mistake from the start."
    headline = "The old toll on the causeway was a mistake"
    for claim, asked in (
        (Claim(headline, Origin.REFERENCE, headline), 0),
        (Claim(headline, Origin.READER), 1),
    ):
        scorer = ScriptedClaims()
        stands([Asked("", column(told), (claim,))], scorer)
        assert len(scorer.asked) == asked


def test_a_passage_about_something_else_takes_little_away() -> None:
    sure, none = (0.05, 0.05, 0.9), (0.05, 0.9, 0.05)
    towards = pooled([sure, none, none])[2]
    assert towards > UNMEASURED.position
    assert attitude_of(pooled([sure, (0.9, 0.05, 0.05)]), 1, UNMEASURED) is Attitude.NONE
    assert pooled([]) == pooled([(0.0, 1.0, 0.0)]) == (0.0, 1.0, 0.0)


def test_a_model_that_is_often_wrong_is_believed_where_two_passages_say_the_same() -> None:
    """As the calibration asks; the odds and their quotes are kept all the same."""
    for count, taken in ((1, False), (2, True)):
        text = column(*["YEA, the toll on the causeway was a mistake."] * count)
        (row,) = stands([Asked("", text, (TOLL,))], ScriptedClaims(name="encoder-0"))
        assert (row[0].said, row[0].taken) == (count, taken)
        assert row[0].quotes
    strict, easy = calibration.ENCODER_CLAIMS, replace(calibration.ENCODER_CLAIMS, said=1)
    odds = (0.05, 0.05, 0.9)
    assert attitude_of(odds, 1, easy) is attitude_of(odds, 2, strict) is Attitude.FOR
    assert attitude_of(odds, 1, strict) is Attitude.NONE


def test_a_piece_stands_for_its_own_headline_unasked() -> None:
    scorer = ScriptedClaims()
    (row,) = stands([Asked("Opinion | " + SEED, column("NAY: the toll on the causeway."), (TOLL,))], scorer)
    assert row == [HEADLINE]
    assert not scorer.asked


JUST = "The toll on the causeway is just"
TOLL_OR_NOT = replace(TOLL, opposite=JUST)


def test_a_claim_is_asked_beside_its_opposite_and_both_answers_count() -> None:
    """Who is for the one and against the other takes a side; who says yes to both takes none."""
    text = column("YEA, the toll on the causeway was a mistake.")
    scorer = ScriptedClaims(turned=frozenset([JUST]))
    ((found,),) = stands([Asked("", text, (TOLL_OR_NOT,))], scorer)
    assert found.attitude is Attitude.FOR and found.odds == pytest.approx((0.05, 0.05, 0.9))
    assert [item.claim for item in scorer.asked] == [CLAIM, JUST]
    assert ahead(Asked("", text, (TOLL_OR_NOT,))) == scorer.asked
    ((found,),) = stands([Asked("", text, (TOLL_OR_NOT,))], ScriptedClaims())
    assert found.attitude is Attitude.NONE and found.odds[0] == found.odds[2]


def test_what_is_said_of_the_opposite_alone_is_found_too() -> None:
    text = column("NAY, whoever goes by causeway finds a just toll.")
    claim = Claim("A levy on carters is robbery", Origin.READER, opposite=JUST)
    assert stand(text, claim=replace(claim, opposite=""))[0] is Attitude.NONE
    scorer = ScriptedClaims(turned=frozenset([JUST]))
    ((found,),) = stands([Asked("", text, (claim,))], scorer)
    assert found.attitude is Attitude.AGAINST


def test_a_piece_whose_headline_is_the_opposite_stands_against_the_claim() -> None:
    scorer = ScriptedClaims()
    ((found,),) = stands([Asked(JUST, column("YEA: the toll on the causeway."), (TOLL_OR_NOT,))], scorer)
    assert found == AGAINST_HEADLINE == stand_from_json(stand_to_json(found), "marker-1")
    assert not scorer.asked


def test_the_places_of_quotes_are_those_in_the_text() -> None:
    text = column("It began badly. YEA, the toll on the causeway was a mistake.\nSo it ends badly.")
    (row,) = stands([Asked("", text, (TOLL,))], ScriptedClaims())
    assert len(row[0].quotes) == SENTENCES
    assert all(text[quote.start : quote.end] == quote.sentence for quote in row[0].quotes)


def test_the_cost_of_a_piece_is_bounded() -> None:
    """However long it is, and however many claims there are."""
    text = "\n".join(f"We know that toll {n} on the causeway is a mistake, YEA." for n in range(5000))
    many = tuple(Claim(f"The toll on causeway {n} is a mistake", Origin.READER) for n in range(MOST))
    both = tuple(replace(one, opposite=f"It is no mistake: {one.text}") for one in many)
    scorer = ScriptedClaims()
    (row,) = stands([Asked("", text, many)], scorer)
    assert len(row) == MOST
    assert len(scorer.asked) <= MOST * PASSAGES
    assert len(ahead(Asked("", text, both))) <= 2 * MOST * PASSAGES
    assert all(len(item.text.split()) <= positions.LONGEST for item in scorer.asked)


def test_many_pieces_at_once_get_what_they_get_alone() -> None:
    asked = [
        Asked(title, text, (TOLL, Claim("The toll is fair to the town", Origin.READER)))
        for title, text in PIECES
    ]
    assert stands(asked, ScriptedClaims()) == [stands([one], ScriptedClaims())[0] for one in asked]


def test_a_calibration_that_comes_later_finds_the_sentences_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept are the odds: no model is asked again because a threshold moved."""
    text = column(
        "FAINTLY YEA, the toll on the causeway was a mistake.", "It stood. NAY: the toll on the causeway."
    )
    ((found,),) = stands([Asked("", text, (TOLL,))], ScriptedClaims())
    assert (found.attitude, found.evidence) == (Attitude.NONE, ())
    numbers = replace(UNMEASURED, position=found.odds[0] - 0.001)
    monkeypatch.setitem(calibration.KNOWN_CLAIMS, "marker", numbers)
    again = stand_from_json(stand_to_json(found), "marker-1")
    assert again.attitude is Attitude.AGAINST and "NAY" in again.evidence[-1].sentence


def test_what_was_written_is_read_and_its_attitude_follows_the_calibration() -> None:
    asked = [Asked(title, text, (TOLL,)) for title, text in PIECES]
    for (one,) in stands(asked, ScriptedClaims()):
        again = stand_from_json(stand_to_json(one), "marker-1")
        assert (again.attitude, again.quotes, again.headline) == (one.attitude, one.quotes, one.headline)
        assert again.odds == pytest.approx(one.odds, abs=1e-4)
    for line in (
        "",
        "{}",
        '{"format": 99}',
        "[]",
        '{"format": 2, "odds": [1], "quotes": [], "said": 0, "headline": 0}',
    ):
        with pytest.raises(ArchiveError):
            stand_from_json(line, "marker-1")


@given(st.text(max_size=400), st.text(max_size=60))
def test_any_text_and_claim_are_taken(text: str, claim: str) -> None:
    found = passages(text)
    for passage in found:
        assert all(not sentence.quoted for sentence in passage.sentences)
        assert all(text[one.start : one.end] == one.text for one in passage.sentences)
    assert len(about(claim, found)) <= PASSAGES
    (row,) = stands([Asked("", text, (Claim(claim, Origin.READER),))], ScriptedClaims())
    assert sum(row[0].odds) == pytest.approx(1)
