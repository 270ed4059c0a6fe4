"""Making a value again as the Variable returned it, from what a file can hold and what was noted beside it."""

import json
from typing import TYPE_CHECKING, Any

import h5py
import msgspec
import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

RESTORE = "desk_restore"
UNNAMED = "__xarray_dataarray_variable__"
_TIME_UNITS = ("s", "ms", "us", "ns")


class Restore(msgspec.Struct, frozen=True):
    """What `damnit_ctx` notes of values that netCDF or Parquet change; empty for those that they keep."""

    names: dict[str, str | int | bool] = {}
    """The names of an xarray object, by those in the file."""
    attrs: dict[str, dict[str, Any]] = {}
    """Attributes that netCDF cannot hold, by the variable's name in the file; "" is the Dataset itself."""
    dtypes: dict[str, str] = {}
    """Types that are stored as another, by the variable's name in the file or the column's position."""
    indexes: dict[str, list[str]] = {}
    """The coordinates that make an index of several levels, by the dimension; names are those in the file."""
    columns: list[Any] | None = None
    """The columns of a table whose names are not all different texts; a list is a tuple, one item a level."""
    levels: list[str | None] = []

    @property
    def time_unit(self) -> str:
        """The unit in which all times fit: the finest of those that were stored."""
        units = {np.datetime_data(dtype)[0] for dtype in self.dtypes.values() if np.dtype(dtype).kind == "M"}
        return max(units & set(_TIME_UNITS), key=_TIME_UNITS.index, default="ns")


def read_restore(node: h5py.Group | h5py.Dataset) -> Restore:
    """What is noted at a result. ValueError or TypeError if it is not what it should be."""
    text = node.attrs.get(RESTORE)
    # The standard library's JSON, because msgspec's knows no whole numbers beyond 64 bits.
    return Restore() if text is None else msgspec.convert(json.loads(text), Restore)


def restored_table(frame: "pd.DataFrame", restore: Restore) -> "pd.DataFrame":
    """The table with the types and labels of its columns."""
    import pandas as pd

    if restore.dtypes:
        frame = frame.astype({frame.columns[int(i)]: np.dtype(dtype) for i, dtype in restore.dtypes.items()})
    if restore.columns is None:
        return frame
    columns = [tuple(label) if isinstance(label, list) else label for label in restore.columns]
    if len(restore.levels) > 1:
        labels: pd.Index[Any] = pd.MultiIndex.from_tuples(columns, names=restore.levels)
    else:
        labels = pd.Index(columns, name=restore.levels[0] if restore.levels else None, tupleize_cols=False)
    return frame.set_axis(labels, axis="columns")


def restored_dataset(dataset: "xr.Dataset", restore: Restore) -> "xr.Dataset":
    """The Dataset with its attributes and types; its names are still those of the file."""
    for name, dtype in restore.dtypes.items():
        dataset = dataset.assign({name: _restored_variable(dataset[name].variable, np.dtype(dtype))})
    for name, attrs in restore.attrs.items():
        owner = dataset[name] if name else dataset
        owner.attrs.update(attrs)
    return dataset.set_index(restore.indexes) if restore.indexes else dataset


def _restored_variable(variable: "xr.Variable", dtype: np.dtype[Any]) -> "xr.Variable":
    import xarray as xr

    if dtype.kind == "m" and variable.dtype.kind != "m":
        decoder = xr.coders.CFTimedeltaCoder(decode_via_units=True)
        variable = decoder.decode(variable)
        variable.attrs.pop("dtype", None)
    return variable if variable.dtype == dtype else variable.astype(dtype)


def renamed_array(dataset: "xr.Dataset", stored: str, restore: Restore) -> "xr.DataArray":
    """The array of a Dataset's only variable, with its own names."""
    array = dataset[stored]
    inner = {name: own for name, own in restore.names.items() if name != stored}
    name = restore.names.get(stored, None if stored == UNNAMED else stored)
    return array.rename(inner).rename(name)
