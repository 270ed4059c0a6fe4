"""Does anybody ever wait long for the database? `python -m benchmarks.locks`.

One process merges results as fast as a loaded beamtime brings them, four people edit, eight windows read everything
again and again: real processes on one folder, with each journal. At the end every result and every edit must be there.
"""

import contextlib
import os
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import msgspec
import numpy as np
import typer

from benchmarks.lock_load import PROPOSAL, Told, edit, in_processes, merge_results, read_everything
from damnit_backend.core.keys import CellKey
from damnit_backend.store.database import Database
from damnit_backend.store.filesystems import file_system
from damnit_backend.store.folder import Folder
from damnit_backend.store.opening import create_database
from damnit_backend.store.results import read_result
from damnit_backend.store.table import read_table
from damnit_backend.store.write_ahead import log_size

KINDS = {
    "commit": "commits, with the waiting for the lock",
    "result": "merges of a fragment",
    "edit": "edits by people, with opening the database",
    "view": "views of readers",
    "whole table": "whole tables, with half a second of following",
    "poll": "looks into the change feed",
}


@dataclass(frozen=True)
class Figures:
    """How often, and milliseconds."""

    count: int
    median: float
    most: float
    """99 of 100 are quicker."""
    longest: float


@dataclass(frozen=True)
class Report:
    """What one load did with one journal. ``errors`` and ``lost`` must be empty."""

    journal: str
    file_system: str
    seconds: float
    load: float
    """Processes that wanted to run, on average, at the end."""
    figures: dict[str, Figures]
    log_megabytes: float
    """Size of the write-ahead log at its largest."""
    errors: list[str]
    lost: list[str]


def load(
    directory: Path, journal: str, seconds: float, *, runs: int = 200, people: int = 4, readers: int = 8,
    merge_pause: float = 0.05, edit_pause: float = 0.25,
) -> Report:  # fmt: skip
    """Make a folder, put it under load, and look at what is left."""
    folder = make_folder(directory, journal, runs)
    acts: list[tuple[Any, ...]] = [(merge_results, runs, merge_pause)]
    acts += [(edit, runs, edit_pause, person) for person in range(people)]
    acts += [(read_everything,) for _ in range(readers)]
    log_sizes = [0]
    told = in_processes(folder.path, acts, seconds, lambda: log_sizes.append(log_size(folder.database)))
    return Report(
        journal=present_journal(folder),
        file_system=file_system(folder.path),
        seconds=seconds,
        load=os.getloadavg()[0],
        figures={kind: figures([s for one in told for s in one.seconds.get(kind, [])]) for kind in KINDS},
        log_megabytes=max(log_sizes) / 1e6,
        errors=[error for one in told for error in one.errors],
        lost=lost(folder, told),
    )


def make_folder(directory: Path, journal: str, runs: int) -> Folder:
    """A beamtime's table of a few megabytes."""
    folder = Folder(directory / f"amore-{journal.lower()}")
    folder.path.mkdir()
    folder.results.mkdir()
    folder.logs.mkdir()
    random = np.random.default_rng(1)
    with create_database(folder, PROPOSAL) as database:
        database.set_journal_mode(journal)
        with database.writing() as sql:
            sql.executemany("INSERT INTO run_info VALUES (?, ?, 1.0, 1.0)", ((PROPOSAL, run) for run in range(runs)))
            sql.executemany(
                "INSERT INTO run_variables (proposal, run, name, version, value, provenance)"
                " VALUES (?, ?, ?, 1, ?, 'context.py')",
                ((PROPOSAL, run, f"old{index}", random.random()) for run in range(runs) for index in range(100)),
            )
    return folder


def present_journal(folder: Folder) -> str:
    with Database(folder) as database, database.reading() as sql:
        return str(sql.execute("PRAGMA journal_mode").fetchone()[0])


def figures(seconds: list[float]) -> Figures:
    if not seconds:
        return Figures(0, 0.0, 0.0, 0.0)
    median, most, longest = (1000 * float(np.quantile(seconds, part)) for part in (0.5, 0.99, 1.0))
    return Figures(len(seconds), median, most, longest)


def lost(folder: Folder, told: list[Told]) -> list[str]:
    """What is damaged, and what was written and is neither in the table nor in the history."""
    problems = []
    with Database(folder) as database:
        with database.reading() as sql:
            problems += [line for (line,) in sql.execute("PRAGMA integrity_check") if line != "ok"]
            former = {
                (proposal, run, name, value)
                for proposal, run, name, value in sql.execute(
                    "SELECT proposal, run, name, value FROM desk_history WHERE kind = 'value'"
                )
            }
        cells = read_table(database).cells
    for one in told:
        for key, values in one.written.items():
            kept = cells.get(key)
            present = None if kept is None else kept.value
            problems += [f"{key}: {value!r}" for value in values if value != present and (*key, value) not in former]
            problems += _lost_result(folder, key, values[-1])
    return problems


def _lost_result(folder: Folder, key: CellKey, value: object) -> list[str]:
    """A result that is not the latest in its run's file."""
    if not isinstance(value, float):
        return []
    stored = float(read_result(folder.run_file(key.row), key.name).data)
    return [] if stored == value else [f"{key} in its file: {stored}, not {value}"]


def show(report: Report) -> None:
    print(
        f"{report.journal} on {report.file_system}, {report.seconds:.0f} s, load {report.load:.1f}"
        f" on {len(os.sched_getaffinity(0))} cores:"
    )
    for kind, one in report.figures.items():
        print(
            f"  {one.count:6} {KINDS[kind]:<50}median{one.median:8.1f}  99 %{one.most:8.1f}"
            f"  longest{one.longest:8.1f} ms"
        )
    if report.log_megabytes:
        print(f"  write-ahead log of at most {report.log_megabytes:.1f} MB")
    print(f"  {len(report.errors)} errors, {len(report.lost)} lost")
    for line in (*report.errors[:5], *report.lost[:5]):
        print(f"    {line}")


def main(
    seconds: Annotated[float, typer.Option(help="How long each load lasts.")] = 60,
    journal: Annotated[str, typer.Option(help="wal, delete or both.")] = "both",
    directory: Annotated[Path | None, typer.Option("--in", help="A directory on the disk to try.")] = None,
    edit_pause: Annotated[float, typer.Option(help="Seconds between the edits of one person, on average.")] = 0.25,
    merge_pause: Annotated[float, typer.Option(help="Seconds between one merge and the next.")] = 0.05,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure; exit code 1 if there was an error, a loss, or a commit of more than a second."""
    reports = []
    with contextlib.ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="damnit-locks-", dir=directory)))
        for mode in ("wal", "delete") if journal == "both" else (journal,):
            reports.append(load(place, mode, seconds, merge_pause=merge_pause, edit_pause=edit_pause))
            if not json:
                show(reports[-1])
    if json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode([asdict(item) for item in reports])).decode() + "\n")
    if any(item.errors or item.lost or item.figures["commit"].longest > 1000 for item in reports):
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
