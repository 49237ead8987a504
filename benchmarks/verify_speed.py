"""How fast `verify` reads an archive, and how much damage it finds, beside `warcio check` and `fastwarc check`.

    python benchmarks/verify_speed.py --megabytes 100                       about two minutes on one core
    python benchmarks/verify_speed.py --pages ../shared/data/readmore/pages     real pages, repeated

Each program reads the same WARC files in a process of its own, in turns, three times; the best time counts.
`verify` also compares every row and the database. Then a small file is damaged, one place at a time, and each
program says by its exit code whether it noticed. `warcio check` is known to miss most: it says nothing of a gzip
member that breaks off or fails its CRC. `fastwarc` is compared where it is on the PATH; install it in a venv of
its own, because the brotli it brings along changes what requests asks servers for.
"""

from __future__ import annotations

import argparse
import gzip
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from recommender.crawl.archivist import Archivist
from recommender.crawl.reading_copies import Reading
from recommender.models import Capture, Via
from recommender.reading.extract import Extracted
from recommender.store.database import Store

WHEN = datetime(2020, 1, 11, 12, 0, tzinfo=UTC)
REPEATS = 3
BIN = Path(sys.executable).parent
SEED = 20_200_111


@dataclass(frozen=True, slots=True)
class Program:
    """One checker: a command a file, or one for the whole archive."""

    name: str
    command: tuple[str, ...]
    whole: bool = False

    def run(self, folder: Path) -> tuple[float, bool]:
        """Seconds, and whether it says that something is wrong."""
        files = sorted((folder / "warc").iterdir())
        targets = [folder] if self.whole else files
        begun = time.perf_counter()
        codes = [
            subprocess.run([*self.command, str(target)], capture_output=True, check=False).returncode
            for target in targets
        ]
        return time.perf_counter() - begun, any(codes)


def programs() -> list[Program]:
    """Those that are installed; ours first."""
    ours = (sys.executable, str(Path(__file__).parents[1] / "cli.py"), "verify", "--archive")
    found = [Program("readmore verify", ours, whole=True)]
    found.append(Program("warcio check", (str(BIN / "warcio"), "check")))
    fastwarc = shutil.which("fastwarc")
    if fastwarc:
        found.append(Program("fastwarc check -p", (fastwarc, "check", "-p", "-q")))
    return found


def pages(folder: Path | None) -> Iterator[bytes]:
    """Pages without end: real ones in turn, or invented ones of a real page's size (100 kB)."""
    chance = random.Random(SEED)
    real = [gzip.decompress(path.read_bytes()) for path in sorted(folder.glob("*.gz"))] if folder else []
    words = ["".join(chance.choices("etaoinshrdlu", k=chance.randint(2, 9))) for _ in range(8_000)]
    while True:
        if real:
            yield from real
        else:
            paragraphs = (" ".join(chance.choices(words, k=60)) for _ in range(260))
            yield ("<html><body>" + "".join(f"<p>{one}</p>\n" for one in paragraphs)).encode()


def build(folder: Path, megabytes: float, source: Path | None) -> None:
    """An archive whose WARC files have that many megabytes; every capture is another one."""
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    with Store.open(folder, create=True) as store:
        archivist = Archivist(store)
        stream, number = pages(source), 0
        while sum(path.stat().st_size for path in (folder / "warc").glob("*")) < megabytes * 1e6:
            with store.transaction():
                for _ in range(50):
                    number += 1
                    url = f"https://herald.example/{number}"
                    body = next(stream) + f"<!-- {number} -->".encode()
                    capture = Capture(url, url, WHEN, WHEN, Via.LIVE, 200, headers, body)
                    archivist.keep(
                        capture, Reading("ok", None, Extracted(f"Piece {number}", f"Text {number}"))
                    )


def speed(folder: Path) -> None:
    """The best of three times of each, in turns."""
    size = sum(path.stat().st_size for path in (folder / "warc").iterdir()) / 1e6
    best: dict[str, float] = {}
    for _ in range(REPEATS):
        for program in programs():
            seconds, wrong = program.run(folder)
            if wrong:
                sys.exit(f"{program.name} finds an intact archive damaged")
            best[program.name] = min(seconds, best.get(program.name, seconds))
    ours = best["readmore verify"]
    print(f"{size:.0f} MB of WARC files, best of {REPEATS}")
    for name, seconds in best.items():
        print(
            f"  {name:20} {seconds:6.2f} s  {size / seconds:6.1f} MB/s  {seconds / ours:5.2f} x verify's time"
        )


def found(folder: Path, places: int) -> None:
    """How many of so many damages each notices: a third each bits flipped, bytes taken out, files cut."""
    path = next((folder / "warc").iterdir())
    data = path.read_bytes()
    chance = random.Random(SEED)
    noticed = dict.fromkeys((program.name for program in programs()), 0)
    for number in range(places):
        at = chance.randrange(1, len(data))
        flip = bytes([data[at] ^ 1 << chance.randrange(8)])
        kinds = (data[:at] + flip + data[at + 1 :], data[:at] + data[at + 1 :], data[:at])
        path.write_bytes(kinds[number % len(kinds)])
        for program in programs():
            noticed[program.name] += program.run(folder)[1]
    path.write_bytes(data)
    print(f"{places} damages, one at a time: noticed by the exit code")
    for name, count in noticed.items():
        print(f"  {name:20} {count:4}  {count / places:5.0%}")


def main() -> None:
    """Build, measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--megabytes", type=float, default=100)
    parser.add_argument("--places", type=int, default=60)
    parser.add_argument("--pages", type=Path, help="a folder of .html.gz files")
    arguments = parser.parse_args()
    scratch = Path(tempfile.mkdtemp())
    try:
        build(scratch / "large", arguments.megabytes, arguments.pages)
        speed(scratch / "large")
        build(scratch / "small", 0.2, arguments.pages)
        found(scratch / "small", arguments.places)
    finally:
        shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
