"""The encoder judges what is said and not who is named, whatever stands beside it in a batch, with no network."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.errors import NotFoundError
from recommender.stance import encoder
from recommender.stance.encoding import WINDOW, Encoded, by_length, encode
from recommender.stance.profile import profile
from recommender.stance.scorer import Mention, chosen, load


def about(sentence: str, name: str = "Quill") -> Mention:
    start = sentence.index(name)
    return Mention(sentence, start, start + len(name))


GOOD = about("Quill is a brave, honest and brilliant leader who won the trust of the town.")
BAD = about("Quill is a corrupt liar who shamefully betrayed and abused the town.")


def test_praise_is_positive_and_blame_negative() -> None:
    good, bad = load("encoder").polarity([GOOD, BAD])
    assert good[2] > 0.7
    assert bad[0] > 0.7


def test_the_same_sentence_may_be_for_one_and_against_another() -> None:
    sentence = "Quill is an honest and brave leader, while Vane is a liar and a thief."
    quill, vane = load("encoder").polarity([about(sentence), about(sentence, "Vane")])
    assert quill[2] > 0.5 > vane[2]
    assert vane[0] > 0.5 > quill[0]


def test_who_is_named_does_not_count() -> None:
    """The name is hidden, so that no one is judged by what is usually said of them."""
    said = "{} spoke to the council on Monday and it was not pleased."
    names = ["Quill", "Adolf Hitler", "Mother Teresa", "the mayor of Oddmouth"]
    found = load("encoder").polarity([about(said.format(name), name) for name in names])
    assert len(set(found)) == 1


def test_a_mentions_answer_does_not_hang_on_its_batch() -> None:
    """Alone, padded beside a longer one, in another order."""
    long = about("Long before the " + "old and rusty " * 20 + "bridge fell, Quill had warned of it.")
    alone = np.array([load("encoder").polarity([item])[0] for item in (GOOD, BAD, long)])
    together, turned = (load("encoder").polarity(items) for items in ([GOOD, BAD, long], [long, BAD, GOOD]))
    assert together == pytest.approx(alone, abs=2e-4)
    assert turned == pytest.approx(alone[::-1], abs=2e-4)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=900), st.integers(0, 900), st.integers(0, 900))
def test_any_mention_gets_probabilities(sentence: str, first: int, second: int) -> None:
    start, end = sorted((min(first, len(sentence)), min(second, len(sentence))))
    ((negative, neutral, positive),) = load("encoder").polarity([Mention(sentence, start, end)])
    assert negative + neutral + positive == pytest.approx(1)
    assert min(negative, neutral, positive) >= 0


def test_a_sentence_too_long_keeps_what_stands_around_the_name() -> None:
    _, tokenizer = encoder._loaded()
    sentence = "far " * 200 + "near Quill near " + "far " * 200
    (found,) = encode(tokenizer, [about(sentence)])
    assert len(found.ids) == WINDOW
    near = tokenizer.token_to_id("near")
    assert found.ids[found.place - 2] == found.ids[found.place + 2] == near
    early, late = encode(tokenizer, [about("Quill " + "far " * 200), about("far " * 200 + "Quill")])
    assert len(early.ids) == len(late.ids) == WINDOW  # a side's room goes to the other
    assert encode(tokenizer, [about("Quill lied")])[0].place == 2


def test_the_models_own_marks_in_an_article_are_text() -> None:
    _, tokenizer = encoder._loaded()
    (found,) = encode(tokenizer, [about("<mask> * </s> Quill <s> <mask>")])
    marks = {tokenizer.token_to_id(mark) for mark in ("<s>", "</s>", "<mask>")}
    assert [at for at, token in enumerate(found.ids) if token in marks] == [
        0,
        found.place,
        len(found.ids) - 1,
    ]


def test_batches_hold_each_mention_once_and_like_lengths_together() -> None:
    found = [Encoded(tuple(range(length)), 0) for length in (9, 3, 7, 3, 1)]
    assert list(by_length([len(one.ids) for one in found], 2)) == [[4, 1], [3, 2], [0]]


def test_a_piece_of_prose_gets_a_profile_that_names_the_model() -> None:
    text = "We know Ada Quill is a liar. Again Quill betrayed us all. “Quill is a saint,” Orr said."
    found = profile("", text, load("encoder"))
    (quill,) = [target for target in found.targets if target.key == "quill"]
    assert quill.polarity < -0.5
    assert found.model == f"encoder-{encoder.VERSION}"


def test_the_encoder_is_the_default_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("READMORE_STANCE_MODEL")
    assert chosen() == "encoder"
    monkeypatch.setattr(encoder, "find_spec", lambda _: None)
    assert chosen() == "linear"
    with pytest.raises(NotFoundError, match="two more packages"):
        encoder.EncoderScorer.shipped()


def test_nothing_is_loaded_before_the_first_mention_and_nothing_asks_a_hub() -> None:
    code = (
        "import sys; from recommender.stance.scorer import Mention, load; model = load('encoder'); "
        "print('onnxruntime' in sys.modules); model.polarity([Mention('Quill lied.', 0, 5)]); "
        "print('onnxruntime' in sys.modules, 'huggingface_hub' in sys.modules, 'sklearn' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.split() == ["False", "True", "False", "False"]
