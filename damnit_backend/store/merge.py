"""Merging fragments into a run's file and the database. Only the listener does this.

The order makes a crash harmless at every instruction: the new run file is written aside, synced and renamed; then one
transaction writes the cells; then the fragments go. Whatever is left over is merged again, with the same result.
"""

import os
import secrets
import shutil
import sqlite3
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import h5py

from damnit_backend.core.codec import encode
from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import RunKey
from damnit_backend.core.values import CellValue, Failure

from .copying import copy_result
from .database import Database
from .folder import Folder
from .fragments import Fragment, read_fragment
from .results import ERRORS, PREVIEW, REDUCED
from .table import START_TIME


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge did: the variables it wrote, and fragments that are broken and were set aside, with the reason."""

    key: RunKey
    names: tuple[str, ...]
    failed: tuple[str, ...]
    broken: tuple[tuple[Path, str], ...]


def merge_fragments(database: Database, key: RunKey, paths: Sequence[Path]) -> Merged:
    """Merge the fragments of one run, in their order. Repeating it after a crash does no harm."""
    fragments: list[Fragment] = []
    broken: list[tuple[Path, str]] = []
    for path in paths:
        try:
            fragments.append(read_fragment(path))
        except UserError as error:
            broken.append((_set_aside(path), error.message))
    cells: dict[str, CellValue] = {}
    for fragment in fragments:
        cells.update(fragment.cells)
    if fragments:
        _write_run_file(database.folder, key, fragments, set(cells))
        with database.writing() as sql:
            _write_cells(sql, key, fragments[-1].provenance, cells)
    for fragment in fragments:
        fragment.path.unlink(missing_ok=True)
    failed = tuple(sorted(name for name, cell in cells.items() if _is_error(cell)))
    return Merged(key, tuple(sorted(cells)), failed, tuple(broken))


def _is_error(cell: CellValue) -> bool:
    return isinstance(cell.value, Failure) and not cell.value.is_skip


def _set_aside(path: Path) -> Path:
    """Move a fragment that cannot be read out of the way of the next merge, and keep it."""
    aside = path.with_name(path.name.removesuffix(".ready.h5") + ".broken.h5")
    path.replace(aside)
    return aside


def _write_run_file(folder: Folder, key: RunKey, fragments: Sequence[Fragment], names: set[str]) -> None:
    target = folder.run_file(key)
    aside = target.with_name(f"{target.stem}.{secrets.token_hex(6)}.merging.h5")
    try:
        _start_file(target, aside, names)
        with h5py.File(aside, "r+") as file:
            file.attrs["provenance"] = fragments[-1].provenance
            for fragment in fragments:
                _remove(file, fragment.cells)
                with h5py.File(fragment.path, "r", locking=False) as source:
                    _copy(source, file, fragment.cells)
        _sync(aside)
        aside.replace(target)
        _sync(target.parent)
    finally:
        aside.unlink(missing_ok=True)


def _start_file(target: Path, aside: Path, names: set[str]) -> None:
    """Begin with a copy of the run's file, or with an empty one where nothing of it would remain."""
    if target.exists():
        try:
            with h5py.File(target, "r", locking=False) as old:
                places = (old, *(old[place] for place in (REDUCED, ERRORS, PREVIEW) if place in old))
                kept = {name for place in places for name in place if not name.startswith(".")} - names
        except OSError:
            # A file that cannot be opened holds nothing to keep, but somebody may want to look into it.
            target.replace(target.with_suffix(".broken.h5"))
        else:
            if kept:
                shutil.copyfile(target, aside)
                return
    with h5py.File(aside, "w-"):
        pass


def _remove(file: h5py.File, names: Iterable[str]) -> None:
    for name in names:
        for place in (name, f"{REDUCED}/{name}", f"{PREVIEW}/{name}", f"{ERRORS}/{name}"):
            if place in file:
                del file[place]


def _copy(source: h5py.File, file: h5py.File, names: Iterable[str]) -> None:
    for name in names:
        if name in source:
            copy_result(source, file, name)
        for group in (REDUCED, PREVIEW, ERRORS):
            if f"{group}/{name}" in source:
                copy_result(source[group], file.require_group(group), name)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_cells(sql: sqlite3.Connection, key: RunKey, provenance: str, cells: dict[str, CellValue]) -> None:
    now = time.time()
    start = cells.get(START_TIME)
    start_time = start.value if start is not None else None
    sql.execute("INSERT OR IGNORE INTO run_info VALUES (?, ?, NULL, ?)", (*key, now))
    if isinstance(start_time, float | int):
        sql.execute(
            "UPDATE run_info SET start_time = ? WHERE proposal = ? AND run = ? AND start_time IS NOT ?",
            (start_time, *key, start_time),
        )
    for name, cell in cells.items():
        if name == START_TIME:
            continue  # a column of run_info: DAMNIT 0.4.0 cannot read the table where it is in both
        if cell.value is None:
            sql.execute("DELETE FROM run_variables WHERE proposal = ? AND run = ? AND name = ?", (*key, name))
            continue
        stored = encode(cell)
        # One statement that updates in place: the row keeps its identity and its triggers see old and new.
        sql.execute(
            "INSERT INTO run_variables (proposal, run, name, version, value, timestamp, max_diff, provenance,"
            " summary_type, summary_method, attributes) VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (proposal, run, name, version) DO UPDATE SET value = excluded.value,"
            " timestamp = excluded.timestamp, max_diff = excluded.max_diff, provenance = excluded.provenance,"
            " summary_type = excluded.summary_type, summary_method = excluded.summary_method,"
            " attributes = excluded.attributes",
            (
                *key, name, stored.value, cell.timestamp or now, stored.max_diff, provenance,
                stored.summary_type, stored.summary_method, stored.attributes,
            ),
        )  # fmt: skip
