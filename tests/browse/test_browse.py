"""The Datasette plugin, asked through the real Datasette app over a small invented archive."""

from __future__ import annotations

import json
import re
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from asking import Site, page
from lxml import html
from sqlite_utils import Database

from recommender.browse import cells, text
from recommender.browse.pages import HEADERS, View
from recommender.browse.shaped import reasons
from recommender.store.schema import migrations

NOW = "2024-03-14T09:00:00+00:00"
EVIL = "\u202eevil <script>alert(1)</script><img src=x onerror=alert(2)> {{ 7*7 }}\u200b"
PIECES = [  # id, title, author, outlet, origin
    (1, "The causeway toll is a gift to the ferry barons", "Imre Halloran", "The Tidewater Courier", "live"),
    (2, "Tolls are fair, and the island knows it", "Petra Lindqvist", "The Tidewater Courier", "live"),
    (3, "What Mayor Okafor got wrong about the bridge", "Dov Castellane", "Harbour Weekly", "wayback"),
    (4, "A fair price for a long bridge", "The editors", "Harbour Weekly", "live"),
    (5, "The ferries had their century", "Ana Brandt", "The Inland Post", "import"),
    (6, "Six recipes for samphire", "Lil Osei", "The Inland Post", "import"),
]
RANKED = [  # article, rank, topic, stance, agreement, confidence, blend, listed
    (3, 1, 0.71, "agrees", 0.64, 0.81, 0.77, 1),
    (2, 2, 0.66, "disagrees", -0.58, 0.74, 0.31, 1),
    (5, 3, 0.40, "mixed", 0.05, 0.40, 0.38, 0),
    (4, 4, 0.33, "can't tell", 0.0, 0.1, 0.33, 1),
    (6, 5, 0.02, "can't tell", 0.0, 0.0, 0.2, 0),
]
OURS = (  # an address of each of our pages
    *(
        "",
        "/search?q=samphire",
        "/causeway-toll",
        "/causeway-toll/map",
        "/causeway-toll/compare/3",
        "/compare/2/3",
    ),
    *("/piece/3", "/capture/3", "/causeway-toll.atom", "/causeway-toll.epub", ".json", "/piece/3.json"),
)
TERMS = json.dumps([["causeway", 0.31], ["toll", 0.22], ["ferry", 0.1]])
TARGETS = json.dumps(
    [
        {
            "name": "Mayor Okafor",
            "weight": 0.7,
            "agreement": 0.6,
            "seed": {"polarity": -0.6, "sentence": "Mayor Okafor sold the crossing for a ribbon and a band."},
            "piece": {"polarity": -0.7, "sentence": "The mayor never counted the carts, and it shows."},
        },
        {
            "name": "Causeway Trust",
            "weight": 0.3,
            "agreement": -0.4,
            "seed": {"polarity": -0.5, "sentence": "The Causeway Trust answers to nobody on the island."},
            "piece": {"polarity": 0.5, "sentence": "The Causeway Trust has kept its word.", "quoted": True},
        },
        {
            "name": "Sal Brine",
            "weight": 0.1,
            "agreement": 0.0,
            "seed": {"polarity": 0.1, "sentence": "Sal Brine runs the last ferry."},
            "piece": {"polarity": 0.0, "sentence": None},
        },
    ]
)


def _article(number: int, title: str, author: str, outlet: str, origin: str) -> dict[str, Any]:
    slug = re.sub("[^a-z]+", "-", title.lower()).strip("-")
    return {
        "id": number,
        "title": title,
        "authors": author,
        "outlet": outlet,
        "published": f"2024-02-{number:02}",
        "url": f"https://news.example/{slug}",
        "language": "en",
        "words": 600 + number,
        "origin": origin,
        "digest": f"d{number}",
        "best_capture_id": number if origin in {"live", "wayback"} else None,
        "added_at": NOW,
        "updated_at": NOW,
    }


def _capture(number: int, via: str) -> dict[str, Any]:
    url = f"https://news.example/{number}"
    return {
        "id": number,
        "url": url,
        "final_url": url,
        "article_id": number,
        "captured_at": "2024-02-20T06:00:00+00:00",
        "fetched_at": NOW,
        "via": via,
        "source_url": f"https://web.example/2024/{url}" if via == "wayback" else None,
        "status": 200,
        "size": 48213,
        "verdict": "ok",
        "digest": "sha1:X",
        "warc_file": "a.warc.gz",
        "warc_offset": number * 100,
        "warc_length": 900,
    }


