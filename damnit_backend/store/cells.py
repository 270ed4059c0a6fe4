"""Writing single cells and rows of the run table, inside an open transaction."""

import sqlite3
import time

from damnit_backend.core.codec import StoredValue
from damnit_backend.core.keys import CellKey, RunKey

_COLUMNS = (
    "value = ?1, timestamp = ?2, max_diff = ?3, provenance = ?4,"
    " summary_type = ?5, summary_method = ?6, attributes = ?7"
)
_NEWEST = (
    "(SELECT version FROM run_variables WHERE proposal = ?8 AND run = ?9 AND name = ?10 ORDER BY version DESC LIMIT 1)"
)
"""Readers show the row of a cell with the highest version; nearly always it is the only one."""


def put_run(sql: sqlite3.Connection, key: RunKey) -> bool:
    """Add a row for a run; False if it is there."""
    # Not INSERT OR IGNORE: that would note the row as one that may be replaced, see `history_triggers`.
    done = sql.execute(
        "INSERT INTO run_info (proposal, run, start_time, added_at) SELECT ?1, ?2, NULL, ?3"
        " WHERE NOT EXISTS (SELECT 1 FROM run_info WHERE proposal = ?1 AND run = ?2)",
        (*key, time.time()),
    )
    return done.rowcount == 1


def put_cell(sql: sqlite3.Connection, key: CellKey, stored: StoredValue, provenance: str, timestamp: float) -> None:
    """Write a value into its cell, in place of the former one."""
    row = (
        stored.value, timestamp, stored.max_diff, provenance,
        stored.summary_type, stored.summary_method, stored.attributes,
    )  # fmt: skip
    # In two steps, for the same reason; and the row keeps its identity.
    done = sql.execute(
        f"UPDATE run_variables SET {_COLUMNS} WHERE proposal = ?8 AND run = ?9 AND name = ?10 AND version = {_NEWEST}",
        (*row, *key),
    )
    if done.rowcount == 0:
        sql.execute(
            "INSERT INTO run_variables (value, timestamp, max_diff, provenance, summary_type, summary_method,"
            " attributes, proposal, run, name, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)",
            (*row, *key),
        )
