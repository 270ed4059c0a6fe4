"""Reading the run table: runs, variables and decoded cells, all of them or only those that changed."""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from damnit_backend.core.codec import StoredValue, decode
from damnit_backend.core.keys import CellKey, RunKey
from damnit_backend.core.values import CellValue

from .database import Database
from .feed import last_seq

START_TIME = "start_time"
"""A column of the table that the run's results also hold as a variable; read from `run_info` only."""

_CELLS = (
    "SELECT proposal, run, name, value, summary_type, summary_method, max_diff, attributes, provenance, timestamp"
    " FROM run_variables"
)


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
    """The whole table, or a part of it, as it was at change ``seq``."""

    seq: int
    runs: tuple[RunInfo, ...]
    variables: tuple[VariableInfo, ...]
    cells: dict[CellKey, CellValue]


def read_table(database: Database) -> TableSnapshot:
    """Everything, in one consistent view."""
    with database.reading() as sql:
        variables = _variables(sql)
        booleans = {variable.name for variable in variables if variable.type == "boolean"}
        cells = dict(_cells(sql.execute(f"{_CELLS} ORDER BY version"), booleans))
        return TableSnapshot(last_seq(sql), tuple(_runs(sql)), variables, cells)


def read_runs(database: Database, keys: Iterable[RunKey]) -> TableSnapshot:
    """The rows of some runs (those that exist), with all variables, for an update of what is shown."""
    runs: list[RunInfo] = []
    cells: dict[CellKey, CellValue] = {}
    with database.reading() as sql:
        variables = _variables(sql)
        booleans = {variable.name for variable in variables if variable.type == "boolean"}
        for key in keys:
            runs += _runs(sql, key)
            rows = sql.execute(f"{_CELLS} WHERE proposal = ? AND run = ? ORDER BY version", key)
            cells.update(_cells(rows, booleans))
        return TableSnapshot(last_seq(sql), tuple(runs), variables, cells)


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
        yield RunInfo(RunKey(proposal, run), start_time, added_at)


def _cells(rows: sqlite3.Cursor, booleans: set[str]) -> Iterator[tuple[CellKey, CellValue]]:
    for proposal, run, name, value, summary_type, summary_method, max_diff, attributes, provenance, timestamp in rows:
        if name == START_TIME:
            continue
        stored = StoredValue(value, summary_type, summary_method, max_diff, attributes)
        yield (
            CellKey(proposal, run, name),
            decode(stored, boolean=name in booleans, provenance=provenance or "", timestamp=timestamp),
        )


def _variables(sql: sqlite3.Connection) -> tuple[VariableInfo, ...]:
    tags: dict[str, list[str]] = {}
    has_tags = sql.execute("SELECT 1 FROM sqlite_master WHERE name = 'variable_tags'").fetchone()
    if has_tags:
        for name, tag in sql.execute(
            "SELECT variable_name, tags.name FROM variable_tags JOIN tags ON tags.id = tag_id ORDER BY tags.name"
        ):
            tags.setdefault(name, []).append(tag)
    return tuple(
        VariableInfo(name, title or name, type_, description or "", _units(attributes), tuple(tags.get(name, ())))
        for name, type_, title, description, attributes in sql.execute(
            "SELECT name, type, title, description, attributes FROM variables ORDER BY rowid"
        )
    )


def _units(attributes: str | None) -> str:
    return decode(StoredValue(attributes=attributes)).units if attributes else ""


def runs_with_results(database: Database) -> list[RunKey]:
    """The runs that have computed values, by whatever program."""
    with database.reading() as sql:
        rows = sql.execute(
            "SELECT DISTINCT proposal, run FROM run_variables WHERE provenance = 'context.py' ORDER BY proposal, run"
        ).fetchall()
    return [RunKey(proposal, run) for proposal, run in rows]
