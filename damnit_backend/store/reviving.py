"""Bringing back a former value, as a new change: what it replaces goes into the history in turn."""

import sqlite3
import time
from pathlib import Path

from damnit_backend.core.account import user_name
from damnit_backend.core.codec import StoredValue, encode
from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import COMMENT, CellKey

from .cells import put_cell, put_run
from .database import Database
from .fragment_cells import read_cell
from .fragments import Fragment
from .history import BROUGHT_BACK, Change, Version, read_change, read_history
from .publishing import publish_results
from .results import open_results
from .revived_file import write_revived
from .revived_rows import revive_origins, revive_row
from .variables import editable_names
from .views import add_columns


def bring_back(database: Database, history_id: int, *, author: str | None = None, reason: str = "") -> Change:
    """Make what an entry of the history holds the present again; the entry.

    A computed value comes with its full result, as far as that is kept, and with how it was computed. A variable that
    was deleted comes with its values and tags, a run with its values. UserError if that is so already, or if too
    little is kept.
    """
    change = read_change(database, history_id)
    who = author or user_name()
    why = BROUGHT_BACK + (reason or f"entry {history_id}")
    if change.kind != "value":
        with database.writing(author=who, reason=why) as sql:
            revive_row(sql, change)
        return change
    if change.run is None:
        raise UserError(
            f"Entry {history_id} belongs to no run.", "Another program wrote it; it cannot be brought back."
        )
    versions = read_history(database, CellKey(*change.run, change.name))
    version = next(version for version in versions if version.id == history_id)
    _check(version, versions)
    if _is_typed(database, version):
        with database.writing(author=who, reason=why) as sql:
            put_run(sql, version.key.row)
            put_cell(sql, version.key, version.stored, version.cell.provenance, time.time())
            add_columns(sql, [version.key.name])
    elif version.deleted and version.former_file is None and not version.told and version is versions[0]:
        # Only the table lost it: what its run's file holds is still its own.
        with database.writing(author=who, reason=why) as sql:
            _write(sql, version, version.stored)
    else:
        _bring_back_result(database, version, who, why)
    return change


def _check(version: Version, versions: list[Version]) -> None:
    present = versions[0] if versions[0].is_present else None
    same = present is not None and (present.stored.value, present.stored.summary_type, present.stored.attributes) == (
        version.stored.value, version.stored.summary_type, version.stored.attributes
    )  # fmt: skip
    if same and version.former_file is None:
        raise UserError(f"{version.key.name} holds that value already.")
    if version.pruned and version.former_file is None:
        raise UserError(
            f"That picture of {version.key.name} is not kept any more.",
            "More are kept with a higher history_images: damnit setting",
        )


def _is_typed(database: Database, version: Version) -> bool:
    """Whether a person wrote it, so that no file has anything of it."""
    if version.key.name == COMMENT or version.is_typed:
        return True
    with database.reading() as sql:
        return version.key.name in editable_names(sql)


def _bring_back_result(database: Database, version: Version, author: str, reason: str) -> None:
    key = version.key
    path = write_revived(database, version)
    try:
        stored = _stored_in(path, key.name) if version.pruned else version.stored
        provenance = version.cell.provenance or "context.py"
        fragment = Fragment(path, key.row, provenance, {key.name: version.cell})
        publish_results(
            database, key.row, [fragment], lambda sql: _write(sql, version, stored), author=author, reason=reason
        )
    finally:
        path.unlink(missing_ok=True)


def _stored_in(path: Path, name: str) -> StoredValue:
    with open_results(path) as file:
        return encode(read_cell(file, name, None))


def _write(sql: sqlite3.Connection, version: Version, stored: StoredValue) -> None:
    key = version.key
    put_run(sql, key.row)
    put_cell(sql, key, stored, version.cell.provenance, version.cell.timestamp or time.time())
    if version.id is not None:
        revive_origins(sql, [version.id])
    add_columns(sql, [key.name])
