"""Full results as arrays with axes: what curve, image and stack draw. Pure numpy."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from damnit_backend.store.results import Result, ResultKind
from damnit_gui.plots.data import AxisInfo, Numbers

Array = npt.NDArray[Any]

COMPONENTS: dict[str, Callable[[Array], Array]] = {
    "Magnitude": np.abs,
    "Phase": np.angle,
    "Real part": np.real,
    "Imaginary part": np.imag,
}
"""Ways to show complex numbers as real ones; the first is shown first."""


@dataclass(frozen=True, slots=True, eq=False)
class Axis:
    """A dimension of an array: what stands beside it, and the coordinate at each index (None: the index itself)."""

    info: AxisInfo
    coordinate: Numbers | None = None

    def at(self, index: int) -> float:
        return float(index) if self.coordinate is None else float(self.coordinate[index])


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """An array of numbers (bool, whole, real or complex) with an axis a dimension and its own label and units."""

    data: Array
    axes: tuple[Axis, ...]
    value: AxisInfo

    @property
    def is_complex(self) -> bool:
        return bool(self.data.dtype.kind == "c")

    def component(self, name: str) -> "Labelled":
        """A complex array as a real one."""
        data = COMPONENTS[name](self.data)
        units = "rad" if name == "Phase" else self.value.units
        return Labelled(data, self.axes, AxisInfo(f"{name} of {self.value.title}", units))

    def as_real(self, component: str) -> "Labelled":
        """Real numbers as they are, of complex ones a component."""
        return self.component(component) if self.is_complex else self

    def part(self, indices: tuple[int, ...]) -> "Labelled":
        """What is left at these indices of the leading axes."""
        return Labelled(self.data[indices], self.axes[len(indices) :], self.value)


_AXES = {1: ("Index",), 2: ("Row", "Column")}
"""What the axes of an array are called that has no names for them."""


def labelled(result: Result, value: AxisInfo) -> Labelled | None:
    """The result as numbers with axes; None if it is something else. ``value``: its title, and units if it has none."""
    match result.kind:
        case ResultKind.ARRAY:
            data = np.asarray(result.data)
            names = _AXES.get(data.ndim) or tuple(f"Axis {n}" for n in range(data.ndim))
            axes = tuple(Axis(AxisInfo(name, whole=True)) for name in names)
        case ResultKind.DATAARRAY:
            data = result.data.values
            units = str(result.data.attrs.get("units", "")) or value.units
            value = AxisInfo(value.title, units)
            axes = tuple(_xarray_axis(result.data, str(dim)) for dim in result.data.dims)
        case ResultKind.SERIES:
            data = np.asarray(result.data.to_numpy())
            name = str(result.data.index.name or "Index")
            axes = (_axis(name, "", np.asarray(result.data.index.to_numpy())),)
        case _:
            return None
    if data.dtype.kind in "mM":
        return Labelled(_seconds(data), axes, _time_info(value.title, data))
    return Labelled(data, axes, value) if data.dtype.kind in "biufc" else None


def _xarray_axis(array: Any, dim: str) -> Axis:
    if dim not in array.coords:
        return Axis(AxisInfo(dim, whole=True))
    coordinate = array.coords[dim]
    return _axis(dim, str(coordinate.attrs.get("units", "")), coordinate.values)


def _axis(title: str, units: str, values: Array) -> Axis:
    """An axis from its coordinate, which may be anything; what is no number counts by index."""
    if values.dtype.kind in "mM":
        return Axis(_time_info(title, values), _seconds(values))
    if values.dtype.kind in "iuf" and values.ndim == 1 and np.isfinite(values).all():
        return Axis(AxisInfo(title, units, whole=values.dtype.kind != "f"), values.astype(np.float64))
    return Axis(AxisInfo(title, whole=True))


def _time_info(title: str, values: Array) -> AxisInfo:
    return AxisInfo(title, time=True) if values.dtype.kind == "M" else AxisInfo(title, "s")


def _seconds(values: Array) -> Numbers:
    """Times as seconds since 1970, durations as seconds; what is not a time as NaN."""
    missing = np.isnat(values)
    unit = "datetime64[ns]" if values.dtype.kind == "M" else "timedelta64[ns]"
    seconds = values.astype(unit).astype(np.int64) / 1e9
    return np.where(missing, np.nan, seconds)


def columns_of_two(array: Labelled) -> bool:
    """Whether a plain array is likely a list of (x, y): two columns, and more rows than that."""
    shape = array.data.shape
    return len(shape) == 2 and shape[1] == 2 and shape[0] > 2 and not array.is_complex


def uniform(coordinate: Numbers | None, count: int) -> tuple[float, float] | None:
    """First value and step of an evenly spaced coordinate (within 1 % of a step); None if it is not."""
    if coordinate is None:
        return 0.0, 1.0
    if count < 2:
        return (float(coordinate[0]), 1.0) if count else (0.0, 1.0)
    step = (coordinate[-1] - coordinate[0]) / (count - 1)
    if step == 0 or np.abs(np.diff(coordinate) - step).max() > 0.01 * abs(step):
        return None
    return float(coordinate[0]), float(step)
