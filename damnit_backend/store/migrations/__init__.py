"""The steps from a folder without our tables to the present ones.

They are numbered, applied in a transaction, recorded in `desk_migrations`, and never changed once folders have them. A
further step is a module here and a line in `MIGRATIONS`.
"""

import sqlite3
import time
from typing import NamedTuple

from damnit_backend.store.schema import has_table, run_script

from . import asking, edits, history, service


class Migration(NamedTuple):
    number: int
    name: str
    script: str


MIGRATIONS = (
    Migration(1, "service", service.SCRIPT),
    Migration(2, "history", history.SCRIPT),
    Migration(3, "edits", edits.SCRIPT),
    Migration(4, "asking", asking.SCRIPT),
)
LATEST = MIGRATIONS[-1].number

_RECORDS = "CREATE TABLE IF NOT EXISTS desk_migrations (number INTEGER PRIMARY KEY, name TEXT, at REAL, by TEXT)"


def migration_number(sql: sqlite3.Connection) -> int:
    """The number of the last step that a database has seen; 0 if it has none of our tables."""
    if has_table(sql, "desk_migrations"):
        return int(sql.execute("SELECT coalesce(max(number), 0) FROM desk_migrations").fetchone()[0])
    return 1 if has_table(sql, "desk_changes") else 0


def apply_migration(sql: sqlite3.Connection, migration: Migration, by: str) -> None:
    """Take a step inside the open transaction and record it, unless another program has taken it meanwhile."""
    sql.execute(_RECORDS)
    if sql.execute("SELECT 1 FROM desk_migrations WHERE number >= ?", (migration.number,)).fetchone():
        return
    run_script(sql, migration.script)
    sql.execute("INSERT INTO desk_migrations VALUES (?, ?, ?, ?)", (migration.number, migration.name, time.time(), by))
