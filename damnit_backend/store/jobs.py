"""The durable queue: which runs are to be processed, and what became of each."""

import sqlite3
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from damnit_backend.core.keys import RunKey, Stage

from .database import Database

SUSPECT_ATTEMPTS = 3
"""A job that was started so many times without an end goes behind all others: it may be what ends the listener."""
MAX_ATTEMPTS = 20
"""One that was started so many times is set aside. That many, because whoever kills listeners shall lose no run."""
KEPT = 10_000
"""So many of the latest jobs that have ended are kept."""

_COLUMNS = (
    "id, proposal, run, stage, variables, live, asked_by, exact, asked_at, state, attempts, started, finished, message"
)


@dataclass(frozen=True, slots=True)
class Request:
    """Work asked for: one run. ``stage`` is the data that came (``raw`` or ``proc``), None for all Variables;
    ``variables`` limits it to some, which are computed with what they need, but with ``exact`` stored without that;
    ``live`` work goes before the rest."""

    key: RunKey
    stage: Stage | None = None
    variables: tuple[str, ...] | None = None
    live: bool = False
    asked_by: str = ""
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """A request in the queue. ``state`` is queued, running, done, failed or cancelled; times since 1970."""

    id: int
    request: Request
    asked_at: float
    state: str
    attempts: int
    started: float | None
    finished: float | None
    message: str


def add_jobs(database: Database, requests: Iterable[Request]) -> list[int]:
    """Queue work; what is queued already in the same words is not queued twice. The numbers of the jobs."""
    with database.writing() as sql:
        return [add_job_in(sql, request) for request in requests]


def add_job_in(sql: sqlite3.Connection, request: Request) -> int:
    variables = None if request.variables is None else msgspec.json.encode(sorted(request.variables)).decode()
    same = sql.execute(
        "SELECT id FROM desk_jobs WHERE state = 'queued'"
        " AND proposal = ? AND run = ? AND stage IS ? AND variables IS ? AND exact = ?",
        (*request.key, request.stage, variables, request.exact),
    ).fetchone()
    if same:
        if request.live:
            sql.execute("UPDATE desk_jobs SET live = 1 WHERE id = ? AND live = 0", same)
        return int(same[0])
    done = sql.execute(
        "INSERT INTO desk_jobs (proposal, run, stage, variables, live, asked_by, exact, asked_at, state)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'queued')",
        (*request.key, request.stage, variables, request.live, request.asked_by, request.exact, time.time()),
    )
    return int(done.lastrowid or 0)


def take_job(database: Database, busy: Sequence[RunKey] = ()) -> Job | None:
    """The next job, marked as running: live ones first, then in order; none for a run that is in work (``busy``)."""
    with database.writing() as sql:
        sql.execute(
            "UPDATE desk_jobs SET state = 'failed', finished = ?,"
            " message = 'Started ' || attempts || ' times without coming to an end; set aside.'"
            " WHERE state = 'queued' AND attempts >= ?",
            (time.time(), MAX_ATTEMPTS),
        )
        rows = sql.execute(
            "SELECT id, proposal, run FROM desk_jobs WHERE state = 'queued' ORDER BY attempts >= ?, live DESC, id",
            (SUSPECT_ATTEMPTS,),
        )
        free = next((id_ for id_, *key in rows if tuple(key) not in busy), None)
        if free is None:
            return None
        sql.execute(
            "UPDATE desk_jobs SET state = 'running', attempts = attempts + 1, started = ? WHERE id = ?",
            (time.time(), free),
        )
        return _job(sql.execute(f"SELECT {_COLUMNS} FROM desk_jobs WHERE id = ?", (free,)).fetchone())


def requeue_abandoned(database: Database) -> int:
    """Queue again what a listener that is gone left running; how many. Only for the holder of the lease."""
    with database.writing() as sql:
        return sql.execute("UPDATE desk_jobs SET state = 'queued' WHERE state = 'running'").rowcount


def give_back(database: Database, job_id: int) -> None:
    """Queue a job again that was broken off for no fault of its own; the attempt does not count."""
    with database.writing() as sql:
        sql.execute(
            "UPDATE desk_jobs SET state = 'queued', attempts = max(0, attempts - 1) WHERE id = ? AND state = 'running'",
            (job_id,),
        )


def finish_job(database: Database, job_id: int, state: str, message: str = "") -> None:
    with database.writing() as sql:
        _finish(sql, job_id, state, message)


def forget_jobs(database: Database) -> None:
    """Forget the oldest jobs that have ended."""
    with database.writing() as sql:
        sql.execute(
            "DELETE FROM desk_jobs WHERE state NOT IN ('queued', 'running') AND id <= (SELECT id FROM desk_jobs"
            " WHERE state NOT IN ('queued', 'running') ORDER BY id DESC LIMIT 1 OFFSET ?)",
            (KEPT,),
        )


def cancel_jobs(database: Database, ids: Sequence[int], message: str = "") -> int:
    """Take jobs out of the queue; how many. One that was begun in the meantime goes on."""
    wanted = msgspec.json.encode(list(ids)).decode()
    with database.writing() as sql:
        return sql.execute(
            "UPDATE desk_jobs SET state = 'cancelled', finished = ?, message = ?"
            " WHERE state = 'queued' AND id IN (SELECT value FROM json_each(?))",
            (time.time(), message, wanted),
        ).rowcount


def _finish(sql: sqlite3.Connection, job_id: int, state: str, message: str) -> None:
    sql.execute(
        "UPDATE desk_jobs SET state = ?, finished = ?, message = ? WHERE id = ?", (state, time.time(), message, job_id)
    )


def read_jobs(database: Database, ids: Sequence[int] | None = None, limit: int = 1000) -> list[Job]:
    """The latest jobs, newest first, or those of the given numbers."""
    with database.reading() as sql:
        if not sql.execute("SELECT 1 FROM sqlite_master WHERE name = 'desk_jobs'").fetchone():
            return []
        if ids is None:
            rows = sql.execute(f"SELECT {_COLUMNS} FROM desk_jobs ORDER BY id DESC LIMIT ?", (limit,)).fetchall()
        else:
            wanted = msgspec.json.encode(list(ids)).decode()
            rows = sql.execute(
                f"SELECT {_COLUMNS} FROM desk_jobs WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id DESC",
                (wanted,),
            ).fetchall()
    return [_job(row) for row in rows]


def count_queued(database: Database) -> int:
    with database.reading() as sql:
        return int(sql.execute("SELECT count(*) FROM desk_jobs WHERE state = 'queued'").fetchone()[0])


def _job(row: tuple[Any, ...]) -> Job:
    id_, proposal, run, stage, variables, live, asked_by, exact, *rest = row
    names = None if variables is None else _names(str(variables))
    key = RunKey(proposal, run)
    request = Request(key, stage, names, bool(live), str(asked_by), bool(exact))
    return Job(id_, request, *rest)


def _names(text: str) -> tuple[str, ...]:
    try:
        return tuple(msgspec.json.decode(text, type=list[str]))
    except msgspec.MsgspecError:
        return ()  # Written by nobody of ours: computing nothing is better than everything.
