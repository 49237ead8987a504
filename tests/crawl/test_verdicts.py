"""Bad pages are refused for the right reason, good copies are not; both have floors."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest
from bad_later import LATER
from bad_pages import ARTICLE, ASKED, COPY, HEADLINE, Bad, page, ps
from bad_stand_ins import STAND_INS
from bad_walls import WALLS
from honest_pages import HONEST
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.crawl.glance import declared_words, gated_words, sends_on, spoilt
from recommender.crawl.outcomes import Reason
from recommender.crawl.phrases import FAMILIES, PROMPTS, plain
from recommender.crawl.verdicts import OK, Before, Judgement, compared, judge
from recommender.reading.extract import Extracted, extract

ROOT = Path(__file__).resolve().parent.parent.parent
FLOORS = json.loads((ROOT / "tests" / "floors" / "verdicts.json").read_text(encoding="utf-8"))
FIRST = (*WALLS, *STAND_INS)
HELD = Before(COPY[0], len(COPY[1].split()), COPY[1], COPY[2])
FINE = Judgement(OK, "")


@pytest.fixture(scope="module")
def measure() -> ModuleType:
    """benchmarks/verdicts.py, which does the measuring."""
    spec = importlib.util.spec_from_file_location("verdicts_benchmark", ROOT / "benchmarks" / "verdicts.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def verdict(bad: Bad) -> Judgement:
    final = bad.final_url or bad.url
    found = extract(bad.html, final, content_type="text/html; charset=utf-8")
    return judge(
        200, bad.headers, found, bad.html, url=bad.url, final_url=final, expected_title=bad.expected_title
    )


@pytest.mark.parametrize("half", ["first", "second"])
@pytest.mark.parametrize("title", [True, False])
def test_recall_on_bad_pages_does_not_fall(measure: ModuleType, half: str, title: bool) -> None:
    """Each half, with the title expected and without."""
    pages = FIRST if half == "first" else LATER
    floor = FLOORS["bad_pages"][half][0 if title else 1]
    refused, right = measure.bad_pages(pages, title=title)
    assert len(pages) == floor["n"]
    assert refused >= floor["refused"]
    assert right >= floor["right"]


@pytest.mark.parametrize("good", HONEST, ids=lambda good: good.name)
def test_an_honest_page_is_kept(good: Bad) -> None:
    """Short pieces about errors, cookies and robots, moved pages, paid ones that are whole."""
    found = verdict(good)
    assert found.verdict == OK, found.rule


@pytest.mark.data
def test_no_real_page_is_refused(measure: ModuleType, shared: Path) -> None:
    """47 pages, with and without an expected title, and each against itself: 0 refused."""
    tally = measure.Tally()
    measure.gold_pages(shared, tally)
    assert set(tally.judged.values()) == {47}
    assert not tally.told


@pytest.mark.data
def test_hardly_an_article_is_refused(measure: ModuleType, shared: Path) -> None:
    """200 of 8,005, whole, as briefs, and edited; the benchmark takes all of them."""
    data = (shared / "allsides.jsonl.gz").read_bytes()
    assert hashlib.sha256(data).hexdigest() == FLOORS["articles"]["sha256"]
    tally = measure.Tally()
    measure.texts(shared, tally, every=40)
    for kind, n in tally.judged.items():
        assert n == 201
        assert tally.refused[kind] <= FLOORS["articles"]["refused_of_201_at_most"], tally.told


# ── single rules ───────────────────────────────────────────────────────────────────────────────────────


def extracted(text: str, title: str = HEADLINE, **more: object) -> Extracted:
    return Extracted(title, text, words=len(text.split()), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("status", "expected"), [(404, Reason.NOT_FOUND), (403, Reason.FORBIDDEN), (503, Reason.SERVER)]
)
def test_an_error_is_an_error_whatever_it_says(status: int, expected: Reason) -> None:
    found = judge(status, (), extracted(COPY[1]), b"", url=ASKED, final_url=ASKED)
    assert found == Judgement(expected, f"HTTP status {status}")


def test_a_challenge_that_says_so_needs_no_phrase() -> None:
    found = judge(200, (("CF-Mitigated", "challenge"),), extracted(COPY[1]), b"", url=ASKED, final_url=ASKED)
    assert found.verdict == Reason.BLOCK_PAGE


def test_a_pdf_is_not_an_empty_page() -> None:
    body = b"%PDF-1.7 ..."
    found = judge(200, (), extract(body, ASKED, content_type=None), body, url=ASKED, final_url=ASKED)
    assert found.verdict == Reason.NO_PAGE


def test_a_rule_says_what_told_it() -> None:
    """In words a user reads, on one line."""
    for bad in (*FIRST, *LATER):
        rule = verdict(bad).rule
        assert rule
        assert rule.isprintable()
    told = next(verdict(bad).rule for bad in WALLS if bad.name.startswith("schema.org: not free"))
    assert told == "schema.org isAccessibleForFree is false and the text has 84 words"


def test_phrases_are_written_as_pages_are_read() -> None:
    """A phrase that `plain` would change can never be found."""
    for family in FAMILIES:
        for phrase in (*family.titles, *family.sentences):
            assert plain(phrase) == phrase
        assert all(marker == marker.lower() for marker in family.markers)
    assert all(plain(phrase) == phrase for phrase in PROMPTS)


def test_a_home_page_that_was_asked_for_is_no_soft_404() -> None:
    home = "https://www.vellmarcourier.example/"
    found = judge(200, (), extracted(COPY[1]), b"", url=home, final_url=home + "index.html")
    assert found.verdict == OK


def test_a_foreign_page_under_the_lists_own_title_is_kept() -> None:
    """A list may translate a title; nothing can be told from its words then."""
    body = page(
        "Hafenstreik dauert an", ps("Die Kräne stehen still, und niemand verhandelt mehr. " * 8), lang="de"
    )
    found = extract(body, ASKED, content_type="text/html")
    title = "Why the dockers of the northern city are not working"
    told = judge(200, (), found, body, url=ASKED, final_url=ASKED, expected_title=title)
    assert told.verdict == OK


# ── against the copy we hold ───────────────────────────────────────────────────────────────────────────


def test_a_bad_judgement_stays_what_it_is() -> None:
    bad = Judgement(Reason.PAYWALL, "why")
    assert compared(bad, extracted("x"), HELD) is bad


@pytest.mark.parametrize(
    "text",
    [
        COPY[1],
        "\n".join(ARTICLE[:-1]),
        "\n".join((*ARTICLE, "Correction: the basin at Sandhaven opened in 2017, not in 2016.")),
        " ".join(ARTICLE[1:5]) + " " + " ".join(ARTICLE[6:]),
    ],
    ids=["the same", "last paragraph cut", "corrected", "rewrapped and cut"],
)
def test_an_edited_copy_is_no_worse(text: str) -> None:
    assert compared(FINE, extracted(text, "Another headline"), HELD) is FINE


def test_a_short_article_may_be_cut() -> None:
    """Under 150 words a copy's length says nothing."""
    held = Before("Tram runs again", 60, ARTICLE[0] + ARTICLE[1], "en")
    assert compared(FINE, extracted(" ".join(ARTICLE[0].split()[:15])), held) is FINE


