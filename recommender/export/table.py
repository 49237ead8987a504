"""The facts of every article as CSV, a row each, for spreadsheets. No text: JSON lines have it.

Cells are made harmless to a spreadsheet (output.csv_cell), so a title that begins with = + - or @ has an
apostrophe in front.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from recommender.output import csv_cell
from recommender.store.catalogue import Entry
from recommender.store.rows import stamp

KEYS = ("article", "id", "title", "authors", "source", "date", "url", "canonical_url", "language", "words",
        "origin", "via", "captured_at", "source_url", "digest", "verdict", "captures", "lists")  # fmt: skip


def lines(entries: Iterable[Entry]) -> Iterator[str]:
    """The header, then a row for each article."""
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=KEYS, lineterminator="\n")
    writer.writeheader()
    for entry in entries:
        writer.writerow({key: csv_cell(value) for key, value in _facts(entry).items()})
        yield out.getvalue()
        out.seek(0)
        out.truncate()
    yield out.getvalue()


def _facts(entry: Entry) -> dict[str, object]:
    article, best = entry.article, entry.best
    return {
        "article": article.id,
        "id": article.external_id,
        "title": article.title,
        "authors": article.authors,
        "source": article.outlet,
        "date": article.published,
        "url": article.url,
        "canonical_url": article.canonical_url,
        "language": article.language,
        "words": len(article.text.split()),
        "origin": entry.origin.value,
        "via": best.via.value if best else None,
        "captured_at": stamp(best.captured_at) if best else None,
        "source_url": best.source_url if best else None,
        "digest": best.record.digest if best else None,
        "verdict": best.verdict if best else None,
        "captures": len(entry.captures),
        "lists": " ".join(dict.fromkeys(seed for seed, _ in entry.listed)) or None,
    }