def _link(number: int, title: str, state: str, **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "seed_id": 1,
        "position": number,
        "title": title,
        "kind": "list",
        "url": f"https://news.example/{number}",
        "identity": f"i{number}",
        "resolved_by": "page",
        "confidence": 0.9,
        "state": state,
        "attempts": 1,
        "updated_at": NOW,
    } | more


def make_archive(folder: Path) -> Path:
    """An archive about an invented quarrel over a causeway's toll."""
    path = folder / "readmore.db"
    db = Database(sqlite3.connect(path))
    migrations.apply(db)
    db.table("articles").insert_all(_article(*piece) for piece in PIECES)
    db.table("article_texts").insert_all(
        {"id": number, "title": title, "byline": author, "text": f"{title}.\nThe causeway and its toll."}
        for number, title, author, _, _ in PIECES
    )
    db.table("captures").insert_all(
        _capture(number, origin) for number, _, _, _, origin in PIECES if origin in {"live", "wayback"}
    )
    db.table("seeds").insert_all(
        [
            {
                "id": 1, "key": "causeway-toll", "title": PIECES[0][1], "author": "Imre Halloran",
                "outlet": "The Tidewater Courier", "published": "2024-02-19", "url": "https://news.example/1",
                "source": "seeds/causeway-toll.toml", "article_id": 1, "state": "archived", "added_at": NOW,
            },
            {
                "id": 2, "key": "bare", "title": "A seed without anything", "source": "x", "state": "failed",
                "reason": "no host answered", "added_at": NOW,
            },
        ],
        alter=False,
    )  # fmt: skip
    db.table("links").insert_all(
        [
            _link(1, "What Mayor Okafor got wrong", "archived", article_id=3, capture_id=3),
            _link(2, "Tolls are fair", "archived", article_id=2, capture_id=2),
            _link(3, "A fair price for a long bridge", "unchanged", article_id=4),
            _link(4, "The price is fair (again)", "duplicate", article_id=4, duplicate_of=3),
            _link(5, "The ledger nobody read", "failed", reason="gone: HTTP 410, and no memento", attempts=3),
            _link(6, "Behind the harbour wall", "skipped", reason="robots.txt forbids it"),
            _link(7, EVIL, "pending", url="javascript:alert(1)", reason=EVIL, author="Nobody <b>"),
        ]
    )
    db.table("checks").insert_all(
        {"article_id": number, "url": f"https://news.example/{number}", "checked_at": NOW, "state": state}
        for number, state in ((2, "alive"), (3, "gone"), (4, "unknown"), (2, "unknown"))
    )
    db.table("saves").insert_all(
        {"article_id": number, "url": f"https://news.example/{number}", "job_id": "spn2-1", "state": state,
         "reason": EVIL, "submitted_at": NOW, "updated_at": NOW}
        for number, state in ((2, "submitted"), (3, "archived"))
    )  # fmt: skip
    db.table("changes").insert(
        {"article_id": 3, "from_capture_id": 2, "to_capture_id": 3, "changed_at": NOW, "title_before": "The toll",
         "title_after": EVIL, "words_removed": 1, "words_added": 2, "diff": f"the [-toll-] {{+{EVIL}+}} …"}
    )  # fmt: skip
    db.table("rankings").insert_all(
        {
            "seed_id": 1, "article_id": article, "rank": rank, "topic": topic, "stance": stance,
            "agreement": agreement, "confidence": sure, "blend": blend, "listed": listed, "terms": TERMS,
            "targets": TARGETS if sure > 0.3 else "[]", "computed_at": NOW,
        }
        for article, rank, topic, stance, agreement, sure, blend, listed in RANKED
    )  # fmt: skip
    target = {"name": "Mayor Okafor", "key": "okafor", "polarity": -0.6, "confidence": 0.8, "mentions": 3,
              "evidence": [["The mayor never counted the carts, and it shows.", -0.7, False]]}  # fmt: skip
    profile = json.dumps({"format": 1, "model": "m", "targets": [target]})
    db.table("profiles").insert({"article_id": 3, "model": "m", "digest": "d3", "profile": profile})
    db.conn.commit()
    db.close()
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("archive")
    make_archive(place)
    return place


