"""What filters cost: every article's facts read in Python, beside SQLite's indexes; and a filtered question's process.

    python benchmarks/filters.py [SIZE …] [--index FOLDER] [--data ../shared/data]      (100,000 and 1,000,000)

The archive is made up and put in by SQL: addresses of 2,000 hosts (a few of them with much, as sites are), outlets,
days of ten years, a tenth without a day, one piece in twenty a near copy of another. Each choice is asked in turn,
both ways, and must give the same; the least of RUNS is told, in CPU seconds.

    --index   an index of topic_speed.py's articles (`--keep`), which are numbered from 0: then whole processes are
              timed too, `similar 1 --format json` with and without filters, beside bare Python. The texts of article
              1 and of the pieces near it are theirs, the others are empty: no other text is read.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from recommender import choosing, selecting
from recommender.choosing import Choice, Passing
from recommender.store import filters
from recommender.store.database import Store
from recommender.topic.index import TopicIndex

ROOT = Path(__file__).resolve().parents[1]
RUNS = 5
HOSTS = 2_000
CHOICES = {
    "--since 2024": Choice(since=date(2024, 1, 1)),
    "--since 2024-03 --until 2024-03": Choice(since=date(2024, 3, 1), until=date(2024, 3, 31)),
    "--site paper0.example (a fifth of all)": Choice(sites=("paper0.example",)),
    "--site paper1500.example": Choice(sites=("paper1500.example",)),
    "--not-site paper0.example": Choice(not_sites=("paper0.example",)),
    "--site 'The Paper 7' --since 2024": Choice(since=date(2024, 1, 1), sites=("The Paper 7",)),
}
WORDS = {
    "no filter": [],
    "--since 2024": ["--since", "2024"],
    "--site paper1500.example": ["--site", "paper1500.example"],
}


def main() -> None:
    """A line a choice and size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sizes", type=int, nargs="*", default=[100_000, 1_000_000])
    parser.add_argument("--index", type=Path)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    options = parser.parse_args()
    for size in options.sizes:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "archive"
            with Store.open(folder, create=True) as store:
                fill(store.db.conn, size)
                spent, _ = cpu(lambda store=store: known(store))
                print(f"{size:9,} articles: hosts of an archive made before, once: {spent:.1f} s", flush=True)
                for name, choice in CHOICES.items():
                    compare(store, size, name, choice)
            if options.index:
                whole(folder, options.index, options.data, size)


def fill(db: sqlite3.Connection, size: int) -> None:
    """The rows; the triggers of the index and the text search are left in peace."""
    chance = random.Random(size)
    sql = """INSERT INTO articles (id, title, outlet, published, url, canonical_url, words, origin, digest, copy_of,
             added_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, 460, 'import', ?, ?, '', '')"""
    db.executemany(sql, rows(size, chance))
    db.commit()


def rows(size: int, chance: random.Random) -> Iterator[tuple[Any, ...]]:
    """Facts of articles 0 to size - 1 in the order of the columns."""
    first = date(2016, 1, 1)
    for number in range(size):
        host = min(int(chance.paretovariate(0.35)) - 1, chance.randrange(HOSTS))
        day = (first + timedelta(chance.randrange(3_650))).isoformat() if chance.random() < 0.9 else None
        url = f"https://www.paper{host}.example/2024/news/a-piece-of-some-length-{number}.html"
        canonical = url.replace("www.", "") if number % 3 else None
        copy_of = chance.randrange(20, number) // 20 * 20 if number % 20 == 7 and number > 20 else None
        title = f"A headline of some words, number {number}"
        yield number, title, f"The Paper {host}", day, url, canonical, str(number), copy_of


def known(store: Store) -> None:
    """Write all hosts."""
    while filters.unknown_hosts(store.db):
        with store.transaction():
            filters.know_hosts(store.db)


def compare(store: Store, size: int, name: str, choice: Choice) -> None:
    """Both ways in turn; the same answer."""
    subject, gone = date(2020, 1, 1), frozenset({1})
    times: dict[str, list[float]] = {"python": [], "sql": []}
    for _ in range(RUNS if size <= 100_000 else 2):
        spent, one = cpu(lambda: in_python(store, choice, subject, gone))
        times["python"].append(spent)
        spent, other = cpu(lambda: selecting._passing(store, choice, subject, gone))
        times["sql"].append(spent)
        if one != other:
            raise SystemExit(
                f"{name}: {len(one.ids)} and {len(other.ids)} pass, {one.elsewhere, other.elsewhere}"
            )
    before, after = min(times["python"]), min(times["sql"])
    print(
        f"{size:9,} articles, {name}: {len(one.ids):,} pass; in Python {before * 1e3:,.0f} ms, "
        f"by the indexes {after * 1e3:,.1f} ms: {before / after:,.0f} times",
        flush=True,
    )


def in_python(store: Store, choice: Choice, subject: date, gone: frozenset[int]) -> Passing:
    """As it was done before: the pure decision over every article's facts."""
    others = (one for one in store.library.facts() if (one.copy_of or one.id) not in gone)
    return choosing.passing(choice, others, subject)


def cpu(work: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds of some work in this process, and what it gave."""
    begun = time.process_time()
    found = work()
    return time.process_time() - begun, found


def whole(folder: Path, index: Path, data: Path, size: int) -> None:
    """Whole processes, on the archive with a copy of an index of these ids."""
    from benchmarks.cold_start import run
    from benchmarks.topic_speed import made

    shutil.copytree(index, folder / "index", dirs_exist_ok=True)
    opened = TopicIndex.open(folder / "index")
    texts = dict(made(data, size))
    near = [hit.article_id for hit in opened.query(*texts[1], limit=200, terms=0)]
    with Store.open(folder) as store, store.transaction():
        for number in {1, *near}:
            title, text = texts[number]
            sql = "INSERT INTO article_texts (id, title, text) VALUES (?, ?, ?)"
            store.db.conn.execute(sql, [number, title, text])
        last = store.library.last_change()
    manifest = folder / "index" / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"seen": last}))
    bare = min(run(["-c", "pass"]) for _ in range(9))
    for name, words in WORDS.items():
        command = ["cli.py", "--archive", str(folder), "similar", "1", "--format", "json", *words]
        run(command)  # profiles of the nearest are kept now
        least = min(run(command) for _ in range(5))
        print(f"{size:9,} articles, `similar 1 --format json`, {name}: {least * 1e3:,.0f} ms of CPU, "
              f"{least / bare:.1f} times bare Python ({bare * 1e3:.0f})", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
