"""One column against another, a point a run; one series a proposal where a folder has several."""

import numpy as np
import numpy.typing as npt

from damnit_backend.core.keys import RunKey
from damnit_gui.plots.columns import axis_of
from damnit_gui.plots.data import AxisInfo, Numbers, PlotData, Series, Style
from damnit_gui.plots.spec import PlotSpec
from damnit_gui.state.table_data import TableData

from .base import PlotKind

Mask = npt.NDArray[np.bool_]


def resolve(spec: PlotSpec, table: TableData) -> PlotData:
    if not spec.x or not spec.y:
        return PlotData(message="Choose what to plot against what.")
    x_axis = axis_of(table, spec.x, log=spec.x_log)
    y_axis = axis_of(table, spec.y, log=spec.y_log)
    x, y = table.numbers(spec.x), table.numbers(spec.y)
    has_both = ~(np.isnan(x) | np.isnan(y))
    drawable = _drawable(x, x_axis) & _drawable(y, y_axis)
    if not drawable.any():
        return PlotData(x_axis, y_axis, message=_why_empty(x_axis, y_axis, int(has_both.sum())))
    # A run without y leaves a gap in a line; one without x has no place on the axis at all.
    shown = _drawable(x, x_axis) if spec.lines else drawable
    gapped = np.where(drawable, y, np.nan)
    style = Style.LINE if spec.lines else Style.POINTS
    return PlotData(
        x_axis,
        y_axis,
        tuple(_series(style, title, rows, x, gapped, table) for title, rows in _split(table, shown, drawable)),
        note=_note(int((has_both & ~drawable).sum()), x_axis, y_axis),
    )


def _drawable(values: Numbers, axis: AxisInfo) -> Mask:
    finite = np.isfinite(values)
    return finite & (values > 0) if axis.log else finite


def _split(table: TableData, shown: Mask, drawable: Mask) -> list[tuple[str, npt.NDArray[np.intp]]]:
    """The rows to draw, a part for each proposal that has points."""
    proposals = table.numbers("proposal")
    parts = np.unique(proposals[drawable]).tolist()
    return [(f"p{int(proposal)}", np.flatnonzero(shown & (proposals == proposal))) for proposal in parts]


def _series(style: Style, title: str, rows: npt.NDArray[np.intp], x: Numbers, y: Numbers, table: TableData) -> Series:
    if style is Style.LINE:
        # Lines go along x, so that they show a dependence and not the order of the runs.
        rows = rows[np.argsort(x[rows], kind="stable")]
    runs: tuple[tuple[RunKey, ...], ...] = tuple((table.run(int(row)).key,) for row in rows)
    return Series(style, x[rows], y[rows], runs, title, ascending=style is Style.LINE)


def _why_empty(x: AxisInfo, y: AxisInfo, count: int) -> str:
    if count == 0:
        return f"No run has both {x.title} and {y.title} yet."
    return f"None of the {count} points can be drawn{_reason(x, y)}."


def _note(left_out: int, x: AxisInfo, y: AxisInfo) -> str:
    if left_out == 0:
        return ""
    points = "1 point is" if left_out == 1 else f"{left_out} points are"
    return f"{points} not drawn{_reason(x, y)}."


def _reason(x: AxisInfo, y: AxisInfo) -> str:
    return ": infinite, or not positive on a logarithmic axis" if x.log or y.log else ": infinite"


KIND = PlotKind("against", "One column against another", "mdi6.chart-scatter-plot", resolve, uses_x=True, lines=True)
