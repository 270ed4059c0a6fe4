"""Making a new folder's database, and opening one that exists: checks, upgrades, read-only folders."""

import contextlib
import os
import secrets
import socket
import sqlite3

from damnit_backend.core.account import user_name
from damnit_backend.core.errors import UserError

from . import schema
from .blueprint import build
from .connection import leave_write_ahead_log
from .database import Database, DatabaseBusyError
from .files import make_file
from .folder import Folder, has_database
from .journal import first_journal, wanted_journal
from .upgrade import Versions, read_versions, upgrade
from .views import rebuild_views
from .writer import program


def create_database(folder: Folder, proposal: int | None, context_python: str | None = None) -> Database:
    """Make the database of a new folder, whose directory exists."""
    settings: dict[str, object] = {
        "data_format_version": schema.DATA_FORMAT_VERSION,
        "db_id": secrets.token_hex(20),
        "concurrent_jobs": 15,
    }
    if proposal is not None:
        settings["proposal"] = proposal
    if context_python is not None:
        settings["context_python"] = context_python
    with contextlib.suppress(FileExistsError):
        # SQLite would make it the owner's only. The files that it makes beside this one get the same permissions.
        make_file(folder.database)
    database = Database(folder, create=True)
    try:
        database.set_journal_mode(first_journal(folder))
        with database.writing() as sql:
            # Only now nobody else can be making it; what a crash left of an earlier attempt has no tables.
            if _tables(sql):
                raise UserError(f"{folder.path} is a DAMNIT folder already.", "Open it, or choose another place.")
            build(sql, f"{user_name()}@{socket.gethostname()}, {program()}")
            sql.executemany("INSERT INTO metameta VALUES (?, ?)", settings.items())
            rebuild_views(sql)
    except BaseException:
        database.close()
        raise
    return database


def open_database(folder: Folder) -> Database:
    """Open an existing folder: ours, or one of DAMNIT 0.4.0, which gets our tables beside its own.

    A folder that may not be written, or that a newer program made, is opened read-only (`Database.read_only`), and
    `Database.notice` says why.
    """
    if not has_database(folder):
        raise UserError(
            f"{folder.path} is not a DAMNIT folder: it has no runs.sqlite.", "Make it one with: damnit init"
        )
    writable = os.access(folder.database, os.W_OK) and os.access(folder.path, os.W_OK)
    if not writable:
        shown = open_for_reading(folder)
        shown.notice = shown.notice or "You may not write into this folder: it is shown, but not changed."
        return shown
    database = _open(folder)
    try:
        if _check(database).too_new:
            database.close()
            return open_for_reading(folder)
        upgrade(database)
        # Each time: the folder may have been moved to a disk of another kind, or its setting changed.
        database.set_journal_mode(wanted_journal(database))
    except BaseException:
        database.close()
        raise
    return database


def _open(folder: Folder) -> Database:
    try:
        return Database(folder)
    except DatabaseBusyError:
        raise
    except UserError:
        # It may have come, with a write-ahead log, to a place where there can be none.
        if not leave_write_ahead_log(folder.database):
            raise
        return Database(folder)


def open_for_reading(folder: Folder) -> Database:
    """Open an existing folder without changing anything in it."""
    database = Database(folder, read_only=True)
    try:
        versions = _check(database)
    except BaseException:
        database.close()
        raise
    if versions.too_new:
        database.notice = (
            "A newer version of DAMNIT Desktop made this folder: it is shown, but not changed. Update this program."
        )
    return database


def _check(database: Database) -> Versions:
    """The versions of a database, if it is one of ours at all."""
    path = database.folder.database
    with database.reading() as sql:
        tables = _tables(sql)
        if not tables:
            raise UserError(f"{path} is an empty database.", "Fill it with: damnit init")
        if not tables >= schema.APPLICATION_TABLES:
            raise UserError(f"{path} is an SQLite database, but of another program.", "Open another folder.")
        return read_versions(sql, path)


def _tables(sql: sqlite3.Connection) -> set[str]:
    return {name for (name,) in sql.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
