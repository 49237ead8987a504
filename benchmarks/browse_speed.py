"""How fast every page of ours answers on a large archive, beside Datasette's own table page in the same run.

    python benchmarks/browse_archive.py ../shared/data FOLDER      makes the archive first
    python benchmarks/browse_speed.py FOLDER [--rounds 100]

`readmore browse` serves it, as users start it. Every round asks for each page once, in another order, the table
page among them, so that whatever else the machine does hits them alike; what a page shows (which piece, which
seed, which words) differs from round to round. The bar: 95th percentile at most 1.5 times that of the table page.
An answer that is not 200 ends the run, and so would a query that Datasette cuts off at one second. Then each page is
visited in an application without that limit, and its slowest query told.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent
BAR = 1.5
ROUNDS = 20  # visits to each page whose queries are timed
CUT = 1000  # milliseconds: where Datasette ends a query (sql_time_limit_ms of the archive's settings.json)
NO_LIMIT = {"sql_time_limit_ms": 60_000}
TABLE = "Datasette: articles"  # as it is shown: 50 rows and three facets
BARE = "Datasette: articles, no facets"  # Datasette's fastest: rows only, not even counted
WORDS = (
    "election",
    "senate budget",
    "trump",
    "the",
    "climate change",
    "supreme court",
    "border wall",
    "a",
    "said",
)


def main() -> int:
    """Ask, print, and say by the exit code whether the bar holds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("archive", type=Path)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--only", default="", help="pages whose name has this in it, and the table page")
    options = parser.parse_args()
    pages = {
        name: make
        for name, make in paths(options.archive).items()
        if options.only in name or name in {TABLE, BARE}
    }
    times: dict[str, list[float]] = {name: [] for name in pages}
    chance = random.Random(1)
    with browsing(options.archive) as base, httpx.Client(base_url=base, timeout=60, trust_env=False) as web:
        for make in pages.values():
            ask(web, make(chance))
        for _ in range(options.rounds):
            for name in chance.sample(list(pages), len(pages)):
                times[name].append(ask(web, pages[name](chance)))
    queries = asyncio.run(traced(options.archive, pages, chance))
    return report(times, queries, count(options.archive))


def paths(archive: Path) -> dict[str, Callable[[random.Random], str]]:
    """Every kind of page, by its name: what makes the address of one of them."""
    with closing(sqlite3.connect(f"file:{archive / 'readmore.db'}?mode=ro", uri=True)) as db:
        keys = [row[0] for row in db.execute("SELECT key FROM seeds")]
        pieces = [row[0] for row in db.execute("SELECT id FROM articles ORDER BY random() LIMIT 500")]
        edited = [row[0] for row in db.execute("SELECT article_id FROM changes LIMIT 500")]
        ranked = db.execute(
            "SELECT s.key, r.article_id FROM rankings r JOIN seeds s ON s.id = r.seed_id"
        ).fetchall()
        captures = [row[0] for row in db.execute("SELECT id FROM captures ORDER BY random() LIMIT 500")]
    root = "/-/readmore"

    def compared(chance: random.Random) -> str:
        key, number = chance.choice(ranked)
        return f"{root}/{key}/compare/{number}"

    return {
        TABLE: lambda c: "/readmore/articles",
        BARE: lambda c: "/readmore/articles?_nofacet=1&_nocount=1",
        "home": lambda c: root,
        "home, JSON": lambda c: f"{root}.json",
        "reading list": lambda c: f"{root}/{c.choice(keys)}",
        "list by stance": lambda c: f"{root}/{c.choice(keys)}?sort=stance",
        "list, page 3, one outlet": lambda c: f"{root}/{c.choice(keys)}?page=3&outlet=CNN",
        "list, JSON": lambda c: f"{root}/{c.choice(keys)}.json",
        "map": lambda c: f"{root}/{c.choice(keys)}/map",
        "comparison with the seed": compared,
        "comparison of two": lambda c: f"{root}/compare/{c.choice(pieces)}/{c.choice(pieces)}",
        "piece": lambda c: f"{root}/piece/{c.choice(pieces)}",
        "piece that changed": lambda c: f"{root}/piece/{c.choice(edited)}",
        "piece on lists": lambda c: f"{root}/piece/{c.choice(ranked)[1]}",
        "captured page": lambda c: f"{root}/capture/{c.choice(captures)}",
        "search, any word": lambda c: f"{root}/search?q={c.choice(WORDS)}",
        "search, page 5": lambda c: f"{root}/search?q={c.choice(WORDS)}&page=5",
        **{f"query {name}": fixed(f"/readmore/{name}?seed=&outlet=") for name in canned(archive)},
        "feed": lambda c: f"{root}/{c.choice(keys)}.atom",
        "book": lambda c: f"{root}/{c.choice(keys)}.epub",
    }


