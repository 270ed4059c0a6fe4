"""Fragments: the small HDF5 files in which context processes hand over results, read back as table cells."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import h5py
import msgspec
import numpy as np

from damnit_backend.core.codec import PNG_MAGIC, TRENDLINE
from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import RunKey
from damnit_backend.core.values import CellValue, Failure, Picture, SmallArray, Trend, Value

from .folder import Folder
from .results import ERRORS, REDUCED, open_results

_NAME = re.compile(r"p(\d+)_r(\d+)\.[^.]+\.ready\.h5")


class Computed(msgspec.Struct, frozen=True):
    """What is known of the computation of one variable; times since 1970 and in seconds."""

    started: float = 0.0
    seconds: float = 0.0
    outcome: str = "ok"
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Fragment:
    """A complete fragment: the cells that it brings. A cell without a value removes the former one."""

    path: Path
    key: RunKey
    provenance: str
    cells: dict[str, CellValue]


def fragment_key(path: Path) -> RunKey | None:
    """The run that a complete fragment belongs to, by its name; None if it is none."""
    match = _NAME.fullmatch(path.name)
    return RunKey(int(match[1]), int(match[2])) if match else None


def find_fragments(folder: Folder, key: RunKey | None = None) -> dict[RunKey, list[Path]]:
    """The complete fragments that wait, by run and oldest first; of one run or of all."""
    pattern = "*.ready.h5" if key is None else f"p{key.proposal}_r{key.run}.*.ready.h5"
    found: dict[RunKey, list[Path]] = {}
    for path in sorted(folder.results.glob(pattern), key=_age):
        owner = fragment_key(path)
        if owner is not None:
            found.setdefault(owner, []).append(path)
    return found


def _age(path: Path) -> tuple[int, str]:
    try:
        return path.stat().st_mtime_ns, path.name
    except FileNotFoundError:
        return 0, path.name


def read_fragment(path: Path) -> Fragment:
    """The cells in a fragment; UserError if it is broken."""
    key = fragment_key(path)
    if key is None:
        raise UserError(f"{path.name} is not the name of a fragment.")
    try:
        with open_results(path) as file:
            computed = _computed(file)
            names = set(computed) | _stored_names(file)
            cells = {name: _cell(file, name, computed.get(name)) for name in names}
            return Fragment(path, key, str(file.attrs.get("provenance", "context.py")), cells)
    except (OSError, KeyError, ValueError, TypeError, RuntimeError, msgspec.MsgspecError) as error:
        raise UserError(f"The fragment {path.name} is broken: {error}") from error


def _computed(file: h5py.File) -> dict[str, Computed]:
    text = file.attrs.get("desk_computed")
    return {} if text is None else msgspec.json.decode(text, type=dict[str, Computed])


def _stored_names(file: h5py.File) -> set[str]:
    groups: Iterable[h5py.Group] = (file, *(file[place] for place in (REDUCED, ERRORS) if place in file))
    return {name for group in groups for name in group if not name.startswith(".")}


def _cell(file: h5py.File, name: str, computed: Computed | None) -> CellValue:
    timestamp = computed.started + computed.seconds if computed else None
    error = file.get(f"{ERRORS}/{name}")
    if error is not None:
        failure = Failure(str(error.attrs.get("type", "Error")), error.asstr()[()])
        return CellValue(failure, timestamp=timestamp)
    reduced = file.get(f"{REDUCED}/{name}")
    if reduced is None:
        return CellValue(timestamp=timestamp)
    attributes = reduced.attrs
    bold = attributes.get("bold")
    background = attributes.get("background")
    max_diff = attributes.get("max_diff")
    return CellValue(
        value=summary_value(reduced),
        units=str(attributes.get("units") or ""),
        bold=None if bold is None else bool(bold),
        background=None if background is None else tuple(int(part) for part in background[:3]),  # type: ignore[arg-type]
        max_diff=None if max_diff is None else float(max_diff),
        summary_method=str(attributes.get("summary_method") or ""),
        timestamp=timestamp,
    )


def summary_value(dataset: h5py.Dataset) -> Value:
    """The value of a cell from a dataset of `.reduced`."""
    if h5py.check_string_dtype(dataset.dtype) is not None:
        return str(dataset.asstr()[()])
    data = dataset[()]
    if dataset.attrs.get("summary_type") == TRENDLINE:
        x, y = np.asarray(data, dtype=np.float64)
        return Trend(x, y)
    if dataset.shape == ():
        number = data.item()
        return number if isinstance(number, bool | int | float | complex | str) else str(number)
    if data.dtype == np.uint8 and data.ndim == 1 and data[: len(PNG_MAGIC)].tobytes() == PNG_MAGIC:
        return Picture(data.tobytes())
    return SmallArray(data)