@pytest.fixture(scope="module")
def site(folder: Path) -> Iterator[Site]:
    """The archive with the configuration that the project ships."""
    config = Path(__file__).resolve().parents[2] / "archive"
    for name in ("metadata.yaml", "settings.json"):
        (folder / name).write_bytes((config / name).read_bytes())
    opened = Site(config_dir=folder)
    yield opened
    opened.close()


def titles(tree: Any, section: str) -> list[str]:
    return [
        heading.text_content()
        for heading in tree.xpath(f"//section[@aria-labelledby='{section}']//li[@class='entry']//h3")
    ]


def test_the_list_shows_every_reference_once_archived_or_missing_with_its_reason(site: Site) -> None:
    tree = page(site.get("/-/readmore/causeway-toll"))
    assert titles(tree, "listed") == [PIECES[2][1], PIECES[1][1], PIECES[3][1]]
    assert titles(tree, "found") == [PIECES[4][1], PIECES[5][1]]
    missing = tree.xpath("//ul[@class='missing']/li")
    assert len(missing) == 4
    words = " ".join(item.text_content() for item in missing)
    for reason in ("gone: HTTP 410", "robots.txt forbids it", "Same as A fair price for a long bridge"):
        assert reason in words
    assert "3 of 7 archived: 1 agrees, 1 disagrees, 1 can't tell" in " ".join(tree.text_content().split())


def test_topic_and_stance_stand_apart_with_the_sentences_side_by_side(site: Site) -> None:
    first = page(site.get("/-/readmore/causeway-toll")).xpath("//li[@class='entry']")[0]
    topic, stance = first.xpath(".//dl/div")
    assert topic.text_content().split() == ["Topic", "71", "%"]
    assert stance.xpath(".//dt")[0].text == "Stance"
    assert "agrees" in stance.text_content() and "81\u202f%" in stance.text_content()
    quotes = [quote.text_content() for quote in first.xpath(".//figure")[0].xpath(".//blockquote")]
    assert "Imre Halloran" in quotes[0] and "critical" in quotes[0] and "ribbon and a band" in quotes[0]
    assert "Dov Castellane" in quotes[1] and "counted the carts" in quotes[1]
    assert "quoting another" not in quotes[1]
    folded = [quote.text_content() for quote in first.xpath(".//details//blockquote")]
    assert len(folded) == 2 and "quoting another" in folded[1]
    more = first.xpath(".//p[@class='note']")[0]
    assert "And of Sal Brine" in more.text_content()
    everything = page(site.get(more.xpath("./a/@href")[0]))
    assert "neutral" in everything.text_content()
    assert "No one sentence stands for it" in everything.text_content()
    assert "From the Wayback Machine, as it was on 20 February 2024" in first.text_content()


@pytest.mark.parametrize(
    ("query", "listed", "found"),
    [
        ("?sort=topic", [3, 2, 4], [5, 6]),
        ("?sort=stance", [3, 2, 4], [5, 6]),
        ("?sort=blend", [3, 4, 2], [5, 6]),
        ("?stance=disagrees", [2], []),
        ("?stance=mixed", [], [5]),
        ("?stance=cant-tell&sort=blend", [4], [6]),
        ("?only=refs", [3, 2, 4], []),
        ("?sort=nonsense&stance=x&page=-3&only=1", [3, 2, 4], [5, 6]),
        ("?page=2", [3, 2, 4], []),
    ],
)
def test_sorts_and_filters_are_in_the_url(
    site: Site, query: str, listed: list[int], found: list[int]
) -> None:
    tree = page(site.get(f"/-/readmore/causeway-toll{query}"))
    names = {number: title for number, title, *_ in PIECES}
    assert titles(tree, "listed") == [names[number] for number in listed]
    assert titles(tree, "found") == [names[number] for number in found]


def test_every_link_of_the_page_leads_somewhere(site: Site) -> None:
    tree = page(site.get("/-/readmore/causeway-toll?sort=stance"))
    inside = {href for href in tree.xpath("//a/@href|//link/@href") if href.startswith("/")}
    assert len(inside) > 25
    assert {site.get(href.partition("#")[0]).status_code for href in inside} == {200}


