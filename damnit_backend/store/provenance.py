"""How each value of a run was computed: when and where, by which code, from which parameters, and what came of it."""

import sqlite3
from collections.abc import Mapping
from dataclasses import astuple, dataclass, fields

import msgspec

from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import CellKey, RunKey

from .database import Database
from .fragment_cells import Computed, Origin, Parameter
from .schema import has_table


@dataclass(frozen=True, slots=True)
class Provenance:
    """The last computation of one variable in one run. What programs before this one did not note is None."""

    started: float
    """Seconds since 1970."""
    seconds: float
    memory: int | None
    """Bytes that the process had more at its peak than when the Variable began; None if it died."""
    outcome: str
    """ok, none (it returned None), skip or error."""
    line: int | None
    """The line of the context file where the error arose."""
    context: str | None = None
    """Digest of the context file with the modules beside it, see `contexts`."""
    code: str | None = None
    """Hash of all code that decides about the value, see `codes`."""
    stage: str | None = None
    """Which data were open: raw or all."""
    environment: str | None = None
    """Digest of interpreter and packages, see `environments`."""
    host: str | None = None
    user: str | None = None
    job: int | None = None
    """The number in the queue."""
    parameters: Mapping[str, Parameter | None] | None = None
    """Values of ``param#`` arguments, its dependencies' included; None for one that was not given."""
    finished: float | None = None
    asked: float | None = None
    """When it was last computed for itself: later computations were for others that need it."""


COLUMNS = ", ".join(field.name for field in fields(Provenance))


def read_provenance(database: Database, key: RunKey) -> dict[str, Provenance]:
    """What is known of a run's variables, by name. Empty for what other programs computed."""
    with database.reading() as sql:
        if not has_table(sql, "desk_provenance"):
            return {}  # a folder of another program that may only be read
        names = {row[1] for row in sql.execute("PRAGMA table_info(desk_provenance)")}
        # A folder of an earlier version that may only be read lacks some.
        columns = ", ".join(field.name if field.name in names else "NULL" for field in fields(Provenance))
        rows = sql.execute(
            f"SELECT name, {columns} FROM desk_provenance WHERE proposal = ? AND run = ?", key
        ).fetchall()
    return {name: provenance_of(facts) for name, *facts in rows}


def provenance_of(row: list[object]) -> Provenance:
    """From the columns of a row, in the order of the fields."""
    known = dict(zip((field.name for field in fields(Provenance)), row, strict=True))
    known["parameters"] = decode_parameters(known["parameters"])
    return Provenance(**known)  # type: ignore[arg-type]  # columns have no types


def decode_parameters(text: object) -> dict[str, Parameter | None] | None:
    """What a row has as parameters; None if it has none, or what cannot be read."""
    try:
        return None if text is None else msgspec.json.decode(str(text), type=dict[str, Parameter | None])
    except msgspec.MsgspecError:
        return None


def read_asked(sql: sqlite3.Connection, key: RunKey) -> dict[str, float]:
    """When the present values of a run were last computed for themselves."""
    return dict(
        sql.execute(
            "SELECT name, asked FROM desk_provenance WHERE proposal = ? AND run = ? AND asked IS NOT NULL", key
        ).fetchall()
    )


def write_provenance(
    sql: sqlite3.Connection, key: CellKey, computed: Computed | None, origin: Origin, asked: float | None
) -> None:
    """Replace what is known of a cell; with None, forget it: nobody said how its new value was made.

    ``asked``: when the value before was computed for itself, which counts if this one was not.
    """
    if computed is None:
        sql.execute("DELETE FROM desk_provenance WHERE proposal = ? AND run = ? AND name = ?", key)
        return
    facts = Provenance(
        computed.started, computed.seconds, computed.memory, computed.outcome, computed.line,
        origin.context, computed.code, origin.stage, origin.environment, origin.host, origin.user, origin.job,
        None, computed.started + computed.seconds, computed.started if computed.asked else asked,
    )  # fmt: skip
    parameters = None if computed.parameters is None else msgspec.json.encode(computed.parameters).decode()
    row = [
        parameters if field.name == "parameters" else value
        for field, value in zip(fields(facts), astuple(facts), strict=True)
    ]
    marks = ", ".join("?" * (len(key) + len(row)))
    sql.execute(
        f"INSERT OR REPLACE INTO desk_provenance (proposal, run, name, {COLUMNS}) VALUES ({marks})", (*key, *row)
    )


def provenance_of_cell(database: Database, key: CellKey, version: int | None = None) -> Provenance:
    """How a cell's value was computed, or with ``version`` a former one's: its number in `desk_history`.

    UserError if there is no such value, or nobody noted how it was made.
    """
    if version is None:
        found = read_provenance(database, key.row).get(key.name)
    else:
        found = former_provenance(_origin(database, key, version))
    if found is None:
        raise UserError(
            f"Nobody noted how {key.name} of run {key.run} was made.",
            "It was typed in or submitted, computed by another program, or there is no such value.",
        )
    return found


def _origin(database: Database, key: CellKey, version: int) -> object:
    with database.reading() as sql:
        row = None
        if has_table(sql, "desk_history"):
            row = sql.execute(
                "SELECT origin FROM desk_history WHERE id = ? AND kind = 'value' AND proposal = ? AND run = ?"
                " AND name = ?",
                (version, *key),
            ).fetchone()
    if row is None:
        raise UserError(
            f"{key.name} of run {key.run} has no former value with the number {version}.", "damnit history lists them."
        )
    return row[0]


def former_provenance(text: object) -> Provenance | None:
    """From the JSON that the history keeps of a former value's row; None if it has none, or what cannot be read."""
    if text is None:
        return None
    try:
        known = msgspec.json.decode(str(text), type=dict[str, object])
        return provenance_of([known.get(field.name) for field in fields(Provenance)])
    except msgspec.MsgspecError:
        return None
