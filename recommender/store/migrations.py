"""sqlite-utils' migrations, which load it only where there is something to do.

Every command opens the archive, and a year may lie between two migrations.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING

from recommender.store.connection import Database

if TYPE_CHECKING:
    import sqlite_utils

    Step = Callable[[sqlite_utils.Database], None]


class Migrations:
    """A set of steps, each a function of the database that is run once, under its own name."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._steps: list[Step] = []

    def __call__(self) -> Callable[[Step], Step]:
        """The decorator of a step."""

        def add(step: Step) -> Step:
            self._steps.append(step)
            return step

        return add

    def apply(self, db: Database) -> None:
        """Run the steps that this database has not seen, in order, each in a transaction.

        Raises:
            sqlite3.Error: the database can't be read or written.
        """
        names = {step.__name__ for step in self._steps}
        if names <= self._applied(db):
            return
        from sqlite_utils import Database as TheirDatabase
        from sqlite_utils import Migrations as Theirs

        theirs = Theirs(self.name)
        for step in self._steps:
            theirs()(step)
        theirs.apply(TheirDatabase(db.conn))

    def _applied(self, db: Database) -> set[str]:
        try:
            sql = "SELECT name FROM _sqlite_migrations WHERE migration_set = ?"
            return {row[0] for row in db.conn.execute(sql, [self.name])}
        except sqlite3.OperationalError:  # no such table, as in a new database
            return set()
