"""Which kind of value a Variable returned, and what is stored of it.

The one place that decides what can be saved. A new kind of value is one function here, one line in `_ENCODERS`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Callable

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from damnit_ctx import figures, tables
from damnit_ctx.figures import is_instance_of
from damnit_ctx.labelled import storable_array, storable_dataset
from damnit_ctx.text import storable

#: Of numpy's types: numbers, and bytes, as HDF5 holds them in a fixed length.
_PLAIN_KINDS = "biufcSV"


class CannotSave(TypeError):
    """A returned value that no file of ours can hold; the message says which and what to do."""


@dataclass(frozen=True)
class Stored:
    """What goes into the file: `objtype` as in the format's `_damnit_objtype`, None for a plain dataset.

    `content` is an array, a string, or (for "dataarray" and "dataset") an xarray Dataset. `restore`, of JSON's
    types, is what a reader needs beside it to make the very value again; empty for most.
    """

    objtype: str | None
    content: NDArray[Any] | str | xr.Dataset
    restore: dict[str, Any] = field(default_factory=dict)


def encode(value: Any) -> Stored:
    """What is stored of a returned value (neither None nor a Cell). Raises CannotSave."""
    for recognise, encoder in _ENCODERS:
        if recognise(value):
            return encoder(value)
    return Stored(None, plain_array(value))


def normalised(value: Any) -> Any:
    """The value as dependants and summaries see it. Raises CannotSave.

    Numbers are numpy's, with `dtype`, `shape` and `item()` whatever the Variable returned; lists and all else that
    numpy makes an array of are the array that is stored. What xarray would compute anew each time, with dask, is
    computed here, once.
    """
    if isinstance(value, (xr.DataArray, xr.Dataset)):
        return value.load()
    if value is None or isinstance(value, np.ma.MaskedArray) or _is_kept(value):
        return value
    array = plain_array(value)
    return array if array.ndim or isinstance(value, np.ndarray) else array[()]


def _is_kept(value: Any) -> bool:
    return is_text(value) or is_series(value) or is_dataframe(value) or figures.is_figure(value)


def is_text(value: Any) -> bool:
    return isinstance(value, (str, bytes))


def is_series(value: Any) -> bool:
    return is_instance_of(value, "pandas", "Series")


def is_dataframe(value: Any) -> bool:
    return is_instance_of(value, "pandas", "DataFrame")


def plain_array(value: Any) -> NDArray[Any]:
    """A number, or what numpy makes an array of numbers, bytes or records of. Raises CannotSave."""
    try:
        array = _unmasked(value) if isinstance(value, np.ma.MaskedArray) else np.asarray(value)
    except (ValueError, TypeError) as error:  # e.g. lists of unequal length
        raise CannotSave(f"A {_name(value)} that is no array of numbers cannot be saved: {error}") from error
    if array.dtype in (np.longdouble, np.clongdouble):  # which every machine stores differently
        return array.astype(np.float64 if array.dtype.kind == "f" else np.complex128)
    if _is_plain(array.dtype):
        return array
    raise CannotSave(_refusal(value, array.dtype))


def _is_plain(dtype: np.dtype[Any]) -> bool:
    if dtype.names is not None:
        return bool(dtype.names) and all(_is_plain(dtype[name].base) for name in dtype.names)
    return dtype.kind in _PLAIN_KINDS and dtype.itemsize > 0


def _unmasked(value: np.ma.MaskedArray[Any, Any]) -> NDArray[Any]:
    """The array with NaN in the masked places; whole numbers become floats if there are any."""
    if not np.ma.is_masked(value):
        return np.asarray(value.data)
    filled: Any = value if value.dtype.kind in "fc" else value.astype(np.float64)
    return np.asarray(filled.filled(np.nan))


def _name(value: Any) -> str:
    module, name = type(value).__module__, type(value).__qualname__
    return name if module == "builtins" else f"{module.split('.')[0]}.{name}"


def _refusal(value: Any, dtype: np.dtype[Any]) -> str:
    what = f"A value of the type {_name(value)} cannot be saved"
    if is_instance_of(value, "extra_data", "KeyData"):
        return f"{what}: return its .ndarray() or .xarray()"
    if isinstance(value, int):
        return f"{what}: the number needs more than 64 bits. Return a float"
    if dtype.kind in "mM":
        return f"{what}: return seconds as a number, or a DataArray for an array of times"
    if dtype.kind == "U":
        return f"{what}: it holds text. Return one string, or a DataArray"
    if isinstance(value, (np.ndarray, list, tuple)):
        return f"{what}: it holds Python objects or values of different kinds, not numbers"
    return f"{what}: return numbers, text, arrays, xarray or pandas objects, or a figure"


def _encode_text(value: Any) -> Stored:
    if isinstance(value, bytes):
        try:
            value = value.decode("utf-8")
        except UnicodeDecodeError as error:
            raise CannotSave(f"Bytes that are no text cannot be saved: {error}. Return a uint8 array") from error
    return Stored(None, storable(str.__str__(value)))  # of an Enum the text, not the name of the member


def _encode_dataarray(value: xr.DataArray) -> Stored:
    return Stored("dataarray", *storable_array(value))


def _encode_dataset(value: xr.Dataset) -> Stored:
    return Stored("dataset", *storable_dataset(value))


def _encode_figure(value: Any) -> Stored:
    return Stored("image", figures.draw(value))


def _encode_plotly(value: Any) -> Stored:
    return Stored("PlotlyFigure", np.frombuffer(value.to_json().encode("utf-8"), dtype=np.uint8))


def _encode_series(value: Any) -> Stored:
    return _table("series", value, tables.series_parquet)


def _encode_dataframe(value: Any) -> Stored:
    return _table("dataframe", value, tables.parquet)


def _table(objtype: str, value: Any, encoder: Callable[[Any], tuple[NDArray[Any], dict[str, Any]]]) -> Stored:
    try:
        return Stored(objtype, *encoder(value))
    except ImportError as error:
        raise CannotSave(f"pandas objects need pyarrow to be saved: {error}") from error
    except (ValueError, TypeError, NotImplementedError, OverflowError) as error:
        raise CannotSave(f"pandas could not save this object as Parquet: {error}") from error


_ENCODERS: tuple[tuple[Callable[[Any], bool], Callable[[Any], Stored]], ...] = (
    (is_text, _encode_text),
    (lambda value: isinstance(value, xr.DataArray), _encode_dataarray),
    (lambda value: isinstance(value, xr.Dataset), _encode_dataset),
    (figures.is_matplotlib, _encode_figure),
    (figures.is_plotly, _encode_plotly),
    (is_series, _encode_series),
    (is_dataframe, _encode_dataframe),
)
