"""Large arrays in HDF5: a chunk at a time, each compressed if that pays, on several cores.

HDF5's own filters work on one core, ask for the whole array in one piece, and compress noise, which takes long and
saves nothing. Here chunks are made ready by threads (zlib lets others run meanwhile) and handed over as they lie in the
file; a chunk says by its filter mask which filters it has not gone through, and every reader of HDF5 heeds that.
"""

from __future__ import annotations

import itertools
import math
import os
import zlib
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Union

import h5py
import numpy as np
from numpy.typing import NDArray

#: Arrays above this size (bytes) are compressed.
COMPRESS_ABOVE = 1_000_000
#: Bytes of a chunk, about: what a reader of one image or one trace has to decompress.
CHUNK_BYTES = 1 << 20
#: gzip's level: higher ones take two to four times as long for a few percent.
LEVEL = 1
#: A chunk is compressed if its sample shrinks below this part.
WORTHWHILE = 0.8
_SAMPLE_BYTES = 1 << 12
_MAX_THREADS = 8
#: A chunk's bytes and its filter mask.
Chunk = tuple[Union[bytes, "NDArray[np.uint8]"], int]
# Bits of a chunk's filter mask: the filters it skips, in their order.
_SKIP_SHUFFLE, _SKIP_ALL = 0b01, 0b11


def is_large(array: NDArray[Any]) -> bool:
    """Whether the array is to be written by `write_chunked`, which knows plain numbers only."""
    return array.ndim > 0 and array.nbytes > COMPRESS_ABOVE and array.dtype.kind in "biufc"


def chunk_shape(shape: tuple[int, ...], itemsize: int) -> tuple[int, ...]:
    """Chunks of about CHUNK_BYTES that keep the last axes whole, so that one image is few chunks."""
    chunk = list(shape)
    for axis, length in enumerate(shape):
        rest = math.prod(chunk[axis + 1 :]) * itemsize
        if length * rest <= CHUNK_BYTES:
            break
        parts = min(length, math.ceil(length * rest / CHUNK_BYTES))
        chunk[axis] = math.ceil(length / parts)  # parts of equal size leave little of the last one empty
    return tuple(chunk)


def write_chunked(group: h5py.Group, name: str, array: NDArray[Any]) -> h5py.Dataset:
    """Write a large array (see `is_large`) as a new dataset, without a copy of it."""
    chunks = chunk_shape(array.shape, array.itemsize)
    dataset = group.create_dataset(
        name,
        shape=array.shape,
        dtype=array.dtype,
        chunks=chunks,
        shuffle=True,
        compression="gzip",
        compression_opts=LEVEL,
    )
    threads = min(_MAX_THREADS, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1)
    waiting: deque[tuple[tuple[int, ...], Future[Chunk]]] = deque()
    with ThreadPoolExecutor(threads, thread_name_prefix="compress") as pool:
        for offset in _offsets(array.shape, chunks):
            if len(waiting) > 2 * threads:
                _hand_over(dataset, *waiting.popleft())
            waiting.append((offset, pool.submit(_chunk, array, offset, chunks)))
        while waiting:
            _hand_over(dataset, *waiting.popleft())
    dataset.flush()  # h5py swallows what fails when it drops the dataset
    return dataset


def _hand_over(dataset: h5py.Dataset, offset: tuple[int, ...], ready: Future[Chunk]) -> None:
    content, mask = ready.result()
    dataset.id.write_direct_chunk(offset, content, mask)


def _offsets(shape: tuple[int, ...], chunks: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    return itertools.product(*(range(0, length, step) for length, step in zip(shape, chunks)))


def blocks(array: NDArray[Any]) -> Iterator[tuple[slice, ...]]:
    """The places of the array's chunks."""
    chunks = chunk_shape(array.shape, array.itemsize)
    for offset in _offsets(array.shape, chunks):
        yield tuple(slice(start, start + step) for start, step in zip(offset, chunks))


def _chunk(array: NDArray[Any], offset: tuple[int, ...], chunks: tuple[int, ...]) -> Chunk:
    """A chunk as it lies in the file, and its filter mask."""
    block = array[tuple(slice(start, start + step) for start, step in zip(offset, chunks))]
    if block.shape != chunks:  # at the end of an axis: chunks are always written whole
        whole = np.zeros(chunks, array.dtype)
        whole[tuple(map(slice, block.shape))] = block
        block = whole
    content = np.ascontiguousarray(block).reshape(-1).view(np.uint8)
    mask = _filter_mask(_sample(content, array.itemsize), array.itemsize)
    if mask == _SKIP_ALL:
        return content, mask
    return _compressed(content if mask else _shuffled(content, array.itemsize)), mask


def _compressed(content: NDArray[np.uint8]) -> bytes:
    return zlib.compress(content.data, LEVEL)


def _filter_mask(sample: NDArray[np.uint8], itemsize: int) -> int:
    """Which filters make least of the data that the sample stands for."""
    plain = len(_compressed(sample))
    shuffled = len(_compressed(_shuffled(sample, itemsize))) if itemsize > 1 else plain
    if min(plain, shuffled) > WORTHWHILE * len(sample):
        return _SKIP_ALL
    return _SKIP_SHUFFLE if plain <= shuffled else 0


def filters_for(array: NDArray[Any]) -> dict[str, Any]:
    """How a writer that asks for one choice for all chunks should store the array: its keywords for h5py.

    None for a large array that does not shrink.
    """
    filters = {"compression": "gzip", "compression_opts": LEVEL, "shuffle": True}
    if not is_large(array):
        return filters if array.ndim > 0 and array.size > 0 else {}
    shape = chunk_shape(array.shape, array.itemsize)
    offsets = [tuple((n - 1) * part // 2 // c * c for n, c in zip(array.shape, shape)) for part in range(3)]
    blocks = [array[tuple(slice(i, i + c) for i, c in zip(offset, shape))] for offset in offsets]
    samples = [_sample(np.ascontiguousarray(b).reshape(-1).view(np.uint8), array.itemsize) for b in blocks]
    mask = _filter_mask(np.concatenate(samples), array.itemsize)
    return {} if mask == _SKIP_ALL else {**filters, "shuffle": mask == 0, "chunksizes": shape}


def _sample(content: NDArray[np.uint8], itemsize: int) -> NDArray[np.uint8]:
    """Elements from the beginning, the middle and the end."""
    length = _SAMPLE_BYTES // itemsize * itemsize
    if content.size <= 3 * length:
        return content
    middle = content.size // itemsize // 2 * itemsize
    return np.concatenate([content[:length], content[middle : middle + length], content[-length:]])


def _shuffled(content: NDArray[np.uint8], itemsize: int) -> NDArray[np.uint8]:
    """As HDF5's shuffle filter orders it: the first bytes of all elements, then the second ones, and so on."""
    return np.ascontiguousarray(content.reshape(-1, itemsize).T).reshape(-1)
