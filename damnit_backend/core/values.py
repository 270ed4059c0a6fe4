"""What a cell of the run table holds, decoded: one frozen value a cell, whatever it was stored as."""

import enum
from dataclasses import dataclass
from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt


class Kind(enum.StrEnum):
    """The kinds of cell; each has one renderer in the window and one line in the documentation."""

    EMPTY = "empty"
    BOOL = "bool"
    NUMBER = "number"
    COMPLEX = "complex"
    TEXT = "text"
    TREND = "trend"
    IMAGE = "image"
    ARRAY = "array"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True, eq=False)
class Trend:
    """A short version of one-dimensional data: ``x`` and ``y`` are float64 of equal length, about 150 at most."""

    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Picture:
    """A thumbnail: the bytes of a PNG file, at most 300 pixels on the longer side."""

    png: bytes


@dataclass(frozen=True, slots=True, eq=False)
class SmallArray:
    """An array of few elements, kept whole in the table."""

    data: npt.NDArray[np.generic]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no value: the exception's class name and its message."""

    error_cls: str
    message: str

    @property
    def is_skip(self) -> bool:
        """Whether the emptiness is expected: the Variable said so, or the run lacks the source it reads."""
        return self.error_cls in ("Skip", "SourceNameError")


Value: TypeAlias = bool | int | float | complex | str | Trend | Picture | SmallArray | Failure | None


class CellValue(msgspec.Struct, frozen=True, eq=False, gc=False):
    """A cell: its value and what goes with it. There are millions: a Struct is made fifteen times as fast as a
    dataclass, and without ``gc`` Python does not go through them all again and again.

    ``max_diff`` is the difference of the largest and smallest value of the full data (None: unknown);
    ``timestamp`` is when it was stored, in seconds since 1970; ``provenance`` is who made it
    (``context.py``, ``manual-input`` or a name).
    """

    value: Value = None
    units: str = ""
    bold: bool | None = None
    background: tuple[int, int, int] | None = None
    max_diff: float | None = None
    summary_method: str = ""
    provenance: str = ""
    timestamp: float | None = None

    @property
    def kind(self) -> Kind:
        return kind_of(self.value)

    @property
    def is_bold(self) -> bool:
        """Bold as asked for, else when the data behind the summary vary."""
        if self.bold is not None:
            return self.bold
        return self.max_diff is not None and self.max_diff > 1e-9


_KINDS: dict[type, Kind] = {
    type(None): Kind.EMPTY,
    bool: Kind.BOOL,
    int: Kind.NUMBER,
    float: Kind.NUMBER,
    complex: Kind.COMPLEX,
    str: Kind.TEXT,
    Trend: Kind.TREND,
    Picture: Kind.IMAGE,
    SmallArray: Kind.ARRAY,
    Failure: Kind.FAILURE,
}


def kind_of(value: Value) -> Kind:
    """The kind of a decoded value."""
    return _KINDS[type(value)]
