"""Copying a database while others write it."""

import sqlite3

PAGES = 500
"""So many are copied at a time, about 2 MB; with a rollback journal nobody can write meanwhile."""
PAUSE = 0.005
"""Seconds for others, between."""
RESTARTS = 20
"""How often SQLite may begin anew because somebody wrote, before all is copied at once and writers wait."""


class _DisturbedError(Exception):
    """Others write so often that copying does not come to an end."""


def copy_online(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """Make the target what the source is at some moment."""
    if source.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
        source.backup(target)
        return
    remaining, restarts = 0, 0

    def watch(_: int, now_remaining: int, __: int) -> None:
        nonlocal remaining, restarts
        restarts += now_remaining > remaining
        remaining = now_remaining
        if restarts > RESTARTS:
            raise _DisturbedError

    try:
        source.backup(target, pages=PAGES, progress=watch, sleep=PAUSE)
    except _DisturbedError:
        source.backup(target)
