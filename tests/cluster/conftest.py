"""A crawl of an invented newspaper and the shards that were built of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("distributed", reason="the extra `cluster` is not installed")

from crawl_files import Here, article, warc

from recommender.cluster.build import Wanted, build

FILES, PAGES = 3, 40


@pytest.fixture(scope="session")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Three files of forty articles."""
    folder = tmp_path_factory.mktemp("crawl")
    return [
        str(warc(folder / f"{n}.warc.gz", [article(100 * n + m) for m in range(PAGES)], day=n + 1))
        for n in range(FILES)
    ]


@pytest.fixture(scope="session")
def sharded(crawl: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All of it in seven shards. Not to be changed."""
    folder = tmp_path_factory.mktemp("built") / "shards"
    build(Here(), folder, Wanted(tuple(crawl), 7))
    return folder


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[object]:
    """A scheduler and three workers."""
    from real_cluster import RealCluster

    started = RealCluster(tmp_path / "cluster")
    yield started
    started.close()
