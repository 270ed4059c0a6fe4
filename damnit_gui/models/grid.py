"""A table model of numbered rows and of columns, that goes from one set of them to another in small steps."""

from collections.abc import Sequence

import numpy as np
from PyQt6.QtCore import QAbstractItemModel, QAbstractTableModel, QModelIndex, QObject, Qt

from damnit_gui.state.columns import Column
from damnit_gui.state.transition import Rows, transition

_ROOT = QModelIndex()
_Hint = QAbstractItemModel.LayoutChangeHint


class GridModel(QAbstractTableModel):
    """Selections, the current cell and open editors stay with their cells when rows and columns come, go or move."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: Rows = np.empty(0, np.intp)
        self._columns: tuple[Column, ...] = ()

    def rowCount(self, parent: QModelIndex = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: QModelIndex = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._columns)

    def _show_rows(self, rows: Rows) -> None:
        """Show these rows of the data, in this order."""
        way = transition(self._rows, rows)
        for first, end in way.removed:
            self.beginRemoveRows(_ROOT, first, end - 1)
            self._rows = np.delete(self._rows, slice(first, end))
            self.endRemoveRows()
        if way.moved:
            self._reorder_rows(way.kept)
        for first, end in way.inserted:
            self.beginInsertRows(_ROOT, first, end - 1)
            self._rows = np.insert(self._rows, first, rows[first:end])
            self.endInsertRows()

    def _reorder_rows(self, rows: Rows) -> None:
        self.layoutAboutToBeChanged.emit([], _Hint.VerticalSortHint)
        old, self._rows = self._rows, rows
        places = np.empty(int(rows.max()) + 1, np.intp)
        places[rows] = np.arange(len(rows))
        before = self.persistentIndexList()
        after = [self.index(int(places[old[index.row()]]), index.column()) for index in before]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit([], _Hint.VerticalSortHint)

    def _show_columns(self, columns: Sequence[Column]) -> None:
        """Show these columns, in this order; those of the same name are the same."""
        shown = tuple(columns)
        numbers = {column.name: number for number, column in enumerate((*self._columns, *shown))}
        way = transition(_numbered(self._columns, numbers), _numbered(shown, numbers))
        for first, end in way.removed:
            self.beginRemoveColumns(_ROOT, first, end - 1)
            self._columns = self._columns[:first] + self._columns[end:]
            self.endRemoveColumns()
        if way.moved:
            by_number = {numbers[column.name]: column for column in self._columns}
            self._reorder_columns(tuple(by_number[number] for number in way.kept.tolist()))
        for first, end in way.inserted:
            self.beginInsertColumns(_ROOT, first, end - 1)
            self._columns = self._columns[:first] + shown[first:end] + self._columns[first:]
            self.endInsertColumns()
        if shown != self._columns:
            self._columns = shown
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(shown) - 1)

    def _reorder_columns(self, columns: tuple[Column, ...]) -> None:
        self.layoutAboutToBeChanged.emit([], _Hint.HorizontalSortHint)
        old, self._columns = self._columns, columns
        places = {column.name: place for place, column in enumerate(columns)}
        before = self.persistentIndexList()
        after = [self.index(index.row(), places[old[index.column()].name]) for index in before]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit([], _Hint.HorizontalSortHint)


def _numbered(columns: Sequence[Column], numbers: dict[str, int]) -> Rows:
    return np.array([numbers[column.name] for column in columns], np.intp)
