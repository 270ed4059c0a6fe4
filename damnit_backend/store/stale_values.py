"""Reading which values of a folder are stale, a few runs at a time."""

import itertools
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from damnit_backend.core.keys import RunKey, row_key

from .database import Database
from .known import KnownVariable, read_known
from .parameters import Parameter, read_parameters
from .provenance import decode_parameters
from .stale import Made, Reasons, Today, find_stale
from .variables import editable_names

RUNS_AT_A_TIME = 20
"""Without a write-ahead log a view of the database keeps writers waiting: one of so many runs is short."""


@dataclass(frozen=True, slots=True)
class StaleRun:
    """A run with stale values, and why each is; ``made`` are the names of all values of today's Variables."""

    key: RunKey
    reasons: Reasons
    made: frozenset[str]


def read_stale(
    database: Database,
    runs: Collection[RunKey] | None = None,
    *,
    unknown: bool = False,
    known: Mapping[str, KnownVariable] | None = None,
) -> list[StaleRun]:
    """The runs that have stale values, of all or of some. ``known``: today's Variables, else as they were loaded last.

    ``unknown``: with the values of which nobody noted the code.
    """
    variables = dict(read_known(database) if known is None else known)
    with database.reading() as sql:
        for name in editable_names(sql) & variables.keys():
            del variables[name]  # what people typed stays, whatever the context file gives
    today = Today(variables)
    asks = any(variable.parameters for variable in variables.values())
    found = []
    for key, made in _read_made(database, sorted(read_run_keys(database) if runs is None else runs), variables):
        params: Mapping[str, Parameter] = read_parameters(database, key) if asks else {}
        reasons = find_stale(today, made, params, unknown=unknown)
        if reasons:
            found.append(StaleRun(key, reasons, frozenset(made)))
    return found


def read_run_keys(database: Database) -> list[RunKey]:
    """All rows of the table."""
    with database.reading() as sql:
        keys = [row_key(*row) for row in sql.execute("SELECT proposal, run FROM run_info").fetchall()]
    return [key for key in keys if key is not None]


def _read_made(
    database: Database, keys: Sequence[RunKey], known: Mapping[str, KnownVariable]
) -> Iterator[tuple[RunKey, dict[str, Made]]]:
    """How the values of today's Variables in each run were made."""
    for proposal, group in itertools.groupby(keys, key=lambda key: key.proposal):
        runs = [key.run for key in group]
        for begin in range(0, len(runs), RUNS_AT_A_TIME):
            some = runs[begin : begin + RUNS_AT_A_TIME]
            found = _read_some(database, proposal, some)
            for run in some:
                yield RunKey(proposal, run), {name: made for name, made in found[run].items() if name in known}


_WITHOUT = (
    " AND NOT EXISTS (SELECT 1 FROM desk_provenance AS p"
    " WHERE p.proposal = c.proposal AND p.run = c.run AND p.name = c.name)"
)


def _read_some(database: Database, proposal: int, runs: Sequence[int]) -> dict[int, dict[str, Made]]:
    span = (proposal, runs[0], runs[-1])
    found: dict[int, dict[str, Made]] = defaultdict(dict)
    computed: list[tuple[Any, ...]] = []
    with database.reading() as sql:
        # A folder of another program, or of an earlier version, that may only be read has none.
        noted = "asked" in {row[1] for row in sql.execute("PRAGMA table_info(desk_provenance)")}
        if noted:
            computed = sql.execute(
                "SELECT run, name, started, code, asked, job, parameters FROM desk_provenance"
                " WHERE proposal = ? AND run BETWEEN ? AND ?",
                span,
            ).fetchall()
        # Names are in an index; times are behind values, which may be long, and are asked for only where needed.
        others = sql.execute(
            "SELECT run, name, (SELECT timestamp FROM run_variables AS v WHERE v.rowid = c.rowid)"
            f" FROM run_variables AS c WHERE proposal = ? AND run BETWEEN ? AND ?{_WITHOUT if noted else ''}",
            span,
        ).fetchall()
    for run, name, started, code, asked, job, parameters in computed:
        found[run][name] = Made(started, code, asked, job, decode_parameters(parameters) or {})
    for run, name, timestamp in others:
        found[run][name] = Made(timestamp if isinstance(timestamp, int | float) else 0.0)
    return found
