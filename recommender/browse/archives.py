"""Which of Datasette's databases are ours, and may this visitor see them.

The archive is written in WAL mode by other processes while Datasette reads it. Datasette opens it with
`mode=ro`, each page sees one consistent state, and nothing here ever writes. A WAL database can only be
opened read-only where SQLite may create or find its `-shm` file; for an archive on read-only media, say
`datasette -i readmore.db`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.database import Database

# Tables and the columns that tell them from somebody else's table of the same name (store/schema.py).
_OURS = {
    "seeds": {"key", "source", "state"},
    "links": {"seed_id", "identity", "resolved_by"},
    "rankings": {"seed_id", "topic", "stance", "agreement", "blend", "terms", "targets"},
    "captures": {"via", "verdict", "warc_file"},
    "articles": {"origin", "best_capture_id"},
    "article_texts": {"byline", "text"},
    "changes": {"from_capture_id", "diff"},
    "checks": {"checked_at", "state"},
    "profiles": {"model", "profile"},
}
_COLUMNS = f"""
    select m.name, c.name from sqlite_master m, pragma_table_info(m.name) c
    where m.type = 'table' and m.name in ({", ".join(f"'{name}'" for name in _OURS)})"""  # noqa: S608 - constants only

_known: WeakKeyDictionary[Any, bool] = WeakKeyDictionary()


async def is_ours(db: Database) -> bool:
    """Look whether a database has our tables, and remember the answer for `was_ours`."""
    found: dict[str, set[str]] = {}
    for table, column in (await db.execute(_COLUMNS)).rows:
        found.setdefault(table, set()).add(column)
    _known[db] = all(columns <= found.get(table, set()) for table, columns in _OURS.items())
    return _known[db]


async def was_ours(datasette: Datasette, name: str | None) -> bool:
    """`is_ours` from memory where possible: cheap enough to ask for every cell."""
    db = datasette.databases.get(name)
    if db is None or name == "_internal":
        return False
    return _known[db] if db in _known else await is_ours(db)


async def visible(datasette: Datasette, actor: dict[str, Any] | None, *, fresh: bool = False) -> list[str]:
    """Names of our databases that this visitor may see, every table of the pages included.

    Args:
        datasette: the running application.
        actor: the visitor, None for anybody.
        fresh: look again at what was no archive when last seen; a `fetch` may have made it one.
    """
    names = []
    for name, db in datasette.databases.items():
        if fresh and name != "_internal" and not _known.get(db):
            await is_ours(db)
        if not await was_ours(datasette, name):
            continue
        for table in _OURS:
            seen, _ = await datasette.check_visibility(
                actor,
                permissions=[("view-table", (name, table)), ("view-database", name), "view-instance"],
            )
            if not seen:
                break
        else:
            names.append(name)
    return names
