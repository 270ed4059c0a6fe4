"""Reading a result from its file, for a task: what to show first, and the whole when it is asked for."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from damnit_backend.core.errors import UserError
from damnit_backend.store.results import PREVIEW, Result, open_results, read_preview, read_result

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
    try:
        with open_results(path) as file:
            size = _size(file.get(name))
            preview = f"{PREVIEW}/{name}" in file
        if not preview and size > LARGE:
            return Loaded(None, size)
        return Loaded(read_preview(path, name), size, preview)
    except _TROUBLE as error:
        raise _unreadable(path, name, error) from error


def load_whole(path: Path, name: str) -> Loaded:
    """All of it. UserError if it cannot be read, or is larger than the memory."""
    try:
        result = read_result(path, name)
    except _TROUBLE as error:
        raise _unreadable(path, name, error) from error
    return Loaded(result, 0)


_TROUBLE = (OSError, ValueError, KeyError, RuntimeError, TypeError, MemoryError)
"""What h5py, xarray and pandas raise for files that are damaged or not as they should be."""


def _unreadable(path: Path, name: str, error: BaseException) -> UserError:
    if isinstance(error, MemoryError):
        return UserError(f"{name} does not fit into this computer's memory.", "Read a part of it in a notebook.")
    return UserError(f"The result {name} in {path.name} cannot be read: {error}", "Reprocess the run to make it anew.")


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
