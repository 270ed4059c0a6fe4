"""The view of results with three or more dimensions: an image, and a slider for each leading axis."""

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QGridLayout, QLabel, QSlider, QSpinBox, QVBoxLayout, QWidget

from damnit_backend.store.results import Result
from damnit_gui.plots.data import AxisInfo
from damnit_gui.plots.ticks import moment_text, number
from damnit_gui.services.tasks import Tasks
from damnit_gui.theme import SPACE_1, SPACE_2, tabular

from .arrays import Axis, Labelled, labelled
from .base import Services, Shown, ViewKind
from .image import ImageView


class StackView(QWidget):
    """Shows the last two dimensions at chosen indices of the others."""

    def __init__(self, array: Labelled, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._array = array
        self.sliders: list[QSlider] = []
        self._places: list[QLabel] = []
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._make_sliders())
        if 0 in array.data.shape[:-2]:
            shape = " × ".join(map(str, array.data.shape))
            layout.addWidget(QLabel(f"The array is empty ({shape})."), 1, Qt.AlignmentFlag.AlignCenter)
            self.image: ImageView | None = None
            self.controls = QWidget(self)
            return
        self.image = ImageView(self._chosen(), tasks, self)
        self.controls = self.image.controls
        layout.addWidget(self.image, 1)
        self._show_places()

    def _make_sliders(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(SPACE_2, SPACE_1, SPACE_2, 0)
        grid.setHorizontalSpacing(SPACE_2)
        grid.setVerticalSpacing(0)
        for row, (axis, count) in enumerate(zip(self._array.axes[:-2], self._array.data.shape[:-2], strict=True)):
            slider = QSlider(Qt.Orientation.Horizontal, self)
            slider.setAccessibleName(axis.info.title)
            box = QSpinBox(self)
            place = QLabel(self)
            place.setFont(tabular(place.font()))
            place.setMinimumWidth(place.fontMetrics().horizontalAdvance("0" * 14))
            for control in (slider, box):
                control.setRange(0, max(0, count - 1))
                control.setEnabled(count > 1)
            slider.valueChanged.connect(box.setValue)
            box.valueChanged.connect(slider.setValue)
            slider.valueChanged.connect(self._refresh)
            for column, widget in enumerate((QLabel(axis.info.title, self), slider, box, place)):
                grid.addWidget(widget, row, column)
            self.sliders.append(slider)
            self._places.append(place)
        grid.setColumnStretch(1, 1)
        return grid

    def _chosen(self) -> Labelled:
        return self._array.part(tuple(slider.value() for slider in self.sliders))

    def _refresh(self) -> None:
        if self.image is not None:
            self.image.show_array(self._chosen())
            self._show_places()

    def _show_places(self) -> None:
        shape = self._array.data.shape
        for label, slider, axis, count in zip(self._places, self.sliders, self._array.axes, shape, strict=False):
            label.setText(_place_text(axis, slider.value(), count))


def _place_text(axis: Axis, index: int, count: int) -> str:
    """The coordinate at an index, where there is one, else how many there are."""
    if axis.coordinate is None:
        return f"of {count}"
    value = axis.at(index)
    return moment_text(value) if axis.info.time else f"{number(value)} {axis.info.units}".rstrip()


def accepts(result: Result) -> bool:
    array = labelled(result, AxisInfo())
    return array is not None and array.data.ndim > 2


def make(shown: Shown, services: Services) -> QWidget:
    array = labelled(shown.result, shown.value)
    assert array is not None  # `accepts` said so
    return StackView(array, services.tasks)


KIND = ViewKind("Stack of images", accepts, make)
