"""Everything known of an article as one line of JSON. `readmore import` reads it again.

`id` is the researcher's own id, which comes back with an import; `article` is the number in this archive, which
does not: two archives have a 12 each. Text is lossless here, unlike in the formats meant for reading.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from recommender.models import StoredCapture
from recommender.store.catalogue import Entry
from recommender.store.rows import stamp


def lines(entries: Iterable[Entry], *, text: bool = True) -> Iterator[str]:
    """A line for each article."""
    for entry in entries:
        yield json.dumps(_facts(entry, text=text), ensure_ascii=False) + "\n"


def _facts(entry: Entry, *, text: bool) -> dict[str, object]:
    article = entry.article
    return {
        "id": article.external_id,
        "article": article.id,
        "title": article.title,
        "authors": article.authors,
        "source": article.outlet,
        "date": article.published.isoformat() if article.published else None,
        "url": article.url,
        "canonical_url": article.canonical_url,
        "language": article.language,
        "words": len(article.text.split()),
        "origin": entry.origin.value,
        **({"text": article.text} if text else {}),
        "addresses": list(entry.addresses),
        "lists": [{"seed": seed, "position": position} for seed, position in entry.listed],
        "best": capture(entry.best) if entry.best else None,
        "captures": [capture(one) for one in entry.captures],
    }


def capture(one: StoredCapture) -> dict[str, object]:
    """A capture's provenance, and where its record lies."""
    return {
        "capture": one.id,
        "captured_at": stamp(one.captured_at),
        "fetched_at": stamp(one.fetched_at),
        "via": one.via.value,
        "url": one.url,
        "final_url": one.final_url,
        "source_url": one.source_url,
        "status": one.status,
        "content_type": one.content_type,
        "size": one.size,
        "digest": one.record.digest,
        "verdict": one.verdict,
        "rule": one.rule,
        "refers_to": one.refers_to,
        "title": one.title,
        "warc": {"file": one.record.file, "offset": one.record.offset, "length": one.record.length},
    }
