"""pywb as the Wayback Machine: a real web archive on loopback, holding the WARC files it is given."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

CONFIG = """
collections_root: collections
enable_memento: true
framed_replay: false
redirect_to_exact: true
"""
PATIENCE = 30.0  # seconds for pywb to answer; it starts in three


def programs(root: Path) -> Path:
    """The folder of pywb's programs, from `.pywb` or the environment; the test skips where there is none."""
    folder = Path(os.environ.get("READMORE_PYWB", root / ".pywb")) / "bin"
    if not (folder / "wayback").exists():
        pytest.skip(
            "no pywb (python -m venv .pywb && .pywb/bin/pip install -c tests/pywb-constraints.txt pywb wacz)"
        )
    return folder


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextlib.contextmanager
def serve(folder: Path, warcs: Sequence[Path], bin_folder: Path) -> Iterator[str]:
    """Serve WARC or WACZ files as the collection `web`; gives the base URL to hand to `--wayback-url`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.yaml").write_text(CONFIG, encoding="utf-8")
    manager = str(bin_folder / "wb-manager")
    subprocess.run([manager, "init", "web"], cwd=folder, check=True, capture_output=True)
    for warc in warcs:
        shutil.copy(warc, folder / warc.name)
        words = ["--unpack-wacz"] if warc.suffix == ".wacz" else []
        subprocess.run(
            [manager, "add", *words, "web", warc.name], cwd=folder, check=True, capture_output=True
        )
    port = free_port()
    with (folder / "pywb.log").open("w") as log:
        server = subprocess.Popen(
            [str(bin_folder / "wayback"), "-b", "127.0.0.1", "-p", str(port)],
            cwd=folder,
            stdout=log,
            stderr=log,
        )
    try:
        base = f"http://127.0.0.1:{port}"
        _wait(base, server, folder / "pywb.log")
        yield base
    finally:
        server.terminate()
        server.wait(timeout=10)


def _wait(base: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if server.poll() is not None:
            raise RuntimeError(f"pywb ended: {log.read_text()[-500:]}")
        try:
            with urllib.request.urlopen(base, timeout=2):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"pywb does not answer: {log.read_text()[-500:]}")