def test_strangers_words_run_nothing_and_link_nowhere(site: Site) -> None:
    for path in ("/-/readmore", "/-/readmore/causeway-toll", "/readmore/links", "/readmore/missing_and_why"):
        response = site.get(path)
        assert response.status_code == 200
        assert "<script>alert" not in response.text and "<img src=x" not in response.text
        tree = html.fromstring(response.text)
        for href in tree.xpath("//@href|//@src|//@action"):
            assert re.match(r"(https?:)?/|[?#]|\.", href), href
        shown = tree.xpath("//main|//table")
        assert not any("\u202e" in part.text_content() for part in shown), path
    assert "{{ 7*7 }}" in site.get("/-/readmore/causeway-toll").text


def test_every_text_of_an_archive_may_be_hostile(tmp_path: Path) -> None:
    path = make_archive(tmp_path)
    connection = sqlite3.connect(path)
    connection.execute("update articles set title = ?1, authors = ?1, outlet = ?1, published = ?1", [EVIL])
    connection.execute(
        "update seeds set title = ?1, author = ?1, outlet = ?1, published = ?1, reason = ?1", [EVIL]
    )
    connection.execute("update links set state = ?1, resolved_by = ?1, reason = ?1, author = ?1", [EVIL])
    side = {"polarity": 0.5, "sentence": EVIL}
    shared = [{"name": EVIL, "weight": 1, "agreement": 1, "seed": side, "piece": side}]
    reasons_of = [json.dumps([[EVIL, 0.5]]), json.dumps(shared)]
    connection.execute("update rankings set terms = ?, targets = ?", reasons_of)
    connection.execute("update captures set via = ?1, verdict = ?1, captured_at = ?1", [EVIL])
    connection.commit()
    connection.close()
    site = Site(path)
    try:
        for where in ("", "/causeway-toll"):
            answer = site.get("/-/readmore" + where)
            tree = page(answer)
            assert not tree.xpath("//script|//img|//@onerror"), where
            assert "\u202e" not in answer.text and "49" not in tree.xpath("//main")[0].text_content()
        for table in ("articles", "seeds", "links", "rankings", "captures"):
            tree = page(site.get(f"/readmore/{table}"))
            assert not tree.xpath("//td//script|//td//img|//td//@onerror"), table
    finally:
        site.close()


def test_a_piece_named_twice_stands_where_it_is_no_duplicate(tmp_path: Path) -> None:
    path = make_archive(tmp_path)
    connection = sqlite3.connect(path)
    connection.execute("update links set position = 0 where state = 'duplicate'")
    connection.execute("update rankings set stance = 'agrees', agreement = 0.9 where article_id = 2")
    connection.commit()
    connection.close()
    site = Site(path)
    try:
        tree = page(site.get("/-/readmore/causeway-toll?sort=stance"))
        assert titles(tree, "listed") == [
            PIECES[1][1],
            PIECES[2][1],
            PIECES[3][1],
        ]  # the stronger "agrees" first
        last = tree.xpath("//section[@aria-labelledby='listed']//li[@class='entry']")[2]
        assert "No. 3 on the list" in last.text_content()
        assert "The price is fair (again)" in tree.xpath("//ul[@class='missing']")[-1].text_content()
    finally:
        site.close()


def test_our_answers_carry_strict_headers_whatever_they_are(site: Site) -> None:
    for method, path, status in (
        ("GET", "/-/readmore", 200),
        ("GET", "/-/readmore/causeway-toll", 200),
        ("GET", "/-/readmore/nobody-knows", 404),
        ("POST", "/-/readmore", 405),
    ):
        response = site.request(
            method, path, headers={"Authorization": "Bearer x"} if method == "POST" else None
        )
        assert response.status_code == status, path
        assert {name: response.headers[name] for name in HEADERS} == HEADERS
    tree = page(site.get("/-/readmore/causeway-toll"))
    assert not tree.xpath("//script|//iframe|//object|//embed|//base|//meta[@http-equiv]|//@onclick")
    away = tree.xpath("//a[starts-with(@href, 'http')]")
    assert away and all(link.get("rel") == "noreferrer noopener nofollow" for link in away)


def test_an_empty_seed_says_what_to_do(site: Site) -> None:
    tree = page(site.get("/-/readmore/bare"))
    assert "readmore fetch bare" in tree.text_content() and "no host answered" in tree.text_content()


