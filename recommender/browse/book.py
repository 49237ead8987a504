"""A reading list as an EPUB, for a device to read on. Plain text only: no markup of a page gets in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from markupsafe import escape

from recommender.browse.shapes import SeedPage

STYLE = (
    "body{line-height:1.5}h1{font-size:1.4em;line-height:1.2}.by{font-style:italic}.why{font-size:.85em}"
    "p{margin:0 0 .7em}"
)


@dataclass(frozen=True, slots=True)
class Chapter:
    """One piece of the book."""

    title: str
    byline: str
    why: str  # why it is in the list, and where its copy comes from
    paragraphs: tuple[str, ...]


def epub(seed: SeedPage, name: str, chapters: Sequence[Chapter]) -> bytes:
    """The book as a file's bytes.

    Args:
        seed: whose list it is.
        name: a URN that stays the same, by which a device knows the book again.
        chapters: in reading order, the list of what is missing included where there is one.
    """
    import mkepub

    # mkepub escapes a title in one template and not in the others: markupsafe's `escape` is right in all.
    facts = {"author": seed.author} if seed.author else {}
    book = mkepub.Book(escape(f"Read more: {seed.title}"), **facts)
    book.uuid = name
    with book.tempdir, TemporaryDirectory() as folder:
        book.set_stylesheet(STYLE)
        for chapter in chapters:
            book.add_page(escape(chapter.title), _xhtml(chapter))
        path = Path(folder) / "list.epub"
        book.save(path)
        return path.read_bytes()


def _xhtml(chapter: Chapter) -> str:
    lines = [f"<h1>{escape(chapter.title)}</h1>"]
    lines += [f'<p class="by">{escape(chapter.byline)}</p>'] if chapter.byline else []
    lines += [f'<p class="why">{escape(chapter.why)}</p>'] if chapter.why else []
    lines += [f'<p dir="auto">{escape(paragraph)}</p>' for paragraph in chapter.paragraphs]
    return "\n".join(lines)
