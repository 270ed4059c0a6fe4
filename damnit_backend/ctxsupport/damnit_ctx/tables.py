"""pandas objects as Parquet files, with what it takes to make them again just as they were."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray

from damnit_ctx.labelled import is_json


def series_parquet(series: Any) -> tuple[NDArray[np.uint8], dict[str, Any]]:
    """The Series as a table of one column; see `parquet`."""
    frame = series.to_frame()
    if series.name is not None:
        return parquet(frame)
    content, restore = parquet(frame.set_axis(["0"], axis="columns"))
    return content, {**restore, "columns": [None], "levels": [None]}


def parquet(frame: Any) -> tuple[NDArray[np.uint8], dict[str, Any]]:
    """The DataFrame as the bytes of a Parquet file, and how to restore it, of JSON's types.

    `columns`: the labels of columns that are not all different texts, and `levels`: the names of their levels;
    `dtypes` by the column's position: of numbers in the other byte order, and of objects, which may be read as
    texts. Raises ImportError without pyarrow, and
    ValueError, TypeError, NotImplementedError or OverflowError for what Parquet cannot hold.
    """
    restore: dict[str, Any] = {}
    labels = list(frame.columns)
    if not _are_names(frame.columns) and is_json(labels):
        restore["columns"] = labels
        restore["levels"] = [None if name is None else str(name) for name in frame.columns.names]
        frame = frame.set_axis(_different_texts(labels), axis="columns")
    dtypes = {i: dtype for i, dtype in enumerate(frame.dtypes) if isinstance(dtype, np.dtype)}
    other = {str(i): dtype.str for i, dtype in dtypes.items() if not dtype.isnative or dtype.kind == "O"}
    if other:
        restore["dtypes"] = other
    swapped = {i: dtype for i, dtype in dtypes.items() if not dtype.isnative}
    if swapped:
        frame = frame.astype({frame.columns[i]: d.newbyteorder("=") for i, d in swapped.items()})
    buffer = io.BytesIO()
    frame.to_parquet(buffer)
    return np.frombuffer(buffer.getbuffer(), dtype=np.uint8), restore


def _are_names(columns: Any) -> bool:
    return columns.nlevels == 1 and columns.is_unique and all(type(label) is str for label in columns)


def _different_texts(labels: list[Any]) -> list[str]:
    texts: list[str] = []
    for label in labels:
        text, number = str(label), 1
        while text in texts:
            number += 1
            text = f"{label}_{number}"
        texts.append(text)
    return texts
