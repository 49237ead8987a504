"""The claims of a list: the reader's own, then the headlines that state something; what is left out says why."""

from __future__ import annotations

import pytest

from recommender.claim_models import Claim, Origin, WrittenClaim
from recommender.stance import claims, headlines
from recommender.stance.claims import Headline, LeftOut, claims_of, stated, wording

SEED = Headline("Why the toll is a mistake", Origin.SEED)
FAIR = Headline("Opinion | The toll is fair", Origin.REFERENCE)
LIST = (SEED, FAIR, Headline("How the toll came about", Origin.REFERENCE))


def test_headlines_that_state_something_are_claims_and_the_others_are_named() -> None:
    found = claims_of(LIST)
    assert found.claims == (
        Claim("The toll is a mistake", Origin.SEED, "Why the toll is a mistake"),
        Claim("The toll is fair", Origin.REFERENCE, "Opinion | The toll is fair"),
    )
    assert found.left_out == (LeftOut("How the toll came about", headlines.ANNOUNCES),)


def test_the_readers_claims_come_first_and_are_taken_as_written() -> None:
    found = claims_of(LIST, [WrittenClaim("Carters first")])
    assert found.claims[0] == Claim("Carters first", Origin.READER)
    assert len(found.claims) == 3


@pytest.mark.parametrize(
    "said", ["The toll is fair", "the TOLL is “fair”!", "Opinion: the toll is fair", "toll is fair"]
)
def test_a_claim_is_switched_off_by_its_words_whatever_their_marks(said: str) -> None:
    """In the headline's wording or the statement's, or by a part of three words or more."""
    found = claims_of(LIST, [WrittenClaim(said, off=True)])
    assert [claim.origin for claim in found.claims] == [Origin.SEED]
    assert LeftOut(FAIR.text, claims.OFF) in found.left_out
    assert not found.unknown


@pytest.mark.parametrize("said", ["fair", "the bridge is safe", "…"])
def test_what_is_switched_off_and_not_there_is_told(said: str) -> None:
    found = claims_of(LIST, [WrittenClaim(said, off=True)])
    assert found.unknown == (said,)
    assert len(found.claims) == 2


def test_a_claim_said_twice_is_one_and_there_are_at_most_so_many() -> None:
    again = Headline("The toll is a mistake!", Origin.REFERENCE)
    many = [Headline(f"The toll costs {number} crowns", Origin.REFERENCE) for number in range(20)]
    found = claims_of([SEED, again, *many])
    assert len(found.claims) == claims.MOST
    assert LeftOut(again.text, claims.TWICE) in found.left_out
    assert [one.reason for one in found.left_out].count(claims.TOO_MANY) == 20 - claims.MOST + 1


def test_a_headline_that_is_the_opposite_of_a_readers_claim_is_said_already() -> None:
    found = claims_of(LIST, [WrittenClaim("The toll robs the carters", opposite="The toll is fair")])
    assert [claim.origin for claim in found.claims] == [Origin.READER, Origin.SEED]
    assert LeftOut(FAIR.text, claims.TWICE) in found.left_out


def test_a_headline_that_stands_twice_in_a_list_is_left_out_once() -> None:
    """Two references may have led to one piece."""
    assert claims_of([SEED, *LIST[2:], *LIST[2:]]).left_out == (LeftOut(LIST[2].text, headlines.ANNOUNCES),)


def test_a_piece_states_its_own_headline_but_does_not_state_what_it_asks() -> None:
    assert stated("Opinion | We should close the bridge") == wording("We should close the bridge!")
    assert stated("Should we close the bridge?") == stated("How we closed the bridge") == ""
