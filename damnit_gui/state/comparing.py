"""Whether two cells are the same, and the number in one: what `TableData` needs to know about values."""

import math
from typing import TypeGuard

import numpy as np

from damnit_backend.core.values import CellValue, SmallArray, Trend, Value


def same_cell(one: CellValue | None, other: CellValue | None) -> bool:
    """Whether nothing that a cell shows or tells differs; NaN equals NaN, and 1 is neither True nor 1.0."""
    if one is other:
        return True
    if one is None or other is None:
        return False
    return (
        one.timestamp == other.timestamp
        and one.units == other.units
        and one.bold == other.bold
        and one.background == other.background
        and _same_number(one.max_diff, other.max_diff)
        and one.summary_method == other.summary_method
        and one.provenance == other.provenance
        and _same_value(one.value, other.value)
    )


def _same_value(one: Value, other: Value) -> bool:
    if type(one) is not type(other):
        return False
    if isinstance(one, Trend) and isinstance(other, Trend):
        return np.array_equal(one.x, other.x, equal_nan=True) and np.array_equal(one.y, other.y, equal_nan=True)
    if isinstance(one, SmallArray) and isinstance(other, SmallArray):
        # Bytes, since arrays may hold anything: text, structures, NaN.
        return (
            one.data.dtype == other.data.dtype
            and one.data.shape == other.data.shape
            and one.data.tobytes() == other.data.tobytes()
        )
    if isinstance(one, float) and isinstance(other, float):
        return _same_number(one, other)
    if isinstance(one, complex) and isinstance(other, complex):
        return _same_number(one.real, other.real) and _same_number(one.imag, other.imag)
    return one == other


def _same_number(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return one == other or (math.isnan(one) and math.isnan(other))


def is_number(value: Value) -> TypeGuard[bool | int | float]:
    """Whether a value has a place on a number axis."""
    return isinstance(value, bool | int | float)


def number_of(cell: CellValue | None) -> float:
    """The number in a cell, True and False as 1 and 0; NaN where there is none."""
    if cell is None or not is_number(cell.value):
        return math.nan
    return float(cell.value)
