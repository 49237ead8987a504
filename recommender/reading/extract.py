"""From a page's bytes to its article: clean text and facts. Never raises, whatever the bytes.

    bytes ─► decode ─► bound ─► parse once (lxml) ─► trafilatura (text) ─► clean ─► Extracted
                                              ├──► its title, author and date (`reading/facts.py`)
                                              └──► our own reading of the head (`reading/head.py`)

trafilatura runs with `fast=True, include_comments=False`: F1 .962 against the default's .958 on 181 gold
pages, in .6 of its time. Its cost grows with the number of elements, about 0.07 to 0.13 ms for each, so a
page of more than `MAX_ELEMENTS` is read by its paragraphs only. libxml2 silently drops all that comes after
a nesting of 256 elements; such a page is parsed again with its other limit, 2,048, and read by its
paragraphs, because trafilatura's time grows with the cube of nested tables (2,000 of them: 33 s). What is
nested deeper still is taken between the tags. Each of these says so in `problem`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from recommender.reading import bounds, charset, head, rough
from recommender.reading.facts import facts
from recommender.reading.lines import linked_lines, plain_line, without_links

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MAX_ELEMENTS = 15_000  # the largest of 47 real pages has 3,129; 15,000 take 1 to 4 s of CPU
MAX_TEXT = 500_000  # characters of text kept: 80,000 words, a novel; what reads it next takes time for each
MAX_TITLE = 500  # characters; the longest real headline seen has 160
MAX_NAME = 60  # characters of one author or outlet; longer ones seen were sentences
_NO_PAGE = (
    b"%PDF-",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"RIFF",
    b"OggS",
    b"ID3",
)
_TEXT_BYTES = bytes({*range(32, 256), *b"\t\n\f\r\x1b"})  # ESC: ISO-2022-JP
_TEXT_TYPES = re.compile(r"text/|application/(?:xhtml\+xml|xml)|application/octet-stream|unknown", re.I)
# Page furniture that stands where a byline is looked for; a digit, an address or a month is in no name.
_NO_NAME = re.compile(
    r"[\d@/\\<>{}]|^(?:user ?name|sign ?in|log ?in|subscribe|share|staff|admin|editor|copyright\b.*)$"
    r"|^(?:january|february|march|april|may|june|july|august|september|october|november|december)$",
    re.IGNORECASE,
)
_CUT = "too long or too many tags: only its beginning was read"
_CAPTIONS = [".//figcaption"]
_WORDPRESS = "wp-caption-text"  # looked for only where the page has it: a search of all classes takes 1 ms
_ITS_CAPTIONS = f'.//*[contains(concat(" ", @class, " "), " {_WORDPRESS} ")]'


@dataclass(frozen=True, slots=True)
class Extracted:
    """What a page says, as far as it could be read."""

    title: str  # "" where none was found
    text: str = field(repr=False)  # paragraphs separated by "\n"; "" where none was found
    authors: str | None = None  # "A. Writer, B. Reporter"
    outlet: str | None = None
    published: date | None = None
    canonical_url: str | None = None  # absolute, http or https
    language: str | None = None  # ISO 639-1, as the page declares it
    words: int = 0  # in text
    paywalled: bool = False  # the page says that it is not free to read (schema.org isAccessibleForFree)
    problem: str | None = None  # why there is no text, or only a part


def extract(body: bytes, url: str, *, content_type: str | None) -> Extracted:
    """Read an article's page or plain text.

    Args:
        body: content-encoding undone.
        url: of the page, to complete its links; may be "".
        content_type: the header's value, None where none was sent.
    """
    kind = (content_type or "").partition(";")[0].strip().lower()
    problem = _no_text(body, kind)
    if problem:
        return Extracted("", "", problem=problem)
    if len(body) > bounds.MAX_BYTES:
        body = bounds.without_scripts(body)
    page = charset.decode(body[: bounds.MAX_BYTES], content_type)
    plain = kind == "text/plain" and "<html" not in page[:1000].lower()
    result = _plain(page) if plain else _from_html(page, url)
    if len(body) > bounds.MAX_BYTES and result.problem is None:
        return replace(result, problem=f"only the first {bounds.MAX_BYTES // 1_000_000} MB were read")
    return result


def _from_html(page: str, url: str) -> Extracted:
    data, all_of_it = bounds.bounded(page.replace("\0", "").encode("utf-8", "replace"))
    tree, whole, flat = _parse(data)
    if tree is None:
        return Extracted("", "", problem="the page has no content")
    found = head.read(tree, url)
    if not whole:
        return _finish(
            found, rough.between_tags(data), "nested too deep: all text between its tags was taken"
        )
    if not flat:
        return _finish(found, rough.paragraphs(tree), "nested too deep: only its paragraphs were read")
    if tree.xpath("count(//*)") > MAX_ELEMENTS:
        return _finish(found, rough.paragraphs(tree), "too many elements: only its paragraphs were read")
    head.tame(tree)
    captions = [*_CAPTIONS, _ITS_CAPTIONS] if _WORDPRESS.encode() in data else _CAPTIONS
    read = _analysed(tree, url, found, captions)
    return read if all_of_it or read.problem else replace(read, problem=_CUT)


def _no_text(body: bytes, kind: str) -> str | None:
    """Why these bytes hold no text, or None."""
    if not body.strip():
        return "the page is empty"
    if body.startswith(_NO_PAGE) or (kind and not _TEXT_TYPES.match(kind)):
        return f"not a web page ({plain_line(kind) or 'binary data'})"
    start = body[:1024]
    if len(start.translate(None, _TEXT_BYTES)) > len(start) // 20 and not charset.is_wide(start):
        return "not a web page (binary data)"
    return None


def _plain(page: str) -> Extracted:
    text, problem = _clean("\n".join(page.splitlines()))
    if not text:
        return Extracted("", "", problem="the text is empty")
    first = text.partition("\n")[0]
    title = first if len(first) <= MAX_TITLE else ""
    return Extracted(title, text, words=len(text.split()), problem=problem)


def _parse(data: bytes) -> tuple[HtmlElement | None, bool, bool]:
    """The page as a tree, whether that holds all of the page, and whether it is flat enough to analyse."""
    from lxml.etree import ElementDefaultClassLookup, LxmlError
    from lxml.html import HtmlElement, HTMLParser, document_fromstring

    tree = None
    for huge in (False, True):
        parser = HTMLParser(
            encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False, huge_tree=huge
        )
        # One class for all elements: lxml.html's own choice, by tag and in Python, takes a tenth of all the time.
        parser.set_element_class_lookup(ElementDefaultClassLookup(element=HtmlElement))
        try:
            tree = document_fromstring(data, parser=parser, ensure_head_body=True)
        except (LxmlError, ValueError, AssertionError):  # how lxml says that there is no element
            return None, True, True
        if not any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
            return tree, True, not huge
    return tree, False, False


def _analysed(tree: HtmlElement, url: str, found: head.Head, captions: list[str]) -> Extracted:
    """What trafilatura makes of a page of ordinary size."""
    import logging

    from trafilatura import bare_extraction

    for name in ("trafilatura", "htmldate", "courlan"):
        logger = logging.getLogger(name)  # without a handler, Python prints their warnings to the terminal
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())
    try:
        said = facts(tree, url)
        document = bare_extraction(
            tree,
            url=url or None,
            fast=True,
            include_comments=False,
            prune_xpath=captions,
        )
        if document is None or isinstance(document, dict):
            return _finish(found, "", None)
    except Exception as error:  # noqa: BLE001  # any page may be its first to hit a bug; the reason is kept
        return _finish(found, rough.paragraphs(tree), f"extraction failed: {type(error).__name__}")
    text = without_links(document.text or "", linked_lines(tree))
    outlet = _outlet(found, said.sitename, said.title, url)
    return _finish(
        found,
        text,
        None,
        title=said.title,
        authors=_authors(said.author, outlet),
        outlet=outlet,
        published=_date(said.date),
    )


def _finish(
    found: head.Head,
    text: str,
    problem: str | None,
    *,
    title: str | None = None,
    authors: str | None = None,
    outlet: str | None = None,
    published: date | None = None,
) -> Extracted:
    """Everything cleaned and put together."""
    body, cut = _clean(text)
    return Extracted(
        title=_title(title or found.title or "", found.site),
        text=body,
        authors=authors,
        outlet=plain_line(outlet or found.site or "") or None,
        published=published,
        canonical_url=found.canonical_url,
        language=found.language,
        words=len(body.split()),
        paywalled=found.paywalled,
        problem=problem or cut or (None if body else "no article text found"),
    )


def _clean(text: str) -> tuple[str, str | None]:
    """Lines without control characters, none of them empty, at most `MAX_TEXT`; and whether that cut it."""
    lines = (plain_line(line) for line in text[:MAX_TEXT].split("\n"))
    kept = "\n".join(line for line in lines if line)
    return kept, f"only the first {MAX_TEXT:,} characters of its text were kept" if len(
        text
    ) > MAX_TEXT else None


def _title(title: str, site: str | None) -> str:
    """A headline without the site's name behind it, where the page itself names the site."""
    title, site = plain_line(title)[:MAX_TITLE], plain_line(site or "")
    match = re.search(rf"\s+[|•·:»/—–-]+\s+{re.escape(site)}$", title, re.IGNORECASE) if site else None
    return title[: match.start()] if match and match.start() else title


