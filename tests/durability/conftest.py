"""A small web to crawl, its seed, and what an undisturbed run leaves: for tests of disks without room."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from checks import content
from children import finish
from small_web import SmallWeb

PAGES = 60


@pytest.fixture(scope="module")
def web() -> Iterator[SmallWeb]:
    with SmallWeb(PAGES) as web:
        yield web


@pytest.fixture
def seed(web: SmallWeb, tmp_path: Path) -> Path:
    web.forget()
    path = tmp_path / "seed.toml"
    path.write_text(web.seed())
    return path


@pytest.fixture(scope="module")
def calm(web: SmallWeb, tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What an undisturbed run leaves."""
    folder = tmp_path_factory.mktemp("calm")
    (folder / "seed.toml").write_text(web.seed())
    assert finish(folder / "a", folder / "seed.toml")[0] == 2
    return content(folder / "a")
