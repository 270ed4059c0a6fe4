"""Results as rows and columns of texts. Only what is asked for is made into text, so size does not matter."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from damnit_backend.core.texts import complex_text
from damnit_backend.store.results import Result, ResultKind

from .arrays import Array

MOST_ROWS = 1_000_000
MOST_COLUMNS = 1_000


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """A table: headers by number, texts by row and column. ``note`` says what of the result is not in it."""

    rows: int
    columns: int
    row_header: Callable[[int], str]
    column_header: Callable[[int], str]
    text: Callable[[int, int], str]
    numeric: Callable[[int], bool]
    note: str = ""


def grid_of(result: Result) -> Grid | None:
    """The result as a table; None for what has no rows and columns."""
    match result.kind:
        case ResultKind.DATAFRAME:
            return _of_frame(result.data)
        case ResultKind.SERIES:
            return _of_frame(result.data.to_frame())
        case ResultKind.DATAARRAY if 1 <= result.data.ndim <= 2:
            return _of_array(result.data.values, *(_headers(result.data, str(dim)) for dim in result.data.dims))
        case ResultKind.ARRAY | ResultKind.TEXT if isinstance(result.data, np.ndarray):
            return _of_array(result.data, str, str) if 1 <= result.data.ndim <= 2 else None
        case _:
            return None


def _of_frame(frame: Any) -> Grid:
    rows, columns = frame.shape
    return Grid(
        min(rows, MOST_ROWS),
        min(columns, MOST_COLUMNS),
        lambda row: cell_text(frame.index[row]),
        lambda column: str(frame.columns[column]),
        lambda row, column: cell_text(frame.iat[row, column]),
        lambda column: frame.dtypes.iloc[column].kind in "biufc",
        _note(rows, columns),
    )


def _of_array(
    array: Array, row_header: Callable[[int], str], column_header: Callable[[int], str] = lambda _: "Value"
) -> Grid:
    """Records have a column a field; other one-dimensional arrays one column."""
    names = array.dtype.names
    if array.ndim == 1 and names:
        return Grid(
            min(array.size, MOST_ROWS),
            len(names),
            row_header,
            lambda column: names[column],
            lambda row, column: cell_text(array[row][names[column]]),
            lambda column: array.dtype[column].kind in "biufc",
            _note(array.size, 1),
        )
    table = array.reshape(-1, 1) if array.ndim == 1 else array
    rows, columns = table.shape
    return Grid(
        min(rows, MOST_ROWS),
        min(columns, MOST_COLUMNS),
        row_header,
        column_header if array.ndim == 2 else lambda _: "Value",
        lambda row, column: cell_text(table[row, column]),
        lambda _: array.dtype.kind in "biufc",
        _note(rows, columns),
    )


def _headers(array: Any, dim: str) -> Callable[[int], str]:
    if dim not in array.coords:
        return str
    values = array.coords[dim].values
    return lambda index: cell_text(values[index])


def _note(rows: int, columns: int) -> str:
    if rows <= MOST_ROWS and columns <= MOST_COLUMNS:
        return ""
    return f"The first {min(rows, MOST_ROWS)} of {rows} rows and {min(columns, MOST_COLUMNS)} of {columns} columns."


def cell_text(value: Any) -> str:
    """A single value, in full where it is short."""
    if isinstance(value, np.generic) and value.dtype.kind not in "mM":
        value = value.item()
    if isinstance(value, float):
        return f"{value:.7g}"
    if isinstance(value, complex):
        return complex_text(value)
    if isinstance(value, bytes):
        return value.decode(errors="backslashreplace")
    return str(value)
