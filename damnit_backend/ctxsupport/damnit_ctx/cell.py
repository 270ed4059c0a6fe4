"""Cell: a result with a say in how it is shown."""

from __future__ import annotations

import re
from typing import Any

_NUMERIC_KINDS = "biufc"


class Cell:
    """A Variable's result, with how to show it.

    Parameters
    ----------
    data: the full result: anything that a Variable may return, but a Cell.
    summary: name of a numpy function that makes the cell's value from the data.
    summary_value: the cell's value itself: a number, text, or a numeric array.
    bold: True or False; default: bold where the data vary.
    background: "#rrggbb", or three numbers 0-255 (red, green, blue).
    preview: what to show on opening the cell: a 1-D or 2-D numeric array or DataArray, or a figure.
    units: overrides the Variable's; default: the `units` in the attributes of a DataArray.

    A bad argument raises TypeError or ValueError at once, naming the argument.
    """

    def __init__(
        self,
        data: Any,
        summary: str | None = None,
        summary_value: Any = None,
        bold: bool | None = None,
        background: Any = None,
        *,
        preview: Any = None,
        units: str | None = None,
    ) -> None:
        if isinstance(data, Cell):
            raise TypeError("data must not be a Cell itself")
        self.data = data
        self.summary = _optional_text("summary", summary)
        self.summary_value = _checked_summary_value(summary_value)
        self.bold = _checked_bold(bold)
        self.background = None if background is None else _checked_background(background)
        self.preview = None if preview is None else _checked_preview(preview)
        self.units = _optional_text("units", units)

    def __repr__(self) -> str:
        return f"Cell({type(self.data).__name__})"


def _optional_text(argument: str, value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise TypeError(f"{argument} must be a string, not {type(value).__name__}")


def _checked_bold(value: Any) -> bool | None:
    """True and False may be 1 and 0, or a single value such as a comparison of arrays or DataArrays gives."""
    if value is None:
        return None
    dtype: Any = getattr(value, "dtype", None)
    one = isinstance(value, int) if dtype is None else dtype.kind in ("b", "i", "u") and value.ndim == 0
    if one and value in (0, 1):
        return bool(value)
    raise TypeError(f"bold must be True or False, not {type(value).__name__}")


def _checked_background(value: Any) -> tuple[int, int, int]:
    if isinstance(value, str):
        if not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
            raise ValueError(f"background must look like '#rrggbb', not {value!r}")
        return int(value[1:3], 16), int(value[3:5], 16), int(value[5:7], 16)
    try:
        numbers = list(value)
    except TypeError:
        numbers = []
    if len(numbers) != 3:
        raise TypeError(f"background must be '#rrggbb' or three numbers 0-255, not {value!r}")
    for number in numbers:
        if isinstance(number, (bool, str)) or not hasattr(number, "__int__") or getattr(number, "ndim", 0) > 0:
            raise TypeError(f"background must hold three numbers 0-255, not {number!r}")
        if not 0 <= number <= 255:
            raise ValueError(f"background must hold three numbers 0-255, but one is {number!r}")
    return int(numbers[0]), int(numbers[1]), int(numbers[2])


def _checked_summary_value(value: Any) -> Any:
    if value is None or isinstance(value, str):
        return value
    array = _as_array("summary_value", value)
    if array.dtype.kind not in _NUMERIC_KINDS:
        raise TypeError(f"summary_value must be a number, text or a numeric array, not {type(value).__name__}")
    return array


def _checked_preview(value: Any) -> Any:
    from damnit_ctx.figures import is_figure, is_instance_of  # late: like numpy

    if is_figure(value):
        return value
    array = value if is_instance_of(value, "xarray", "DataArray") else _as_array("preview", value)
    if array.dtype.kind not in _NUMERIC_KINDS:
        raise TypeError(f"preview must be numeric or a figure, not {type(value).__name__} of {array.dtype}")
    if array.ndim not in (1, 2):
        raise ValueError(f"preview must have 1 or 2 dimensions, not shape {tuple(array.shape)}")
    return array


def _as_array(argument: str, value: Any) -> Any:
    import numpy as np  # late: importing damnit_ctx must work without it, see the package's docstring

    try:
        return np.asarray(value)
    except (ValueError, TypeError) as error:  # lists of unequal length, a Dataset
        raise TypeError(f"{argument} must be numeric, not this {type(value).__name__}: {error}") from error
