"""What each behaviour of the hostile server costs `fetch` when it is alone: fate, seconds, memory.

    python benchmarks/bad_manners.py [GROUP]...       heads, bodies, ways, robots, pages; all of them in ten minutes

Prints a Markdown table. Seconds are those that the server's connections were open, all attempts together, under
`--timeout 2`; MB is the peak RSS of the largest process, and the PSS of all processes of the fetch together.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "hostile")]

from hostile.server import Hostile  # noqa: E402 - the path comes first
from test_hostile import GROUPS, problems, run  # noqa: E402


def main(groups: list[str]) -> int:
    """Fetch each behaviour by itself; 2 where one does not end as stated."""
    print("| behaviour | ends as | s | MB, largest | MB, all |\n|---|---|---|---|---|")
    wrong: list[str] = []
    for case in (case for group in groups or GROUPS for case in GROUPS[group]):
        with tempfile.TemporaryDirectory() as folder, Hostile([case]) as hostile:
            found = run([case], hostile, Path(folder) / "a")
            wrong += problems([case], hostile, found)
            row = found.rows[case.name]
            ends = ": ".join(str(part) for part in (row["state"], row["reason"]) if part)
            held = hostile.held(case.name)
        print(
            f"| {case.name} | {ends} | {held:.1f} | {found.largest:.0f} | {found.together:.0f} |", flush=True
        )
    print("\n".join(wrong), file=sys.stderr)
    return 2 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
