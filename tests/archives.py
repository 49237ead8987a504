"""Archives made without a network: every kind of record, through the same doors that `fetch` uses."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from recommender.crawl.archivist import Archivist, Kept
from recommender.crawl.outcomes import Hop
from recommender.crawl.reading_copies import Reading
from recommender.intake import take_in
from recommender.models import Capture, Reference, Seed, State, Via
from recommender.reading.extract import Extracted
from recommender.store.database import Store

WHEN = datetime(2020, 1, 11, 12, 30, 15, tzinfo=UTC)
HTML = (("Content-Type", "text/html; charset=utf-8"),)


def page(title: str, *paragraphs: str) -> bytes:
    """An article's page."""
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{body}".encode()


def prose(word: str, paragraphs: int = 6) -> list[str]:
    """Paragraphs that an extractor takes for an article's."""
    return [
        f"On day {n} the {word} left late, and nobody who waited for the {word} on pier {n * 7} knew why."
        for n in range(paragraphs)
    ]


def capture(url: str, body: bytes, day: int = 0, **changes: object) -> Capture:
    """A live copy, so many days after the first."""
    moment = WHEN + timedelta(days=day)
    made = Capture(url, url, moment, moment, Via.LIVE, 200, HTML, body)
    return replace(made, **changes)  # type: ignore[arg-type]


def memento(url: str, body: bytes, day: int = 0) -> Capture:
    """A copy from the web archive."""
    source = f"https://web.example/web/20200111123015id_/{url}"
    return capture(url, body, day, via=Via.WAYBACK, source_url=source, final_url=source)


def keep(store: Store, one: Capture, title: str = "A piece", hops: tuple[Hop, ...] = ()) -> Kept:
    """Keep a copy, as read without trafilatura."""
    if one.status != 200:
        return Archivist(store).keep(one, Reading("not found (404)", "HTTP status 404"), hops)
    body = gzip.decompress(one.body) if ("Content-Encoding", "gzip") in one.headers else one.body
    text = body.decode("utf-8", "replace").replace("\0", " ")
    return Archivist(store).keep(one, Reading("ok", None, Extracted(title, text)), hops)


def build(folder: Path, bodies: tuple[bytes, ...] = ()) -> Path:
    """An archive of three runs: captures with hops, encoded bodies, errors, revisits, mementos, texts, imports,
    notes."""
    site = "https://herald.example"
    hops = (Hop(f"{site}/old", 301, f"{site}/new", (("Location", f"{site}/new"),)),)
    with Store.open(folder, create=True) as store:
        keep(
            store, capture(f"{site}/old", page("New", *prose("ferry")), final_url=f"{site}/new"), "New", hops
        )
        zipped = gzip.compress(page("Zipped", *prose("tram", 30)), mtime=0)
        keep(store, capture(f"{site}/zip", zipped, headers=(*HTML, ("Content-Encoding", "gzip"))), "Zipped")
        keep(store, capture(f"{site}/gone", b"<p>gone", status=404))
        for number, body in enumerate(bodies):
            keep(store, capture(f"{site}/any/{number}", body, number), f"Any {number}")
        seed = Seed("harbour", "Harbour", "harbour.toml", references=(Reference("New", f"{site}/new"),))
        with store.transaction():
            saved = store.lists.save(seed, WHEN)
            store.lists.discover(saved.id, seed.references, [None], WHEN)
            store.lists.set_page(saved.id, State.FAILED, "not found (404)", None)
    with Store.open(folder) as store:
        keep(store, capture(f"{site}/new", page("New", *prose("ferry")), 3), "New")  # a revisit
        keep(store, capture(f"{site}/new", page("Newer", *prose("big ferry")), 4), "Newer")
        keep(store, memento(f"{site}/lost", page("Lost", *prose("sloop")), 2), "Lost")
        keep(store, capture(f"{site}/gone", b"<p>gone", 5, status=404))  # a revisit of an error
        Archivist(store).keep_text(seed, "The harbour is closed.\n" * 9)
    rows = [{"title": f"Piece {n}", "text": f"Text of piece {n}.", "date": "2021-03-01"} for n in range(30)]
    articles = folder.parent / f"{folder.name}.jsonl"
    articles.write_text("\n".join(map(json.dumps, rows)))
    with Store.open(folder) as store:
        take_in(store, articles)
        for number, body in enumerate(bodies):
            keep(store, capture(f"{site}/any/{number}", body, 40), f"Any {number}")
        keep(store, capture(f"{site}/last", page("Last", *prose("barge", 2)), 9), "Last")
    return folder
