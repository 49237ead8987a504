"""Cheap readings of pages that are too much to analyse: in time that grows with their bytes only. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_TAG = re.compile(r"<(script|style)\b.*?(?:</\1|\Z)|<[^<>]*>", re.I | re.S)


def paragraphs(tree: HtmlElement) -> str:
    """The page's paragraphs as they stand, or all its text where it marks none; cheap."""
    texts = [" ".join("".join(element.itertext()).split()) for element in tree.iter("p")]
    if not any(texts):
        silent = {"script", "style", "noscript", "template", "title"}
        for element in tree.iter():
            texts.append("" if element.tag in silent else element.text or "")
            texts.append(element.tail or "")
    return "\n".join(text for text in texts if text.strip())


def between_tags(page: bytes) -> str:
    """What stands between the tags of a page, one piece a line."""
    return _TAG.sub("\n", page.decode("utf-8", "replace"))
