"""A loopback server, a client and a web archive's client over it, whose time passes only when somebody sleeps."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from archive_stand_in import Clock
from servers import Server

from recommender.crawl.http import Client
from recommender.crawl.wayback import Wayback


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


@pytest.fixture
def client() -> Iterator[Client]:
    with Client(
        "readmore-test", connect_timeout=1, read_timeout=1, total_timeout=2, allow_private=True
    ) as made:
        yield made


@pytest.fixture
def wayback(server: Server, client: Client, clock: Clock) -> Wayback:
    return Wayback(client, server.url(), cdx_interval=0, replay_interval=0, sleep=clock.sleep, clock=clock)
