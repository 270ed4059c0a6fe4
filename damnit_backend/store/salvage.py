"""Reading from a damaged database what can still be read."""

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from .expected import expected

Row: TypeAlias = tuple[Any, ...]

SKIPPED = frozenset({"desk_listeners", "desk_changes", "desk_migrations", "desk_writer"})
"""Tables whose rows mean nothing in another database."""
DAMAGE = (sqlite3.DatabaseError, UnicodeDecodeError, OverflowError, MemoryError)
"""What reading a damaged database raises; damaged names make the messages of its errors no text."""
_FURTHEST = 2**40
_FAILURES = 100_000
"""So often a table is tried around its damage."""
_AT_ONCE = 1000


def open_damaged(path: Path) -> sqlite3.Connection:
    """A connection to a copy of the database. It may be changed: what its journal holds is put in place."""
    sql = sqlite3.connect(path, isolation_level=None)
    sql.text_factory = lambda text: text.decode("utf-8", "replace")
    with contextlib.suppress(*DAMAGE):  # then less can be read, but what there is, all the same
        sql.execute("PRAGMA cell_size_check = ON")
        sql.execute("PRAGMA writable_schema = ON")  # one damaged entry must not hide the other tables
    return sql


def present_columns(sql: sqlite3.Connection) -> dict[str, tuple[str, ...]]:
    """The tables to be salvaged, with those columns that the damaged database has of each. Empty if it says nothing."""
    found = {}
    for table, columns in expected().columns.items():
        with contextlib.suppress(*DAMAGE):
            there = {name for (name,) in sql.execute("SELECT name FROM pragma_table_info(?)", (table,))}
            if there and table not in SKIPPED:
                found[table] = tuple(column for column in columns if column in there)
    return found


def readable_rows(sql: sqlite3.Connection, table: str, columns: Sequence[str]) -> Iterator[Row]:
    """The rows of a table that can be read: where reading fails, from both sides of the damage."""
    names = ", ".join(f'"{column}"' for column in columns)
    statement = f'SELECT rowid, {names} FROM "{table}" NOT INDEXED WHERE rowid > ? AND rowid <= ? ORDER BY rowid'
    failures = 0
    ranges = [_bounds(sql, table)]
    while ranges and failures < _FAILURES:
        first, last = ranges.pop()
        try:
            cursor = sql.execute(statement, (first, last))
            while rows := cursor.fetchmany(_AT_ONCE if failures == 0 else 1):
                for rowid, *row in rows:
                    first = rowid
                    yield tuple(row)
        except DAMAGE:
            failures += 1
            if last - first > 1:
                middle = (first + last) // 2
                ranges += [(middle, last), (first, middle)]


def _bounds(sql: sqlite3.Connection, table: str) -> tuple[int, int]:
    """The numbers between which all rows are, the first one not included."""
    found = []
    for which, otherwise in (("min", 1), ("max", _FURTHEST)):
        try:
            row = sql.execute(f'SELECT {which}(rowid) FROM "{table}" NOT INDEXED').fetchone()
            found.append(otherwise if row[0] is None else int(row[0]))
        except DAMAGE:
            found.append(otherwise)
    return found[0] - 1, found[1]
