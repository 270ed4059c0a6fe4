"""The view of one-dimensional results."""

from PyQt6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from damnit_backend.store.results import Result
from damnit_gui.plots.canvas import Canvas
from damnit_gui.plots.controls import log_button, tool_button
from damnit_gui.plots.data import AxisInfo, PlotData
from damnit_gui.plots.picture import picture_actions
from damnit_gui.services.tasks import Tasks
from damnit_gui.theme import SPACE_1, SPACE_2

from .arrays import COMPONENTS, Labelled, columns_of_two, labelled
from .base import Newest, Services, Shown, ViewKind
from .curves import curve_plot


class CurveView(QWidget):
    """A curve over its coordinate: line or points, logarithmic axes, a choice of part for complex numbers."""

    def __init__(self, array: Labelled, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._array = array
        self._preparing = Newest(self, tasks, self._show)
        self.canvas = Canvas(self)
        picture_actions(self.canvas, lambda: array.value.title, tasks)
        self._component = component_chooser(self)
        self._component.setVisible(array.is_complex)
        self._component.activated.connect(self.refresh)
        self._points = tool_button("mdi6.scatter-plot-outline", "Points", self.refresh, checkable=True, parent=self)
        self._x_log = log_button("X", self._relog, self)
        self._y_log = log_button("Y", self._relog, self)
        self._note = QLabel(self)
        self._note.setEnabled(False)
        self._note.setContentsMargins(SPACE_2, 0, SPACE_2, SPACE_1)
        self.controls = QWidget(self)
        row = QHBoxLayout(self.controls)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_1)
        row.addWidget(self._component)
        row.addStretch(1)
        for button in (self._points, self._x_log, self._y_log):
            row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.controls)
        layout.addWidget(self.canvas, 1)
        layout.addWidget(self._note)
        self.refresh()

    def _relog(self) -> None:
        self.refresh()
        self.canvas.follow()

    def refresh(self) -> None:
        """Draw it as it is chosen now."""
        array, component = self._array, self._component.currentText()
        points, x_log, y_log = (button.isChecked() for button in (self._points, self._x_log, self._y_log))

        def prepare() -> PlotData:
            return curve_plot(array.as_real(component), points=points, x_log=x_log, y_log=y_log)

        self._preparing.request(prepare)

    def _show(self, data: PlotData) -> None:
        self.canvas.show_data(data)
        self._note.setText(data.note)
        self._note.setVisible(bool(data.note))


def component_chooser(parent: QWidget) -> QComboBox:
    """A choice of what of complex numbers is shown."""
    chooser = QComboBox(parent)
    chooser.addItems(list(COMPONENTS))
    chooser.setAccessibleName("Part of the complex numbers")
    return chooser


def accepts(result: Result) -> bool:
    array = labelled(result, AxisInfo())
    return array is not None and (array.data.ndim == 1 or columns_of_two(array))


def make(shown: Shown, services: Services) -> QWidget:
    array = labelled(shown.result, shown.value)
    assert array is not None  # `accepts` said so
    return CurveView(array, services.tasks)


KIND = ViewKind("Curve", accepts, make)
