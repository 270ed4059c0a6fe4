"""A disk that is full, or may only be read: each kind of write says so, changes nothing, and works later."""

import contextlib
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import CellKey, RunKey
from damnit_backend.store.database import Database
from damnit_backend.store.edits import write_edit
from damnit_backend.store.folder import Folder
from damnit_backend.store.fragments import find_fragments
from damnit_backend.store.jobs import Request, add_jobs
from damnit_backend.store.lease import take_lease
from damnit_backend.store.merge import merge_fragments
from damnit_backend.store.opening import create_database, open_database
from damnit_backend.store.parameters import set_parameter_default
from damnit_backend.store.results import read_result
from damnit_backend.store.run_data import RunData, record_data
from damnit_backend.store.runs import add_run
from damnit_backend.store.settings import set_setting
from damnit_backend.store.table import read_table
from damnit_backend.store.variables import Declaration, add_editable, declare_computed

KEY = RunKey(1234, 5)
COMMENT = CellKey(*KEY, "comment")
LONG = "x" * 300_000

WRITES: dict[str, Callable[[Database], object]] = {
    "an edit": lambda database: write_edit(database, COMMENT, LONG),
    "a Variable": lambda database: declare_computed(database, [Declaration("late", LONG)]),
    "an editable variable": lambda database: add_editable(database, "typed", "string", LONG),
    "jobs": lambda database: add_jobs(database, [Request(RunKey(1, run), asked_by=LONG[:9000]) for run in range(40)]),
    "data": lambda database: record_data(database, [RunData(KEY, "raw", LONG)], "trigger"),
    "a lease": lambda database: take_lease(database, LONG, "me"),
    "a setting": lambda database: set_setting(database, "proposal", LONG),
    "a parameter": lambda database: set_parameter_default(database, "energy", LONG),
    "results": lambda database: merge_fragments(database, KEY, find_fragments(database.folder)[KEY]),
}


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 8 MB."""
    path = tmp_path / "disk"
    path.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(path)], capture_output=True)
    if done.returncode != 0:
        pytest.skip("no disk may be mounted here")
    yield path
    subprocess.run(["umount", str(path)], check=True)


@pytest.fixture
def folder(disk: Path) -> Folder:
    made = Folder(disk / "amore")
    for path in (made.path, made.results, made.logs):
        path.mkdir()
    return made


@pytest.fixture(params=["WAL", "DELETE"])
def used(request, database: Database, hand_over, folder: Folder) -> Database:
    """The folder on the small disk, with a comment and a result, and a fragment that waits."""
    database.set_journal_mode(request.param)
    write_edit(database, COMMENT, "kept")
    hand_over(x=1.0)
    merge_fragments(database, KEY, find_fragments(folder)[KEY])
    hand_over(x=2.0, large=np.random.default_rng(1).random(150_000))
    return database


def contents(folder: Folder) -> dict[str, object]:
    """What is in the tables; the database must be sound."""
    with contextlib.closing(sqlite3.connect(folder.database)) as sql:
        assert sql.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        tables = [name for (name,) in sql.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: sql.execute(f'SELECT * FROM "{name}"').fetchall() for name in tables}


def fill(disk: Path, leave: int) -> Path:
    filler = disk / "filler"
    with filler.open("wb") as file:
        file.write(bytes(max(0, shutil.disk_usage(disk).free - leave)))
    return filler


def remount(disk: Path, mode: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{mode}", str(disk)], check=True, capture_output=True)


@pytest.mark.parametrize("leave", [0, 40_000])
@pytest.mark.parametrize("what", WRITES)
def test_that_a_full_disk_is_said_and_the_write_can_be_repeated(used, disk, folder, what, leave):
    before = contents(folder)
    filler = fill(disk, leave)
    for _ in range(2):
        with pytest.raises(UserError) as caught:
            WRITES[what](used)
        assert "full" in f"{caught.value.message} {caught.value.hint}"
    assert read_table(used).cells[COMMENT].value == "kept"
    assert read_result(folder.run_file(KEY), "x").data == 1.0
    filler.unlink()
    assert contents(folder) == before
    assert len(find_fragments(folder)[KEY]) == 1
    WRITES[what](used)
    assert contents(folder) != before
    if what == "results":
        assert read_result(folder.run_file(KEY), "x").data == 2.0
        assert find_fragments(folder) == {}
        assert sorted(path.name for path in folder.results.glob("*.h5")) == ["p1234_r5.h5"]


@pytest.mark.parametrize("what", WRITES)
def test_that_a_disk_which_became_read_only_is_said_and_goes_on_later(used, disk, folder, what):
    before = contents(folder)
    used.close()  # a disk cannot be made read-only while a file on it is open for writing
    remount(disk, "ro")
    with Database(folder) as database:
        with pytest.raises(UserError) as caught:
            WRITES[what](database)
        assert str(folder.path) in f"{caught.value.message} {caught.value.hint}"
        assert "permission" in caught.value.hint or "write-protected" in caught.value.hint
        assert read_table(database).cells[COMMENT].value == "kept"
        assert read_result(folder.run_file(KEY), "x").data == 1.0
    remount(disk, "rw")
    assert contents(folder) == before
    with Database(folder) as database:
        WRITES[what](database)
    assert contents(folder) != before


@pytest.mark.parametrize("mode", ["WAL", "DELETE"])
def test_that_a_folder_on_a_read_only_disk_is_shown(disk, folder, mode):
    with create_database(folder, 1234) as database:
        database.set_journal_mode(mode)
        write_edit(database, COMMENT, "kept")
    remount(disk, "ro")
    with open_database(folder) as database:
        assert database.read_only
        assert read_table(database).cells[COMMENT].value == "kept"
        with pytest.raises(UserError, match="reading only"):
            add_run(database, KEY)
