"""Edits that come to the database late, or twice: it was locked, the disk was full, the window was closed meanwhile."""

import sqlite3
import time
from dataclasses import dataclass

from damnit_backend.core.codec import encode
from damnit_backend.core.keys import CellKey
from damnit_backend.core.values import CellValue

from .database import Database
from .typed import Typed, typed_provenance

REMEMBERED_SECONDS = 365 * 86400.0
"""For so long the store knows that it has stored an edit."""


@dataclass(frozen=True, slots=True)
class Typing:
    """When a person typed a value, and a number that no other edit has: it is stored once, however often it is tried.

    A ``late`` one waited since its window was closed: it does not replace what was written after it was typed.
    """

    id: str
    at: float
    late: bool = False


def is_first(sql: sqlite3.Connection, typing: Typing) -> bool:
    """Whether the edit was not stored before; it counts as stored from now on."""
    done = sql.execute("INSERT OR IGNORE INTO desk_edits (id, at) VALUES (?, ?)", (typing.id, typing.at))
    return done.rowcount > 0


def is_superseded(sql: sqlite3.Connection, key: CellKey, typing: Typing) -> bool:
    """Whether the cell was written after the edit was typed."""
    row = sql.execute(
        "SELECT timestamp FROM run_variables WHERE proposal = ? AND run = ? AND name = ? ORDER BY version DESC LIMIT 1",
        key,
    ).fetchone()
    return row is not None and isinstance(row[0], int | float) and row[0] > typing.at


def keep_late_edit(sql: sqlite3.Connection, key: CellKey, value: Typed, typing: Typing) -> None:
    """Put an edit that was superseded before it was stored straight into the history of its cell."""
    sql.execute(
        "INSERT INTO desk_history (kind, proposal, run, name, value, timestamp, provenance, author, host, program,"
        " replaced_at, replaced_by, operation, reason)"
        " SELECT 'value', ?, ?, ?, ?, ?, ?, writer.author, writer.host, writer.program,"
        " ?, present.author, 'update', 'It was stored too late: the cell had been changed.'"
        " FROM desk_writer AS writer LEFT JOIN desk_authors AS present"
        " ON (present.proposal, present.run, present.name) = (?, ?, ?)",
        (*key, encode(CellValue(value)).value, typing.at, typed_provenance(key.name), time.time(), *key),
    )


def forget_edits(database: Database) -> None:
    """Forget the numbers of edits that are too old to be tried again."""
    with database.writing() as sql:
        sql.execute("DELETE FROM desk_edits WHERE at < ?", (time.time() - REMEMBERED_SECONDS,))
