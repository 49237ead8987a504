"""The demo, running, and ways to ask it.

Puts the project's folder on the path too: demo/ is no part of the installed package.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from demo.newspaper import ANY_PORTS, Newspaper


@pytest.fixture(scope="module")
def paper() -> Iterator[Newspaper]:
    with Newspaper(ANY_PORTS) as running:
        yield running


@pytest.fixture(scope="module")
def web() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False  # no proxy of this machine
        yield session


@pytest.fixture
def get(web: requests.Session) -> Any:
    def ask(url: str, method: str = "GET", **headers: str) -> requests.Response:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.request(method, url, headers=names, allow_redirects=False, timeout=5)

    return ask


@pytest.fixture
def cdx(paper: Newspaper, web: requests.Session) -> Any:
    def ask(**query: Any) -> Any:
        names = {name.rstrip("_"): value for name, value in query.items()}
        address = f"{paper.web_archive.base}/cdx/search/cdx"
        return web.get(address, params={"output": "json", **names}, timeout=5).json()

    return ask


@pytest.fixture
def dead(paper: Newspaper) -> str:
    """The address of the piece that only the web archive has."""
    (piece,) = (piece for piece in paper.pieces if piece.dead)
    return paper.url(piece)
