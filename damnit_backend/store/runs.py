"""Rows of the table."""

from damnit_backend.core.keys import RunKey

from .cells import put_run
from .database import Database


def add_run(database: Database, key: RunKey) -> bool:
    """Add a row for a run, so that it shows before anything of it is computed; False if it is there."""
    with database.writing() as sql:
        return put_run(sql, key)
