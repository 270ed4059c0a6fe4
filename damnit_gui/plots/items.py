"""The graphics items that draw a series, in the colours of the theme."""

from typing import Any

import numpy as np
import pyqtgraph as pg
from PyQt6.QtGui import QColor

from damnit_gui.theme import Tokens

from .data import PlotData, Series, Style
from .nearest import as_drawn

POINT_SIZE = 7
FEW_POINTS = 200
"""Up to this many points of a line are marked."""
MANY_POINTS = 5000
"""From this many points on, a line is drawn one pixel wide, which Qt does much faster."""


def make_item(series: Series, data: PlotData, colour: str) -> Any:
    """A new item for a series; a line is empty until `fill_line`."""
    match series.style:
        case Style.BARS:
            return _bars(series, data, colour)
        case Style.POINTS:
            return _points(series, data, colour)
        case Style.LINE:
            return _line(series, colour)


def _points(series: Series, data: PlotData, colour: str) -> Any:
    fill = QColor(colour)
    fill.setAlphaF(0.85)
    return pg.ScatterPlotItem(
        as_drawn(series.x, data.x),
        as_drawn(series.y, data.y),
        size=POINT_SIZE,
        pen=None,
        brush=fill,
        name=series.title,
        antialias=True,
    )


def _line(series: Series, colour: str) -> Any:
    count = series.x.size
    few = count <= FEW_POINTS
    return pg.PlotDataItem(
        pen=pg.mkPen(colour, width=1 if count > MANY_POINTS else 1.6),
        connect="finite",
        name=series.title,
        antialias=count <= MANY_POINTS,
        symbol="o" if few else None,
        symbolSize=5,
        symbolPen=None,
        symbolBrush=colour,
    )


def fill_line(item: Any, series: Series, data: PlotData) -> None:
    """Give a line its points, once it is in a view: of a long one, only what that view can tell apart is drawn."""
    if series.style is not Style.LINE:
        return
    if series.ascending and series.x.size > MANY_POINTS:
        item.setDownsampling(auto=True, method="peak")
        item.setClipToView(True)
    item.setData(as_drawn(series.x, data.x), as_drawn(series.y, data.y))


def _bars(series: Series, data: PlotData, colour: str) -> Any:
    tops = as_drawn(series.y, data.y)
    # On a logarithmic axis a bar stands on half a run, so that a single run is still seen.
    base = np.log10(0.5) if data.y.log else 0.0
    seen = np.isfinite(tops) & (series.y != 0)
    fill = QColor(colour)
    fill.setAlphaF(0.75)
    item = pg.BarGraphItem(
        x0=series.x[:-1][seen],
        x1=series.x[1:][seen],
        y0=base,
        y1=tops[seen],
        brush=fill,
        pen=pg.mkPen(colour),
        name=series.title,
    )
    item.setZValue(-1)  # a curve in the same plot stays in sight
    return item


def make_ring(tokens: Tokens) -> Any:
    """The ring around the point under the mouse."""
    return pg.ScatterPlotItem(size=POINT_SIZE + 7, brush=None, pen=pg.mkPen(tokens.text, width=1.6), antialias=True)
