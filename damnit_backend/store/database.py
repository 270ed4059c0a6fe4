"""A connection to `runs.sqlite`, and the two ways to use it: `reading()` and `writing()`."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

from damnit_backend.core.errors import UserError

from .folder import Folder

BUSY_SECONDS = 10.0
"""How long a statement waits for another program's lock before the store gives up."""


class DatabaseBusyError(UserError):
    """Another program held the database's lock for longer than the store waits."""


class Database:
    """A connection to the database of one folder. Use it in one thread; open another one for another.

    Every access is inside `reading` (one consistent view; keep it short) or `writing` (one transaction, committed at
    the end of the block, undone if the block raises).
    """

    def __init__(self, folder: Folder, *, read_only: bool = False) -> None:
        self.folder = folder
        self.read_only = read_only
        with _clear_errors(folder):
            self._connection = _connect(folder.database, read_only)

    def __enter__(self) -> "Database":
        return self

    def __exit__(
        self, cls: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._connection.close()

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One consistent view of the database."""
        with _clear_errors(self.folder):
            self._connection.execute("BEGIN")
            try:
                yield self._connection
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction that takes the write lock at its start, so that it can never deadlock with another."""
        if self.read_only:
            raise UserError(
                f"{self.folder.path} was opened for reading only.", "Ask its owner for permission to write."
            )
        with _clear_errors(self.folder):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def set_journal_mode(self, mode: str) -> None:
        """Change the journal unless another program is using the database just now (then it stays as it is)."""
        current = self._connection.execute("PRAGMA journal_mode").fetchone()[0]
        if current.upper() == mode.upper():
            return
        try:
            self._connection.execute(f"PRAGMA journal_mode = {mode}")
        except sqlite3.OperationalError as error:
            if not _is_busy(error):
                raise

    def backup_to(self, target: Path) -> None:
        """A consistent copy of the whole database, made while others use it."""
        with contextlib.closing(sqlite3.connect(target)) as copy:
            self._connection.backup(copy)


def _connect(path: Path, read_only: bool) -> sqlite3.Connection:
    mode = "ro" if read_only else "rwc"
    try:
        connection = sqlite3.connect(
            f"file:{quote(str(path))}?mode={mode}", uri=True, timeout=BUSY_SECONDS, isolation_level=None
        )
    except sqlite3.Error as error:
        raise UserError(f"The database {path} cannot be opened: {error}.") from error
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = NORMAL")
    return connection


def _is_busy(error: sqlite3.OperationalError) -> bool:
    return error.sqlite_errorcode in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


@contextlib.contextmanager
def _clear_errors(folder: Folder) -> Iterator[None]:
    """SQLite's errors that the world causes, said in people's words."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if _is_busy(error):
            raise DatabaseBusyError(
                f"Another program has locked {folder.database} for over {BUSY_SECONDS:.0f} s.", "Try again."
            ) from error
        if error.sqlite_errorcode in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY):
            raise UserError(
                f"{folder.database} cannot be written: {error}.", "Is the disk full or write-protected?"
            ) from error
        raise
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
            raise UserError(
                f"{folder.database} is damaged or is not an SQLite database: {error}.",
                "Move it away and restore it from a backup.",
            ) from error
        raise
