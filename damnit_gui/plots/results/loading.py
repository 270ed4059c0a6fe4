"""Reading a result from its file, for a task: what to show first, and the whole when it is asked for."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from damnit_backend.core.errors import UserError
from damnit_backend.store.results import PREVIEW, DamagedResultsError, Result, open_results, read_preview, read_result

LARGE = 500_000_000
"""Bytes from which on a result is read only when somebody asks for it."""


@dataclass(frozen=True, slots=True, eq=False)
class Loaded:
    """What was read. ``result`` is None where the whole is large and there is no preview; ``size`` in bytes."""

    result: Result | None
    size: int
    preview: bool = False


def load_first(path: Path, name: str) -> Loaded:
    """The preview if there is one, else the whole unless it is large. UserError if it cannot be read."""
    with _enough_memory(name):
        size, preview = _survey(path, name)
        if not preview and size > LARGE:
            return Loaded(None, size)
        return Loaded(read_preview(path, name), size, preview)


def load_whole(path: Path, name: str) -> Loaded:
    """All of it. UserError if it cannot be read, or is larger than the memory."""
    with _enough_memory(name):
        return Loaded(read_result(path, name), 0)


def _survey(path: Path, name: str) -> tuple[int, bool]:
    """How large the whole is, and whether there is a preview."""
    try:
        with open_results(path) as file:
            return _size(file.get(name)), f"{PREVIEW}/{name}" in file
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        # What h5py raises where the inside of a file is broken.
        raise DamagedResultsError(path, error) from error


@contextmanager
def _enough_memory(name: str) -> Iterator[None]:
    try:
        yield
    except MemoryError as error:
        raise UserError(
            f"{name} does not fit into this computer's memory.", "Read a part of it in a notebook."
        ) from error


def _size(node: Any) -> int:
    """Bytes in memory of a dataset, or of all below a group."""
    if node is None:
        return 0
    size = getattr(node, "nbytes", None)
    if size is not None:
        return int(size)
    return sum(_size(node[name]) for name in node)


def size_text(size: int) -> str:
    """A size for people."""
    value = float(size)
    for unit in ("bytes", "kB", "MB"):
        if value < 1000:
            return f"{value:.3g} {unit}"
        value /= 1000
    return f"{value:.3g} GB"
