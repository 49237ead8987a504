"""How cells of our tables look in Datasette's own pages: links, marks and words, never raw JSON.

Whatever comes from the data is escaped here by markupsafe; nothing is trusted to be HTML.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from markupsafe import Markup

from recommender.browse import marking, text
from recommender.browse.shaped import reasons
from recommender.browse.standing import claims_of
from recommender.browse.views import STANCE_SLUGS, Links
from recommender.models import State, Verdict
from recommender.reasons import leaning

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


def moment(value: object) -> Markup | None:
    """A day, or a time to the minute; the exact one on hover."""
    if value in {None, ""}:
        return None
    exact = text.clean(value, 40)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(exact, exact, text.minute(exact))


def edit(value: object) -> Markup:
    """A diff with what was taken out and put in as such."""
    kinds = {"out": Markup("<del>{}</del>"), "in": Markup("<ins>{}</ins>")}
    lines = marking.edits(str(value)[:MOST_DIFF])
    return Markup("<br>").join(
        Markup('<span dir="auto">{}</span>').format(
            Markup("").join(kinds.get(run.mark, Markup("{}")).format(run.text) for run in line)
        )
        for line in lines
    )


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


def claims(value: object) -> Markup | None:
    """Claims on which either piece takes a position, with both."""
    if value is None:
        return None
    found, readable = claims_of(value)
    if not readable:
        return Markup("<em>unreadable</em>")
    return Markup("<br>").join(
        Markup("<bdi>{}</bdi>: {} / {}").format(one.claim, one.seed.attitude, one.piece.attitude)
        for one in found
    ) or Markup("&nbsp;")


def position(value: object) -> Markup:
    """The probabilities of a kept position, and the sentences that show it."""
    try:
        data = json.loads(str(value))
        against, _, towards = (text.number(one, 0, 1) for one in data["odds"])
        quotes = [text.clean(one[0]) for one in data["quotes"]]
    except (ValueError, TypeError, KeyError, IndexError, RecursionError):
        return Markup("<em>unreadable</em>")
    figures = Markup("for {} / against {}").format(text.percent(towards), text.percent(against))
    return Markup("<br>").join([figures, *(Markup("<bdi>{}</bdi>").format(quote) for quote in quotes)])


def profile(value: object) -> Markup:
    """Whom a piece speaks of, and how."""
    try:
        targets = json.loads(str(value))["targets"]
        told = [(text.clean(one["name"], 120), text.number(one["polarity"], -1, 1)) for one in targets]
    except (ValueError, TypeError, KeyError, RecursionError):
        return Markup("<em>unreadable</em>")
    return Markup(", ").join(
        Markup("<bdi>{}</bdi> ({} {})").format(name, leaning(polarity), text.signed(polarity))
        for name, polarity in told
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
    "copy_of": "articles",
    "best_capture_id": "captures",
    "capture_id": "captures",
    "from_capture_id": "captures",
    "to_capture_id": "captures",
    "refers_to": "captures",
    "duplicate_of": "links",
}
_MOMENTS = (
    *("published", "captured_at", "fetched_at", "added_at", "updated_at", "checked_at", "changed_at"),
    *("submitted_at", "computed_at", "started_at", "finished_at"),
)
_OUR_TABLES = frozenset(
    [
        "articles",
        "article_texts",
        "captures",
        "changes",
        "checks",
        "links",
        "positions",
        "profiles",
        "rankings",
        "runs",
        "saves",
        "seed_claims",
        "seeds",
        "urls",
    ]
)
MOST_DIFF = (
    2_000  # characters of a diff in a cell: more makes a row a screen high; the piece's page has it all
)

_BY_COLUMN: Mapping[tuple[str, str], Callable[[object], Markup | None]] = (
    {
        ("articles", "url"): link,
        ("articles", "canonical_url"): link,
        ("captures", "url"): link,
        ("captures", "final_url"): link,
        ("captures", "source_url"): link,
        ("captures", "verdict"): verdict,
        ("captures", "size"): count_of_bytes,
        ("changes", "diff"): edit,
        ("changes", "title_before"): words,
        ("changes", "title_after"): words,
        ("checks", "url"): link,
        ("checks", "final_url"): link,
        ("checks", "state"): mark,
        ("checks", "reason"): words,
        ("links", "url"): link,
        ("links", "state"): mark,
        ("links", "confidence"): score,
        ("positions", "claim"): words,
        ("positions", "opposite"): words,
        ("positions", "position"): position,
        ("profiles", "profile"): profile,
        ("rankings", "stance"): mark,
        ("rankings", "terms"): terms,
        ("rankings", "targets"): targets,
        ("rankings", "claims"): claims,
        ("rankings", "reason"): words,
        ("rankings", "model"): words,
        ("rankings", "topic"): score,
        ("rankings", "agreement"): score,
        ("rankings", "confidence"): score,
        ("rankings", "blend"): score,
        ("saves", "url"): link,
        ("saves", "memento_url"): link,
        ("saves", "state"): mark,
        ("saves", "reason"): words,
        ("seed_claims", "opposite"): words,
        ("seed_claims", "text"): words,
        ("seeds", "url"): link,
        ("seeds", "state"): mark,
        ("urls", "url"): link,
    }
    | {
        (table, column): words
        for table in ("articles", "article_texts", "links", "seeds")
        for column in ("title", "author", "authors", "outlet", "heading", "reason")
    }
    | {(table, column): moment for table in _OUR_TABLES for column in _MOMENTS}
)
_IN_QUERIES: Mapping[str, Callable[[object], Markup | None]] = {  # by name, for results of queries
    "url": link,
    "state": mark,
    "stance": mark,
    "topic": score,
    "agreement": score,
    "confidence": score,
    "title": words,
    "piece": words,
    "reason": words,
    "diff": edit,
} | dict.fromkeys(_MOMENTS, moment)


# Cells that open what their row is about.
_OPENERS = {("articles", "title"), ("article_texts", "title"), ("captures", "captured_at"), ("seeds", "key")}


def concerns(table: str | None, column: str) -> bool:
    """Whether `render` has anything to say about this column; asked first, it needs no database."""
    if table is None:
        return column in _IN_QUERIES or column == "article_id"
    if table not in _OUR_TABLES:
        return False
    return (table, column) in _BY_COLUMN or column in _POINTERS or (table, column) in _OPENERS


def render(
    datasette: Datasette,
    database: str,
    table: str | None,
    column: str,
    value: object,
    row: int | None,
    *,
    several: bool,
) -> Markup | None:
    """The cell as HTML, or None to leave it to Datasette.

    Args:
        datasette: the running application.
        database: the archive's name in it.
        table: None for the result of a query.
        column: the column's name.
        value: what is stored, or `{"value": ..., "label": ...}` for a key into another table.
        row: the id of the cell's row, where it has one.
        several: whether more than one archive is open, so that links must say which.
    """
    to = Links(str(datasette.urls.path("/-/readmore")), database if several else None)
    if isinstance(value, bytes):
        return None
    if column in _POINTERS and table != "urls" and value is not None:
        return _pointer(datasette, database, to, column, value)
    if isinstance(value, dict):
        return None
    if (table, column) == ("seeds", "key"):
        return Markup('<a href="{}">Reading list</a> <small><bdi>{}</bdi></small>').format(
            to.seed(str(value)), text.clean(value)
        )
    make = _IN_QUERIES.get(column) if table is None else _BY_COLUMN.get((table, column))
    shown = make(value) if make else None
    if shown and row is not None and (table, column) in _OPENERS:
        href = to.capture(row) if table == "captures" else to.piece(row)
        return Markup('<a href="{}">{}</a>').format(href, shown)
    return shown


def _pointer(datasette: Datasette, database: str, to: Links, column: str, value: object) -> Markup | None:
    """A key into another table as a link: an article's to its page, the others' to their rows."""
    key, label = (value["value"], value["label"]) if isinstance(value, dict) else (value, None)
    if not isinstance(key, int):
        return None
    target = _POINTERS[column]
    href = to.piece(key) if target == "articles" else datasette.urls.row(database, target, str(key))
    if label is None:
        return Markup('<a href="{}">{}</a>').format(href, key)
    shown = text.clean(label, 120) or "untitled"
    return Markup('<a href="{}"><bdi>{}</bdi></a>&nbsp;<em>{}</em>').format(href, shown, key)
