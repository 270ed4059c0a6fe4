"""A two-dimensional result as a picture: what is drawn, its place, its levels. Pure."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from damnit_gui.plots.data import AxisInfo, Numbers
from damnit_gui.plots.ticks import moment_text, number

from .arrays import Array, Axis, Labelled, uniform

LARGEST_SIDE = 4096
"""Larger arrays are drawn at every n-th element; what is read under the mouse is exact in any case."""
SAMPLES = 1_000_000
"""Levels and histogram look at about this many elements at most."""


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """A picture: ``shown`` has one row a y, NaN where nothing is drawn; the box is in the units of the axes.

    ``x`` and ``y`` are the axes as labelled: by index where a coordinate is not evenly spaced.
    """

    source: Labelled
    shown: Array
    x: AxisInfo
    y: AxisInfo
    left: float
    top: float
    width: float
    height: float
    note: str = ""

    def index_at(self, x: float, y: float) -> tuple[int, int] | None:
        """Row and column at a place; None outside."""
        rows, columns = self.source.data.shape
        column = np.floor((x - self.left) / self.width * columns)
        row = np.floor((y - self.top) / self.height * rows)
        if not (0 <= row < rows and 0 <= column < columns):
            return None
        return int(row), int(column)

    def text_at(self, x: float, y: float) -> str:
        """The coordinates and the exact value at a place; empty outside."""
        place = self.index_at(x, y)
        if place is None:
            return ""
        row, column = place
        parts = [
            _coordinate(self.source.axes[1], column),
            _coordinate(self.source.axes[0], row),
            f"{_exact(self.source.data[row, column])} {self.source.value.units}".rstrip(),
        ]
        return "   ".join(parts)


def make_field(array: Labelled, *, log: bool = False) -> Field:
    """The picture of a two-dimensional array of real numbers; ``log``: shades go by the logarithm."""
    rows, columns = array.data.shape
    y_place, x_place = (
        uniform(axis.coordinate, count) for axis, count in zip(array.axes, array.data.shape, strict=True)
    )
    notes = [
        f"{axis.info.title} is not evenly spaced and is shown by index."
        for axis, place in zip(array.axes, (y_place, x_place), strict=True)
        if place is None
    ]
    stride = max(1, -(-max(rows, columns) // LARGEST_SIDE))
    if stride > 1:
        notes.append(f"Drawn at every {stride}. element.")
    x0, dx = x_place or (0.0, 1.0)
    y0, dy = y_place or (0.0, 1.0)
    return Field(
        array,
        _shades(array.data[::stride, ::stride], log),
        array.axes[1].info if x_place else AxisInfo(f"{array.axes[1].info.title} (index)", whole=True),
        array.axes[0].info if y_place else AxisInfo(f"{array.axes[0].info.title} (index)", whole=True),
        x0 - dx / 2,
        y0 - dy / 2,
        dx * columns,
        dy * rows,
        " ".join(notes),
    )


def _shades(data: Array, log: bool) -> Array:
    """Floats with NaN for what has no shade."""
    values: npt.NDArray[np.floating[Any]] = data.astype(np.float32 if data.dtype.itemsize <= 2 else np.float64)
    if log:
        logs = np.full(values.shape, np.nan, values.dtype)
        np.log10(values, out=logs, where=values > 0)
        values = logs
    infinite = np.isinf(values)
    if infinite.any():
        values[infinite] = np.nan
    return values


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """All that the view of an image needs: the picture, its samples for the levels, and what the colours mean."""

    field: Field
    samples: Numbers
    colours: AxisInfo


def prepare(array: Labelled, component: str, *, log: bool) -> Prepared:
    """An array of two dimensions made ready to be drawn; of complex numbers, a component."""
    real = array.as_real(component)
    field = make_field(real, log=log)
    colours = AxisInfo(f"log10 of {real.value.title}") if log else AxisInfo(real.value.title, real.value.units)
    return Prepared(field, finite_samples(field.shown), colours)


def finite_samples(shades: Array) -> Numbers:
    """Finite elements, evenly taken; all if there are not too many."""
    flat = shades.reshape(-1)
    sample = flat[:: max(1, flat.size // SAMPLES)]
    return sample[np.isfinite(sample)].astype(np.float64)


def levels(samples: Numbers, low_percent: float, high_percent: float) -> tuple[float, float]:
    """Darkest and brightest value; always apart, also for a constant or an empty picture."""
    if samples.size == 0:
        return 0.0, 1.0
    low, high = (float(value) for value in np.percentile(samples, (low_percent, high_percent)))
    if high - low <= 1e-12 * max(abs(low), abs(high)):
        # Few bright pixels on a flat ground: percentiles meet, the range need not.
        low, high = float(samples.min()), float(samples.max())
    if high - low <= 1e-12 * max(abs(low), abs(high)):
        half = max(abs(low) * 1e-6, 0.5)
        return low - half, high + half
    return low, high


def _coordinate(axis: Axis, index: int) -> str:
    value = axis.at(index)
    text = moment_text(value) if axis.info.time else f"{number(value)} {axis.info.units}".rstrip()
    return f"{axis.info.title} {text}"


def _exact(value: np.generic) -> str:
    plain = value.item()
    return number(plain) if isinstance(plain, float) else str(plain)
