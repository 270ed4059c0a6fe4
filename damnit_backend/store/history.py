"""Reading the history: the values that a cell held, and what was deleted or changed besides values."""

import sqlite3
from dataclasses import dataclass
from typing import Any, TypeAlias

import msgspec

from damnit_backend.core.codec import StoredValue, decode, number_or_none
from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import CellKey, RunKey
from damnit_backend.core.values import CellValue

from .database import Database
from .former import TOLD
from .provenance import COLUMNS, Provenance, provenance_of
from .retention import PRUNED
from .schema import has_table
from .typed import MANUAL

BROUGHT_BACK = "brought back: "
"""How the reason of a value begins that is a former one again."""


@dataclass(frozen=True, slots=True)
class Version:
    """One of the values of a cell. The present one has no ``id``; the others were replaced or deleted.

    ``author``, ``host`` and ``program`` made it; they are None if another program did, and ``reason`` is why, if said.
    ``origin`` is None for what nobody computed, or nobody knows how.
    """

    id: int | None
    key: CellKey
    cell: CellValue
    stored: StoredValue
    author: str | None
    host: str | None
    program: str | None
    reason: str
    origin: Provenance | None
    replaced_at: float | None = None
    replaced_by: str | None = None
    deleted: bool = False
    former_file: str | None = None
    """In `extracted_data/former/`: its full result."""
    told: bool = False
    """The value is the full result."""
    pruned: bool = False
    """It was a picture or curve, which is not kept any more."""

    @property
    def is_present(self) -> bool:
        return self.id is None

    @property
    def is_typed(self) -> bool:
        """Whether a person wrote it: nothing of it is in a file."""
        return self.cell.provenance in ("", MANUAL)

    @property
    def was_brought_back(self) -> bool:
        return self.reason.startswith(BROUGHT_BACK)


Row: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """A change of anything: ``kind`` is value, run, variable, tag, time_comment, setting or parameter."""

    id: int
    kind: str
    run: RunKey | None
    name: str
    deleted: bool
    at: float
    by: str | None
    reason: str
    row: Row
    """The former row, for kinds other than value."""
    former: CellValue | None = None
    """The former value, for the kind value."""


_VALUE = "value, summary_type, summary_method, max_diff, attributes"
_SELECT_FORMER = (
    f"SELECT {_VALUE}, provenance, timestamp, author, host, program, origin, id, replaced_at, replaced_by, operation,"
    " former_file, row, reason FROM desk_history"
)


def read_history(database: Database, key: CellKey) -> list[Version]:
    """All values of a cell, the latest first: the present one, if there is one, then the former ones."""
    with database.reading() as sql:
        boolean = _is_boolean(sql, key.name)
        former: list[tuple[Any, ...]] = []
        if has_table(sql, "desk_history"):
            former = sql.execute(
                f"{_SELECT_FORMER} WHERE kind = 'value' AND proposal = ? AND run = ? AND name = ? ORDER BY id", key
            ).fetchall()
        present = _present(sql, key, boolean)
    versions = [present] if present else []
    # Why a value came is what was said of the one that went.
    reasons = ["", *("" if row[14] == "delete" else _text(row[17]) for row in former)]
    versions += [_former(key, row, boolean, why) for row, why in reversed(list(zip(former, reasons, strict=False)))]
    return versions


def _former(key: CellKey, row: tuple[Any, ...], boolean: bool, reason: str) -> Version:
    *columns, provenance, timestamp, author, host, program, origin, id_, at, by, operation, file, note, _ = row
    stored = StoredValue(*columns)
    return Version(
        id_, key, _decoded(stored, boolean, provenance, timestamp), stored, author, host, program, reason,
        _origin(origin), at, by, operation == "delete", file, note == TOLD, note == PRUNED,
    )  # fmt: skip


