"""Reads the newspaper's pieces: TOML front matter between two `+++` lines, then paragraphs.

A body paragraph is one of
    plain text, where `[words](/path/)` is a link in prose
    `!photo NAME | caption (credit)`   a picture from images/NAME.svg
    `!video NAME | caption (credit)`   the same with a play button
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

FOLDER = Path(__file__).resolve().parent / "pieces"

Outlet = Literal["ledger", "weekly"]


@dataclass(frozen=True, slots=True)
class Listing:
    """One line of a "Read more" list."""

    author: str
    title: str
    outlet: Outlet
    path: str


@dataclass(frozen=True, slots=True)
class Explainer:
    """The box under a "Read more" list. It explains the news and refers to no piece."""

    heading: str
    intro: str
    items: tuple[tuple[str, str], ...]  # label, text


@dataclass(frozen=True, slots=True)
class Reprint:
    """The same text, published once more by the other outlet, which names the first as canonical."""

    outlet: Outlet
    section: str
    path: str
    title: str
    note: str


@dataclass(frozen=True, slots=True)
class Piece:
    """One article of the newspaper."""

    key: str  # the file's stem
    outlet: Outlet
    section: str
    path: str  # begins with "/"
    title: str
    author: str
    bio: str
    published: datetime  # aware, UTC
    summary: str
    tags: tuple[str, ...]
    photo: str  # a picture in images/, without its suffix
    caption: str
    credit: str
    body: tuple[str, ...]
    old_paths: tuple[str, ...] = ()  # where the piece was before: they redirect to `path`
    dead: bool = False  # the outlet answers 404; only the web archive has it
    unrelated: bool = False  # has nothing to do with the dispute
    reprint: Reprint | None = None
    more: tuple[Listing, ...] = ()  # non-empty for the seed alone
    explainer: Explainer | None = None
    first: tuple[Outlet, str] | None = (
        None  # of a reprint: where the text appeared before, its canonical place
    )
    note: str = ""  # of a reprint: says so

    def at(self, outlet: Outlet) -> Piece | None:
        """The piece as an outlet offers it: its own, its reprint of the other's, or none."""
        again = self.reprint
        if again and again.outlet == outlet:
            return replace(
                self,
                outlet=outlet,
                path=again.path,
                title=again.title,
                section=again.section,
                note=again.note,
                first=(self.outlet, self.path),
            )
        return self if self.outlet == outlet and not self.dead else None

    @property
    def is_seed(self) -> bool:
        """Whether this is the article the demo starts from."""
        return bool(self.more)

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The author's own paragraphs: the body without pictures and their captions."""
        return tuple(part for part in self.body if not part.startswith("!"))


def read_piece(path: Path) -> Piece:
    """Read one piece.

    Raises:
        ValueError: the file has no front matter.
        KeyError: the front matter lacks a field.
    """
    start, front, body = path.read_text(encoding="utf-8").split("+++\n", 2)
    if start:
        raise ValueError(f"{path.name}: a piece begins with a line of +++")
    return _piece(path.stem, tomllib.loads(front), body)


def _piece(key: str, facts: dict[str, Any], body: str) -> Piece:
    reprint, explainer = facts.get("also"), facts.get("explainer")
    return Piece(
        key=key,
        outlet=facts["outlet"],
        section=facts["section"],
        path=facts["path"],
        title=facts["title"],
        author=facts["author"],
        bio=facts["bio"],
        published=facts["published"],
        summary=facts["summary"],
        tags=tuple(facts["tags"]),
        photo=facts["photo"],
        caption=facts["caption"],
        credit=facts["credit"],
        body=tuple(part.strip() for part in body.split("\n\n") if part.strip()),
        old_paths=tuple(facts.get("old_paths", ())),
        dead=facts.get("status") == "dead",
        unrelated=facts.get("unrelated", False),
        reprint=Reprint(**reprint) if reprint else None,
        more=tuple(Listing(**line) for line in facts.get("more", ())),
        explainer=_explainer(explainer) if explainer else None,
    )


def _explainer(facts: dict[str, Any]) -> Explainer:
    items = tuple((label, text) for label, text in facts["items"])
    return Explainer(facts["heading"], facts["intro"], items)


def read_pieces(folder: Path = FOLDER) -> tuple[Piece, ...]:
    """Read every piece, newest first."""
    pieces = [read_piece(path) for path in folder.glob("*.md")]
    return tuple(sorted(pieces, key=lambda piece: piece.published, reverse=True))
