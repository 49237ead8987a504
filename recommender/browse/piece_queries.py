"""What the pages of one article, of two, and of a capture read: rows found by key, each bounded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from recommender.browse import marking, queries, standing
from recommender.browse.shaped import Row, copy_of, news_of, reasons, scores_of, stance_of
from recommender.browse.shapes import (
    Edit,
    Facts,
    LastVisit,
    News,
    OnClaim,
    Scores,
    SharedView,
    Stands,
    Version,
)
from recommender.browse.text import clean, number, web_url
from recommender.errors import ArchiveError
from recommender.models import Profile

if TYPE_CHECKING:
    from datasette.database import Database

_LANGUAGE = re.compile(r"^(?![a-z]{2}$).*")  # what is no ISO 639-1 code

MOST_TEXT = 50_000  # characters of a text shown, 8,000 words: the page stays under 200 kB in any script
MOST_VERSIONS = 30  # captures of one article listed; the table has the rest
MOST_EDITS = 5  # changes shown with their words
MOST_DIFF = 4_000  # characters of one change shown; most are a few hundred
MOST_COPIES = 20  # near copies named; a wire story has more, and they say the same
MOST_SEEDS = 5  # rankings that an article is looked for in
MOST_RANKED = 20  # pieces of a seed's ranking from which its own sentences are taken

_FACTS = """
    select a.*, coalesce(a.canonical_url, a.url) as address, c.id as capture_id, c.via, c.captured_at,
      a.added_at as kept_at
    from articles a left join captures c on c.id = a.best_capture_id where a.id = :id"""
_TEXT = "select substr(text, 1, :most) as text, length(text) > :most as cut from article_texts where id = :id"
_PROFILES = """
    select p.article_id, p.profile from profiles p join articles a on a.id = p.article_id and a.digest = p.digest
    where p.article_id in (:left, :right)"""
_HAS_POSITIONS = "select 1 from sqlite_master where name = 'positions' and type = 'table' limit 1"
_POSITIONS = """
    select p.article_id, p.claim, p.model, p.position from positions p
    join articles a on a.id = p.article_id and a.digest = p.digest
    where p.article_id = :article order by p.rowid limit :limit"""
_VERSIONS = """
    select * from captures where article_id = :id
    union
    select * from captures where article_id is null and url in (
      select url from urls where article_id = :id limit :limit)
    order by captured_at desc, id desc limit :limit"""
_EDITS = """
    select id, from_capture_id, to_capture_id, changed_at, title_before, title_after, words_removed, words_added,
      substr(diff, 1, :most) as diff, length(diff) > :most as cut
    from changes where article_id = :id order by id desc limit :limit"""
_STANDS = """
    select s.key, s.title, r.topic, r.stance, r.confidence, r.targets from rankings r
    join seeds s on s.id = r.seed_id where r.article_id = :id order by r.rank limit :limit"""
_AS_SEED = "select key from seeds where article_id = :id order by id limit 1"
_OF_SEED = """
    select targets from rankings where seed_id = :seed order by rank limit :limit"""
_PAIR = """
    select r.rank, r.topic, r.stance, r.agreement, r.confidence as sure, r.blend, r.terms, r.targets, {told}
    from rankings r where r.seed_id = :seed and r.article_id = :id"""
_ALSO = """
    select id as article_id, title, outlet, added_at as happened, 0 as words_removed, 0 as words_added
    from articles where id in (
      select :first union all select id from articles where copy_of = :first limit :limit)
    order by id limit :limit"""
_VISIT = "select state, checked_at from checks where article_id = :id order by id desc limit 1"
_CAPTURE = "select * from captures where id = :id"


async def facts(db: Database, article: int) -> Facts | None:
    """What is known of an article; None where there is none of that id."""
    row = (await db.execute(_FACTS, {"id": article})).first()
    if row is None:
        return None
    return Facts(
        id=row["id"],
        title=clean(row["title"]) or "Untitled",
        authors=clean(row["authors"]),
        outlet=clean(row["outlet"]),
        published=clean(row["published"]),
        language=_LANGUAGE.sub("", clean(row["language"])),
        words=row["words"],
        url=web_url(row["address"]),
        copy=copy_of(row),
        first=(row["copy_of"] or row["id"]) if "copy_of" in row.keys() else None,  # noqa: SIM118 - a row, no dict
    )


async def elsewhere(db: Database, of: Facts) -> tuple[News, ...]:
    """The near copies of an article, oldest first, itself left out; at most `MOST_COPIES`."""
    if of.first is None:  # an archive that no newer version has written to yet
        return ()
    rows = (await db.execute(_ALSO, {"first": of.first, "limit": MOST_COPIES + 1})).rows
    return tuple(news_of(row) for row in rows if row["article_id"] != of.id)


async def body(db: Database, article: int) -> tuple[str, bool]:
    """An article's text, not cleaned yet, and whether it was cut at `MOST_TEXT`."""
    row = (await db.execute(_TEXT, {"id": article, "most": MOST_TEXT})).first()
    return (str(row["text"]), bool(row["cut"])) if row else ("", False)


