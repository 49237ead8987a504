"""What tests of the web archive's client share: a clock, answers of an index and of a page, and unwrapping."""

from __future__ import annotations

import json

from servers import Reply

from recommender.crawl.cdx import CdxRow
from recommender.crawl.memento import Memento
from recommender.crawl.outcomes import Failure

PAGE = "https://example.org/a"


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1_600_000_000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def memento(found: Memento | Failure) -> Memento:
    assert isinstance(found, Memento), found
    return found


def failure(found: object) -> Failure:
    assert isinstance(found, Failure), found
    return found


def rows(found: list[CdxRow] | Failure) -> list[CdxRow]:
    assert isinstance(found, list), found
    return found


def index(*captures: tuple[str, str, str], url: str = PAGE) -> Reply:
    """A Wayback Machine's index answer: (timestamp, status, digest) each."""
    table = [["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]]
    for timestamp, status, digest in captures:
        table.append(
            ["k", timestamp, url, "warc/revisit" if status == "-" else "text/html", status, digest, "9"]
        )
    return Reply(body=json.dumps(table).encode())


def copy(moment: str, body: bytes = b"<p>kept</p>", status: int = 200, **headers: str) -> Reply:
    """A replayed capture."""
    fields = [("Memento-Datetime", moment), ("Content-Type", "text/html")]
    return Reply(
        status, headers=[*fields, *((k.replace("_", "-"), v) for k, v in headers.items())], body=body
    )
