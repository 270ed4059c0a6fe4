"""Size and time of storing typical results: `python -m benchmarks.storage`.

Compares what `damnit_ctx` does with plain arrays, as DAMNIT 0.4.0 stores them, and with HDF5's own filters that every
h5py reads. Times are from the array in memory to the file on disk (synced), and back. `--elements 100000000` stores
arrays of that length, and tells how much memory that takes beside them.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import h5py
import msgspec
import numpy as np
import typer
import xarray as xr
from damnit_ctx import entry, kinds
from damnit_ctx.cell import Cell
from damnit_ctx.chunks import chunk_shape, write_chunked
from damnit_ctx.summary import max_diff, summarise
from damnit_ctx.usage import Meter
from numpy.typing import NDArray

Array = NDArray[Any]
Writer = Callable[[h5py.Group, str, Array], object]


@dataclass(frozen=True)
class Measured:
    """One kind of data stored in one way: bytes in the file as a part of those in memory, and MB/s of the latter."""

    data: str
    way: str
    size: float
    write: float
    read: float


def typical_data(megabytes: float) -> dict[str, Array]:
    """Results as Variables return them, of about that size each."""
    random = np.random.default_rng(1)
    frames = max(1, round(megabytes * 1e6 / (4 * 512 * 1024)))
    shape = (frames, 512, 1024)
    photons = random.poisson(0.05, shape) * np.float32(9)
    detector = (random.normal(0, 1.2, shape) + photons).astype(np.float32)
    time_axis = np.arange(40_000)
    pulse = 2000 * np.sin(time_axis / 50) * np.exp(-time_axis / 9000)
    traces = pulse + random.normal(0, 3, (frames * 10, len(time_axis)))
    return {
        "detector images, float32": detector,
        "the same above a threshold, float32": np.where(detector > 5, detector, 0).astype(np.float32),
        "raw detector images, uint16": random.normal(1500, 20, shape).astype(np.uint16),
        "photon counts, uint16": random.poisson(0.02, shape).astype(np.uint16),
        "noise, float64": random.random(frames * 512 * 512),
        "digitizer traces, int16": traces.astype(np.int16),
        "the same in volts, float32": traces.astype(np.int16) * np.float32(0.0305),
        "train ids, uint64": np.arange(frames * 50_000, dtype=np.uint64) + 2_000_000_000,
        "pulse energies, float32": random.normal(900, 90, (frames * 400, 400)).astype(np.float32),
        "mask, bool": random.random(shape) > 0.02,
    }


def filtered(**filters: Any) -> Writer:
    """HDF5's own filters, with our chunks."""

    def write(group: h5py.Group, name: str, array: Array) -> object:
        return group.create_dataset(name, data=array, chunks=chunk_shape(array.shape, array.itemsize), **filters)

    return write


WAYS: dict[str, Writer] = {
    "plain (0.4.0)": lambda group, name, array: group.create_dataset(name, data=array),
    "gzip 1": filtered(compression="gzip", compression_opts=1),
    "gzip 1, shuffle": filtered(compression="gzip", compression_opts=1, shuffle=True),
    "gzip 4, shuffle": filtered(compression="gzip", compression_opts=4, shuffle=True),
    "lzf, shuffle": filtered(compression="lzf", shuffle=True),
    "damnit_ctx": write_chunked,
}


def measure(path: Path, data: str, array: Array, way: str) -> Measured:
    """Write and read once."""
    path.unlink(missing_ok=True)
    begun = time.perf_counter()
    with h5py.File(path, "w") as file:
        WAYS[way](file, "x", array)
    with path.open("rb") as written:
        os.fsync(written.fileno())
    write = time.perf_counter() - begun
    begun = time.perf_counter()
    with h5py.File(path) as file:
        read = file["x"][()]
    seconds = time.perf_counter() - begun
    if not np.array_equal(read, array):
        raise SystemExit(f"{data}, {way}: what is read is not what was written")
    megabytes = array.nbytes / 1e6
    return Measured(data, way, path.stat().st_size / array.nbytes, megabytes / write, megabytes / seconds)


