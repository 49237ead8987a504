"""What a piece is, is told by how it speaks; reports are not taken for their authors' views."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from recommender.reading.sentences import split
from recommender.stance.voice import OPINION, own_view

COLUMN = """The council should never have sold the ferry. We were told it loses money; so does our fire brigade.
I took it on Monday, and it was full. What did the mayor expect? A road costs more, and we pay for that without a word.
If she believes in her sums, she must publish them. Our children cross that water every day.
It is a small boat, and a great thing for a small town."""
REPORT = """ODDMOUTH — The council voted 7 to 2 on Monday to sell the ferry, officials said.
“We had no choice,” Mayor Ada Quill told reporters. “We should have done it years ago.”
According to the clerk, three bids were received. Councilman Ben Orr said the price was too low.
A spokesman said the sale would close in May. “I will sue,” Orr said. Quill announced a public hearing."""


def view(text: str) -> float:
    return own_view(split(text))


def test_a_column_argues_and_a_report_does_not() -> None:
    assert view(COLUMN) > OPINION
    assert view(REPORT) < 0.2


def test_a_speech_that_is_quoted_makes_no_opinion_of_a_report() -> None:
    """ "I", "we" and "should" inside quotation marks are the speaker's."""
    speech = "“We must act. I say we should. We will, and our children must know it,” Quill said. " * 8
    assert view(REPORT + "\n" + speech) < 0.2


def test_a_few_sentences_show_nothing() -> None:
    assert view("We should say no. I do.") == 0
    assert view("") == 0


@given(st.text(max_size=400))
def test_any_text_has_a_view_between_0_and_1(text: str) -> None:
    assert 0 <= view(text) <= 1
