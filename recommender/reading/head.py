"""What a page declares: site, canonical address, language, and whether one must pay to read it. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MAX_JSON = 300_000  # characters of one JSON-LD block; the longest on 47 real pages has under 100,000
MAX_BROKEN = 20_000  # characters of JSON-LD that is no JSON: trafilatura's patterns take square time on it
MAX_META = 5_000  # characters of one meta element: its patterns take square time here too; real ones: 2,000
MAX_NODES = 10_000  # JSON-LD objects looked at
_LANGUAGE = re.compile(r"^\s*([a-z]{2})(?:[-_,;\s]|$)", re.I)
_NOT_FREE = re.compile(r'"isAccessibleForFree"\s*:\s*"?false"?', re.I)


@dataclass(frozen=True, slots=True)
class Head:
    """Declarations of a page; None where it makes none."""

    title: str | None = None
    site: str | None = None  # og:site_name
    canonical_url: str | None = None  # absolute, http or https
    language: str | None = None  # ISO 639-1
    paywalled: bool = False


def read(tree: HtmlElement, url: str) -> Head:
    """The declarations of a parsed page that lies at `url` ("" where not known)."""
    meta: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = (
            (element.get("property") or element.get("name") or element.get("http-equiv") or "")
            .strip()
            .lower()
        )
        content = (element.get("content") or "").strip()
        if name and content:
            meta.setdefault(name, content)
    heading = next((" ".join(element.itertext()) for element in tree.iter("title")), "")
    return Head(
        title=meta.get("og:title") or heading.strip() or None,
        site=meta.get("og:site_name"),
        canonical_url=_canonical(tree, url) or _absolute(url, meta.get("og:url")),
        language=_language(tree, meta),
        paywalled=any(_closed(block) for block in _linked_data(tree)),
    )


def tame(tree: HtmlElement) -> None:
    """Take from a tree what would hold trafilatura up for minutes, none of it seen on real pages."""
    for element in tree.iter("meta"):
        if len(element.get("content") or "") > MAX_META:
            element.set("content", element.get("content")[:MAX_META])
    for element in tree.iter("script"):
        text = element.text or ""
        if len(text) > MAX_JSON or (len(text) > MAX_BROKEN and _json(text) is None):
            element.text = None
    for element in tree.iter("title"):
        if len(element.text or "") > MAX_META:
            element.text = element.text[:MAX_META]


def _json(text: str) -> object:
    """The value of a JSON text, None where it is none."""
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def _canonical(tree: HtmlElement, url: str) -> str | None:
    for element in tree.iter("link"):
        if "canonical" in (element.get("rel") or "").lower().split():
            return _absolute(url, element.get("href"))
    return None


def _absolute(base: str, address: str | None) -> str | None:
    try:
        joined = urljoin(base, (address or "").strip())
        parts = urlsplit(joined)
    except ValueError:
        return None
    fine = address and parts.scheme in {"http", "https"} and parts.hostname and joined.isprintable()
    return joined if fine and " " not in joined else None


def _language(tree: HtmlElement, meta: dict[str, str]) -> str | None:
    root = tree if tree.tag == "html" else tree.getroottree().getroot()
    declared = (
        root.get("lang"),
        root.get("{http://www.w3.org/XML/1998/namespace}lang"),
        root.get("xml:lang"),
    )
    for value in (*declared, meta.get("content-language"), meta.get("og:locale")):
        match = _LANGUAGE.match(value or "")
        if match:
            return match[1].lower()
    return None


def _linked_data(tree: HtmlElement) -> Iterator[str]:
    for element in tree.iter("script"):
        if (
            "ld+json" in (element.get("type") or "").lower()
            and element.text
            and len(element.text) <= MAX_JSON
        ):
            yield element.text


def _closed(block: str) -> bool:
    """Whether a JSON-LD block says that its article is not free to read.

    A part of the article (`hasPart`) counts only where the article itself says nothing.
    """
    if not _NOT_FREE.search(block):
        return False
    found = _json(block)
    if found is None:
        return True  # broken JSON, but the words are there
    queue, seen = [found], 0
    while queue and seen < MAX_NODES:
        node, seen = queue.pop(), seen + 1
        if isinstance(node, list):
            queue.extend(node)
        elif isinstance(node, dict):
            said = node.get("isAccessibleForFree")
            if said is not None:
                if str(said).strip().lower() == "false":
                    return True
                continue
            queue.extend(value for value in node.values() if isinstance(value, dict | list))
    return False
