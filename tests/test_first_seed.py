"""The first seed, end to end: without a network, then with a web archive (pywb) as the only thing reachable.

The pages the archive holds are made here: the addresses and titles are facts, the text says that it stands
in for the article and is nobody's words.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pywb_archive import programs, serve
from ran import Ran
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from recommender.errors import EXIT_OK, EXIT_UNREACHABLE

SITE = "https://www.washingtonpost.com"
SEED_URL = f"{SITE}/opinions/2020/01/11/why-soleimanis-killing-is-gift-vladimir-putin/"
PIECES = {
    "/opinions/2020/01/07/this-is-what-real-iran-strategy-would-look-like/": (
        "David Ignatius",
        "This is what a real Iran strategy would look like",
    ),
    "/opinions/2020/01/08/trumps-iran-strategy-is-still-failure/": (
        "Max Boot",
        "Trump’s Iran strategy is still a failure",
    ),
    "/opinions/global-opinions/proclaiming-victory/2020/01/08/3fae-11ea_story.html": (
        "The Post’s View",
        "Proclaiming Trump victorious in Iran is shortsighted and premature",
    ),
    "/opinions/2020/01/09/andrew-mccabe-oped-iran-soleimani/": (
        "Andrew McCabe",
        "If you think Iran is done retaliating, think again",
    ),
    "/opinions/2020/01/08/trump-wins-his-standoff-with-iran/": (
        "Marc A. Thiessen",
        "Trump wins his standoff with Iran",
    ),
}
STAND_IN = "This paragraph stands in for an article in a test and is not its text; it goes on with {words}."


def filler(number: int, paragraph: int) -> str:
    """Words that no other page holds, so that the pages are not copies of one another."""
    return " ".join(f"filler{number}{paragraph}{letter}" for letter in "abcdefghijklmnopqrstuvwxyz")


def page(title: str, author: str, number: int, links: str = "") -> bytes:
    paragraphs = "".join(f"<p>{STAND_IN.format(words=filler(number, i))}</p>" for i in range(1, 9))
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>
      <meta name="author" content="{author}"><meta property="og:site_name" content="The Washington Post">
      </head><body><article><h1>{title}</h1>{paragraphs}{links}</article></body></html>""".encode()


def write_warc(path: Path) -> None:
    """The seed's page with its list, and the five pieces, as captured in January 2020."""
    links = "".join(
        f'<p><a href="{SITE}{place}"><b>{author}: {title}</b></a></p>'
        for place, (author, title) in PIECES.items()
    )
    seed = page(
        "Why Soleimani’s killing is a gift to Vladimir Putin", "Dennis Ross", 0, f"<p>Read more:</p>{links}"
    )
    pages = {SEED_URL: seed} | {
        SITE + place: page(title, author, number)
        for number, (place, (author, title)) in enumerate(PIECES.items(), 1)
    }
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for url, body in pages.items():
            headers = StatusAndHeaders(
                "200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1"
            )
            record = writer.create_warc_record(
                url,
                "response",
                payload=io.BytesIO(body),
                length=len(body),
                http_headers=headers,
                warc_headers_dict={"WARC-Date": "2020-01-12T06:00:00Z"},
            )
            writer.write_record(record)


def test_without_a_network_all_is_pending_and_said_so(
    root: Path, tmp_path: Path, offline: None, readmore: Callable[..., Ran]
) -> None:
    """Five pending rows with a reason each, one clear line at the end, exit 3."""
    words = ("--archive", tmp_path / "a", "fetch", root / "seeds" / "ross-soleimani-putin.toml")
    ran = readmore(*words, "--format", "json")
    assert ran.code == EXIT_UNREACHABLE
    assert [row["state"] for row in ran.json()] == ["pending"] * 5
    assert all("looked up" in row["reason"] for row in ran.json())
    again = readmore(*words)
    assert again.code == EXIT_UNREACHABLE
    assert "5 references: 5 pending. Nothing could be reached" in again.out
    assert max(map(len, again.out.splitlines())) <= 80


@pytest.mark.pywb
def test_with_a_web_archive_all_five_are_resolved_and_archived(
    root: Path, tmp_path: Path, offline: None, readmore: Callable[..., Ran]
) -> None:
    """After a run without network, a run with an archive resolves and archives every one, via Wayback."""
    warc = tmp_path / "pages.warc.gz"
    write_warc(warc)
    archive = ("--archive", tmp_path / "a")
    words = (*archive, "fetch", root / "seeds" / "ross-soleimani-putin.toml", "--delay", "0")
    assert readmore(*words, "--quiet").code == EXIT_UNREACHABLE
    with serve(tmp_path / "pywb", [warc], programs(root)) as base:
        ran = readmore(*words, "--wayback-url", base, "--format", "json")
    assert ran.code == EXIT_OK, ran.out
    rows = ran.json()
    assert [row["state"] for row in rows] == ["archived"] * 5
    assert [row["via"] for row in rows] == ["wayback"] * 5
    assert [row["url"] for row in rows] == [SITE + place for place in PIECES]
    assert [row["resolved_by"] for row in rows] == ["memento"] * 3 + ["seed file", "memento"]
    moment = datetime(2020, 1, 12, 6, tzinfo=UTC)
    assert {datetime.fromisoformat(row["captured_at"]) for row in rows} == {moment}
    ranked = readmore(*archive, "similar", "--format", "json", "--among", "refs")
    assert len(ranked.json()) == 5
