"""What a merge replaces is kept, whole, once, and only as long as it should be."""

import contextlib
import errno
import os
import socket
from collections.abc import Callable, Iterator
from typing import Any

import h5py
import matplotlib
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from damnit_ctx.cell import Cell

from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import CellKey, RunKey
from damnit_backend.store import former, publishing
from damnit_backend.store.database import Database
from damnit_backend.store.folder import Folder
from damnit_backend.store.fragments import find_fragments
from damnit_backend.store.merge import merge_fragments
from damnit_backend.store.results import read_result
from damnit_backend.store.retention import prune_history
from damnit_backend.store.settings import set_setting
from damnit_backend.store.table import read_table
from damnit_backend.store.variables import add_editable

matplotlib.use("Agg")
KEY = RunKey(1234, 5)


@pytest.fixture
def merge(database: Database, folder: Folder, hand_over: Callable[..., object]) -> Callable[..., None]:
    """``merge(name=value, ...)``: these results come in and are merged, with what waits."""

    def do(**values: Any) -> None:
        if values:
            hand_over(**values)
        for key, paths in find_fragments(folder).items():
            merge_fragments(database, key, paths)

    return do


@pytest.fixture
def entries(database: Database) -> Callable[..., list[tuple[Any, ...]]]:
    """``entries()``: name, value, file and row of each entry about a value, the oldest first."""

    def read() -> list[tuple[Any, ...]]:
        with database.reading() as sql:
            return sql.execute(
                "SELECT name, value, former_file, row FROM desk_history WHERE kind = 'value' ORDER BY id"
            ).fetchall()

    return read


def files(folder: Folder) -> list[str]:
    return sorted(path.name for path in folder.former.glob("*"))


def test_that_a_replaced_array_is_kept_beside_the_file(merge, entries, folder):
    merge(x=np.arange(5.0), other=np.arange(3))
    merge(x=np.arange(6.0) * 2)
    ((name, value, file, row),) = entries()
    assert (name, row) == ("x", None)
    assert isinstance(value, bytes)
    assert files(folder) == [file]
    assert read_result(folder.former / file, "x").data.tolist() == [0, 1, 2, 3, 4]
    assert read_result(folder.run_file(KEY), "x").data.size == 6
    with h5py.File(folder.former / file) as content:
        assert set(content) == {"x", ".reduced"}
    assert (folder.former / file).stat().st_mode == folder.run_file(KEY).stat().st_mode


