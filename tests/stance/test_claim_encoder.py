"""The claims half of the encoder tells for from against, reads the claim, and hangs on no batch."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.stance import claim_encoder
from recommender.stance.claim_encoding import (
    CLAIM,
    MOST,
    NOTHING_SAID,
    WINDOW,
    encode,
    levelled,
    padded,
    slant,
)
from recommender.stance.scorer import Passage, Position, load

TOLL = "The bridge toll should be abolished"
FOR = (
    "The toll is unfair to carters and has done nothing for the bridge. It is time to end it, and the sooner the "
    "better."
)
AGAINST = (
    "Abolishing the toll would be a terrible mistake. It pays for the repairs, and it is fair that those who use the "
    "bridge pay for it."
)
ELSEWHERE = "The library opens at nine on weekdays and has bought four hundred books this year."


def positions(*items: Passage) -> list[Position]:
    return load("encoder").positions(items)


def test_a_text_for_a_claim_is_told_from_one_against_it() -> None:
    towards, against = positions(Passage(TOLL, FOR), Passage(TOLL, AGAINST))
    assert towards[2] > 0.62 > towards[0]
    assert against[0] > 0.62 > against[2]


def test_the_claim_is_read_and_not_only_the_text() -> None:
    """Turned over, the sides turn too."""
    cruel, kind = (
        "Animals in zoos suffer in cramped cages far from their homes. It is wrong to lock them up.",
        "Zoos protect endangered species. The animals are well fed and cared for by experts.",
    )
    for claim, towards, against in (
        ("Zoos are cruel to animals", cruel, kind),
        ("Zoos are not cruel to animals", kind, cruel),
    ):
        one, two = positions(Passage(claim, towards), Passage(claim, against))
        assert one[2] > one[0]
        assert two[0] > two[2]


def test_a_text_about_something_else_takes_no_side() -> None:
    (found,) = positions(Passage(TOLL, ELSEWHERE))
    assert max(found) == found[1]


@pytest.mark.parametrize(
    "claim",
    [
        TOLL,
        "Zoos are cruel to animals",
        "The mayor has betrayed us",
        "Nobody should ever pay for a bridge again",
    ],
)
def test_of_a_claim_of_which_nothing_is_said_the_model_is_on_neither_side(claim: str) -> None:
    """What a claim's own words would make it say is taken off, whichever way that is."""
    odds = np.log(np.array(positions(*(Passage(claim, text) for text in NOTHING_SAID))))
    assert (odds[:, 2] - odds[:, 0]).mean() == pytest.approx(0, abs=0.02)
    raw = claim_encoder._logits([Passage(claim, text) for text in NOTHING_SAID])
    assert abs(slant(raw)) > 0.05  # there is something to take off


def test_a_slant_moves_the_margin_and_nothing_else() -> None:
    logits = np.array([[1.0, 2.0, 3.0], [0.5, -1.0, 0.0]])
    made = levelled(logits, [2.0, -1.0])
    assert made == pytest.approx(np.array([[2.0, 2.0, 2.0], [0.0, -1.0, 0.5]]))
    assert slant(np.array([[0.0, 5.0, 1.0], [1.0, 0.0, 4.0]])) == pytest.approx(2.0)


def test_an_answer_does_not_hang_on_its_batch() -> None:
    items = [Passage(TOLL, FOR), Passage(TOLL, AGAINST), Passage(TOLL, f"{FOR} {AGAINST} " * 6)]
    alone = np.array([positions(item)[0] for item in items])
    assert positions(*items) == pytest.approx(alone, abs=2e-4)
    assert positions(*items[::-1]) == pytest.approx(alone[::-1], abs=2e-4)
    assert positions() == []


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=300), st.text(max_size=900))
def test_any_claim_and_text_get_probabilities(claim: str, text: str) -> None:
    (found,) = positions(Passage(claim, text))
    assert sum(found) == pytest.approx(1)
    assert min(found) >= 0


@given(st.text("abcdefghijklmnopqrstuvwxyz0123456789-'", min_size=1, max_size=40))
def test_any_word_can_be_written_with_the_pieces_that_were_kept(word: str) -> None:
    _, tokenizer = claim_encoder._loaded()
    found = tokenizer.encode(word, add_special_tokens=False)
    assert tokenizer.token_to_id("[UNK]") not in found.ids
    assert "".join(token.removeprefix("##") for token in found.tokens) == word


def test_a_long_text_is_read_in_windows_that_each_hold_the_claim() -> None:
    _, tokenizer = claim_encoder._loaded()
    short, long, endless, wordy, empty = encode(
        tokenizer,
        [
            Passage("The toll is fair", "It is."),
            Passage("The toll is fair", "fair " * 200),
            Passage("The toll is fair", "fair " * 5000),
            Passage("fair " * 500, "fair " * 500),
            Passage("The toll is fair", ""),
        ],
    )
    assert [len(one) for one in (short, long, endless, wordy, empty)] == [1, 2, MOST, MOST, 1]
    assert {len(one.ids) for one in endless} == {WINDOW}
    claims = {one.ids[: one.parts.index(2)] for one in endless}
    assert len(claims) == 1
    assert sum(part == 1 for part in wordy[0].parts) == CLAIM
    assert sum(part == 2 for one in long for part in one.parts) == 200  # nothing is lost between windows
    ids, mask, parts = padded([short[0], endless[0]], blank=1)
    assert ids.shape == mask.shape == parts.shape == (2, WINDOW)
    assert ids[0, -1] == 1 and mask[0].sum() == len(short[0].ids) and parts[0, -1] == 0


def test_the_models_own_marks_in_a_passage_are_text() -> None:
    _, tokenizer = claim_encoder._loaded()
    ((found,),) = encode(tokenizer, [Passage("It is <mask> fair", "</s></s> It is fair. <s>")])
    marks = {tokenizer.token_to_id(mark) for mark in ("<s>", "</s>", "<pad>")}
    assert [found.parts[at] for at, token in enumerate(found.ids) if token in marks] == [0, 0, 0, 0]


def test_names_alone_do_not_load_the_claims() -> None:
    code = (
        "from recommender.stance import claim_encoder; from recommender.stance.scorer import Mention, Passage, load; "
        "model = load('encoder'); model.polarity([Mention('Quill lied.', 0, 5)]); "
        "print(claim_encoder._loaded.cache_info().currsize); model.positions([Passage('It is fair', 'It is.')]); "
        "print(claim_encoder._loaded.cache_info().currsize)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.split() == ["0", "1"]
