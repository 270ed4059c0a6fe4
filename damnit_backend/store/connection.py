"""Connecting to an SQLite file, and SQLite's errors said in people's words."""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from damnit_backend.core.errors import UserError

from .waiting import is_busy

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
_HALF_WRITTEN = (sqlite3.SQLITE_READONLY_ROLLBACK, sqlite3.SQLITE_READONLY_RECOVERY)
"""What SQLite says to who may only read, where a program was killed while it wrote."""
_DAMAGED = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)


class DatabaseBusyError(UserError):
    """Another program held the database's lock for longer than the store waits."""


def connect(path: Path, mode: str, *, alone: bool = False) -> sqlite3.Connection:
    """A connection; ``mode`` is ``ro``, ``rw`` or ``rwc`` (make the file if it is missing).

    No statement waits for another program's lock: `patiently` does. ``alone`` is for who uses a write-ahead log without
    the file for its locks, as no other program has the database open: who writes makes sure of that by SQLite's other
    locks, who reads takes none, and knows it from `is_at_rest`. Raises what `clear_errors` translates.
    """
    if alone and mode == "ro":
        # What a write-ahead log still holds counts as well.
        mode += "&vfs=unix-none" if path.with_name(path.name + "-wal").exists() else "&immutable=1"
    connection = sqlite3.connect(
        f"file:{quote(os.fsencode(path))}?mode={mode}", uri=True, timeout=0, isolation_level=None
    )
    try:
        # Bytes that are no UTF-8 in a column of text must not hide all other rows.
        connection.text_factory = lambda text: text.decode("utf-8", "replace")
        if alone:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA foreign_keys = ON")
        # Fragments are removed once their cells are committed: the commit must survive a power failure.
        connection.execute("PRAGMA synchronous = FULL")
        # With a rollback journal, what does not fit into the cache would lock readers out long before the commit.
        connection.execute("PRAGMA cache_spill = OFF")
    except BaseException:
        connection.close()
        raise
    return connection


def undo_half_written(path: Path) -> None:
    """Undo what a program left that was killed while it wrote. SQLite does so when one who may write looks."""
    with contextlib.closing(connect(path, "rw")) as connection:
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()


def leave_write_ahead_log(path: Path) -> bool:
    """Go back to the rollback journal without the file for the locks of a write-ahead log, which cannot be used here.

    What the log holds is kept. False if it has none, or others use it. For who may write.
    """
    try:
        with contextlib.closing(connect(path, "rw", alone=True)) as connection:
            return bool(connection.execute("PRAGMA journal_mode = DELETE").fetchone()[0] == "delete")
    except sqlite3.DatabaseError:
        return False  # whatever it is, who opens the database next finds it as well, and says it


def is_half_written(error: sqlite3.Error) -> bool:
    """Whether only one who may write can open the database, because a program was killed while it wrote."""
    return getattr(error, "sqlite_errorcode", None) in _HALF_WRITTEN


def is_at_rest(path: Path) -> bool:
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
        if is_half_written(error):
            raise UserError(
                f"A program was ended while it wrote to {path}, and you may not clear up what it left.",
                "Somebody who may write into the folder has to open it once.",
            ) from error
        if code in _DAMAGED:
            raise _damaged(path, str(error)) from error
        if code in _WORLD:
            raise UserError(f"{path} cannot be used: {error}.", _unusable(path) or _WORLD[code]) from error
        raise
    except UnicodeDecodeError as error:
        # Of what SQLite says of damage to names, with those names in it; bytes in columns never lead to this.
        raise _damaged(path, "its names are no text") from error


def _damaged(path: Path, why: str) -> UserError:
    return UserError(
        f"{path} is damaged or is not an SQLite database: {why}.",
        f"It can be mended or made anew, nothing is deleted; begin with: damnit doctor {path.parent}",
    )


def _unusable(path: Path) -> str:
    """What to do if one of the files beside a database is in the way."""
    for suffix in ("-wal", "-shm", "-journal"):
        beside = path.with_name(path.name + suffix)
        if beside.exists() and not (beside.is_file() and os.access(beside, os.R_OK)):
            return f"You may not read {beside.name} beside it. Ask its owner for permission."
    return ""
