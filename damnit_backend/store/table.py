"""Reading the run table: runs, variables and decoded cells, all of them or only those that changed."""

import sqlite3
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from damnit_backend.core.attributes import read_attributes
from damnit_backend.core.codec import StoredValue, decode, number_or_none
from damnit_backend.core.keys import CellKey, RunKey, row_key
from damnit_backend.core.values import CellValue

from .database import Database
from .feed import last_seq, read_changes

START_TIME = "start_time"
"""A column of the table that the run's results also hold as a variable; read from `run_info` only."""


@dataclass(frozen=True, slots=True)
class RunInfo:
    """A row's own facts; times in seconds since 1970, UTC."""

    key: RunKey
    start_time: float | None
    added_at: float | None


@dataclass(frozen=True, slots=True)
class VariableInfo:
    """A column. ``type`` is None for a computed variable, else boolean, integer, number or string: people edit it."""

    name: str
    title: str
    type: str | None = None
    description: str = ""
    units: str = ""
    tags: tuple[str, ...] = ()

    @property
    def editable(self) -> bool:
        return self.type is not None


@dataclass(frozen=True, slots=True)
class TableSnapshot:
    """The whole table, or a part of it, as it was at change ``seq``: what came later is told by the feed."""

    seq: int
    runs: tuple[RunInfo, ...]
    variables: tuple[VariableInfo, ...]
    cells: dict[CellKey, CellValue]


READ_SECONDS = 0.02
"""A view of the database is not kept for longer: on a network file system it keeps writers waiting."""
FETCHED = 100
"""Rows that are fetched at a time, between looks at the clock."""
ROUNDS = 10


def read_table(database: Database) -> TableSnapshot:
    """Everything. Rows are fetched in pages, in several views of the database, and decoded outside of them.

    What others write meanwhile is read again; if they never cease, some runs are newer than change ``seq``, none
    older. Without a change feed (another program's folder, which may only be read) it is all one view.
    """
    while True:
        with database.reading() as sql:
            seq = last_seq(sql)
            variables = _variables(sql)
            runs = tuple(_runs(sql))
            statement = f"{_select_cells(sql)} WHERE rowid > ? ORDER BY rowid"
            rows = [] if seq else sql.execute(statement, (_FIRST,)).fetchall()
        cells = _Cells(variables)
        cells.add(rows)
        if seq:
            _add_pages(database, statement, cells)
        snapshot = _caught_up(database, TableSnapshot(seq, runs, variables, cells.found))
        if snapshot is not None:
            return snapshot


_FIRST = -(2**63)
"""No row has a smaller number."""


def _add_pages(database: Database, statement: str, cells: "_Cells") -> None:
    last, more = _FIRST, True
    while more:
        begin = time.monotonic()
        rows: list[tuple[Any, ...]] = []
        with database.reading() as sql:
            cursor = sql.execute(statement, (last,))
            while time.monotonic() - begin < READ_SECONDS and more:
                fetched = cursor.fetchmany(FETCHED)
                rows += fetched
                more = len(fetched) == FETCHED
            cursor.close()
        cells.add(rows)
        last = rows[-1][0] if rows else last


def _caught_up(database: Database, snapshot: TableSnapshot) -> TableSnapshot | None:
    """The snapshot with what changed since its ``seq``; None if that is not known any more."""
    for _ in range(ROUNDS):
        changes = read_changes(database, snapshot.seq)
        if not changes.complete:
            return None
        if not changes.runs and not changes.variables:
            return replace(snapshot, seq=changes.seq)
        part = read_runs(database, sorted(changes.runs))
        # What a boolean or another type makes of a value is decided by its variable.
        if {v.name: v.type for v in part.variables} != {v.name: v.type for v in snapshot.variables}:
            return None
        runs = {run.key: run for run in snapshot.runs if run.key not in changes.runs}
        runs |= {run.key: run for run in part.runs}
        cells = {key: cell for key, cell in snapshot.cells.items() if key.row not in changes.runs}
        ordered = tuple(runs[key] for key in sorted(runs))
        snapshot = TableSnapshot(changes.seq, ordered, part.variables, cells | part.cells)
    return snapshot


