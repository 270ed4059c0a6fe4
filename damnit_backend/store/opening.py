"""Making a new folder's database, and opening one that exists: checks, upgrades, read-only folders."""

import os
import secrets
import sqlite3

from damnit_backend.core.errors import UserError

from . import schema
from .database import Database
from .filesystems import journal_mode
from .folder import Folder
from .views import rebuild_views


def create_database(folder: Folder, proposal: int | None, context_python: str | None = None) -> Database:
    """Make the database of a new folder, whose directory exists."""
    if folder.database.exists():
        raise UserError(f"{folder.path} is a DAMNIT folder already.", "Open it, or choose another place.")
    settings: dict[str, object] = {
        "data_format_version": schema.DATA_FORMAT_VERSION,
        "db_id": secrets.token_hex(20),
        "concurrent_jobs": 15,
    }
    if proposal is not None:
        settings["proposal"] = proposal
    if context_python is not None:
        settings["context_python"] = context_python
    database = Database(folder)
    database.set_journal_mode(journal_mode(folder.path))
    with database.writing() as sql:
        run_script(sql, schema.SHARED)
        run_script(sql, schema.DESK)
        sql.executemany("INSERT INTO metameta VALUES (?, ?)", settings.items())
        rebuild_views(sql)
    return database


def open_database(folder: Folder) -> Database:
    """Open an existing folder: ours, or one of DAMNIT 0.4.0, which gets our tables beside its own.

    A folder that may not be written, or of a newer format, is opened read-only (`Database.read_only`).
    """
    if not folder.database.is_file():
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
    with database.reading() as sql:
        tables = {name for (name,) in sql.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not tables >= schema.APPLICATION_TABLES:
            raise UserError(
                f"{database.folder.database} is an SQLite database, but of another program.",
                "Open another folder.",
            )
        row = sql.execute("SELECT value FROM metameta WHERE key = 'data_format_version'").fetchone()
    return int(row[0]) if row else 0


def _upgrade(database: Database, version: int) -> None:
    """Add what is missing: columns and tables of later versions (after a backup), and our own tables."""
    with database.reading() as sql:
        columns = {row[1] for row in sql.execute("PRAGMA table_info(run_variables)")}
        names = {
            name for (name,) in sql.execute("SELECT name FROM sqlite_master WHERE name LIKE 'desk\\_%' ESCAPE '\\'")
        }
    older = version < schema.DATA_FORMAT_VERSION or "attributes" not in columns
    if not older and names >= schema.desk_names():
        return
    if older:
        backup = database.folder.path / f"runs.sqlite.v{version}.backup"
        if not backup.exists():
            database.backup_to(backup)
    with database.writing() as sql:
        if "attributes" not in columns:
            sql.execute("ALTER TABLE run_variables ADD COLUMN attributes")
        run_script(sql, schema.SHARED)
        run_script(sql, schema.DESK)
        if older:
            sql.execute(
                "INSERT OR REPLACE INTO metameta VALUES ('data_format_version', ?)",
                (schema.DATA_FORMAT_VERSION,),
            )
        rebuild_views(sql)
    database.set_journal_mode(journal_mode(database.folder.path))


def run_script(sql: sqlite3.Connection, script: str) -> None:
    """Execute several statements inside the open transaction (`executescript` would commit it first)."""
    statement = ""
    for line in script.splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            sql.execute(statement)
            statement = ""
