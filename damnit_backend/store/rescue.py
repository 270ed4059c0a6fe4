"""Rows of the table made from a run's file, which holds everything that the table shows of a run's results."""

import math
import sqlite3
from collections.abc import Collection
from pathlib import Path

from damnit_backend.core.account import user_name
from damnit_backend.core.codec import encode, storable_text
from damnit_backend.core.keys import RESERVED_NAMES, CellKey, RunKey, row_key
from damnit_backend.core.values import CellValue

from .cells import put_cell, put_run
from .database import Database
from .fragment_cells import DAMAGES, read_cell, text_of
from .results import ERRORS, REDUCED, DamagedResultsError, open_results
from .schema import has_table
from .table import START_TIME
from .variables import editable_names
from .views import add_columns

COMPUTED = "context.py"
"""The provenance of what a context file computed."""


def stored_runs(database: Database) -> set[RunKey]:
    """All runs of which the database holds anything."""
    with database.reading() as sql:
        rows = sql.execute(
            "SELECT proposal, run FROM run_info UNION SELECT DISTINCT proposal, run FROM run_variables"
        ).fetchall()
    keys = (row_key(proposal, run) for proposal, run in rows)
    return {key for key in keys if key is not None}


def edited_names(database: Database) -> frozenset[str]:
    """The variables whose values people type in."""
    with database.reading() as sql:
        return editable_names(sql)


def deleted_names(sql: sqlite3.Connection, key: RunKey) -> frozenset[str]:
    """The variables of a run whose values somebody deleted: the history has them. ``*`` among them: the whole run."""
    if not has_table(sql, "desk_history"):
        return frozenset()
    rows = sql.execute(
        "SELECT DISTINCT kind, name FROM desk_history WHERE proposal = ? AND run = ? AND operation = 'delete'"
        " AND kind IN ('value', 'run')",
        key,
    )
    return frozenset("*" if kind == "run" else str(name) for kind, name in rows)


def add_missing_cells(database: Database, key: RunKey, path: Path) -> list[str]:
    """Add the run's row and those of its cells that the table lacks, from its file; the names that were added.

    What is in the table stays as it is. UserError if the file cannot be read.
    """
    # Inside one transaction: no merge can change the file meanwhile.
    with database.writing(author=user_name(), reason="taken from the run's file by damnit doctor") as sql:
        added = add_cells(sql, key, path, edited=editable_names(sql), deleted=deleted_names(sql, key))
        add_columns(sql, added)
    return added


def add_cells(
    sql: sqlite3.Connection,
    key: RunKey,
    path: Path,
    *,
    edited: Collection[str],
    deleted: Collection[str],
    trust_file: bool = False,
) -> list[str]:
    """The same inside an open transaction, but for the views. Variables that people edit are left out, and those
    whose values they ``deleted``. With ``trust_file`` computed cells that are there get the file's values, too."""
    if "*" in deleted:
        return []
    try:
        with open_results(path) as file:
            provenance = text_of(file.attrs.get("provenance")) or COMPUTED
            there = {name for place in (REDUCED, ERRORS) if place in file for name in file[place]}
            cells = {name: read_cell(file, name, None) for name in sorted(there)}
            made = path.stat().st_mtime
    except DAMAGES as error:
        raise DamagedResultsError(path, error) from error
    put_run(sql, key)
    start = cells[START_TIME].value if START_TIME in cells else None
    if isinstance(start, int | float) and math.isfinite(start):
        sql.execute(
            "UPDATE run_info SET start_time = ? WHERE proposal = ? AND run = ? AND start_time IS NULL", (start, *key)
        )
    hidden = {*edited, *deleted, *RESERVED_NAMES}
    return [
        name
        for name, cell in cells.items()
        if name not in hidden and _put(sql, CellKey(*key, name), cell, provenance, made, trust_file)
    ]


def _put(
    sql: sqlite3.Connection, key: CellKey, cell: CellValue, provenance: str, made: float, trust_file: bool
) -> bool:
    """Add a cell, or replace a computed one that differs if the file is trusted more; whether that was done."""
    stored = encode(cell)
    there = sql.execute(
        "SELECT value, summary_type, provenance FROM run_variables WHERE proposal = ? AND run = ? AND name = ?", key
    ).fetchone()
    if cell.value is None or (there and not trust_file):
        return False
    if there and (there[:2] == (stored.value, stored.summary_type) or there[2] != COMPUTED):
        return False
    put_cell(sql, key, stored, storable_text(provenance), made)
    return True
