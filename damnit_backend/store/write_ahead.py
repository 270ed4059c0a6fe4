"""Keeping the write-ahead log small: with many readers, SQLite by itself never finds the moment to begin it anew."""

import logging
import sqlite3
from pathlib import Path

log = logging.getLogger(__name__)

LIMIT = 16 << 20
"""Bytes. Each time that the log grows past a multiple of it, it is emptied into the database."""
WAIT_MS = 200
"""So long others wait at most for the readers of the log to end their views."""


def log_path(database: Path) -> Path:
    return database.with_name(database.name + "-wal")


def log_size(database: Path) -> int:
    """Bytes of the log; 0 if there is none."""
    try:
        return log_path(database).stat().st_size
    except OSError:
        return 0


def empty_grown_log(connection: sqlite3.Connection, database: Path, before: int) -> None:
    """Empty the log if it had ``before`` bytes and has grown past the limit since; not if a reader is in the way."""
    if log_size(database) // LIMIT <= before // LIMIT:
        return
    try:
        _checkpoint(connection)
    except sqlite3.OperationalError as error:
        # What was to be written is in the log, and stays there: the disk is full, for example.
        log.warning("The write-ahead log of %s cannot be emptied now: %s", database, error)


def _checkpoint(connection: sqlite3.Connection) -> None:
    # While SQLite waits nobody may write, and who begins to read does without the log.
    connection.execute(f"PRAGMA busy_timeout = {WAIT_MS}")
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        connection.execute("PRAGMA busy_timeout = 0")
