"""How the making of an index grows: CPU and wall time, bytes and memory at 10,000, 100,000 and a million articles.

    python benchmarks/index_growth.py ../shared/data [SIZE …] [--keep FOLDER]

Made-up articles of some 460 words, those of topic_speed.py, on one core, so that all the work is this process's:
its CPU (user and system) hangs less on what else the machine does than the clock. Making the articles up is timed
alone and taken off. Each size's CPU an article is compared with the first size's.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import time
from collections import deque
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benchmarks.topic_speed import documents
from recommender.topic.index import TopicIndex

SIZES = (10_000, 100_000, 1_000_000)


def main() -> None:
    """A line a size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--keep", type=Path, help="keep the indexes in this folder")
    options = parser.parse_args()
    first = None
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as scratch:
        for size in options.sizes:
            begun, clock = cpu(), time.perf_counter()
            deque(documents(options.data, size), maxlen=0)
            made, made_clock = cpu() - begun, time.perf_counter() - clock
            index = TopicIndex.open((options.keep or Path(scratch)) / str(size))
            begun, clock = cpu(), time.perf_counter()
            index.update(documents(options.data, size))
            spent, wall = cpu() - begun - made, time.perf_counter() - clock
            folder = (options.keep or Path(scratch)) / str(size)
            held = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
            each = spent / size * 1e3
            first = first or each
            most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            print(
                f"{size:9,} articles: {spent:.1f} s of CPU ({each:.3f} ms an article, {each / first:.2f} of the first "
                f"size's), {wall:.0f} s by the clock (making them up takes {made_clock:.0f}), {held / 1e6:,.0f} MB, "
                f"{held / size / 1e3:.2f} kB an article, {len(index.state.entries)} segments, "
                f"{most / 1024:,.0f} MB of memory",
                flush=True,
            )


def cpu() -> float:
    """CPU seconds of this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