def test_a_seed_whose_own_article_is_not_archived_can_be_compared(tmp_path: Path) -> None:
    path = make_archive(tmp_path)
    connection = sqlite3.connect(path)
    connection.execute("update seeds set article_id = null where id = 1")
    connection.commit()
    connection.close()
    site = Site(path)
    try:
        tree = page(site.get("/-/readmore/causeway-toll/compare/3"))
        assert "ribbon and a band" in tree.text_content() and "Imre Halloran: critical" in tree.text_content()
        assert page(site.get("/-/readmore/causeway-toll/map")).xpath("//table")
    finally:
        site.close()


def test_a_piece_says_what_became_of_its_address(site: Site) -> None:
    told = page(site.get("/-/readmore/piece/3")).text_content()
    assert "Original gone when last visited, 14 March 2024" in " ".join(told.split())


def test_the_seeds_are_cards_that_count_what_became_of_the_references(site: Site) -> None:
    cards = page(site.get("/-/readmore")).xpath("//ul[@class='cards']/li")
    assert [card.xpath(".//a/@href")[0] for card in cards] == [
        "/-/readmore/bare",
        "/-/readmore/causeway-toll",
    ]
    told = " ".join(cards[1].text_content().split())
    assert "3 of 7 references archived, 1 from the Wayback Machine, 3 missing, 1 named twice" in told


def test_links_lie_under_base_url(folder: Path) -> None:
    site = Site(folder / "readmore.db", settings={"base_url": "/library/"})
    try:
        for path in OURS[:8]:
            tree = page(site.get("/-/readmore" + path))
            hrefs = tree.xpath("//@href|//@action|//@src")
            assert all(h.startswith(("/library/", "http", "#")) for h in hrefs), (path, hrefs)
        assert page(site.get("/")).xpath("//p[@class='rm-home']/a/@href") == ["/library/-/readmore"]
    finally:
        site.close()


def test_the_ways_in_from_datasettes_own_pages(site: Site) -> None:
    assert page(site.get("/")).xpath("//p[@class='rm-home']/a/@href") == ["/-/readmore"]
    tree = page(site.get("/readmore/seeds"))
    assert "/-/readmore/causeway-toll" in tree.xpath("//td//a/@href")
    assert "/-/readmore" in tree.xpath("//details[@class='nav-menu']//a/@href")


def test_cells_are_marks_words_and_safe_links(site: Site) -> None:
    ranking = page(site.get("/readmore/rankings?_sort=rank"))
    row = ranking.xpath("//tbody/tr")[0]
    assert row.xpath("td[contains(@class,'col-terms')]")[0].text_content() == "causeway, toll, ferry"
    assert "Mayor Okafor: alike (+0.60)" in row.text_content()
    assert row.xpath(".//span[contains(@class,'rm-agrees')]")
    capture = page(site.get("/readmore/captures"))
    assert "48.2 kB" in capture.text_content()
    assert set(capture.xpath("//td[contains(@class,'url')]//a/@rel")) == {"noreferrer noopener nofollow"}


def test_keys_into_other_tables_keep_hostile_labels_to_themselves(site: Site) -> None:
    hostile = {"value": 6, "label": EVIL}
    cell = cells.render(site.ds, "readmore", "rankings", "article_id", hostile, 1, several=False)
    tree = html.fromstring(str(cell))
    assert tree.xpath("//a/@href") == ["/-/readmore/piece/6"]
    assert "<script>alert(1)</script>" in tree.text_content() and "\u202e" not in tree.text_content()
    assert [element.tag for element in tree.iter()].count("script") == 0


def test_the_search_box_finds_texts_without_the_shipped_metadata(folder: Path) -> None:
    site = Site(folder / "readmore.db")
    try:
        form = page(site.get("/-/readmore/causeway-toll")).xpath("//form")[0]
        found = page(site.get(f"{form.get('action')}?{urlencode({'q': 'samphire'})}"))
        assert [title.text_content() for title in found.xpath("//ol[@class='hits']//h2")] == [PIECES[5][1]]
    finally:
        site.close()


