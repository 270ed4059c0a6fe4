"""Large arrays: cut into chunks, compressed where that pays, without a second copy of them."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import damnit_ctx
import h5py
import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
import xarray as xr
from damnit_ctx import chunks, netcdf
from hypothesis import given, settings
from hypothesis import strategies as st

NOISE = np.random.default_rng(1).random((4, 100_000))
ALL_FILTERS, NO_SHUFFLE, NO_FILTER = 0, 1, 3


@pytest.fixture
def write(tmp_path: Path) -> Any:
    """Write an array in chunks; gives the dataset in the file, opened for reading."""

    def write(array: Any) -> h5py.Dataset:
        with h5py.File(tmp_path / "x.h5", "w") as file:
            chunks.write_chunked(file, "x", array)
        return h5py.File(tmp_path / "x.h5")["x"]

    return write


@given(hnp.array_shapes(min_dims=1, max_dims=5, max_side=3000), st.sampled_from([1, 2, 8, 16]))
def test_that_chunks_are_of_a_good_size_and_cover_the_array(shape: tuple[int, ...], itemsize: int) -> None:
    chunk = chunks.chunk_shape(shape, itemsize)

    size = math.prod(chunk) * itemsize
    assert all(1 <= c <= n for c, n in zip(chunk, shape))
    assert size <= 2 * chunks.CHUNK_BYTES
    assert size >= chunks.CHUNK_BYTES / 4 or size >= math.prod(shape) * itemsize / 4 or chunk[-1] * 2 >= shape[-1]
    stored = math.prod(math.ceil(n / c) * c for c, n in zip(chunk, shape))
    assert stored <= 2 * math.prod(shape)


def test_that_an_image_of_a_stack_lies_in_few_chunks() -> None:
    assert chunks.chunk_shape((2000, 512, 1024), 4) == (1, 256, 1024)
    assert chunks.chunk_shape((500, 40_000), 2) == (13, 40_000)
    assert chunks.chunk_shape((3000, 400), 4) == (600, 400)


@given(
    array=hnp.arrays(
        st.one_of(hnp.integer_dtypes(endianness="?"), hnp.floating_dtypes(endianness="?"), hnp.boolean_dtypes(),
                  hnp.complex_number_dtypes(endianness="?", sizes=(64, 128))),
        hnp.array_shapes(min_dims=1, max_dims=4, max_side=9),
    ),
    order=st.sampled_from("CF"),
    size=st.sampled_from([16, 64, 1 << 20]),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_that_any_array_is_read_as_it_was_written(array: Any, order: Any, size: int) -> None:
    with pytest.MonkeyPatch.context() as patch, h5py.File("x", "w", driver="core", backing_store=False) as file:
        patch.setattr(chunks, "CHUNK_BYTES", size)
        chunks.write_chunked(file, "x", np.asarray(array, order=order))

        assert file["x"].dtype == array.dtype
        np.testing.assert_array_equal(file["x"][()], array)


def masks(dataset: h5py.Dataset) -> list[int]:
    return [dataset.id.get_chunk_info(i).filter_mask for i in range(dataset.id.get_num_chunks())]


def test_that_each_chunk_is_stored_in_the_way_that_suits_it(write: Any) -> None:
    """The beginning is noise, then come counts that share their upper bytes, then texts of numbers."""
    counts = np.random.default_rng(1).poisson(1000, (2, 131_072)).astype(np.int64)
    levels = np.random.default_rng(1).choice(np.array([0.1, 0.7, 3.3]), (2, 131_072)).view(np.int64)
    noise = np.random.default_rng(1).integers(-(2**63), 2**63 - 1, (2, 131_072))

    dataset = write(np.concatenate([noise, counts, levels]))

    assert (dataset.compression, dataset.compression_opts, dataset.shuffle) == ("gzip", 1, True)
    assert masks(dataset) == [NO_FILTER] * 2 + [ALL_FILTERS] * 2 + [NO_SHUFFLE] * 2


def test_that_what_compresses_takes_little_space_and_what_does_not_hardly_more_than_it_is(write: Any) -> None:
    zeros, noise = np.zeros((4, 1000, 1000), np.float32), NOISE

    assert write(zeros).id.get_storage_size() < zeros.nbytes / 100
    assert write(noise).id.get_storage_size() < noise.nbytes * 1.05


def test_that_a_failure_in_a_thread_is_raised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> Any:
        raise MemoryError("no room for a chunk")

    monkeypatch.setattr(chunks, "_chunk", fail)

    with h5py.File(tmp_path / "x.h5", "w") as file, pytest.raises(MemoryError, match="no room"):
        chunks.write_chunked(file, "x", NOISE)


def test_that_large_xarray_variables_are_compressed_only_if_that_pays(tmp_path: Path) -> None:
    dataset = xr.Dataset(
        {"noise": (("y", "x"), NOISE), "zeros": (("y", "x"), np.zeros((4, 100_000))), "small": ("y", np.zeros(4))},
        coords={"x": np.arange(100_000), "long": ("z", np.arange(200_000))},
    )

    netcdf.append_group(tmp_path / "x.h5", "group", dataset)

    with h5py.File(tmp_path / "x.h5") as file:
        compression = {name: file["group"][name].compression for name in (*dataset.data_vars, *dataset.coords)}
        assert compression == {"noise": None, "zeros": "gzip", "small": "gzip", "x": None, "long": "gzip"}
        assert file["group/zeros"].chunks == (1, 100_000)


#: Each 64 MB.
MEASURED = {
    "one dimension": "noise",
    "one row": "noise.reshape(1, -1)",
    "a stack of images": "noise.reshape(-1, 512, 512)",
    "every second column": "np.repeat(noise, 2).reshape(-1, 512)[::-1, ::2]",
    "columns first": "noise.reshape(-1, 512).T",
    "the last axis first": "noise.reshape(-1, 512, 512).transpose(2, 1, 0)",
    "the same row many times": "np.broadcast_to(noise[:1000], (16_000, 1000))",
    "whole numbers": "noise.view(np.int16)",
    "truths": "(noise.view(np.uint8) > 100).reshape(-1, 4096)",
    "complex numbers": "noise.view(np.complex64)",
    "another byte order": "noise.astype('>f4')",
    "with gaps": "np.where(noise > 0.1, noise, np.float32('nan')).reshape(-1, 4096)",
    "in a file": "np.memmap(sys.argv[1] + '/mapped', 'f4', 'w+', shape=(noise.size // 4096, 4096))",
    "labelled, one dimension": "xr.DataArray(noise, dims='x', coords={'x': np.arange(len(noise))})",
    "labelled images": "xr.DataArray(noise.reshape(-1, 512, 512), dims=['train', 'y', 'x'])",
    "labelled, columns first": "xr.DataArray(noise.reshape(-1, 512), dims=['y', 'x']).T",
    "labelled whole numbers": "xr.DataArray(noise.view(np.int16).reshape(-1, 512), dims=['y', 'x'])",
    "labelled truths": "xr.DataArray((noise.view(np.uint8) > 100).reshape(-1, 512), dims=['y', 'x'])",
    "labelled, another byte order": "xr.DataArray(noise.astype('>f4'), dims='x')",
}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="nothing else says what the peak was since then")
def test_that_no_second_copy_of_a_large_array_is_made(tmp_path: Path) -> None:
    """Peak memory of a process while it summarises and writes 64 MB; the largest is what sixteen chunks take."""
    code = """
        import os, sys
        from pathlib import Path
        import h5netcdf, h5py, numpy as np, xarray as xr
        from damnit_ctx import entry, kinds, summary
        from damnit_ctx.cell import Cell
        from damnit_ctx.usage import Meter
        def keep(name, value):
            path = Path(sys.argv[1]) / "x.h5"
            with h5py.File(path, "w") as file:
                for place in entry.PLACES: file.create_group(place)
            cell = Cell(kinds.normalised(value))
            stored = kinds.encode(cell.data)
            made = entry.Entry(name, stored=stored, summary=summary.summarise(cell, stored, None),
                               max_diff=summary.max_diff(cell.data))
            entry.write(h5py.File(path, "r+"), path, made).close()
        keep("small", xr.DataArray(np.zeros((600, 600)), dims=["y", "x"]))
        noise = np.random.default_rng(1).random(15 << 20, dtype=np.float32)
        for value in sys.argv[2:]:
            if os.fork() == 0:  # a process for each, with everything imported
                value = eval(value)
                meter = Meter()
                keep("x", value)
                mapped = value.nbytes if isinstance(value, np.memmap) else 0  # what the file has counts as well
                print((meter.read()["memory"] - mapped) / 1e6, flush=True)
                os._exit(0)
            assert os.wait()[1] == 0
    """
    environment = {**os.environ, "PYTHONPATH": str(Path(damnit_ctx.__file__).parents[1])}

    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), str(tmp_path), *MEASURED.values()],
        capture_output=True, text=True, env=environment, timeout=120, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    grown = dict(zip(MEASURED, map(float, done.stdout.split())))
    assert len(grown) == len(MEASURED)
    assert max(grown.values()) < 30, grown
