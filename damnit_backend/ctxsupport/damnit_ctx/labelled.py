"""xarray objects as netCDF can hold them, with what it takes to make them again just as they were."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any

import numpy as np
import xarray as xr

from damnit_ctx.text import storable

#: xarray's own name for an array without one, when it is written to a file.
UNNAMED = "__xarray_dataarray_variable__"

#: Attributes by which HDF5, netCDF and xarray say how values are stored. A user's own of such a name would be
#: refused, or change the values when they are read.
_MEANINGFUL = frozenset(
    {
        "CLASS", "NAME", "DIMENSION_LIST", "REFERENCE_LIST",
        "_Netcdf4Dimid", "_Netcdf4Coordinates", "_NCProperties", "_nc3_strict",
        "_FillValue", "missing_value", "scale_factor", "add_offset", "_Unsigned", "_Encoding",
        "coordinates", "grid_mapping", "calendar", "dtype", "_damnit_objtype", "desk_restore",
    }
)  # fmt: skip


def storable_array(array: xr.DataArray) -> tuple[xr.Dataset, dict[str, Any]]:
    """The array as a Dataset of one variable, and how to restore it; see `storable_dataset`."""
    name = array.name
    taken = name is None or name in array.dims or name in array.coords  # a Dataset has each name once
    dataset, restore = storable_dataset(array.to_dataset(name=UNNAMED if taken else name))
    if taken and name is not None:
        restore.setdefault("names", {})[UNNAMED] = _label(name)
    return dataset, restore


def storable_dataset(dataset: xr.Dataset) -> tuple[xr.Dataset, dict[str, Any]]:
    """The Dataset without what netCDF cannot hold or would misunderstand, and how to restore it.

    What to restore is of JSON's types: `names` by the names in the file, `attrs` that were set aside by the
    variable's name in the file ("" for the Dataset's own), `dtypes` of variables that netCDF stores as another type,
    `indexes` of several levels by the dimension's name in the file: the coordinates that they are made of.
    """
    flat, levels = _without_levels(dataset)
    renamed = _file_names([*flat.variables, *flat.sizes])
    plain = flat.rename(renamed) if renamed else flat.copy()
    attrs = {str(name): _set_aside(variable) for name, variable in plain.variables.items()}
    attrs[""] = _set_aside(plain)
    restore = {
        "names": {stored: _label(name) for name, stored in renamed.items()},
        "attrs": {name: aside for name, aside in attrs.items() if aside},
        "dtypes": _other_dtypes(plain),
        "indexes": {renamed.get(d, d): [renamed.get(name, name) for name in names] for d, names in levels.items()},
    }
    return plain, {key: value for key, value in restore.items() if value}


def _without_levels(dataset: xr.Dataset) -> tuple[xr.Dataset, dict[Hashable, list[Hashable]]]:
    """The Dataset with a coordinate for each level in place of indexes that have several, and these levels.

    So EXtra-data labels the frames of a detector, by train and pulse.
    """
    indexes = {name: index for name, index in dataset.indexes.items() if type(index).__name__ == "MultiIndex"}
    levels = {name: list(index.names) for name, index in indexes.items() if name in dataset.dims}
    return (dataset.reset_index(list(levels)) if levels else dataset), levels


def _file_names(names: Iterable[Hashable]) -> dict[Hashable, str]:
    """Names for those that the file cannot have: it asks for text that is not empty and, as no path, has no `/`."""
    taken = {name for name in names if isinstance(name, str) and _is_file_name(name)}
    renamed: dict[Hashable, str] = {}
    for name in dict.fromkeys(names):
        if name not in taken:
            base = storable(str(name)).replace("/", "_").strip().lstrip(".") or "unnamed"
            stored, number = base, 1
            while stored in taken:
                number += 1
                stored = f"{base}_{number}"
            taken.add(stored)
            renamed[name] = stored
    return renamed


def _is_file_name(name: str) -> bool:
    return name != "" and "/" not in name and not name.startswith(".") and name == storable(name).strip()


def _label(name: Hashable) -> Any:
    return name if isinstance(name, (str, int)) else str(name)


def _set_aside(owner: xr.Dataset | xr.Variable) -> dict[str, Any]:
    """Take from the owner, a copy, those attributes that are not for netCDF; gives them. Others stay as they are."""
    aside = {}
    times = isinstance(owner, xr.Variable) and owner.dtype.kind in "mM"
    for key, value in owner.attrs.items():
        kept = _is_netcdf(key, value) and not (times and key == "units")  # by which netCDF says how times are counted
        if isinstance(key, str) and key == storable(key) and is_json(value) and not kept:
            aside[key] = value.item() if isinstance(value, np.generic) else value
    if aside:
        owner.attrs = {key: value for key, value in owner.attrs.items() if key not in aside}
    return aside


def _is_netcdf(key: str, value: Any) -> bool:
    """Whether an attribute goes into the file as it is, and is nothing but an attribute there."""
    if key in _MEANINGFUL or (key == "units" and isinstance(value, str) and " since " in value):
        return False
    if isinstance(value, (list, tuple)):  # one of a single item would come back as that item
        return len(value) > 1 and len({type(item) for item in value}) == 1 and all(map(_is_simple, value))
    return _is_simple(value) or not is_json(value)  # what is left is netCDF's to hold or to refuse


def _is_simple(value: Any) -> bool:
    """Whether an attribute of netCDF can be this very value."""
    if isinstance(value, int) and not isinstance(value, bool):
        return -(2**63) <= value < 2**63
    return isinstance(value, (str, float, np.integer, np.floating))


def is_json(value: Any) -> bool:
    """Whether Python's JSON, which knows NaN, gives the value back as it was, tuples apart."""
    if isinstance(value, Mapping):
        return all(isinstance(key, str) and is_json(item) for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return all(map(is_json, value))
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, str):
        return value == storable(value)
    return value is None or isinstance(value, (bool, int, float))


def _other_dtypes(dataset: xr.Dataset) -> dict[str, str]:
    """The types that a file does not give back: of the other byte order, objects that are texts, times."""
    found = {}
    for name, variable in dataset.variables.items():
        dtype = variable.dtype
        if isinstance(dtype, np.dtype) and (not dtype.isnative or dtype.kind in "OmM"):
            found[str(name)] = dtype.str
    usual = all(np.dtype(dtype) == np.dtype("M8[ns]") for dtype in found.values())
    return {} if usual else found
