"""Is a WARC record what its row in `captures` says? Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

from recommender.models import StoredCapture
from recommender.store.http_heads import safe_url
from recommender.store.warc_reader import MAINS, RawRecord
from recommender.store.warc_records import IMPORTS


def is_capture(item: RawRecord) -> bool:
    """Whether a record is a capture's own: not a companion, nor notes or imports."""
    if item.get("warc-type") not in MAINS or item.get("warc-concurrent-to") is not None:
        return False
    return not (item.get("warc-target-uri") or "").startswith(IMPORTS)


def same(capture: StoredCapture, item: RawRecord) -> bool:
    """Whether a row's record is this one, wherever it lies."""
    return item.length == capture.record.length and difference(capture, item) is None


def difference(capture: StoredCapture, item: RawRecord, companion: RawRecord | None = None) -> str | None:
    """How a record is not what its row says; None where it is.

    Args:
        capture: the row.
        item: the record that lies where the row says.
        companion: the metadata record before it, which holds what HTTP does not say.
    """
    if not is_capture(item):
        return "another kind of record lies there"
    for name, said, found in _own_facts(capture, item):
        if said != found:
            return f"{name} is {found}, the row says {said}"
    if companion is not None and companion.get("warc-concurrent-to") == item.get("warc-record-id"):
        told = _told(companion.block)
        for name, value in _metadata(capture).items():
            if told.get(name) != value:
                return f"its {name} is {told.get(name)}, the row says {value}"
    return None


def _metadata(capture: StoredCapture) -> dict[str, str | None]:
    """A row as its metadata record has it, by `warc_records.FACTS`."""
    return {
        "via": capture.via.value,
        "url": capture.url,
        "final-url": capture.final_url,
        "fetched-at": _second(capture.fetched_at),
        "verdict": capture.verdict,
        "status": str(capture.status),
        "source-url": capture.source_url,
        "rule": capture.rule,
    }


def _told(block: bytes) -> dict[str, str]:
    """The facts of a metadata record's block."""
    facts = {}
    for line in block.decode("utf-8", "replace").split("\r\n"):
        name, _, value = line.partition(": ")
        try:
            facts[name] = str(json.loads(value)) if value.startswith('"') else value
            if name == "fetched-at":
                facts[name] = _second(datetime.fromisoformat(value))
        except ValueError:  # no such value was ever written: it equals no row's
            facts[name] = value
    return facts


def _second(moment: datetime) -> str:
    """A time as the tables have it, which is all that is compared."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"


def _own_facts(capture: StoredCapture, item: RawRecord) -> Iterator[tuple[str, object, object]]:
    """What both tell: its name, as the row says it, as the record has it."""
    kind = item.get("warc-type")
    yield "its length", capture.record.length, item.length
    yield "its payload's digest", capture.record.digest, item.get("warc-payload-digest")
    yield "that its bytes are an earlier capture's", capture.refers_to is not None, kind == "revisit"
    target = capture.url if capture.final_url == capture.source_url else capture.final_url
    yield "its address", safe_url(target), item.get("warc-target-uri")
    yield "its time", _second(capture.captured_at), (item.get("warc-date") or "")[:19]
    if kind == "resource":
        yield "its size", capture.size, len(item.block)
    elif kind == "response":
        yield "its size", capture.size, len(item.block) - item.block.find(b"\r\n\r\n") - 4
        yield "its HTTP status", str(capture.status), item.block[9:].split(None, 1)[0].decode("latin-1")
