"""How fast a build reads a crawl with one worker and with two, what it costs over trafilatura alone, and its memory.

    python benchmarks/cluster_build.py ../shared/data [--pages 1880] [--rounds 2] [--gigabytes 5]

WARC files, not gzipped, of real pages with other words in each copy (site.py); each contestant reads the same files in
turn, a local cluster each time. Seconds of a build are those of reading its parts: from the first file begun to the
last one written, without the start of processes and without shards, which are given apart.

    trafilatura  bare_extraction with its defaults, in one process that has it loaded: pages already in memory
    fast         the same with the settings that a build uses
    1, 2         `build` with so many workers of 1 GB each
    memory       with --gigabytes: a build of so many bytes of WARC with two workers; the largest worker's resident
                 memory, looked at five times a second. A worker over the limit would be ended and counted.
"""

from __future__ import annotations

import argparse
import pickle
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benchmarks.site import pages, reworded
from recommender.cluster import layout, parts
from recommender.cluster.build import Wanted, build
from recommender.cluster.engine import Where, engine

FILES = 8  # a multiple of the workers, so that none waits for the other's last file
FLOOR = """
import pickle, sys, time
import trafilatura
from trafilatura import bare_extraction
from trafilatura.utils import decode_file
bodies = pickle.load(open(sys.argv[1], "rb"))
settings = {"fast": True, "include_comments": False} if sys.argv[2] == "fast" else {}
for body in bodies[:20]:
    bare_extraction(decode_file(body), with_metadata=True, **settings)
begun = time.perf_counter()
got = sum(bool(bare_extraction(decode_file(body), with_metadata=True, **settings)) for body in bodies)
print(time.perf_counter() - begun, got)
"""


def main() -> None:
    """Each in turn, several times."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--pages", type=int, default=1880)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--gigabytes", type=float, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        bodies = pages(options.data, options.pages)
        files = [warc(scratch / f"{n}.warc", list(enumerate(bodies))[n::FILES]) for n in range(FILES)]
        (scratch / "bodies").write_bytes(pickle.dumps(bodies))
        floors, rates = {"trafilatura": [], "fast": []}, {1: [], 2: []}
        for turn in range(options.rounds):
            for settings, found in floors.items():
                found.append(len(bodies) / alone(scratch / "bodies", settings))
                print(f"{settings}: {found[-1]:.1f} pages/s", flush=True)
            for workers, found in rates.items():
                seconds, rest, most, records = built(files, scratch / f"out-{workers}-{turn}", workers)
                found.append(records / seconds)
                print(
                    f"{workers} workers: {records / seconds:.1f} pages/s, {rest:.1f} s for shards, {most:.0f} MB",
                    flush=True,
                )
        one, two = (statistics.median(found) for found in rates.values())
        beside = ", ".join(
            f"{settings} {statistics.median(found):.1f} ({statistics.median(found) / one - 1:+.1%})"
            for settings, found in floors.items()
        )
        print(f"{len(bodies)} pages, medians of {options.rounds}: 1 worker {one:.1f} pages/s, 2 workers {two:.1f} "
              f"({two / one:.2f} x one); alone, and the time that one worker takes over it: {beside}")  # fmt: skip
        if options.gigabytes:
            large(options.data, scratch, options.gigabytes)


def large(data: Path, scratch: Path, gigabytes: float) -> None:
    """Memory while a crawl of that size is read."""
    originals = pages(data, 47)
    files, number, written = [], 0, 0
    while written < gigabytes * 1e9:
        some = []
        while sum(len(body) for _, body in some) < 2.5e8:
            some.append((number, reworded(originals[number % 47], number // 47)))
            number += 1
        files.append(warc(scratch / f"large-{len(files)}.warc", some))
        written += files[-1].stat().st_size
    seconds, rest, most, records = built(files, scratch / "large", 2)
    print(f"{written / 1e9:.2f} GB of WARC, {records:,} pages: read in {seconds:.0f} s, shards {rest:.0f} s, "
          f"largest worker {most:.0f} MB")  # fmt: skip


def warc(path: Path, some: list[tuple[int, bytes]]) -> Path:
    """A file of these pages."""
    from io import BytesIO

    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=False)
        for number, body in some:
            head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
            url = f"https://news{number % 100}.example/{number}-a-piece"
            record = writer.create_warc_record(
                url, "response", payload=BytesIO(body), length=len(body), http_headers=head
            )
            writer.write_record(record)
    return path


def alone(bodies: Path, settings: str) -> float:
    """Seconds of trafilatura alone."""
    ran = subprocess.run(
        [sys.executable, "-c", FLOOR, str(bodies), settings], capture_output=True, text=True, check=True
    )
    return float(ran.stdout.split()[0])


def built(files: list[Path], out: Path, workers: int) -> tuple[float, float, float, int]:
    """Seconds to read, seconds for the rest, MB of the largest worker, records."""
    most, stop = [0.0], threading.Event()

    def watch() -> None:
        while not stop.wait(0.2):
            for child in psutil.Process().children(recursive=True):
                try:
                    most[0] = max(most[0], child.memory_info().rss / 1e6)
                except psutil.Error:
                    continue

    with engine(Where(workers=workers)) as cluster:
        threading.Thread(target=watch, daemon=True).start()
        cluster._client.run(parts._warm)  # as trafilatura alone: loaded before the clock starts
        ticks: list[float] = []
        begun = time.perf_counter()
        made = build(
            cluster, out, Wanted(tuple(map(str, files)), 2), lambda _: ticks.append(time.perf_counter())
        )
        ended = time.perf_counter()
        stop.set()
    assert not made.failed, made.failed
    records = [layout.account(layout.part_folder(out, str(one)))["counts"]["records"] for one in files]
    return ticks[-1] - begun, ended - ticks[-1], most[0], sum(records)


if __name__ == "__main__":
    main()
