"""A short text for a cell's value: the same for the same value, whether it comes from the table or from a file."""

import hashlib
import math
from typing import Any

import numpy as np

from .codec import encode_value, storable_text
from .values import Failure, Picture, SmallArray, Trend, Value

NOTHING = "nothing"
"""No value, or one that SQLite does not tell from it: not a number."""


def fingerprint(value: Value) -> str:
    """Two values have the same one exactly if a cell that held either would show the same."""
    match value:
        case None:
            return NOTHING
        case bool():
            return f"number {int(value)}"
        case int() | float():
            return _number(value)
        case complex():
            return f"complex {value}"
        case str():
            return f"text {_digest(storable_text(value).encode())}"
        case Picture(png):
            return f"picture {_digest(png)}"
        case Trend(x, y):
            return f"trend {_array(np.stack([x, y]))}"
        case SmallArray(data):
            return f"array {_array(data)}"
        case Failure(error_cls, message):
            return f"failure {_digest(storable_text(f'{error_cls}: {message}').encode())}"


def _number(value: int | float) -> str:
    stored, _ = encode_value(value)
    if isinstance(stored, float) and math.isnan(stored):
        return NOTHING
    # One that is whole may be stored as either kind of number.
    whole = isinstance(stored, float) and stored.is_integer()
    return f"number {int(stored) if whole else stored!r}"  # type: ignore[arg-type]


def _array(data: np.ndarray[Any, Any]) -> str:
    plain = np.ascontiguousarray(data.astype(data.dtype.newbyteorder("=")))
    return f"{plain.dtype} {plain.shape} {_digest(plain.tobytes())}"


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=8).hexdigest()
