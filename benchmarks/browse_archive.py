"""An archive of any size for the browsing benchmark: real articles again and again, each time in other words.

    python benchmarks/browse_archive.py ../shared/data FOLDER [SIZE]       (100,000 articles: half an hour)

Every article is one of allsides with NOISE of its words replaced, so that no two are copies of each other. Most
come in as imports do; FETCHED of them as fetched pages do, with their WARC records, every tenth of these twice,
changed in between. Then seeds with lists whose links have every fate, the topic index and the rankings. All of
it through the program's own code, so that tables, search index, triggers and reasons are what users have.
"""

from __future__ import annotations

import gzip
import html
import json
import random
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from recommender.crawl.archivist import Archivist
from recommender.crawl.reading_copies import Reading
from recommender.crawl.urls import url_key
from recommender.models import Article, Capture, Method, Reference, Seed, State, Via
from recommender.reading.duplicates import fingerprint
from recommender.reading.extract import Extracted
from recommender.similar import keep
from recommender.stance.scorer import load
from recommender.store.database import Store
from recommender.store.days import read_day

SIZE = 100_000  # the size that issue and bar name
NOISE = 0.15  # of an article's words: more than reading/duplicates.py takes for a copy (8 % are)
FETCHED = 0.2  # of all articles: WARC records cost 3 ms each to write, and a page reads one
SEEDS, LINKS = 60, 12  # lists; real ones have 5 to 12 links
BATCH = 500  # articles a transaction
NOW = datetime(2026, 1, 1, tzinfo=UTC)
FATES = (
    (State.FAILED, "the server says that the page is gone (410)"),
    (State.SKIPPED, "robots.txt forbids it"),
    (State.PENDING, None),
)


def main() -> None:
    """Build it, unless it is there."""
    data, folder = Path(sys.argv[1]), Path(sys.argv[2])
    size = int(sys.argv[3]) if len(sys.argv) > 3 else SIZE
    build(data, folder, size)


def build(data: Path, folder: Path, size: int = SIZE) -> None:
    """Make the archive in a new folder; one that is finished is left as it is.

    Args:
        data: folder of the measuring data.
        folder: where to; a part that an earlier run left must be deleted first.
        size: articles, at least 1,000.
    """
    done = folder / f".built-{size}"
    if done.exists():
        return
    chance = random.Random(size)
    with Store.open(folder, create=True) as store:
        with gzip.open(data / "allsides.jsonl.gz", "rt", encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        fetched = int(size * FETCHED)
        imported = articles(rows, size - fetched, chance)
        while batch := list(islice(imported, BATCH)):
            with store.transaction():
                for article in batch:
                    number = store.library.add(article, origin=Via.IMPORT, now=NOW)
                    store.library.name(url_key(article.url or ""), article.url or "", number)
        say(f"{store.library.count():,} articles imported")
        archivist = Archivist(store)
        pages = enumerate(articles(rows, fetched, chance, "f"))
        while some := list(islice(pages, BATCH)):
            with store.transaction():
                for number, article in some:
                    keep_page(archivist, article, NOW - timedelta(days=30))
                    if number % 10 == 0:
                        later = replace(article, text=noisy(article.text, chance, 0.02))
                        keep_page(archivist, later, NOW)
        say(f"{store.library.count():,} articles, a fifth of them fetched")
        seeds(store, chance)
    done.touch()


def articles(
    rows: list[dict[str, str]], count: int, chance: random.Random, mark: str = "i"
) -> Iterator[Article]:
    """So many articles, each a real one with some of its words replaced by words of its own."""
    for number in range(count):
        row = rows[number % len(rows)]
        yield Article(
            url=f"https://{row['source'].lower().replace(' ', '-')}.example/{mark}{number}",
            title=noisy(row["title"], chance, NOISE),
            text=noisy(row["text"], chance, NOISE),
            authors=row.get("authors") or None,
            outlet=row["source"],
            published=read_day(row["date"]),
            language="en",
        )


def noisy(text: str, chance: random.Random, share: float) -> str:
    """The text with a share of its words, evenly at random, replaced by made-up ones."""
    lines = (
        " ".join(word(chance) if chance.random() < share else old for old in line.split(" "))
        for line in text.split("\n")
    )
    return "\n".join(lines)


def word(chance: random.Random) -> str:
    """A made-up word, one of 50,000."""
    number, letters = chance.randrange(1, 50_000), []
    while number:
        number, digit = divmod(number, 60)
        letters.append("bdfgklmnprst"[digit // 5] + "aeiou"[digit % 5])
    return "".join(letters)


def keep_page(archivist: Archivist, article: Article, when: datetime) -> None:
    """Keep a page as a crawl does, with what its reader would have found."""
    paragraphs = "".join(f"<p>{html.escape(part)}</p>\n" for part in article.text.split("\n"))
    title = html.escape(article.title)
    page = f"<!doctype html><title>{title}</title><h1>{title}</h1>{paragraphs}"
    url = article.url or ""
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    capture = Capture(url, url, when, when, Via.LIVE, 200, headers, page.encode())
    found = Extracted(
        article.title, article.text, article.authors, article.outlet, article.published, None, "en",
        len(article.text.split()),
    )  # fmt: skip
    mark = fingerprint(article.text)
    archivist.keep(capture, Reading("ok", None, found, f"{mark:016x}"))


def seeds(store: Store, chance: random.Random) -> None:
    """Lists with links of every fate, and their rankings."""
    captured = [
        (row[0], row[1]) for row in store.db.execute(
            "SELECT a.best_capture_id, a.title FROM articles a WHERE a.best_capture_id IS NOT NULL ORDER BY a.id"
        )
    ]  # fmt: skip
    scorer = load("linear")
    for number in range(SEEDS):
        (own, title), *listed = chance.sample(captured, LINKS + 1)
        with store.transaction():
            seed = store.lists.save(
                Seed(f"seed-{number}", title, "made up", published=date(2020, 1, 11)), NOW
            )
            store.lists.set_page(seed.id, State.ARCHIVED, None, own)
            references = [
                Reference(name, f"https://list.example/{number}/{place}")
                for place, (_, name) in enumerate(listed)
            ]
            store.lists.discover(seed.id, references, [f"{number}-{place}" for place in range(LINKS)], NOW)
            for place, link in enumerate(store.lists.links(seed.id)):
                address = link.reference.url or ""
                store.lists.resolve(link.id, address, Method.PAGE, 0.9, NOW)
                if place < len(FATES):
                    store.lists.settle(link.id, *FATES[place], NOW)
                else:
                    store.lists.settle(link.id, State.ARCHIVED, None, NOW, capture_id=listed[place][0])
        stored = store.lists.by_key(seed.key)
        assert stored is not None
        ranked = keep(store, stored, scorer)
        if number % 10 == 0:
            say(f"{seed.key}: {ranked} pieces ranked")


def say(text: str) -> None:
    """A line at once, for whoever waits."""
    print(text, flush=True)


if __name__ == "__main__":
    main()