def canned(archive: Path) -> list[str]:
    """The names of the queries that the archive's metadata.yaml brings."""
    import yaml

    metadata = yaml.safe_load((archive / "metadata.yaml").read_text(encoding="utf-8"))
    return list(metadata["databases"]["readmore"]["queries"])


def fixed(path: str) -> Callable[[random.Random], str]:
    """The same address each time."""
    return lambda _: path


def ask(web: httpx.Client, path: str) -> float:
    """Milliseconds until the whole answer is there."""
    begun = time.perf_counter()
    answer = web.get(path)
    taken = 1000 * (time.perf_counter() - begun)
    if answer.status_code != 200:
        raise SystemExit(f"{path}: {answer.status_code}\n{answer.text[:500]}")
    return taken


async def traced(
    archive: Path, pages: dict[str, Callable[[random.Random], str]], chance: random.Random
) -> dict[str, list[float]]:
    """Milliseconds of every query of ROUNDS visits to each page, in an application without time limit."""
    from datasette import tracer
    from datasette.app import Datasette

    app = Datasette(
        [], config_dir=archive, settings={**json.loads((archive / "settings.json").read_text()), **NO_LIMIT}
    )
    found: dict[str, list[float]] = {}
    for name, make in pages.items():
        found[name] = []
        for _ in range(ROUNDS):
            traces: list[dict[str, float]] = []
            with tracer.capture_traces(traces):
                answer = await app.client.get(make(chance))
            answer.raise_for_status()
            found[name] += [trace["duration_ms"] for trace in traces if "sql" in trace]
    return found


def report(times: dict[str, list[float]], queries: dict[str, list[float]], size: int) -> int:
    """The table; 1 where a page is over the bar."""
    base = p95(times[TABLE])
    rounds = len(times[TABLE])
    print(
        f"{size:,} articles, n {rounds} of each page, p95 beside that of the table page, and of the bare one\n"
    )
    print(
        "| page | median ms | p95 ms | table = 1 | bare = 1 | slowest query ms |\n|---|---|---|---|---|---|"
    )
    late = 0
    for name, found in times.items():
        ratio = p95(found) / base
        late += ratio > BAR and name != BARE
        bare, query = p95(found) / p95(times[BARE]), max(queries[name], default=0)
        print(
            f"| {name} | {statistics.median(found):.0f} | {p95(found):.0f} | {ratio:.2f} | {bare:.2f} | {query:.0f} |"
        )
        late += query >= CUT
    fine = f"All within {BAR} times the table page, no query near {CUT} ms"
    print(f"\n{late} over {BAR} times the table page or with a query over {CUT} ms" if late else f"\n{fine}")
    return int(late > 0)


def p95(found: list[float]) -> float:
    """The 95th percentile, the nearest rank."""
    return sorted(found)[max(0, -(-95 * len(found) // 100) - 1)]


def count(archive: Path) -> int:
    """How many articles there are."""
    with closing(sqlite3.connect(f"file:{archive / 'readmore.db'}?mode=ro", uri=True)) as db:
        return int(db.execute("SELECT count(*) FROM articles").fetchone()[0])


@contextmanager
def browsing(archive: Path) -> Iterator[str]:
    """`readmore browse` on it; gives its address."""
    command = [sys.executable, "cli.py", "--archive", str(archive), "browse", "--port", "0"]
    with tempfile.NamedTemporaryFile("r") as log, Path(log.name).open("w") as out:
        server = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=out)
        try:
            said = ""
            while not (found := re.search(r"running on (http://127\.0\.0\.1:\d+)", said)):
                if server.poll() is not None:
                    raise SystemExit(said)
                time.sleep(0.1)
                said += log.read()
            yield found[1]
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(20)


if __name__ == "__main__":
    raise SystemExit(main())
