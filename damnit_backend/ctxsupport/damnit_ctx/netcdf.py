"""xarray objects as netCDF-4 groups of an HDF5 file."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from xarray.backends import H5NetCDFStore

from damnit_ctx.chunks import blocks, filters_for, is_large
from damnit_ctx.kinds import CannotSave


def append_group(path: Path, group: str, dataset: xr.Dataset) -> None:
    """Write the Dataset into a new group of the file, which must be closed meanwhile.

    Raises CannotSave for what netCDF cannot hold, and if h5netcdf is not installed. The group may then be
    there half written.
    """
    plain = dataset.copy()
    for variable in plain.variables.values():
        variable.encoding = {}  # as it was stored where it came from: not asked for here, and may not fit
        if variable.dtype.kind == "b" and is_large(variable.values):  # as xarray stores it, which would copy it first
            variable.data = variable.values.view(np.int8)
            variable.attrs = {**variable.attrs, "dtype": "bool"}
    encoding = {str(n): _filters(v, is_data=n in plain.data_vars) for n, v in plain.variables.items()}
    complex_numbers = any(np.dtype(v.dtype).kind == "c" for v in plain.variables.values())
    try:
        if not any(map(_lies_apart, plain.variables.values())):
            plain.to_netcdf(
                path, mode="a", group=group, engine="h5netcdf", encoding=encoding, invalid_netcdf=complex_numbers
            )
            return
        store = H5NetCDFStore.open(path, mode="a", group=group, invalid_netcdf=complex_numbers)
        with contextlib.closing(store):
            plain.dump_to_store(store, writer=_Slabs(), encoding=encoding)
    except ModuleNotFoundError as error:
        raise _no_h5netcdf() from error
    except (TypeError, ValueError, NotImplementedError, AttributeError, _compatibility_error()) as error:
        if "h5netcdf" in str(error) and "engine" in str(error):
            raise _no_h5netcdf() from error
        raise CannotSave(f"xarray could not save this object: {error}") from error


def _lies_apart(variable: xr.Variable) -> bool:
    """Whether it is a large one that HDF5 would have to copy to write it in one piece."""
    return variable.dtype.kind in "biufc" and is_large(variable.values) and not variable.values.flags.c_contiguous


class _Slabs:
    """Takes the place of xarray's writer, which hands over each array whole."""

    def add(self, source: Any, target: Any) -> None:
        if isinstance(source, np.ndarray) and is_large(source) and not source.flags.c_contiguous:
            for place in blocks(source):
                target[place] = source[place]
        else:
            target[...] = source


def _compatibility_error() -> type[Exception]:
    """What h5netcdf raises for types that are HDF5's but not netCDF's."""
    try:
        from h5netcdf import CompatibilityError
    except ImportError:
        return TypeError
    return CompatibilityError  # type: ignore[no-any-return]


def _no_h5netcdf() -> CannotSave:
    return CannotSave("xarray objects need the package h5netcdf to be saved: install it beside xarray")


def _filters(variable: xr.Variable, *, is_data: bool) -> dict[str, Any]:
    """The variable's encoding; of coordinates, which are small as a rule, only large ones are compressed."""
    if variable.dtype.kind not in "biufcmM":
        return {}
    values = np.asarray(variable.values)
    return filters_for(values) if is_data or is_large(values) else {}
