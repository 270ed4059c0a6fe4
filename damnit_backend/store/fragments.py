"""Fragments: the small HDF5 files in which context processes hand over results, read back as table cells."""

import logging
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import h5py
import msgspec

from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import RESERVED_NAMES, RunKey
from damnit_backend.core.values import CellValue

from .folder import Folder
from .fragment_cells import DAMAGES, Computed, Origin, read_cell, text_of
from .own_data import require_own_data
from .results import ERRORS, REDUCED, DamagedResultsError, open_results
from .table import START_TIME

log = logging.getLogger(__name__)

_NAME = re.compile(r"p([0-9]{1,9})_r([0-9]{1,9})\.[^.]+\.ready\.h5")
_TAKEN = RESERVED_NAMES - {START_TIME}
"""Columns of the table that no result may write to: a comment is what a person typed."""


class BrokenFragmentError(UserError):
    """A fragment whose content cannot be read, now or later."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"The fragment {path.name} is broken: {why}")
        self.path = path


@dataclass(frozen=True, slots=True)
class Fragment:
    """A complete fragment: the cells that it brings. A cell without a value removes the former one.

    ``computed`` says what is known of their computation; programs other than ours leave it empty.
    """

    path: Path
    key: RunKey
    provenance: str
    cells: dict[str, CellValue]
    computed: dict[str, Computed] = field(default_factory=dict)
    origin: Origin = field(default_factory=Origin)


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
        if owner is not None and path.is_file():
            found.setdefault(owner, []).append(path)
    return found


def _age(path: Path) -> tuple[int, str]:
    try:
        return path.stat().st_mtime_ns, path.name
    except FileNotFoundError:
        return 0, path.name


def read_fragment(path: Path, key: RunKey) -> Fragment:
    """The cells in a fragment of a run. BrokenFragmentError if it is none, NoResultError if it is gone."""
    if fragment_key(path) != key:
        raise BrokenFragmentError(path, f"its name is not one of a fragment of {key}")
    if not os.access(path, os.R_OK) and path.exists():
        raise BrokenFragmentError(path, "it may not be read")
    try:
        with open_results(path) as file:
            require_own_data(file)
            computed = _computed(file)
            names = sorted(set(computed) | _stored_names(file))
            for name in names:
                _check_name(name)
            cells = {name: read_cell(file, name, computed.get(name)) for name in names if not _is_taken(path, name)}
            provenance = text_of(file.attrs.get("provenance")) or "context.py"
            return Fragment(path, key, provenance, cells, computed, _origin(file))
    except (DamagedResultsError, *DAMAGES) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise UserError(f"{path} cannot be read now: {error.strerror}.") from error
        raise BrokenFragmentError(path, str(error)) from error


def _computed(file: h5py.File) -> dict[str, Computed]:
    text = file.attrs.get("desk_computed")
    return {} if text is None else msgspec.json.decode(text, type=dict[str, Computed])


def _origin(file: h5py.File) -> Origin:
    text = file.attrs.get("desk_origin")
    return Origin() if text is None else msgspec.json.decode(text, type=Origin)


def _stored_names(file: h5py.File) -> set[str]:
    groups: Iterable[h5py.Group] = (file, *(file[place] for place in (REDUCED, ERRORS) if place in file))
    return {name for group in groups for name in group if not name.startswith(".")}


def _check_name(name: str) -> None:
    """A name becomes a place in the run's file: it must not lead elsewhere."""
    name.encode()  # ValueError if its bytes are no text
    if not name or name.startswith(".") or "/" in name:
        raise ValueError(f"{name!r} cannot be the name of a variable")


def _is_taken(path: Path, name: str) -> bool:
    if name in _TAKEN:
        log.warning("The result %s in %s is left out: it is the name of a column of the table.", name, path.name)
    return name in _TAKEN
