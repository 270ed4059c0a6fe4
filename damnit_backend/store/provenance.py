"""How each value of a run was computed: when, how long, with how much memory, and what came of it."""

import sqlite3
from dataclasses import astuple, dataclass

from damnit_backend.core.keys import RunKey

from .database import Database
from .fragment_cells import Computed


@dataclass(frozen=True, slots=True)
class Provenance:
    """The last computation of one variable in one run."""

    started: float
    """Seconds since 1970."""
    seconds: float
    memory: int | None
    """Bytes that the process had more at its peak than when the Variable began; None if it died."""
    outcome: str
    """ok, none (it returned None), skip or error."""
    line: int | None
    """The line of the context file where the error arose."""


def read_provenance(database: Database, key: RunKey) -> dict[str, Provenance]:
    """What is known of a run's variables, by name. Empty for what other programs computed."""
    with database.reading() as sql:
        if not sql.execute("SELECT 1 FROM sqlite_master WHERE name = 'desk_provenance'").fetchone():
            return {}  # a folder of another program that may only be read
        rows = sql.execute(
            "SELECT name, started, seconds, memory, outcome, line FROM desk_provenance WHERE proposal = ? AND run = ?",
            key,
        ).fetchall()
    return {name: Provenance(*facts) for name, *facts in rows}


def write_provenance(sql: sqlite3.Connection, key: RunKey, name: str, computed: Computed | None) -> None:
    """Replace what is known of a variable; with None, forget it: nobody said how its new value was made."""
    if computed is None:
        sql.execute("DELETE FROM desk_provenance WHERE proposal = ? AND run = ? AND name = ?", (*key, name))
        return
    facts = Provenance(computed.started, computed.seconds, computed.memory, computed.outcome, computed.line)
    sql.execute(
        "INSERT OR REPLACE INTO desk_provenance (proposal, run, name, started, seconds, memory, outcome, line)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (*key, name, *astuple(facts)),
    )
