"""Our pages: the seeds, and the reading list of one. They read, render and send strict headers.

Both answer GET only and run no script. What is not there is a page of ours too, so that every answer
of these routes carries the same headers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlencode

from datasette.utils.asgi import Response

from recommender.browse import queries, text
from recommender.browse.archives import visible
from recommender.browse.shapes import Missing, Piece, Sort
from recommender.models import State, Verdict
from recommender.reasons import leaning

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request

PAGE = 20  # found pieces on a page: as many as a reader looks through at one sitting
LAST_PAGE = 1000  # an offset past 20,000 rows costs time and helps nobody

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline' 'self'; img-src data: 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_STANCE_KEYS = {
    "agrees": Verdict.AGREES,
    "mixed": Verdict.MIXED,
    "disagrees": Verdict.DISAGREES,
    "cant-tell": Verdict.CANT_TELL,
}
_FATES = (
    (State.PENDING, "Still to fetch"),
    (State.FAILED, "Could not be had"),
    (State.SKIPPED, "Left out"),
    (State.DUPLICATE, "The same piece again"),
)
STANCE_SLUGS = {verdict: slug for slug, verdict in _STANCE_KEYS.items()}


@dataclass(frozen=True, slots=True)
class View:
    """What the visitor asked for in the URL. What makes no sense counts as not asked."""

    sort: Sort = Sort.RANK
    stance: Verdict | None = None
    only_refs: bool = False
    page: int = 1
    db: str | None = None  # named only where more than one archive is open

    @classmethod
    def read(cls, args: Any, db: str | None) -> View:
        """From a query string's arguments."""
        sort, page = args.get("sort"), args.get("page") or ""
        return cls(
            sort=Sort(sort) if sort in set(Sort) else Sort.RANK,
            stance=_STANCE_KEYS.get(args.get("stance") or ""),
            only_refs=args.get("only") == "refs",
            page=min(int(page), LAST_PAGE) if page.isascii() and page.isdigit() and int(page) else 1,
            db=db,
        )

    def query(self) -> str:
        """The query string that asks for this, with its "?"; "" where it asks for nothing."""
        asked = {
            "sort": self.sort if self.sort is not Sort.RANK else None,
            "stance": STANCE_SLUGS[self.stance] if self.stance else None,
            "only": "refs" if self.only_refs else None,
            "page": self.page if self.page > 1 else None,
            "db": self.db,
        }
        given = {name: value for name, value in asked.items() if value is not None}
        return "?" + urlencode(given) if given else ""

    def shows(self, piece: Piece) -> bool:
        """Whether a piece passes the stance filter."""
        return self.stance is None or (piece.scores is not None and piece.scores.stance is self.stance)


@dataclass(frozen=True, slots=True)
class Choice:
    """One link among the sorts or filters."""

    label: str
    query: str
    chosen: bool


def choices(view: View) -> tuple[tuple[str, tuple[Choice, ...]], ...]:
    """The sorts and filters as labelled groups of links."""
    first = replace(view, page=1)

    def choice(label: str, other: View) -> Choice:
        return Choice(label, other.query(), other == first)

    sorts = tuple(choice(str(sort), replace(first, sort=sort)) for sort in Sort)
    sides = (choice(str(stance), replace(first, stance=stance)) for stance in Verdict)
    stances = (choice("all", replace(first, stance=None)), *sides)
    among = (
        choice("everything", replace(first, only_refs=False)),
        choice("the editors’ list", replace(first, only_refs=True)),
    )
    return (("Sort by", sorts), ("Stance", stances), ("Among", among))


def list_path(datasette: Datasette, key: str, db: str | None = None) -> str:
    """The address of a seed's reading list, under Datasette's base_url."""
    tail = "?" + urlencode({"db": db}) if db else ""
    return str(datasette.urls.path("/-/readmore/" + quote(key, safe=""))) + tail


