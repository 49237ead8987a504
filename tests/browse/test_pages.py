"""The pages of pieces, captures, maps, comparisons and searches, over an archive with real WARCs."""

from __future__ import annotations

import io
import json
import re
import sqlite3
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
import small_archive
from asking import Site, page
from datasette.database import Database
from lxml import etree, html
from small_archive import KEY, Small

from recommender.browse import captures, feeds
from recommender.browse.answers import HEADERS
from recommender.browse.comparing import common
from recommender.browse.marking import edits, marked, passage
from recommender.browse.reading_first import read_first
from recommender.browse.seed_map import drawn
from recommender.browse.shapes import Copy, Piece, Point, Side, Toward
from recommender.browse.views import View
from recommender.models import Evidence, Profile, Target, Verdict

ATOM = {"a": feeds.ATOM}
JSON = (
    "/-/readmore.json",
    f"/-/readmore/{KEY}.json",
    f"/-/readmore/{KEY}/map.json",
    f"/-/readmore/{KEY}/compare/2.json",
    "/-/readmore/compare/2/3.json",
    "/-/readmore/piece/2.json",
    "/-/readmore/capture/4.json",
    "/-/readmore/search.json?q=toll",
)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Small:
    return small_archive.build(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def site(small: Small) -> Iterator[Site]:
    opened = Site(small.folder / "readmore.db")
    yield opened
    opened.close()


def words(element: Any) -> str:
    return " ".join(element.text_content().split())


def section(tree: Any, name: str) -> Any:
    found = tree.xpath(f"//section[@aria-labelledby='{name}']")
    assert found, name
    return found[0]


# Home


def test_home_shows_each_seed_with_its_map_and_what_is_new(site: Site) -> None:
    tree = page(site.get("/-/readmore"))
    card = tree.xpath("//ul[@class='cards']/li")[0]
    assert len(card.xpath(".//circle")) == 4
    assert card.xpath(".//a[@class='small-map']/@href") == [f"/-/readmore/{KEY}/map"]
    assert words(section(tree, "arrived-1").xpath(".//li/a")[0]) == "Samphire"
    assert "Quill was wrong again" in words(section(tree, "changed-1"))
    assert tree.xpath("//form[@class='ask']/@action") == ["/-/readmore/search"]


def test_older_seeds_are_on_pages_of_their_own(small: Small, tmp_path: Any) -> None:
    (tmp_path / "readmore.db").write_bytes((small.folder / "readmore.db").read_bytes())
    connection = sqlite3.connect(tmp_path / "readmore.db")
    connection.executemany(
        "insert into seeds (key, title, source, state, added_at) values (?1, ?1, 'x', 'failed', '2020')",
        [[f"more-{number}"] for number in range(30)],
    )
    connection.commit()
    connection.close()
    opened = Site(tmp_path / "readmore.db")
    try:
        first = page(opened.get("/-/readmore"))
        (older,) = first.xpath("//a[@rel='next']/@href")
        second = page(opened.get(older))
        found = [tree.xpath("//ul[@class='cards']//h2/a/@href") for tree in (first, second)]
        assert len(found[0]) == 24 and len(set(found[0] + found[1])) == len(found[0]) + len(found[1])
        assert f"/-/readmore/{KEY}" in found[1] and not second.xpath("//a[@rel='next']")
        assert second.xpath("//a[@rel='prev']/@href") == ["/-/readmore"]
    finally:
        opened.close()


# Search


def test_a_search_marks_the_words_and_leads_to_the_piece(site: Site, small: Small) -> None:
    tree = page(site.get("/-/readmore/search?q=nobody+dared"))
    assert tree.xpath("//ol[@class='hits']//h2/a/@href") == [f"/-/readmore/piece/{small.disagrees}"]
    assert [words(mark) for mark in tree.xpath("//p[@class='passage']/mark")] == ["nobody", "dared"]


@pytest.mark.parametrize(
    "asked", ["", "   ", '"', '""', '"" ""', "AND OR NOT (", "x*^:{}", "\x00", "NEAR(a b", "-"]
)
def test_no_search_is_an_error_of_the_servers(site: Site, asked: str) -> None:
    answer = site.get("/-/readmore/search", params={"q": asked})
    assert answer.status_code == 200 and "Search" in answer.text


def test_a_search_without_hits_says_so(site: Site) -> None:
    assert "No piece has these words" in page(site.get("/-/readmore/search?q=zebra")).text_content()
    assert (
        "No piece has more of these words"
        in page(site.get("/-/readmore/search?q=toll&page=9")).text_content()
    )


def test_a_passage_is_text_whatever_it_holds() -> None:
    runs = passage("…<b>the \x02toll\x03 on\n \x02<script>\x03.")
    assert [(run.text, run.mark) for run in runs] == [
        ("…<b>the ", ""), ("toll", "hit"), (" on ", ""), ("<script>", "hit"), (".", ""),
    ]  # fmt: skip


def test_where_very_many_match_the_newest_come_first(
    site: Site, small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recommender.browse.searching.MOST", 2)
    tree = page(site.get("/-/readmore/search?q=the"))
    found = [int(href.rpartition("/")[2]) for href in tree.xpath("//ol[@class='hits']//h2/a/@href")]
    assert found == sorted(found, reverse=True) and len(found) > 2
    assert "More than 2 pieces" in tree.text_content()


# Reading list


@pytest.mark.parametrize(
    ("query", "listed", "found"),
    [
        ("?outlet=Harbour+Weekly", 1, 0),
        ("?outlet=Ledger", 0, 1),
        ("?outlet=Nobody", 0, 0),
        ("?from=2020-01-01&to=2020-12-31", 3, 0),  # the import has no date
        ("?to=2019-12-31", 0, 0),
        ("?from=yesterday", 3, 1),
        ("?stance=agrees&outlet=The+Quay", 1, 0),
        ("?only=refs&outlet=Ledger", 0, 0),
    ],
)
def test_filters_by_outlet_and_date_are_in_the_url(site: Site, query: str, listed: int, found: int) -> None:
    tree = page(site.get(f"/-/readmore/{KEY}{query}"))
    assert len(section(tree, "listed").xpath(".//li[@class='entry']")) == listed
    more = tree.xpath("//section[@aria-labelledby='found']//li[@class='entry']")
    assert len(more) == found


def test_a_piece_without_a_date_passes_no_filter_on_dates() -> None:
    piece = Piece(1, "T", "", "", "", 1, None, Copy("live", "", None))
    assert View().shows(piece)
    assert not View(until="2020-01-01").shows(piece) and not View(since="2020-01-01").shows(piece)


def test_a_view_can_be_shared_with_everything_in_it(site: Site) -> None:
    tree = page(site.get(f"/-/readmore/{KEY}?outlet=The+Quay&from=2019-01-01&stance=agrees"))
    hrefs = tree.xpath("//nav[@class='choices']//a/@href")
    assert all("outlet=The+Quay" in href and "from=2019-01-01" in href for href in hrefs)
    form = tree.xpath("//nav[@class='choices']//form")[0]
    kept = dict(
        zip(
            form.xpath(".//input[@type='hidden']/@name"),
            form.xpath(".//input[@type='hidden']/@value"),
            strict=True,
        )
    )
    assert kept == {"stance": "agrees"}
    assert form.xpath(".//option[@selected]/text()") == ["The Quay"]
    assert form.xpath(".//input[@name='from']/@value") == ["2019-01-01"]


def test_a_filter_that_hides_everything_says_so_and_shows_the_way_back(site: Site) -> None:
    tree = page(site.get(f"/-/readmore/{KEY}?outlet=Nobody&sort=topic"))
    for name in ("listed", "found"):
        assert f"/-/readmore/{KEY}?sort=topic" in section(tree, name).xpath(".//a/@href"), name
    assert tree.xpath("//select/option[@selected]/text()") == ["Nobody"], "what is asked for can be seen"


def test_read_first_takes_the_nearest_then_both_sides(site: Site) -> None:
    tree = page(site.get(f"/-/readmore/{KEY}"))
    first = section(tree, "first")
    assert "Near in topic, both sides" in words(first)
    assert [words(title) for title in first.xpath(".//li/a")][:2] == [
        "Quill was wrong again",
        "What nobody dared",
    ]


def _point(
    number: int, topic: float, stance: Verdict = Verdict.CANT_TELL, outlet: str = "A", **more: Any
) -> Point:
    facts = {"title": f"T{number}", "authors": "", "published": "", "rank": number, "agreement": 0.0,
             "confidence": 0.7, "listed": False, **more}  # fmt: skip
    return Point(article_id=number, topic=topic, stance=stance, outlet=outlet, **facts)


def test_read_first_is_balanced_short_and_near() -> None:
    sides = [_point(n, 0.4, Verdict.AGREES) for n in range(2, 8)] + [_point(9, 0.3, Verdict.DISAGREES)]
    chosen = read_first([_point(1, 0.5), *sides, _point(10, 0.1, Verdict.DISAGREES)])
    assert [one.point.article_id for one in chosen] == [1, 2, 9, 3, 4]  # 10 agrees on another topic
    assert read_first([]) == () and read_first([_point(1, 0.0)]) == ()


def test_after_a_piece_that_agrees_the_other_side_comes_first() -> None:
    sides = [_point(2, 0.4, Verdict.AGREES), _point(3, 0.4, Verdict.DISAGREES)]
    assert [one.point.article_id for one in read_first([_point(1, 0.5, Verdict.AGREES), *sides])] == [1, 3, 2]
    assert [one.point.article_id for one in read_first([_point(1, 0.5), *sides])] == [1, 2, 3]


def test_read_first_without_sides_prefers_other_outlets() -> None:
    points = [_point(1, 0.5), _point(2, 0.49), _point(3, 0.45, outlet="B"), _point(4, 0.4, outlet="C")]
    assert [one.point.article_id for one in read_first(points)] == [1, 3, 4, 2]


# Map


def test_the_map_and_its_table_hold_the_same_pieces(site: Site) -> None:
    tree = page(site.get(f"/-/readmore/{KEY}/map"))
    dots = tree.xpath("//*[name()='svg'][@class='plot']/a")
    rows = tree.xpath("//table/tbody/tr")
    assert [dot.get("href") for dot in dots] == [
        "/-/readmore/piece/2", "/-/readmore/piece/3", "/-/readmore/piece/5", "/-/readmore/piece/4",
    ]  # fmt: skip
    assert {dot.get("href") for dot in dots} == {row.xpath("./th/a/@href")[0] for row in rows}
    assert all(dot.xpath("./title")[0].text for dot in dots)
    assert "rm-agrees listed" in dots[0].get("class") and "listed" not in dots[2].get("class")


def test_a_place_on_the_map_tells_topic_and_stance() -> None:
    plot = drawn(
        [
            _point(1, 0.5, Verdict.AGREES, agreement=0.9),
            _point(2, 0.4, Verdict.DISAGREES, agreement=-0.9),
            _point(3, 0.4),
            _point(4, 0.4),
        ]
    )
    agrees, disagrees, *unclear = plot.marks
    assert agrees.x > disagrees.x and agrees.y < disagrees.y < plot.band_top
    assert all(plot.band_top < mark.y < plot.band_end for mark in unclear)
    assert unclear[0].y != unclear[1].y, "one would hide the other"
    assert min(mark.x for mark in plot.marks) > 0 and max(mark.x for mark in plot.marks) <= 86
    assert [topic for _, topic in plot.ticks] == [0.4, 0.42, 0.44, 0.46, 0.48, 0.5]
    assert (plot.ticks[0][0], plot.ticks[-1][0]) == (disagrees.x, agrees.x), (
        "figures stand where the pieces do"
    )


@pytest.mark.parametrize("topics", [[0.0], [0.3], [1.0], [0.101, 0.102], [0.0, 1.0]])
def test_every_map_has_an_axis(topics: list[float]) -> None:
    plot = drawn([_point(number, topic) for number, topic in enumerate(topics)])
    assert 1 <= len(plot.ticks) <= 7 and all(0 <= x <= 90 for x, _ in plot.ticks)
    assert all(4 <= mark.x <= 86 for mark in plot.marks)


def test_a_map_without_rankings_says_what_to_do(site: Site, small: Small) -> None:
    connection = sqlite3.connect(small.folder / "readmore.db")
    connection.execute(
        "insert into seeds (key, title, source, state, added_at) values ('bare', 'Bare', 'x', 'failed', '2020')"
    )
    connection.commit()
    connection.close()
    assert "readmore similar bare" in page(site.get("/-/readmore/bare/map")).text_content()
    assert site.get("/-/readmore/bare.epub").status_code == 200
    assert page(site.get("/-/readmore/bare")).xpath("//p[@class='empty']")


# Comparison


def test_a_comparison_shows_both_sentences_and_what_they_show(site: Site, small: Small) -> None:
    tree = page(site.get(f"/-/readmore/{KEY}/compare/{small.agrees}"))
    on = section(tree, "on-1")
    assert "On Mayor Ada Quill" in words(on) and "alike (+0.70)" in words(on)
    left, right = on.xpath(".//div[@class='said']")
    assert "Ada Quill never counted the carts." in words(left) and "critical (−0.70)" in words(left)
    assert len(right.xpath(".//blockquote")) == 3, "the ranking's sentence and those of the profile"
    assert "agrees" in words(tree.xpath("//dl[@class='scores']")[0])


def test_any_two_pieces_can_be_compared(site: Site, small: Small) -> None:
    tree = page(site.get(f"/-/readmore/compare/{small.agrees}/{small.disagrees}"))
    assert "not judged against each other" in words(section(tree, "on-1"))
    none = page(site.get(f"/-/readmore/compare/{small.agrees}/{small.unranked}"))
    assert "not compared yet" in none.text_content()


def test_shared_names_are_matched_by_key_and_said_once() -> None:
    def profile(name: str) -> Profile:
        return Profile(
            "m", (Target(name, "quill", 0.5, 0.9, 2, (Evidence("A sentence.", 0.5, quoted=False),)),)
        )

    found = common((), profile("Ada Quill"), profile("Mayor Ada Quill"))
    assert [one.name for one in found] == ["Mayor Ada Quill"]
    assert common((), profile("Ada Quill"), None) == ()


def test_a_headline_that_is_the_first_line_too_is_quoted_once() -> None:
    twice = (Evidence("Quill was wrong.", -0.5, quoted=False),) * 2
    profile = Profile("m", (Target("Ada Quill", "quill", -0.5, 0.9, 2, twice),))
    (one,) = common((), profile, profile)
    assert [side.sentence for side in one.left.sentences] == ["Quill was wrong."]


# Piece


def test_a_piece_has_its_evidence_marked_where_it_stands(site: Site, small: Small) -> None:
    tree = page(site.get(f"/-/readmore/piece/{small.agrees}"))
    text = tree.xpath("//article[@class='text']")[0]
    assert [words(mark) for mark in text.xpath(".//mark")] == [
        "Mayor Ada Quill was wrong about the toll.",
        "Nobody on the quay trusts Ada Quill these days.",
    ]
    assert "critical (−0.80)" in words(text.xpath(".//small")[0])
    assert len(text.xpath(".//p[@dir='auto']")) == 4


def test_a_seeds_own_piece_has_its_sentences_and_its_list(site: Site, small: Small) -> None:
    tree = page(site.get(f"/-/readmore/piece/{small.seed}"))
    assert "Ada Quill never counted the carts." in [words(mark) for mark in tree.xpath("//article//mark")]
    own = section(tree, "own")
    assert len(own.xpath(".//li")) == 4 and "gone (410)" in words(own)


def test_near_copies_lead_to_each_other(small: Small, tmp_path: Any) -> None:
    """Also where an older version made the archive, which knew of none."""
    (tmp_path / "readmore.db").write_bytes((small.folder / "readmore.db").read_bytes())
    connection = sqlite3.connect(tmp_path / "readmore.db")
    connection.execute(
        "update articles set copy_of = ? where id in (?, ?)", [small.agrees, small.hebrew, small.unranked]
    )
    connection.commit()
    opened = Site(tmp_path / "readmore.db")
    try:
        for number, others in ((small.agrees, [4, 6]), (small.hebrew, [2, 6])):
            found = section(page(opened.get(f"/-/readmore/piece/{number}")), "also").xpath(".//li/a/@href")
            assert found == [f"/-/readmore/piece/{other}" for other in others]
        assert not page(opened.get(f"/-/readmore/piece/{small.seed}")).xpath("//*[@id='also']")
        for name in ("copy_of", "published", "outlet", "host", "canonical_host"):
            connection.execute(f"drop index articles_{name}")
        connection.execute("alter table articles drop column copy_of")
        connection.commit()
        assert opened.get(f"/-/readmore/piece/{small.agrees}").status_code == 200
    finally:
        connection.close()
        opened.close()


def test_versions_and_what_changed_between_them(site: Site, small: Small) -> None:
    tree = page(site.get(f"/-/readmore/piece/{small.agrees}"))
    versions = section(tree, "versions")
    assert "2 copies" in words(versions) and "a new headline" in words(versions)
    assert words(versions.xpath(".//details//ins")[0]) == "again"
    assert "more." in " ".join(words(one) for one in versions.xpath(".//details//del"))
    facts = words(section(tree, "provenance"))
    assert "sha1:" in facts and ".warc.gz" in facts and "14 January 2020" in facts


def test_the_archived_page_lies_in_a_frame_that_may_nothing(site: Site, small: Small) -> None:
    tree = page(site.get(f"/-/readmore/piece/{small.disagrees}"))
    frame = tree.xpath("//iframe")[0]
    assert frame.get("sandbox") == "" and frame.get("src") == f"/-/readmore/capture/{small.page}"
    imported = page(site.get(f"/-/readmore/piece/{small.imported}"))
    assert not imported.xpath("//iframe") and "there is no page of it" in imported.text_content()


def test_evidence_from_an_older_text_is_not_marked(small: Small, tmp_path: Any) -> None:
    """A profile belongs to the text it was made from."""
    (tmp_path / "readmore.db").write_bytes((small.folder / "readmore.db").read_bytes())
    connection = sqlite3.connect(tmp_path / "readmore.db")
    connection.execute("update articles set digest = 'another' where id = ?", [small.agrees])
    connection.commit()
    connection.close()
    opened = Site(tmp_path / "readmore.db")
    try:
        assert not page(opened.get(f"/-/readmore/piece/{small.agrees}")).xpath("//article//mark")
    finally:
        opened.close()


def test_right_to_left_text_keeps_its_direction(site: Site, small: Small) -> None:
    tree = page(site.get(f"/-/readmore/piece/{small.hebrew}"))
    assert all(one.get("dir") == "auto" for one in tree.xpath("//article[@class='text']/p"))
    assert tree.xpath("//h1/bdi")[0].text == "אגרה על כל עגלה"


def test_a_sentence_is_marked_once_with_all_it_shows() -> None:
    side = Side(0.5, "Quill was right.", quoted=True)
    evidence = {name: (Toward(name, 0.5, 1), (side, side)) for name in ("Quill", "The toll")}
    (runs,) = marked("Title", "Title\nSo she said: Quill was right. Was she?", evidence)
    assert [run.mark for run in runs] == ["", "evidence", ""]
    assert runs[1].notes == (
        "Quill: favourable (+0.50), quoting another",
        "The toll: favourable (+0.50), quoting another",
    )


def test_a_diff_is_text_with_marks_of_its_own() -> None:
    (runs,) = edits("the [-old <b>-] {+new+} toll {+ -] x+}")
    assert [(run.text.strip(), run.mark) for run in runs if run.text.strip()] == [
        ("the", ""), ("old <b>", "out"), ("new", "in"), ("toll", ""), ("-] x", "in"),
    ]  # fmt: skip


# Capture


def test_a_capture_is_sent_in_a_sandbox_without_what_acts_before_it(site: Site, small: Small) -> None:
    answer = site.get(f"/-/readmore/capture/{small.page}")
    assert answer.status_code == 200 and answer.headers["content-type"] == "text/html; charset=utf-8"
    assert {name: answer.headers[name] for name in captures.HEADERS} == captures.HEADERS
    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert not re.search(r"<(link|meta)\b", answer.text, re.I)
    unchanged = answer.text.replace("<basefont", "<x")
    sent = re.sub(r"<(link|meta)(?=\s)", "<x", small_archive.HOSTILE, flags=re.I)
    sent = re.sub(r"href(?==)", "href=# data-href", sent, flags=re.I)
    assert unchanged == sent, "all else is as it was captured"


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ('<a href="https://a.example/">x</a>', '<a href=# data-href="https://a.example/">x</a>'),
        ("<a\nHREF = x>", "<a\nhref=# data-href = x>"),
        ('<use xlink:href="x.svg#a">', '<use xlink:href=# data-href="x.svg#a">'),
        ('<base href="//a.example">', '<base href=# data-href="//a.example">'),
        ("<iframe/src=x>", "<iframe srcdoc src=about:blank/src=x>"),
        ("<FRAME src=x>", "<FRAME srcdoc src=about:blank src=x>"),
        ("<link/rel=x>", "<basefont/rel=x>"),
        *((same, same) for same in (
            '<a href="#notes">x</a>', "<a href='#notes'>x</a>", '<use href="#icon">', "<iframes>", "<linked>",
            "<p>href is an attribute, like src; a frame is none</p>", "<frameset rows=1>", "<metadata>", "",
        )),
    ],
)  # fmt: skip
def test_what_acts_before_any_policy_is_put_out_of_action_and_nothing_else(given: str, sent: str) -> None:
    assert captures.harmless(given) == sent


