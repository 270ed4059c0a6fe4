"""Interpreters and the versions of their packages, with which values were made."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from .database import Database
from .schema import has_table


@dataclass(frozen=True, slots=True)
class Environment:
    """``python``: its version; ``executable``: its path; ``packages``: versions by name."""

    digest: str
    python: str
    executable: str
    packages: Mapping[str, str]


def note_environment(sql: sqlite3.Connection, environment: Environment, at: float) -> None:
    packages = msgspec.json.encode(dict(environment.packages)).decode()
    sql.execute(
        "INSERT OR IGNORE INTO desk_environments (digest, python, executable, packages, first_at)"
        " VALUES (?, ?, ?, ?, ?)",
        (environment.digest, environment.python, environment.executable, packages, at),
    )


def read_environment(database: Database, digest: str) -> Environment | None:
    """The environment with a digest; None if it is not known."""
    with database.reading() as sql:
        if not has_table(sql, "desk_environments"):
            return None
        row = sql.execute(
            "SELECT digest, python, executable, packages FROM desk_environments WHERE digest = ?", (digest,)
        ).fetchone()
    if row is None:
        return None
    found, python, executable, packages = row
    return Environment(found, python, executable, msgspec.json.decode(packages, type=dict[str, str]))
