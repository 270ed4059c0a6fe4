"""A one-dimensional result, or two columns, as a plot. Pure."""

import numpy as np

from damnit_gui.plots.data import AxisInfo, Numbers, PlotData, Series, Style

from .arrays import Array, Axis, Labelled, columns_of_two


def curve_plot(array: Labelled, *, points: bool = False, x_log: bool = False, y_log: bool = False) -> PlotData:
    """What to draw for an array of one dimension (or of two columns); complex ones give a curve a component."""
    if columns_of_two(array):
        x_axis, curves = _two_columns(array)
    else:
        x_axis, curves = array.axes[0], [("", array.data)]
    count = array.data.shape[0]
    x = np.arange(count, dtype=np.float64) if x_axis.coordinate is None else x_axis.coordinate
    x_info = AxisInfo(x_axis.info.title, x_axis.info.units, x_axis.info.time, x_axis.info.whole, x_log)
    y_info = AxisInfo(array.value.title, array.value.units, array.value.time, log=y_log)
    if count == 0:
        return PlotData(x_info, y_info, message="The array is empty.")
    seen, hidden = _seen(x, x_log), 0
    series = []
    for title, values in curves:
        y = values.astype(np.float64)
        drawable = seen & _seen(y, y_log)
        hidden += int((~drawable & ~np.isnan(y)).sum())
        series.append(_series(title, x, np.where(drawable, y, np.nan), points or count == 1))
    if all(np.isnan(one.y).all() for one in series):
        return PlotData(x_info, y_info, message=f"None of the {count} values can be drawn: all are NaN or infinite.")
    note = f"{hidden} values are not drawn: infinite{', or not positive' if x_log or y_log else ''}." if hidden else ""
    return PlotData(x_info, y_info, tuple(series), note=note)


def _seen(values: Numbers, log: bool) -> Array:
    finite = np.isfinite(values)
    return finite & (values > 0) if log else finite


def _series(title: str, x: Numbers, y: Numbers, points: bool) -> Series:
    ascending = bool(np.all(x[1:] >= x[:-1]))
    return Series(Style.POINTS if points else Style.LINE, x, y, title=title, ascending=ascending)


def _two_columns(array: Labelled) -> tuple[Axis, list[tuple[str, Array]]]:
    """(x, y) where the first column rises all the way, else two curves."""
    first, second = array.data[:, 0].astype(np.float64), array.data[:, 1]
    if np.all(np.diff(first) > 0):
        return Axis(AxisInfo("First column"), first), [("", second)]
    return array.axes[0], [("First column", array.data[:, 0]), ("Second column", second)]
