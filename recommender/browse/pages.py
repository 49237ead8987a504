"""Our pages: what each reads and shows. (How they are answered: `answers.py`.)

home ─► reading list ─► map, comparison ─► piece ─► the archived page
search ───────────────────────────────────┘
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from datasette.utils.asgi import Response

from recommender.browse import captures, home_queries, piece_queries, queries, searching, seed_map
from recommender.browse.answers import HEADERS, NotHere, Page, Visit
from recommender.browse.comparing import common
from recommender.browse.marking import gathered, marked, sides
from recommender.browse.reading_first import balanced, read_first
from recommender.browse.shapes import Facts, Missing, Piece, SeedPage
from recommender.browse.standing import notes, side_by_side
from recommender.browse.text import clean, few
from recommender.browse.views import LONGEST, STANCE_SLUGS, View, choices, page_number
from recommender.models import State, Verdict

__all__ = ["HEADERS", "STANCE_SLUGS", "View"]

PAGE = 20  # found pieces on a page: as many as a reader looks through at one sitting

_FATES = (
    (State.PENDING, "Still to fetch"),
    (State.FAILED, "Could not be had"),
    (State.SKIPPED, "Left out"),
    (State.DUPLICATE, "The same piece again"),
)
NO_SEED = NotHere("No seed goes by that name in this archive.")
NO_ARTICLE = NotHere("No article has that number in this archive.")
NO_CAPTURE = NotHere("No capture has that number in this archive.")


async def home(visit: Visit) -> Page:
    """Every seed as a card, of every archive; and what is new."""
    page = page_number(visit.request.args)
    shelves = []
    for name in visit.names:
        db = visit.datasette.get_database(name)
        cards, more = await home_queries.seeds(db, page)
        arrived, changed = await home_queries.news(db)
        to = replace(visit.to, db=name if len(visit.names) > 1 else None)
        shelf = {"archive": name, "seeds": cards, "more": more, "arrived": arrived, "changed": changed}
        shelves.append((shelf, to))
    extra = {
        "shelves": shelves,
        "many": len(shelves) > 1,
        "earlier": visit.to.home(page=page - 1) if page > 1 else None,
        "later": visit.to.home(page=page + 1) if any(shelf["more"] for shelf, _ in shelves) else None,
    }
    return Page("readmore_seeds.html", {"archives": [shelf for shelf, _ in shelves]}, extra)


async def search(visit: Visit) -> Page:
    """Pieces by their words."""
    page = page_number(visit.request.args)
    asked = clean(visit.request.args.get("q"), LONGEST)
    results = await searching.search(visit.db, asked, page)
    last = page * searching.PAGE >= results.count
    extra = {
        "earlier": visit.to.search(asked, page - 1) if page > 1 else None,
        "later": None if last else visit.to.search(asked, page + 1),
        "first": (page - 1) * searching.PAGE + 1,
    }
    return Page("readmore_search.html", {"results": results, "page": page}, extra)


async def reading_list(visit: Visit) -> Page | NotHere:
    """The reading list of one seed: what the editors name, what else is near, what is missing and why."""
    seed = await queries.seed(visit.db, visit.part("key"))
    if seed is None:
        return NO_SEED
    view = View.read(visit.request.args, visit.to.db)
    listed = await queries.listed(visit.db, seed.id)
    found = () if view.only_refs else await queries.found(visit.db, seed.id, view, PAGE)
    first = read_first(await queries.points(visit.db, seed.id))
    pieces = queries.in_order(tuple(piece for piece in listed.pieces if view.shows(piece)), view.sort)
    data = {
        "seed": seed,
        "read_first": first,
        "pieces": pieces,
        "found": found[:PAGE],
        "missing": listed.missing,
        "page": view.page,
    }
    path = visit.to.seed(seed.key).partition("?")[0]
    outlets = await queries.outlets(visit.db, seed.id)
    extra = {
        "view": view,
        "listed": listed,
        "balanced": balanced(first),
        "hidden": len(listed.pieces) - len(pieces),
        "compared": any(piece.scores for piece in (*listed.pieces, *found)) or bool(first),
        "earlier": path + replace(view, page=view.page - 1).query() if view.page > 1 else None,
        "later": path + replace(view, page=view.page + 1).query() if len(found) > PAGE else None,
        "choices": choices(view),
        "outlets": outlets if view.outlet in {"", *outlets} else (view.outlet, *outlets),
        "path": path,
        "all_hidden": not found and view.page == 1 and view.filtered and not view.only_refs,
        "unfiltered": path + view.everything(),
        "tally": tally(listed.pieces),
        "fates": by_fate(listed.missing),
    }
    return Page("readmore_list.html", data, extra)


async def seed_map_page(visit: Visit) -> Page | NotHere:
    """The ranking of a seed as a plot, and as a table."""
    seed = await queries.seed(visit.db, visit.part("key"))
    if seed is None:
        return NO_SEED
    points = await queries.points(visit.db, seed.id)
    extra = {"plot": seed_map.drawn(points) if points else None}
    return Page("readmore_map.html", {"seed": seed, "points": points}, extra)


async def compare_with_seed(visit: Visit) -> Page | NotHere:
    """A seed's article beside another: what each says of whom both speak of."""
    seed = await queries.seed(visit.db, visit.part("key"))
    right = await piece_queries.facts(visit.db, visit.number("id"))
    if seed is None or right is None:
        return NO_SEED if seed is None else NO_ARTICLE
    left = await piece_queries.facts(visit.db, seed.article_id) if seed.article_id else None
    return await _compared(visit, left, right, seed)


