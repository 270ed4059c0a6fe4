"""The view of two-dimensional results."""

from typing import Any

import numpy as np
import pyqtgraph as pg
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from damnit_backend.store.results import Result
from damnit_gui.plots.axes import PlotAxis
from damnit_gui.plots.controls import popup_actions, tool_button
from damnit_gui.plots.data import AxisInfo, Numbers
from damnit_gui.plots.picture import picture_actions
from damnit_gui.plots.plot_widget import make_plot
from damnit_gui.services.tasks import Tasks
from damnit_gui.theme import SPACE_1, SPACE_2, Tokens, current, tabular, theme_changed

from .arrays import Labelled, labelled
from .base import Newest, Services, Shown, ViewKind
from .colormaps import COLOUR_MAPS, colour_map
from .curve import component_chooser
from .fields import Field, Prepared, levels, prepare
from .levels_bar import LevelsBar

LEVELS = {"0.1 – 99.9 %": (0.1, 99.9), "1 – 99 %": (1.0, 99.0), "5 – 95 %": (5.0, 95.0), "Whole range": (0.0, 100.0)}
"""Which part of the values the colours span."""
BY_HAND = "By hand"
LONGEST_SQUARE = 8.0
"""Pictures up to this ratio of sides are shown with square pixels at first."""


