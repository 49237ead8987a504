"""Recorded exchanges with the real Wayback Machine (BSD-3, from the `wayback` client's tests)."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest


@dataclass(frozen=True, slots=True)
class Exchange:
    """One recorded request and its answer; `body` is as sent, `text` decompressed."""

    cassette: str
    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def text(self) -> str:
        packed = self.body.startswith(b"\x1f\x8b")
        return (zlib.decompress(self.body, 31) if packed else self.body).decode("utf-8", "replace")


@cache
def cassette(shared: Path, name: str) -> tuple[Exchange, ...]:
    """The exchanges of one cassette, in order."""
    yaml = pytest.importorskip("yaml")
    with gzip.open(shared / "wayback_cassettes" / f"{name}.yaml.gz", "rb") as file:
        recorded = yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return tuple(_exchange(name, item) for item in recorded["interactions"])


def exchanges(shared: Path) -> Iterator[Exchange]:
    """Every recorded exchange, each distinct URL of a cassette once."""
    for path in sorted((shared / "wayback_cassettes").glob("*.yaml.gz")):
        seen: set[str] = set()
        for exchange in cassette(shared, path.name.removesuffix(".yaml.gz")):
            if exchange.url not in seen:
                seen.add(exchange.url)
                yield exchange


def _exchange(name: str, item: Any) -> Exchange:
    answer = item["response"]
    body = answer["body"].get("string") or b""
    return Exchange(
        name,
        item["request"]["uri"],
        answer["status"]["code"],
        tuple((key, value) for key, values in answer["headers"].items() for value in values),
        body.encode() if isinstance(body, str) else body,
    )
