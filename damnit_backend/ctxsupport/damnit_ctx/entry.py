"""One Variable's entry in a fragment: its four places, written together or not at all."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import xarray as xr
from h5py import h5g

from damnit_ctx import chunks, netcdf
from damnit_ctx.kinds import Stored
from damnit_ctx.small import Node, Place, create_dataset, create_group, set_attribute
from damnit_ctx.summary import Summary

OBJTYPE = "_damnit_objtype"
#: An attribute beside it: JSON of what the value needs to be made again as it was.
RESTORE = "desk_restore"
#: Bytes of a result from which on it is written to the disk before the next one is begun.
FLUSH_ABOVE = 1 << 16
#: The groups of a file beside those of the results.
PLACES = (".reduced", ".preview", ".errors")


@dataclass(frozen=True)
class Entry:
    """What is written of a Variable. Nothing but the name: it has no result (any more)."""

    name: str
    stored: Stored | None = None
    preview: Stored | None = None
    summary: Summary | None = None
    units: str | None = None
    bold: bool | None = None
    background: tuple[int, int, int] | None = None
    max_diff: float | None = None
    error: tuple[str, str] | None = None  # class name, message

    @property
    def size(self) -> int:
        """Bytes of the result and its preview in memory, about."""
        return sum(map(_size, (self.stored, self.preview)))


def write(file: h5py.File, path: Path, entry: Entry) -> h5py.File:
    """Write the entry into the open file at `path`; gives the open file, which may be another object than before.

    Raises CannotSave or what h5py raises; then the entry may be there in part, and the file closed.
    """
    if entry.stored is not None:
        file = _write_result(file, path, entry.name, entry.stored)
    if entry.preview is not None:
        file = _write_preview(file, path, f".preview/{entry.name}", entry.preview)
    if entry.summary is not None:
        _write_summary(file, entry, entry.summary)
    if entry.error is not None:
        error_cls, message = entry.error
        set_attribute(_write_plain(file.id, f".errors/{entry.name}", message), "type", error_cls)
    if entry.size > FLUSH_ABOVE:
        file.flush()  # a full disk must show now, not when the results of others are in the same file
    return file


def _size(stored: Stored | None) -> int:
    if stored is None:
        return 0
    return len(stored.content) if isinstance(stored.content, str) else stored.content.nbytes


def erase(file: h5py.File, name: str) -> None:
    """Delete all that is there of the Variable. Raises OSError or RuntimeError if the file cannot be written."""
    for place in (name, *(f"{group}/{name}" for group in PLACES)):
        if place in file:
            del file[place]
    file.flush()


def _write_result(file: h5py.File, path: Path, name: str, stored: Stored) -> h5py.File:
    if isinstance(stored.content, xr.Dataset):
        return _append_netcdf(file, path, name, stored)
    group = create_group(file.id, name)
    _describe(group, stored)
    _write_plain(group, "data", stored.content)
    return file


def _write_preview(file: h5py.File, path: Path, place: str, stored: Stored) -> h5py.File:
    if isinstance(stored.content, xr.Dataset):
        return _append_netcdf(file, path, place, stored)
    _describe(_write_plain(file.id, place, stored.content), stored)
    return file


def _append_netcdf(file: h5py.File, path: Path, place: str, stored: Stored) -> h5py.File:
    assert isinstance(stored.content, xr.Dataset)
    file.close()  # xarray opens the file itself
    netcdf.append_group(path, place, stored.content)
    file = h5py.File(path, "r+")
    _describe(file[place].id, stored)
    return file


def _describe(node: Node, stored: Stored) -> None:
    if stored.objtype is not None:
        set_attribute(node, OBJTYPE, stored.objtype)
    if stored.restore:
        set_attribute(node, RESTORE, json.dumps(stored.restore))


def _write_summary(file: h5py.File, entry: Entry, summary: Summary) -> None:
    dataset = _write_plain(file.id, f".reduced/{entry.name}", summary.value)
    attributes = {
        "summary_method": summary.method,
        "summary_type": summary.type,
        "units": entry.units,
        "bold": entry.bold,
        "background": None if entry.background is None else np.array(entry.background, dtype=np.uint8),
        "max_diff": entry.max_diff,
    }
    for name, value in attributes.items():
        if value is not None:
            set_attribute(dataset, name, value)


def _write_plain(parent: Place, name: str, content: Any) -> Node:
    if isinstance(content, str) or not chunks.is_large(content):
        return create_dataset(parent, name, content)
    group = h5py.Group(h5g.open(parent, b"."))  # the root, of a file
    return chunks.write_chunked(group, name, content).id
