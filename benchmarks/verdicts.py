"""How often a verdict refuses a good copy, and how many bad pages it lets through.

    python benchmarks/verdicts.py ../shared/data             every article: 5 to 10 minutes
    python benchmarks/verdicts.py ../shared/data --every 40  200 of them

Good copies: real pages as they are, and the texts of allsides in invented minimal pages, whole, cut short as
a brief would be, and edited as a newsroom edits (against the unedited text as the copy held). Bad pages: the
invented ones of tests/crawl. Intervals are Wilson's, 95 %.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from pathlib import Path
from typing import Any

from recommender.crawl.verdicts import OK, Before, Judgement, compared, judge
from recommender.reading.extract import Extracted, extract

HTML = (("Content-Type", "text/html; charset=utf-8"),)
BRIEFS = (60, 100, 150, 200)  # words


@dataclass
class Tally:
    """How many of each kind were judged and refused, by what, and how long it took."""

    judged: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    told: list[tuple[str, Judgement]] = field(default_factory=list)
    seconds: Counter[str] = field(default_factory=Counter)

    def add(self, kind: str, judgement: Judgement, seconds: float = 0.0) -> None:
        """Count one."""
        self.judged[kind] += 1
        self.seconds[kind] += seconds
        if judgement.verdict != OK:
            self.refused[kind] += 1
            self.told.append((kind, judgement))


def wilson(hits: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a share."""
    z, share = 1.96, hits / n
    middle, spread = share + z * z / (2 * n), z * ((share * (1 - share) + z * z / (4 * n)) / n) ** 0.5
    return max(0.0, (middle - spread) / (1 + z * z / n)), min(1.0, (middle + spread) / (1 + z * z / n))


def gold_pages(data: Path, tally: Tally) -> None:
    """Real pages as they are: with no title expected, with their own, and against themselves."""
    folder = data / "readmore"
    for item in json.loads((folder / "gold.json").read_text(encoding="utf-8")):
        body, url = gzip.decompress((folder / "pages" / item["file"]).read_bytes()), item["url"]
        page = extract(body, url, content_type="text/html")
        for kind, title in (("real pages", None), ("real pages, title expected", item["title"])):
            start = time.perf_counter()
            found = judge(200, HTML, page, body, url=url, final_url=url, expected_title=title)
            tally.add(kind, found, time.perf_counter() - start)
        tally.add("real pages, against themselves", compared(found, page, before(page)))


def before(page: Extracted) -> Before:
    """A page as the copy we hold."""
    return Before(page.title, page.words, page.text, page.language)


def articles(data: Path, every: int) -> Iterator[dict[str, Any]]:
    """Every n-th article of allsides."""
    with gzip.open(data / "allsides.jsonl.gz", "rt", encoding="utf-8") as lines:
        yield from (json.loads(line) for number, line in enumerate(lines) if number % every == 0)


def wrap(title: str, text: str) -> bytes:
    """An invented minimal page."""
    body = "".join(f"<p>{escape(line)}</p>" for line in text.split("\n") if line.strip())
    head = f"<title>{escape(title)} | Vellmar Courier</title>"
    return (
        f'<!DOCTYPE html><html lang="en"><head>{head}</head><body><nav><a href="/">Home</a></nav>'
        f"<article><h1>{escape(title)}</h1>{body}</article><footer>© Vellmar Courier</footer></body></html>"
    ).encode()


def texts(data: Path, tally: Tally, every: int = 1) -> None:
    """Articles of allsides: whole through extraction, and their briefs and edits."""
    for item in articles(data, every):
        title, url = item["title"].strip(), item["url"] or "https://www.vellmarcourier.example/a"
        body = wrap(title, item["text"])
        whole = extract(body, url, content_type="text/html; charset=utf-8")

        def run(
            kind: str,
            page: Extracted,
            held: Before | None = None,
            *,
            body: bytes = body,
            url: str = url,
            title: str | None = title,
        ) -> None:
            start = time.perf_counter()
            found = judge(200, HTML, page, body, url=url, final_url=url, expected_title=title)
            if held:
                start = time.perf_counter()
                found = compared(found, page, held)
            tally.add(kind, found, time.perf_counter() - start)

        run("whole", whole)
        run("whole, no title expected", whole, title=None)
        for count in BRIEFS:
            part = brief(whole, count)
            run(f"first {count} words", part, body=wrap(title, part.text))
        for kind, page in edits(whole):
            run(f"against our copy: {kind}", page, before(whole))


def brief(page: Extracted, count: int) -> Extracted:
    """An article's first words, paragraphs kept."""
    lines: list[str] = []
    for line in page.text.split("\n"):
        words = line.split()[:count]
        count -= len(words)
        lines += [" ".join(words)] if words else []
    return with_text(page, "\n".join(lines))


def with_text(page: Extracted, text: str) -> Extracted:
    """A page with another text."""
    return replace(page, text=text, words=len(text.split()))


def edits(page: Extracted) -> Iterator[tuple[str, Extracted]]:
    """What newsrooms do to an article; a cut also joins its paragraphs, so that no line stays as it was."""
    words = page.text.split()
    middle, tenth = len(words) // 2, len(words) // 10
    yield "the same", page
    yield "10 % cut from the middle", with_text(page, " ".join(words[:middle] + words[middle + tenth :]))
    yield "10 % cut from the end", with_text(page, " ".join(words[:-tenth]))
    yield "30 % cut from the end", with_text(page, " ".join(words[: -3 * tenth]))
    yield "another headline", replace(page, title="What we know so far")
    note = "Correction: an earlier version of this article gave the wrong year for the bridge."
    yield "a correction under it", with_text(page, f"{page.text}\n{note}")


def bad_pages(pages: Sequence[Any], *, title: bool = True) -> tuple[int, int]:
    """Of bad pages how many are refused, and how many for the right reason."""
    refused = right = 0
    for bad in pages:
        final = bad.final_url or bad.url
        page = extract(bad.html, final, content_type="text/html; charset=utf-8")
        expected = bad.expected_title if title else None
        found = judge(200, bad.headers, page, bad.html, url=bad.url, final_url=final, expected_title=expected)
        if bad.before:
            text = bad.before[1]
            found = compared(found, page, Before(bad.before[0], len(text.split()), text, bad.before[2]))
        refused += found.verdict != OK
        right += found.verdict in bad.wanted
    return refused, right


def main(write: Callable[[str], object] = print) -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--every", type=int, default=1, help="take every n-th article")
    given = parser.parse_args()
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "crawl"))
    from bad_later import LATER
    from bad_stand_ins import STAND_INS
    from bad_walls import WALLS

    for name, pages in (("first half", (*WALLS, *STAND_INS)), ("second half", LATER)):
        for title in (True, False):
            refused, right = bad_pages(pages, title=title)
            told = "" if title else ", no title expected"
            write(f"bad pages, {name}{told}: refused {refused}, rightly named {right}, of {len(pages)}")
    tally = Tally()
    gold_pages(given.data, tally)
    texts(given.data, tally, given.every)
    for kind, n in tally.judged.items():
        low, high = wilson(tally.refused[kind], n)
        took = 1000 * tally.seconds[kind] / n
        write(f"{kind}: refused {tally.refused[kind]} of {n} ({low:.2%} to {high:.2%}), {took:.2f} ms each")
    for kind, judgement in tally.told:
        write(f"  {kind}: {judgement.verdict}: {judgement.rule}")


if __name__ == "__main__":
    main()