def read_runs(database: Database, keys: Iterable[RunKey]) -> TableSnapshot:
    """The rows of some runs (those that exist), with all variables, for an update of what is shown.

    Each run is of one view; with many runs, the last ones may be newer than change ``seq``.
    """
    wanted = list(keys)
    with database.reading() as sql:
        seq = last_seq(sql)
        variables = _variables(sql)
        select = f"{_select_cells(sql)} WHERE proposal = ? AND run = ?"
    runs: list[RunInfo] = []
    cells = _Cells(variables)
    done = 0
    while done < len(wanted):
        begin = time.monotonic()
        rows: list[tuple[Any, ...]] = []
        with database.reading() as sql:
            while done < len(wanted) and time.monotonic() - begin < READ_SECONDS:
                runs += _runs(sql, wanted[done])
                rows += sql.execute(select, wanted[done]).fetchall()
                done += 1
        cells.add(rows)
    return TableSnapshot(seq, tuple(runs), variables, cells.found)


def read_variables(database: Database) -> tuple[VariableInfo, ...]:
    """All columns that have a declaration, in the order in which they were first declared."""
    with database.reading() as sql:
        return _variables(sql)


def _runs(sql: sqlite3.Connection, key: RunKey | None = None) -> Iterator[RunInfo]:
    where = "" if key is None else " WHERE proposal = ? AND run = ?"
    rows = sql.execute(
        f"SELECT proposal, run, start_time, added_at FROM run_info{where} ORDER BY proposal, run", key or ()
    )
    for proposal, run, start_time, added_at in rows:
        found = row_key(proposal, run)
        if found is not None:
            yield RunInfo(found, number_or_none(start_time), number_or_none(added_at))


def _select_cells(sql: sqlite3.Connection) -> str:
    """The statement for all cells; a database of version 1 that may only be read has no attributes."""
    columns = {row[1] for row in sql.execute("PRAGMA table_info(run_variables)")}
    attributes = "attributes" if "attributes" in columns else "NULL"
    return (
        "SELECT rowid, proposal, run, name, version, value, summary_type, summary_method, max_diff,"
        f" {attributes}, provenance, timestamp FROM run_variables"
    )


class _Cells:
    """Gathers the cells in rows, each in its highest version. What is no cell is left out: columns have no types."""

    def __init__(self, variables: Iterable[VariableInfo]) -> None:
        self.found: dict[CellKey, CellValue] = {}
        self._versions: dict[CellKey, float] = {}
        self._booleans = {variable.name for variable in variables if variable.type == "boolean"}

    def add(self, rows: Iterable[tuple[Any, ...]]) -> None:
        for _, proposal, run, name, version, value, type_, method, max_diff, attributes, provenance, timestamp in rows:
            row = row_key(proposal, run)
            if row is None or not isinstance(name, str) or name == START_TIME:
                continue
            key = CellKey(*row, name)
            number = number_or_none(version) or 0.0
            if key in self._versions and self._versions[key] > number:
                continue
            self._versions[key] = number
            self.found[key] = decode(
                StoredValue(value, type_, method, max_diff, attributes),
                boolean=name in self._booleans,
                provenance=provenance if isinstance(provenance, str) else "",
                timestamp=number_or_none(timestamp),
            )


def _variables(sql: sqlite3.Connection) -> tuple[VariableInfo, ...]:
    tags: dict[str, list[str]] = {}
    has_tags = sql.execute("SELECT 1 FROM sqlite_master WHERE name = 'variable_tags'").fetchone()
    if has_tags:
        for name, tag in sql.execute(
            "SELECT variable_name, tags.name FROM variable_tags JOIN tags ON tags.id = tag_id ORDER BY tags.name"
        ):
            tags.setdefault(name, []).append(tag)
    rows = sql.execute("SELECT name, type, title, description, attributes FROM variables ORDER BY rowid")
    return tuple(
        VariableInfo(
            name,
            _text(title) or name,
            _text(type_) or None,
            _text(description),
            read_attributes(attributes).units or "",
            tuple(tags.get(name, ())),
        )
        for name, type_, title, description, attributes in rows
        if isinstance(name, str)
    )


def _text(stored: object) -> str:
    """A column that should hold text or NULL."""
    return stored if isinstance(stored, str) else ""


def runs_with_results(database: Database) -> list[RunKey]:
    """The runs that have computed values, by whatever program."""
    with database.reading() as sql:
        rows = sql.execute(
            "SELECT DISTINCT proposal, run FROM run_variables WHERE provenance = 'context.py' ORDER BY proposal, run"
        ).fetchall()
    keys = (row_key(proposal, run) for proposal, run in rows)
    return [key for key in keys if key is not None]
