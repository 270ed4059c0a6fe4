"""The view of results with rows and columns."""

from typing import Any

from PyQt6.QtCore import QAbstractTableModel, QModelIndex, Qt
from PyQt6.QtGui import QAction, QGuiApplication, QKeySequence
from PyQt6.QtWidgets import QAbstractItemView, QHeaderView, QLabel, QTableView, QVBoxLayout, QWidget

from damnit_backend.store.results import Result
from damnit_gui.theme import SPACE_2, icon, tabular

from .base import Services, Shown, ViewKind
from .grids import Grid, grid_of

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_NOWHERE = QModelIndex()


class GridModel(QAbstractTableModel):
    """A `Grid` for Qt, read-only."""

    def __init__(self, grid: Grid, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.grid = grid

    def rowCount(self, parent: QModelIndex = _NOWHERE) -> int:
        return 0 if parent.isValid() else self.grid.rows

    def columnCount(self, parent: QModelIndex = _NOWHERE) -> int:
        return 0 if parent.isValid() else self.grid.columns

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self.grid.text(index.row(), index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if self.grid.numeric(index.column()) else _LEFT
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation == Qt.Orientation.Horizontal:
            return self.grid.column_header(section) if section < self.grid.columns else None
        return self.grid.row_header(section) if section < self.grid.rows else None


class GridView(QTableView):
    """Shows a `Grid`; Ctrl+C copies what is selected, with tabs between the columns."""

    def __init__(self, grid: Grid, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(GridModel(grid, self))
        self.setFont(tabular(self.font()))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setAlternatingRowColors(True)
        self.setWordWrap(False)
        height = self.fontMetrics().height() + SPACE_2
        rows, columns = self.verticalHeader(), self.horizontalHeader()
        if rows is not None and columns is not None:
            # Fixed heights: measuring a million rows would take minutes.
            rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            rows.setDefaultSectionSize(height)
            columns.setDefaultSectionSize(96)
            columns.setResizeContentsPrecision(50)
            if grid.columns <= 50:
                self.resizeColumnsToContents()
        copy = QAction(icon("mdi6.content-copy"), "Copy", self)
        copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(self.copy_selected)
        self.addAction(copy)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def copy_selected(self) -> None:
        selection = self.selectionModel()
        model = self.model()
        clipboard = QGuiApplication.clipboard()
        if selection is None or clipboard is None or not isinstance(model, GridModel):
            return
        rows: dict[int, list[str]] = {}
        for index in sorted(selection.selectedIndexes(), key=lambda index: (index.row(), index.column())):
            rows.setdefault(index.row(), []).append(model.grid.text(index.row(), index.column()))
        clipboard.setText("\n".join("\t".join(texts) for texts in rows.values()))


def accepts(result: Result) -> bool:
    return grid_of(result) is not None


def make(shown: Shown, services: Services) -> QWidget:  # noqa: ARG001
    grid = grid_of(shown.result)
    assert grid is not None  # `accepts` said so
    page = QWidget()
    layout = QVBoxLayout(page)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    layout.addWidget(GridView(grid, page), 1)
    if grid.note:
        note = QLabel(grid.note, page)
        note.setMargin(SPACE_2)
        layout.addWidget(note)
    return page


KIND = ViewKind("Table", accepts, make)
