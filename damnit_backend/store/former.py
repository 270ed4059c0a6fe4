"""Former full results: kept in files beside the runs' own before a merge replaces them, named by the history."""

import contextlib
import secrets
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from damnit_backend.core.keys import RunKey

from .comparing import same_result
from .copying import copy_places
from .files import disk_errors, make_file, sync
from .folder import Folder
from .fragment_cells import DAMAGES
from .marks import read_marks
from .results import REDUCED, DamagedResultsError, NoResultError, open_results
from .typed import MANUAL

TOLD = '{"told": true}'
"""In the column ``row`` of an entry whose full result was no more than its value."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """What a merge keeps: the file of each name's former full result; None where its value says it all.

    ``made`` is the file that was written for it, if one was.
    """

    files: Mapping[str, Path | None]
    made: Path | None = None

    @property
    def told(self) -> list[str]:
        return [name for name, path in self.files.items() if path is None]

    def discard(self) -> None:
        """Take back what was written: nothing was replaced after all."""
        if self.made is not None:
            self.made.unlink(missing_ok=True)


def keep_former(folder: Folder, key: RunKey, fragments: Mapping[str, Path]) -> Keeping:
    """Copy the full results that are about to be replaced. They are on the disk then.

    ``fragments`` says by variable which fragment replaces it. What an attempt that was killed has kept for the same
    fragments is taken as it is: the run's file may hold the new results by now.
    """
    files: dict[str, Path | None] = {}
    for fragment in dict.fromkeys(fragments.values()):
        for path in _kept_for(folder, key, fragment):
            files |= dict.fromkeys(_names(path) & fragments.keys(), path)
    with contextlib.ExitStack() as stack:
        try:
            old = stack.enter_context(open_results(folder.run_file(key)))
        except (NoResultError, DamagedResultsError):
            return Keeping(files)
        wanted: list[str] = []
        marks = read_marks(old)
        for name in sorted(fragments.keys() - files.keys()):
            if marks.has_merged(fragments[name]):
                if marks.was_told(name):
                    files[name] = None
            elif name not in old:
                continue
            elif is_told(old, name):
                files[name] = None
            elif not _is_repeated(old, name, fragments[name]):
                wanted.append(name)
        if not wanted:
            return Keeping(files)
        made = _write(folder, key, fragments[wanted[0]], old, wanted)
    return Keeping(files | dict.fromkeys(wanted, made), made)


def _kept_for(folder: Folder, key: RunKey, fragment: Path) -> list[Path]:
    stem = f"{folder.run_file(key).stem}.{file_id(fragment)}"
    return [*folder.former.glob(f"{stem}.h5"), *folder.former.glob(f"{stem}-*.h5")]


def file_id(path: Path) -> str:
    """What tells a fragment from all others of its run; the file of what it replaced has the same."""
    return path.name.split(".")[1].partition("-")[0]


def _names(path: Path) -> set[str]:
    try:
        with open_results(path) as file:
            return {name for name in file if not name.startswith(".")}
    except (NoResultError, DamagedResultsError):
        return set()


def is_told(file: h5py.File, name: str) -> bool:
    """Whether the summary is the full result: one number, truth value or text."""
    data, summary = file.get(f"{name}/data"), file.get(f"{REDUCED}/{name}")
    if not isinstance(data, h5py.Dataset) or not isinstance(summary, h5py.Dataset):
        return False
    if data.shape != () or summary.shape != () or data.dtype != summary.dtype:
        return False
    return np.asarray(data[()]).tobytes() == np.asarray(summary[()]).tobytes() or data[()] == summary[()]


def _is_repeated(old: h5py.File, name: str, fragment: Path) -> bool:
    """Whether the fragment brings the same again."""
    try:
        with open_results(fragment) as new:
            return name in new and same_result(old[name], new[name])
    except (NoResultError, DamagedResultsError, *DAMAGES):
        return False


def _write(folder: Folder, key: RunKey, fragment: Path, old: h5py.File, names: Sequence[str]) -> Path:
    folder.former.mkdir(exist_ok=True)
    target = folder.former / f"{folder.run_file(key).stem}.{file_id(fragment)}.h5"
    if target.exists():
        target = target.with_stem(f"{target.stem}-{secrets.token_hex(4)}")
    aside = target.with_name(f"{target.name}.aside")
    aside.unlink(missing_ok=True)  # of an attempt that was killed
    make_file(aside)
    try:
        with disk_errors(), h5py.File(aside, "w", locking=False) as file:
            for name in names:
                copy_places(old, file, name)
        sync(aside)
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)
    sync(folder.former)
    return target


_PLACE = "proposal = ?3 AND run = ?4 AND name = ?5"
_GIVE_TO_DELETED = (
    "UPDATE desk_history SET former_file = ?1, row = ?2"
    f" WHERE id = (SELECT max(id) FROM desk_history WHERE kind = 'value' AND {_PLACE})"
    " AND operation = 'delete' AND former_file IS NULL AND row IS NULL"
    " AND provenance IS NOT '' AND provenance IS NOT ?6"  # what people typed is in no file
    f" AND NOT EXISTS (SELECT 1 FROM run_variables WHERE {_PLACE})"
)


@contextlib.contextmanager
def keeping(sql: sqlite3.Connection, key: RunKey, files: Mapping[str, Path | None]) -> Iterator[None]:
    """Within the block, the triggers put these files into the entries of what is replaced."""
    rows = [
        (name, path and path.name, None if path else TOLD)
        for name, path in files.items()
        if path is None or not _is_named(sql, key, name, path)
    ]
    for name, file, row in rows:
        # Nothing is replaced where the table has lost the value already: it is the one that was deleted last.
        sql.execute(_GIVE_TO_DELETED, (file, row, *key, name, MANUAL))
    sql.executemany("INSERT INTO desk_keeping VALUES (?, ?, ?)", rows)
    yield
    sql.execute("DELETE FROM desk_keeping")


def _is_named(sql: sqlite3.Connection, key: RunKey, name: str, path: Path) -> bool:
    """Whether the history has that result already: the merge was committed, but its fragment not removed."""
    row = sql.execute(
        "SELECT 1 FROM desk_history WHERE former_file = ? AND proposal = ? AND run = ? AND name = ?",
        (path.name, *key, name),
    ).fetchone()
    return row is not None
