"""How cells of our tables look in Datasette's own pages: links, marks and words, never raw JSON.

Whatever comes from the data is escaped here by markupsafe; nothing is trusted to be HTML.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from markupsafe import Markup

from recommender.browse import text
from recommender.browse.shaped import reasons
from recommender.browse.views import STANCE_SLUGS, Links
from recommender.models import State, Verdict

if TYPE_CHECKING:
    from datasette.app import Datasette

_GLYPHS = {"agrees": "▲", "mixed": "◆", "disagrees": "▼", "can't tell": "○"}


def mark(value: object) -> Markup | None:
    """A stance, state or verdict as a small mark; None for words that are none of these."""
    word = text.clean(value, 80)
    if word in set(Verdict):
        glyph, slug = _GLYPHS[word], STANCE_SLUGS[Verdict(word)]
        return Markup('<span class="rm-mark rm-{}"><span aria-hidden="true">{}</span> {}</span>').format(
            slug, glyph, word
        )
    if word in set(State):
        return Markup('<span class="rm-mark rm-{}">{}</span>').format(word, word)
    return None


def verdict(value: object) -> Markup:
    """Whether a capture may become the article, or why not."""
    word = text.clean(value, 200)
    slug = "archived" if word in {"ok", "unchanged"} else "failed"
    return Markup('<span class="rm-mark rm-{}"><bdi>{}</bdi></span>').format(slug, word)


def link(value: object) -> Markup | None:
    """A link that tells its target nothing, for http and https; plain text for any other address."""
    if value in {None, ""}:
        return None
    url, shown = text.web_url(value), text.clean(value, 80)
    if url is None:
        return Markup('<bdi title="not a web address: no link">{}</bdi>').format(shown)
    return Markup('<a href="{}" rel="noreferrer noopener nofollow"><bdi>{}</bdi></a>').format(url, shown)


def words(value: object) -> Markup | None:
    """A stranger's words on one line, kept from reordering what stands around them."""
    return None if value in {None, ""} else Markup("<bdi>{}</bdi>").format(text.clean(value))


def terms(value: object) -> Markup:
    """Shared terms as words with their shares."""
    pairs, _, readable = reasons(value, "[]")
    if not readable:
        return Markup("<em>unreadable</em>")
    return Markup(", ").join(
        Markup('<bdi title="{}">{}</bdi>').format(text.percent(pair.share), pair.term) for pair in pairs
    ) or Markup("&nbsp;")


def targets(value: object) -> Markup:
    """Shared targets by name, with the side each shows."""
    _, shared, readable = reasons("[]", value)
    if not readable:
        return Markup("<em>unreadable</em>")
    return Markup("<br>").join(
        Markup("<bdi>{}</bdi>: {} ({})").format(
            one.name, text.side(one.agreement), text.signed(one.agreement)
        )
        for one in shared
    ) or Markup("&nbsp;")


def score(value: object) -> Markup | None:
    """A score with two decimals, the exact one on hover."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return Markup('<span title="{}">{:.2f}</span>').format(value, value)


def count_of_bytes(value: object) -> Markup | None:
    """A size a reader can judge, the exact one on hover."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return Markup('<span title="{} bytes">{}</span>').format(value, text.size(value))


# Columns that point to another table, shown by its label (archive/metadata.yaml).
_POINTERS = {
    "seed_id": "seeds",
    "article_id": "articles",
    "best_capture_id": "captures",
    "capture_id": "captures",
    "duplicate_of": "links",
}
_OUR_TABLES = {"articles", "captures", "checks", "links", "rankings", "saves", "seeds", "urls"}

_BY_COLUMN: Mapping[tuple[str, str], Callable[[object], Markup | None]] = {
    ("articles", "url"): link,
    ("articles", "canonical_url"): link,
    ("captures", "url"): link,
    ("captures", "final_url"): link,
    ("captures", "source_url"): link,
    ("captures", "verdict"): verdict,
    ("captures", "size"): count_of_bytes,
    ("checks", "url"): link,
    ("checks", "final_url"): link,
    ("checks", "state"): mark,
    ("checks", "reason"): words,
    ("links", "url"): link,
    ("links", "state"): mark,
    ("links", "confidence"): score,
    ("rankings", "stance"): mark,
    ("rankings", "terms"): terms,
    ("rankings", "targets"): targets,
    ("rankings", "topic"): score,
    ("rankings", "agreement"): score,
    ("rankings", "confidence"): score,
    ("rankings", "blend"): score,
    ("saves", "url"): link,
    ("saves", "memento_url"): link,
    ("saves", "state"): mark,
    ("saves", "reason"): words,
    ("seeds", "url"): link,
    ("seeds", "state"): mark,
    ("urls", "url"): link,
} | {
    (table, column): words
    for table in ("articles", "links", "seeds")
    for column in ("title", "author", "authors", "outlet", "heading", "reason")
}
_IN_QUERIES: Mapping[str, Callable[[object], Markup | None]] = {
    "url": link,
    "state": mark,
    "stance": mark,
    "topic": score,
    "agreement": score,
    "confidence": score,
    "title": words,
    "piece": words,
    "reason": words,
}


def concerns(table: str | None, column: str) -> bool:
    """Whether `render` has anything to say about this column; asked first, it needs no database."""
    if table is None:
        return column in _IN_QUERIES
    if table not in _OUR_TABLES:
        return False
    return (table, column) in _BY_COLUMN or column in _POINTERS or (table, column) == ("seeds", "key")


def render(
    datasette: Datasette, database: str, table: str | None, column: str, value: object, *, several: bool
) -> Markup | None:
    """The cell as HTML, or None to leave it to Datasette.

    Args:
        datasette: the running application.
        database: the archive's name in it.
        table: None for the result of a query.
        column: the column's name.
        value: what is stored, or `{"value": ..., "label": ...}` for a key into another table.
        several: whether more than one archive is open, so that links must say which.
    """
    if isinstance(value, dict):
        if column not in _POINTERS:
            return None
        href = datasette.urls.row(database, _POINTERS[column], str(value["value"]))
        label = text.clean(value["label"], 120) or "untitled"
        return Markup('<a href="{}"><bdi>{}</bdi></a>&nbsp;<em>{}</em>').format(href, label, value["value"])
    if isinstance(value, bytes):
        return None
    if (table, column) == ("seeds", "key"):
        to = Links(str(datasette.urls.path("/-/readmore")), database if several else None)
        return Markup('<a href="{}">Reading list</a> <small><bdi>{}</bdi></small>').format(
            to.seed(str(value)), text.clean(value)
        )
    make = _IN_QUERIES.get(column) if table is None else _BY_COLUMN.get((table, column))
    return make(value) if make else None
