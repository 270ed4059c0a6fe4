"""Reading many rows without keeping writers waiting: in pages, each in a short view of the database of its own."""

import contextlib
import gc
import time
from collections.abc import Iterator
from typing import Any

from .database import Database

READ_SECONDS = 0.01
"""A view of the database is not kept for longer: without a write-ahead log it keeps writers waiting."""
FETCHED = 25
"""Rows that are fetched at a time, between looks at the clock: few, because a row may hold a picture."""
_FIRST = -(2**63)
"""No row has a smaller number."""


def read_pages(database: Database, columns: str, table: str) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of a table, page by page; the number of the row is before the columns that were asked for.

    Each page is of another moment: what others write meanwhile may be missing, and the change feed tells of it.
    """
    statement = f"SELECT rowid, {columns} FROM {table} WHERE rowid > ? ORDER BY rowid"
    last, more = _FIRST, True
    while more:
        rows: list[tuple[Any, ...]] = []
        with without_collection(), database.reading() as sql:
            begin = time.monotonic()
            cursor = sql.execute(statement, (last,))
            while more and (not rows or time.monotonic() - begin < READ_SECONDS):
                fetched = cursor.fetchmany(FETCHED)
                rows += fetched
                more = len(fetched) == FETCHED
            cursor.close()
        if rows:
            last = rows[-1][0]
            yield rows


@contextlib.contextmanager
def without_collection() -> Iterator[None]:
    """Now and then Python looks through all its objects, which takes half a second with millions of cells."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
