"""A copy of the database as it is at a moment at which nobody writes."""

import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

from .connection import clear_errors
from .database import Database
from .folder import Folder
from .integrity import present_journal_mode
from .schema import has_table


def copy_at_standstill(folder: Folder, target: Path, at_standstill: Callable[[], None]) -> None:
    """Call a function while nobody can write the database, and copy the database as it was then.

    With a write-ahead log others wait for the function only, with another journal for the copying as well.
    """
    with Database(folder) as lock, Database(folder, read_only=True) as source:
        has_log = present_journal_mode(source) == "WAL"
        with contextlib.ExitStack() as standing:
            standing.enter_context(lock.writing())
            at_standstill()
            with source.reading() as sql:
                if has_log:
                    standing.close()  # this view of the database stays as it is, whatever is written from now on
                _copy(sql, target)


def copy_database(folder: Folder, target: Path) -> None:
    """Copy the database as it is at some moment; for who may not write it."""
    with Database(folder, read_only=True) as source, source.reading() as sql:
        _copy(sql, target)


def _copy(sql: sqlite3.Connection, target: Path) -> None:
    """In one file, and without the claim of the listener that serves the original."""
    with clear_errors(target), contextlib.closing(sqlite3.connect(target, isolation_level=None)) as copy:
        copy.execute("PRAGMA synchronous = OFF")  # it is packed, not kept
        sql.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
        if has_table(copy, "desk_listeners"):
            copy.execute("DELETE FROM desk_listeners")
