"""Beside an image: its colours, how often each value occurs, and the two levels to drag."""

from typing import Any

import numpy as np
import pyqtgraph as pg
from PyQt6.QtCore import QRectF, pyqtSignal
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import QHBoxLayout, QWidget

from damnit_gui.plots.axes import PlotAxis
from damnit_gui.plots.data import AxisInfo, Numbers
from damnit_gui.plots.plot_widget import make_plot
from damnit_gui.theme import Tokens, current, theme_changed

from .fields import levels

BINS = 128
STRIP = 0.22
"""The colours take this part of the histogram's width beside it."""
WIDTH = 112


class LevelsBar(QWidget):
    """A histogram on its side between the darkest and the brightest value, with the colours of the map."""

    levels_dragged = pyqtSignal(float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._axis = PlotAxis("right")
        view_box = pg.ViewBox(enableMenu=False, enableMouse=False, defaultPadding=0.02)
        self._plot = make_plot(self, view_box, {"right": self._axis})
        self._item: Any = self._plot.getPlotItem()
        self._axis.setGrid(False)
        self._bars: Any = pg.BarGraphItem(x0=[], x1=[], y0=[], y1=[])
        self._strip: Any = pg.ImageItem()
        self._region: Any = pg.LinearRegionItem(orientation="horizontal", swapMode="block")
        for item in (self._bars, self._strip, self._region):
            self._item.addItem(item)
        self._region.sigRegionChanged.connect(self._on_dragged)
        self._quiet = False
        self.setFixedWidth(WIDTH)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._plot)
        theme_changed.connect(self._show_theme)
        self._show_theme(current())

    def show_samples(self, samples: Numbers, value: AxisInfo) -> None:
        """Count these finite values, and show their range."""
        self._axis.show_info(value)
        low, high = levels(samples, 0.0, 100.0)
        whole = bool(np.all(samples == np.round(samples)))
        # Bins narrower than the steps of whole numbers would be empty in between.
        bins = int(min(BINS, high - low + 1)) if whole else BINS
        counts, edges = np.histogram(samples, bins, (low, high))
        # The root of the counts: rare bright pixels are what people look for.
        heights = np.sqrt(counts / max(1, counts.max()))
        self._bars.setOpts(x0=0.0, x1=heights, y0=edges[:-1], y1=edges[1:])
        self._item.setXRange(-STRIP, 1.0, padding=0.02)
        self._item.setYRange(low, high, padding=0.04)

    def show_levels(self, low: float, high: float) -> None:
        """Move the two lines, without a signal."""
        self._quiet = True
        self._region.setRegion((low, high))
        self._quiet = False
        self._place_strip(low, high)

    def show_colours(self, colour_map: Any) -> None:
        self._strip.setImage(np.arange(256, dtype=np.float64).reshape(1, 256), levels=(0, 255))
        self._strip.setLookupTable(colour_map.getLookupTable(nPts=256))
        self._place_strip(*self._region.getRegion())

    def _place_strip(self, low: float, high: float) -> None:
        self._strip.setRect(QRectF(-STRIP, low, STRIP * 0.8, max(high - low, 1e-300)))

    def _on_dragged(self) -> None:
        low, high = self._region.getRegion()
        self._place_strip(low, high)
        if not self._quiet and high > low:
            self.levels_dragged.emit(low, high)

    def _show_theme(self, tokens: Tokens) -> None:
        self._plot.setBackground(tokens.base)
        self._axis.show_theme(tokens)
        fill = QColor(tokens.muted)
        fill.setAlphaF(0.6)
        self._bars.setOpts(pen=None, brush=fill)
        ground = QColor(tokens.accent)
        ground.setAlphaF(0.12)
        self._region.setBrush(ground)
        self._region.setHoverBrush(ground)
        for line in self._region.lines:
            line.setPen(pg.mkPen(tokens.accent, width=1.5))
            line.setHoverPen(pg.mkPen(tokens.text, width=2))