KINDS: dict[str, Callable[[float], Any]] = {
    "array": lambda n: np.arange(10.0) + n,
    "compressed": lambda n: np.arange(400_000.0).reshape(4, -1) * n,
    "many dimensions": lambda n: np.full((3, 4, 5), n),
    "texts": lambda n: xr.DataArray(["a", str(n)], dims="t"),
    "dataarray": lambda n: xr.DataArray(np.arange(4.0) + n, dims="t", coords={"t": [1, 2, 3, 4]}),
    "dataset": lambda n: xr.Dataset({"a": ("t", np.arange(4.0) + n), "b": ("t", [n, n, n, n])}),
    "series": lambda n: pd.Series([1.0, n]),
    "dataframe": lambda n: pd.DataFrame({"a": [1.0, n]}),
    "empty": lambda n: np.zeros((0, int(n))),
    "summary of its own": lambda n: Cell(np.arange(3.0) + n, summary_value="always the same"),
    "attributes": lambda n: xr.DataArray(np.arange(4.0), dims="t", attrs={"gain": n}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_that_each_kind_of_result_is_kept_when_another_comes_and_not_when_the_same_does(kind, merge, entries, folder):
    make = KINDS[kind]
    merge(x=make(1.0))
    before = read_result(folder.run_file(KEY), "x").data
    merge(x=make(1.0))
    assert entries() == []
    assert files(folder) == []
    merge(x=make(2.0))
    ((_, _, file, _),) = entries()
    after = read_result(folder.former / file, "x").data
    if isinstance(before, np.ndarray):
        np.testing.assert_array_equal(after, before)
    else:
        assert after.equals(before)


@pytest.mark.parametrize("value", [1.5, 3, True, "text", 1 + 2j, np.float32(2.5)])
def test_that_what_the_table_says_in_full_needs_no_file(merge, entries, folder, value):
    merge(x=value)
    merge(x="another" if value == "text" else 9)
    ((_, _, file, row),) = entries()
    assert (file, row) == (None, former.TOLD)
    assert files(folder) == []


def test_that_what_is_followed_by_nothing_or_by_an_error_is_kept(merge, entries, folder):
    merge(x=np.arange(5.0), y=np.arange(4.0))
    merge(x=None, y=ValueError("no"))
    assert sorted(name for name, _, _, _ in entries()) == ["x", "y"]
    ((file),) = {file for _, _, file, _ in entries()}
    assert read_result(folder.former / file, "x").data.size == 5
    assert read_result(folder.former / file, "y").data.size == 4


def test_that_an_error_has_no_file(merge, entries, folder):
    merge(x=ValueError("first"))
    merge(x=np.arange(3))
    assert [(name, file) for name, _, file, _ in entries()] == [("x", None)]
    assert files(folder) == []


def test_that_nothing_is_kept_where_nothing_is_wanted(merge, entries, folder, database):
    set_setting(database, "history_results", 0)
    merge(x=np.arange(5.0))
    merge(x=np.arange(6.0))
    assert [file for _, _, file, _ in entries()] == [None]
    assert not folder.former.exists()


def test_that_a_damaged_run_file_stops_no_merge(merge, entries, folder):
    merge(x=np.arange(5.0))
    folder.run_file(KEY).write_bytes(b"not HDF5")
    merge(x=np.arange(6.0))
    assert [file for _, _, file, _ in entries()] == [None]


def test_that_the_result_of_an_editable_variables_name_leaves_no_entry(merge, entries, database):
    merge(x=np.arange(5.0))
    with database.writing() as sql:
        sql.execute("DELETE FROM run_variables")
        sql.execute("DELETE FROM desk_history")
    add_editable(database, "x", "number")
    merge(x=np.arange(6.0))
    assert entries() == []


def test_that_a_full_disk_replaces_nothing(merge, entries, folder, hand_over, monkeypatch):
    merge(x=np.arange(5.0))
    fragment = hand_over(x=np.arange(6.0))

    def full(_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(former, "sync", full)
        with pytest.raises(UserError, match="No space"):
            merge()
    assert fragment.exists()
    assert entries() == []
    assert files(folder) == []
    assert read_result(folder.run_file(KEY), "x").data.size == 5
    merge()
    assert len(entries()) == len(files(folder)) == 1


STEPS = [
    (publishing, "prepare_run_file"),
    (publishing, "keep_former"),
    (former, "make_file"),
    (former, "copy_places"),
    (former, "sync"),
    (publishing, "publish_run_file"),
    (publishing, "keeping"),
]


@contextlib.contextmanager
def killed(monkeypatch: pytest.MonkeyPatch, module: Any, step: str, when: str) -> Iterator[None]:
    """Within the block, the process ends at this step as it does when it is killed: nothing is tidied up."""
    original = getattr(module, step)

    def end(*args: Any, **options: Any) -> Any:
        if when == "after":
            original(*args, **options)
        os._exit(9)

    with monkeypatch.context() as patched:
        patched.setattr(module, step, end)
        yield


@pytest.mark.parametrize("more", [False, True])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("module", "step"), STEPS, ids=[step for _, step in STEPS])
def test_that_after_a_kill_the_former_result_is_kept_once(
    folder, database, merge, hand_over, monkeypatch, module, step, when, more
):
    merge(x=np.arange(5.0), y=np.full((2, 2, 2), 1.0), z=1.5)
    hand_over(x=np.arange(6.0), y=np.full((2, 2, 2), 2.0), z=2.5)
    database.close()
    pid = os.fork()
    if pid == 0:
        with contextlib.suppress(BaseException), killed(monkeypatch, module, step, when), Database(folder) as own:
            merge_fragments(own, KEY, find_fragments(folder)[KEY])
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 9
    if more:
        hand_over(w=np.arange(2.0), z=3.5)
    with Database(folder) as own:
        merge_fragments(own, KEY, find_fragments(folder)[KEY])
        with own.reading() as sql:
            rows = sql.execute("SELECT name, former_file, row, value FROM desk_history ORDER BY name, id").fetchall()
    (file,) = files(folder)
    assert [row[:3] for row in rows[:2]] == [("x", file, None), ("y", file, None)]
    # What came into the run's file before the kill was a result as well, though another one waited then.
    both = more and (step == "keeping" or (step, when) == ("publish_run_file", "after"))
    assert rows[2:] == [("z", None, former.TOLD, value) for value in ((1.5, 2.5) if both else (1.5,))]
    assert read_result(folder.former / file, "x").data.size == 5
    assert read_result(folder.former / file, "y").data[0, 0, 0] == 1.0
    assert read_result(folder.run_file(KEY), "x").data.size == 6
    assert sorted(path.name for path in folder.results.glob("*.h5")) == [folder.run_file(KEY).name]


def test_that_fragments_merged_again_because_they_were_not_removed_leave_nothing_more(
    merge, entries, folder, hand_over
):
    merge(x=np.arange(5.0), y=np.full((2, 2, 2), 1.0))
    fragment = hand_over(x=np.arange(6.0), y=np.full((2, 2, 2), 2.0))
    content = fragment.read_bytes()
    merge()
    before = entries()
    fragment.write_bytes(content)
    merge()
    assert entries() == before
    assert len(files(folder)) == 1


def test_that_two_who_replace_results_of_a_run_at_once_lose_none(folder, database, hand_over, monkeypatch):
    first, second = hand_over(x=np.arange(3.0)), hand_over(y=np.arange(4.0))
    original = publishing.keep_former
    overtaking = [True]

    def overtaken(*args: Any) -> Any:
        if overtaking.pop() if overtaking else False:
            with Database(folder) as other:
                merge_fragments(other, KEY, [second])
        return original(*args)

    monkeypatch.setattr(publishing, "keep_former", overtaken)
    merge_fragments(database, KEY, [first])
    assert read_result(folder.run_file(KEY), "x").data.size == 3
    assert read_result(folder.run_file(KEY), "y").data.size == 4
    assert {key.name for key in read_table(database).cells} == {"x", "y"}
    assert not list(folder.results.glob("*.merging.h5"))


def test_that_older_results_and_pictures_go_and_all_else_stays(merge, entries, folder, database):
    set_setting(database, "history_results", 2)
    set_setting(database, "history_images", 3)
    for number in range(7):
        merge(x=np.arange(5.0) + number, number=float(number), error=ValueError(str(number)), c=complex(number, 1))
    assert len(files(folder)) == 6
    for path in folder.former.iterdir():
        os.utime(path, (1.0, 1.0))
    prune_history(database)
    rows = entries()
    pictures = [(value is not None, file is not None, row) for name, value, file, row in rows if name == "x"]
    pruned = (False, False, '{"pruned": true}')
    assert pictures == [pruned] * 3 + [(True, False, None)] + [(True, True, None)] * 2
    assert files(folder) == [file for name, _, file, _ in rows if name == "x" and file]
    assert [value for name, value, _, _ in rows if name == "number"] == [0, 1, 2, 3, 4, 5]
    assert all(isinstance(value, bytes) for name, value, _, _ in rows if name == "c")
    assert len([name for name, _, _, _ in rows if name == "error"]) == 6
    prune_history(database)
    assert entries() == rows


def test_that_files_which_nothing_names_go_after_a_while(folder, database, hand_over):
    folder.former.mkdir()
    fragment = hand_over(x=1)
    awaited = folder.former / fragment.name.replace(".ready", "")
    old, aside, new = (folder.former / name for name in ("p1_r1.a.h5", "p1_r1.b.h5.aside", "p1_r1.c.h5"))
    for path in (old, aside, new, awaited):
        path.write_bytes(b"")
    for path in (old, aside, awaited):
        os.utime(path, (1.0, 1.0))
    prune_history(database)
    assert files(folder) == sorted([new.name, awaited.name])


@pytest.mark.parametrize("value", ["many", -1, None, b"\xff", 1e300])
def test_that_a_retention_which_is_none_counts_as_the_default(database, merge, folder, value):
    with database.writing() as sql:
        sql.execute("INSERT INTO metameta VALUES ('history_results', ?)", (value,))
    for number in range(2):
        merge(x=np.arange(5.0) + number)
    prune_history(database)
    assert len(files(folder)) == 1


def test_that_pruning_goes_by_cell(merge, entries, database, hand_over):
    for run in (5, 6):
        for number in range(3):
            hand_over(RunKey(1234, run), x=np.arange(5.0) + number)
            merge()
    prune_history(database)
    assert len([file for _, _, file, _ in entries() if file]) == 2
    assert CellKey(1234, 6, "x") in read_table(database).cells


def test_that_what_another_process_is_writing_is_left_and_what_a_dead_one_left_is_removed(merge, folder):
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    host = socket.gethostname().replace("-", "_").replace(".", "_")
    alive, dead, elsewhere, long_ago = (
        folder.results / f"p1234_r5.{where}-{pid}-abcd.merging.h5"
        for where, pid in ((host, os.getppid()), (host, child), ("elsewhere", 1), ("long_ago", 1))
    )
    for path in (alive, dead, elsewhere, long_ago):
        path.write_bytes(b"half")
    os.utime(long_ago, (1.0, 1.0))
    merge(x=1)
    assert [path.exists() for path in (alive, dead, elsewhere, long_ago)] == [True, False, True, False]