async def compare_pair(visit: Visit) -> Page | NotHere:
    """Any two articles side by side."""
    left = await piece_queries.facts(visit.db, visit.number("left"))
    right = await piece_queries.facts(visit.db, visit.number("right"))
    return await _compared(visit, left, right, None) if left and right else NO_ARTICLE


async def _compared(visit: Visit, left: Facts | None, right: Facts, seed: SeedPage | None) -> Page:
    scores = await piece_queries.pair(visit.db, seed.id, right.id) if seed else None
    profiles = await piece_queries.profiles(visit.db, left.id if left else 0, right.id)
    shared = common(
        scores.shared if scores else (), profiles.get(left.id) if left else None, profiles.get(right.id)
    )
    if scores:
        claims = scores.claims
    else:
        claims = side_by_side(
            await piece_queries.positions(visit.db, left.id) if left else (),
            await piece_queries.positions(visit.db, right.id),
        )
    data = {"seed": seed, "left": left, "right": right, "scores": scores, "claims": claims, "common": shared}
    ours = [seed.author, seed.outlet] if seed else []
    theirs = [left.authors, left.outlet] if left else []
    extra = {
        "first": few(next(filter(None, [*theirs[:1], *ours[:1], *theirs[1:]]), "The first")),
        "second": few(right.authors or right.outlet or "The second"),
    }
    return Page("readmore_compare.html", data, extra)


async def piece(visit: Visit) -> Page | NotHere:
    """One article: text with its evidence marked, provenance, versions, lists, and the archived page beside it."""
    db, number = visit.db, visit.number("id")
    facts = await piece_queries.facts(db, number)
    if facts is None:
        return NO_ARTICLE
    text, cut = await piece_queries.body(db, number)
    places, shared = await piece_queries.stands(db, number)
    key = await piece_queries.as_seed(db, number)
    as_seed = await queries.seed(db, key) if key else None
    own = await piece_queries.of_seed(db, as_seed.id) if as_seed else ()
    profile = (await piece_queries.profiles(db, number, number)).get(number)
    on_claims = await piece_queries.positions(db, number)
    evidence = gathered([*sides(own, of_seed=True), *sides(shared, of_seed=False)], profile)
    versions = await piece_queries.versions(db, number, facts.copy.capture_id)
    capture = await piece_queries.version(db, facts.copy.capture_id) if facts.copy.capture_id else None
    near = await queries.seed(db, places[0].key) if places and not as_seed else as_seed
    related = read_first(await queries.points(db, near.id)) if near else ()
    data = {
        "piece": facts,
        "paragraphs": marked(facts.title, text, evidence, notes(on_claims)),
        "cut": cut,
        "toward": tuple(toward for toward, _ in evidence.values()),
        "on_claims": on_claims,
        "also": await piece_queries.elsewhere(db, facts),
        "versions": versions,
        "edits": await piece_queries.edits(db, number),
        "last_visit": await piece_queries.last_visit(db, number),
        "rankings": places,
        "own_list": await queries.listed(db, as_seed.id) if as_seed else None,
        "related": tuple(one.point for one in related if one.point.article_id != number),
    }
    extra = {"capture": capture, "framed": capture is not None and captures.is_page(capture), "near": near}
    return Page("readmore_piece.html", data, extra | {"as_seed": as_seed})


async def capture(visit: Visit) -> Page | NotHere | Response:
    """An archived page as it was captured, in a sandbox."""
    version = await piece_queries.version(visit.db, visit.number("id"))
    if version is None:
        return NO_CAPTURE
    if visit.request.url_vars.get("kind") == "json":
        return Page("readmore_capture.html", {"capture": version})
    first = await piece_queries.version(visit.db, version.refers_to) if version.refers_to else version
    folder = Path(visit.db.path).parent if visit.db.path else None
    if first is None or folder is None:
        problem = "The copy with its bytes is gone; `readmore verify` says more."
    elif not captures.shown(first):
        problem = ""
    else:
        sent = await asyncio.to_thread(captures.kept, folder, first)
        if isinstance(sent, captures.Kept):
            return Response(sent.body, 200, dict(captures.HEADERS), sent.content_type)
        problem = sent
    return Page("readmore_capture.html", {"capture": version}, {"problem": problem})


_OF_SEVERAL = {Verdict.AGREES: "agree", Verdict.DISAGREES: "disagree"}


def tally(pieces: Sequence[Piece]) -> tuple[tuple[str, int], ...]:
    """How many of these take each side, as one says it of so many; sides nobody takes left out."""
    taken = Counter(piece.scores.stance for piece in pieces if piece.scores)
    return tuple(
        (verdict if taken[verdict] == 1 else _OF_SEVERAL.get(verdict, verdict), taken[verdict])
        for verdict in Verdict
        if verdict in taken
    )


def by_fate(missing: Sequence[Missing]) -> tuple[tuple[str, tuple[Missing, ...]], ...]:
    """References without a copy of their own, grouped under words for what became of them."""
    fates = dict(_FATES)
    order = [*fates.values(), "Otherwise missing"]
    named = [
        (fates.get(State(one.state), order[-1]) if one.state in set(State) else order[-1], one)
        for one in missing
    ]
    groups = ((words, tuple(one for fate, one in named if fate == words)) for words in order)
    return tuple((words, group) for words, group in groups if group)
