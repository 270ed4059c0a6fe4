"""Writing what people type: comments and editable variables."""

import time

from damnit_backend.core.codec import encode
from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import COMMENT, CellKey
from damnit_backend.core.values import CellValue

from .database import Database

MANUAL = "manual-input"
"""The provenance of a value that a person typed in."""


def write_edit(database: Database, key: CellKey, value: bool | int | float | str | None) -> None:
    """Store what a person typed into a cell; None empties it. The run is added if it is new."""
    with database.writing() as sql:
        if key.name != COMMENT:
            row = sql.execute("SELECT type FROM variables WHERE name = ?", (key.name,)).fetchone()
            if row is None or row[0] is None:
                raise UserError(f"{key.name} is computed by the context file and cannot be edited.")
        now = time.time()
        sql.execute("INSERT OR IGNORE INTO run_info VALUES (?, ?, NULL, ?)", (*key.row, now))
        stored = encode(CellValue(value))
        provenance = "" if key.name == COMMENT else MANUAL
        sql.execute(
            "INSERT INTO run_variables (proposal, run, name, version, value, timestamp, max_diff, provenance,"
            " summary_type, summary_method, attributes) VALUES (?, ?, ?, 1, ?, ?, NULL, ?, NULL, NULL, NULL)"
            " ON CONFLICT (proposal, run, name, version) DO UPDATE SET value = excluded.value,"
            " timestamp = excluded.timestamp, max_diff = NULL, provenance = excluded.provenance,"
            " summary_type = NULL, summary_method = NULL, attributes = NULL",
            (*key, stored.value, now, provenance),
        )
