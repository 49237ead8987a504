"""Short invented articles for the topic index."""

from __future__ import annotations

import pytest

from recommender.topic.index import Document

HARBOR = "Vellmar harbor talks"
TEXTS = (
    (HARBOR, "Minister Orla Ibarra closed the Vellmar harbor. Dockers blocked the harbor gates in Vellmar."),
    ("Dockers strike", "Dockers in Vellmar went on strike as Orla Ibarra closed the harbor to coal ships."),
    ("Coal prices rise", "Coal ships wait at sea while coal prices rise. Traders fear a long winter strike."),
    ("A new bridge", "Engineers open a bridge over the river Tarn, ten years late and over budget."),
    ("River floods", "The river Tarn flooded three villages; engineers warned about the bridge."),
    ("Orchestra plays", "The youth orchestra played a concert for pianists and children."),
    ("海港谈判", "部长关闭了海港。码头工人封锁了海港大门。"),
    ("", ""),
)


@pytest.fixture
def documents() -> list[Document]:
    """Eight articles with ids 1 to 8: two near pairs, a Chinese one and an empty one."""
    return [document(number, *text) for number, text in enumerate(TEXTS, 1)]


def document(number: int, title: str, text: str) -> Document:
    """An article whose digest is its content."""
    return Document(number, title, text, f"{title}\0{text}")
