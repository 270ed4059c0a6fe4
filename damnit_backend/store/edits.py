"""Writing what people type: comments and editable variables."""

import enum
import sqlite3
import time
from typing import Final

from damnit_backend.core.account import user_name
from damnit_backend.core.codec import StoredValue, encode
from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import COMMENT, CellKey
from damnit_backend.core.values import CellValue

from .cells import put_cell, put_run
from .database import Database
from .late_edits import Typing, is_first, is_superseded, keep_late_edit
from .typed import Typed, typed_provenance
from .views import add_columns

_ACCEPTED: dict[str, tuple[type, ...]] = {
    "boolean": (bool,),
    "integer": (int,),
    "number": (float, int),
    "string": (str,),
}
"""What may be stored for each type of variable; the comment of a run is a string."""


class Anything(enum.Enum):
    ANYTHING = "anything"


ANYTHING: Final = Anything.ANYTHING
"""Whatever a cell holds."""


class EditOutcome(enum.Enum):
    STORED = enum.auto()
    KNOWN = enum.auto()
    """It had been stored before."""
    SUPERSEDED = enum.auto()
    """The cell holds something newer; the edit is in its history."""


class RefusedEditError(UserError):
    """The edit cannot be stored, now or later."""


class OtherValueError(RefusedEditError):
    """The cell holds something else than what was to be replaced."""


def write_edit(
    database: Database,
    key: CellKey,
    value: Typed,
    *,
    replacing: Typed | Anything = ANYTHING,
    author: str | None = None,
    typing: Typing | None = None,
) -> EditOutcome:
    """Store what a person typed into a cell; None empties it. The run is added if it is new.

    ``author`` is who typed it, else this process's user.

    RefusedEditError if the variable is not one that people edit, or is of another type than the value;
    OtherValueError, with nothing written, if the cell does not hold ``replacing``.
    """
    with database.writing(author=author or user_name()) as sql:
        if typing is not None and not is_first(sql, typing):
            return EditOutcome.KNOWN
        value = _checked(sql, key.name, value)
        if replacing is not ANYTHING:
            _require(sql, key, replacing)
        if typing is not None and typing.late and is_superseded(sql, key, typing):
            keep_late_edit(sql, key, value, typing)
            return EditOutcome.SUPERSEDED
        put_run(sql, key.row)
        stored = StoredValue(encode(CellValue(value)).value)
        put_cell(sql, key, stored, typed_provenance(key.name), time.time())
        add_columns(sql, [key.name])
    return EditOutcome.STORED


def _require(sql: sqlite3.Connection, key: CellKey, value: Typed) -> None:
    expected = encode(CellValue(value)).value
    # In SQL, so that what the database makes of a value (NaN is nothing, 2 is 2.0) is compared with what it holds.
    row = sql.execute(
        "SELECT stored.value, stored.timestamp, stored.value IS wanted.value FROM (SELECT ? AS value) AS wanted"
        " LEFT JOIN run_variables AS stored ON proposal = ? AND run = ? AND name = ? ORDER BY version DESC LIMIT 1",
        (expected, *key),
    ).fetchone()
    now, at, same = row
    if same:
        return
    what = "emptied" if now is None else f"changed to {now!r}"
    when = time.strftime(" (%H:%M:%S on %Y-%m-%d)", time.localtime(at)) if isinstance(at, int | float) else ""
    raise OtherValueError(f"Since then it was {what} elsewhere{when}.", "That value stays.")


def _checked(sql: sqlite3.Connection, name: str, value: Typed) -> Typed:
    """The value as the variable's type has it."""
    type_ = "string"
    if name != COMMENT:
        row = sql.execute("SELECT type FROM variables WHERE name = ?", (name,)).fetchone()
        if row is None:
            raise RefusedEditError(f"There is no variable {name}.", "Declare it first.")
        if row[0] is None:
            raise RefusedEditError(f"{name} is computed by the context file and cannot be edited.")
        type_ = row[0]
    if value is None:
        return None
    # bool is a kind of int in Python, not here; a type that we do not know takes what comes.
    accepted = _ACCEPTED.get(type_, (type(value),))
    if not isinstance(value, accepted) or (isinstance(value, bool) and bool not in accepted):
        raise RefusedEditError(f"{value!r} does not fit into {name}, which is of type {type_}.")
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise RefusedEditError(f"{value} is too large for {name}.", "Integers have at most 64 bits.")
    return float(value) if type_ == "number" else value
