"""WARC files as other programs write them, made with warcio, of an invented newspaper."""

from __future__ import annotations

import gzip
import io
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

SITE = "https://quay.example"
WHEN = "2019-05-06T07:08:09Z"


WORDS = (
    *(
        "pier",
        "lantern",
        "council",
        "timetable",
        "harvest",
        "glove",
        "window",
        "rope",
        "widow",
        "salt",
        "ticket",
    ),
    *(
        "engine",
        "fog",
        "auction",
        "bell",
        "winter",
        "captain",
        "ledger",
        "orchard",
        "bridge",
        "mayor",
        "stamp",
    ),
    *("kettle", "whistle", "customs", "tar", "herring", "mortgage", "crane", "tariff", "sail"),
)


def page(name: str) -> bytes:
    """An article's page, whose words are its name's own."""
    chance = random.Random(name)
    sentences = [
        f"The {name} and the {chance.choice(WORDS)} had a {' '.join(chance.choices(WORDS, k=12))} between them."
        for _ in range(24)
    ]
    body = "".join(f"<p>{' '.join(sentences[at : at + 3])}</p>" for at in range(0, 24, 3))
    title = f"Why the {name} left late"
    return f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{body}".encode()


class Writer:
    """Writes records one by one, and knows where each begins."""

    def __init__(self, path: Path, *, packed: bool = True) -> None:
        self.path, self.places = path, list[int]()
        self._out = path.open("wb")
        self._writer = WARCWriter(self._out, gzip=packed)

    def add(
        self, url: str, body: bytes = b"", status: str = "200 OK", headers: Sequence[tuple[str, str]] = (), *,
        kind: str = "response", when: str = WHEN, more: dict[str, str] | None = None, http: bool = True,
    ) -> str:  # fmt: skip
        """Write one record, and give its id."""
        self.places.append(self._out.tell())
        named = list(headers) or [("Content-Type", "text/html; charset=utf-8")]
        head = StatusAndHeaders(status, named, protocol="HTTP/1.1") if http else None
        record = self._writer.create_warc_record(
            url, kind, payload=io.BytesIO(body), length=len(body), http_headers=head,
            warc_headers_dict={"WARC-Date": when, **(more or {})},
        )  # fmt: skip
        self._writer.write_record(record)
        record.raw_stream.close()  # a temporary file, where warcio had to measure the body
        return str(record.rec_headers.get_header("WARC-Record-ID"))

    def info(self) -> None:
        """The record a file begins with."""
        self.places.append(self._out.tell())
        self._writer.write_record(
            self._writer.create_warcinfo_record(self.path.name, {"software": "other 1.0"})
        )

    def close(self) -> Path:
        """The file, whole."""
        self._out.close()
        return self.path


def chunked(body: bytes, size: int = 100) -> bytes:
    """A body in chunks, as it came over the wire."""
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def mixed(path: Path, *, packed: bool = True) -> Path:
    """Nine records: four pages (plain, gzip, chunked, an error's), and five that are none."""
    out = Writer(path, packed=packed)
    out.info()
    out.add(f"{SITE}/ferry", kind="request", status="GET /ferry HTTP/1.1", headers=[("Host", "quay.example")])
    out.add(f"{SITE}/ferry", page("ferry"))
    out.add(f"{SITE}/logo.png", b"\x89PNG", headers=[("Content-Type", "image/png")])
    html = ("Content-Type", "text/html")
    out.add(f"{SITE}/tram", gzip.compress(page("tram")), headers=[html, ("Content-Encoding", "gzip")])
    out.add(f"{SITE}/barge", chunked(page("barge")), headers=[html, ("Transfer-Encoding", "chunked")])
    out.add(f"{SITE}/old", b"<p>moved", "301 Moved", headers=[html, ("Location", "/ferry")])
    out.add(f"{SITE}/gone", b"<p>gone", "404 Not Found")
    out.add(f"{SITE}/ferry", b"fetchTimeMs: 9", kind="metadata", http=False)
    return out.close()


def rows(store: Any, sql: str) -> list[tuple[Any, ...]]:
    """What the database says."""
    return [tuple(row) for row in store.db.execute(sql).fetchall()]