class ImageView(QWidget):
    """An array as a picture: colour map, levels, its axes, and the value under the mouse."""

    def __init__(self, array: Labelled, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._array = array
        self._preparing = Newest(self, tasks, self._show)
        self._samples: Numbers = np.zeros(0)
        self._field: Field | None = None
        self._axes = {side: PlotAxis(side) for side in ("left", "bottom")}
        for axis in self._axes.values():
            axis.setGrid(False)
        self.view_box = pg.ViewBox(enableMenu=False, invertY=True, defaultPadding=0.0)
        self._plot = make_plot(self, self.view_box, self._axes)
        item: Any = self._plot.getPlotItem()
        item.setContentsMargins(SPACE_1, SPACE_2, SPACE_2, SPACE_1)
        self.image: Any = pg.ImageItem(axisOrder="row-major", autoDownsample=True)
        item.addItem(self.image)
        self.bar = LevelsBar(self)
        self.bar.levels_dragged.connect(self._on_levels_dragged)
        self._readout = QLabel(" ", self)
        self._readout.setFont(tabular(self._readout.font()))
        self._readout.setContentsMargins(SPACE_2, 0, SPACE_2, SPACE_1)
        self._readout.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._arrange()
        picture_actions(self, lambda: array.value.title, tasks)
        scene: Any = self._plot.scene()
        scene.sigMouseMoved.connect(self._on_moved)
        scene.sigMouseClicked.connect(self._on_clicked)
        theme_changed.connect(self._show_theme)
        self._show_theme(current())
        self.show_array(array)

    def _arrange(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self.controls = self._make_controls()
        layout.addWidget(self.controls)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self._plot, 1)
        middle.addWidget(self.bar)
        layout.addLayout(middle, 1)
        layout.addWidget(self._readout)

    def _make_controls(self) -> QWidget:
        self._component = component_chooser(self)
        self._component.setVisible(self._array.is_complex)
        self._component.activated.connect(self._refresh)
        self._map = QComboBox(self)
        self._map.addItems(COLOUR_MAPS)
        self._map.setAccessibleName("Colours")
        self._map.activated.connect(self._recolour)
        self._levels = QComboBox(self)
        self._levels.addItems([*LEVELS, BY_HAND])
        self._levels.setAccessibleName("Values that the colours span")
        self._levels.setToolTip("Which part of the values the colours span")
        self._levels.activated.connect(self._relevel)
        self._log = tool_button("mdi6.math-log", "Colours by the logarithm", self._refresh, checkable=True)
        self._square = tool_button("mdi6.aspect-ratio", "Square pixels", self._lock_aspect, checkable=True)
        show_all = tool_button("mdi6.arrow-expand-all", "Show all (double click)", lambda _: self.show_all())
        controls = QWidget(self)
        row = QHBoxLayout(controls)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_1)
        for chooser in (self._component, self._map, self._levels):
            row.addWidget(chooser)
        row.addStretch(1)
        for button in (self._log, self._square, show_all):
            row.addWidget(button)
        return controls

    def show_array(self, array: Labelled) -> None:
        """Show another array of the same shape and axes; the view and the choices stay."""
        self._array = array
        self._refresh()

    def _refresh(self) -> None:
        array, component, log = self._array, self._component.currentText(), self._log.isChecked()
        self._preparing.request(lambda: prepare(array, component, log=log))

    def _show(self, prepared: Prepared) -> None:
        first = self._field is None
        field = self._field = prepared.field
        self._axes["bottom"].show_info(field.x)
        self._axes["left"].show_info(field.y)
        self._samples = prepared.samples
        self.bar.show_samples(self._samples, prepared.colours)
        self._recolour()
        by_hand = self._levels.currentText() == BY_HAND
        limits = self.image.getLevels() if by_hand else self._wanted_levels()
        if field.shown.size:
            self.image.setImage(field.shown, levels=limits)
            self.image.setRect(QRectF(field.left, field.top, field.width, field.height))
        else:
            self.image.clear()
        self.bar.show_levels(*limits)
        self._readout.setText(self._summary())
        if first:
            self._lock_if_square(field)

    def _summary(self) -> str:
        """What the line below says while the mouse is elsewhere."""
        if self._field is None:
            return " "
        rows, columns = self._field.source.data.shape
        if not rows * columns:
            return f"The array is empty ({rows} × {columns})."
        if not self._samples.size:
            return f"{rows} × {columns}   No finite value to show."
        return f"{rows} × {columns}   {self._field.note}".rstrip()

    def _wanted_levels(self) -> tuple[float, float]:
        return levels(self._samples, *LEVELS.get(self._levels.currentText(), (0.0, 100.0)))

    def _relevel(self) -> None:
        if self._levels.currentText() != BY_HAND and self.image.image is not None:
            limits = self._wanted_levels()
            self.image.setLevels(limits)
            self.bar.show_levels(*limits)

    def _on_levels_dragged(self, low: float, high: float) -> None:
        self._levels.setCurrentText(BY_HAND)
        if self.image.image is not None:
            self.image.setLevels((low, high))

    def _recolour(self) -> None:
        chosen = colour_map(self._map.currentText())
        self.image.setColorMap(chosen)
        self.bar.show_colours(chosen)

    def _lock_if_square(self, field: Field) -> None:
        width, height = abs(field.width), abs(field.height)
        alike = field.x.units == field.y.units
        square = alike and min(width, height) > 0 and max(width, height) / min(width, height) <= LONGEST_SQUARE
        self._square.setChecked(square)
        self._lock_aspect(square)

    def _lock_aspect(self, locked: bool) -> None:
        self.view_box.setAspectLocked(locked, 1.0)
        self.show_all()

    def show_all(self) -> None:
        self.view_box.autoRange()

    def _on_clicked(self, event: Any) -> None:
        if not popup_actions(self, event) and event.double():
            self.show_all()

    def _on_moved(self, position: QPointF) -> None:
        text = ""
        if self._field is not None and self.view_box.sceneBoundingRect().contains(position):
            place = self.view_box.mapSceneToView(position)
            text = self._field.text_at(place.x(), place.y())
        self._readout.setText(text or self._summary())

    def _show_theme(self, tokens: Tokens) -> None:
        self._plot.setBackground(tokens.base)
        for axis in self._axes.values():
            axis.show_theme(tokens)


def accepts(result: Result) -> bool:
    array = labelled(result, AxisInfo())
    return array is not None and array.data.ndim == 2


def make(shown: Shown, services: Services) -> QWidget:
    array = labelled(shown.result, shown.value)
    assert array is not None  # `accepts` said so
    return ImageView(array, services.tasks)


KIND = ViewKind("Image", accepts, make)
