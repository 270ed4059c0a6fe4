"""A connection to `runs.sqlite`, and the two ways to use it: `reading()` and `writing()`."""

import contextlib
import logging
import os
import secrets
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from damnit_backend.core.errors import UserError

from .connection import (
    DatabaseBusyError,
    clear_errors,
    connect,
    is_at_rest,
    is_half_written,
    leave_write_ahead_log,
    undo_half_written,
)
from .files import make_file
from .folder import Folder
from .online_copy import copy_online
from .waiting import is_busy, patiently
from .write_ahead import empty_grown_log, log_size
from .writer import sign, unsign

T = TypeVar("T")

log = logging.getLogger(__name__)

__all__ = ["Database", "DatabaseBusyError"]

BUSY_SECONDS = 10.0
"""How long the store waits for other programs' locks, at the beginning and at the end of a transaction."""
CHANGE_SECONDS = 0.3
"""How long it waits for a moment in which nobody else uses the database, to change its journal."""
CHANGE_BYTES = 1 << 20
"""Where less is free, the journal stays as it is."""


class Database:
    """A connection to the database of one folder. Use it in one thread; open another one for another.

    Every access is inside `reading` (one consistent view; keep it short) or `writing` (one transaction, committed at
    the end of the block, undone if the block raises). A database that was replaced by another file is followed.
    """

    def __init__(self, folder: Folder, *, read_only: bool = False, create: bool = False) -> None:
        self.folder = folder
        self.read_only = read_only
        self.guard: Callable[[sqlite3.Connection], None] | None = None
        """Called as each `writing` begins, inside the transaction; what it raises keeps that from happening."""
        self.notice = ""
        """Why it is read-only although it was opened to be written, in a sentence for people."""
        self._connected = 0
        self._alone = False
        with clear_errors(folder.database):
            self._connection = self._connect(create)
            self._file = self._identity()

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
        with clear_errors(self.folder.database):
            self._follow()
            self._looking(self._take_view)
            try:
                yield self._connection
            finally:
                self._undo()

    @contextlib.contextmanager
    def writing(self, *, author: str | None = None, reason: str = "") -> Iterator[sqlite3.Connection]:
        """One transaction that takes the write lock at its start, so that it can never deadlock with another.

        ``author`` and ``reason`` are kept with what it replaces and with its values. Leave them out for what has no
        history, such as heartbeats: it is quicker.
        """
        if self.read_only:
            raise UserError(
                f"{self.folder.path} was opened for reading only.",
                self.notice or "Ask its owner for permission to write.",
            )
        with clear_errors(self.folder.database):
            self._follow()
            patiently(lambda: self._connection.execute("BEGIN IMMEDIATE"), BUSY_SECONDS)
            log_before = log_size(self.folder.database)
            try:
                if self.guard is not None:
                    self.guard(self._connection)
                if author is not None:
                    sign(self._connection, author, reason)
                yield self._connection
                if author is not None:
                    unsign(self._connection)
                # It waits for those who read. Nobody begins to read meanwhile.
                patiently(lambda: self._connection.execute("COMMIT"), BUSY_SECONDS)
            except BaseException:
                # A commit that fails leaves the transaction open as well.
                self._undo()
                raise
            empty_grown_log(self._connection, self.folder.database, log_before)

    def check_guard(self) -> None:
        """Raise what `writing` would raise just now; takes no lock that others wait for."""
        if self.guard is not None:
            with self.reading() as sql:
                self.guard(sql)

    def state(self) -> tuple[object, ...]:
        """The same at two moments if no other connection has written in between."""
        with self.reading() as sql:
            return self._connected, sql.execute("PRAGMA data_version").fetchone()[0]

    def set_journal_mode(self, mode: str) -> None:
        """Change the journal, if others who use the database just now cease soon; else it stays as it is."""
        with clear_errors(self.folder.database):
            current = self._connection.execute("PRAGMA journal_mode").fetchone()[0]
            # Without room for the files of a write-ahead log there is no way back from it.
            if current.upper() == mode.upper() or shutil.disk_usage(self.folder.path).free < CHANGE_BYTES:
                return
            try:
                patiently(lambda: self._connection.execute(f"PRAGMA journal_mode = {mode}"), CHANGE_SECONDS)
                # SQLite opens the file for the locks of a write-ahead log only after it has changed the database.
                self._looking(self._take_view)
                self._undo()
            except sqlite3.OperationalError as error:
                if is_busy(error):
                    return
                # The disk cannot do it, or is full: with the present one all goes on.
                log.warning("The journal of %s stays %s: %s", self.folder.database, current, error)
                self._connection.close()
                leave_write_ahead_log(self.folder.database)
                self._connection = self._connect()

    def backup_to(self, target: Path) -> None:
        """A consistent copy of the whole database, made while others use it; there once it is complete."""
        aside = target.with_name(f"{target.name}.{secrets.token_hex(4)}.writing")
        try:
            make_file(aside)  # SQLite would make it the owner's only
            with clear_errors(target), contextlib.closing(sqlite3.connect(aside)) as copy:
                copy_online(self._connection, copy)
                copy.execute("PRAGMA journal_mode = DELETE")  # one file, whatever the original has
            aside.replace(target)
        except OSError as error:
            raise UserError(f"{target} cannot be written: {error.strerror}.", "Is the disk full?") from error
        finally:
            aside.unlink(missing_ok=True)

    def _connect(self, create: bool = False) -> sqlite3.Connection:
        self._connected += 1
        self._alone = not create and is_at_rest(self.folder.database)  # also if the disk has become read-only
        mode = "ro" if self.read_only or self._alone else "rwc" if create else "rw"
        return self._looking(lambda: connect(self.folder.database, mode, alone=self._alone))

    def _looking(self, action: Callable[[], T]) -> T:
        """What the action returns, once no lock and nothing that a killed writer left is in its way."""

        def look() -> T:
            try:
                return action()
            except sqlite3.OperationalError as error:
                if not (self.read_only and is_half_written(error) and os.access(self.folder.database, os.W_OK)):
                    raise
                undo_half_written(self.folder.database)
                return action()

        return patiently(look, BUSY_SECONDS)

    def _take_view(self) -> None:
        self._connection.execute("BEGIN")
        try:
            # Only the first look takes the lock; after it no other statement can find the database locked.
            self._connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
        except BaseException:
            self._undo()
            raise

    def _undo(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def _follow(self) -> None:
        """Connect anew if the file is another one than at first: what is written to a removed file is lost."""
        found = self._identity()
        if found != self._file:
            self._connection.close()
            self._connection = self._connect()
            self._file = found

    def _identity(self) -> tuple[object, ...]:
        """What tells the file from another one; of one that is read as unchanging, also whether it changed."""
        path = self.folder.database
        try:
            found = path.stat()
        except OSError as error:
            raise UserError(
                f"The database {path} cannot be reached: {error.strerror}.", "Was the folder moved or removed?"
            ) from error
        same = (found.st_dev, found.st_ino)
        return (*same, found.st_mtime_ns, is_at_rest(path)) if self._alone else same
