"""Rows of the table made from a run's file, which holds everything that the table shows of a run's results."""

import math
import sqlite3
from collections.abc import Collection
from pathlib import Path

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

PROGRAM_AUTHOR = "damnit doctor"


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


def deleted_names(database: Database, key: RunKey) -> frozenset[str]:
    """The variables of a run whose values somebody deleted: the history has them. All of them, as ``*``, if the run."""
    with database.reading() as sql:
        if not has_table(sql, "desk_history"):
            return frozenset()
        rows = sql.execute(
            "SELECT DISTINCT kind, name FROM desk_history WHERE proposal = ? AND run = ? AND operation = 'delete'"
            " AND kind IN ('value', 'run')",
            key,
        ).fetchall()
    return frozenset("*" if kind == "run" else str(name) for kind, name in rows)


def add_missing_cells(database: Database, key: RunKey, path: Path, names: Collection[str]) -> list[str]:
    """Add the run's row and those of its cells that the table lacks, from its file; the names that were added.

    What is in the table stays as it is. UserError if the file cannot be read.
    """
    with database.writing(author=PROGRAM_AUTHOR, reason="from the run's file") as sql:
        # Inside the transaction: no merge can change the file meanwhile.
        try:
            with open_results(path) as file:
                provenance = text_of(file.attrs.get("provenance")) or "context.py"
                there = {name for place in (REDUCED, ERRORS) if place in file for name in file[place]}
                cells = {name: read_cell(file, name, None) for name in sorted(there & set(names))}
                made = path.stat().st_mtime
                start = read_cell(file, START_TIME, None).value if START_TIME in there else None
        except DAMAGES as error:
            raise DamagedResultsError(path, error) from error
        put_run(sql, key)
        if isinstance(start, int | float) and math.isfinite(start):
            sql.execute(
                "UPDATE run_info SET start_time = ? WHERE proposal = ? AND run = ? AND start_time IS NULL",
                (start, *key),
            )
        edited = editable_names(sql)
        added = [
            name
            for name, cell in cells.items()
            if name not in edited
            and name not in RESERVED_NAMES
            and _insert(sql, CellKey(*key, name), cell, provenance, made)
        ]
        add_columns(sql, added)
    return added


def _insert(sql: sqlite3.Connection, key: CellKey, cell: CellValue, provenance: str, made: float) -> bool:
    """Add a cell unless there is one; whether it was added."""
    there = "SELECT 1 FROM run_variables WHERE proposal = ? AND run = ? AND name = ?"
    if cell.value is None or sql.execute(there, key).fetchone():
        return False
    put_cell(sql, key, encode(cell), storable_text(provenance), made)
    return True
