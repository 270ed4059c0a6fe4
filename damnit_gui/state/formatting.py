"""The texts of values: short ones for the table, full ones for copying and tooltips."""

import datetime
import math
import re
import unicodedata
from functools import lru_cache

import numpy as np

from damnit_backend.core.values import Failure, Picture, SmallArray, Trend, Value

YES, NO = "✓", "✗"
SKIPPED = "–"
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


@lru_cache(maxsize=1000)
def same_units(one: str, other: str) -> bool:
    """Whether two units are written alike, for the eye: there are two characters for micro, for one."""
    return unicodedata.normalize("NFKC", one).split() == unicodedata.normalize("NFKC", other).split()


def local_time(seconds: float | None, zone: datetime.tzinfo | None = None) -> datetime.datetime | None:
    """A time of the database in this computer's time zone, or ``zone``; None for what is no time."""
    if seconds is None:
        return None
    try:
        utc = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
        return utc.astimezone(zone)
    except (ValueError, OverflowError, OSError, TypeError):
        return None


def time_text(seconds: float | None, zone: datetime.tzinfo | None = None) -> str:
    """A time for the table: 2026-03-14 15:09:26."""
    time = local_time(seconds, zone)
    return "" if time is None else time.strftime("%Y-%m-%d %H:%M:%S")


def long_time_text(seconds: float | None, zone: datetime.tzinfo | None = None) -> str:
    """A time for a tooltip, with the day of the week and the zone."""
    time = local_time(seconds, zone)
    return "" if time is None else time.strftime("%a %Y-%m-%d %H:%M:%S %Z").strip()


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


def failure_text(failure: Failure) -> str:
    """What the cell says: a dash if there is nothing on purpose, else the first words of the error."""
    return SKIPPED if failure.is_skip else first_line(failure.message) or failure.error_cls


def short_text(value: Value, units: str = "") -> str:
    """One line for the table; empty for what is drawn. ``units`` only where the column's header does not name them."""
    match value:
        case None | Trend() | Picture():
            return ""
        case bool():
            return YES if value else NO
        case int() | float():
            text = number_text(value)
        case complex():
            text = complex_text(value)
        case str():
            text = first_line(value)
        case SmallArray(data):
            text = array_text(data)
        case Failure():
            return failure_text(value)
    return f"{text} {units}" if units and text else text


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
