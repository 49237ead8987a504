"""The newspaper's servers behave as real ones do, on 127.0.0.1 alone."""

from __future__ import annotations

import socket
import tomllib
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import lxml.html
import pytest

from demo.newspaper import ANY_PORTS, GONE, PORTS, Newspaper
from demo.pieces import Piece


def piece(paper: Newspaper, key: str) -> Piece:
    return next(piece for piece in paper.pieces if piece.key == key)


def test_an_old_address_redirects_to_the_new_one(paper: Newspaper, get: Any) -> None:
    story = piece(paper, "wickham-mayor-mistakes")
    reply = get(paper.ledger.base + story.old_paths[0])
    assert (reply.status_code, reply.headers["Location"]) == (301, paper.url(story))
    assert get(reply.headers["Location"]).status_code == 200


def test_a_missing_page_is_404_and_a_withdrawn_one_410(paper: Newspaper, get: Any) -> None:
    assert get(f"{paper.ledger.base}/nowhere").status_code == 404
    assert get(paper.ledger.base + GONE).status_code == 410
    assert get(paper.weekly.base + GONE).status_code == 404


def test_the_reprint_has_the_same_text_and_names_the_first_as_canonical(paper: Newspaper, get: Any) -> None:
    story = piece(paper, "krall-hearing")
    assert story.reprint
    first = lxml.html.fromstring(get(paper.url(story)).content)
    second = lxml.html.fromstring(get(paper.weekly.base + story.reprint.path).content)
    assert second.xpath("string(//link[@rel='canonical']/@href)") == paper.url(story)
    assert first.xpath("//article/p[not(@class)]/text()") == second.xpath("//article/p[not(@class)]/text()")
    assert first.xpath("string(//h1)") != second.xpath("string(//h1)")


def test_robots_txt_closes_the_listed_piece_of_the_weekly_alone(paper: Newspaper, get: Any) -> None:
    from protego import Protego

    outlets = {"ledger": paper.ledger.base, "weekly": paper.weekly.base}
    rules = {name: Protego.parse(get(f"{base}/robots.txt").text) for name, base in outlets.items()}
    closed = [
        line.author
        for line in paper.seed.more
        if not rules[line.outlet].can_fetch(outlets[line.outlet] + line.path, "readmore")
    ]
    assert closed == ["Ruben Aske"]


def test_a_current_copy_is_not_sent_again(paper: Newspaper, get: Any) -> None:
    first = get(paper.seed_url)
    tag, modified = first.headers["ETag"], first.headers["Last-Modified"]
    assert parsedate_to_datetime(modified) == paper.seed.published
    for conditions in (
        {"If_None_Match": tag},
        {"If_None_Match": f'"x", W/{tag}'},
        {"If_Modified_Since": modified},
    ):
        again = get(paper.seed_url, **conditions)
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)


def test_a_stale_copy_is_sent_again(paper: Newspaper, get: Any) -> None:
    modified = get(paper.seed_url).headers["Last-Modified"]
    assert get(paper.seed_url, If_None_Match='"other"').status_code == 200
    assert get(paper.seed_url, If_None_Match='"other"', If_Modified_Since=modified).status_code == 200
    assert get(paper.seed_url, If_Modified_Since="Fri, 15 Mar 2024 00:00:00 GMT").status_code == 200
    assert get(paper.seed_url, If_Modified_Since="yesterday").status_code == 200


def test_head_gives_the_headers_of_get_and_no_body(paper: Newspaper, get: Any) -> None:
    head, full = get(paper.seed_url, "HEAD"), get(paper.seed_url)
    assert head.content == b""
    assert int(head.headers["Content-Length"]) == len(full.content)
    assert head.headers["ETag"] == full.headers["ETag"]


def test_the_servers_listen_on_loopback_alone(paper: Newspaper) -> None:
    for server in (paper.ledger, paper.weekly, paper.web_archive):
        assert server._listener.socket.getsockname()[0] == "127.0.0.1"
        assert server.base == f"http://127.0.0.1:{server.port}"


def test_the_log_keeps_what_was_asked_and_how_it_was_answered(paper: Newspaper, get: Any) -> None:
    get(f"{paper.weekly.base}/asked?for=this", User_Agent="a test")
    request, status = paper.weekly.log[-1]
    assert (request.target, request.headers["user-agent"], status) == ("/asked?for=this", "a test", 404)


def test_leaving_gives_the_ports_back() -> None:
    with Newspaper(ANY_PORTS) as first:
        ports = (first.ledger.port, first.weekly.port, first.web_archive.port)
    with Newspaper(ports) as second:
        assert second.ledger.port == ports[0]


def test_a_taken_port_is_an_error_that_holds_no_other_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, socket.create_server(("127.0.0.1", 0)) as spare:
        free = spare.getsockname()[1]
        spare.close()
        with pytest.raises(OSError, match="in use"), Newspaper((free, taken.getsockname()[1], 0)):
            pass
        with Newspaper((free, 0, 0)) as paper:
            assert paper.ledger.port == free


def test_the_sample_seed_points_to_the_newspaper_at_its_usual_ports(paper: Newspaper, root: Path) -> None:
    sample = tomllib.loads((root / "seeds" / "sample.toml").read_text(encoding="utf-8"))
    assert sample["url"] == f"http://127.0.0.1:{PORTS[0]}{paper.seed.path}"
    assert (sample["title"], sample["author"]) == (paper.seed.title, paper.seed.author)
    listed = {(line.author, line.title): line for line in paper.seed.more}
    for item in sample["reference"]:
        line = listed[item["author"], item["title"]]
        port = PORTS[line.outlet == "weekly"]
        assert item.get("url") in {None, f"http://127.0.0.1:{port}{line.path}"}
