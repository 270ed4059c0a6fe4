"""Filling a new database with rows that were salvaged, and with what the runs' files hold."""

import contextlib
import sqlite3
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import RunKey, row_key

from .database import Database
from .expected import expected
from .rescue import add_cells, deleted_names
from .salvage import Row, open_damaged, present_columns, readable_rows
from .variables import editable_names
from .views import rebuild_views

_OWN_SETTINGS = ("data_format_version",)
"""Settings that the new database has by itself."""


def take_rows(database: Database, damaged: Path) -> dict[str, int]:
    """Put all that can be read of a damaged database into a new one; how many rows of each table.

    The triggers are left out meanwhile: nothing of it is news.
    """
    taken: dict[str, int] = {}
    with contextlib.closing(open_damaged(damaged)) as old, database.writing() as sql:
        sql.execute("PRAGMA defer_foreign_keys = ON")
        triggers = [part for part in expected().parts if part.type == "trigger"]
        for trigger in triggers:
            sql.execute(f'DROP TRIGGER IF EXISTS "{trigger.name}"')
        for table, columns in present_columns(old).items():
            taken[table] = _insert(sql, table, columns, readable_rows(old, table, columns))
        _tidy(sql)
        for trigger in triggers:
            sql.execute(trigger.sql)
    return taken


def _insert(sql: sqlite3.Connection, table: str, columns: tuple[str, ...], rows: Iterable[Row]) -> int:
    # A setting of the old database counts, but for what says how the new one is made.
    word = "OR REPLACE" if table == "metameta" else "OR IGNORE"
    names = ", ".join(f'"{column}"' for column in columns)
    statement = f'INSERT {word} INTO "{table}" ({names}) VALUES ({", ".join("?" * len(columns))})'
    count = 0
    for row in rows:
        if _is_sound(table, dict(zip(columns, row, strict=True))):
            count += max(0, sql.execute(statement, row).rowcount)
    return count


def _is_sound(table: str, row: Mapping[str, object]) -> bool:
    """Whether a row may be one that was written: damage also makes rows of other bytes."""
    if table == "metameta":
        return isinstance(row["key"], str) and row["key"] not in _OWN_SETTINGS
    if table in ("run_info", "run_variables") and row_key(row["proposal"], row["run"]) is None:
        return False
    return table != "run_variables" or (isinstance(row["name"], str) and isinstance(row["version"], int))


def _tidy(sql: sqlite3.Connection) -> None:
    """Remove what refers to rows that are lost."""
    sql.execute(
        "DELETE FROM variable_tags WHERE variable_name NOT IN (SELECT name FROM variables)"
        " OR tag_id NOT IN (SELECT id FROM tags)"
    )


def _begin_feed(sql: sqlite3.Connection) -> None:
    """Have those who follow the feed read everything anew: its numbers begin beyond all that were given before."""
    sql.execute("DELETE FROM desk_changes")
    sql.execute(
        "INSERT INTO desk_changes (seq, kind, name, at) VALUES (?1, 'setting', 'data_format_version', ?1)",
        (int(time.time()),),
    )


def take_files(database: Database, files: Mapping[RunKey, Path]) -> tuple[int, list[str]]:
    """Add what the runs' files hold and the database lacks: how many values, and which files could not be read."""
    added, failed = 0, []
    with database.writing() as sql:
        _begin_feed(sql)
        edited = editable_names(sql)
        for key, path in sorted(files.items()):
            try:
                added += len(add_cells(sql, key, path, edited=edited, deleted=deleted_names(sql, key), trust_file=True))
            except UserError as error:
                failed.append(f"{path.name}: {error.message}")
        rebuild_views(sql)
    return added, failed
