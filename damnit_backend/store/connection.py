"""Connecting to an SQLite file, and SQLite's errors said in people's words."""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from damnit_backend.core.errors import UserError

_WORLD = {
    sqlite3.SQLITE_FULL: "Is the disk full?",
    sqlite3.SQLITE_IOERR: "Is the disk full, or the file system unreachable?",
    sqlite3.SQLITE_READONLY: "Is it write-protected? Ask its owner for permission to write.",
    sqlite3.SQLITE_CANTOPEN: "Does it exist, and may you read it?",
    sqlite3.SQLITE_PERM: "Ask its owner for permission.",
    sqlite3.SQLITE_AUTH: "Ask its owner for permission.",
    sqlite3.SQLITE_PROTOCOL: "Its file system does not lock files as SQLite needs it.",
    sqlite3.SQLITE_NOLFS: "It is too large for its file system.",
}
_DAMAGED = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)


class DatabaseBusyError(UserError):
    """Another program held the database's lock for longer than the store waits."""


def connect(path: Path, mode: str, busy_seconds: float) -> sqlite3.Connection:
    """A connection; ``mode`` is ``ro``, ``rw`` or ``rwc`` (make the file if it is missing).

    A statement waits ``busy_seconds`` for another program's lock. Raises what `clear_errors` translates.
    """
    if mode == "ro" and _is_at_rest(path):
        mode = "ro&immutable=1"
    connection = sqlite3.connect(
        f"file:{quote(os.fsencode(path))}?mode={mode}", uri=True, timeout=busy_seconds, isolation_level=None
    )
    try:
        # Bytes that are no UTF-8 in a column of text must not hide all other rows.
        connection.text_factory = lambda text: text.decode("utf-8", "replace")
        connection.execute("PRAGMA foreign_keys = ON")
        # Fragments are removed once their cells are committed: the commit must survive a power failure.
        connection.execute("PRAGMA synchronous = FULL")
    except BaseException:
        connection.close()
        raise
    return connection


def _is_at_rest(path: Path) -> bool:
    """Whether this user can read a database only as a file that nobody writes.

    With a write-ahead log SQLite needs a second file for its locks, also for reading. Where that is missing and
    cannot be made, no other program has the database open either.
    """
    if os.access(path.parent, os.W_OK) or path.with_name(path.name + "-shm").exists():
        return False
    try:
        with path.open("rb") as file:
            return file.read(20)[18:20] == b"\x02\x02"  # the file format's sign of a write-ahead log
    except OSError:
        return False  # SQLite says it better


def is_busy(error: sqlite3.Error) -> bool:
    return _code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _code(error: sqlite3.Error) -> int | None:
    """SQLite's result code without the details in its upper bits; None for errors of the Python module itself."""
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


@contextlib.contextmanager
def clear_errors(path: Path) -> Iterator[None]:
    """SQLite's errors that the world causes become UserErrors; others are bugs and pass."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = _code(error)
        if is_busy(error):
            raise DatabaseBusyError(f"Another program keeps {path} locked.", "Try again.") from error
        if code in _DAMAGED:
            raise UserError(
                f"{path} is damaged or is not an SQLite database: {error}.",
                "Move it away and restore it from a backup.",
            ) from error
        if code in _WORLD:
            raise UserError(f"{path} cannot be used: {error}.", _WORLD[code]) from error
        raise
