"""How fast `fetch` is, beside what else one would use, on the same real pages in one run.

    python benchmarks/crawl_speed.py ../shared/data [--pages 500] [--hosts 100] [--scrapy PYTHON] [--memory]

| contestant | what it does |
|---|---|
| floor, defaults | trafilatura alone, its own settings, bytes in memory, a process a core, nothing kept |
| floor, fast | the same with the settings readmore uses |
| readmore | `fetch`: robots.txt, WARC with fsync, extraction, verdicts, near-copy check, database |
| whole command | the same from start of Python to exit, ranking included |
| requests | a thread pool of 8 with requests, trafilatura's defaults in the main thread, results in a list |
| scrapy | Scrapy (in a Python of its own), trafilatura's defaults in the callback, results in a JSON lines file |

Prints pages a second (medians of rounds in which each has its turn), ratios, CPU time a page, and the peak memory
of all processes together. Extraction in a thread pool was tried too: the process dies inside lxml.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benchmarks.contestants import FLOOR, READMORE, REQUESTS, SCRAPY
from benchmarks.site import pages, served

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Ran:
    """One contestant's run."""

    seconds: float  # as it measured itself: without starting Python
    pages: int  # that gave an article
    whole: float  # seconds, the whole process
    cpu: float  # seconds, of it and its children
    peak: float  # MB resident, of it and its children together


def run(words: list[str], python: str = sys.executable) -> Ran:
    """Run one contestant in a process of its own."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        [python, *words], cwd=ROOT, stdout=subprocess.PIPE, text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    seen = _Seen()
    watcher = threading.Thread(target=_watch, args=(process, seen))
    watcher.start()
    out = process.communicate()[0]
    watcher.join()
    if process.returncode not in {0, 2}:
        raise SystemExit(f"{words[:2]} ended with exit code {process.returncode}")
    last = (out.strip().splitlines() or ["0 0"])[-1].split()
    seconds, got = (float(last[0]), int(last[1])) if len(last) == 2 else (0.0, 0)
    return Ran(seconds, got, time.perf_counter() - begun, sum(seen.cpu.values()), seen.peak)


@dataclass(slots=True)
class _Seen:
    peak: float = 0.0  # MB
    cpu: dict[int, float] = field(default_factory=dict)  # seconds by process


def _watch(process: subprocess.Popen[str], seen: _Seen) -> None:
    """The most memory (proportional set size) and the CPU time of a process and all its descendants."""
    while process.poll() is None:
        family = _family(process.pid)
        seen.peak = max(seen.peak, sum(_pss(pid) for pid in family))
        seen.cpu |= {pid: spent for pid in family if (spent := _cpu(pid))}
        time.sleep(0.2)


def _cpu(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _family(pid: int) -> list[int]:
    found = [pid]
    for path in Path("/proc").glob(f"{pid}/task/*/children"):
        try:
            children = path.read_text().split()
        except OSError:
            continue
        for child in children:
            found += _family(int(child))
    return found


def _pss(pid: int) -> float:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    return next(int(line.split()[1]) / 1024 for line in text.splitlines() if line.startswith("Pss:"))


def seed_file(folder: Path, urls: list[str], name: str = "speed") -> Path:
    """A seed that names all pages."""
    path = folder / f"{name}.toml"
    links = "".join(f'[[reference]]\ntitle = "Piece {n}"\nurl = "{url}"\n' for n, url in enumerate(urls))
    path.write_text(f'title = "Speed"\n{links}')
    return path


def readmore(folder: Path, urls: list[str], name: str) -> Ran:
    """`fetch` into a new archive."""
    script = folder / "readmore_run.py"
    script.write_text(READMORE)
    return run([str(script), str(seed_file(folder, urls, name)), str(folder / name)])


def main() -> None:
    """Run the contestants one after the other."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--pages", type=int, default=500)
    parser.add_argument("--hosts", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scrapy", help="a Python that has Scrapy and trafilatura")
    parser.add_argument(
        "--memory", action="store_true", help="readmore's peak memory at 100 and at 5,000 pages"
    )
    options = parser.parse_args()
    count = 5000 if options.memory else options.pages
    bodies = pages(options.data, count)
    with tempfile.TemporaryDirectory() as name, served(bodies, options.hosts) as urls:
        folder = Path(name)
        if options.memory:
            for n in (100, 5000):
                result = readmore(folder, urls[:n], f"memory{n}")
                print(f"readmore, {n} pages: {n / result.seconds:.1f} pages/s, peak {result.peak:.0f} MB")
            return
        compare(folder, bodies, urls, options.scrapy, options.rounds)


def compare(folder: Path, bodies: list[bytes], urls: list[str], scrapy: str | None, rounds: int) -> None:
    """Every contestant in turn, several times over, and the ratios of the medians."""
    import pickle

    (folder / "bodies").write_bytes(pickle.dumps(bodies))
    (folder / "urls.json").write_text(json.dumps(urls))
    scripts = {
        "floor, defaults": FLOOR.replace("{options}", ""),
        "floor, fast": FLOOR.replace("{options}", "fast=True, include_comments=False"),
        "requests": REQUESTS,
    } | ({"scrapy": SCRAPY} if scrapy else {})
    for name, script in scripts.items():
        _script(folder, name).write_text(script)
    results: dict[str, list[Ran]] = {}
    for turn in range(rounds):
        for name in scripts:
            source = folder / ("bodies" if name.startswith("floor") else "urls.json")
            python = scrapy if name == "scrapy" and scrapy else sys.executable
            results.setdefault(name, []).append(run([str(_script(folder, name)), str(source)], python))
        results.setdefault("readmore", []).append(readmore(folder, urls, f"speed{turn}"))
        command = [
            "cli.py",
            "--archive",
            str(folder / f"whole{turn}"),
            "fetch",
            str(folder / f"speed{turn}.toml"),
        ]
        more = ["--delay", "0", "--no-wayback", "--allow-private", "--quiet"]
        results.setdefault("whole command", []).append(run([*command, *more]))
    _print(results, len(urls), rounds, scrapy)


def _script(folder: Path, name: str) -> Path:
    return folder / f"run_{name.replace(', ', '_')}.py"


def _print(results: dict[str, list[Ran]], count: int, rounds: int, scrapy: str | None) -> None:
    """A table of medians; rates between the slowest and the fastest round."""
    rates = {
        name: sorted(count / (one.seconds or one.whole) for one in runs) for name, runs in results.items()
    }
    ours = statistics.median(rates["readmore"])
    print(f"{count} pages, {len(os.sched_getaffinity(0))} cores, medians of {rounds} rounds\n")
    print(
        f"{'':18}{'pages/s':>9}{'(min-max)':>14}{'readmore is':>13}{'CPU ms/page':>13}{'peak MB':>9}{'pages':>7}"
    )
    for name, runs in results.items():
        rate = statistics.median(rates[name])
        spread = f"({rates[name][0]:.1f}-{rates[name][-1]:.1f})"
        cpu = 1000 * statistics.median(one.cpu for one in runs) / count
        peak = max(one.peak for one in runs)
        print(
            f"{name:18}{rate:9.1f}{spread:>14}{ours / rate:12.2f}x{cpu:13.1f}{peak:9.0f}{runs[0].pages or count:7}"
        )
    if not scrapy:
        print("scrapy: not run (--scrapy PYTHON)")


if __name__ == "__main__":
    main()
