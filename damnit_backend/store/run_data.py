"""Which data of which runs the listener has seen, so that a restart neither forgets nor repeats a run."""

import itertools
import sqlite3
import time
from collections.abc import Iterable
from dataclasses import dataclass

from damnit_backend.core.keys import RunKey, Stage

from .database import Database
from .jobs import Request, add_job_in
from .paging import read_pages


@dataclass(frozen=True, slots=True)
class RunData:
    """Data of a run on disk: ``stage`` is raw or proc; ``signature`` changes when its files do."""

    key: RunKey
    stage: Stage
    signature: str


def seen_data(database: Database) -> dict[tuple[RunKey, str], str]:
    """The signatures of all data whose processing was asked for, by run and stage."""
    rows = itertools.chain.from_iterable(read_pages(database, "proposal, run, stage, signature", "desk_run_data"))
    return {(RunKey(proposal, run), stage): signature for _, proposal, run, stage, signature in rows}


def record_data(database: Database, data: Iterable[RunData], asked_by: str, *, live: bool = True) -> list[int]:
    """Remember data as seen and queue their processing, both or neither. The numbers of the jobs."""
    with database.writing() as sql:
        jobs = []
        for item in data:
            _remember(sql, item)
            jobs.append(add_job_in(sql, Request(item.key, item.stage, live=live, asked_by=asked_by)))
        return jobs


def adopt_data(database: Database, data: Iterable[RunData]) -> None:
    """Remember data as seen without processing them: results of another program are there already."""
    with database.writing() as sql:
        for item in data:
            _remember(sql, item)


def _remember(sql: sqlite3.Connection, item: RunData) -> None:
    sql.execute(
        "INSERT OR REPLACE INTO desk_run_data VALUES (?, ?, ?, ?, ?)",
        (*item.key, item.stage, item.signature, time.time()),
    )
