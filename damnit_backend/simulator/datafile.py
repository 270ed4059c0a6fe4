"""One HDF5 file in the European XFEL's format, version 1.2: written under another name, renamed when whole.

The parts: METADATA says which sources the file holds, INDEX/trainId which trains. CONTROL has one value a train of
slow sources and RUN their values at the run's start; INSTRUMENT has the data of fast sources, and INDEX/<source>
which rows belong to which train.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from damnit_backend.simulator.options import TRAINS_PER_SECOND

FORMAT_VERSION = "1.2"
BLOCK_BYTES = 16 * 2**20
CHUNK_BYTES = 2**18

METADATA_BYTES = 2**18
"""Not much less than what a run's files take beside the data of fast sources."""

Block = Callable[[int, int], NDArray[np.generic]]
"""Makes the data of the trains from the first to before the second number, (trains, …)."""


@dataclass(frozen=True)
class FileInfo:
    """What a file says about itself and its trains; `timestamps` in nanoseconds since 1970, one a train."""

    proposal: int
    run: int
    run_type: str
    sample: str
    train_ids: NDArray[np.uint64]
    timestamps: NDArray[np.uint64]


@dataclass(frozen=True)
class Slow:
    """A property of a slow source: one number a train, or one text for the run; `unit` as (prefix, symbol)."""

    values: ArrayLike | str
    unit: tuple[str, str] = ("", "")


class DataFile:
    """An open file to put sources into. Made by `new_data_file`."""

    def __init__(self, file: h5py.File, info: FileInfo) -> None:
        self._file = file
        self._info = info
        self._sources: list[str] = []
        self._trains = len(info.train_ids)

    def add_control(self, source: str, properties: Mapping[str, Slow]) -> None:
        """Add a slow source: each property has a value for every train."""
        self._sources.append(f"CONTROL/{source}")
        self._write_index(source)
        for key, slow in properties.items():
            if isinstance(slow.values, str):
                values = np.full(self._trains, slow.values.encode(), dtype=h5py.string_dtype())
            else:
                values = np.broadcast_to(np.asarray(slow.values), (self._trains,))
            for section, rows in (("CONTROL", slice(None)), ("RUN", slice(0, 1))):
                group = self._file.create_group(f"{section}/{source}/{key.replace('.', '/')}")
                group.create_dataset("value", data=values[rows], dtype=values.dtype, maxshape=(None,))
                group.create_dataset("timestamp", data=self._info.timestamps[rows], maxshape=(None,))
                _describe_unit(group, slow.unit)

    def add_instrument(
        self,
        source: str,
        keys: Mapping[str, tuple[DTypeLike, tuple[int, ...], Block]],
        unit: tuple[str, str] = ("", ""),
    ) -> None:
        """Add a fast source with one row a train: for each key the type, the shape of a row, and what makes blocks.

        All keys must be in one group, the part of the key before the first dot.
        """
        (group,) = {key.partition(".")[0] for key in keys}
        self._sources.append(f"INSTRUMENT/{source}/{group}")
        self._write_index(f"{source}/{group}")
        root = f"INSTRUMENT/{source}"
        self._file.create_dataset(f"{root}/{group}/trainId", data=self._info.train_ids, maxshape=(None,))
        for key, (dtype, row_shape, block) in keys.items():
            row_bytes = np.dtype(dtype).itemsize * int(np.prod(row_shape))
            dataset = self._file.create_dataset(
                f"{root}/{key.replace('.', '/')}",
                shape=(self._trains, *row_shape),
                dtype=dtype,
                maxshape=(None, *row_shape),
                chunks=(rows_of(CHUNK_BYTES, row_bytes, self._trains), *row_shape),
            )
            _describe_unit(dataset, unit)
            for first, stop in blocks(self._trains, row_bytes):
                dataset[first:stop] = block(first, stop)

    def finish(self) -> None:
        """Write the parts that name the trains and the sources."""
        index = self._file.require_group("INDEX")
        index["trainId"] = self._info.train_ids
        index["timestamp"] = self._info.timestamps
        index["flag"] = np.ones(self._trains, np.int32)
        index["origin"] = np.full(self._trains, -1, np.int32)
        text = h5py.string_dtype("ascii")
        listing = self._file.create_group("METADATA/dataSources")
        parts = [source.partition("/") for source in self._sources]
        listing.create_dataset("dataSourceId", data=self._sources, dtype=text)
        listing.create_dataset("root", data=[root for root, _, _ in parts], dtype=text)
        listing.create_dataset("deviceId", data=[device for _, _, device in parts], dtype=text)
        self._write_metadata(self._file["METADATA"])

    def _write_metadata(self, metadata: h5py.Group) -> None:
        texts = {
            "dataFormatVersion": FORMAT_VERSION,
            "creationDate": _date(self._info.timestamps[0]),
            "updateDate": _date(self._info.timestamps[-1]),
            "daqLibrary": "simulated",
            "karaboFramework": "simulated",
            "runType": self._info.run_type,
            "sample": self._info.sample,
        }
        for name, value in texts.items():
            metadata[name] = [value.encode()]
        numbers = {"proposalNumber": self._info.proposal, "runNumber": self._info.run, "sequenceNumber": 0}
        for name, number in numbers.items():
            metadata[name] = np.array([number], np.uint32)

    def _write_index(self, path: str) -> None:
        """Every train has exactly one row."""
        self._file[f"INDEX/{path}/first"] = np.arange(self._trains, dtype=np.uint64)
        self._file[f"INDEX/{path}/count"] = np.ones(self._trains, np.uint64)


@contextmanager
def new_data_file(path: Path, info: FileInfo) -> Iterator[DataFile]:
    """Write the file `path`; it appears there, complete, when the block ends without an error."""
    aside = path.with_suffix(".h5.tmp")
    try:
        with h5py.File(aside, "w") as file:
            data_file = DataFile(file, info)
            yield data_file
            data_file.finish()
        aside.rename(path)
    finally:
        aside.unlink(missing_ok=True)


def train_times(start_time: float, trains: int) -> NDArray[np.uint64]:
    """When each train came, in nanoseconds since 1970, for a run that began at `start_time` (seconds)."""
    period = 10**9 // TRAINS_PER_SECOND
    begin = np.uint64(round(start_time * 1e6)) * np.uint64(1000)  # a float of today's date has no nanoseconds
    return begin + np.arange(trains, dtype=np.uint64) * np.uint64(period)


def blocks(trains: int, row_bytes: int) -> Iterator[tuple[int, int]]:
    """Split the trains so that no block of rows is much larger than `BLOCK_BYTES`: pairs of first and stop."""
    step = rows_of(BLOCK_BYTES, row_bytes, trains)
    return ((first, min(first + step, trains)) for first in range(0, trains, step))


def rows_of(size: int, row_bytes: int, trains: int) -> int:
    """How many rows fit in `size` bytes: at least one, at most all."""
    return min(max(1, size // row_bytes), trains)


def _describe_unit(item: h5py.Group | h5py.Dataset, unit: tuple[str, str]) -> None:
    prefix, symbol = unit
    for name, value in (("unitSymbol", symbol), ("metricPrefixSymbol", prefix)):
        if value:
            item.attrs.create(name, value, dtype=h5py.string_dtype("ascii"))


def _date(timestamp: np.uint64) -> str:
    return datetime.fromtimestamp(int(timestamp) / 1e9, UTC).strftime("%Y%m%dT%H%M%SZ")
