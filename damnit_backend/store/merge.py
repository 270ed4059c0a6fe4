"""Merging fragments into a run's file and the database. Only the listener does this.

The fragments go once `publishing` has put their results into both. Whatever is left over after a crash is merged again,
with the same result.
"""

import logging
import math
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from damnit_backend.core.account import user_name
from damnit_backend.core.codec import encode, storable_text
from damnit_backend.core.keys import CellKey, RunKey
from damnit_backend.core.values import CellValue, Failure

from .cells import put_cell, put_run
from .database import Database
from .fragments import BrokenFragmentError, Fragment, read_fragment
from .marks import Marks, read_marks
from .provenance import read_asked, write_provenance
from .publishing import publish_results
from .results import DamagedResultsError, NoResultError, open_results
from .table import START_TIME
from .variables import editable_names
from .views import add_columns

log = logging.getLogger(__name__)

Cells = dict[str, tuple[CellValue, Fragment]]
"""By name: what a merge writes, and the fragment that it comes from."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge did: the variables it wrote, and fragments that are broken and were set aside, with the reason."""

    key: RunKey
    names: tuple[str, ...]
    failed: tuple[str, ...]
    broken: tuple[tuple[Path, str], ...]


def merge_fragments(database: Database, key: RunKey, paths: Sequence[Path]) -> Merged:
    """Merge the fragments of one run, in their order. Repeating it after a crash does no harm.

    A broken fragment is set aside and does not stop the others. UserError if the disk or the database cannot be
    used now: the fragments then wait where they are.
    """
    database.check_guard()
    broken: list[tuple[Path, str]] = []
    fragments = _read(key, paths, broken)
    cells: Cells = {}
    # What a merge that was killed has put into the run's file goes first and alone: it replaced other results.
    marks = _read_marks(database, key)
    for begun in (True, False):
        part = [fragment for fragment in fragments if marks.has_merged(fragment.path) is begun]
        cells |= _merge(database, key, part, broken)
    failed = tuple(sorted(name for name, (cell, _) in cells.items() if _is_error(cell)))
    return Merged(key, tuple(sorted(cells)), failed, tuple(broken))


def _merge(database: Database, key: RunKey, fragments: list[Fragment], broken: list[tuple[Path, str]]) -> Cells:
    """What was written; those of the fragments that turn out to be broken are set aside and added to ``broken``."""
    cells: Cells = {}

    def write(sql: sqlite3.Connection) -> None:
        nonlocal cells
        cells = _without_edited(sql, _last(fragments))
        _write_cells(sql, key, cells)

    while fragments:
        try:
            publish_results(database, key, fragments, write, author=user_name())
            break
        except BrokenFragmentError as error:
            broken.append(_set_aside(error))
            fragments = [fragment for fragment in fragments if fragment.path != error.path]
    for fragment in fragments:
        fragment.path.unlink(missing_ok=True)
    return cells


def _read_marks(database: Database, key: RunKey) -> Marks:
    try:
        with open_results(database.folder.run_file(key)) as file:
            return read_marks(file)
    except (NoResultError, DamagedResultsError):
        return Marks()


def _last(fragments: Sequence[Fragment]) -> Cells:
    """Each cell as the last fragment has it that brings it."""
    return {name: (cell, fragment) for fragment in fragments for name, cell in fragment.cells.items()}


def _read(key: RunKey, paths: Sequence[Path], broken: list[tuple[Path, str]]) -> list[Fragment]:
    """The fragments that can be read; the others are set aside and added to ``broken``."""
    fragments = []
    for path in paths:
        try:
            fragments.append(read_fragment(path, key))
        except NoResultError:
            continue  # merged and removed meanwhile
        except BrokenFragmentError as error:
            broken.append(_set_aside(error))
    return fragments


def _is_error(cell: CellValue) -> bool:
    return isinstance(cell.value, Failure) and not cell.value.is_skip


def _set_aside(error: BrokenFragmentError) -> tuple[Path, str]:
    """Move a fragment that cannot be read out of the way of the next merge, and keep it."""
    aside = error.path.with_name(error.path.name.removesuffix(".ready.h5") + ".broken.h5")
    error.path.replace(aside)
    return aside, error.message


def _without_edited(sql: sqlite3.Connection, cells: Cells) -> Cells:
    """The cells but for those of variables that people edit: what they typed stays, the result is in the file only."""
    edited = editable_names(sql)
    for name in sorted(cells.keys() & edited):
        log.warning("The result %s is not shown: an editable variable has that name. Rename one of them.", name)
    return {name: cell for name, cell in cells.items() if name not in edited}


def _write_cells(sql: sqlite3.Connection, key: RunKey, cells: Cells) -> None:
    now = time.time()
    asked = read_asked(sql, key)
    put_run(sql, key)
    for name, (cell, fragment) in cells.items():
        if name == START_TIME:
            # A column of run_info: DAMNIT 0.4.0 cannot read the table where it is a variable as well.
            _write_start_time(sql, key, cell)
        elif cell.value is None:
            sql.execute("DELETE FROM run_variables WHERE proposal = ? AND run = ? AND name = ?", (*key, name))
        else:
            put_cell(sql, CellKey(*key, name), encode(cell), storable_text(fragment.provenance), cell.timestamp or now)
        write_provenance(sql, CellKey(*key, name), fragment.computed.get(name), fragment.origin, asked.get(name))
    add_columns(sql, [name for name, (cell, _) in cells.items() if name != START_TIME and cell.value is not None])


def _write_start_time(sql: sqlite3.Connection, key: RunKey, cell: CellValue) -> None:
    if isinstance(cell.value, float | int) and math.isfinite(cell.value):
        sql.execute(
            "UPDATE run_info SET start_time = ? WHERE proposal = ? AND run = ? AND start_time IS NOT ?",
            (cell.value, *key, cell.value),
        )
