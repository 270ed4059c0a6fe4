"""Whether the database file is sound: SQLite's own checks, on a file that others may be using."""

import contextlib
import re
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

from damnit_backend.core.errors import UserError

from .connection import clear_errors, connect
from .database import Database

LISTED = 50
"""So many problems are named, of which the first ones matter."""
COPIED_ABOVE = 16 << 20
"""Bytes of a database without a write-ahead log from which on a copy is checked: checking keeps writers waiting."""
_STEPS = 100_000


def integrity_problems(database: Database, *, quick: bool) -> list[str]:
    """What SQLite finds wrong with its file, in its own words; ``quick`` leaves out whether indexes agree with tables.

    UserError if it is so damaged that not even that can be told. Can be interrupted by Ctrl+C.
    """
    with _sql(database) as sql, clear_errors(database.folder.database):
        pragma = "quick_check" if quick else "integrity_check"
        # A callback lets Python see the signal of Ctrl+C in the middle of one long statement.
        sql.set_progress_handler(lambda: 0, _STEPS)
        try:
            lines = [
                line
                for (text,) in sql.execute(f"PRAGMA {pragma}({LISTED})")
                for line in str(text).splitlines()
                if not line.startswith("***")
            ]
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
                raise KeyboardInterrupt from error
            raise
        finally:
            sql.set_progress_handler(None, 0)
    return [] if lines == ["ok"] else lines


def foreign_key_problems(database: Database) -> list[str]:
    """Rows that refer to others which do not exist."""
    with database.reading() as sql:
        rows = sql.execute("PRAGMA foreign_key_check").fetchmany(LISTED)
    return [
        f"row {rowid} of {table} refers to a row of {parent} that does not exist" for table, rowid, parent, _ in rows
    ]


_OF_INDEXES = re.compile("row [0-9]+ missing from index |wrong # of entries in index |non-unique entry in index ")


def only_indexes(problems: list[str]) -> bool:
    """Whether all problems are of indexes, which can be made anew from their tables."""
    return all(_OF_INDEXES.match(problem) for problem in problems)


def remake_indexes(database: Database) -> None:
    """UserError if rows are there twice that an index does not allow twice."""
    with database.writing() as sql:
        try:
            sql.execute("REINDEX")
        except sqlite3.IntegrityError as error:
            raise UserError(f"The indexes cannot be made anew: {error}.") from error


@contextlib.contextmanager
def _sql(database: Database) -> Iterator[sqlite3.Connection]:
    """The database for a long look: a copy of it where others could not write meanwhile."""
    if present_journal_mode(database) == "WAL" or database.folder.database.stat().st_size <= COPIED_ABOVE:
        with database.reading() as sql:
            yield sql
        return
    with tempfile.TemporaryDirectory(prefix="damnit-check-") as directory:
        copy = Path(directory, "copy.sqlite")
        database.backup_to(copy)
        with contextlib.closing(connect(copy, "ro")) as sql:
            yield sql


def present_journal_mode(database: Database) -> str:
    """The journal that the database has now, such as ``WAL`` or ``DELETE``."""
    with database.reading() as sql:
        return str(sql.execute("PRAGMA journal_mode").fetchone()[0]).upper()
