"""The texts of values: without loss for copying and files, and short numbers for tables."""

import math
import re

import numpy as np

from .values import Failure, Picture, SmallArray, Trend, Value

DIGITS = 6
"""Significant digits of a number in the table; the tooltip has all of them."""
_SHOWN_ELEMENTS = 6

_EXPONENT = re.compile(r"e([+-])0*(\d+)")


def number_text(value: float) -> str:
    """A number with sensible digits and a thin exponent: 3, 0.25, 1.23457e8, 2e-7."""
    if isinstance(value, int):
        return str(value)
    if math.isnan(value):
        return "NaN"
    return _EXPONENT.sub(lambda match: f"e{match[1].strip('+')}{match[2]}", format(value, f".{DIGITS}g"))


def complex_text(value: complex) -> str:
    """A complex number: 1+2j."""
    imaginary = number_text(value.imag)
    return f"{number_text(value.real)}{'' if imaginary.startswith('-') else '+'}{imaginary}j"


def first_line(text: str) -> str:
    """The first line that is not blank; an ellipsis says that there are more."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        return ""
    return lines[0] if len(lines) == 1 else f"{lines[0]} …"


def shape_text(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape))


def array_text(array: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> str:
    """The first elements and the shape: ``[1, 2, 3] (3)``."""
    shown = [_element_text(item) for item in array.ravel()[:_SHOWN_ELEMENTS].tolist()]
    if array.size > _SHOWN_ELEMENTS:
        shown.append("…")
    return f"[{', '.join(shown)}] ({shape_text(array.shape)})"


def _element_text(item: object) -> str:
    if isinstance(item, bool):
        return "true" if item else "false"
    if isinstance(item, int | float):
        return number_text(item)
    return complex_text(item) if isinstance(item, complex) else str(item)


def full_text(value: Value) -> str:
    """The value without loss, or in words where it has no text: for copying, editing and tooltips."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return str(value)
        case complex():
            return str(value).strip("()")
        case str():
            return value
        case Trend(x):
            return f"curve of {len(x)} points"
        case Picture():
            return "image"
        case SmallArray(data):
            return np.array2string(data, threshold=200, separator=", ")
        case Failure(error_cls, message):
            return f"{error_cls}: {message}" if message else error_cls
