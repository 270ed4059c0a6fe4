"""Rows of the table."""

import time

from damnit_backend.core.keys import RunKey

from .database import Database


def add_run(database: Database, key: RunKey) -> bool:
    """Add a row for a run, so that it shows before anything of it is computed; False if it is there."""
    with database.writing() as sql:
        done = sql.execute("INSERT OR IGNORE INTO run_info VALUES (?, ?, NULL, ?)", (*key, time.time()))
        return done.rowcount == 1