def _outlet(found: head.Head, sitename: str | None, title: str | None, url: str) -> str | None:
    """The site's own name for itself; trafilatura's where that is not the headline; else the host."""
    if found.site:
        return found.site
    sitename = re.sub(r"^(?:copyright|©|\(c\)|\s|\d{4}|[-–,])+", "", sitename or "", flags=re.IGNORECASE)
    if sitename and sitename != title and len(sitename) <= MAX_NAME:
        return sitename
    try:
        host = urlsplit(found.canonical_url or url).hostname or ""
    except ValueError:
        return None
    return host.removeprefix("www.") or None


def _authors(names: str | None, outlet: str | None) -> str | None:
    """Names separated by ", ", each once, without "By" and without what is no name."""
    kept: list[str] = []
    for part in re.split(r"\s*;\s*|(?<=\w\s\w\w)\s+(?:and|&)\s+|\s+&\s+|\s+and\s+(?=\S+\s)", names or ""):
        name = re.sub(r"^(?:by|from)\b[:\s]*", "", plain_line(part), flags=re.IGNORECASE).strip(" ,;|")
        same = name.casefold() in {*(one.casefold() for one in kept), (outlet or "").casefold()}
        if name and not same and len(name) <= MAX_NAME and not _NO_NAME.search(name):
            kept.append(name)
    return ", ".join(kept) or None


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None