def _present(sql: sqlite3.Connection, key: CellKey, boolean: bool) -> Version | None:
    columns = {row[1] for row in sql.execute("PRAGMA table_info(run_variables)")}
    value = _VALUE if "attributes" in columns else _VALUE.replace("attributes", "NULL")
    where = "WHERE proposal = ? AND run = ? AND name = ?"
    row = sql.execute(
        f"SELECT {value}, provenance, timestamp FROM run_variables {where} ORDER BY version DESC LIMIT 1", key
    ).fetchone()
    if row is None:
        return None
    who, origin = None, None
    if has_table(sql, "desk_authors"):
        who = sql.execute(f"SELECT author, host, program, reason FROM desk_authors {where}", key).fetchone()
        origin = sql.execute(f"SELECT {COLUMNS} FROM desk_provenance {where}", key).fetchone()
    author, host, program, reason = who or (None, None, None, None)
    stored = StoredValue(*row[:5])
    return Version(
        None, key, _decoded(stored, boolean, *row[5:]), stored, author, host, program, _text(reason),
        provenance_of(list(origin)) if origin else None,
    )  # fmt: skip


def _decoded(stored: StoredValue, boolean: bool, provenance: object, timestamp: object) -> CellValue:
    return decode(stored, boolean=boolean, provenance=_text(provenance), timestamp=number_or_none(timestamp))


def _is_boolean(sql: sqlite3.Connection, name: str) -> bool:
    row = sql.execute("SELECT type FROM variables WHERE name = ?", (name,)).fetchone()
    if row is None and has_table(sql, "desk_history"):
        row = sql.execute(
            "SELECT json_extract(row, '$.type') FROM desk_history WHERE kind = 'variable' AND name = ?"
            " AND json_valid(row) ORDER BY id DESC LIMIT 1",
            (name,),
        ).fetchone()
    return row is not None and row[0] == "boolean"


def _origin(text: object) -> Provenance | None:
    row = _row(text)
    # What nobody of ours wrote is no origin.
    return provenance_of([row.get(column) for column in COLUMNS.split(", ")]) if "started" in row else None


def _text(stored: object) -> str:
    return stored if isinstance(stored, str) else ""


_SELECT_CHANGE = (
    "SELECT id, kind, proposal, run, name, operation, replaced_at, replaced_by, reason, row,"
    f" {_VALUE}, provenance, timestamp FROM desk_history"
)


def read_changes_of(
    database: Database,
    *,
    proposal: int | None = None,
    run: int | None = None,
    kind: str | None = None,
    name: str | None = None,
    limit: int = 100,
) -> list[Change]:
    """The latest changes, newest first: all, or those of a run, of a kind or of a name."""
    wanted = {"proposal": proposal, "run": run, "kind": kind, "name": name}
    given = {column: value for column, value in wanted.items() if value is not None}
    where = " AND ".join(f"{column} = ?" for column in given) or "true"
    with database.reading() as sql:
        if not has_table(sql, "desk_history"):
            return []
        rows = sql.execute(
            f"{_SELECT_CHANGE} WHERE {where} ORDER BY id DESC LIMIT ?", (*given.values(), limit)
        ).fetchall()
    return [_change(row) for row in rows]


def read_change(database: Database, id_: int) -> Change:
    """UserError if the history has no such entry."""
    with database.reading() as sql:
        row = None
        if has_table(sql, "desk_history"):
            row = sql.execute(f"{_SELECT_CHANGE} WHERE id = ?", (id_,)).fetchone()
    if row is None:
        raise UserError(f"The history has no entry {id_}.", "See them with: damnit history")
    return _change(row)


def _change(row: tuple[Any, ...]) -> Change:
    id_, kind, proposal, run, name, operation, at, by, reason, text, *value = row
    key = RunKey(proposal, run) if isinstance(proposal, int) and isinstance(run, int) else None
    former = _decoded(StoredValue(*value[:5]), False, *value[5:]) if kind == "value" else None
    return Change(
        id_, kind, key, _text(name), operation == "delete", at, by, _text(reason), _row(text) if former is None else {},
        former,
    )  # fmt: skip


def _row(text: object) -> Row:
    """The JSON of a former row; empty if it is none, such as with numbers that JSON does not know."""
    try:
        return msgspec.json.decode(text, type=Row) if isinstance(text, str) else {}
    except msgspec.MsgspecError:
        return {}
