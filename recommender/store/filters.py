"""Which articles are of some dates and sites, told by SQLite's indexes alone: no row of the table is read.

    hosts of new addresses ─► columns host, canonical_host ─► distinct outlets and hosts ─► (choosing: which of them?)
    Bounds ─► ids, and how many are left out by what

It says what `choosing.passing` says of the same articles, which is tested. Hosts are kept as `sites.host_of` gives
them; whoever changes an address takes them away (a trigger), and the next question that needs them writes them.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from recommender.sites import host_of
from recommender.store.connection import Database

BATCH = 10_000  # rows whose hosts are written at once: .2 s, in which other writers wait


@dataclass(frozen=True, slots=True)
class Places:
    """Articles with one of these outlets, or an address on one of these hosts."""

    outlets: Collection[str]
    hosts: Collection[str]


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is wanted."""

    dated: bool = False  # those without a date are left out; with the next three
    since: date | None = None  # published on that day or later
    until: date | None = None  # published on that day or earlier
    before: date | None = None  # published earlier than that day
    on: Places | None = None  # of one of these; None for all
    off: Places | None = None  # of none of these


@dataclass(frozen=True, slots=True)
class Within:
    """What is within bounds, and what is not; each article is counted once, sites first."""

    ids: list[int]
    firsts: dict[int, int]  # of those within that are copies: whose
    elsewhere: int
    outside: int
    undated: int


def know_hosts(db: Database) -> int:
    """Write the hosts of up to BATCH articles that have none yet, and say of how many. Inside a transaction."""
    sql = f"SELECT id, url, canonical_url FROM articles WHERE host IS NULL LIMIT {BATCH}"
    rows = db.conn.execute(sql).fetchall()
    hosts = [(host_of(url or ""), host_of(canonical or ""), number) for number, url, canonical in rows]
    db.conn.executemany("UPDATE articles SET host = ?, canonical_host = ? WHERE id = ?", hosts)
    return len(hosts)


def unknown_hosts(db: Database) -> bool:
    """Are there articles whose hosts are not written?"""
    return bool(db.execute("SELECT 1 FROM articles WHERE host IS NULL LIMIT 1").fetchone())


def outlets(db: Database) -> list[str]:
    """Every outlet's name, each once."""
    return _distinct(db, "outlet")


def hosts(db: Database) -> list[str]:
    """Every host of an address, each once."""
    return sorted({*_distinct(db, "host"), *_distinct(db, "canonical_host")})


def _distinct(db: Database, column: str) -> list[str]:
    """A column's values by as many steps through its index: a DISTINCT would read all of it."""
    sql = f"""
        WITH RECURSIVE one(value) AS (
            SELECT min({column}) FROM articles WHERE {column} > ''
            UNION ALL
            SELECT (SELECT min({column}) FROM articles WHERE {column} > value) FROM one WHERE value IS NOT NULL)
        SELECT value FROM one WHERE value IS NOT NULL"""
    return [row[0] for row in db.execute(sql)]


def within(db: Database, bounds: Bounds) -> Within:
    """The articles within bounds. Inside a `snapshot`, or the numbers may not fit together."""
    values, sited = _values(bounds), _sited(bounds)
    rows = db.execute(
        f"SELECT id, copy_of FROM {sited} WHERE {' AND '.join(_dates(bounds))}", values
    ).fetchall()
    ids, firsts = [row[0] for row in rows], {number: first for number, first in rows if first is not None}
    every = on = int(db.execute("SELECT count(*) FROM articles").fetchone()[0])
    undated = 0
    if bounds.dated:
        none = f"SELECT count(*) FROM {sited} WHERE published IS NULL OR published = ''"
        undated = int(db.execute(none, values).fetchone()[0])
    if bounds.on or bounds.off:
        on = len(ids)
        if bounds.dated:
            on = int(db.execute(f"SELECT count(*) FROM {sited}", values).fetchone()[0])
    return Within(ids, firsts, every - on, on - undated - len(ids), undated)


def _dates(bounds: Bounds) -> list[str]:
    """Stored days sort as they follow each other."""
    if not bounds.dated:
        return ["1"]
    tests = {"since": ">=", "until": "<=", "before": "<"}
    said = [f"published {sign} :{name}" for name, sign in tests.items() if getattr(bounds, name) is not None]
    return ["published > ''", *said]


def _sited(bounds: Bounds) -> str:
    columns = "id, published, copy_of"
    some = f"SELECT {columns} FROM articles"
    if bounds.on:
        some = " UNION ".join(_on(columns, "on", bounds.on))
    if bounds.off:
        off = " UNION ALL ".join(_on("id", "off", bounds.off))
        some = f"SELECT {columns} FROM ({some}) WHERE id NOT IN ({off})"
    return f"({some})" if bounds.on or bounds.off else "articles"


def _on(columns: str, which: str, places: Places) -> list[str]:
    """A selection for each column that tells a site, each with an index that holds all it asks for."""
    kinds = {"outlet": "outlets", "host": "hosts", "canonical_host": "hosts"}
    return [
        f"SELECT {columns} FROM articles WHERE {column} IN ({_wanted(f'{which}_{kind}', getattr(places, kind))})"
        for column, kind in kinds.items()
    ]


def _wanted(name: str, texts: Iterable[str]) -> str:
    """Texts bound as one value of JSON, however many; SQLite's JSON ends a text at a null, so such ones go alone."""
    alone = "".join(f" UNION ALL SELECT :{name}_{place}" for place in range(len(_odd(texts))))
    return f"SELECT value FROM json_each(:{name}){alone}"


def _odd(texts: Iterable[str]) -> list[str]:
    return sorted(text for text in texts if "\0" in text)


def _values(bounds: Bounds) -> dict[str, str]:
    days = {name: getattr(bounds, name) for name in ("since", "until", "before")}
    values = {name: day.isoformat() for name, day in days.items() if day is not None}
    for which, places in (("on", bounds.on), ("off", bounds.off)):
        for kind in ("outlets", "hosts") if places else ():
            texts = getattr(places, kind)
            values[f"{which}_{kind}"] = json.dumps(sorted({*texts}.difference(_odd(texts))))
            values |= {f"{which}_{kind}_{place}": text for place, text in enumerate(_odd(texts))}
    return values
