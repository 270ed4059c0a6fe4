"""Does the store stay quick when a table is large? `python -m benchmarks.store_scale --runs 50000 --variables 300`.

What people wait for is what they do with one screen or one cell of it; reading everything is measured with `--all`.
"""

import contextlib
import os
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Annotated

import msgspec
import numpy as np
import typer

from benchmarks.lock_load import Told, Watched, write_fragment
from damnit_backend.core.keys import COMMENT, CellKey, RunKey
from damnit_backend.store.edits import write_edit
from damnit_backend.store.feed import read_changes, read_seq
from damnit_backend.store.folder import Folder
from damnit_backend.store.fragments import find_fragments
from damnit_backend.store.merge import merge_fragments
from damnit_backend.store.opening import create_database, open_database
from damnit_backend.store.table import read_run_infos, read_runs, read_table
from damnit_backend.store.variables import Declaration, add_editable, declare_computed

PROPOSAL = 1234
SCREEN = 60
"""Rows that a window shows at a time."""
TIMES = 7


def make_folder(directory: Path, runs: int, variables: int) -> Folder:
    """A folder with a number in each cell."""
    folder = Folder(directory / "amore")
    folder.path.mkdir()
    folder.results.mkdir()
    folder.logs.mkdir()
    with create_database(folder, PROPOSAL) as database:
        names = [f"group{number // 20}.variable{number}" for number in range(variables)]
        declare_computed(database, [Declaration(name, f"Group/{name}", "What it is.", "mm") for name in names])
    with contextlib.closing(sqlite3.connect(folder.database)) as sql, without_triggers(sql):
        sql.executemany("INSERT INTO run_info VALUES (?, ?, 1.7e9, 1.7e9)", ((PROPOSAL, run) for run in range(runs)))
        sql.executemany(
            "INSERT INTO run_variables VALUES (?, ?, ?, 1, ?, 1.7e9, NULL, 'context.py', NULL, 'mean', NULL)",
            ((PROPOSAL, run, name, run + 0.5) for run in range(runs) for name in names),
        )
    return folder


@contextlib.contextmanager
def without_triggers(sql: sqlite3.Connection) -> Iterator[None]:
    """Rows that are put in meanwhile are as if they had always been there, and it is quick."""
    triggers = sql.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        sql.execute(f'DROP TRIGGER "{name}"')
    yield
    for _, text in triggers:
        sql.execute(text)
    sql.commit()


def acts(folder: Folder, runs: int, told: Told) -> dict[str, Callable[[], object]]:
    """What is measured, by what it is."""
    numbers = iter(range(10**9))
    key = RunKey(PROPOSAL, runs - 1)
    last = [RunKey(PROPOSAL, run) for run in range(max(0, runs - SCREEN), runs)]
    with open_database(folder) as first:
        since = read_seq(first)
    database = Watched(folder, told)

    def merge() -> None:
        merge_fragments(database, key, find_fragments(folder, key)[key])

    def look() -> int:
        changes = read_changes(database, since)
        read_runs(database, changes.runs)
        return changes.seq

    def declare() -> None:
        declare_computed(database, [Declaration(f"late{next(numbers)}", "Late")])

    return {
        "open the folder, with all its checks": lambda: open_database(folder).close(),
        "list all runs": lambda: read_run_infos(database),
        f"read one screen, {SCREEN} runs": lambda: read_runs(database, last),
        "look into the change feed, nothing new": lambda: read_changes(database, read_seq(database)),
        "edit a comment": lambda: write_edit(database, CellKey(*key, COMMENT), f"edit {next(numbers)}"),
        "write a fragment of 20 results": lambda: write_fragment(folder, key, next(numbers)),
        "merge it": merge,
        "see the run change": look,
        "a new Variable in the context file": declare,
        "a new editable variable": lambda: add_editable(database, f"typed{next(numbers)}", "number"),
    }


def measure(folder: Folder, runs: int, told: Told) -> dict[str, float]:
    """Milliseconds, the median of several times."""
    taken: dict[str, list[float]] = {}
    todo = acts(folder, runs, told)
    for _ in range(TIMES):
        for what, act in todo.items():
            begun = time.perf_counter()
            act()
            taken.setdefault(what, []).append(1000 * (time.perf_counter() - begun))
    return {what: median(values) for what, values in taken.items()}


def read_all(folder: Folder, told: Told) -> dict[str, float]:
    """The whole table: seconds, and bytes of memory for each cell."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.perf_counter()
    with Watched(folder, told) as database:
        cells = len(read_table(database).cells)
    seconds = time.perf_counter() - begun
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return {"cells": cells, "seconds": seconds, "bytes a cell": 1024 * kilobytes / cells}


def main(
    runs: Annotated[int, typer.Option(help="Rows of the table.")] = 10_000,
    variables: Annotated[int, typer.Option(help="Columns.")] = 300,
    journal: Annotated[str, typer.Option(help="wal or delete.")] = "wal",
    everything: Annotated[bool, typer.Option("--all", help="Read the whole table as well.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Fill a table with numbers and measure what people wait for."""
    told = Told()
    with tempfile.TemporaryDirectory(prefix="damnit-scale-") as directory:
        folder = make_folder(Path(directory), runs, variables)
        with open_database(folder) as database:
            database.set_journal_mode(journal)
        medians = measure(folder, runs, told)
        whole = read_all(folder, told) if everything else {}
        size = folder.database.stat().st_size / 1e6
    views = 1000 * np.quantile(told.seconds["view"], [0.5, 1.0])
    if json:
        report = {
            "runs": runs, "variables": variables, "journal": journal, "database_mb": size, "median_ms": medians,
            "longest_view_ms": float(views[1]), "load": os.getloadavg()[0], "whole_table": whole,
        }  # fmt: skip
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(report)).decode() + "\n")
        return
    print(f"{runs} runs x {variables} variables, {size:.0f} MB, {journal}, load {os.getloadavg()[0]:.1f}:")
    for what, value in medians.items():
        print(f"  {value:9.1f} ms  {what}")
    print(f"  {views[1]:9.1f} ms  longest view of the database, median {views[0]:.1f} ms")
    for what, value in whole.items():
        print(f"  {value:12.1f} {what}, of the whole table")


if __name__ == "__main__":
    typer.run(main)
