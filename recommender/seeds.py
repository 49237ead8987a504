"""A seed from what a user has: a seed file (TOML), a saved page, a plain-text article, or an address."""

from __future__ import annotations

import gzip
import re
import unicodedata
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from recommender import seed_file
from recommender.errors import SeedError
from recommender.models import Reference, Seed
from recommender.reading import plain

MAX_BYTES = 20_000_000  # the same cap as for a fetched page, unpacked
_PAGE = re.compile(rb"<(?:!doctype|html|head|body|meta|article)\b", re.I)


def load(source: str) -> Seed:
    """Read a seed from a path, or make a bare one from an address (its page is fetched later).

    Raises:
        SeedError: no such file, or one that can't be used; it names the file and, for TOML, the line.
    """
    if re.match(r"https?://", source, re.I):
        return from_url(source)
    path = Path(source)
    body = read_file(path)
    if path.suffix == ".toml":
        return from_toml(body, path)
    if is_page(body, path):
        return from_page(body, source=str(path))
    return from_text(decode(body, path), source=str(path))


def references_in(path: Path, url: str | None = None) -> list[Reference]:
    """The references in a saved page or a plain text.

    Raises:
        SeedError: the file can't be read.
    """
    from recommender import references

    body = read_file(path)
    if is_page(body, path):
        return references.from_html(body, url)
    return references.from_text(decode(body, path))


def is_page(body: bytes, path: Path) -> bool:
    """Is it HTML, by its name or its first bytes?"""
    names = {suffix.lower() for suffix in path.suffixes[-2:]}
    return bool(names & {".html", ".htm", ".xhtml"} or _PAGE.search(body[:2000]))


def read_file(path: Path) -> bytes:
    """A file's bytes, gunzipped where it is gzip.

    Raises:
        SeedError: it can't be read, or is larger than a page may be.
    """
    try:
        body = path.read_bytes()
        if body[:2] == b"\x1f\x8b":
            with gzip.open(path) as file:
                body = file.read(MAX_BYTES + 1)
    except (OSError, EOFError) as error:
        reason = "no such file" if isinstance(error, FileNotFoundError) else f"can't be read: {error}"
        hint = "give a seed file, a saved page, a plain text or a URL"
        raise SeedError(reason, where=path, hint=hint) from error
    if len(body) > MAX_BYTES:
        raise SeedError(f"larger than {MAX_BYTES // 1_000_000} MB", where=path)
    return body


def decode(body: bytes, path: Path) -> str:
    """A text file's text.

    Raises:
        SeedError: it is not UTF-8.
    """
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body[: error.start].count(b"\n") + 1
        raise SeedError("not UTF-8 text", where=f"{path}:{line}", hint="save it as UTF-8") from error


def from_url(url: str) -> Seed:
    """A seed of which only the address is known."""
    parts = [part for part in urlsplit(url).path.split("/") if re.search(r"[a-zA-Z]{2}", part)]
    stem = parts[-1] if parts else urlsplit(url).netloc
    return Seed(key=slug(re.sub(r"\.\w{2,5}$", "", stem)), title=url, source=url, url=url)


def from_text(text: str, *, source: str) -> Seed:
    """A seed from a plain-text article.

    Raises:
        SeedError: there is no text.
    """
    from recommender import references

    article = plain.read(text)
    if not article.title:
        raise SeedError("no text in it", where=source)
    return Seed(
        key=slug(article.title),
        title=article.title,
        source=source,
        author=article.author,
        outlet=article.outlet,
        published=article.published,
        text=article.body,
        references=tuple(references.from_text(text)),
    )


def from_page(body: bytes, *, source: str, url: str | None = None) -> Seed:
    """A seed from an article's page.

    Raises:
        SeedError: there is no article in it.
    """
    from recommender import references
    from recommender.reading.extract import extract

    page = extract(body, url or "", content_type="text/html")
    if not page.title:
        raise SeedError("no article found in the page", where=source, hint=page.problem)
    return Seed(
        key=slug(page.title),
        title=page.title,
        source=source,
        author=page.authors,
        outlet=page.outlet,
        published=page.published,
        url=url or page.canonical_url,
        text=page.text or None,
        html=body,
        references=tuple(references.from_html(body, url or page.canonical_url)),
    )


def enrich(seed: Seed, page: Seed) -> Seed:
    """A seed with what its page says added where the seed itself is silent; its own list stands."""
    bare = seed.title == seed.url
    return replace(
        seed,
        title=page.title if bare else seed.title,
        author=seed.author or page.author,
        outlet=seed.outlet or page.outlet,
        published=seed.published or page.published,
        text=seed.text or page.text,
        references=seed.references or page.references,
    )


def pasted(text: str) -> plain.PlainArticle:
    """Any text as a piece to compare with. A first line as long as prose is prose, not a title.

    Raises:
        SeedError: there is no text.
    """
    read = plain.read(text)
    if not read.title:
        raise SeedError("no text in it", where="-", hint="send the text to standard input")
    if len(read.title.split()) >= plain.BODY_WORDS:
        return replace(read, title="", body="\n".join(filter(None, (read.title, read.body))))
    return read


def from_toml(body: bytes, path: Path) -> Seed:
    """A seed from a seed file (docs/seeds.md).

    Raises:
        SeedError: not UTF-8 or TOML, an unknown or missing key, or a value of the wrong kind; with file and line.
    """
    return seed_file.parse(decode(body, path), path, slug(path.stem))


def slug(words: str, *, limit: int = 60) -> str:
    """Words as a key: [a-z0-9-], at most `limit` characters, cut between words; "seed" where none is left."""
    plain_words = unicodedata.normalize("NFKD", words.replace("’", "").replace("'", ""))
    ascii_words = plain_words.encode("ascii", "ignore").decode().lower()
    kept = re.sub(r"[^a-z0-9]+", "-", ascii_words).strip("-")
    if len(kept) > limit:
        kept = kept[: limit + 1].rsplit("-", 1)[0][:limit]
    return kept or "seed"
