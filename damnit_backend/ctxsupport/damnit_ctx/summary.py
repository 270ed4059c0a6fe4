"""A cell's value: what the run table shows of a result."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from damnit_ctx import figures, kinds
from damnit_ctx.cell import Cell
from damnit_ctx.kinds import Stored
from damnit_ctx.thumbnail import array_thumbnail, picture_thumbnail
from damnit_ctx.trendline import trendline

log = logging.getLogger("damnit_ctx")

_NUMERIC_KINDS = "biufc"
_TIME_KINDS = "mM"
_AXIS_KINDS = "biuf" + _TIME_KINDS


@dataclass(frozen=True)
class Summary:
    """`value` is a 0-d number, text, PNG bytes as uint8, a (2, N) trend line, or a small array.

    `type` is the format's `summary_type`, `method` the numpy function used, or ''.
    """

    value: NDArray[Any] | str
    type: str | None = None
    method: str = ""


def summarise(cell: Cell, stored: Stored | None, method: str | None) -> Summary | None:
    """The value of a cell whose data are stored as `stored`; None if there is nothing to show.

    `method` is the Variable's numpy function, if any. One that fails is logged, and the default takes its place.
    """
    if cell.summary_value is not None:
        return _given(cell.summary_value)
    name = cell.summary or method
    if name and cell.data is not None:
        try:
            return _reduced(cell.data, name)
        except Exception:  # user-chosen function on user data: whatever fails, the default remains
            log.warning("summary=%r failed, so the cell shows the default", name, exc_info=True)
    shown = cell.data if cell.preview is None else cell.preview
    if shown is None:
        return None
    try:
        return default_summary(shown, stored if cell.preview is None else None)
    except Exception:  # the result itself is fine and must be kept, whatever its summary met
        log.warning("No summary could be made of a %s", type(shown).__name__, exc_info=True)
        return Summary(type(shown).__name__)


def _given(value: Any) -> Summary:
    if isinstance(value, str):
        return Summary(value)
    return _of_numbers(np.asarray(value))


def _reduced(data: Any, name: str) -> Summary:
    function = getattr(np, name, None)
    if not callable(function):
        raise ValueError(f"numpy has no function {name!r}")
    array = kinds.plain_array(function(data))
    if array.dtype.kind not in _NUMERIC_KINDS:
        raise ValueError(f"numpy.{name} gave no numbers")
    summary = _of_numbers(array)
    return Summary(summary.value, summary.type, method=name)


def _of_numbers(array: NDArray[Any]) -> Summary:
    if array.ndim > 0:
        return Summary(array, "numpy")
    if array.dtype.kind == "c":
        return Summary(array.astype(np.complex128), "complex")
    return Summary(array)


def default_summary(value: Any, stored: Stored | None = None) -> Summary:
    """What a cell shows of a value by its kind alone. `stored` spares drawing a figure once more."""
    if kinds.is_text(value):
        content = (stored or kinds.encode(value)).content
        return Summary(str(content))
    if figures.is_matplotlib(value):
        pixels = np.asarray((stored or kinds.encode(value)).content)
        return _png(picture_thumbnail(pixels))
    if figures.is_plotly(value):
        return Summary(figures.describe_plotly(value))
    if isinstance(value, xr.Dataset):
        return Summary(f"Dataset ({value.nbytes / 1e6:.2f}MB)")
    if kinds.is_dataframe(value):
        return Summary(f"DataFrame ({value.memory_usage().sum() / 1e6:.2f}MB)")
    if isinstance(value, xr.DataArray):
        return _of_array(np.asarray(value.values), _coordinate(value))
    if kinds.is_series(value):
        return _of_array(_series_values(value), None if _counts(value.index) else np.asarray(value.index))
    return _of_array(kinds.plain_array(value), None)


def _of_array(array: NDArray[Any], x: NDArray[Any] | None) -> Summary:
    if array.ndim == 0 and array.dtype.kind in _NUMERIC_KINDS:
        return _of_numbers(array)
    if array.ndim == 1 and array.dtype.kind in _NUMERIC_KINDS + _TIME_KINDS:
        usable = x is not None and x.shape == array.shape and x.dtype.kind in _AXIS_KINDS
        return Summary(trendline(x if usable else None, array), "trendline")
    if array.ndim == 2 and array.size > 0 and array.dtype.kind in _NUMERIC_KINDS:
        return _png(array_thumbnail(array))
    return Summary(str(array[()]) if array.ndim == 0 else f"{array.dtype}: {array.shape}")


def _series_values(series: Any) -> NDArray[Any]:
    """The values of a pandas Series; NaN for what is missing among numbers that pandas has types of its own for."""
    if not isinstance(series.dtype, np.dtype) and getattr(series.dtype, "_is_numeric", False):
        return np.asarray(series.to_numpy(dtype=np.float64, na_value=np.nan))
    return np.asarray(series.to_numpy())


def _counts(index: Any) -> bool:
    """Whether the index only counts the values, so that it need not be made an array of."""
    return figures.is_instance_of(index, "pandas", "RangeIndex") and (index.start, index.step) == (0, 1)


def _coordinate(array: xr.DataArray) -> NDArray[Any] | None:
    if array.ndim != 1 or array.dims[0] not in array.coords:
        return None
    return np.asarray(array.coords[array.dims[0]].values)


def _png(image: bytes) -> Summary:
    return Summary(np.frombuffer(image, dtype=np.uint8))


def max_diff(data: Any) -> float | None:
    """The difference of the largest and the smallest of several numbers, NaN left out; else None.

    1.0 or 0.0 for bool; the magnitude for complex numbers.
    """
    if isinstance(data, xr.DataArray) or kinds.is_series(data):
        array = np.asarray(data)
    elif isinstance(data, (np.ndarray, list, tuple)):
        array = kinds.plain_array(data)
    else:
        return None
    if array.size < 2 or array.dtype.kind not in _NUMERIC_KINDS:
        return None
    low, high = np.fmin.reduce(array, axis=None), np.fmax.reduce(array, axis=None)
    if array.dtype.kind in "biu":
        return float(int(high) - int(low))
    with np.errstate(invalid="ignore", over="ignore"):
        difference = float(abs(high - low))
    return None if np.isnan(difference) else difference
