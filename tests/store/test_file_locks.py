"""Whoever has an HDF5 file open, with whichever locks: results are merged and read as if nobody had."""

import os
import select
import subprocess
import sys
from collections.abc import Iterator

import h5py
import numpy as np
import pytest
import xarray as xr

from damnit_backend.contextproc.interpreter import _environment
from damnit_backend.core.keys import CellKey, RunKey
from damnit_backend.store.fragments import find_fragments
from damnit_backend.store.merge import merge_fragments
from damnit_backend.store.results import read_preview, read_result
from damnit_backend.store.table import read_table

KEY = RunKey(1234, 5)

HOLD = """
import sys, h5py
with h5py.File(sys.argv[1], sys.argv[2]) as file:
    print("open", flush=True)
    for line in sys.stdin:
        print(file["x/data"][()], flush=True)
"""
READ = """
import sys
from pathlib import Path
from damnit_backend.store.results import read_preview, read_result
for name in sys.argv[2:]:
    print(float(read_result(Path(sys.argv[1]), name).data.sum()), read_preview(Path(sys.argv[1]), name).data.shape)
"""


class Holder:
    """Another process that has a file open. ``look`` is what it reads there in x."""

    def __init__(self, path, mode: str, locking: str | None) -> None:
        environment = {name: value for name, value in os.environ.items() if name != "HDF5_USE_FILE_LOCKING"}
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(path), mode],
            env=environment | ({"HDF5_USE_FILE_LOCKING": locking} if locking else {}),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.process.stdout.readline() == "open\n"

    def look(self) -> float:
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        assert select.select([self.process.stdout], [], [], 30)[0]
        return float(self.process.stdout.readline())


@pytest.fixture
def hold() -> Iterator[type[Holder]]:
    """``hold(path, mode, locking)``: another process has the file open, until the test ends."""
    held = []

    def start(path, mode: str = "r", locking: str | None = None) -> Holder:
        held.append(Holder(path, mode, locking))
        return held[-1]

    yield start
    for holder in held:
        holder.process.communicate("")


@pytest.fixture
def merge(database, folder):
    return lambda: merge_fragments(database, KEY, find_fragments(folder)[KEY])


@pytest.mark.parametrize("locking", [None, "TRUE", "BEST_EFFORT"])
@pytest.mark.parametrize("mode", ["r", "r+"])
def test_that_results_are_merged_while_others_have_the_files_open(
    database, folder, hand_over, merge, hold, mode, locking
):
    hand_over(x=1.0, kept=np.arange(5))
    merge()
    path = folder.run_file(KEY)
    on_run_file = hold(path, mode, locking)
    on_fragment = hold(hand_over(x=2.0), mode, locking)
    assert merge().names == ("x",)
    assert read_table(database).cells[CellKey(*KEY, "x")].value == 2.0
    assert read_result(path, "x").data == 2.0
    assert read_result(path, "kept").data.tolist() == [0, 1, 2, 3, 4]
    # They go on undisturbed, each with the file that it opened.
    assert (on_run_file.look(), on_fragment.look()) == (1.0, 2.0)
    assert hold(path).look() == 2.0


@pytest.mark.parametrize("locking", [None, "TRUE", "BEST_EFFORT", "FALSE"])
def test_that_results_are_read_while_another_writes_whatever_the_environment_says(
    folder, hand_over, merge, hold, locking
):
    hand_over(x=1.0, plain=np.ones(3), labelled=xr.DataArray(np.ones(4), dims="t"))
    merge()
    hold(folder.run_file(KEY), "r+", locking)
    done = subprocess.run(
        [sys.executable, "-c", READ, str(folder.run_file(KEY)), "plain", "labelled"],
        env=os.environ | ({"HDF5_USE_FILE_LOCKING": locking} if locking else {}),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.stdout.split("\n"), done.stderr) == (["3.0 (3,)", "4.0 (4,)", ""], "")


@pytest.mark.usefixtures("database")
def test_that_a_notebook_may_have_the_file_open_with_locks(folder, hand_over, merge):
    hand_over(x=1.0, labelled=xr.DataArray(np.ones(4), dims="t", name="n"))
    merge()
    with h5py.File(folder.run_file(KEY)) as file:
        assert read_result(folder.run_file(KEY), "x").data == 1.0
        assert read_preview(folder.run_file(KEY), "labelled").data.identical(
            xr.DataArray(np.ones(4), dims="t", name="n")
        )
        hand_over(x=2.0)
        merge()
        assert file["x/data"][()] == 1.0
    assert read_result(folder.run_file(KEY), "x").data == 2.0


def test_that_nobody_can_lock_what_a_context_process_writes(monkeypatch):
    monkeypatch.setenv("HDF5_USE_FILE_LOCKING", "TRUE")
    assert _environment(None)["HDF5_USE_FILE_LOCKING"] == "FALSE"
