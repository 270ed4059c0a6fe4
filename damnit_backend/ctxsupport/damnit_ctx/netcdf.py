"""xarray objects as netCDF-4 groups of an HDF5 file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from damnit_ctx.chunks import filters_for, is_large
from damnit_ctx.kinds import CannotSave


def append_group(path: Path, group: str, dataset: xr.Dataset) -> None:
    """Write the Dataset into a new group of the file, which must be closed meanwhile.

    Raises CannotSave for what netCDF cannot hold, and if h5netcdf is not installed. The group may then be
    there half written.
    """
    plain = dataset.copy()
    for variable in plain.variables.values():
        variable.encoding = {}  # as it was stored where it came from: not asked for here, and may not fit
    encoding = {str(n): _filters(v, is_data=n in plain.data_vars) for n, v in plain.variables.items()}
    complex_numbers = any(np.dtype(v.dtype).kind == "c" for v in plain.variables.values())
    try:
        plain.to_netcdf(
            path,
            mode="a",
            group=group,
            engine="h5netcdf",
            encoding=encoding,
            invalid_netcdf=complex_numbers,
        )
    except ModuleNotFoundError as error:
        raise _no_h5netcdf() from error
    except (TypeError, ValueError, NotImplementedError, AttributeError, _compatibility_error()) as error:
        if "h5netcdf" in str(error) and "engine" in str(error):
            raise _no_h5netcdf() from error
        raise CannotSave(f"xarray could not save this object: {error}") from error


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
