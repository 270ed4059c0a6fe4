"""Whether two full results are the same, found without reading more than it takes."""

from typing import Any

import h5py
import numpy as np

from .copying import DIMENSIONS, USES

_REFERENCES = (DIMENSIONS, USES, "_Netcdf4Dimid", "_Netcdf4Coordinates", "_nc3_strict")
"""How netCDF ties a result together within its file: made anew with every copy."""
_BLOCK_BYTES = 1 << 24


def same_result(one: h5py.Group | h5py.Dataset, other: h5py.Group | h5py.Dataset) -> bool:
    """Whether two results hold the same data and attributes. In doubt they do not."""
    if isinstance(one, h5py.Group) != isinstance(other, h5py.Group) or not _same_attributes(one, other):
        return False
    if isinstance(one, h5py.Group):
        return set(one) == set(other) and all(same_result(one[name], other[name]) for name in one)
    if one.shape != other.shape or one.dtype != other.dtype:
        return False
    if one.chunks is not None and one.chunks == other.chunks:
        return _same_chunks(one, other)
    return _same_blocks(one, other)


def _same_attributes(one: h5py.Group, other: h5py.Group) -> bool:
    names = set(one.attrs) - set(_REFERENCES)
    return names == set(other.attrs) - set(_REFERENCES) and all(
        _same_array(np.asarray(one.attrs[name]), np.asarray(other.attrs[name])) for name in names
    )


def _same_chunks(one: h5py.Dataset, other: h5py.Dataset) -> bool:
    """Compare the chunks as they are stored: what is compressed alike is alike, and need not be decompressed."""
    if one.id.get_storage_size() != other.id.get_storage_size():
        return False
    if h5py.check_string_dtype(one.dtype) is not None:  # the chunks hold only where the texts are
        return _same_array(one[()], other[()])
    offsets: list[tuple[int, ...]] = []
    one.id.chunk_iter(lambda chunk: offsets.append(chunk.chunk_offset))
    there: list[tuple[int, ...]] = []
    other.id.chunk_iter(lambda chunk: there.append(chunk.chunk_offset))
    return set(offsets) == set(there) and all(
        one.id.read_direct_chunk(offset) == other.id.read_direct_chunk(offset) for offset in offsets
    )


def _same_blocks(one: h5py.Dataset, other: h5py.Dataset) -> bool:
    if one.ndim == 0 or one.size == 0:
        return _same_array(np.asarray(one[()]), np.asarray(other[()]))
    step = max(1, _BLOCK_BYTES * one.shape[0] // max(1, one.nbytes))
    return all(
        _same_array(one[start : start + step], other[start : start + step]) for start in range(0, one.shape[0], step)
    )


def _same_array(one: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> bool:
    """Bit by bit, so that NaN is like itself; objects, which are texts here, by their values."""
    if one.shape != other.shape or one.dtype != other.dtype:
        return False
    return bool(np.array_equal(one, other)) if one.dtype.hasobject else one.tobytes() == other.tobytes()
