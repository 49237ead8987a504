"""WARC files of an invented newspaper's crawl, and what a build of them needs."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from recommender.errors import ReadmoreError

WORDS = [
    "pier", "lantern", "council", "timetable", "harvest", "glove", "window", "rope", "widow", "salt", "ticket", "bell",
    "engine", "fog", "auction", "winter", "captain", "ledger", "orchard", "bridge", "mayor", "stamp", "kettle", "sail",
    "whistle", "customs", "tar", "herring", "mortgage", "crane", "tariff", "quay", "ferry", "barrel", "chapel", "mill",
]  # fmt: skip
KILLS = "This sentence ends whoever reads it."
HANGS = "This sentence is read for ever."


def address(number: int) -> str:
    """Of an invented page."""
    return f"https://tidings{number % 3}.example/2020/{number}"


def words(number: int, sentences: int = 30) -> list[str]:
    """An invented article's sentences, its own and no other's."""
    chance = random.Random(number)
    return [
        f"The {chance.choice(WORDS)} of {' '.join(chance.choices(WORDS, k=10))} was number {chance.randrange(999)}."
        for _ in range(sentences)
    ]


def page(title: str, sentences: Sequence[str], head: str = "") -> bytes:
    """An article's page."""
    body = "".join(f"<p>{' '.join(sentences[at : at + 3])}</p>" for at in range(0, len(sentences), 3))
    return (
        f'<html lang="en"><head><title>{title}</title>{head}</head><body><article><h1>{title}</h1>{body}'
        "</article></body></html>"
    ).encode()


def article(number: int, *more: str) -> tuple[str, bytes]:
    """Address and page of an invented article."""
    day = f'<meta property="article:published_time" content="2020-{number % 12 + 1:02}-03">'
    return address(number), page(f"What number {number} said", [*words(number), *more], day)


def warc(path: Path, pages: Sequence[tuple[str, bytes]], day: int = 1, status: str = "200 OK") -> Path:
    """A WARC file of these pages, each captured a minute after the one before."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for minute, (url, body) in enumerate(pages):
            head = StatusAndHeaders(
                status, [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))],
                protocol="HTTP/1.1",
            )  # fmt: skip
            when = {"WARC-Date": f"2020-01-{day:02}T{minute // 60:02}:{minute % 60:02}:00Z"}
            writer.write_record(
                writer.create_warc_record(
                    url,
                    "response",
                    payload=io.BytesIO(body),
                    length=len(body),
                    http_headers=head,
                    warc_headers_dict=when,
                )
            )
    return path


class Here:
    """An engine without a cluster: the same calls, one after the other, in this process."""

    dashboard = None

    def each(self, run: Any, calls: Any) -> Iterator[tuple[str, Any]]:
        """As `Engine.each`."""
        for name, arguments in reversed(calls.items()):
            try:
                yield name, run(*arguments)
            except ReadmoreError as error:
                yield name, error
