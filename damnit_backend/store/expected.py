"""Whether a database has the tables, indexes and triggers that it should have, and making those anew that it lacks."""

import contextlib
import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from damnit_backend.core.errors import UserError

from .blueprint import build
from .database import Database
from .upgrade import Versions, read_versions
from .views import rebuild_views

VIEWS = ("runs", "max_diffs")


@dataclass(frozen=True, slots=True)
class Part:
    """A table, index or trigger; ``sql`` makes it."""

    type: str
    name: str
    table: str
    sql: str

    @property
    def is_own(self) -> bool:
        return self.name.startswith("desk_")

    def __str__(self) -> str:
        return f"{self.type} {self.name}"


@dataclass(frozen=True, slots=True)
class SchemaState:
    """How a database differs from what it should be; nothing but its versions if those are not today's."""

    versions: Versions
    missing: tuple[Part, ...] = ()
    changed: tuple[Part, ...] = ()
    columns: tuple[str, ...] = ()
    """Columns that tables lack, as ``table.column``."""
    foreign_triggers: tuple[str, ...] = ()
    """Triggers of somebody else on our tables."""
    broken_views: tuple[str, ...] = ()

    @property
    def can_be_mended(self) -> bool:
        return bool(self.missing or self.changed or self.broken_views)


@dataclass(frozen=True, slots=True)
class Expected:
    """What a new database has: its parts in an order in which they can be made, and each table's columns."""

    parts: tuple[Part, ...]
    columns: Mapping[str, tuple[str, ...]]


@cache
def expected() -> Expected:
    """Taken from a database made in memory."""
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as sql:
        build(sql)
        parts = tuple(_parts(sql))
        return Expected(parts, {part.name: _columns(sql, part.name) for part in parts if part.type == "table"})


def _parts(sql: sqlite3.Connection) -> list[Part]:
    rows = sql.execute(
        "SELECT type, name, tbl_name, sql FROM sqlite_master"
        " WHERE sql IS NOT NULL AND type != 'view' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        " ORDER BY CASE type WHEN 'table' THEN 1 WHEN 'index' THEN 2 ELSE 3 END, rowid"
    )
    return [Part(*row) for row in rows]


def schema_state(database: Database) -> SchemaState:
    """Compare the database with a new one."""
    with database.reading() as sql:
        versions = read_versions(sql, database.folder.database)
        if not versions.current:
            return SchemaState(versions)
        there = {part.name: part for part in _parts(sql)}
        columns = {name: _columns(sql, name) for name in expected().columns if name in there}
        views = tuple(view for view in VIEWS if not _works(sql, view))
    parts = expected().parts
    names = {part.name for part in parts}
    return SchemaState(
        versions,
        missing=tuple(part for part in parts if part.name not in there),
        changed=tuple(part for part in parts if part.name in there and _differs(part, there[part.name])),
        columns=tuple(
            f"{table}.{column}"
            for table, found in columns.items()
            for column in expected().columns[table]
            if column not in found
        ),
        foreign_triggers=tuple(
            f"{part.name} on {part.table}"
            for part in there.values()
            if part.type == "trigger" and part.name not in names and part.table in expected().columns
        ),
        broken_views=views,
    )


def _columns(sql: sqlite3.Connection, table: str) -> tuple[str, ...]:
    return tuple(name for (name,) in sql.execute("SELECT name FROM pragma_table_info(?)", (table,)))


def _differs(wanted: Part, there: Part) -> bool:
    """Whether an index or trigger is another one. Those of the shared format may be written in other words."""
    if not wanted.is_own or wanted.type == "table":
        return wanted.type != there.type
    return _plain(wanted.sql) != _plain(there.sql)


def _plain(sql: str) -> str:
    return re.sub(r"\s+", " ", sql.replace("IF NOT EXISTS ", "")).strip()


def _works(sql: sqlite3.Connection, view: str) -> bool:
    try:
        sql.execute(f"SELECT * FROM {view} LIMIT 0").close()
    except sqlite3.OperationalError:
        return False
    return True


def mend_schema(database: Database, state: SchemaState) -> None:
    """Make what is missing or changed anew, in one transaction. UserError if what is in the tables forbids it."""
    with database.writing() as sql:
        try:
            for part in state.changed:
                sql.execute(f'DROP {part.type} IF EXISTS "{part.name}"')
            for part in (*state.missing, *state.changed):
                sql.execute(part.sql)
            if state.broken_views:
                for view in state.broken_views:
                    sql.execute(f"DROP VIEW IF EXISTS {view}")
                rebuild_views(sql)
        except sqlite3.IntegrityError as error:
            raise UserError(
                f"It cannot be made: {error}. Some rows are there twice.", "Make the database anew with --rebuild."
            ) from error