async def seeds_page(datasette: Datasette, request: Request) -> Response:
    """Every seed as a card."""
    refused = _refuse(request)
    if refused:
        return refused
    names = await visible(datasette, request.actor, fresh=True)
    if not names:
        return await _missing_page(datasette, request, "No archive of readmore is open here.")
    shelves = [(name, await queries.seeds(datasette.get_database(name))) for name in names]
    context = {
        "shelves": shelves,
        "many": len(names) > 1,
        "most": queries.MOST_SEEDS,
        "list_path": lambda key, db: list_path(datasette, key, db if len(names) > 1 else None),
    }
    return await _page(datasette, request, "readmore_seeds.html", names[0], context)


async def reading_list_page(datasette: Datasette, request: Request) -> Response:
    """The reading list of one seed: what the editors name, what else is near, what is missing and why."""
    refused = _refuse(request)
    if refused:
        return refused
    names = await visible(datasette, request.actor, fresh=True)
    asked = request.args.get("db")
    for name in [name for name in names if asked in {None, name}]:
        seed = await queries.seed(datasette.get_database(name), unquote(request.url_vars["key"]))
        if seed is not None:
            break
    else:
        return await _missing_page(datasette, request, "No seed goes by that name in this archive.")

    db = datasette.get_database(name)
    view = View.read(request.args, name if asked else None)
    listed = await queries.listed(db, seed.id)
    found: tuple[Piece, ...] = ()
    if not view.only_refs:
        found = await queries.found(db, seed.id, view.sort, view.stance, PAGE + 1, (view.page - 1) * PAGE)
    pieces = queries.in_order(tuple(piece for piece in listed.pieces if view.shows(piece)), view.sort)
    context = {
        "seed": seed,
        "view": view,
        "listed": listed,
        "pieces": pieces,
        "hidden": len(listed.pieces) - len(pieces),
        "compared": any(piece.scores for piece in (*listed.pieces, *found)),
        "found": found[:PAGE],
        "earlier": replace(view, page=view.page - 1).query() if view.page > 1 else None,
        "later": replace(view, page=view.page + 1).query() if len(found) > PAGE else None,
        "choices": choices(view),
        "path": list_path(datasette, seed.key),
        "unfiltered": replace(view, stance=None, page=1).query(),
        "tally": tally(listed.pieces),
        "fates": by_fate(listed.missing),
    }
    return await _page(datasette, request, "readmore_list.html", name, context)


def tally(pieces: tuple[Piece, ...]) -> tuple[tuple[Verdict, int], ...]:
    """How many of these take each side, sides nobody takes left out."""
    taken = [piece.scores.stance for piece in pieces if piece.scores]
    return tuple((verdict, taken.count(verdict)) for verdict in Verdict if verdict in taken)


def by_fate(missing: tuple[Missing, ...]) -> tuple[tuple[str, tuple[Missing, ...]], ...]:
    """References without a copy of their own, grouped under words for what became of them."""
    fates = dict(_FATES)
    order = [*fates.values(), "Otherwise missing"]
    named = [
        (fates.get(State(one.state), order[-1]) if one.state in set(State) else order[-1], one)
        for one in missing
    ]
    groups = ((words, tuple(one for fate, one in named if fate == words)) for words in order)
    return tuple((words, group) for words, group in groups if group)


def _refuse(request: Request) -> Response | None:
    if request.method in {"GET", "HEAD"}:
        return None
    return Response.text(
        "This page is for reading: GET only.\n", status=405, headers={**HEADERS, "Allow": "GET"}
    )


async def _missing_page(datasette: Datasette, request: Request, message: str) -> Response:
    return await _page(datasette, request, "readmore_missing.html", None, {"message": message}, status=404)


async def _page(
    datasette: Datasette,
    request: Request,
    template: str,
    db: str | None,
    context: dict[str, Any],
    status: int = 200,
) -> Response:
    words = {name: getattr(text, name) for name in ("day", "found_by", "host", "percent", "side", "signed")}
    shared = {
        **words,
        "leaning": leaning,
        "stance_slugs": STANCE_SLUGS,
        "db": db,
        "home": datasette.urls.path("/-/readmore"),
    }
    html = await datasette.render_template(template, {**shared, **context}, request=request)
    return Response.html(html, status=status, headers=HEADERS)
