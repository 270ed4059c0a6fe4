"""Making a new folder's database, and opening one that exists: checks, upgrades, read-only folders."""

import contextlib
import os
import secrets
import sqlite3

from damnit_backend.core.errors import UserError

from . import schema
from .database import Database
from .files import make_file
from .filesystems import journal_mode
from .folder import Folder, has_database
from .views import rebuild_views


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
        database.set_journal_mode(journal_mode(folder.path))
        with database.writing() as sql:
            # Only now nobody else can be making it; what a crash left of an earlier attempt has no tables.
            if _tables(sql):
                raise UserError(f"{folder.path} is a DAMNIT folder already.", "Open it, or choose another place.")
            run_script(sql, schema.SHARED)
            run_script(sql, schema.DESK)
            sql.executemany("INSERT INTO metameta VALUES (?, ?)", settings.items())
            rebuild_views(sql)
    except BaseException:
        database.close()
        raise
    return database


def open_database(folder: Folder) -> Database:
    """Open an existing folder: ours, or one of DAMNIT 0.4.0, which gets our tables beside its own.

    A folder that may not be written, or of a newer format, is opened read-only (`Database.read_only`).
    """
    if not has_database(folder):
        raise UserError(
            f"{folder.path} is not a DAMNIT folder: it has no runs.sqlite.", "Make it one with: damnit init"
        )
    writable = os.access(folder.database, os.W_OK) and os.access(folder.path, os.W_OK)
    database = Database(folder, read_only=not writable)
    try:
        version = _check(database)
        if not writable:
            return database
        if version > schema.DATA_FORMAT_VERSION:
            database.close()
            return Database(folder, read_only=True)
        _upgrade(database, version)
    except BaseException:
        database.close()
        raise
    return database


def open_for_reading(folder: Folder) -> Database:
    """Open an existing folder without changing anything in it."""
    database = Database(folder, read_only=True)
    try:
        _check(database)
    except BaseException:
        database.close()
        raise
    return database


def _check(database: Database) -> int:
    """The version of the format, if this is a database of ours at all."""
    path = database.folder.database
    with database.reading() as sql:
        tables = _tables(sql)
        if not tables:
            raise UserError(f"{path} is an empty database.", "Fill it with: damnit init")
        if not tables >= schema.APPLICATION_TABLES:
            raise UserError(f"{path} is an SQLite database, but of another program.", "Open another folder.")
        row = sql.execute("SELECT value FROM metameta WHERE key = 'data_format_version'").fetchone()
    try:
        return int(row[0]) if row else 0
    except (ValueError, TypeError) as error:
        raise UserError(
            f"{path} does not say which version of the format it has, but {row[0]!r}.",
            "Correct data_format_version in its table metameta.",
        ) from error


def _tables(sql: sqlite3.Connection) -> set[str]:
    return {name for (name,) in sql.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def _upgrade(database: Database, version: int) -> None:
    """Add what is missing: columns and tables of later versions (after a backup), and our own tables."""
    with database.reading() as sql:
        names = {
            name for (name,) in sql.execute("SELECT name FROM sqlite_master WHERE name LIKE 'desk\\_%' ESCAPE '\\'")
        }
        older = version < schema.DATA_FORMAT_VERSION or not _has_attributes(sql)
    if older:
        backup = database.folder.path / f"runs.sqlite.v{version}.backup"
        if not backup.exists():
            database.backup_to(backup)
    if older or not names >= schema.desk_names():
        with database.writing() as sql:
            # Looked at again, because another program may have upgraded it meanwhile.
            if not _has_attributes(sql):
                sql.execute("ALTER TABLE run_variables ADD COLUMN attributes")
            run_script(sql, schema.SHARED)
            run_script(sql, schema.DESK)
            if older:
                sql.execute(
                    "INSERT OR REPLACE INTO metameta VALUES ('data_format_version', ?)",
                    (schema.DATA_FORMAT_VERSION,),
                )
            rebuild_views(sql)
    # Each time: the folder may have been moved to a disk of another kind.
    database.set_journal_mode(journal_mode(database.folder.path))


def _has_attributes(sql: sqlite3.Connection) -> bool:
    return "attributes" in {row[1] for row in sql.execute("PRAGMA table_info(run_variables)")}


def run_script(sql: sqlite3.Connection, script: str) -> None:
    """Execute several statements inside the open transaction (`executescript` would commit it first)."""
    statement = ""
    for line in script.splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            sql.execute(statement)
            statement = ""