def test_a_packed_capture_is_unpacked_and_a_revisit_shows_the_bytes_it_speaks_of(
    site: Site, small: Small
) -> None:
    seed = page(site.get(f"/-/readmore/piece/{small.seed}")).xpath("//iframe/@src")[0]
    assert "is a bad one" in site.get(seed).text
    versions = page(site.get(f"/-/readmore/piece/{small.disagrees}")).xpath(
        "//section[@aria-labelledby='versions']//li/a/@href"
    )
    assert len(versions) == 2
    assert site.get(versions[0]).text == site.get(versions[1]).text


def test_the_archived_page_is_there_however_many_copies_came_later(
    site: Site, small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recommender.browse.piece_queries.MOST_VERSIONS", 1)
    tree = page(site.get(f"/-/readmore/piece/{small.disagrees}"))
    assert tree.xpath("//iframe/@src") == [f"/-/readmore/capture/{small.page}"]
    assert len(section(tree, "versions").xpath(".//li")) == 1


def test_what_is_no_page_is_told_not_sent(site: Site, small: Small) -> None:
    answer = site.get(f"/-/readmore/capture/{small.pdf}")
    assert "application/pdf" in answer.text and "%PDF" not in answer.text
    assert answer.headers["content-security-policy"] == HEADERS["Content-Security-Policy"]


def test_a_damaged_record_is_told_without_the_servers_paths(small: Small, tmp_path: Any) -> None:
    place = tmp_path / "torn"
    (place / "warc").mkdir(parents=True)
    (place / "readmore.db").write_bytes((small.folder / "readmore.db").read_bytes())
    for file in (small.folder / "warc").iterdir():
        (place / "warc" / file.name).write_bytes(file.read_bytes()[:50])
    opened = Site(place / "readmore.db")
    try:
        answer = opened.get(f"/-/readmore/capture/{small.page}")
        assert "can’t be shown" in answer.text and str(tmp_path) not in answer.text
    finally:
        opened.close()


# Everywhere


@pytest.mark.parametrize("path", JSON)
def test_each_page_is_also_json_of_what_it_shows(site: Site, path: str) -> None:
    answer = site.get(path)
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("application/json")
    assert answer.json() and {name: answer.headers[name] for name in HEADERS} == HEADERS


def test_the_json_of_a_list_has_what_the_page_has(site: Site) -> None:
    told = site.get(f"/-/readmore/{KEY}.json").json()
    assert [one["title"] for one in told["pieces"]] == [
        "Quill was wrong again",
        "What nobody dared",
        "אגרה על כל עגלה",
    ]
    assert told["missing"][0]["reason"] == "gone (410)" and told["read_first"][0]["point"]["article_id"] == 2
    assert told["pieces"][0]["scores"]["stance"] == "agrees"


@pytest.mark.parametrize(
    "path",
    [
        "/-/readmore/piece/99999", "/-/readmore/piece/99999999999999999999999", "/-/readmore/capture/99999",
        "/-/readmore/compare/1/99999", f"/-/readmore/{KEY}/compare/99999", "/-/readmore/nobody/map",
        "/-/readmore/nobody.atom", "/-/readmore/nobody.epub", "/-/readmore/nobody.json",
    ],
)  # fmt: skip
def test_what_is_not_there_is_a_page_of_ours(site: Site, path: str) -> None:
    answer = site.get(path)
    assert answer.status_code == 404
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS


def test_the_feed_is_atom_with_the_last_archived_first(site: Site) -> None:
    answer = site.get(f"/-/readmore/{KEY}.atom")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    tree = etree.fromstring(answer.content)
    links = tree.xpath("/a:feed/a:entry/a:link/@href", namespaces=ATOM)
    assert [link.rpartition("/")[2] for link in links] == ["5", "4", "3", "2"]
    assert all(link.startswith("http://localhost/-/readmore/piece/") for link in links)
    for name in ("id", "title", "updated"):
        assert len(tree.xpath(f"/a:feed/a:{name}", namespaces=ATOM)) == 1
        assert len(tree.xpath(f"//a:entry/a:{name}", namespaces=ATOM)) == 4
    assert len(set(tree.xpath("//a:id/text()", namespaces=ATOM))) == 5
    elsewhere = site.get(f"/-/readmore/{KEY}.atom", headers={"host": "other.example:99"})
    names = tree.xpath("//a:id/text()", namespaces=ATOM)
    assert "other.example" in elsewhere.text
    assert etree.fromstring(elsewhere.content).xpath("//a:id/text()", namespaces=ATOM) == names
    newest, *each = tree.xpath("//a:updated/text()", namespaces=ATOM)
    assert newest == max(each) and each[0] == "2020-01-11T12:30:15Z"


def test_the_book_holds_the_list_as_well_formed_text(site: Site) -> None:
    answer = site.get(f"/-/readmore/{KEY}.epub")
    assert answer.headers["content-type"] == "application/epub+zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        first = book.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        assert book.read("mimetype") == b"application/epub+zip"
        pages = {
            name: book.read(name)
            for name in book.namelist()
            if name.endswith((".xhtml", ".opf", ".ncx", ".xml"))
        }
    text = {name: etree.fromstring(data).xpath("string()") for name, data in pages.items()}
    assert "The toll is a bad idea" in text["EPUB/page0001.xhtml"]
    assert "“The toll is robbery,” said Olle Brandt." in text["EPUB/page0003.xhtml"]
    assert "The ledger nobody read: failed, gone (410)" in text["EPUB/page0006.xhtml"]
    name = re.search(rb"<dc:identifier[^>]*>([^<]+)<", pages["EPUB/package.opf"])
    with zipfile.ZipFile(io.BytesIO(site.get(f"/-/readmore/{KEY}.epub").content)) as again:
        assert name and name[0] in again.read("EPUB/package.opf"), "a device knows the book again"


def test_titles_of_strangers_are_text_in_feed_and_book(small: Small, tmp_path: Any) -> None:
    place = tmp_path / "evil"
    place.mkdir()
    (place / "readmore.db").write_bytes((small.folder / "readmore.db").read_bytes())
    evil = "<script>x</script>&amp; ]]> \u202e{{ 7*7 }} \x0b"
    connection = sqlite3.connect(place / "readmore.db")
    connection.execute("update articles set title = ?1, authors = ?1, outlet = ?1", [evil])
    connection.execute("update article_texts set text = ?1", [evil])
    connection.execute("update seeds set title = ?1, author = ?1", [evil])
    connection.execute("update links set title = ?1, reason = ?1", [evil])
    connection.commit()
    connection.close()
    opened = Site(place / "readmore.db")
    try:
        tree = etree.fromstring(opened.get(f"/-/readmore/{KEY}.atom").content)
        assert (
            "<script>x</script>&amp; ]]> {{ 7*7 }}"
            in tree.xpath("//a:entry/a:title/text()", namespaces=ATOM)[0]
        )
        book = zipfile.ZipFile(io.BytesIO(opened.get(f"/-/readmore/{KEY}.epub").content))
        for name in book.namelist():
            if name.endswith((".xhtml", ".opf", ".ncx")):
                assert not etree.fromstring(book.read(name)).xpath("//*[local-name()='script']"), name
        for path in (
            f"/-/readmore/{KEY}/map",
            "/-/readmore/piece/2",
            f"/-/readmore/{KEY}/compare/2",
            "/-/readmore/search?q=script",
        ):
            answer = opened.get(path)
            assert not html.fromstring(answer.text).xpath("//script"), path
            assert "\u202e" not in answer.text and "{{ 7*7 }}" in answer.text, path
    finally:
        opened.close()


def test_every_link_of_every_page_leads_somewhere(site: Site, small: Small) -> None:
    seen: set[str] = set()
    number = small.agrees
    pages = ("", "/search?q=toll", f"/{KEY}", f"/{KEY}/map", f"/{KEY}/compare/{number}", f"/piece/{number}")
    for path in (*pages, f"/piece/{small.seed}", f"/capture/{small.pdf}"):
        tree = page(site.get("/-/readmore" + path))
        seen |= {href.partition("#")[0] for href in tree.xpath("//@href|//@src") if href.startswith("/")}
    assert len(seen) > 40
    assert {site.get(href).status_code for href in seen} == {200}


def test_every_query_is_bounded_and_served_by_an_index(
    site: Site, small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No page reads a whole table: what is scanned is walked from its newest row, or already cut to a few."""
    asked: dict[str, Any] = {}
    execute = Database.execute

    async def watched(self: Database, sql: str, params: Any = None, *more: Any, **named: Any) -> Any:
        asked[sql] = params
        return await execute(self, sql, params, *more, **named)

    monkeypatch.setattr(Database, "execute", watched)
    filtered = f"/{KEY}?sort=stance&outlet=Ledger&from=2019-01-01&to=2020-01-01"
    for path in (filtered, "/piece/1", f"/{KEY}.atom", f"/{KEY}.epub", f"/capture/{small.page}"):
        site.get("/-/readmore" + path)
    for path in JSON:
        site.get(path)
    connection = sqlite3.connect(small.folder / "readmore.db")
    tables = "articles|article_texts|captures|links|rankings|changes|checks|profiles|urls|seeds"
    counted = 0
    for sql, params in asked.items():
        if "sqlite_master" in sql or " from " not in sql:
            continue
        counted += 1
        steps = [row[3] for row in connection.execute(f"explain query plan {sql}", params or {})]
        whole = [step for step in steps if re.fullmatch(rf"SCAN ({tables})", step)]
        newest = re.search(r"from (\w+) order by id desc limit", sql)
        assert all(newest and step == f"SCAN {newest[1]}" for step in whole), (sql, steps)
        one_row = re.search(r"(\.|\b)(id|key) = :|article_id = :id$|in \(:left, :right\)", sql)
        assert "limit" in sql or one_row, sql
    connection.close()
    assert counted > 20


def test_looking_changes_nothing(site: Site, small: Small) -> None:
    before = {
        path.name: path.read_bytes() for path in small.folder.rglob("*") if path.suffix in {".db", ".gz"}
    }
    for path in (*JSON, f"/-/readmore/{KEY}.epub", f"/-/readmore/capture/{small.page}"):
        site.get(path)
    assert {
        path.name: path.read_bytes() for path in small.folder.rglob("*") if path.suffix in {".db", ".gz"}
    } == before


def test_pages_are_light_and_ask_for_nothing_but_their_style(site: Site, small: Small) -> None:
    for path in ("", f"/{KEY}", f"/{KEY}/map", f"/piece/{small.agrees}", f"/{KEY}/compare/{small.agrees}"):
        answer = site.get("/-/readmore" + path)
        assert len(answer.content) < 200_000
        tree = html.fromstring(answer.text)
        assert not tree.xpath("//script|//img|//object|//embed")
        assert tree.xpath("//link[@rel='stylesheet']/@href") == ["/-/static-plugins/readmore/readmore.css"]


def test_cells_open_pieces_pages_and_show_edits(site: Site, small: Small) -> None:
    articles = page(site.get("/readmore/articles"))
    assert f"/-/readmore/piece/{small.agrees}" in articles.xpath(
        "//td[contains(@class,'col-title')]//a/@href"
    )
    kept = page(site.get("/readmore/captures"))
    assert f"/-/readmore/capture/{small.page}" in kept.xpath(
        "//td[contains(@class,'col-captured_at')]//a/@href"
    )
    changed = page(site.get("/readmore/changes")).xpath("//td[contains(@class,'col-diff')]")[0]
    assert changed.xpath(".//del") and changed.xpath(".//ins") and "[-" not in changed.text_content()
    assert "Ada Quill (critical −0.80)" in words(page(site.get("/readmore/profiles")))
    assert json.loads(site.get("/readmore/changes.json?_shape=array").text)[0]["diff"].count("[-")
