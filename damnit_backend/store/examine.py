"""Reading everything in a run's HDF5 file, to see whether it can be read, and what the table should show of it.

Run it in a process of its own: damage may also make the HDF5 library crash, or read without end.
"""

import enum
import math
from collections.abc import Iterator
from pathlib import Path

import h5py
import msgspec

from damnit_backend.core.attributes import UNREADABLE
from damnit_backend.core.errors import UserError
from damnit_backend.core.fingerprint import fingerprint
from damnit_backend.core.values import Failure

from .fragment_cells import DAMAGES, read_cell
from .own_data import require_own_data
from .results import ERRORS, OBJECT_TYPE, PREVIEW, REDUCED, open_results, read_preview, read_result

PIECE = 64 << 20
"""Bytes that are read at a time."""
WHOLE = 512 << 20
"""A table or labelled array that is no larger is also made into what people get of it."""
IMPLAUSIBLE = 1 << 44


class Depth(enum.StrEnum):
    """How much of a file is read: the names in it, the summaries too, or everything."""

    NAMES = "names"
    SUMMARIES = "summaries"
    ALL = "all"


class FileReport(msgspec.Struct, frozen=True, kw_only=True):
    """What is in a file of results."""

    problem: str = ""
    """Why nothing in it can be read; empty if it opens."""
    unreadable: dict[str, str] = {}
    """What in it cannot be read (a variable, or its preview or summary), and why."""
    cells: dict[str, str] = {}
    """Of each variable that the table shows: the fingerprint of its value, empty if only names were looked at."""


def examine_file(path: Path, depth: Depth) -> FileReport:
    """What is in a file. Raises nothing because of what is in it."""
    try:
        with open_results(path) as file:
            if depth is not Depth.NAMES:
                require_own_data(file)
            shown = sorted({name for place in (REDUCED, ERRORS) if place in file for name in file[place]})
            if depth is Depth.NAMES:
                return FileReport(cells=dict.fromkeys(shown, ""))
            unreadable: dict[str, str] = {}
            cells = _cells(file, shown, unreadable)
            whole = _read_results(file, unreadable) if depth is Depth.ALL else []
        _restore(path, whole, unreadable)
    except _DAMAGES as error:
        return FileReport(problem=_words(error))
    return FileReport(unreadable=unreadable, cells=cells)


_DAMAGES = (*DAMAGES, UserError, MemoryError, RecursionError)


def _words(error: BaseException) -> str:
    text = str(error.__cause__ or error) if isinstance(error, UserError) else str(error)
    return text.strip().splitlines()[0] if text.strip() else type(error).__name__


def _cells(file: h5py.File, names: list[str], unreadable: dict[str, str]) -> dict[str, str]:
    cells = {}
    for name in names:
        value = read_cell(file, name, None).value
        if isinstance(value, Failure) and value.error_cls == UNREADABLE:
            unreadable[f"summary of {name}"] = value.message
        else:
            cells[name] = fingerprint(value)
    return cells


def _read_results(file: h5py.File, unreadable: dict[str, str]) -> list[tuple[str, bool]]:
    """Read every dataset, piece by piece; gives those that are more than one dataset: names, and whether previews."""
    whole = []
    names = [name for name in file if not name.startswith(".")]
    previews = list(file[PREVIEW]) if PREVIEW in file else []
    for name, is_preview in [*((name, False) for name in names), *((name, True) for name in previews)]:
        try:
            node = file[f"{PREVIEW}/{name}" if is_preview else name]
            size = sum(_read(dataset) for dataset in _datasets(node))
            if node.attrs.get(OBJECT_TYPE) is not None and size <= WHOLE:
                whole.append((name, is_preview))
        except _DAMAGES as error:
            unreadable[_place(name, is_preview)] = _words(error)
    return whole


def _place(name: str, is_preview: bool) -> str:
    return f"preview of {name}" if is_preview else name


def _datasets(node: h5py.Group | h5py.Dataset) -> list[h5py.Dataset]:
    if isinstance(node, h5py.Dataset):
        return [node]
    found: list[h5py.Dataset] = []

    def note(_: str, part: h5py.HLObject) -> None:
        if isinstance(part, h5py.Dataset):
            found.append(part)

    node.visititems(note)
    return found


def _read(dataset: h5py.Dataset) -> int:
    """Read all data of a dataset; their size in bytes."""
    if dataset.shape is None:
        return 0
    size = math.prod(dataset.shape) * dataset.dtype.itemsize
    if size > IMPLAUSIBLE:
        raise ValueError(f"its shape {dataset.shape} cannot be right")
    if dataset.chunks is not None and size:
        wanted = math.prod(-(-length // piece) for length, piece in zip(dataset.shape, dataset.chunks, strict=True))
        stored = dataset.id.get_num_chunks()
        if stored != wanted:
            raise ValueError(f"only {stored} of {wanted} pieces of its data are there")
    if h5py.check_string_dtype(dataset.dtype) is not None:
        dataset.asstr(errors="replace")[()]
    else:
        for part in _parts(dataset, size):
            dataset[part]
    return int(size)


def _parts(dataset: h5py.Dataset, size: int) -> Iterator[slice | tuple[()]]:
    """Slices along the first axis, whole chunks of about `PIECE` bytes."""
    if size <= PIECE or not dataset.shape:
        yield ()
        return
    rows = dataset.shape[0]
    step = max(1, rows * PIECE // size)
    if dataset.chunks is not None:
        step = max(1, step // dataset.chunks[0]) * dataset.chunks[0]
    for first in range(0, rows, step):
        yield slice(first, first + step)


def _restore(path: Path, whole: list[tuple[str, bool]], unreadable: dict[str, str]) -> None:
    """Make tables, labelled arrays and figures of what was read, as people will."""
    for name, is_preview in whole:
        try:
            (read_preview if is_preview else read_result)(path, name)
        except _DAMAGES as error:
            unreadable[_place(name, is_preview)] = _words(error)
