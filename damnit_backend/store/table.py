"""Reading the run table: runs, variables and decoded cells, all of them or only those that changed."""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from damnit_backend.core.attributes import read_attributes
from damnit_backend.core.codec import StoredValue, decode, number_or_none
from damnit_backend.core.keys import CellKey, RunKey, row_key
from damnit_backend.core.values import CellValue

from .database import Database
from .feed import last_seq

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
        cells = _cells(sql.execute(_select_cells(sql)), booleans)
        return TableSnapshot(last_seq(sql), tuple(_runs(sql)), variables, cells)


def read_runs(database: Database, keys: Iterable[RunKey]) -> TableSnapshot:
    """The rows of some runs (those that exist), with all variables, for an update of what is shown."""
    runs: list[RunInfo] = []
    cells: dict[CellKey, CellValue] = {}
    with database.reading() as sql:
        variables = _variables(sql)
        booleans = {variable.name for variable in variables if variable.type == "boolean"}
        select = f"{_select_cells(sql)} WHERE proposal = ? AND run = ?"
        for key in keys:
            runs += _runs(sql, key)
            cells |= _cells(sql.execute(select, key), booleans)
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
        found = row_key(proposal, run)
        if found is not None:
            yield RunInfo(found, number_or_none(start_time), number_or_none(added_at))


def _select_cells(sql: sqlite3.Connection) -> str:
    """The statement for all cells; a database of version 1 that may only be read has no attributes."""
    columns = {row[1] for row in sql.execute("PRAGMA table_info(run_variables)")}
    attributes = "attributes" if "attributes" in columns else "NULL"
    return (
        "SELECT proposal, run, name, version, value, summary_type, summary_method, max_diff,"
        f" {attributes}, provenance, timestamp FROM run_variables"
    )


def _cells(rows: sqlite3.Cursor, booleans: set[str]) -> dict[CellKey, CellValue]:
    """The cells in some rows, each in its highest version. What is no cell, in columns without types, is left out."""
    cells: dict[CellKey, CellValue] = {}
    versions: dict[CellKey, float] = {}
    for proposal, run, name, version, value, type_, method, max_diff, attributes, provenance, timestamp in rows:
        row = row_key(proposal, run)
        if row is None or not isinstance(name, str) or name == START_TIME:
            continue
        key = CellKey(*row, name)
        number = number_or_none(version) or 0.0
        if key in versions and versions[key] > number:
            continue
        versions[key] = number
        cells[key] = decode(
            StoredValue(value, type_, method, max_diff, attributes),
            boolean=name in booleans,
            provenance=provenance if isinstance(provenance, str) else "",
            timestamp=number_or_none(timestamp),
        )
    return cells


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
