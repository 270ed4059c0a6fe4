"""The context file as it was loaded last: written by who loaded it, for all who ask which code is today's."""

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import msgspec

from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import CellKey

from .contexts import ContextVersion, note_context
from .database import Database
from .environments import Environment, note_environment
from .provenance import provenance_of_cell
from .schema import has_table


@dataclass(frozen=True, slots=True)
class KnownVariable:
    """A Variable of the context file. ``code``: a hash of all code that decides about its value, its dependencies'
    included; ``text``: that code, without its dependencies'."""

    name: str
    code: str
    text: str = ""
    depends: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    data: str = "raw"
    cluster: bool = False
    transient: bool = False


@dataclass(frozen=True, slots=True)
class KnownContext:
    """A loaded context file: its version, what executes it, and its Variables in the order of definition."""

    version: ContextVersion
    environment: Environment | None = None
    variables: tuple[KnownVariable, ...] = field(default=())


def remember_context(database: Database, known: KnownContext) -> None:
    """Make it today's context file, and keep its text and the code of its Variables for ever."""
    now = time.time()
    with database.writing() as sql:
        note_context(sql, known.version, now, ran=True)
        if known.environment is not None:
            note_environment(sql, known.environment, now)
        sql.executemany(
            "INSERT OR IGNORE INTO desk_codes (code, name, context, text) VALUES (?, ?, ?, ?)",
            [(v.code, v.name, known.version.digest, v.text) for v in known.variables],
        )
        sql.execute("DELETE FROM desk_variables")
        sql.executemany(
            "INSERT INTO desk_variables (name, code, depends, parameters, data, cluster, transient, context, position)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(*_row(v), known.version.digest, position) for position, v in enumerate(known.variables)],
        )


def _row(variable: KnownVariable) -> tuple[object, ...]:
    depends, parameters = (msgspec.json.encode(names).decode() for names in (variable.depends, variable.parameters))
    return (
        variable.name, variable.code, depends, parameters, variable.data, variable.cluster, variable.transient,
    )  # fmt: skip


def read_known(database: Database) -> Mapping[str, KnownVariable]:
    """Today's Variables by name, in the order of definition, without their texts; none if nobody has loaded a file."""
    with database.reading() as sql:
        if not has_table(sql, "desk_variables"):
            return {}
        rows = sql.execute(
            "SELECT name, code, depends, parameters, data, cluster, transient FROM desk_variables ORDER BY position"
        ).fetchall()
    found = {}
    for name, code, depends, parameters, data, cluster, transient in rows:
        found[name] = KnownVariable(
            name, str(code), "", _names(depends), _names(parameters), str(data), bool(cluster), bool(transient)
        )
    return found


def read_codes(database: Database, names: Collection[str]) -> dict[str, str]:
    """The texts of today's code of some Variables, by name."""
    wanted = msgspec.json.encode(sorted(names)).decode()
    with database.reading() as sql:
        if not has_table(sql, "desk_variables"):
            return {}
        return dict(
            sql.execute(
                "SELECT v.name, c.text FROM desk_variables AS v JOIN desk_codes AS c ON c.code = v.code"
                " WHERE v.name IN (SELECT value FROM json_each(?))",
                (wanted,),
            ).fetchall()
        )


def read_code(database: Database, code: str) -> str | None:
    """The text that a hash of code stands for, as it was when it was first loaded; None if it is not known."""
    with database.reading() as sql:
        if not has_table(sql, "desk_codes"):
            return None
        row = sql.execute("SELECT text FROM desk_codes WHERE code = ?", (code,)).fetchone()
    return None if row is None else str(row[0])


def code_of_cell(database: Database, key: CellKey, version: int | None = None) -> str:
    """The text of the code that made a cell's value, or a former one, see `provenance_of_cell`. UserError if nobody
    noted it."""
    code = provenance_of_cell(database, key, version).code
    text = None if code is None else read_code(database, code)
    if text is None:
        raise UserError(
            f"Nobody noted the code that made {key.name} of run {key.run}.",
            "It was computed by another program, or by an earlier version of this one.",
        )
    return text


def _names(text: object) -> tuple[str, ...]:
    return tuple(msgspec.json.decode(str(text), type=list[str]))
