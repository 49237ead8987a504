"""Are they the same words? Asked of pairs of pages with near fingerprints, wherever these lie. Runs in a worker."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

from recommender.cluster import layout, table

PAIRS = 400  # of one call: half a second's work
Place = tuple[str, int, int]  # the part's folder, the chunk, the row


def alike(pairs: Sequence[tuple[Place, Place]]) -> list[bool]:
    """Whether both texts of each pair are one piece."""
    from recommender.reading.duplicates import same

    texts = texts_at({place for pair in pairs for place in pair})
    return [same(texts[left], texts[right]) for left, right in pairs]


def texts_at(places: Iterable[Place]) -> dict[Place, str]:
    """The texts at these places."""
    found: dict[Place, str] = {}
    for (part, chunk), group in groupby(sorted(places), key=lambda place: place[:2]):
        here = list(group)
        path = layout.chunk_folder(Path(part), chunk) / "articles.parquet"
        rows = table.at(path, [row for _, _, row in here], ["text"])
        found.update((place, row["text"]) for place, row in zip(here, rows, strict=True))
    return found
