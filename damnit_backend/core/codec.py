"""The one place where values of the `run_variables` table are decoded and encoded."""

import io
import struct
from dataclasses import dataclass
from typing import Any, TypeAlias

import msgspec
import numpy as np

from .values import CellValue, Failure, Picture, SmallArray, Trend, Value

SqlValue: TypeAlias = int | float | str | bytes | None

PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
NPY_MAGIC = b"\x93NUMPY"
COMPLEX = "complex"
TRENDLINE = "trendline"
NUMPY = "numpy"
BOOL = "bool"
UNREADABLE = "UnreadableValue"
"""Class name of the failure shown for a stored value that cannot be decoded."""


@dataclass(frozen=True, slots=True)
class StoredValue:
    """The columns of `run_variables` that hold a value, as SQLite gives and takes them."""

    value: SqlValue = None
    summary_type: str | None = None
    summary_method: str | None = None
    max_diff: float | None = None
    attributes: str | None = None


class _Attributes(msgspec.Struct, omit_defaults=True):
    """The JSON in the column `attributes`; lenient, since other programs write it too."""

    units: str | None = None
    bold: bool | None = None
    background: tuple[int, int, int] | None = None
    error: str | None = None
    error_cls: str | None = None
    desk_type: str | None = None
    """Ours: ``bool`` where an integer stands for a truth value."""


_decode_attributes = msgspec.json.Decoder(_Attributes, strict=False).decode


def decode(
    stored: StoredValue, *, boolean: bool = False, provenance: str = "", timestamp: float | None = None
) -> CellValue:
    """The cell that a row of `run_variables` holds. Never raises: what cannot be read becomes a Failure.

    ``boolean``: the variable is declared as one, so that 0 and 1 mean False and True.
    """
    attributes = _Attributes()
    value: Value
    try:
        if stored.attributes:
            attributes = _decode_attributes(stored.attributes)
        value = _decode_value(stored, attributes, boolean)
    except (ValueError, TypeError, msgspec.MsgspecError, struct.error, EOFError) as error:
        value = Failure(UNREADABLE, f"The stored value cannot be read: {error}")
    max_diff = stored.max_diff
    return CellValue(
        value=value,
        units=attributes.units or "",
        bold=attributes.bold,
        background=attributes.background,
        max_diff=float(max_diff) if isinstance(max_diff, int | float) else None,
        summary_method=stored.summary_method or "",
        provenance=provenance,
        timestamp=timestamp,
    )


def _decode_value(stored: StoredValue, attributes: _Attributes, boolean: bool) -> Value:
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
        array = np.load(io.BytesIO(raw), allow_pickle=False)
        if summary_type == TRENDLINE:
            if array.ndim != 2 or array.shape[0] != 2:
                raise ValueError(f"a trend line of shape {array.shape}")
            x, y = array.astype(np.float64)
            return Trend(x, y)
        return SmallArray(array)
    raise ValueError(f"{len(raw)} bytes of an unknown kind")


def encode(cell: CellValue) -> StoredValue:
    """What to store for a cell; the inverse of `decode`."""
    value, summary_type = encode_value(cell.value)
    failure = cell.value if isinstance(cell.value, Failure) else None
    attributes = _Attributes(
        units=cell.units or None,
        bold=cell.bold,
        background=cell.background,
        error=failure.message if failure else None,
        error_cls=failure.error_cls if failure else None,
        desk_type=BOOL if isinstance(cell.value, bool) else None,
    )
    text = msgspec.json.encode(attributes).decode()
    return StoredValue(
        value=value,
        summary_type=summary_type,
        summary_method=cell.summary_method,
        max_diff=cell.max_diff,
        attributes=None if text == "{}" else text,
    )


def encode_value(value: Value) -> tuple[SqlValue, str | None]:
    """The columns `value` and `summary_type` for a decoded value."""
    match value:
        case None | Failure():
            return None, None
        case bool():
            return int(value), None
        case int():
            # SQLite's integers have 64 bits; a larger one keeps its magnitude as a float.
            return (value if -(2**63) <= value < 2**63 else float(value)), None
        case float() | str():
            return value, None
        case complex():
            return struct.pack("<dd", value.real, value.imag), COMPLEX
        case Picture(png):
            return png, None
        case Trend(x, y):
            return npy_bytes(np.stack([x, y])), TRENDLINE
        case SmallArray(data):
            return npy_bytes(data), NUMPY


def npy_bytes(array: np.ndarray[Any, Any]) -> bytes:
    """The bytes of a `.npy` file."""
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()
