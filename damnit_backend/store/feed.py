"""The change feed: what was written since a reader last looked, by any program."""

import sqlite3
from dataclasses import dataclass

from damnit_backend.core.keys import RunKey, row_key

from .database import Database

KEPT = 200_000
"""Compaction leaves so many of the latest changes; a reader further behind loads everything again."""
_READ = 10_000
"""Changes in one view of the database."""
_REMOVED = 5_000
"""Changes that one transaction removes."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What happened up to change ``seq``. ``complete`` is False if the feed no longer reaches back far enough."""

    seq: int
    complete: bool
    runs: frozenset[RunKey] = frozenset()
    variables: bool = False
    settings: bool = False
    jobs: bool = False

    @property
    def empty(self) -> bool:
        return self.complete and not (self.runs or self.variables or self.settings or self.jobs)


def last_seq(sql: sqlite3.Connection) -> int:
    """The number of the latest change; 0 in a database that has no feed (a read-only one of another program)."""
    if not sql.execute("SELECT 1 FROM sqlite_master WHERE name = 'desk_changes'").fetchone():
        return 0
    row = sql.execute("SELECT seq FROM sqlite_sequence WHERE name = 'desk_changes'").fetchone()
    return int(row[0]) if row else 0


def read_seq(database: Database) -> int:
    """The number of the latest change."""
    with database.reading() as sql:
        return last_seq(sql)


def read_changes(database: Database, since: int) -> Changes:
    """What changed after change ``since``. Many changes are read in several short views of the database."""
    seq = read_seq(database)
    if seq == since:
        return Changes(seq, complete=True)
    # A smaller number than the reader's means that the database was replaced by another one.
    if seq < since:
        return Changes(seq, complete=False)
    found: set[tuple[object, ...]] = set()
    for last in range(since, seq, _READ):
        with database.reading() as sql:
            found.update(
                sql.execute(
                    "SELECT DISTINCT kind, proposal, run FROM desk_changes WHERE seq > ? AND seq <= ?",
                    (last, min(last + _READ, seq)),
                )
            )
            first = sql.execute("SELECT min(seq) FROM desk_changes").fetchone()[0]
        if first is None or first > since + 1:
            return Changes(seq, complete=False)
    kinds = {kind for kind, _, _ in found}
    keys = {row_key(proposal, run) for kind, proposal, run in found if kind in ("run", "value")}
    return Changes(
        seq,
        complete=True,
        runs=frozenset(key for key in keys if key is not None),
        variables="variable" in kinds,
        settings="setting" in kinds,
        jobs="job" in kinds,
    )


def compact(database: Database) -> None:
    """Forget the oldest changes, few at a time: others want to write as well."""
    removed = _REMOVED
    while removed == _REMOVED:
        with database.writing() as sql:
            removed = sql.execute(
                "DELETE FROM desk_changes WHERE seq IN (SELECT seq FROM desk_changes WHERE seq <= ? LIMIT ?)",
                (last_seq(sql) - KEPT, _REMOVED),
            ).rowcount
