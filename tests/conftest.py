"""Fixtures every test may use, and the guard that keeps tests on loopback."""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ran import Ran

ROOT = Path(__file__).resolve().parent.parent
os.environ["READMORE_STANCE_MODEL"] = "linear"  # what isn't about the model takes the quick one
# Files that take half a minute or more beside another process, longest first: idle machine of two cores, 2026-11-26.
LONG = (
    "browse/test_safety.py",
    "durability/test_points.py",
    "durability/test_kill.py",
    "durability/test_disk.py",
    "hostile/test_hostile.py",
    "durability/test_processes.py",
    "durability/test_disk_parts.py",
    "cluster/test_asking.py",
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where several processes share the tests, the longest files come first: else one works on alone at the end."""
    if hasattr(config, "workerinput"):
        places = {ROOT / "tests" / name: place for place, name in enumerate(LONG)}
        items.sort(key=lambda item: places.get(item.path, len(LONG)))  # stable: the others stay in order


class NetworkGuardError(AssertionError):
    """A test tried to reach beyond 127.0.0.1."""


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in {"localhost", ""}


@pytest.fixture(autouse=True, scope="session")
def only_loopback() -> Iterator[None]:
    """Fail any test that connects, or looks a name up, outside loopback."""
    connect, lookup = socket.socket.connect, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and not _loopback(str(address[0])):
            raise NetworkGuardError(f"connection to {address!r}")
        connect(self, address)

    def guarded_lookup(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else str(host or "")
        if name.endswith(".invalid"):  # reserved names never resolve (RFC 6761): the honest "no such host"
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        if not _loopback(name):
            raise NetworkGuardError(f"name lookup of {name!r}")
        return lookup(host, *args, **kwargs)

    socket.socket.connect = guarded_connect  # type: ignore[method-assign]
    socket.getaddrinfo = guarded_lookup
    yield
    socket.socket.connect = connect  # type: ignore[method-assign]
    socket.getaddrinfo = lookup


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of measuring data; tests that need it skip where it is not there."""
    folder = Path(os.environ.get("READMORE_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no measuring data at {folder.name}/ (set READMORE_DATA)")
    return folder


@pytest.fixture
def readmore(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Runs the command line in this process, in a terminal of 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("READMORE_ARCHIVE", raising=False)

    def run(*words: object) -> Ran:
        from recommender import cli

        monkeypatch.setattr(sys, "argv", ["readmore", *map(str, words)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        captured = capsys.readouterr()
        return Ran(int(str(ended.value.code)), captured.out, captured.err)

    return run


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine whose resolver answers nothing: only loopback can be reached, and no archive is there to be spared."""
    from recommender.crawl.pace import Pace

    monkeypatch.setattr(Pace, "wait", lambda self: None)
    lookup = socket.getaddrinfo

    def no_names(host: Any, *args: Any, **kwargs: Any) -> Any:
        if _loopback(str(host)):
            return lookup(host, *args, **kwargs)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", no_names)
