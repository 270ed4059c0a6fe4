"""The one place where values of the `run_variables` table are decoded and encoded."""

import io
import math
import struct
import tokenize
from typing import Any, TypeAlias

import msgspec
import numpy as np

from .attributes import UNREADABLE, Attributes, read_attributes, write_attributes
from .values import CellValue, Failure, Picture, SmallArray, Trend, Value

SqlValue: TypeAlias = int | float | str | bytes | None

PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
NPY_MAGIC = b"\x93NUMPY"
COMPLEX = "complex"
TRENDLINE = "trendline"
NUMPY = "numpy"
BOOL = "bool"


class StoredValue(msgspec.Struct, frozen=True):
    """The columns of `run_variables` that hold a value, as SQLite gives and takes them."""

    value: SqlValue = None
    summary_type: str | None = None
    summary_method: str | None = None
    max_diff: float | None = None
    attributes: str | None = None


_UNREADABLE_BYTES = (
    ValueError, TypeError, EOFError, OverflowError, MemoryError, RecursionError, SyntaxError,
    struct.error, tokenize.TokenError,
)  # fmt: skip
"""What numpy raises on bytes that only begin like a `.npy` file, in whose header stands a Python expression."""


def decode(
    stored: StoredValue, *, boolean: bool = False, provenance: str = "", timestamp: float | None = None
) -> CellValue:
    """The cell that a row of `run_variables` holds. Never raises: what cannot be read becomes a Failure.

    Columns have no types in SQLite and other programs write them too, so that each may hold anything.
    ``boolean``: the variable is declared as one, so that 0 and 1 mean False and True.
    """
    value: Value
    attributes = read_attributes(stored.attributes)
    try:
        value = _decode_value(stored, attributes, boolean)
    except _UNREADABLE_BYTES as error:
        value = Failure(UNREADABLE, f"The stored value cannot be read: {error}")
    return CellValue(
        value=value,
        units=attributes.units or "",
        bold=attributes.bold,
        background=attributes.background,
        max_diff=number_or_none(stored.max_diff),
        summary_method=stored.summary_method if isinstance(stored.summary_method, str) else "",
        provenance=provenance,
        timestamp=timestamp,
    )


def number_or_none(stored: object) -> float | None:
    """A column that should hold a number or NULL."""
    return float(stored) if isinstance(stored, int | float) else None


def _decode_value(stored: StoredValue, attributes: Attributes, boolean: bool) -> Value:
    raw = stored.value
    if raw is None:
        if attributes.error is None and attributes.error_cls is None:
            return None
        return Failure(attributes.error_cls or "Error", attributes.error or "")
    if isinstance(raw, bytes):
        return decode_blob(raw, stored.summary_type)
    if (boolean or attributes.desk_type == BOOL) and raw in (0, 1):
        return bool(raw)
    return raw


def decode_blob(raw: bytes, summary_type: str | None) -> Value:
    """A picture, trend line, small array or complex number from the bytes stored for it.

    The type that was stored with it decides; bytes of unnamed type are known by how they start.
    """
    if summary_type == COMPLEX:
        real, imaginary = struct.unpack("<dd", raw)
        return complex(real, imaginary)
    if raw.startswith(PNG_MAGIC):
        return Picture(raw)
    if raw.startswith(NPY_MAGIC):
        array = _read_npy(raw)
        if summary_type == TRENDLINE:
            if array.ndim != 2 or array.shape[0] != 2 or array.dtype.kind not in "biuf":
                raise ValueError(f"a trend line of {array.dtype}, shape {array.shape}")
            x, y = array.astype(np.float64)
            return Trend(x, y)
        return SmallArray(array)
    raise ValueError(f"{len(raw)} bytes of an unknown kind")


def _read_npy(raw: bytes) -> np.ndarray[Any, Any]:
    """The array of a `.npy` file. What its header promises is checked against its length before memory is taken."""
    stream = io.BytesIO(raw)
    version = np.lib.format.read_magic(stream)
    if version == (1, 0):
        shape, fortran, dtype = np.lib.format.read_array_header_1_0(stream)
    else:
        shape, fortran, dtype = np.lib.format.read_array_header_2_0(stream)
    if dtype.hasobject:
        raise ValueError("an array of Python objects")
    if any(size < 0 for size in shape) or math.prod(shape) * dtype.itemsize > len(raw) - stream.tell():
        raise ValueError(f"the data of an array of shape {shape} are cut off")
    data = np.frombuffer(raw, dtype, count=math.prod(shape), offset=stream.tell())
    return data.reshape(shape, order="F" if fortran else "C")


def encode(cell: CellValue) -> StoredValue:
    """What to store for a cell; the inverse of `decode`."""
    value, summary_type = encode_value(cell.value)
    failure = cell.value if isinstance(cell.value, Failure) else None
    attributes = Attributes(
        units=storable_text(cell.units) or None,
        bold=cell.bold,
        background=cell.background,
        error=storable_text(failure.message) if failure else None,
        error_cls=storable_text(failure.error_cls) if failure else None,
        desk_type=BOOL if isinstance(cell.value, bool) else None,
    )
    return StoredValue(
        value=value,
        summary_type=summary_type,
        summary_method=storable_text(cell.summary_method),
        max_diff=cell.max_diff,
        attributes=write_attributes(attributes),
    )


def encode_value(value: Value) -> tuple[SqlValue, str | None]:
    """The columns `value` and `summary_type` for a decoded value."""
    match value:
        case None | Failure():
            return None, None
        case bool():
            return int(value), None
        case int():
            return _storable_int(value), None
        case float():
            return value, None
        case str():
            return storable_text(value), None
        case complex():
            return struct.pack("<dd", value.real, value.imag), COMPLEX
        case Picture(png):
            return png, None
        case Trend(x, y):
            return npy_bytes(np.stack([x, y])), TRENDLINE
        case SmallArray(data):
            return npy_bytes(data), NUMPY


def storable_text(text: str) -> str:
    """The text with a question mark for each lone surrogate, which neither SQLite nor JSON can hold.

    They come from bytes that were no UTF-8 where they were read.
    """
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _storable_int(value: int) -> int | float:
    """SQLite's integers have 64 bits; a larger one keeps its magnitude as a float."""
    if -(2**63) <= value < 2**63:
        return value
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def npy_bytes(array: np.ndarray[Any, Any]) -> bytes:
    """The bytes of a `.npy` file."""
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()
