"""Articles for OpenSearch (and Elasticsearch): bulk requests in newline-delimited JSON, and the index they go into.

    NAME.ndjson, NAME.ndjson.2, …   {"index": {"_id": …}} and the article, a line each; every part is one request
    NAME.mapping.json               settings and mapping; written last: where it is, every part is

A part has at most `PART` bytes, but where one article alone has more. A node holds a request in memory as a whole
and refuses one of more than 100 MB (`http.max_content_length`); OpenSearch's own advice is 5 to 15 MB. The texts of
pages are bounded well below 100 MB (reading/bounds.py).

`_id` is made of the article's address, or of its title and text where it has none: sending an export twice, or
exports of two archives, changes articles and doubles none. `article` is the number in this archive.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from recommender.crawl.urls import url_key
from recommender.errors import ExportError
from recommender.export.encodable import encodable
from recommender.export.kept import dead, memento
from recommender.export.target import Together
from recommender.models import Article
from recommender.store.catalogue import Entry
from recommender.store.rows import stamp, text_digest

PART = 10_000_000  # bytes
# Lucene refuses an article with a term of more than 32,766 bytes, and a character has up to four.
_KEYWORD = {"type": "keyword", "ignore_above": 8191}
_WORDS = {"type": "text", "fields": {"whole": _KEYWORD}}  # searched by word; sorted and counted whole
FIELDS: dict[str, dict[str, Any]] = {
    "article": {"type": "long"},
    "external_id": _KEYWORD,
    "url": _KEYWORD,
    "canonical_url": _KEYWORD,
    "addresses": _KEYWORD,
    "title": _WORDS,
    "text": {"type": "text"},
    "authors": _WORDS,
    "outlet": _WORDS,
    "published": {"type": "date", "format": "strict_date"},
    "language": _KEYWORD,
    "words": {"type": "integer"},
    "copy_of": {"type": "long"},
    "origin": _KEYWORD,
    "lists": _KEYWORD,
    "captured_at": {"type": "date", "format": "strict_date_time_no_millis"},
    "memento": _KEYWORD,
    "dead": {"type": "boolean"},
}
# What JSON allows bare and other programs take for a line's end.
_ENDS = {char: f"\\u{ord(char):04x}" for char in "\x85\u2028\u2029"}


class Written(NamedTuple):
    """What was written."""

    articles: int
    parts: int


def write(files: Together, path: Path, entries: Iterable[Entry], *, text: bool = True) -> Written:
    """Write the parts, then the mapping.

    Args:
        files: of this export.
        path: of the first part.
        entries: the articles; one part of them is held in memory.
        text: with the articles' texts.

    Raises:
        ExportError: a file can't be written.
    """
    articles = parts = 0
    for number, documents in enumerate(_parts(_documents(entries, text=text)), 1):
        with files.file(part(path, number)) as out:
            out.writelines(documents)
        articles, parts = articles + len(documents), number
    with files.file(mapping_file(path)) as out:
        out.write(mapping().encode("ascii"))
    return Written(articles, parts)


def part(path: Path, number: int) -> Path:
    """The file of a part; the first has the export's own name, and the name of each begins with it."""
    return path if number == 1 else path.with_name(f"{path.name}.{number}")


def mapping_file(path: Path) -> Path:
    """The file of settings and mapping beside it."""
    return path.with_suffix(".mapping.json")


def further(path: Path, after: int = 1) -> list[Path]:
    """Parts that lie there, of this or an earlier export: those beyond a number."""
    of = re.compile(rf"{re.escape(path.name)}\.(\d+)")
    beside = path.parent.iterdir() if path.parent.is_dir() else ()
    return sorted(one for one in beside if (found := of.fullmatch(one.name)) and int(found[1]) > after)


def refuse_others(path: Path) -> None:
    """Parts of an earlier export would be sent along.

    Raises:
        ExportError: there are some.
    """
    for other in further(path):
        raise ExportError("is there already", where=other, hint="name another file, or say --force")


def mapping() -> str:
    """Settings and mapping of the index, as the body of its PUT request."""
    settings = {"index": {"number_of_shards": 1, "number_of_replicas": 0}}
    return json.dumps(
        {"settings": settings, "mappings": {"dynamic": "strict", "properties": FIELDS}}, indent=2
    )


def _parts(documents: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Documents as they go into a request together; one empty list where there are none."""
    held: list[bytes] = []
    size = 0
    for document in documents:
        if held and size + len(document) > PART:
            yield held
            held, size = [], 0
        held.append(document)
        size += len(document)
    yield held


def _documents(entries: Iterable[Entry], *, text: bool) -> Iterator[bytes]:
    """Of each article the two lines that put it into the index."""
    used: set[int] = set()
    for entry in entries:
        digest = _identity(entry.article)
        number = int.from_bytes(digest[:8])
        name = digest.hex() if number not in used else f"{digest.hex()}-{entry.article.id}"
        used.add(number)  # 8 bytes of each: some 60 MB a million articles
        yield _line({"index": {"_id": name}}) + _line(_facts(entry, text=text))


def _identity(article: Article) -> bytes:
    name = f"url {url_key(article.url)}" if article.url else f"text {text_digest(article)}"
    return hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _line(value: object) -> bytes:
    text = encodable(json.dumps(value, ensure_ascii=False))
    for char, escape in _ENDS.items():
        text = text.replace(char, escape)
    return text.encode() + b"\n"


def _facts(entry: Entry, *, text: bool) -> dict[str, object]:
    """What is known of an article; nothing is said where nothing is known."""
    article = entry.article
    facts = {
        "article": article.id,
        "external_id": article.external_id,
        "url": article.url,
        "canonical_url": article.canonical_url,
        "addresses": list(entry.addresses) or None,
        "title": article.title,
        "text": article.text if text else None,
        "authors": article.authors,
        "outlet": article.outlet,
        "published": article.published.isoformat() if article.published else None,
        "language": article.language,
        "words": len(article.text.split()),
        "copy_of": article.copy_of,
        "origin": entry.origin.value,
        "lists": list(dict.fromkeys(seed for seed, _ in entry.listed)) or None,
        "captured_at": stamp(entry.best.captured_at) if entry.best else None,
        "memento": memento(entry),
        "dead": dead(entry),
    }
    return {name: value for name, value in facts.items() if value is not None}
