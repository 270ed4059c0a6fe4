"""Reading the run table: runs, variables and decoded cells, all of them or only those that changed."""

import itertools
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
from .paging import READ_SECONDS, read_pages, without_collection

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


ROUNDS = 10
"""How often what was written during the reading is read, before the rest is left to the change feed."""
TRIES = 3
"""How often a table without a change feed is read in the hope that nobody writes meanwhile."""


def read_table(database: Database) -> TableSnapshot:
    """Everything. Rows are fetched in pages, in several views of the database, and decoded outside of them.

    What others write meanwhile is read again; if they never cease, some runs are newer than change ``seq``, none
    older. Without a change feed (another program's folder, which may only be read) it is read again as a whole, a
    few times.
    """
    for attempt in itertools.count(1):
        before = database.state()
        read = _read_pages(database)
        if read.seq == 0:
            if attempt == TRIES or database.state() == before:
                return read
        elif (snapshot := _caught_up(database, read)) is not None:
            return snapshot
    raise AssertionError  # the loop has no end


def _read_pages(database: Database) -> TableSnapshot:
    with database.reading() as sql:
        seq = last_seq(sql)
        columns = _cell_columns(sql)
        declared = _variable_rows(sql)
    variables = _variables(*declared)
    runs = read_run_infos(database)
    cells = _Cells(variables)
    for page in read_pages(database, columns, "run_variables"):
        cells.add(row[1:] for row in page)
    return TableSnapshot(seq, runs, variables, cells.found)


def read_run_infos(database: Database) -> tuple[RunInfo, ...]:
    """All runs, by proposal and number, without their cells."""
    rows = itertools.chain.from_iterable(read_pages(database, _RUN_COLUMNS, "run_info"))
    runs = {run.key: run for run in _runs(row[1:] for row in rows)}
    return tuple(runs[key] for key in sorted(runs))


def _caught_up(database: Database, snapshot: TableSnapshot) -> TableSnapshot | None:
    """The snapshot with what changed since its ``seq``; None if that is not known any more."""
    seq, variables = snapshot.seq, snapshot.variables
    changed: dict[RunKey, TableSnapshot] = {}
    for _ in range(ROUNDS):
        changes = read_changes(database, seq)
        if not changes.complete:
            return None
        seq = changes.seq
        if not changes.runs and not changes.variables:
            break
        part = read_runs(database, sorted(changes.runs))
        # What a boolean or another type makes of a value is decided by its variable.
        if {v.name: v.type for v in part.variables} != {v.name: v.type for v in variables}:
            return None
        variables = part.variables
        changed |= dict.fromkeys(changes.runs, part)
    return _with_changed(replace(snapshot, seq=seq, variables=variables), changed)


def _with_changed(snapshot: TableSnapshot, changed: dict[RunKey, TableSnapshot]) -> TableSnapshot:
    """The snapshot with some runs as they are in others; in one pass, as there may be millions of cells."""
    if not changed:
        return snapshot
    runs = {run.key: run for run in snapshot.runs if run.key not in changed}
    cells = {key: cell for key, cell in snapshot.cells.items() if key[:2] not in changed}
    for part in {id(part): part for part in changed.values()}.values():
        runs |= {run.key: run for run in part.runs if changed[run.key] is part}
        cells |= {key: cell for key, cell in part.cells.items() if changed[key.row] is part}
    return replace(snapshot, runs=tuple(runs[key] for key in sorted(runs)), cells=cells)


def read_runs(database: Database, keys: Iterable[RunKey]) -> TableSnapshot:
    """The rows of some runs (those that exist), with all variables, for an update of what is shown.

    Each run is of one view; with many runs, the last ones may be newer than change ``seq``.
    """
    wanted = list(keys)
    with without_collection(), database.reading() as sql:
        seq = last_seq(sql)
        declared = _variable_rows(sql)
        select = f"SELECT {_cell_columns(sql)} FROM run_variables WHERE proposal = ? AND run = ?"
    variables = _variables(*declared)
    runs: list[RunInfo] = []
    cells = _Cells(variables)
    done = 0
    while done < len(wanted):
        begin = time.monotonic()
        found: list[tuple[Any, ...]] = []
        rows: list[tuple[Any, ...]] = []
        with without_collection(), database.reading() as sql:
            while done < len(wanted) and time.monotonic() - begin < READ_SECONDS:
                found += sql.execute(_SELECT_RUN, wanted[done])
                rows += sql.execute(select, wanted[done])
                done += 1
        runs += _runs(found)
        cells.add(rows)
    return TableSnapshot(seq, tuple(runs), variables, cells.found)


