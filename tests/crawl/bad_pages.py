"""Pages that stand in an article's place, as compact builders: the labelled set of bad pages.

Outlets are invented (Vellmar Courier, Tarn Valley Post); wording and markup follow what the vendor or CMS
each page names serves. `bad_walls.py` and `bad_stand_ins.py` (FIRST) were written before any rule of
crawl/verdicts.py, `bad_later.py` after the rules were frozen, and its recall is reported apart.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape

from recommender.crawl.outcomes import Reason

ASKED = "https://www.vellmarcourier.example/politics/2019/05/14/harbor-strike-enters-third-week"
HEADLINE = "Harbor strike enters third week as talks collapse"
ROOT = "https://www.vellmarcourier.example/"


@dataclass(frozen=True, slots=True)
class Bad:
    """A response that must not become the article; `wanted` are the reasons that name it rightly."""

    name: str
    wanted: tuple[Reason, ...]
    html: bytes = field(repr=False)
    url: str = ASKED
    final_url: str | None = None  # None: as asked
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/html; charset=utf-8"),)
    expected_title: str | None = HEADLINE
    before: tuple[str, str, str | None] | None = None  # title, text, language of the good copy held


def page(title: str, body: str, *, head: str = "", lang: str = "en") -> bytes:
    """An HTML page."""
    start = f'<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
    return f"{start}{head}</head><body>{body}</body></html>".encode()


def ps(*paragraphs: str) -> str:
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)


def jsonld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


ARTICLE = (
    "VELLMAR — Dockers at the port of Vellmar walked out for a fifteenth day on Tuesday after negotiators for "
    "the harbor authority left the table without an offer, and shipping lines began sending their vessels on "
    "to ports farther south.",
    "“We have been patient since the autumn,” said Orla Ibarra, who speaks for the union’s four hundred crane "
    "operators. “They told us the money was there. Now they tell us that the money was never there.”",
    "The dispute turns on night shifts. Under the contract that ran out in March, a crane operator who works "
    "between midnight and six is paid half as much again; the authority wants to end that for anyone hired "
    "from next year on.",
    "Its director, Tomas Werle, called the demand ruinous. The port lost eleven million crowns last year, he "
    "said, and a third of its container traffic has moved to Sandhaven since the new basin opened there.",
    "Merchants along the quays see little of the argument and all of its cost. At Hanna Dreyer’s cold store, "
    "two hundred tonnes of herring wait for a ship that turned back on Friday. “Fish does not read contracts,” "
    "she said.",
    "The mayor has offered to mediate. Both sides thanked her, and neither has said yes. A law from 1931 lets "
    "the government order an end to strikes that endanger supply, but no minister has used it since the coal "
    "winter of 1962, when two men died at the gates.",
    "Economists at the university reckon that each week costs the region about four million crowns, most of it "
    "borne by small firms. “The large ones have insurance and other ports,” said Ana Petrak, who teaches "
    "transport. “The small ones have a warehouse and a loan.”",
    "Talks are to go on next week if a date can be found. Until then the pickets burn pallets in oil drums at "
    "gate four, and somebody has painted a herring on the harbor master’s door.",
)
COPY = (HEADLINE, "\n".join(ARTICLE), "en")  # what we hold of it, where a page is to be compared
TEASER = ps(*ARTICLE[:2])
