"""A Dask scheduler and workers as processes on loopback, to be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

HERE = Path(__file__).resolve().parent


class RealCluster:
    """A scheduler and some workers, each with its nanny."""

    def __init__(self, folder: Path, workers: int = 3) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._file = folder, folder / "scheduler.json"
        self.scheduler = self._start(
            "scheduler",
            "--host",
            "127.0.0.1",
            "--port",
            "0",
            "--no-dashboard",
            "--scheduler-file",
            self._file,
        )
        self._wait_for(self._file.is_file)
        self.nannies = [
            self._start(
                "worker", "--scheduler-file", self._file, "--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1",
                "--memory-limit", "1GB", "--local-directory", folder / f"w{number}",
                "--preload", HERE / "deadly.py",
            )
            for number in range(workers)
        ]  # fmt: skip

    @property
    def address(self) -> str:
        """Of the scheduler."""
        import json

        return str(json.loads(self._file.read_text())["address"])

    def pids(self) -> list[int]:
        """The workers' own processes."""
        found = []
        for nanny in self.nannies:
            if nanny.poll() is None:
                children = psutil.Process(nanny.pid).children(recursive=True)
                found += [one.pid for one in children if "spawn_main" in " ".join(one.cmdline())]
        return found

    def kill(self, pid: int) -> None:
        """SIGKILL, as the kernel's killer does."""
        os.kill(pid, signal.SIGKILL)

    def close(self) -> None:
        """End what is left."""
        for process in [*self.nannies, self.scheduler]:
            if process.poll() is None:
                everyone = [*psutil.Process(process.pid).children(recursive=True), process]
                for one in everyone:
                    try:
                        one.kill()
                    except psutil.NoSuchProcess:
                        continue
            process.wait()

    def _start(self, what: str, *words: object) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.dask_{what}", *map(str, words)]
        with (self._folder / f"{what}.log").open("ab") as log:
            return subprocess.Popen(command, stdout=log, stderr=log, cwd=HERE.parent.parent)

    @staticmethod
    def _wait_for(true: object, seconds: float = 30) -> None:
        until = time.monotonic() + seconds
        while not true():  # type: ignore[operator]
            assert time.monotonic() < until, "it did not start"
            time.sleep(0.05)
