"""`fetch` as a process of its own, to be killed; and whom it leaves behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RUNNER = Path(__file__).with_name("runner.py")
PATIENCE = 120  # seconds for one crawl of these tests: ten times what it takes on two busy cores
LINGER = 20.0  # seconds that workers may outlive a dead run; one that is still importing on a busy machine took over 5


def words(archive: Path, seeds: Sequence[Path], program: Path = ROOT / "cli.py") -> list[str]:
    """The command line of a fetch."""
    options = ["--allow-private", "--no-wayback", "--delay", "0", "--quiet"]
    return [sys.executable, str(program), "--archive", str(archive), "fetch", *map(str, seeds), *options]


def start(command: Sequence[str], env: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    """Begin; what it says is read by `ended`."""
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT), **(env or {})}
    surroundings.pop("READMORE_ARCHIVE", None)
    return subprocess.Popen(
        command, cwd=ROOT, env=surroundings, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def ended(child: subprocess.Popen[str]) -> tuple[int, str]:
    """Wait for the end: exit code, and all that was printed."""
    try:
        out, err = child.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        child.kill()
        out, err = child.communicate()
        raise AssertionError(f"still at work after {PATIENCE} s: {out}{err}") from None
    return child.returncode, out + err


def finish(archive: Path, *seeds: Path) -> tuple[int, str]:
    """A fetch from start to end."""
    return ended(start(words(archive, seeds)))


def killed(child: subprocess.Popen[str], after: float, started: Callable[[], bool] = lambda: True) -> bool:
    """SIGKILL it after some seconds, and see that its workers end too. False where it was faster.

    Args:
        child: the run.
        after: seconds, from when `started` is true.
        started: asked again and again.
    """
    while not started() and child.poll() is None:
        time.sleep(0.02)
    try:
        child.wait(after)
    except subprocess.TimeoutExpired:
        family = descendants(child.pid)
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        left = outlive(family)
        assert not left, f"outlived their killed run by {LINGER} s: {[_named(pid) for pid in left]}"
    out, err = child.communicate()
    if child.returncode == -signal.SIGKILL:
        return True
    assert child.returncode == 2, f"exit {child.returncode}: {out}{err}"
    return False


def descendants(pid: int) -> dict[int, str]:
    """The processes below one: their start times, which tell a process from a later one of the same number."""
    parents: dict[int, list[int]] = {}
    starts: dict[int, str] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and (fields := _stat(int(entry.name))):
            parents.setdefault(int(fields[1]), []).append(int(entry.name))
            starts[int(entry.name)] = fields[19]
    found, look = {}, [pid]
    while look:
        for child in parents.get(look.pop(), []):
            found[child] = starts[child]
            look.append(child)
    return found


def outlive(family: Mapping[int, str]) -> list[int]:
    """Those that are still alive after `LINGER` seconds."""
    until = time.monotonic() + LINGER
    while left := [pid for pid, start in family.items() if _alive(pid, start)]:
        if time.monotonic() > until:
            return left
        time.sleep(0.02)
    return []


def _named(pid: int) -> str:
    """What it runs, where it can be told."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        words = "gone just now"
    return f"{pid}: {words[:120]}"


def _alive(pid: int, start: str) -> bool:
    fields = _stat(pid)
    return bool(fields) and fields[19] == start and fields[0] not in {"Z", "X"}


def _stat(pid: int) -> list[str]:
    """What proc(5) says of a process, from its state (field 3) on."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