async def profiles(db: Database, left: int, right: int) -> dict[int, Profile]:
    """The stance profiles kept of two articles, by id; one that can't be read is left out."""
    from recommender.stance.profile import profile_from_json

    found = {}
    for row in (await db.execute(_PROFILES, {"left": left, "right": right})).rows:
        try:
            found[row["article_id"]] = profile_from_json(row["profile"])
        except ArchiveError:  # of another version: `similar` makes it anew
            continue
    return found


async def positions(db: Database, article: int) -> tuple[OnClaim, ...]:
    """Where an article stands on the claims it was asked about; one that can't be read is left out."""
    from recommender.stance.positions import stand_from_json

    if not (await db.execute(_HAS_POSITIONS)).first():  # no newer version has written to this archive yet
        return ()
    found = []
    for row in (await db.execute(_POSITIONS, {"article": article, "limit": standing.MOST})).rows:
        model = str(row["model"]).rpartition("/")[0]
        try:
            stand = stand_from_json(row["position"], model)
        except ArchiveError:  # of another version: `similar` makes it anew
            continue
        claim = clean(row["claim"], standing.LONGEST)
        found.append(OnClaim(claim, clean(model, 80), standing.stand_view(stand)))
    return tuple(found)


async def versions(db: Database, article: int, shown: int | None) -> tuple[Version, ...]:
    """Every capture of an article, newest first, also those from before it was one; at most `MOST_VERSIONS`."""
    rows = (await db.execute(_VERSIONS, {"id": article, "limit": MOST_VERSIONS})).rows
    return tuple(_version(row, shown) for row in rows)


async def version(db: Database, capture: int) -> Version | None:
    """The capture of that id, None where there is none."""
    row = (await db.execute(_CAPTURE, {"id": capture})).first()
    return _version(row, None) if row else None


def _version(row: Row, shown: int | None) -> Version:
    return Version(
        id=row["id"],
        via=clean(row["via"]),
        captured_at=clean(row["captured_at"]),
        fetched_at=clean(row["fetched_at"]),
        status=row["status"],
        content_type=clean(row["content_type"], 80),
        size=row["size"],
        verdict=clean(row["verdict"]),
        digest=clean(row["digest"], 80),
        warc_file=str(row["warc_file"]),
        warc_offset=row["warc_offset"],
        warc_length=row["warc_length"],
        refers_to=row["refers_to"],
        url=web_url(row["final_url"]),
        source_url=web_url(row["source_url"]),
        shown=row["id"] == shown,
    )


async def edits(db: Database, article: int) -> tuple[Edit, ...]:
    """What the newsroom changed, last first, at most `MOST_EDITS`."""
    rows = (await db.execute(_EDITS, {"id": article, "most": MOST_DIFF, "limit": MOST_EDITS})).rows
    return tuple(
        Edit(
            id=row["id"],
            from_capture=row["from_capture_id"],
            to_capture=row["to_capture_id"],
            changed_at=clean(row["changed_at"]),
            title_before=clean(row["title_before"]),
            title_after=clean(row["title_after"]),
            words_removed=row["words_removed"],
            words_added=row["words_added"],
            lines=marking.edits(row["diff"]),
            cut=bool(row["cut"]),
        )
        for row in rows
    )


async def stands(db: Database, article: int) -> tuple[tuple[Stands, ...], tuple[SharedView, ...]]:
    """Where an article stands in the rankings of seeds, and what it shares with them; best places first."""
    rows = (await db.execute(_STANDS, {"id": article, "limit": MOST_SEEDS})).rows
    places = tuple(
        Stands(
            key=clean(row["key"]),
            title=clean(row["title"]) or "Untitled",
            topic=number(row["topic"], 0, 1),
            stance=stance_of(row["stance"]),
            confidence=number(row["confidence"], 0, 1),
        )
        for row in rows
    )
    return places, tuple(one for row in rows for one in reasons("[]", row["targets"])[1])


async def as_seed(db: Database, article: int) -> str | None:
    """The key of the seed whose own page this article is, None where it is none's."""
    row = (await db.execute(_AS_SEED, {"id": article})).first()
    return clean(row["key"]) if row else None


async def of_seed(db: Database, seed: int) -> tuple[SharedView, ...]:
    """What a seed's article shares with the pieces nearest to it."""
    rows = (await db.execute(_OF_SEED, {"seed": seed, "limit": MOST_RANKED})).rows
    return tuple(one for row in rows for one in reasons("[]", row["targets"])[1])


async def pair(db: Database, seed: int, article: int) -> Scores | None:
    """How an article was ranked against a seed, None where it was not."""
    sql = _PAIR.format(told=await queries.told(db))
    row = (await db.execute(sql, {"seed": seed, "id": article})).first()
    return scores_of(row) if row else None


async def last_visit(db: Database, article: int) -> LastVisit | None:
    """What the last `check` of an article's address found; None where it never did."""
    row = (await db.execute(_VISIT, {"id": article})).first()
    return LastVisit(clean(row["state"]), clean(row["checked_at"])) if row else None