def best(measured: list[Measured]) -> Measured:
    """The quickest writing and the quickest reading of several: what disturbs only ever slows down."""
    first = measured[0]
    return Measured(
        first.data, first.way, first.size, max(item.write for item in measured), max(item.read for item in measured)
    )


@dataclass(frozen=True)
class Streamed:
    """A very large result: its megabytes, the seconds to summarise and write it, and the memory that took (MB)."""

    data: str
    megabytes: float
    seconds: float
    memory: float


def very_large(elements: int) -> dict[str, Callable[[], Any]]:
    """Arrays of that many elements, about, in the ways in which they may lie in memory."""
    columns = 10_000
    base = np.random.default_rng(1).random((elements // columns, columns), dtype=np.float32)
    return {
        "float32": lambda: base,
        "float32, one dimension": base.ravel,
        "float32, columns first": lambda: base.T,
        "float32, the other byte order": lambda: base.byteswap().view(base.dtype.newbyteorder()),
        "float32, labelled": lambda: xr.DataArray(base, dims=["y", "x"]),
        "float32, labelled, columns first": lambda: xr.DataArray(base.T, dims=["y", "x"]),
        "int16": lambda: (base * 1000).astype(np.int16),
    }


def stream(path: Path, data: str, value: Any) -> Streamed:
    """Do with a value what is done with a Variable's result."""
    path.unlink(missing_ok=True)
    meter = Meter()
    begun = time.perf_counter()
    with h5py.File(path, "w") as file:
        for place in entry.PLACES:
            file.create_group(place)
    cell = Cell(value)
    stored = kinds.encode(value)
    summary = summarise(cell, stored, None)
    made = entry.Entry("x", stored=stored, summary=summary, max_diff=max_diff(value))
    entry.write(h5py.File(path, "r+"), path, made).close()
    memory = meter.read()["memory"] or 0
    return Streamed(data, value.nbytes / 1e6, time.perf_counter() - begun, memory / 1e6)


def main(
    megabytes: Annotated[float, typer.Option(help="Size of each kind of data.")] = 24,
    elements: Annotated[int, typer.Option(help="Instead: the memory it takes to store arrays of so many.")] = 0,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure each way with each kind of data."""
    measured: list[Measured] = []
    streamed: list[Streamed] = []
    with tempfile.TemporaryDirectory(prefix="damnit-storage-") as directory:
        path = Path(directory) / "x.h5"
        if elements:
            stream(path, "warming up", xr.DataArray(np.zeros((4, 4))))
            streamed = [stream(path, data, make()) for data, make in very_large(elements).items()]
        else:
            measure(path, "warming up", np.zeros((4, 512, 1024)), "damnit_ctx")
            for data, array in typical_data(megabytes).items():
                measured += [best([measure(path, data, array, way) for _ in range(3)]) for way in WAYS]
    show(measured, streamed, json=json)


def show(measured: list[Measured], streamed: list[Streamed], *, json: bool) -> None:
    """Print what was measured."""
    if json:
        found = [*map(asdict, measured), *map(asdict, streamed)]
        report = {"cores": len(os.sched_getaffinity(0)), "measured": found}
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(report)).decode() + "\n")
        return
    for data in dict.fromkeys(item.data for item in measured):
        print(data)
        for item in (item for item in measured if item.data == data):
            print(
                f"  {item.way:<18}{item.size:7.3f} of its size{item.write:7.0f} MB/s written{item.read:7.0f} MB/s read"
            )
    for large in streamed:
        print(f"{large.data:<36}{large.megabytes:7.0f} MB{large.seconds:7.2f} s{large.memory:7.1f} MB more memory")


if __name__ == "__main__":
    typer.run(main)
