"""An article's references: what its editors offer as further reading, from HTML or plain text (pure)."""

from recommender.references.page import Link, from_html, page_links
from recommender.references.text import from_text
from recommender.references.titles import author_and_title

__all__ = ["Link", "author_and_title", "from_html", "from_text", "page_links"]
