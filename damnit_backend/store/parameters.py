"""Values for Variables that ask for `param#name`: the folder's defaults, and what people typed in for a run."""

import math
from collections.abc import Iterator

import msgspec

from damnit_backend.core.account import user_name
from damnit_backend.core.codec import StoredValue, decode
from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import RunKey

from .database import Database

Parameter = bool | int | float | str


def read_parameters(database: Database, key: RunKey) -> dict[str, Parameter]:
    """The values by name: those that people typed in for the run, else the folder's defaults."""
    found = read_parameter_defaults(database)
    found.update(_typed_in(database, key))
    return found


def read_parameter_defaults(database: Database) -> dict[str, Parameter]:
    """The folder's own values. One that cannot be read, in a database that others write too, is left out."""
    with database.reading() as sql:
        if not sql.execute("SELECT 1 FROM sqlite_master WHERE name = 'desk_parameters'").fetchone():
            return {}  # a database that may only be read, of a program that has no parameters
        rows = sql.execute("SELECT name, value FROM desk_parameters ORDER BY name").fetchall()
    found: dict[str, Parameter] = {}
    for name, text in rows:
        try:
            found[name] = msgspec.json.decode(text, type=Parameter)
        except (msgspec.MsgspecError, TypeError):
            continue
    return found


def set_parameter_default(database: Database, name: str, value: Parameter | None) -> None:
    """Store the folder's value of a parameter; None removes it. UserError if nothing can be called so."""
    if not name.isidentifier():
        raise UserError(f"{name!r} cannot be the name of a parameter.", "Use letters, digits and underscores.")
    if isinstance(value, float) and not math.isfinite(value):
        raise UserError(f"{value} cannot be the value of a parameter.", "Give a finite number.")
    with database.writing(author=user_name()) as sql:
        if value is None:
            sql.execute("DELETE FROM desk_parameters WHERE name = ?", (name,))
        else:
            text = msgspec.json.encode(value).decode()
            sql.execute("INSERT OR REPLACE INTO desk_parameters VALUES (?, ?)", (name, text))


def _typed_in(database: Database, key: RunKey) -> Iterator[tuple[str, Parameter]]:
    with database.reading() as sql:
        rows = sql.execute(
            "SELECT variables.name, variables.type, value FROM run_variables"
            " JOIN variables ON variables.name = run_variables.name"
            " WHERE variables.type IS NOT NULL AND proposal = ? AND run = ? ORDER BY version",
            key,
        ).fetchall()
    for name, type_, stored in rows:
        value = decode(StoredValue(stored), boolean=type_ == "boolean").value
        if isinstance(value, bool | int | str) or (isinstance(value, float) and math.isfinite(value)):
            yield name, value
