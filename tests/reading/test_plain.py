"""A pasted article's parts are told from one another."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from recommender.reading import plain

PROSE = "The council sold the ferry on a Tuesday and the island learned of it from a notice on the pier, " * 3

POST = f"""The Harbour PostWe tell it as it was

Opinion Selling the ferry is a mistake

Mayor Greta Holm, left, and Olle Brandt stand on the pier on Jan. 7. (Ines Falk/HP)

Ida Thorn, a former harbour master, is a fellow of the Coast Institute.

{PROSE}

The council answers questions about the sale, which it says is final. (Video: The Harbour Post)

{PROSE}

Greta Holm is the one who must answer.

Read more:

Olle Brandt: Sell it and be done

The ferry sale: what to know
"""


def test_title_author_outlet_and_body_of_a_pasted_page() -> None:
    """Masthead, kicker, captions, the author's note, the list and the box behind it are not the body."""
    article = plain.read(POST)
    assert article.title == "Selling the ferry is a mistake"
    assert article.author == "Ida Thorn"
    assert article.outlet == "The Harbour Post"
    assert article.body.split("\n") == [
        PROSE.strip(),
        PROSE.strip(),
        "Greta Holm is the one who must answer.",
    ]


def test_a_byline_and_a_date_line() -> None:
    """The commonest shape: title, "By", date, prose."""
    article = plain.read(f"The ferry is sold\nBy Maja Lind and Per Ask\nMarch 4, 2021\n\n{PROSE}\n")
    assert (article.title, article.author) == ("The ferry is sold", "Maja Lind and Per Ask")
    assert article.published == date(2021, 3, 4)
    assert article.body == PROSE.strip()


def test_a_kicker_is_only_taken_off_before_a_headline() -> None:
    """ "Review of the law" is a headline, "Opinion The law" has a kicker."""
    assert plain.read(f"Review of the ferry law begins\n\n{PROSE}").title == "Review of the ferry law begins"
    assert plain.read(f"Opinion The ferry law\n\n{PROSE}").title == "The ferry law"


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    """Never an error, and never more body than text."""
    article = plain.read(text)
    assert len(article.body) <= len(text)
