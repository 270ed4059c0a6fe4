"""Which point of a plot is meant by a place on the screen, and what is said about it. Pure."""

from dataclasses import dataclass

import numpy as np

from .data import AxisInfo, Numbers, PlotData, Series, Style
from .ticks import moment_text, number

RADIUS = 14.0
"""How near the mouse must come to a point, in pixels."""
LISTED_RUNS = 12


@dataclass(frozen=True, slots=True)
class View:
    """The part of a plot that is seen: ranges as drawn (logarithms on log axes) and its size in pixels."""

    x_range: tuple[float, float]
    y_range: tuple[float, float]
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A point or bar of a plot: its series, its number in it, and where it is, as drawn."""

    series: Series
    index: int
    x: float
    y: float


def as_drawn(values: Numbers, axis: AxisInfo) -> Numbers:
    """Values as the canvas places them: logarithms on a log axis, NaN where there is none."""
    if not axis.log:
        return values
    logs = np.full(values.shape, np.nan)
    np.log10(values, out=logs, where=values > 0)
    return logs


def find(data: PlotData, view: View, x: float, y: float) -> Hit | None:
    """The point nearest to (x, y), given as drawn, within the radius; or the bar under it."""
    best: tuple[float, Hit] | None = None
    for series in data.series:
        if series.style is Style.BARS:
            hit = _bar(series, data, x, y)
            if hit is not None:
                return hit
            continue
        found = _point(series, data, view, x, y)
        if found is not None and (best is None or found[0] < best[0]):
            best = found
    return best[1] if best else None


def _bar(series: Series, data: PlotData, x: float, y: float) -> Hit | None:
    index = int(np.searchsorted(series.x, x, side="right")) - 1
    if not 0 <= index < series.y.size or series.y[index] == 0:
        return None
    top = float(as_drawn(series.y[index : index + 1], data.y)[0])
    return Hit(series, index, float(series.x[index : index + 2].mean()), top) if y <= top else None


def _point(series: Series, data: PlotData, view: View, x: float, y: float) -> tuple[float, Hit] | None:
    x_scale = view.width / ((view.x_range[1] - view.x_range[0]) or 1.0)
    y_scale = view.height / ((view.y_range[1] - view.y_range[0]) or 1.0)
    first, last = 0, series.x.size
    if series.ascending:
        # Long curves: only what is near in x is worth a look.
        reach = RADIUS / abs(x_scale)
        low, high = (10**edge if data.x.log else edge for edge in (x - reach, x + reach))
        first, last = (int(np.searchsorted(series.x, edge)) for edge in (low, high))
    xs = as_drawn(series.x[first:last], data.x)
    ys = as_drawn(series.y[first:last], data.y)
    distances = np.hypot((xs - x) * x_scale, (ys - y) * y_scale)
    distances[~np.isfinite(distances)] = np.inf
    if distances.size == 0:
        return None
    nearest = int(np.argmin(distances))
    if distances[nearest] > RADIUS:
        return None
    return float(distances[nearest]), Hit(series, first + nearest, float(xs[nearest]), float(ys[nearest]))


def describe(hit: Hit, data: PlotData) -> str:
    """What is said about a point: its run, then its values with units, a line each."""
    series, index = hit.series, hit.index
    runs = series.runs[index] if index < len(series.runs) else ()
    if series.style is Style.BARS:
        count = "1 run" if len(runs) == 1 else f"{len(runs)} runs"
        low, high = (_value(float(edge), data.x) for edge in series.x[index : index + 2])
        names = ", ".join(f"r{key.run}" for key in runs[:LISTED_RUNS]) + (", …" if len(runs) > LISTED_RUNS else "")
        return f"{count}: {low} to {high}\n{names}"
    lines = [str(key) for key in runs]
    if not runs and series.title and data.legend:
        lines.append(series.title)
    if not (runs and data.x.whole):
        lines.append(f"{data.x.title}: {_value(float(series.x[index]), data.x)}")
    lines.append(f"{data.y.title}: {_value(float(series.y[index]), data.y)}")
    return "\n".join(lines)


def _value(value: float, axis: AxisInfo) -> str:
    if axis.time:
        return moment_text(value)
    return f"{number(value)} {axis.units}".rstrip()
