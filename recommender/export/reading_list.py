"""A reading list to paste into a newsletter: Markdown, a section a seed, in its editors' order.

## [The seed](https://…)

A. Writer, The Outlet, 9 March 2024

- [A piece](https://…), B. Reporter, *The Outlet*, 2 March 2024
- [A dead piece](https://web.archive.org/web/2024…), *The Outlet*, 1 March 2024 (archived copy)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from recommender.export.kept import dead, memento
from recommender.models import StoredLink, StoredSeed
from recommender.output import markdown_link, markdown_text
from recommender.store.catalogue import Entry

OTHERS = "Also archived"


def section(
    seed: StoredSeed, links: Sequence[StoredLink], entries: Mapping[int, Entry], *, first: bool
) -> Iterator[str]:
    """A seed's heading, byline and pieces; references that were not archived are left out."""
    yield "" if first else "\n"
    yield f"## {markdown_link(seed.title, seed.url)}\n"
    byline = ", ".join(
        markdown_text(part) for part in (seed.author, seed.outlet, _day(seed.published)) if part
    )
    yield f"\n{byline}\n\n" if byline else "\n"
    shown: set[int] = {seed.article_id} if seed.article_id else set()
    for link in links:
        if link.article_id and link.article_id in entries and link.article_id not in shown:
            shown.add(link.article_id)
            yield item(entries[link.article_id])


def rest(entries: Iterable[Entry], *, first: bool) -> Iterator[str]:
    """The pieces on no list."""
    for number, entry in enumerate(entries):
        if number == 0 and not first:
            yield f"\n## {OTHERS}\n\n"
        yield item(entry)


def item(entry: Entry) -> str:
    """One piece. Where its own address is dead, it links to the web archive's copy and says so."""
    article, copy = entry.article, memento(entry)
    url, note = article.url, ""
    if dead(entry):
        url, note = (copy, " (archived copy)") if copy else (url, " (no longer at its address)")
    parts = [markdown_link(article.title, url)]
    parts += [markdown_text(article.authors)] if article.authors else []
    parts += [f"*{markdown_text(article.outlet)}*"] if article.outlet else []
    parts += [_day(article.published)] if article.published else []
    return f"- {', '.join(parts)}{note}\n"


def _day(day: date | None) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}" if day else ""


_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip  # strftime's depend on the machine's language