def test_datasette_started_on_its_own_finds_the_plugin(folder: Path) -> None:
    """A fresh process, a real socket, no import of ours beforehand."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "datasette", "serve", str(folder), "-h", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            answer = _patient_get(f"http://127.0.0.1:{port}/-/readmore/causeway-toll", server)
            style = httpx.get(
                f"http://127.0.0.1:{port}/-/static-plugins/readmore/readmore.css", trust_env=False
            )
        finally:
            server.terminate()
    assert answer.status_code == 200 and "ferry barons" in answer.text
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert style.status_code == 200 and style.headers["content-type"].startswith("text/css")
    assert "http" not in style.text and "@import" not in style.text


def _patient_get(url: str, server: subprocess.Popen[bytes]) -> httpx.Response:
    for _ in range(200):
        assert server.poll() is None, "datasette did not start"
        try:
            return httpx.get(url, trust_env=False)
        except httpx.ConnectError:
            time.sleep(0.1)
    raise AssertionError("datasette never answered")


def test_databases_of_others_are_left_alone(tmp_path: Path) -> None:
    """Even one that happens to have a table of links with a state."""
    theirs = tmp_path / "theirs.db"
    connection = sqlite3.connect(theirs)
    connection.execute("create table links (id integer primary key, url text, state text)")
    connection.execute("create table seeds (id integer primary key, key text)")
    connection.execute("insert into links values (1, 'https://x.example/', 'failed')")
    connection.commit()
    connection.close()
    site = Site(theirs)
    try:
        for path in ("/", "/theirs", "/theirs/links", "/theirs/links/1", "/theirs?sql=select+*+from+links"):
            answer = site.get(path)
            assert answer.status_code == 200
            assert "rm-" not in answer.text and "eadmore" not in answer.text, path
        assert site.get("/-/readmore").status_code == 404
    finally:
        site.close()


def test_a_page_shows_no_more_than_datasette_would_of_one_table(folder: Path) -> None:
    """Texts that may not be seen as a table may not be seen on our pages."""
    tables = {"article_texts": {"allow": False}}
    site = Site(folder / "readmore.db", metadata={"databases": {"readmore": {"tables": tables}}})
    try:
        assert site.get("/readmore/articles").status_code == 200
        assert {site.get("/-/readmore" + path).status_code for path in OURS} == {404}
    finally:
        site.close()


def test_a_page_shows_no_more_than_datasette_would(folder: Path) -> None:
    site = Site(folder / "readmore.db", metadata={"databases": {"readmore": {"allow": {"id": "librarian"}}}})
    try:
        for path in OURS:
            answer = site.get("/-/readmore" + path)
            assert answer.status_code == 404 and "causeway" not in answer.text.replace(path, ""), path
        cookie = {"ds_actor": site.ds.sign({"a": {"id": "librarian"}}, "actor")}
        assert site.get("/-/readmore/causeway-toll", cookies=cookie).status_code == 200
    finally:
        site.close()


def test_two_archives_side_by_side_keep_their_lists_apart(folder: Path, tmp_path: Path) -> None:
    second = tmp_path / "second.db"
    second.write_bytes((folder / "readmore.db").read_bytes())
    connection = sqlite3.connect(second)
    connection.execute("update seeds set title = 'The other archive' where id = 1")
    connection.commit()
    connection.close()
    site = Site(folder / "readmore.db", second)
    try:
        hrefs = page(site.get("/-/readmore")).xpath("//ul[@class='cards']//a/@href")
        assert "/-/readmore/causeway-toll?db=second" in hrefs
        tree = page(site.get("/-/readmore/causeway-toll?db=second&sort=topic"))
        assert tree.xpath("//h1")[0].text_content() == "The other archive"
        assert all("db=second" in href for href in tree.xpath("//nav[@class='choices']//@href"))
        assert "?db=second" in " ".join(page(site.get("/second/seeds")).xpath("//td//@href"))
        for path in OURS[1:7]:
            tree = page(site.get(f"/-/readmore{path}{'&' if '?' in path else '?'}db=second"))
            ours = [
                href for href in tree.xpath("//main//@href|//main//@src") if href.startswith("/-/readmore")
            ]
            assert ours and all("db=second" in href for href in ours), path
            fields = tree.xpath("//form[@role='search']//input[@name='db']/@value")
            assert fields == ["second"], path
        assert "The other archive" in site.get("/-/readmore/causeway-toll.json?db=second").text
    finally:
        site.close()


def test_the_shipped_configuration_fits_the_tables(site: Site, folder: Path) -> None:
    """Tables, columns, facets and labels named in metadata.yaml exist, search finds, queries answer."""
    db = Database(sqlite3.connect(folder / "readmore.db"))
    tables = site.ds.metadata("databases")["readmore"]["tables"]
    for name, facts in tables.items():
        columns = set(db.table(name).columns_dict)
        sort = facts.get("sort") or facts.get("sort_desc")
        named = {*facts.get("columns", {}), *facts.get("facets", []), facts.get("label_column"), sort} - {
            None
        }
        assert named <= columns, name
    db.close()
    found = site.get("/readmore/articles.json?_search=samphire&_shape=array").json()
    assert [row["id"] for row in found] == [6]
    for name in site.ds.metadata("databases")["readmore"]["queries"]:
        assert site.get(f"/readmore/{name}.json?_shape=array").json(), name
    dead = site.get("/readmore/dead_links_by_outlet.json?_shape=array").json()
    assert sum(row["gone"] for row in dead) == 1
    assert sum(row["pages"] for row in dead) == 2
    shown = {table["name"] for table in site.get("/readmore.json").json()["tables"] if not table["hidden"]}
    assert shown == {
        "seeds", "links", "articles", "article_texts", "captures", "changes", "checks", "saves",
        "rankings", "urls", "runs",
    }  # fmt: skip
    by_host = site.get("/readmore/links_by_outlet_and_fate.json?_shape=array").json()
    assert {row["host"]: row["links"] for row in by_host} == {"news.example": 6, "unknown": 1}


def test_reading_changes_nothing(folder: Path, site: Site) -> None:
    before = (folder / "readmore.db").read_bytes()
    for path in ("/-/readmore", "/-/readmore/causeway-toll", "/readmore/rankings", "/"):
        site.get(path)
    assert (folder / "readmore.db").read_bytes() == before


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)", "JaVaScript:alert(1)", "data:text/html,x", "//host.example/", "/local", "",
        "https://", "http://bank.example@evil.example/", "https://a.example/\u202egnp.exe", "ftp://a.example/",
        "http://a.example/ b", "http://[::1", "https://a.example\\@b.example/", None, 7, "vbscript:x",
        "https://a.example/" + "x" * 3000,
    ],
)  # fmt: skip
def test_only_plain_web_addresses_become_links(address: object) -> None:
    assert text.web_url(address) is None
    if address not in {None, ""}:
        assert "<a" not in str(cells.link(address))


def test_plain_web_addresses_do() -> None:
    for address in ("https://a.example/x?y=1&z=%20#f", "http://a.example:8080/", "HTTPS://a.example/ü"):
        assert text.web_url(address) == address


def test_words_keep_their_letters_and_lose_what_hides() -> None:
    assert text.clean("a\u202eb\u200b c\x1b[31m\n\td\ufeff") == "ab c[31m d"
    assert text.clean("می\u200cخواهم 👩\u200d🔬 שלום") == "می\u200cخواهم 👩\u200d🔬 שלום"
    assert len(text.clean("x" * 10_000)) == text.LONGEST
    assert text.clean(None) == ""


def test_numbers_and_days_read_well() -> None:
    assert text.day("2020-01-11") == "11 January 2020"
    assert text.day("2020-01-11T23:30:00Z") == "11 January 2020"
    assert text.day("sometime") == "sometime"
    assert (text.signed(-0.481), text.signed(0.5), text.signed(-0.001)) == ("−0.48", "+0.50", "0.00")
    assert [text.number(v, 0, 1) for v in (2, -1, "x", None, float("nan"), True)] == [1, 0, 0, 0, 0, 0]


def test_a_long_byline_names_one() -> None:
    assert text.few("Bo Lind") == "Bo Lind" and text.few("Bo Lind, Eva Holm") == "Bo Lind, Eva Holm"
    assert text.few("Bo Lind, Eva Holm, Ida Thorn") == "Bo Lind and others" and text.few(None) == ""


@pytest.mark.parametrize("targets", ["", "{", "[1]", '[{"name": "x"}]', "null", '{"a": 1}', "[" * 5000])
def test_broken_reasons_are_told_not_raised(targets: str) -> None:
    assert reasons("[]", targets) == ((), (), False)


def test_a_view_survives_its_own_query_string() -> None:
    for query in ("", "?sort=topic&stance=cant-tell&only=refs&page=3&db=x"):
        asked = dict(pair.split("=") for pair in query[1:].split("&") if pair)
        assert View.read(asked, asked.get("db")).query() == query
