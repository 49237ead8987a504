"""No reader's time explodes: 30,000 hostile characters cost each at most 4 seconds of CPU.

A reader that goes back for each character takes far longer: `:80:80…` once cost the URL key 7 s.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from recommender import output, seeds
from recommender.browse import text as browse
from recommender.crawl import cdx, dates, link_header, memento, urls
from recommender.crawl.frontier import retry_after
from recommender.crawl.outcomes import Response, one_line
from recommender.crawl.robots import RobotsRules
from recommender.references import from_text

SIZE = 30_000  # characters
LIMIT = 4.0  # seconds of CPU; the slowest takes .5 on a slow core, the quadratic key that this found took 7
WHEN = datetime(2020, 1, 11, tzinfo=UTC)

UNITS = {
    "angles": "<", "angles and commas": "<>,", "open quotes": '<a>;"', "backslashes": '"\\', "semicolons": ";",
    "rels": '<a>; rel="original"', "spaces": " ", "tabs": "\t", "slashes": "/", "dots": ".", "digits": "7",
    "dates": "/2020/01/11", "stamps": "/20200111000000id_/", "percents": "%", "escapes": "%41", "wide": "é",
    "dashes": "-", "www": "www.", "schemes": "http://", "ports": ":80", "at": "@", "queries": "?a&b=", "hashes": "#",
    "brackets": "[", "braces": "{", "pairs": '{"a":', "lines": "a b c d e f g\n", "newlines": "\n", "esc": "\x1b",
    "osc": "\x1b]", "csi": "\x1b[0;", "overrides": "\u202e", "surrogates": "\ud800", "stars": "*",
    "agents": "user-agent: a\n", "rules": "disallow: /*a\n", "titles": "Read more: A: B\n", "nuls": "\0",
    "marks": "e\u0301\u0300",
}  # fmt: skip


def answer(text: str) -> Response:
    headers = (("Link", text), ("Memento-Datetime", text), ("Location", text))
    return Response("http://a/", "http://a/", (), 302, headers, text.encode("utf-8", "replace"), 0.1, WHEN)


def _robots(text: str) -> None:
    rules = RobotsRules.from_response(200, text.encode("utf-8", "replace"))
    rules.allows(f"https://a.example/{text[:2000]}", "readmore/1")
    rules.delay("readmore/1")


def _memento(text: str) -> None:
    found = answer(text)
    memento.memento_datetime(found)
    memento.original_url(found, "asked")
    memento.original_headers(found)
    memento.negotiated(found, "http://a/", WHEN)
    memento.timegate(found, "http://a/")
    memento.closest(found.body)
    memento.step(text, "http://a/", "http://b/", WHEN)


def _urls(text: str) -> None:
    address = f"https://a.example/{text}"
    urls.url_key(text)
    urls.url_key(address)
    urls.join(address, text)
    urls.is_web(text)
    urls.host_key(text)
    urls.origin(text)
    urls.outlet(text)
    urls.slug_words(address)


def _dates(text: str) -> None:
    dates.path_date(f"https://a.example/{text}")
    dates.on_other_day(f"https://a.example/{text}", date(2020, 1, 11))


def _shown(text: str) -> None:
    output.clean(text)
    one_line(text)
    browse.clean(text)
    output.as_csv([{"a": text}], ["a"])
    output.as_markdown([{"a": text}], [output.Column("a", "A")])


READERS: dict[str, Callable[[str], object]] = {
    "links": lambda text: link_header.links((("Link", text),)),
    "index": lambda text: cdx.read(text.encode("utf-8", "replace")),
    "memento": _memento,
    "retry-after": lambda text: retry_after(text, 0.0),
    "robots": _robots,
    "urls": _urls,
    "dates": _dates,
    "shown": _shown,
    "slug": seeds.slug,
    "references in a text": from_text,
}


@pytest.mark.parametrize("reader", READERS)
def test_no_repeated_piece_makes_a_reader_slow(reader: str) -> None:
    read = READERS[reader]
    slow = {}
    for name, unit in UNITS.items():
        text = (unit * (SIZE // len(unit) + 1))[: SIZE - 1]  # the last piece is often cut, as endings count
        started = time.process_time()
        read(text)
        spent = time.process_time() - started
        if spent > LIMIT:
            slow[name] = round(spent, 2)
    assert not slow
