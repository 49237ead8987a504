"""Articles as a bibliography: biblatex entries in UTF-8, for biber.

| field                | what it holds                                                                     |
|----------------------|-----------------------------------------------------------------------------------|
| key                  | surname, year, six digits of the address: the same in every export and archive    |
| author               | "A and B"; in braces what is no person's name                                     |
| title                | in two braces: its capitals stay                                                  |
| journaltitle         | the outlet, which makes it @article; without one it is @online, without URL @misc |
| date, url, urldate   | urldate is the day of the copy we have                                            |
| eprint, eprinttype   | the web archive's copy and the archive's name: styles print both, as a link       |

LaTeX's special characters are escaped in text and percent-encoded in addresses, which biblatex takes verbatim.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator

from recommender.export.kept import archive_name, memento
from recommender.models import Article
from recommender.output import clean
from recommender.store.catalogue import Entry
from recommender.store.rows import text_digest

_LATEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",  # \{ would unbalance the braces that BibTeX counts
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{char: f"\\{char}" for char in "$&#_%"},
    }
)
_IN_URL = str.maketrans({char: f"%{ord(char):02X}" for char in '\\{}"<>^`| '})
_SEPARATOR = re.compile(r"\s*[;,]\s*|\s+(?:and|&)\s+")
_SUFFIX = re.compile(r"(?i)(?:[js]r\.?|i{2,3}|iv|ph\.?d\.?|m\.?d\.?|esq\.?)")
_GROUP = re.compile(  # words that stand in the byline of a desk, not of a person
    r"(?i)\bthe\b|\b(?:board|staff|desk|team|editors?|press|news|reporters?|agency|agencies|times|post)\b"
)


def lines(entries: Iterable[Entry]) -> Iterator[str]:
    """An entry for each article."""
    used: set[str] = set()
    for number, entry in enumerate(entries):
        key = _key(entry.article, used)
        used.add(key)
        yield ("\n" if number else "") + _entry(key, entry)


def _entry(key: str, entry: Entry) -> str:
    article, copy, best = entry.article, memento(entry), entry.best
    fields = {
        "author": " and ".join(map(_name, people(article.authors or ""))),
        "title": f"{{{latex(article.title)}}}",
        "journaltitle": latex(article.outlet or ""),
        "date": article.published.isoformat() if article.published else "",
        "url": _address(article.url),
        "urldate": best.captured_at.date().isoformat() if best and article.url else "",
        "eprint": _address(copy),
        "eprinttype": latex(archive_name(copy)) if copy else "",
    }
    kind = "article" if article.outlet else "online" if article.url else "misc"
    body = "".join(f"  {name:<12} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@{kind}{{{key},\n{body}}}\n"


def people(byline: str) -> list[str]:
    """The names in a byline: "A. Writer, B. Reporter", with "Jr." left where it belongs.

    >>> people("A. Writer, B. King, Jr. and The Editorial Board")
    ['A. Writer', 'B. King, Jr.', 'The Editorial Board']
    """
    names: list[str] = []
    for part in _SEPARATOR.split(clean(byline)):
        if names and _SUFFIX.fullmatch(part):
            names[-1] += f", {part}"
        elif part:
            names.append(part)
    return names


def latex(text: str) -> str:
    """A text that LaTeX prints as it is."""
    return clean(text).translate(_LATEX)


def _name(name: str) -> str:
    """A person's name as it is; in braces what would be taken apart wrongly."""
    whole = "," in name or " " not in name or _GROUP.search(name)
    return f"{{{latex(name)}}}" if whole else latex(name)


def _address(url: str | None) -> str:
    return clean(url).translate(_IN_URL) if url else ""


def _key(article: Article, used: set[str]) -> str:
    names = people(article.authors or "")
    surname = _ascii(re.sub(r",.*", "", names[0]).split()[-1]) if names else ""
    word = surname or _ascii(article.outlet or "") or "anon"
    digest = hashlib.blake2b((article.url or text_digest(article)).encode()).hexdigest()
    year = str(article.published.year) if article.published else "nd"
    keys = (f"{word}-{year}-{digest[:size]}" for size in range(6, len(digest)))
    return next((key for key in keys if key not in used), f"{word}-{year}-{digest}-{article.id}")


def _ascii(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]", "", plain.lower())[:24]
