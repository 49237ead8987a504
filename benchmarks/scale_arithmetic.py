"""What a million, ten million and a hundred million articles take: arithmetic from what was measured and assumed.

    python benchmarks/scale_arithmetic.py

`MEASURED` are figures of docs/measurements.md, each with the program that gives it; `ASSUMED` is what nobody here
measured: put your own numbers there. The table in docs/scale.md is this one (cog writes it).
"""

from __future__ import annotations

import math
from typing import NamedTuple


class Figure(NamedTuple):
    """A number, what it counts and where it comes from."""

    value: float
    what: str
    source: str


MEASURED = {
    "page": Figure(0.0448, "seconds of CPU to read a page (extract, decide, write)", "crawl_speed.py"),
    "count": Figure(0.000264, "seconds of CPU to bring an article of 460 words into the index, at a million",
                    "index_growth.py"),
    "index": Figure(2_620, "bytes of index an article, at a million", "index_growth.py"),
    "shard": Figure(0.019, "seconds of CPU of a question to a warm shard of a million, numpy alone", "topic_speed.py"),
    "own": Figure(16e6, "bytes of memory of a process that asks, beside the mapped index", "topic_speed.py"),
    "hits": Figure(19_900, "bytes of 50 hits with ten shared terms each", "cluster_simulation.py"),
    "read": Figure(0.00054, "seconds of CPU to read these", "cluster_simulation.py"),
    "alone": Figure(1_300, "bytes of a shard's 50 hits, ids and scores alone", "cluster_simulation.py"),
    "read_alone": Figure(0.000049, "seconds of CPU to read these", "cluster_simulation.py"),
    "merge": Figure(0.00018, "seconds to merge 64 shards' 50 hits", "cluster_simulation.py"),
    "terms": Figure(83e6, "bytes of the frequencies that all shards weigh with, at a million", "topic_speed.py"),
    "growth": Figure(0.47, "power of the number of articles with which these grow (28 MB at 100,000)",
                     "topic_speed.py"),
}  # fmt: skip
ASSUMED = {
    "articles": Figure(1e6, "articles a shard", "eight segments, as in the index that was measured"),
    "question": Figure(6_000, "bytes of a question: 900 words", "the median op-ed of stance_speed.py"),
    "page_bytes": Figure(25_000, "compressed bytes a page in a crawl's WARC files",
                         "a guess: 40 thousand pages in a file of 1 GB"),
    "cores": Figure(16, "cores a machine", "a common size"),
    "memory": Figure(64e9, "bytes of memory a machine", "a common size"),
    "free": Figure(0.75, "of a machine's memory that index files may fill", "the rest is the system's and Dask's"),
    "price": Figure(0.05, "dollars an hour and core, with 4 GB", "about what large clouds ask without a contract"),
    "together": Figure(1, "of a core's speed that each core keeps where all are busy", "a question waits for memory: "
                       "with many cores on one memory less"),
    "link": Figure(1.25e9, "bytes a second that the asking machine takes in", "10 Gbit/s"),
}  # fmt: skip
SIZES = (1_000_000, 10_000_000, 100_000_000)


class Sized(NamedTuple):
    """What a number of articles takes."""

    articles: int
    shards: int
    index: float  # bytes
    terms: float  # bytes on each machine
    machines: int  # whose memory holds all of it
    query_cpu: float  # seconds, all shards together
    query_time: float  # seconds until merged, machines otherwise idle
    network: float  # bytes a question
    queries: float  # a second, all cores busy
    reading: float  # core-hours from crawl to text
    indexing: float  # core-hours from text to index
    crawl: float  # bytes of WARC files
    kept: float  # dollars a month with the index in memory
    built: float  # dollars, once


def sized(articles: int) -> Sized:
    """The arithmetic."""
    m = {name: one.value for name, one in MEASURED.items()}
    a = {name: one.value for name, one in ASSUMED.items()}
    shards = math.ceil(articles / a["articles"])
    index = articles * m["index"]
    terms = m["terms"] * (articles / 1e6) ** m["growth"]
    machines = math.ceil(index / (a["memory"] * a["free"] - terms - a["cores"] * m["own"]))
    cores = machines * a["cores"]
    query_cpu = shards * m["shard"]
    rounds = math.ceil(shards / cores)
    merge = m["merge"] * max(1.0, shards / 64)
    second = (
        m["hits"] + a["question"]
    )  # rows and terms of the best 50, wherever they lie: as much as one shard's
    network = shards * (a["question"] + m["alone"]) + second
    query_time = (
        (rounds + 1) * m["shard"] + network / a["link"] + shards * m["read_alone"] + m["read"] + merge
    )
    queries = cores * a["together"] / query_cpu
    reading, indexing = articles * m["page"] / 3600, articles * m["count"] / 3600
    return Sized(
        articles, shards, index, terms, machines, query_cpu, query_time, network, queries, reading, indexing,
        articles * a["page_bytes"], machines * a["cores"] * a["price"] * 730,
        (reading + indexing) * a["price"],
    )  # fmt: skip


ROWS = {
    "shards": lambda s: f"{s.shards}",
    "index, all shards": lambda s: f"{s.index / 1e9:,.1f} GB",
    "frequencies, on each machine": lambda s: f"{s.terms / 1e9:.2f} GB",
    "machines whose memory holds it": lambda s: f"{s.machines}",
    "a question: CPU of all shards": lambda s: f"{s.query_cpu:.2f} s",
    "a question: time, machines idle": lambda s: f"{s.query_time * 1e3:.0f} ms",
    "a question: bytes over the network": lambda s: f"{s.network / 1e6:.2f} MB",
    "questions a second, all cores busy": lambda s: f"{s.queries:,.0f}",
    "build: reading pages": lambda s: f"{s.reading:,.0f} core-hours",
    "build: index": lambda s: f"{s.indexing:,.1f} core-hours",
    "build: WARC files to read": lambda s: f"{s.crawl / 1e12:.3g} TB",
    "price of a build": lambda s: f"$ {s.built:,.0f}",
    "price a month, index in memory": lambda s: f"$ {s.kept:,.0f}",
}


def table() -> str:
    """What each size takes, as Markdown."""
    found = [sized(size) for size in SIZES]
    head = " | ".join(f"{one.articles:,}" for one in found)
    lines = [f"| articles | {head} |", "|---" * (len(found) + 1) + "|"]
    lines += [f"| {name} | {' | '.join(say(one) for one in found)} |" for name, say in ROWS.items()]
    return "\n".join(lines)


def figures(of: dict[str, Figure]) -> str:
    """Figures with their sources, as Markdown."""
    lines = ["| figure | what it is | from |", "|---|---|---|"]
    return "\n".join(
        [*lines, *(f"| {number(one.value)} | {one.what} | {one.source} |" for one in of.values())]
    )


def number(value: float) -> str:
    """In full: 64,000,000,000 and 0.000049."""
    return f"{value:,.0f}" if value >= 1 else f"{value:.6f}".rstrip("0")


def main() -> None:
    """All of it."""
    for part in (figures(MEASURED), figures(ASSUMED), table()):
        print(f"{part}\n")


if __name__ == "__main__":
    main()
