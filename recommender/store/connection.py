"""One connection to SQLite: statements and rows. What asks more of a table goes to sqlite-utils.

sqlite-utils takes seven times as long to import as SQLite's own module, and a question needs none of it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlite_utils

Values = Sequence[Any] | Mapping[str, Any]


class Database:
    """A connection, with the few calls that every room needs.

    Attributes:
        conn: the connection itself.
    """

    def __init__(self, conn: sqlite3.Connection) -> None:
        self.conn = conn
        self._tools: sqlite_utils.Database | None = None
        conn.execute("PRAGMA recursive_triggers = ON")  # a replaced row is a deleted one for triggers too

    def execute(self, sql: str, values: Values = ()) -> sqlite3.Cursor:
        """Run a statement; a write outside a transaction is committed at once."""
        inside = self.conn.in_transaction
        try:
            cursor = self.conn.execute(sql, values)
        except sqlite3.Error:
            if not inside:
                self.conn.rollback()
            raise
        if not inside and cursor.description is None and self.conn.in_transaction:
            word = sql.split(None, 1)[0].upper()
            if word not in {"BEGIN", "SAVEPOINT"}:
                self.conn.commit()
        return cursor

    def query(self, sql: str, values: Values = ()) -> Iterator[dict[str, Any]]:
        """The rows of a question, as dictionaries; it is asked at once, the rows come as they are taken."""
        cursor = self.conn.execute(sql, values)
        names = [column[0] for column in cursor.description]
        return (dict(zip(names, row, strict=True)) for row in cursor)

    @property
    def tools(self) -> sqlite_utils.Database:
        """The same connection through sqlite-utils."""
        if self._tools is None:
            import sqlite_utils

            self._tools = sqlite_utils.Database(self.conn)
        return self._tools

    def table(self, name: str) -> sqlite_utils.db.Table:
        """A table through sqlite-utils."""
        return self.tools.table(name)

    def table_names(self) -> list[str]:
        """The names of all tables."""
        return self.tools.table_names()

    def close(self) -> None:
        """Close the connection."""
        self.conn.close()
