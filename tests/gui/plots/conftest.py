"""Results in real HDF5 files, one of every kind and of every nuisance, written as the format says."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd
import pytest
import xarray as xr

from damnit_backend.core.keys import RunKey
from damnit_backend.store.folder import Folder

KEY = RunKey(1234, 7)

PLOTLY = '{"data": [{"type": "scatter", "x": [1, 2, 3], "y": [3, 1, 2]}], "layout": {"title": {"text": "Delay"}}}'

AddResult = Callable[[str, Any], Path]


@pytest.fixture
def add_result(folder: Folder) -> AddResult:
    """``add_result(name, value)`` puts a full result into the file of run 7; its path."""
    path = folder.run_file(KEY)

    def add(name: str, value: Any) -> Path:
        if isinstance(value, xr.Dataset | xr.DataArray):
            kind = "dataset" if isinstance(value, xr.Dataset) else "dataarray"
            value.to_netcdf(path, mode="a", group=name, engine="h5netcdf")
            with h5py.File(path, "a") as file:
                file[name].attrs["_damnit_objtype"] = kind
            return path
        with h5py.File(path, "a") as file:
            if isinstance(value, pd.Series | pd.DataFrame):
                _write_parquet(file, name, value)
            elif name.startswith("plotly"):
                file[f"{name}/data"] = np.frombuffer(value.encode(), np.uint8)
                file[name].attrs["_damnit_objtype"] = "PlotlyFigure"
            elif isinstance(value, np.ndarray) and value.dtype.kind == "U":
                file.create_dataset(f"{name}/data", data=value.astype(object), dtype=h5py.string_dtype())
            else:
                file[f"{name}/data"] = value
                if name.startswith("figure"):
                    file[name].attrs["_damnit_objtype"] = "image"
        return path

    return add


def _write_parquet(file: h5py.File, name: str, value: pd.Series | pd.DataFrame) -> None:
    buffer = io.BytesIO()
    frame = value.to_frame() if isinstance(value, pd.Series) else value
    frame.to_parquet(buffer)
    file[f"{name}/data"] = np.frombuffer(buffer.getvalue(), np.uint8)
    file[name].attrs["_damnit_objtype"] = "series" if isinstance(value, pd.Series) else "dataframe"


def _times(count: int) -> np.ndarray[Any, Any]:
    return np.datetime64("2026-05-28T20:00", "ns") + np.arange(count) * np.timedelta64(1, "s")


RESULTS: dict[str, tuple[Any, list[str]]] = {
    "int": (5, ["Text"]),
    "complex": (1 - 2j, ["Text"]),
    "text": ("all is well", ["Text"]),
    "empty_text": ("", ["Text"]),
    "zero_d": (np.array(2.5), ["Text"]),
    "curve": (np.sin(np.arange(1000) / 30), ["Curve", "Table", "Text"]),
    "bools": (np.array([True, False, True]), ["Curve", "Table", "Text"]),
    "huge_ints": (np.array([2**63 + 1, 2**64 - 1], dtype=np.uint64), ["Curve", "Table", "Text"]),
    "complex_curve": (np.exp(1j * np.arange(9)), ["Curve", "Table", "Text"]),
    "one": (np.array([3.0]), ["Curve", "Table", "Text"]),
    "empty": (np.zeros(0), ["Curve", "Table", "Text"]),
    "all_nan": (np.full(5, np.nan), ["Curve", "Table", "Text"]),
    "infinite": (np.array([1.0, np.inf, -np.inf, np.nan, 2.0]), ["Curve", "Table", "Text"]),
    "strings": (np.array(["a", "bc"]), ["Table", "Text"]),
    "records": (np.array([(1, 2.5), (3, 4.5)], dtype=[("n", "i4"), ("v", "f8")]), ["Table", "Text"]),
    "xy": (np.stack([np.arange(9.0), np.arange(9.0) ** 2], axis=1), ["Curve", "Image", "Table", "Text"]),
    "two_curves": (np.array([[3.0, 1], [2, 2], [9, 3], [4, 4]]), ["Curve", "Image", "Table", "Text"]),
    "image": (np.arange(24, dtype=np.uint16).reshape(4, 6), ["Image", "Table", "Text"]),
    "bool_image": (np.eye(4, dtype=bool), ["Image", "Table", "Text"]),
    "complex_image": (np.ones((3, 4)) * (1 + 1j), ["Image", "Table", "Text"]),
    "huge_image": (np.full((3, 4), 2**63 + 5, dtype=np.uint64), ["Image", "Table", "Text"]),
    "constant_image": (np.full((3, 4), 7.0), ["Image", "Table", "Text"]),
    "nan_image": (np.full((3, 4), np.nan), ["Image", "Table", "Text"]),
    "infinite_image": (np.array([[np.inf, 1.0, 4.0], [2.0, -np.inf, np.nan]]), ["Image", "Table", "Text"]),
    "empty_image": (np.zeros((0, 4)), ["Image", "Table", "Text"]),
    "one_pixel": (np.array([[5.0]]), ["Image", "Table", "Text"]),
    "long_image": (np.ones((2, 5000)), ["Image", "Table", "Text"]),
    "stack": (np.arange(120.0).reshape(2, 3, 4, 5), ["Stack of images", "Text"]),
    "empty_stack": (np.zeros((0, 4, 5)), ["Stack of images", "Text"]),
    "rgb": (np.full((5, 6, 3), 128, np.uint8), ["Figure", "Stack of images", "Text"]),
    "figure": (np.full((5, 6, 4), 128, np.uint8), ["Figure", "Text"]),
    "plotly": (PLOTLY, ["Plotly figure", "Text"]),
    "plotly_broken": ('{"data": [{"type"', ["Plotly figure", "Text"]),
    "da_0d": (xr.DataArray(5.0, attrs={"units": "eV"}), ["Text"]),
    "da": (
        xr.DataArray(np.arange(5.0), dims="time", coords={"time": _times(5)}, attrs={"units": "nJ"}),
        ["Curve", "Table", "Text"],
    ),
    "da_words": (
        xr.DataArray(np.arange(2.0), dims="motor", coords={"motor": ["left", "right"]}),
        ["Curve", "Table", "Text"],
    ),
    "da_image": (
        xr.DataArray(np.ones((3, 4)), dims=("y", "x"), coords={"y": [3.0, 2.0, 1.0], "x": [1.0, 2.0, 4.0, 8.0]}),
        ["Image", "Table", "Text"],
    ),
    "da_times": (xr.DataArray(_times(4), dims="n"), ["Curve", "Table", "Text"]),
    "dataset": (
        xr.Dataset({"a": ("t", np.arange(4.0)), "b": (("t", "u"), np.ones((4, 3)))}, coords={"t": [1, 2, 3, 4]}),
        ["Variables", "Text"],
    ),
    "series": (pd.Series([1.0, 2.0, 4.0], index=[10, 20, 30], name="s"), ["Curve", "Table", "Text"]),
    "words": (pd.Series(["a", "b"], name="w"), ["Table", "Text"]),
    "dataframe": (pd.DataFrame({"x": [1, 2], "y": ["a", None]}), ["Table", "Text"]),
    "empty_dataframe": (pd.DataFrame({"x": np.zeros(0)}), ["Table", "Text"]),
}


@pytest.fixture(params=RESULTS)
def any_result(request: pytest.FixtureRequest, add_result: AddResult) -> tuple[Path, str, list[str]]:
    """Each result in turn: its file, its name, and the views that it should have."""
    value, views = RESULTS[request.param]
    return add_result(request.param, value), request.param, views
