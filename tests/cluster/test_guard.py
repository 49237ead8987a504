"""A page at which readers die is passed over after the second death."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from recommender.cluster.guard import Guard

READER = """
import sys
from pathlib import Path
from recommender.cluster.guard import Guard
guard = Guard(Path(sys.argv[1]), slow=0.2)
for page in range(1, 9):
    if guard.deadly(page):
        continue
    with guard.at(page):
        if page == 4:
            import os
            os._exit(9)
        if page == 6:
            import re
            re.match(r"(a+)+$", "a" * 40 + "b")  # holds Python's lock for years
guard.close(done=True)
"""


def read(marks: Path) -> int:
    """One reader's end."""
    return subprocess.run([sys.executable, "-c", READER, marks], timeout=30, check=False).returncode


def test_two_deaths_at_each_of_two_pages_then_the_file_is_read(tmp_path: Path) -> None:
    """Also where other pages are read again in between, and where the reader hears nothing."""
    marks = tmp_path / "marks"
    ends = [read(marks) for _ in range(5)]
    assert ends == [9, 9, 1, 1, 0]
    assert not marks.exists()


def test_another_living_reader_is_no_death(tmp_path: Path) -> None:
    """Its marks are its own."""
    first = Guard(tmp_path / "marks")
    with first.at(3):
        for _ in range(3):
            second = Guard(tmp_path / "marks")
            assert not second.deadly(3)
            second.close(done=True)
    first.close(done=True)
    assert list(tmp_path.iterdir()) == []


def test_a_worker_killed_from_outside_costs_no_page(tmp_path: Path) -> None:
    """One death may have been anything."""
    code = READER.replace("page == 4", "False").replace("page == 6", "False").replace(
        "with guard.at(page):", "with guard.at(page):\n        print(page, flush=True); input()\n        pass"
    )  # fmt: skip
    with subprocess.Popen(
        [sys.executable, "-c", code, tmp_path / "marks"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as reader:
        assert reader.stdout is not None
        reader.stdout.readline()
        os.kill(reader.pid, signal.SIGKILL)
    guard = Guard(tmp_path / "marks")
    assert not guard.deadly(1)
    guard.close(done=True)
