"""A reading list to take away: as an Atom feed, as an EPUB."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import quote

from datasette.utils.asgi import Response

from recommender.browse import book, feeds, piece_queries, queries
from recommender.browse.answers import HEADERS, NotHere, Visit
from recommender.browse.marking import paragraphs
from recommender.browse.pages import NO_SEED
from recommender.browse.shaped import point_of
from recommender.browse.shapes import SeedPage
from recommender.browse.text import clean, day, percent
from recommender.models import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recommender.browse.shapes import Missing, Point

ENTRIES = 50  # of a feed: readers ask often enough to see more than that between two visits
CHAPTERS = 40  # of a book: the longest real list has under 40 pieces, and a device opens that at once
FOUND = 10  # pieces beside the editors' own in a book
MOST_TEXT = 200_000  # characters of one chapter: 33,000 words

_NEWEST = """
    select a.id as article_id, a.title, a.authors, a.outlet, a.published, a.words, a.added_at, r.rank, r.topic,
      r.stance, r.agreement, r.confidence, r.listed, {told_by}
    from rankings r join articles a on a.id = r.article_id where r.seed_id = :seed
    order by a.id desc limit :limit"""
_TEXTS = "select substr(text, 1, :most) as text from article_texts where id = :id"


async def offprint(visit: Visit) -> Response | NotHere:
    """The feed or the book of a seed, as the address ends."""
    seed = await queries.seed(visit.db, visit.part("key"))
    if seed is None:
        return NO_SEED
    make = _feed if visit.request.url_vars["kind"] == "atom" else _book
    return await make(visit, seed)


async def _feed(visit: Visit, seed: SeedPage) -> Response:
    sql = _NEWEST.format(told_by=await queries.told_by(visit.db))
    rows = (await visit.db.execute(sql, {"seed": seed.id, "limit": ENTRIES})).rows
    entries = []
    for row in rows:
        point = point_of(row)
        url = _absolute(visit, visit.to.piece(point.article_id))
        entries.append(
            feeds.Entry(
                str(point.article_id),
                point.title,
                url,
                point.authors,
                clean(row["added_at"], 40),
                _why(point),
            )
        )
    page, itself = (_absolute(visit, visit.to.seed(seed.key, kind)) for kind in ("", ".atom"))
    return Response(
        feeds.atom(seed, page, itself, entries), 200, dict(HEADERS), "application/atom+xml; charset=utf-8"
    )


async def _book(visit: Visit, seed: SeedPage) -> Response:
    listed = await queries.listed(visit.db, seed.id)
    points = {point.article_id: point for point in await queries.points(visit.db, seed.id)}
    ids = [seed.article_id] if seed.article_id else []
    ids += [piece.article_id for piece in listed.pieces]
    ids += [number for number, point in points.items() if not point.listed and number not in ids][:FOUND]
    chapters = []
    for number in ids[:CHAPTERS]:
        chapter = await _chapter(visit, number, points.get(number))
        chapters += [chapter] if chapter else []
    if listed.missing or not chapters:
        lines = tuple(_gone(listed.missing)) or ("Nothing of this list is archived yet.",)
        chapters.append(book.Chapter("Missing, and why", "", "", lines))
    data = await asyncio.to_thread(book.epub, seed, feeds.urn(seed), chapters)
    named = f"attachment; filename*=UTF-8''{quote(seed.key, safe='')}.epub"
    return Response(data, 200, {**HEADERS, "Content-Disposition": named}, "application/epub+zip")


async def _chapter(visit: Visit, number: int, point: Point | None) -> book.Chapter | None:
    facts = await piece_queries.facts(visit.db, number)
    row = (await visit.db.execute(_TEXTS, {"id": number, "most": MOST_TEXT})).first()
    if facts is None or row is None:
        return None
    byline = " · ".join(filter(None, (facts.authors, facts.outlet, day(facts.published))))
    return book.Chapter(
        facts.title, byline, _why(point) if point else "", tuple(paragraphs(facts.title, str(row["text"])))
    )


def _why(point: Point) -> str:
    """Why a piece is there, in a line."""
    told = f"told by {point.told_by}, " if point.told_by else ""
    sure = "" if point.stance is Verdict.CANT_TELL else f", {told}confidence {percent(point.confidence)}"
    listed = "On the editors’ list. " if point.listed else ""
    return f"{listed}Topic {percent(point.topic)}. Stance: {point.stance}{sure}."


def _gone(missing: tuple[Missing, ...]) -> Iterator[str]:
    for one in missing:
        by = f" ({one.author})" if one.author else ""
        reason = one.reason or (f"same as {one.same_as}" if one.same_as else "no reason was noted")
        yield f"{one.title}{by}: {one.state}, {reason}"


def _absolute(visit: Visit, path: str) -> str:
    return str(visit.datasette.absolute_url(visit.request, path))
