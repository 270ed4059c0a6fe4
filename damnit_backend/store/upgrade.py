"""Bringing a database up to date: a backup first, then all steps in one transaction."""

import contextlib
import secrets
import socket
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path

from damnit_backend.core.account import user_name
from damnit_backend.core.errors import UserError

from . import schema
from .blueprint import add_missing_parts, missing_parts, replace_triggers
from .database import Database
from .files import sync
from .migrations import LATEST, MIGRATIONS, apply_migration, migration_number
from .views import rebuild_views
from .writer import program

_STALE_SECONDS = 24 * 3600.0
"""A backup that was begun so long ago and never completed belongs to a program that is gone."""


@dataclass(frozen=True, slots=True)
class Versions:
    """How far a database has come: in the format that all programs share, and in our own part of it."""

    shared: int
    ours: int
    complete: bool = True
    """Whether the tables have the columns of their version."""

    @property
    def too_new(self) -> bool:
        return self.shared > schema.DATA_FORMAT_VERSION or self.ours > LATEST

    @property
    def current(self) -> bool:
        return self.shared == schema.DATA_FORMAT_VERSION and self.ours == LATEST and self.complete

    @property
    def backup_name(self) -> str:
        return f"runs.sqlite.v{self.shared}{f'-desk{self.ours}' if self.ours else ''}.backup"


def read_versions(sql: sqlite3.Connection, path: Path) -> Versions:
    """UserError if the database does not say in a number which version of the format it has."""
    row = sql.execute("SELECT value FROM metameta WHERE key = 'data_format_version'").fetchone()
    try:
        shared = int(row[0]) if row else 0
    except (ValueError, TypeError) as error:
        raise UserError(
            f"{path} does not say which version of the format it has, but {row[0]!r}.",
            "Correct data_format_version in its table metameta.",
        ) from error
    return Versions(shared, migration_number(sql), _has_attributes(sql))


def upgrade(database: Database) -> None:
    """Add what is missing. UserError, with nothing changed, if no backup can be made or a step fails."""
    path = database.folder.database
    while True:
        with database.reading() as sql:
            versions = read_versions(sql, path)
            missing = missing_parts(sql) if versions.current else []
        if versions.too_new:  # another program has upgraded it just now
            raise UserError(f"{path} was just made newer than this program.", "Open it again.")
        if versions.current:
            break
        if _back_up(database, versions):
            _migrate(database)
    if missing:
        with database.writing() as sql:
            add_missing_parts(sql)


def _migrate(database: Database) -> None:
    """All steps or none, so that a crash leaves no version in between."""
    by = f"{user_name()}@{socket.gethostname()}, {program()}"
    with database.writing() as sql:
        # Looked at again, because another program may have done the same meanwhile.
        versions = read_versions(sql, database.folder.database)
        if versions.current or versions.too_new:
            return
        _upgrade_shared(sql)
        for migration in MIGRATIONS:
            apply_migration(sql, migration, by)
        replace_triggers(sql)
        add_missing_parts(sql)
        rebuild_views(sql)


def _upgrade_shared(sql: sqlite3.Connection) -> None:
    if not _has_attributes(sql):
        sql.execute("ALTER TABLE run_variables ADD COLUMN attributes")
    schema.run_script(sql, schema.SHARED)
    sql.execute(
        "INSERT INTO metameta VALUES ('data_format_version', ?1)"
        " ON CONFLICT (key) DO UPDATE SET value = ?1 WHERE value IS NOT ?1",
        (schema.DATA_FORMAT_VERSION,),
    )


def _has_attributes(sql: sqlite3.Connection) -> bool:
    return "attributes" in {row[1] for row in sql.execute("PRAGMA table_info(run_variables)")}


def _back_up(database: Database, versions: Versions) -> bool:
    """Keep the database as it is, on the disk and in one file; False if it is another version by now.

    A backup of the same version that is there already stays: it is older.
    """
    target = database.folder.path / versions.backup_name
    if target.is_file():
        return True
    _remove_stale(target)
    aside = target.with_name(f"{target.name}.{secrets.token_hex(4)}.aside")
    try:
        database.backup_to(aside)
        with contextlib.closing(sqlite3.connect(aside)) as copy:
            if read_versions(copy, aside) != versions:
                return False
        sync(aside)
        if not target.is_file():
            aside.replace(target)
            sync(target.parent)
    except (UserError, OSError) as error:
        raise UserError(
            f"{database.folder.database} was made by an older program and is not brought up to date, because no backup"
            f" of it can be made: {error}",
            "Nothing was changed. Make room on its disk, or open it for reading only.",
        ) from error
    finally:
        aside.unlink(missing_ok=True)
    return True


def _remove_stale(target: Path) -> None:
    """Remove what programs left that were killed while they made a backup."""
    for left in target.parent.glob(f"{target.name}.*.*"):
        with contextlib.suppress(OSError):
            if left.stat().st_mtime < time.time() - _STALE_SECONDS:
                left.unlink()
