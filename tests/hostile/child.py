"""`readmore fetch` in a process of its own, watched: what it says, how long it takes, how much memory it and its
children hold. What runs over its time is killed, and that is an error of the test."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
POLL = 0.05  # seconds between looks at the memory


@dataclass(frozen=True)
class Fetched:
    """What one run came to."""

    rows: dict[str, dict[str, Any]]  # by the reference's title
    code: int
    err: str
    seconds: float
    largest: float  # MB, peak RSS of the largest of its processes (exact: VmHWM)
    together: float  # MB, peak of all its processes' PSS (shared pages counted once; polled)


def fetch(
    archive: Path,
    urls: Mapping[str, str],
    *words: str,
    limit: float,
    env: Mapping[str, str] | None = None,
) -> Fetched:
    """Fetch references, each named by its title, from a seed file that lists them."""
    seed = archive.with_suffix(".toml")
    entries = (
        f"[[reference]]\ntitle = {json.dumps(title)}\nurl = {json.dumps(url)}\n"
        for title, url in urls.items()
    )
    seed.write_text('title = "Seed"\n' + "".join(entries), encoding="utf-8")
    command = [
        sys.executable,
        str(ROOT / "cli.py"),
        "--archive",
        str(archive),
        "fetch",
        str(seed),
        "--no-wayback",
    ]
    command += ["--delay", "0", "--format", "json", *words]
    with (archive.with_suffix(".out")).open("w+") as out, (archive.with_suffix(".err")).open("w+") as err:
        start = time.monotonic()
        clean = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
        process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=err, env={**clean, **(env or {})})
        largest = together = 0.0
        while process.poll() is None:
            if time.monotonic() - start > limit:
                process.kill()
                process.wait(10)
                raise AssertionError(f"fetch hung: killed after {limit:.0f} s")
            one, all_of_them = memory(process.pid)
            largest, together = max(largest, one), max(together, all_of_them)
            time.sleep(POLL)
        out.seek(0)
        err.seek(0)
        rows = json.loads(out.read() or "[]")
        found = {str(row["title"]): row for row in rows}
        took = time.monotonic() - start
        return Fetched(found, process.returncode, err.read(), took, largest, together)


def memory(pid: int) -> tuple[float, float]:
    """MB of a process and its children: the largest one's peak RSS, and the PSS of all of them now."""
    peaks, shares = [0.0], [0.0]
    for one in family(pid):
        with contextlib.suppress(OSError, StopIteration):
            status = Path(f"/proc/{one}/status").read_text()
            rollup = Path(f"/proc/{one}/smaps_rollup").read_text()
            peaks.append(kilobytes(status, "VmHWM:") / 1000)
            shares.append(kilobytes(rollup, "Pss:") / 1000)
    return max(peaks), sum(shares)


def kilobytes(text: str, name: str) -> float:
    return float(next(line for line in text.splitlines() if line.startswith(name)).split()[1])


def family(pid: int) -> Iterable[int]:
    """A process and all below it."""
    yield pid
    with contextlib.suppress(OSError):
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in children.read_text().split():
                yield from family(int(child))
