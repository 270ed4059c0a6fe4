"""A bare pyqtgraph plot: our axes, none of its menus and buttons."""

from collections.abc import Mapping
from typing import Any

import pyqtgraph as pg
from PyQt6.QtWidgets import QWidget

from .axes import PlotAxis


def make_plot(parent: QWidget, view_box: Any, axes: Mapping[str, PlotAxis]) -> Any:
    """A `pyqtgraph.PlotWidget` with these axes only, by side."""
    plot = pg.PlotWidget(parent, viewBox=view_box, axisItems=dict(axes))
    item = plot.getPlotItem()
    item.hideButtons()
    item.setMenuEnabled(False)
    # pyqtgraph makes this menu in any case, and without a parent it would outlive the plot.
    item.ctrlMenu.setParent(plot, item.ctrlMenu.windowFlags())
    for side in ("left", "bottom", "right", "top"):
        item.showAxis(side, side in axes)
    return plot