def read_variables(database: Database) -> tuple[VariableInfo, ...]:
    """All columns that have a declaration, in the order in which they were first declared."""
    with database.reading() as sql:
        declared = _variable_rows(sql)
    return _variables(*declared)


_RUN_COLUMNS = "proposal, run, start_time, added_at"
_SELECT_RUN = f"SELECT {_RUN_COLUMNS} FROM run_info WHERE proposal = ? AND run = ?"


def _runs(rows: Iterable[tuple[Any, ...]]) -> Iterator[RunInfo]:
    for proposal, run, start_time, added_at in rows:
        found = row_key(proposal, run)
        if found is not None:
            yield RunInfo(found, number_or_none(start_time), number_or_none(added_at))


def _cell_columns(sql: sqlite3.Connection) -> str:
    """The columns of a cell; a database of version 1 that may only be read has no attributes."""
    columns = {row[1] for row in sql.execute("PRAGMA table_info(run_variables)")}
    attributes = "attributes" if "attributes" in columns else "NULL"
    return (
        "proposal, run, name, version, value, summary_type, summary_method, max_diff,"
        f" {attributes}, provenance, timestamp"
    )


class _Cells:
    """Gathers the cells in rows, each in its highest version. What is no cell is left out: columns have no types."""

    def __init__(self, variables: Iterable[VariableInfo]) -> None:
        self.found: dict[CellKey, CellValue] = {}
        self._versions: dict[CellKey, float] = {}  # those that are not 1, as nearly all are
        self._booleans = {variable.name for variable in variables if variable.type == "boolean"}
        # SQLite makes the same name, provenance and run again for each cell; kept once, a table takes half the memory.
        self._texts: dict[str, str] = {}
        self._rows: dict[tuple[object, object], RunKey | None] = {}

    def add(self, rows: Iterable[tuple[Any, ...]]) -> None:
        texts = self._texts
        for proposal, run, name, version, value, type_, method, max_diff, attributes, provenance, timestamp in rows:
            row = self._row(proposal, run)
            if row is None or not isinstance(name, str) or name == START_TIME:
                continue
            key = CellKey(row[0], row[1], texts.setdefault(name, name))
            if self._is_older(key, 1.0 if version == 1 else number_or_none(version) or 0.0):
                continue
            self.found[key] = decode(
                StoredValue(value, type_, method, max_diff, attributes),
                boolean=name in self._booleans,
                provenance=texts.setdefault(provenance, provenance) if isinstance(provenance, str) else "",
                timestamp=number_or_none(timestamp),
            )

    def _row(self, proposal: object, run: object) -> RunKey | None:
        stored = (proposal, run)
        if stored not in self._rows:
            self._rows[stored] = row_key(proposal, run)
        return self._rows[stored]

    def _is_older(self, key: CellKey, version: float) -> bool:
        if key in self.found and self._versions.get(key, 1.0) > version:
            return True
        if version != 1.0:
            self._versions[key] = version
        elif self._versions:
            self._versions.pop(key, None)
        return False


def _variable_rows(sql: sqlite3.Connection) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """The rows of the variables and of their tags; what they say is looked into when nobody waits."""
    rows = sql.execute("SELECT name, type, title, description, attributes FROM variables ORDER BY rowid").fetchall()
    if not sql.execute("SELECT 1 FROM sqlite_master WHERE name = 'variable_tags'").fetchone():
        return rows, []
    return rows, sql.execute(
        "SELECT variable_name, tags.name FROM variable_tags JOIN tags ON tags.id = tag_id ORDER BY tags.name"
    ).fetchall()


def _variables(rows: list[tuple[Any, ...]], tagged: list[tuple[Any, ...]]) -> tuple[VariableInfo, ...]:
    tags: dict[str, list[str]] = {}
    for name, tag in tagged:
        tags.setdefault(name, []).append(tag)
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
    has_results = (
        "EXISTS (SELECT 1 FROM run_variables AS v WHERE v.proposal = run_info.proposal AND v.run = run_info.run"
        " AND v.provenance = 'context.py')"
    )
    rows = itertools.chain.from_iterable(read_pages(database, f"proposal, run, {has_results}", "run_info"))
    keys = (row_key(proposal, run) for _, proposal, run, computed in rows if computed)
    return sorted(key for key in keys if key is not None)
