"""A listener is killed at a line of the merge, at the next one, and so on: the next merge comes to the same end.

Lines, and not steps that somebody thought of: each execution of a line of the modules below counts. Every one is tried
with `EVERY_LINE=1 pytest tests/system/test_merge_every_line.py`, otherwise each twentieth.
"""

import contextlib
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import h5py
import numpy as np
import pytest

from damnit_backend.core.keys import RunKey
from damnit_backend.store import copying, database, former, fragments, merge, publishing, run_file
from damnit_backend.store.database import Database
from damnit_backend.store.folder import Folder
from damnit_backend.store.fragments import find_fragments
from damnit_backend.store.merge import merge_fragments

pytestmark = [pytest.mark.system, pytest.mark.timeout(900)]

KEY = RunKey(1234, 5)
MODULES = (copying, database, former, fragments, merge, publishing, run_file)
STEP = 1 if os.environ.get("EVERY_LINE") else 20


class LineClock:
    """Counts the lines that are executed in `MODULES`, and kills its process at one of them."""

    def __init__(self, kill_at: int = 0) -> None:
        self._files = {module.__file__ for module in MODULES}
        self._kill_at = kill_at
        self.count = 0

    def __call__(self, frame: FrameType, event: str, _: object) -> Callable[..., Any] | None:
        if frame.f_code.co_filename not in self._files:
            return None
        if event == "line":
            self.count += 1
            if self.count == self._kill_at:
                os.kill(os.getpid(), signal.SIGKILL)
        return self


def merge_all(folder: Folder) -> None:
    with Database(folder) as database:
        for key, paths in find_fragments(folder).items():
            merge_fragments(database, key, paths)


def merge_in_process(folder: Folder, clock: LineClock | None = None) -> int:
    """How a process of its own ends that merges what waits: 0, or minus the signal that killed it."""
    pid = os.fork()
    if pid == 0:
        sys.settrace(clock)
        try:
            merge_all(folder)
        except BaseException:
            sys.settrace(None)
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def contents(path: Path) -> dict[str, object]:
    """All that an HDF5 file holds."""
    found: dict[str, object] = {}
    with h5py.File(path, locking=False) as file:
        file.visititems(
            lambda name, node: found.__setitem__(
                name, (str(node[()]) if isinstance(node, h5py.Dataset) else None, str(sorted(node.attrs.items())))
            )
        )
    return found


def state(folder: Folder) -> dict[str, object]:
    """All that a folder holds but for clock times and for the numbers in the names of former results."""
    with contextlib.closing(sqlite3.connect(folder.database)) as sql:
        assert sql.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        history = sql.execute(
            "SELECT kind, run, name, value, summary_type, attributes, row, author, origin, replaced_by, operation,"
            " former_file FROM desk_history WHERE kind <> 'variable' ORDER BY name, id"
        ).fetchall()
        found: dict[str, object] = {
            table: sql.execute(f"SELECT {columns} FROM {table} ORDER BY 1, 2").fetchall()
            for table, columns in (
                ("run_variables", "run, name, value, max_diff, provenance, summary_type, summary_method, attributes"),
                ("run_info", "run, start_time"),
                ("desk_authors", "run, name, author, program"),
                ("desk_provenance", "run, name, started, seconds, outcome"),
                ("desk_keeping", "name, file"),
                ("desk_writer", "author, host"),
            )
        }
    # What it names is there, and holds what that result was.
    found["history"] = [
        (*row, file and {name: node for name, node in contents(folder.former / file).items() if row[2] in name})
        for *row, file in history
    ]
    found["files"] = {
        path.name: contents(path) if path.suffix == ".h5" and "broken" not in path.name else None
        for path in folder.results.iterdir()
        if path.is_file()
    }
    named = {file for *_, file in history if file}
    found["unnamed"] = sorted(path.name for path in folder.former.iterdir() if path.name not in named)
    return found


@pytest.fixture
def waiting(folder: Folder, database: Database, hand_over: Callable[..., Path]) -> Folder:
    """A folder in which two fragments wait that replace, add and remove results, and a broken one."""
    hand_over(scalar=1, curve=np.arange(5.0), image=np.eye(4), failed=ValueError("first"), kept="as it was", gone=7)
    merge_all(folder)
    hand_over(scalar=2, curve=np.arange(6.0), failed=3.5, fresh=np.arange(3), start_time=1.7e9)
    hand_over(scalar=3, image=ValueError("second"), gone=None)
    (folder.results / "p1234_r5.broken01.ready.h5").write_bytes(b"no HDF5 file")
    database.close()
    return folder


def test_that_a_merge_killed_at_any_line_is_made_good_by_the_next(waiting, tmp_path):
    def copy(name: str) -> Folder:
        shutil.rmtree(tmp_path / name, ignore_errors=True)
        return Folder(shutil.copytree(waiting.path, tmp_path / name))

    whole = copy("whole")
    clock = LineClock()
    sys.settrace(clock)
    try:
        merge_all(whole)
    finally:
        sys.settrace(None)
    expected = state(whole)
    assert expected["unnamed"] == []
    assert clock.count > 200
    wrong = {}
    for line in range(1, clock.count + 1, STEP):
        folder = copy("killed")
        if merge_in_process(folder, LineClock(line)) != -signal.SIGKILL:
            continue  # it came to its end by another way, in less lines
        assert merge_in_process(folder) == 0
        found = state(folder)
        wrong |= {(line, part): (found[part], expected[part]) for part in expected if found[part] != expected[part]}
        # And once more: nothing is left to do.
        assert merge_in_process(folder) == 0
        assert state(folder) == found
    assert not wrong
