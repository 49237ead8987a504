"""`snowball` on a small web of lists: breadth first, within its depth and limit, gone on with by the next run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from ran import Ran
from servers import Reply, Server

Readmore = Callable[..., Ran]
# Who names whom: two lists share a piece, one leads back to the start.
LISTS = {
    "harbour": "ferry pier",
    "ferry": "quay dock",
    "pier": "dock harbour",
    "quay": "buoy",
    "dock": "",
    "buoy": "",
}


def page(name: str, links: str, server: Server) -> bytes:
    text = "".join(
        f"<p>{' '.join(f'{name}{word}{n}' for word in ('lamp', 'rope', 'tide', 'gull', 'mast'))} stood there.</p>"
        for n in range(25)
    )
    named = "".join(
        f'<li><a href="{server.url(f"/{one}")}">A piece about the {one}</a></li>' for one in links.split()
    )
    more = f"<h3>Read more</h3><ul>{named}</ul>" if named else ""
    title = f"A piece about the {name}"
    return f"<html><title>{title}</title><body><article><h1>{title}</h1>{text}{more}</article></body></html>".encode()


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        for name, links in LISTS.items():
            server.add(
                f"/{name}", Reply(body=page(name, links, server), headers=(("Content-Type", "text/html"),))
            )
        yield server


def asked(server: Server) -> list[str]:
    return [request.path.strip("/") for request in server.requests if request.path != "/robots.txt"]


@pytest.fixture
def words(server: Server, tmp_path: Path) -> tuple[object, ...]:
    return (
        "--archive", tmp_path / "a", "snowball", server.url("/harbour"), "--no-wayback", "--allow-private",
        "--delay", "0", "--format", "json",
    )  # fmt: skip


def test_lists_of_listed_pieces_are_fetched_breadth_first_and_once(
    words: tuple[object, ...], server: Server, readmore: Readmore
) -> None:
    """All of depth 1 before any of depth 2; a piece on two lists is asked for once."""
    ran = readmore(*words, "--depth", "2")
    assert ran.code == 0
    got = asked(server)
    assert got[0] == "harbour"
    assert sorted(got[1:3]) == ["ferry", "pier"]
    assert sorted(got[3:]) == ["dock", "quay"]
    assert {(row["depth"], row["state"]) for row in ran.json()} == {(1, "archived"), (2, "archived")}
    assert len(ran.json()) == 6  # harbour's two, ferry's two, pier's two


def test_the_depth_ends_it(words: tuple[object, ...], server: Server, readmore: Readmore) -> None:
    """Depth 1 is what `fetch` does; depth 3 reaches the last."""
    readmore(*words, "--depth", "1")
    assert sorted(asked(server)) == ["ferry", "harbour", "pier"]
    readmore(*words, "--depth", "5")
    assert sorted(asked(server)) == sorted(LISTS)


def test_the_limit_ends_it_and_the_next_run_goes_on(
    words: tuple[object, ...], server: Server, readmore: Readmore
) -> None:
    """What the limit left is pending, said so, and asked for next time."""
    ran = readmore(*words, "--limit", "2", "--depth", "3")
    assert ran.code == 2
    assert len(asked(server)) == 2
    assert [row["state"] for row in ran.json()].count("pending") == 1
    readmore(*words, "--limit", "100", "--depth", "3")
    assert sorted(asked(server)) == sorted(LISTS)


def test_the_table_fits_and_tells_the_account(words: tuple[object, ...], readmore: Readmore) -> None:
    """80 columns; depth by depth; what the limit left."""
    ran = readmore(*words[:-2], "--limit", "3")
    assert max(map(len, ran.out.splitlines())) <= 80
    assert "Depth" in ran.out
    assert "left for the limit" in ran.out
