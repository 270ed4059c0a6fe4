"""What belongs to a complete database of ours, and putting back what is missing of it."""

import contextlib
import functools
import sqlite3
from collections.abc import Mapping
from types import MappingProxyType

from . import schema
from .feed_triggers import feed_triggers
from .history_triggers import history_triggers
from .migrations import MIGRATIONS, apply_migration

_OURS = "name LIKE 'desk\\_%' ESCAPE '\\' AND sql IS NOT NULL"


@functools.cache
def blueprint() -> Mapping[str, str]:
    """The SQL of each table, index and trigger of ours, by name, in an order in which they can be made.

    Taken from a database made in memory, so that it is what the migrations give and stands nowhere a second time.
    """
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as sql:
        build(sql)
        rows = sql.execute(
            f"SELECT name, sql FROM sqlite_master WHERE {_OURS}"
            " ORDER BY CASE type WHEN 'table' THEN 1 WHEN 'index' THEN 2 ELSE 3 END, rowid"
        ).fetchall()
    return MappingProxyType(dict(rows))


def build(sql: sqlite3.Connection, by: str = "") -> None:
    """Make everything but the views in an empty database."""
    schema.run_script(sql, schema.SHARED)
    for migration in MIGRATIONS:
        apply_migration(sql, migration, by)
    replace_triggers(sql)


def replace_triggers(sql: sqlite3.Connection) -> None:
    """Make our triggers as they are today. They hold no data: a migration need not say how they change."""
    for (name,) in sql.execute(f"SELECT name FROM sqlite_master WHERE type = 'trigger' AND {_OURS}").fetchall():
        sql.execute(f'DROP TRIGGER "{name}"')
    schema.run_script(sql, feed_triggers() + "\n" + history_triggers())


def missing_parts(sql: sqlite3.Connection) -> list[str]:
    """Names of ours that a migrated database lacks: a table that another program makes anew loses its triggers."""
    found = {name for (name,) in sql.execute(f"SELECT name FROM sqlite_master WHERE {_OURS}")}
    return [name for name in blueprint() if name not in found]


def add_missing_parts(sql: sqlite3.Connection) -> None:
    """Make what is missing, inside the open transaction."""
    for name in missing_parts(sql):
        sql.execute(blueprint()[name])
