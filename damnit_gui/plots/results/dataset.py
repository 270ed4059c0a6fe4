"""The view of Datasets: a list of the variables, and the chosen one."""

from typing import Any

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QSplitter, QWidget

from damnit_backend.store.results import Result, ResultKind
from damnit_gui.plots.data import AxisInfo

from .base import Services, Shown, ViewKind
from .result_view import ResultView


class DatasetView(QWidget):
    """Shows one variable of a Dataset at a time, as any other array."""

    def __init__(self, shown: Shown, services: Services) -> None:
        super().__init__()
        self._dataset = shown.result.data
        self.list = QListWidget(self)
        self.list.setAccessibleName("Variables of the Dataset")
        self.view = ResultView(services, self)
        names = [*self._dataset.data_vars, *(name for name in self._dataset.coords if name not in self._dataset.dims)]
        for name in names:
            item = QListWidgetItem(str(name))
            item.setToolTip(_summary(self._dataset[name]))
            item.setData(Qt.ItemDataRole.UserRole, name)
            self.list.addItem(item)
        self.list.currentItemChanged.connect(self._show)
        splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.addWidget(self.list)
        splitter.addWidget(self.view)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([120, 480])
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(splitter)
        self.list.setCurrentRow(0)

    def _show(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        array = self._dataset[item.data(Qt.ItemDataRole.UserRole)]
        self.view.show_result(Shown(Result(ResultKind.DATAARRAY, array), AxisInfo(item.text())))


def _summary(array: Any) -> str:
    sizes = " × ".join(f"{dim} {size}" for dim, size in array.sizes.items())
    return f"{array.dtype}, {sizes or 'a single value'}"


def accepts(result: Result) -> bool:
    return result.kind is ResultKind.DATASET and len(result.data.variables) > 0


KIND = ViewKind("Variables", accepts, DatasetView)
