"""One Variable's entry in a fragment: its four places, written together or not at all."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import xarray as xr

from damnit_ctx import chunks, netcdf
from damnit_ctx.kinds import Stored
from damnit_ctx.summary import Summary

OBJTYPE = "_damnit_objtype"
#: An attribute beside it: JSON of what the value needs to be made again as it was.
RESTORE = "desk_restore"
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


def write(file: h5py.File, path: Path, entry: Entry) -> h5py.File:
    """Write the entry into the open file at `path`; gives the open file, which may be another object than before.

    Raises CannotSave or what h5py raises; then the entry may be there in part, and the file closed.
    """
    if entry.stored is not None:
        file = _write_result(file, path, entry.name, entry.stored)
    if entry.preview is not None:
        file = _write_preview(file, path, f".preview/{entry.name}", entry.preview)
    if entry.summary is not None:
        _write_summary(file[".reduced"], entry, entry.summary)
    if entry.error is not None:
        error_cls, message = entry.error
        dataset = _write_plain(file[".errors"], entry.name, message)
        dataset.attrs["type"] = error_cls
    file.flush()  # a full disk must show now, not when the results of others are in the same file
    return file


def erase(file: h5py.File, name: str) -> None:
    """Delete all that is there of the Variable. Raises OSError or RuntimeError if the file cannot be written."""
    for place in (name, *(f"{group}/{name}" for group in PLACES)):
        if place in file:
            del file[place]
    file.flush()


def _write_result(file: h5py.File, path: Path, name: str, stored: Stored) -> h5py.File:
    if isinstance(stored.content, xr.Dataset):
        return _append_netcdf(file, path, name, stored)
    group = file.create_group(name)
    _describe(group, stored)
    _write_plain(group, "data", stored.content)
    return file


def _write_preview(file: h5py.File, path: Path, place: str, stored: Stored) -> h5py.File:
    if isinstance(stored.content, xr.Dataset):
        return _append_netcdf(file, path, place, stored)
    _describe(_write_plain(file, place, stored.content), stored)
    return file


def _append_netcdf(file: h5py.File, path: Path, place: str, stored: Stored) -> h5py.File:
    assert isinstance(stored.content, xr.Dataset)
    file.close()  # xarray opens the file itself
    netcdf.append_group(path, place, stored.content)
    file = h5py.File(path, "r+")
    _describe(file[place], stored)
    return file


def _describe(node: h5py.Group | h5py.Dataset, stored: Stored) -> None:
    if stored.objtype is not None:
        node.attrs[OBJTYPE] = stored.objtype
    if stored.restore:
        node.attrs[RESTORE] = json.dumps(stored.restore)


def _write_summary(reduced: h5py.Group, entry: Entry, summary: Summary) -> None:
    attributes = _write_plain(reduced, entry.name, summary.value).attrs
    attributes["summary_method"] = summary.method
    if summary.type is not None:
        attributes["summary_type"] = summary.type
    if entry.units is not None:
        attributes["units"] = entry.units
    if entry.bold is not None:
        attributes["bold"] = entry.bold
    if entry.background is not None:
        attributes["background"] = np.array(entry.background, dtype=np.uint8)
    if entry.max_diff is not None:
        attributes["max_diff"] = entry.max_diff


def _write_plain(group: h5py.Group, name: str, content: Any) -> h5py.Dataset:
    if isinstance(content, str):
        dataset = group.create_dataset(name, data=content, dtype=h5py.string_dtype())
    elif chunks.is_large(content):
        dataset = chunks.write_chunked(group, name, content)
    else:
        dataset = group.create_dataset(name, data=content)
    dataset.flush()  # h5py swallows what fails when it drops the dataset
    return dataset
