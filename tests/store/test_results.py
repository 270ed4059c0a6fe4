import contextlib
import os
import subprocess
import sys

import h5py
import numpy as np
import pytest
import xarray as xr

from damnit_backend.core.errors import UserError
from damnit_backend.store.results import (
    DamagedResultsError,
    NoResultError,
    ResultKind,
    read_preview,
    read_result,
)


@pytest.fixture
def path(tmp_path):
    """A run's file with a result that a test may spoil."""
    path = tmp_path / "p1234_r5.h5"
    with h5py.File(path, "w") as file:
        file["x/data"] = np.arange(3)
        file["text/data"] = "µ – 静"
        file["texts/data"] = np.array(["a", "µ"], dtype=h5py.string_dtype())
        file[".reduced/x"] = 1
    return path


@pytest.fixture
def spoil(path):
    """``spoil(function)`` changes the open file."""

    def change(function) -> None:
        with h5py.File(path, "r+") as file:
            function(file)

    return change


def test_that_plain_results_are_read_by_kind(path):
    assert read_result(path, "x").kind is ResultKind.ARRAY
    assert read_result(path, "text").kind is ResultKind.TEXT
    assert read_result(path, "text").data == "µ – 静"
    assert list(read_result(path, "texts").data) == ["a", "µ"]


@pytest.mark.parametrize("read", [read_result, read_preview])
def test_that_a_missing_result_and_a_missing_file_are_no_damage(path, tmp_path, read):
    with pytest.raises(NoResultError, match="nobody"):
        read(path, "nobody")
    with pytest.raises(NoResultError, match=r"none\.h5"):
        read(tmp_path / "none.h5", "x")


def test_that_an_empty_group_is_no_result(path, spoil):
    spoil(lambda file: file.create_group("empty"))
    with pytest.raises(NoResultError):
        read_result(path, "empty")


@pytest.mark.parametrize("length", [0, 1, 100, 1000, -100])
def test_that_a_file_which_was_cut_off_is_damaged(path, length):
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(DamagedResultsError) as caught:
        read_result(path, "x")
    assert str(path) in caught.value.message


def test_that_a_directory_in_its_place_is_no_damage(tmp_path):
    with pytest.raises(UserError) as caught:
        read_result(tmp_path, "x")
    assert not isinstance(caught.value, DamagedResultsError)


def odd(file: h5py.File) -> None:
    for kind in ("image", "PlotlyFigure", "dataframe", "series", "dataarray", "dataset", "of tomorrow", 5):
        group = file.create_group(f"odd {kind}")
        group["data"] = np.frombuffer(b"\xff not what it should be", np.uint8)
        group.attrs["_damnit_objtype"] = kind
    file["many/a"], file["many/b"] = np.zeros(3), np.zeros(3)
    file["many"].attrs["_damnit_objtype"] = "dataarray"
    file["reference/data"] = file["x"].ref
    file["list"] = np.zeros(2)
    file["list"].attrs["_damnit_objtype"] = ["a", "b"]


def test_that_content_which_is_not_what_it_says_is_a_clear_error_or_shown_as_it_is(path, spoil):
    spoil(odd)
    with h5py.File(path) as file:
        names = [name for name in file if not name.startswith(".")]
    for name in names:
        for read in (read_result, read_preview):
            with contextlib.suppress(UserError):
                assert read(path, name).kind in ResultKind


def test_that_text_which_is_no_unicode_is_readable(path, spoil):
    spoil(lambda file: file.create_dataset("bad/data", data=np.array(b"a\xff", h5py.string_dtype())))
    assert read_result(path, "bad").data == "a\ufffd"


def test_that_a_damaged_compressed_chunk_is_said(path, spoil):
    spoil(lambda file: file.create_dataset("z/data", data=np.arange(10_000), compression="gzip", chunks=(10_000,)))
    with h5py.File(path) as file:
        chunk = file["z/data"].id.get_chunk_info(0)
    with path.open("r+b") as raw:
        raw.seek(chunk.byte_offset + 10)
        raw.write(os.urandom(200))
    with pytest.raises(DamagedResultsError):
        read_result(path, "z")
    assert read_result(path, "x").data.tolist() == [0, 1, 2]


def test_that_a_preview_is_read_in_place_of_the_data(path, spoil):
    spoil(lambda file: file.create_dataset(".preview/x", data=np.zeros((2, 2))))
    assert read_preview(path, "x").data.shape == (2, 2)
    assert read_result(path, "x").data.shape == (3,)


def test_that_an_array_is_named_as_it_was(path):
    named, unnamed = xr.DataArray([1.0], name="intensity"), xr.DataArray([1.0])
    named.to_dataset().to_netcdf(path, mode="a", group="named", engine="h5netcdf")
    unnamed.to_dataset(name="__xarray_dataarray_variable__").to_netcdf(path, mode="a", group="plain", engine="h5netcdf")
    with h5py.File(path, "r+") as file:
        for name in ("named", "plain"):
            file[name].attrs["_damnit_objtype"] = "dataarray"
    assert read_result(path, "named").data.name == "intensity"
    assert read_result(path, "plain").data.name is None


def test_that_reading_never_waits_for_a_writer_in_another_process(path):
    code = "import h5py, sys; f = h5py.File(sys.argv[1], 'r+'); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout.readline() == "open\n"
        assert read_result(path, "x").data.tolist() == [0, 1, 2]
        writer.communicate("")


def test_that_a_notebook_may_have_the_file_open_by_itself(path):
    with h5py.File(path, "r"):
        assert read_result(path, "x").data.tolist() == [0, 1, 2]
