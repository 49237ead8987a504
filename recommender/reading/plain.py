"""A plain-text article, as one copies it from a page: title, author, outlet, date and body. Pure.

What people paste has the page's furniture in it: the masthead, a kicker before the headline, photo and
video captions, the author's note, the list under "Read more" and boxes behind it. The body is what is left.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

KICKER = re.compile(
    r"^(?:Opinions?|Analysis|Perspective|Editorial|Commentary|Column|Review|Essay|Guest Essay)\b"
    r"[\s:|–—-]+(?=[^\sa-z])"
)
# "(Alexei Nikolsky/AP)", "(Video: The Post)", "(Photo: A. Name/The Post)": a credit closes a caption.
CAPTION = re.compile(
    r"\((?:[^()]*\b(?:Video|Photo|Photos|Image|Illustration|Graphic|Getty|Reuters|AFP)\b[^()]*|[^()/]{2,60}/[^()]{2,80})\)\s*$"
)
CUE = re.compile(
    r"^\W*(?:read more|read also|also read|see also|read next|more on this|related|further reading)\W*$", re.I
)
_NAME = r"[A-Z][\w.'’-]*(?: (?:(?:de|van|von|bin|al|el|la|le) )?[A-Z][\w.'’-]*){1,3}"
BYLINE = re.compile(rf"^By ({_NAME}(?:(?:, | and ){_NAME})*)\b")
_POST = (
    r"\b(?:former|fellow|professor|columnist|editor|writer|author|director|correspondent|reporter|teaches|"
    r"counsel\w*|lawyer|analyst|economist|historian|journalist|member|lecturer|scholar|founder|contribut\w+)\b"
)
NOTE = re.compile(
    rf"^({_NAME}),? [^.]*?\b(?:is|was|writes|teaches|serves|served|covers)\b(?=.*{_POST})"
    rf"|^({_NAME}), .*{_POST}"
)
DATE = re.compile(
    r"\b(January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Jan\.|Feb\.|Aug\.|Sept?\.|Oct\.|Nov\.|Dec\.) (\d{1,2}), (\d{4})\b"
)
BODY_WORDS = (
    30  # a paragraph this long is prose; headlines and mastheads are shorter (median op-ed paragraph: 60)
)
NOTE_WORDS = 60  # an author's note is a sentence or two
MASTHEAD_WORDS = 8


@dataclass(frozen=True, slots=True)
class PlainArticle:
    """What a plain text says of itself. Paragraphs of `body` are separated by a newline."""

    title: str
    author: str | None
    outlet: str | None
    published: date | None
    body: str


def read(text: str) -> PlainArticle:
    """Tell a pasted article's parts from one another.

    The title is the line with a kicker ("Opinion …") among those before the prose, else the first line.
    Never raises; an empty text gives empty parts.
    """
    lines = [" ".join(line.split()) for line in text.lstrip("\ufeff").splitlines()]
    paragraphs = [line for line in lines if line]
    end = next((i for i, line in enumerate(paragraphs) if CUE.match(line)), len(paragraphs))
    front = _front(paragraphs[:end])
    title_at = next((i for i in range(front) if KICKER.match(paragraphs[i])), 0)
    author, note_at = _author(paragraphs[: front + 1])
    furniture = {*range(title_at + 1), *([note_at] if note_at is not None else [])}
    body = [
        line
        for i, line in enumerate(paragraphs[:end])
        if i not in furniture and not CAPTION.search(line) and not (i < front and _front_matter(line))
    ]
    return PlainArticle(
        title=KICKER.sub("", paragraphs[title_at]) if paragraphs else "",
        author=author,
        outlet=_masthead(paragraphs[0]) if title_at > 0 else None,
        published=_date(paragraphs[: front + 1]),
        body="\n".join(body),
    )


def _front(paragraphs: list[str]) -> int:
    """How many paragraphs come before the prose."""
    for i, line in enumerate(paragraphs):
        if len(line.split()) >= BODY_WORDS and not CAPTION.search(line) and not _is_note(line):
            return max(i, 1)
    return min(len(paragraphs), 1)


def _is_note(line: str) -> bool:
    return bool(NOTE.match(line)) and len(line.split()) <= NOTE_WORDS


def _author(front: list[str]) -> tuple[str | None, int | None]:
    """The author and, where it is a note of their own, its place."""
    for i, line in enumerate(front):
        found = BYLINE.match(line)
        if found:
            return found.group(1), i
    for i, line in enumerate(front[1:], 1):
        found = NOTE.match(line)
        if found and _is_note(line):
            return found.group(1) or found.group(2), i
    return None, None


def _front_matter(line: str) -> bool:
    return bool(DATE.search(line)) and len(line.split()) <= MASTHEAD_WORDS


def _masthead(line: str) -> str | None:
    """An outlet's name from a masthead, whose motto is often glued on: "The PostWe tell it" is "The Post"."""
    name = re.split(r"(?<=[a-z])(?=[A-Z])", line)[0]
    return name if len(name.split()) <= MASTHEAD_WORDS else None


def _date(front: list[str]) -> date | None:
    for line in front:
        found = DATE.search(line)
        if found and len(line.split()) <= MASTHEAD_WORDS:
            month, day, year = found.groups()
            try:
                return datetime.strptime(f"{month[:3]} {day} {year}", "%b %d %Y").date()
            except ValueError:
                return None
    return None
