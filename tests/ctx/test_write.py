"""Fragments: when they are published, and what happens when one cannot be written."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import xarray as xr
from damnit_ctx import netcdf
from damnit_ctx.entry import Entry
from damnit_ctx.kinds import CannotSave, Stored
from damnit_ctx.summary import Summary
from damnit_ctx.write import FragmentFailed, FragmentWriter

RECORD = {"started": 1.0, "seconds": 2.0, "outcome": "ok", "line": None}


class Published:
    def __init__(self) -> None:
        self.paths: list[Path] = []
        self.variables: list[list[str]] = []
        self.event = threading.Event()

    def __call__(self, path: Path, variables: list[str]) -> None:
        self.paths.append(path)
        self.variables.append(variables)
        self.event.set()


@pytest.fixture
def published() -> Published:
    return Published()


@pytest.fixture
def writer(tmp_path: Path, published: Published) -> FragmentWriter:
    return FragmentWriter(tmp_path / "extracted_data", "p1_r2", "abc", published)


def number(name: str, value: float = 1.0) -> Entry:
    array = np.array(value)
    return Entry(name, stored=Stored(None, array), summary=Summary(array))


def test_that_a_fragment_is_invisible_until_it_is_complete(
    writer: FragmentWriter, published: Published, tmp_path: Path
) -> None:
    writer.add(number("a"), RECORD)
    (writing,) = (tmp_path / "extracted_data").iterdir()
    assert writing.name.startswith("p1_r2.")
    assert writing.name.endswith(".writing.h5")

    writer.close()

    (ready,) = (tmp_path / "extracted_data").iterdir()
    assert ready.name == writing.name.replace(".writing.", ".ready.")
    assert published.paths == [ready]
    with h5py.File(ready) as file:
        assert file["a/data"][()] == 1.0
        assert file.attrs["provenance"] == "context.py"
        assert json.loads(file.attrs["desk_computed"]) == {"a": RECORD}
        assert set(file) == {"a", ".reduced", ".preview", ".errors"}


def test_that_a_slow_variable_holds_no_result_back(writer: FragmentWriter, published: Published) -> None:
    writer.add(number("quick"), RECORD)

    assert published.event.wait(5), "the timer has not published it"

    writer.add(number("slow"), RECORD)
    writer.close()
    assert published.variables == [["quick"], ["slow"]]


def test_that_many_quick_results_make_few_files(writer: FragmentWriter, published: Published) -> None:
    begun = time.monotonic()
    for i in range(300):
        writer.add(number(f"v{i}"), RECORD)
        writer.settle()
    writer.close()

    assert [n for names in published.variables for n in names] == [f"v{i}" for i in range(300)]
    assert len(published.paths) <= 5 + (time.monotonic() - begun) / 0.2


def test_that_the_records_of_very_many_variables_fit(writer: FragmentWriter, published: Published) -> None:
    for i in range(2000):
        writer.add(Entry(f"variable_with_a_long_name_{i}"), {**RECORD, "outcome": "none"})
    writer.close()

    found = 0
    for path in published.paths:
        with h5py.File(path) as file:
            found += len(json.loads(file.attrs["desk_computed"]))
    assert found == 2000


def test_that_nothing_to_write_makes_no_file(writer: FragmentWriter, tmp_path: Path) -> None:
    writer.settle()
    writer.close()

    assert not (tmp_path / "extracted_data").exists()


def test_that_files_follow_the_umask(writer: FragmentWriter, published: Published) -> None:
    before = os.umask(0o027)
    try:
        writer.add(number("a"), RECORD)
        writer.close()
    finally:
        os.umask(before)

    assert stat.S_IMODE(published.paths[0].stat().st_mode) == 0o640


def test_that_large_arrays_are_compressed_and_small_ones_are_not(writer: FragmentWriter, published: Published) -> None:
    writer.add(Entry("large", stored=Stored(None, np.zeros(200_000))), RECORD)
    writer.add(Entry("small", stored=Stored(None, np.zeros(1000))), RECORD)
    long = np.zeros((500, 500))
    writer.add(Entry("beside", stored=Stored(None, np.zeros(1)), preview=Stored(None, long), summary=Summary(long)), {})
    writer.close()

    with h5py.File(published.paths[0]) as file:
        for place in ("large/data", ".preview/beside", ".reduced/beside"):
            assert (file[place].compression, file[place].shuffle) == ("gzip", True)
        assert file["small/data"].compression is None


@pytest.mark.parametrize("place", ["data", "preview"])
def test_that_an_entry_that_fails_half_way_leaves_no_trace(
    writer: FragmentWriter, published: Published, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """What xarray cannot write may be there in part when it says so."""
    bad = Stored(
        "dataset",
        xr.Dataset({"fine": ("x", [1, 2]), "bad": ("y", np.array([{}, 1], dtype=object))}),
    )
    good = Stored(None, np.ones(3))
    writer.add(number("before"), RECORD)

    with pytest.raises(CannotSave):
        writer.add(
            Entry("broken", stored=bad, preview=good) if place == "data" else Entry("broken", stored=good, preview=bad),
            RECORD,
        )
    writer.add(Entry("broken", error=("CannotSave", "why")), {**RECORD, "outcome": "error"})
    writer.add(number("after"), RECORD)
    writer.close()

    (path,) = published.paths
    names: set[str] = set()
    with h5py.File(path) as file:
        file.visit(names.add)
        assert file["before/data"][()] == file["after/data"][()] == 1.0
        assert json.loads(file.attrs["desk_computed"])["broken"]["outcome"] == "error"
    assert {n for n in names if "broken" in n} == {".errors/broken"}
    monkeypatch.undo()


def test_that_an_interrupted_netcdf_group_is_removed(
    writer: FragmentWriter, published: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(path: Path, group: str, _: xr.Dataset) -> None:
        with h5py.File(path, "a") as file:
            file[f"{group}/half"] = 1
        raise OSError("disk trouble")

    monkeypatch.setattr(netcdf, "append_group", half)

    with pytest.raises(OSError, match="disk trouble"):
        writer.add(Entry("x", stored=Stored("dataset", xr.Dataset({"a": 1}))), RECORD)
    writer.add(number("y"), RECORD)
    writer.close()

    with h5py.File(published.paths[0]) as file:
        assert "x" not in file
        assert "y" in file


def test_that_a_folder_that_cannot_be_written_is_a_clear_failure(tmp_path: Path, published: Published) -> None:
    (tmp_path / "file").write_text("in the way")
    writer = FragmentWriter(tmp_path / "file", "p1_r2", "abc", published)

    with pytest.raises(FragmentFailed, match="cannot be written"):
        writer.add(number("a"), RECORD)


def test_that_a_full_disk_publishes_nothing_broken(tmp_path: Path) -> None:
    """A limit on the file size stands for the full disk: HDF5 fails at a write, or only when it closes."""
    code = """
        import os, resource, sys
        from pathlib import Path
        import h5py, numpy as np
        from damnit_ctx.entry import Entry
        from damnit_ctx.kinds import Stored
        from damnit_ctx.write import FragmentFailed, FragmentWriter
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))
        writer = FragmentWriter(Path(sys.argv[1]), "p1_r2", "abc", lambda path, names: print("published", *names))
        record = {"outcome": "ok"}
        try:
            for i in range(100):
                writer.add(Entry(f"v{i}", stored=Stored(None, np.random.rand(500))), record)
            writer.close()
        except (FragmentFailed, OSError) as error:
            print("failed", type(error).__name__)
        try:
            writer.close()
        except FragmentFailed:
            print("failed again", flush=True)
        os._exit(0)  # as workers do: HDF5 itself may crash at a regular exit, with a file that it could not write
    """
    package = str(Path(netcdf.__file__).parents[1])

    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), str(tmp_path / "out")],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": package},
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "failed" in done.stdout
    for path in (tmp_path / "out").iterdir():
        assert path.name.endswith(".ready.h5")
        with h5py.File(path) as file:  # whole, if it is there
            assert json.loads(file.attrs["desk_computed"])


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 4 MB, where this user may mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("no disk of its own can be mounted here")
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.mark.skipif(shutil.which("mount") is None, reason="needs mount")
def test_that_what_does_not_fit_on_the_disk_fails_alone(small_disk: Path, published: Published) -> None:
    """Results far too large, plain and labelled, and one that is too large for what the others have left."""
    writer = FragmentWriter(small_disk, "p1_r2", "abc", published)
    noise = np.random.default_rng(1).random(5_000_000)
    too_large = {
        "plain": Stored(None, noise),
        "labelled": Stored("dataset", xr.Dataset({"x": ("i", noise)})),
        "less": Stored(None, noise[:1_000_000]),
    }
    for name, stored in too_large.items():
        writer.add(number(f"before_{name}"), RECORD)
        with pytest.raises(OSError, match="No space left on device in"):
            writer.add(Entry(name, stored=stored), RECORD)
        writer.add(Entry(name, error=("OSError", "full")), {**RECORD, "outcome": "error"})
        writer.settle()
    writer.add(Entry("fits", stored=Stored(None, noise[:100_000])), RECORD)
    writer.close()

    found = {}
    for path in published.paths:
        with h5py.File(path) as file:
            found.update({name: file[name]["data"].size for name in file if not name.startswith(".")})
            found.update(dict.fromkeys(file[".errors"], 0))
            assert set(json.loads(file.attrs["desk_computed"])) <= set(found)
    assert found == {
        "before_plain": 1, "plain": 0, "before_labelled": 1, "labelled": 0, "before_less": 1, "less": 0,
        "fits": 100_000,
    }  # fmt: skip
    assert not list(small_disk.glob("*.writing.h5"))


def test_that_an_error_in_the_timer_is_raised_at_the_next_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = FragmentWriter(tmp_path / "out", "p1_r2", "abc", lambda *_: None)
    failed = threading.Event()

    def no_rename(*_: Any) -> Any:
        failed.set()
        raise OSError("renaming is forbidden")

    monkeypatch.setattr(Path, "rename", no_rename)
    writer.add(number("a"), RECORD)
    assert failed.wait(5)

    with pytest.raises(FragmentFailed, match="renaming is forbidden"):
        writer.settle()
    assert list((tmp_path / "out").iterdir()) == []
