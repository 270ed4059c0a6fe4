"""What is left when the dust has settled: whether all is intact, agrees, and is there."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import h5py
import msgspec
import numpy as np

from damnit_backend.api import Damnit
from damnit_backend.core.keys import COMMENT, CellKey, RunKey
from damnit_backend.core.values import CellValue, Failure
from damnit_backend.simulator import Beamtime
from damnit_backend.store.folder import Folder
from damnit_backend.store.opening import open_for_reading
from damnit_backend.store.table import read_table

from .scene import Scene

NAMES = ("number", "trains", "curve", "image", "failing", "skipping", "last")


def verdict(scene: Scene, runs: int, accepted: Path, seen: set[tuple[int, str]]) -> list[str]:
    """Everything that is wrong, in words; nothing if all is well."""
    folder = scene.folder
    return [
        *_database(folder),
        *_files(folder),
        *_left_over(folder),
        *_edits(folder, accepted),
        *_results(folder, scene.beamtime, runs),
        *_seen(folder, seen),
    ]


def _database(folder: Folder) -> Iterator[str]:
    with closing(sqlite3.connect(folder.database)) as sql:
        for (word,) in sql.execute("PRAGMA integrity_check"):
            if word != "ok":
                yield f"SQLite: {word}"
        for row in sql.execute("PRAGMA foreign_key_check"):
            yield f"SQLite: a row of {row[0]} refers to nothing"
        for (left,) in sql.execute("SELECT count(*) FROM desk_writer"):
            if left:
                yield "SQLite: a writer's name was left behind"


def _files(folder: Folder) -> Iterator[str]:
    """Every dataset of every file can be read."""
    for path in folder.results.rglob("*.h5"):
        try:
            with h5py.File(path, "r") as file:
                file.visititems(lambda _, node: node[()] if isinstance(node, h5py.Dataset) else None)
        except (OSError, RuntimeError) as error:
            yield f"{path.name}: {error}"


def _left_over(folder: Folder) -> Iterator[str]:
    for pattern in ("*.ready.h5", "*.writing.h5", "*.merging.h5", "*.broken.h5"):
        for path in folder.results.rglob(pattern):
            yield f"left over: {path.name}"


def _edits(folder: Folder, accepted: Path) -> Iterator[str]:
    """Each accepted edit is in its cell or in the cell's history."""
    edits: dict[CellKey, set[str]] = {}
    for line in accepted.read_bytes().splitlines() if accepted.exists() else ():
        proposal, run, text = msgspec.json.decode(line, type=tuple[int, int, str])
        edits.setdefault(CellKey(proposal, run, COMMENT), set()).add(text)
    with closing(sqlite3.connect(folder.database)) as sql:
        for key, texts in edits.items():
            # By SQL of its own: what is judged here must not help with judging.
            rows = sql.execute(
                "SELECT value FROM run_variables WHERE (proposal, run, name) = (?1, ?2, ?3) UNION ALL"
                " SELECT value FROM desk_history WHERE kind = 'value' AND (proposal, run, name) = (?1, ?2, ?3)",
                key,
            )
            for text in sorted(texts - {value for (value,) in rows}):
                yield f"the edit {text} of run {key.run} is lost"


def _results(folder: Folder, beamtime: Beamtime, runs: int) -> Iterator[str]:
    """Each run has each value, in the table and in its file, and both are right."""
    damnit = Damnit(folder.path)
    for run in range(1, runs + 1):
        try:
            values = damnit[beamtime.options.proposal, run]
            number, image = 1000 * run, np.random.default_rng(1000 * run).random((120, 160))
            right = {
                "number": values["number"].read() == number,
                "trains": values["trains"].read() == values["trains"].summary() == beamtime.plan(run).trains,
                "curve": np.array_equal(values["curve"].read(), np.arange(5000.0) + number),
                "image": np.array_equal(values["image"].read(), image),
                "last": values["last"].read() == values["last"].summary() == float(image.sum()),
                "failing": values["failing"].error == Failure("ValueError", f"as it should, in run {number}"),
                "skipping": values["skipping"].error == Failure("Skip", "nothing to see"),
            }
        except Exception as error:  # whatever is wrong with a run is what is to be told
            yield f"run {run}: {type(error).__name__}: {error}"
            continue
        yield from (f"run {run}: {name} is wrong" for name, is_right in right.items() if not is_right)


def _seen(folder: Folder, seen: set[tuple[int, str]]) -> Iterator[str]:
    """What was in the table once still is."""
    with open_for_reading(folder) as database:
        there = {(key.run, key.name) for key in read_table(database).cells}
    for run, name in sorted(seen - there):
        yield f"run {run}: {name} was in the table, and is not any more"


def cells_seen(folder: Folder) -> set[tuple[int, str]]:
    """The computed cells that the table shows now."""
    with open_for_reading(folder) as database:
        return {(key.run, key.name) for key in read_table(database).cells if key.name in NAMES}


def runs_without_results(folder: Folder, proposal: int, runs: int) -> list[RunKey]:
    """Runs that lack a value: their job was set aside after too many deaths, or a Variable died with its process."""
    with open_for_reading(folder) as database:
        cells = read_table(database).cells
    return [
        RunKey(proposal, run)
        for run in range(1, runs + 1)
        if any(_is_missing(cells.get(CellKey(proposal, run, name))) for name in NAMES)
    ]


def _is_missing(cell: CellValue | None) -> bool:
    return cell is None or (isinstance(cell.value, Failure) and cell.value.error_cls == "ProcessDied")