def test_a_longer_copy_is_never_refused_for_its_length() -> None:
    held = Before(HEADLINE, len(" ".join(ARTICLE[:2]).split()), "\n".join(ARTICLE[:2]), "en")
    assert compared(FINE, extracted(COPY[1]), held) is FINE


# ── what a look tells ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("Plain words only.", 0, 0),
        ("L’été, où l’élève a reçu un prêt à Genève : « déjà ! »", 0, 0),
        ("L’été où l’élève".encode().decode("cp1252", "replace"), 0.3, 1),
        ("Größe und Überfluß".encode().decode("latin-1"), 0.2, 1),
        ("Żółć, gęś i jaźń; țară și pâine; Ğ ı ş", 0, 0.3),
        ("Москва и Киев: «сегодня», №5", 0, 0),
        ("", 0, 0),
    ],
)
def test_spoilt_letters_are_told_from_foreign_ones(text: str, least: float, most: float) -> None:
    assert least <= spoilt(text) <= most


def test_a_page_says_how_long_its_article_is() -> None:
    block = '<script type="application/ld+json">{"@type":"NewsArticle",%s}</script>'
    assert declared_words(block % '"wordCount":"812"') == 812
    assert declared_words(block % '"articleBody":"four words and \\"a quote\\""') == 5
    assert declared_words(block % '"articleBody":"broken \\') is None
    assert declared_words('<script>{"wordCount":5}</script>') is None


def test_the_part_that_is_not_free_is_found_by_class_and_by_id() -> None:
    for selector, element in (
        (".paid", "<p class='x paid'>one two</p>"),
        ("#paid", "<p id=paid>one two</p>"),
    ):
        assert gated_words(f'{{"cssSelector":"{selector}"}}{element}') == 2
    assert gated_words('{"cssSelector":".paid"}<p class="unpaid">one two</p>') == 0


def test_where_a_page_sends_its_reader() -> None:
    assert sends_on('<meta http-equiv="refresh" content="0;URL=\'/a?b=1&amp;c=2\'">') == "/a?b=1&c=2"
    assert sends_on("<script>window.location.replace('/b')</script>") == "/b"
    assert sends_on('<meta http-equiv="refresh" content="300">') is None


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=2000), st.text(max_size=400), st.text(max_size=60))
def test_no_bytes_break_a_verdict(html: bytes, text: str, url: str) -> None:
    """Any page, text and address get a verdict and a printable rule."""
    found = extracted(text, text[:50], paywalled=True)
    told = judge(200, (), found, html, url=ASKED, final_url=url, expected_title=text)
    assert told.verdict
    assert told.rule.isprintable()
    assert compared(FINE, found, HELD).rule.isprintable()


@pytest.mark.parametrize(
    "html",
    [b"<" * 300_000, b"<script" * 50_000, b"<!--" * 80_000, b"<title " * 40_000, b"<meta http-equiv=refresh " * 12_000,
     b'<script type="ld+json">' * 12_000, b'"articleBody":"' + b'\\"' * 150_000, b"location=" * 30_000],
    ids=["<", "script", "comment", "title", "meta", "json", "quotes", "location"],
)  # fmt: skip
def test_a_hostile_page_is_judged_in_time(html: bytes) -> None:
    """300 KB that invite backtracking: under two seconds (they take up to .3)."""
    start = time.process_time()
    judge(200, (), extracted("a few words only", paywalled=True), html, url=ASKED, final_url=ASKED)
    assert time.process_time() - start < 2
