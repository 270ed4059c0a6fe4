"""How often the values of one column occur."""

import numpy as np

from damnit_gui.plots.columns import axis_of
from damnit_gui.plots.data import AxisInfo, Numbers, PlotData, Series, Style
from damnit_gui.plots.spec import PlotSpec
from damnit_gui.state.table_data import TableData

from .base import PlotKind

MOST_BINS = 60


def resolve(spec: PlotSpec, table: TableData) -> PlotData:
    if not spec.y:
        return PlotData(message="Choose a column to count.")
    axis = axis_of(table, spec.y)
    counts_axis = AxisInfo("Runs", whole=not spec.y_log, log=spec.y_log)
    values = table.numbers(spec.y)
    rows = np.flatnonzero(np.isfinite(values))
    if rows.size == 0:
        return PlotData(axis, counts_axis, message=f"No run has a finite {axis.title} yet.")
    edges = bin_edges(values[rows])
    # The last bin includes its upper edge, as numpy's histogram has it.
    bins = np.minimum(np.searchsorted(edges, values[rows], side="right") - 1, edges.size - 2)
    counts = np.bincount(bins, minlength=edges.size - 1).astype(np.float64)
    runs = tuple(tuple(table.run(int(row)).key for row in rows[bins == number]) for number in range(counts.size))
    infinite = int(np.isinf(values).sum())
    note = f"{infinite} infinite values are not counted." if infinite else ""
    return PlotData(axis, counts_axis, (Series(Style.BARS, edges, counts, runs, axis.title),), note=note)


def bin_edges(values: Numbers) -> Numbers:
    """Edges of equal bins over finite values, as many as the data bear; whole steps for few whole numbers."""
    low, high = float(values.min()), float(values.max())
    if not np.isfinite(high - low):
        return np.array([low, 0.0, high])
    if high - low <= 1e-12 * max(abs(low), abs(high)):
        half = max(abs(low) * 1e-6, 0.5)
        return np.array([low - half, high + half])
    if np.all(values == np.round(values)) and high - low < MOST_BINS:
        return np.arange(low - 0.5, high + 1.0)
    # Freedman and Diaconis' width, bounded: an outlier must not ask for a million bins.
    quarters = np.percentile(values, (25, 75))
    width = 2 * float(quarters[1] - quarters[0]) / values.size ** (1 / 3)
    wanted = (high - low) / width if width > 0 else np.sqrt(values.size)
    return np.linspace(low, high, 1 + int(np.clip(np.ceil(wanted), 1, MOST_BINS)))


KIND = PlotKind("histogram", "Histogram of a column", "mdi6.chart-bar", resolve, uses_x=False, lines=False)
